//! What happens to files as a whole, in an order in which each finds its paths free.

use std::collections::BTreeSet;

use tower_lsp::ls_types::{
    CreateFile, CreateFileOptions, DeleteFile, DeleteFileOptions, DocumentChangeOperation, RenameFile,
    RenameFileOptions, ResourceOp, ResourceOperationKind,
};

use super::Unfit;
use super::writer::Writer;
use crate::plan::{Change, FileChange};

impl Writer<'_> {
    /// Removals, then moves, then creations: each finds the paths free that those before have left.
    pub fn operations(&mut self, files: &[&FileChange]) -> Result<Vec<DocumentChangeOperation>, Unfit> {
        let mut operations = Vec::new();
        let of = |change| files.iter().copied().filter(move |file| file.change() == change);
        let freed: BTreeSet<&str> =
            of(Change::Removed).chain(of(Change::Moved)).filter_map(|file| file.before.as_deref()).collect();
        for file in of(Change::Removed) {
            self.needs(ResourceOperationKind::Delete, "remove", file)?;
            self.current(file)?;
            let options = DeleteFileOptions { recursive: Some(false), ignore_if_not_exists: Some(false) };
            let (uri, annotation_id) = (self.uri(file.path())?, self.marks.file(file));
            operations.push(ResourceOp::Delete(DeleteFile { uri, options: Some(options), annotation_id }));
        }
        for file in chained(of(Change::Moved).collect())? {
            self.needs(ResourceOperationKind::Rename, "move", file)?;
            self.free(file.path(), &freed)?;
            let options = RenameFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
            let old_uri = self.uri(file.before.as_deref().unwrap_or_default())?;
            let (new_uri, annotation_id) = (self.uri(file.path())?, self.marks.file(file));
            operations.push(ResourceOp::Rename(RenameFile { old_uri, new_uri, options: Some(options), annotation_id }));
        }
        for file in of(Change::Created) {
            self.needs(ResourceOperationKind::Create, "create", file)?;
            self.free(file.path(), &freed)?;
            let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
            let (uri, annotation_id) = (self.uri(file.path())?, self.marks.file(file));
            operations.push(ResourceOp::Create(CreateFile { uri, options: Some(options), annotation_id }));
        }
        Ok(operations.into_iter().map(DocumentChangeOperation::Op).collect())
    }

    fn needs(&self, kind: ResourceOperationKind, operations: &'static str, file: &FileChange) -> Result<(), Unfit> {
        if self.client.document_changes && self.client.resource_operations.contains(&kind) {
            return Ok(());
        }
        Err(Unfit::NoOperations { operations, path: file.path().to_owned() })
    }

    /// Nothing may be at a path that is not left by the plan itself.
    fn free(&self, path: &str, freed: &BTreeSet<&str>) -> Result<(), Unfit> {
        let taken = (self.texts.open)(path).is_some() || (self.texts.text)(path).is_some();
        if taken && !freed.contains(path) {
            return Err(Unfit::Changed { path: path.to_owned(), what: "has come into being" });
        }
        Ok(())
    }
}

/// Moves in an order in which each finds its goal free.
fn chained(mut moves: Vec<&FileChange>) -> Result<Vec<&FileChange>, Unfit> {
    let mut ordered = Vec::with_capacity(moves.len());
    while !moves.is_empty() {
        let taken: BTreeSet<&str> = moves.iter().filter_map(|file| file.before.as_deref()).collect();
        let (free, blocked): (Vec<&FileChange>, Vec<&FileChange>) =
            moves.iter().partition(|file| !taken.contains(file.path()));
        if free.is_empty() {
            return Err(Unfit::Exchange(blocked.first().map_or_else(String::new, |file| file.path().to_owned())));
        }
        ordered.extend(free);
        moves = blocked;
    }
    Ok(ordered)
}
