//! What questions give back, in the JSON shapes of `src/repl/api.d.ts`.

use serde::{Deserialize, Serialize};

use crate::syntax::{Kind, Symbol, Usage};

/// A definition in the repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub path: String,
    /// Line of the name, 1-based.
    pub line: u32,
    /// First and last line of the whole definition, 1-based, inclusive.
    pub from: u32,
    pub to: u32,
    pub name: String,
    pub kind: Kind,
    pub qualified: String,
    pub signature: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Only in outlines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Definition>,
}

impl Definition {
    pub(super) fn new(path: &str, symbol: &Symbol) -> Self {
        Self {
            path: path.to_owned(),
            line: symbol.line,
            from: symbol.from,
            to: symbol.to,
            name: symbol.name.clone(),
            kind: symbol.kind,
            qualified: symbol.qualified.clone(),
            signature: symbol.signature.clone(),
            doc: symbol.doc.clone(),
            children: Vec::new(),
        }
    }
}

/// A use of a name in the repository.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reference {
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, UTF-16 code units.
    pub column: u32,
    /// The line, trimmed, at most 300 characters.
    pub text: String,
    pub kind: Usage,
    /// Qualified name of the definition around it.
    #[serde(rename = "in")]
    pub within: Option<String>,
    pub confidence: Confidence,
}

/// How sure it is that a use means the definition that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The repository has one definition of the name, or the definition is in the same file.
    Exact,
    /// The file imports or names where the definition is.
    Likely,
    /// The name is defined more than once, or the place could only be read as text.
    Possible,
}

/// A list with what was left out of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found<T> {
    pub items: Vec<T>,
    /// All there are, also past the limit. A lower bound when `notes` say that files were not looked at.
    pub total: usize,
    pub truncated: bool,
    /// One sentence per thing that could not be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl<T> Found<T> {
    /// Cuts the list at the limit.
    pub(super) fn cut(mut items: Vec<T>, limit: usize, notes: Vec<String>) -> Self {
        let total = items.len();
        items.truncate(limit);
        Self { truncated: total > items.len() || !notes.is_empty(), items, total, notes }
    }
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { items: Vec::new(), total: 0, truncated: false, notes: Vec::new() }
    }
}
