//! The annotations of an edit: why each piece is there, and which of them a person is asked about.

use std::collections::{BTreeMap, BTreeSet};

use tower_lsp::ls_types::ChangeAnnotation;

use super::clean;
use crate::plan::{Confirm, Document, Edit, FileChange, confirm, problems_of};

/// Stands for a step where a plan names none: what has to be asked for is, all the same.
const NO_STEP: u32 = 0;

/// The annotations so far.
pub struct Marks<'a> {
    pub document: &'a Document,
    /// The executed files that were said yes to.
    pub confirmed: &'a BTreeSet<String>,
    /// By their identifiers; `None` when the client does not take them.
    pub annotations: Option<BTreeMap<String, ChangeAnnotation>>,
}

impl Marks<'_> {
    /// Of what happens to a file as a whole.
    pub fn file(&mut self, file: &FileChange) -> Option<String> {
        let step = file.steps.first().copied().or_else(|| file.all_steps().first().copied());
        self.mark(file, step.unwrap_or(NO_STEP))
    }

    /// Of one edit of a file.
    pub fn edit(&mut self, file: &FileChange, edit: &Edit) -> Option<String> {
        // One that needs a yes is asked for, whoever else wants it.
        let troubled = edit.steps.iter().find(|&&step| problems_of(self.document, step).next().is_some());
        self.mark(file, troubled.or(edit.steps.first()).copied().unwrap_or(NO_STEP))
    }

    /// The annotation of what a step does to a file.
    fn mark(&mut self, file: &FileChange, step: u32) -> Option<String> {
        let title = self.title(step);
        let why = self.document.step(step).map(|step| clean(&step.why)).unwrap_or_default();
        let path = file.path();
        let (id, label, needs, description) = match confirm(self.document, file) {
            Confirm::Alone(tool) => {
                let needs = !self.confirmed.contains(path);
                (
                    format!("executed:{path}"),
                    format!("{}: {}", clean(path), clean(&tool)),
                    needs,
                    [title, why].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(": "),
                )
            }
            Confirm::Looked(_) if file.before.is_none() => {
                (format!("{step}:create"), format!("{title}: create"), true, why)
            }
            Confirm::Looked(_) if file.after.is_none() => {
                (format!("{step}:remove"), format!("{title}: remove"), true, why)
            }
            _ => {
                let problems: Vec<String> =
                    problems_of(self.document, step).map(|problem| clean(&problem.message)).collect();
                let described = std::iter::once(why).chain(problems.iter().cloned()).filter(|line| !line.is_empty());
                (step.to_string(), title, !problems.is_empty(), described.collect::<Vec<_>>().join("; "))
            }
        };
        self.annotate(id, label, needs, description)
    }

    /// Of a step's doubtful places.
    pub fn doubt(&mut self, step: u32) -> Option<String> {
        let label = format!("{}: doubtful", self.title(step));
        let why = self.document.doubts.iter().find(|doubt| doubt.step == step).map(|doubt| clean(&doubt.why));
        self.annotate(format!("{step}:doubtful"), label, true, why.unwrap_or_default())
    }

    fn annotate(&mut self, id: String, label: String, needs: bool, description: String) -> Option<String> {
        let description = Some(description).filter(|description| !description.is_empty());
        let annotation = ChangeAnnotation { label, needs_confirmation: Some(needs), description };
        self.annotations.as_mut()?.entry(id.clone()).or_insert(annotation);
        Some(id)
    }

    fn title(&self, step: u32) -> String {
        match self.document.step(step) {
            Some(found) => format!("{step}. {}", clean(&found.title)),
            None => "Of no step".to_owned(),
        }
    }
}
