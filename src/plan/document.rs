//! A plan as it is shown, kept and applied: self-contained, with the text that every edit replaces.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::checks::Problem;
use super::verify::Verified;

/// The version of [`Document`]'s shape; `docs/plans.md` describes it.
pub const VERSION: u32 = 1;

/// A refactor plan: steps, and what they do to each file, against the texts that the hashes name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub version: u32,
    /// What was asked for.
    pub request: String,
    /// What its author says about it, as Markdown; may be empty.
    #[serde(default)]
    pub summary: String,
    pub steps: Vec<Step>,
    /// In order of the path that they have afterwards, or had when they are removed.
    pub files: Vec<FileChange>,
    /// Places that may belong to a step, and are not among its edits.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// What the program found wrong with it. Empty when every check passed.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// The checks that were made, by name.
    #[serde(default)]
    pub checked: Vec<String>,
    /// What the machine's own command said of the tree with this plan applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
}

/// A part of a plan that makes sense alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From 1. Numbers of dropped steps are not given again.
    pub id: u32,
    pub title: String,
    #[serde(default)]
    pub why: String,
}

/// What happens to one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Where it is before, a workspace path; `None` when it is created.
    pub before: Option<String>,
    /// Where it is afterwards; `None` when it is removed. Another one than before when it is moved.
    pub after: Option<String>,
    /// Blake3 of the text before, in hex; `None` when it is created.
    pub hash: Option<String>,
    /// Its bytes begin with a UTF-8 byte order mark, which no offset counts and every form of the plan keeps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bom: bool,
    /// The steps that create, move or remove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<u32>,
    /// Which tool executes it, when one does: "cargo runs it before it builds". Such a file is confirmed on its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed: Option<String>,
    /// In order, without overlap. One of a created file has all its text, one of a removed file replaces all of it by nothing.
    pub edits: Vec<Edit>,
}

/// A replaced piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Byte offset in the text before. Texts are as spelunk reads them: UTF-8, without a BOM.
    pub start: usize,
    /// The line of the start, 1-based.
    pub line: u32,
    /// What stands there before.
    pub old: String,
    /// What stands there afterwards.
    pub new: String,
    /// The steps that want it; one, unless steps build on each other's text.
    pub steps: Vec<u32>,
}

/// A place that may have to change with a step, for a person to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    pub step: u32,
    /// The path before the plan.
    pub path: String,
    /// Blake3 of its file's text before, in hex. Without it nothing is done there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The line, 1-based.
    pub line: u32,
    /// The line's text, trimmed.
    pub text: String,
    pub why: String,
    /// What would be done there, in the coordinates of the text before; `None` when the place is only to be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
}

/// How a file changes as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Created,
    Edited,
    /// Its text may be edited as well.
    Moved,
    Removed,
}

impl Edit {
    /// Bytes of the text before.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.old.len()
    }
}

impl FileChange {
    pub fn change(&self) -> Change {
        match (&self.before, &self.after) {
            (None, _) => Change::Created,
            (_, None) => Change::Removed,
            (Some(before), Some(after)) if before != after => Change::Moved,
            _ => Change::Edited,
        }
    }

    /// The path for people: where it is afterwards, or was.
    pub fn path(&self) -> &str {
        self.after.as_deref().or(self.before.as_deref()).unwrap_or_default()
    }

    /// Every step that has to do with it.
    pub fn all_steps(&self) -> BTreeSet<u32> {
        self.steps.iter().chain(self.edits.iter().flat_map(|edit| &edit.steps)).copied().collect()
    }

    /// The text afterwards; `None` when the file is removed, or `text` is not what the edits were made for.
    pub fn apply(&self, text: &str) -> Option<String> {
        self.after.as_ref()?;
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for edit in &self.edits {
            let Range { start, end } = edit.range();
            if text.get(start..end)? != edit.old {
                return None;
            }
            out.push_str(text.get(at..start)?);
            out.push_str(&edit.new);
            at = end;
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }
}

impl Document {
    /// Names this very plan, in hex: its request, steps, files and doubts. What the checks and `verify` said is left out.
    pub fn hash(&self) -> String {
        let bare =
            Self { summary: String::new(), problems: Vec::new(), checked: Vec::new(), verified: None, ..self.clone() };
        blake3::hash(serde_json::to_string(&bare).unwrap_or_default().as_bytes()).to_hex().to_string()
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub fn step(&self, id: u32) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}
