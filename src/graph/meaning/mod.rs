//! What a name means where it stands: by scopes, by imports, and by the types of what stands before it.

mod ecmascript;
mod general;
mod program;
mod python;
mod rust;
mod uses;

use std::ops::Range;

use crate::syntax::Symbol;

pub use program::{Program, Source};
pub(in crate::graph) use rust::Kept as RustKept;
pub use uses::{Role, Use, Uses, uses};

/// A definition, by where its name stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    pub path: String,
    /// Byte offset of the name, behind a `#` or `r#` before it. Of a local, where it is bound first.
    pub offset: usize,
}

impl Spot {
    /// The spot of a definition that the symbols query found in a text.
    pub fn of(path: &str, text: &str, symbol: &Symbol) -> Self {
        let name = text.get(symbol.offset..).unwrap_or_default();
        let prefix = ["r#", "#"].iter().find(|prefix| name.starts_with(**prefix)).map_or(0, |prefix| prefix.len());
        Self { path: path.to_owned(), offset: symbol.offset + prefix }
    }
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// These definitions of the repository: more than one for overloads, members of a union type, a namespace and a type of
    /// one name, or a method that is called on whatever implements a trait.
    These(Vec<Spot>),
    /// Surely nothing of that name in this repository: a library's, the language's, or another thing's name.
    Outside,
    /// It may be anything with the name. `why` says in a few words what is not known: "the type of `x` is not known".
    Unknown { why: String },
}

/// How a word stands for a member and a value at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// It is one name.
    Plain,
    /// The member's half of a word that is both (`Point { x }`): another member's name goes before it, `new: x`.
    Key,
    /// The value's half: another value's name goes behind it, `x: new`.
    Value,
}

/// A place in code where a word stands. A word that is a member and a value at once gives two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Bytes of the name, without `#` or `r#` before it.
    pub range: Range<usize>,
    pub meaning: Meaning,
    pub shape: Shape,
}

/// Definitions that have one name together: overloads, a trait's method and its implementations, a method and what
/// overrides it, a declaration and its definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kin {
    /// In order of path and offset; the definition that was asked for is among them.
    pub members: Vec<Spot>,
    /// Why the name cannot change: it is also that of something outside of the repository.
    pub bound: Option<String>,
    /// What could not be told, for the person to judge.
    pub doubts: Vec<String>,
}
