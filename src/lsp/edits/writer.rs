//! The texts of a plan's files, edit by edit, each where the client finds it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tower_lsp::ls_types::{
    AnnotatedTextEdit, DocumentChangeOperation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    Position, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::line_ends::{kinds, whole_line_ends};
use super::marks::Marks;
use super::{Client, Texts, Unfit};
use crate::display;
use crate::lsp::convert::Ruler;
use crate::lsp::lines::Lines;
use crate::lsp::state::Text;
use crate::plan::{Change, Document, Edit, FileChange};

/// An edit in the making.
pub struct Writer<'a> {
    pub document: &'a Document,
    pub client: &'a Client,
    pub texts: &'a Texts<'a>,
    pub marks: Marks<'a>,
    /// For the person; safe to show.
    pub notes: Vec<String>,
}

const BOM: char = '\u{feff}';

/// An edit with the identifier of its annotation.
type Marked = (TextEdit, Option<String>);

impl Writer<'_> {
    /// The whole edit.
    pub fn write(&mut self) -> Result<WorkspaceEdit, Unfit> {
        let document = self.document;
        let (files, left): (Vec<&FileChange>, Vec<&FileChange>) = document.files.iter().partition(|file| {
            self.marks.annotations.is_some() || file.executed.is_none() || self.texts.confirmed.contains(file.path())
        });
        for file in left {
            let path = display::terminal(file.path());
            self.notes.push(format!("{path} is left out: a tool executes it, and it has to be confirmed alone"));
        }
        let mut doubts = self.doubts(&files);
        let (mut operations, mut edits) = (self.operations(&files)?, Vec::new());
        for file in files {
            let more = file.before.as_ref().and_then(|before| doubts.remove(before)).unwrap_or_default();
            edits.extend(self.edits(file, &more)?);
        }
        for (path, more) in doubts {
            let bare = FileChange { before: Some(path.clone()), after: Some(path), ..FileChange::default() };
            edits.extend(self.edits(&bare, &more)?);
        }
        if !self.client.document_changes {
            let plain = |(target, edits): (_, Vec<Marked>)| {
                let OptionalVersionedTextDocumentIdentifier { uri, .. } = target;
                (uri, edits.into_iter().map(|(edit, _)| edit).collect())
            };
            let changes: HashMap<Uri, Vec<TextEdit>> = edits.into_iter().map(plain).collect();
            return Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() });
        }
        let marked = |(text_edit, id): Marked| match id {
            Some(annotation_id) => OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id }),
            None => OneOf::Left(text_edit),
        };
        let edits = edits.into_iter().map(|(text_document, edits)| TextDocumentEdit {
            text_document,
            edits: edits.into_iter().map(marked).collect(),
        });
        let changes = if operations.is_empty() {
            DocumentChanges::Edits(edits.collect())
        } else {
            operations.extend(edits.map(DocumentChangeOperation::Edit));
            DocumentChanges::Operations(operations)
        };
        let annotations = self.marks.annotations.take().filter(|annotations| !annotations.is_empty());
        Ok(WorkspaceEdit {
            document_changes: Some(changes),
            change_annotations: annotations.map(|annotations| annotations.into_iter().collect()),
            ..WorkspaceEdit::default()
        })
    }

    /// The text of a file now with its version, when it is the one that the plan was made for.
    pub fn current(&self, file: &FileChange) -> Result<(Option<i32>, Arc<str>), Unfit> {
        let Some(path) = &file.before else {
            return Ok((None, "".into()));
        };
        let changed = |what| Unfit::Changed { path: path.clone(), what };
        let (version, text, what) = match (self.texts.open)(path) {
            Some((version, text)) => (Some(version), text, "was changed in the editor"),
            None => (None, (self.texts.text)(path).ok_or_else(|| changed("has gone"))?, "was changed"),
        };
        let fits = file.hash.as_ref().is_none_or(|hash| blake3::hash(text.as_bytes()).to_hex().as_str() == hash);
        if fits { Ok((version, text)) } else { Err(changed(what)) }
    }

    /// The edits of one file, and of the doubtful places in it.
    fn edits(
        &mut self,
        file: &FileChange,
        doubts: &[(u32, Edit)],
    ) -> Result<Option<(OptionalVersionedTextDocumentIdentifier, Vec<Marked>)>, Unfit> {
        if file.after.is_none() {
            return Ok(None);
        }
        let (version, text) = self.current(file)?;
        let mut edits: Vec<(Edit, Option<String>)> = Vec::new();
        for edit in &file.edits {
            if edit.old != edit.new {
                edits.push((edit.clone(), self.marks.edit(file, edit)));
            }
        }
        if file.bom && file.before.is_none() {
            match edits.first_mut() {
                Some((first, _)) => first.new.insert(0, BOM),
                None => {
                    let bom = Edit { start: 0, line: 1, old: String::new(), new: BOM.into(), steps: Vec::new() };
                    edits.push((bom, self.marks.file(file)));
                }
            }
        }
        for (step, edit) in doubts {
            if text.get(edit.range()) == Some(&edit.old) {
                edits.push((edit.clone(), self.marks.doubt(*step)));
            }
        }
        // Stable: what stands at one place stays in order.
        edits.sort_by_key(|(edit, _)| edit.start);
        let in_order = edits.windows(2).all(|pair| pair[0].0.range().end <= pair[1].0.start);
        if !in_order || edits.iter().any(|(edit, _)| text.get(edit.range()) != Some(&edit.old)) {
            return Err(Unfit::Malformed(file.path().to_owned()));
        }
        if edits.is_empty() {
            return Ok(None);
        }
        self.note_line_ends(file, &text, &edits);
        let edits = whole_line_ends(&text, edits);
        let text = Text { path: None, lines: Arc::new(Lines::new(&text)), text, language: None, reading: None };
        let ruler = Ruler::new(&text, self.texts.encoding);
        let placed = |(edit, id): (Edit, _)| {
            let mut range = ruler.range(edit.range());
            if file.before.is_none() && edit.new.ends_with('\n') {
                // To the end, which clients clamp. Neovim would otherwise keep the empty line of the new file.
                range.end = Position { line: 1, character: 0 };
            }
            (TextEdit { range, new_text: edit.new }, id)
        };
        // Under its new name a document has another version.
        let version = version.filter(|_| file.change() == Change::Edited);
        let target = OptionalVersionedTextDocumentIdentifier { uri: self.uri(file.path())?, version };
        Ok(Some((target, edits.into_iter().map(placed).collect())))
    }

    /// The edits of doubtful places by path, where the client asks before it does them and nothing else is edited.
    fn doubts(&mut self, files: &[&FileChange]) -> BTreeMap<String, Vec<(u32, Edit)>> {
        let mut found: BTreeMap<String, Vec<(u32, Edit)>> = BTreeMap::new();
        let doubts: Vec<_> =
            self.document.doubts.iter().filter_map(|doubt| Some((doubt, doubt.edit.as_ref()?))).collect();
        if self.marks.annotations.is_none() {
            if !doubts.is_empty() {
                self.notes.push(format!("doubtful places that are left as they are: {}", doubts.len()));
            }
            return found;
        }
        for (doubt, edit) in doubts {
            let file = self.document.files.iter().find(|file| file.before.as_deref() == Some(&doubt.path));
            let here = file.map_or(&[][..], |file| &file.edits);
            let others = found.get(&doubt.path).into_iter().flatten().map(|(_, other)| other);
            let touches = |other: &Edit| edit.start <= other.range().end && other.start <= edit.range().end;
            // In a file that is removed, or left out, or has gone, there is nothing to judge.
            let exists = || (self.texts.open)(&doubt.path).is_some() || (self.texts.text)(&doubt.path).is_some();
            let is_in = file.map_or_else(exists, |file| {
                file.after.is_some() && files.iter().any(|other| std::ptr::eq(*other, file))
            });
            if is_in && !here.iter().chain(others).any(touches) {
                found.entry(doubt.path.clone()).or_default().push((doubt.step, edit.clone()));
            }
        }
        found
    }

    pub fn uri(&self, path: &str) -> Result<Uri, Unfit> {
        (self.texts.uri)(path).ok_or_else(|| Unfit::NoUri(path.to_owned()))
    }

    /// Says that line endings may come out otherwise than planned.
    fn note_line_ends(&mut self, file: &FileChange, text: &str, edits: &[(Edit, Option<String>)]) {
        if !self.client.normalizes {
            return;
        }
        // An editor's own are mostly plain.
        let own = if file.before.is_none() { [true, false, false] } else { kinds(text) };
        let others = |new: &str| kinds(new).into_iter().zip(own).any(|(new, own)| new && !own);
        if edits.iter().any(|(edit, _)| others(&edit.new)) {
            let path = display::terminal(file.path());
            self.notes.push(format!("the editor makes the line endings of {path} its own, which are not the plan's"));
        }
    }
}
