//! What joins a caller and a callee, in the JSON shape of `src/repl/api.d.ts`.

use serde::Serialize;

use crate::syntax::{Kind, Symbol};

use super::Confidence;

/// The other end of calls (the caller, or what is called), and the calls themselves. All numbers are 1-based.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edge {
    pub path: String,
    /// Line and column of the name; columns count UTF-16 code units. Of a file 1.
    pub line: u32,
    pub column: u32,
    /// First and last line of the whole definition.
    pub from: u32,
    pub to: u32,
    /// Of a file its path.
    pub name: String,
    /// Code outside of every definition has its file as caller, a `module`.
    pub kind: Kind,
    pub qualified: String,
    /// That of the surest call.
    pub confidence: Confidence,
    /// In order. They stand in the caller's file.
    pub calls: Vec<CallSite>,
}

/// Where something is called.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallSite {
    pub path: String,
    /// Of the called name.
    pub line: u32,
    pub column: u32,
    /// The line, trimmed, at most 300 characters.
    pub text: String,
    pub confidence: Confidence,
}

impl Edge {
    pub(super) fn to_symbol(path: &str, symbol: &Symbol) -> Self {
        Self {
            path: path.to_owned(),
            line: symbol.line,
            column: symbol.column,
            from: symbol.from,
            to: symbol.to,
            name: symbol.name.clone(),
            kind: symbol.kind,
            qualified: symbol.qualified.clone(),
            confidence: Confidence::Possible,
            calls: Vec::new(),
        }
    }

    /// The file as a whole.
    pub(super) fn to_file(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            line: 1,
            column: 1,
            from: 1,
            to: text.lines().count().max(1) as u32,
            name: path.to_owned(),
            kind: Kind::Module,
            qualified: path.to_owned(),
            confidence: Confidence::Possible,
            calls: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, site: CallSite) {
        self.confidence = self.confidence.min(site.confidence);
        self.calls.push(site);
    }

    pub(super) fn is_same_end(&self, other: &Self) -> bool {
        (self.line, self.column, &self.path, &self.qualified)
            == (other.line, other.column, &other.path, &other.qualified)
    }
}
