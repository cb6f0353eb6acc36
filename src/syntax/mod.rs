//! Syntax: the languages table, parsing under a budget, and what the queries capture.

mod allocator;
mod call_signatures;
mod comments;
mod compiled;
mod declared;
mod definitions;
mod doc;
mod extents;
mod extract;
mod flat;
mod folds;
mod grammars;
mod head;
mod imports;
mod item_macros;
mod languages;
mod lexical;
mod lines;
mod live;
mod locals;
mod name_at;
mod named_by_macros;
mod parse;
mod patterns;
mod preprocess;
mod references;
mod selection;
mod tree;

use serde::{Deserialize, Serialize};

pub use compiled::check_queries;
pub use doc::{doc, head};
pub use extract::{Extracted, Names, Use, extract, extract_with_uses};
pub use folds::{Fold, FoldKind, folds};
pub use grammars::Family;
pub use imports::{Form, Imported, Taken, imports};
pub use languages::Language;
pub use lexical::occurrences;
pub use live::{Live, Next};
pub use locals::{Binding, Place, binding};
pub use name_at::{NameAt, name_at};
pub use parse::Budget;
pub use selection::selection;
pub use tree::{Parsed, walk};

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Module,
    Class,
    Struct,
    Enum,
    EnumMember,
    Union,
    Interface,
    Trait,
    Type,
    Function,
    Method,
    Constructor,
    Field,
    Property,
    Variable,
    Constant,
    Macro,
    /// A prototype or a forward declaration; the definition is elsewhere.
    Declaration,
}

/// A definition inside one file. Definitions come in order of their start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Symbol {
    pub name: String,
    pub kind: Kind,
    /// Line of the name, 1-based.
    pub line: u32,
    /// First line of the whole definition (with attributes and decorators, without the doc comment), 1-based.
    pub from: u32,
    /// Last line of the whole definition, 1-based, inclusive.
    pub to: u32,
    /// Column of the name, 1-based, UTF-16 code units.
    pub column: u32,
    /// Byte offset of the name.
    #[serde(skip)]
    pub offset: usize,
    /// Bytes of the whole definition, without its doc comment.
    #[serde(skip)]
    pub extent: std::ops::Range<usize>,
    /// Index of the enclosing definition in the same list.
    #[serde(skip)]
    pub parent: Option<usize>,
    /// Enclosing definitions and the name, joined by `.` (`Foo.bar`); includes `impl` types and namespaces.
    pub qualified: String,
    /// The head of the definition on one line, at most 200 characters.
    pub signature: String,
    /// First paragraph of the doc comment, if there is one, at most 400 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// How a name is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Usage {
    Call,
    Type,
    Import,
    Write,
    Read,
}

impl Kind {
    /// The kind by its name in `src/repl/api.d.ts`.
    pub fn parse(name: &str) -> Option<Self> {
        named(name)
    }
}

impl Usage {
    /// The usage by its name in `src/repl/api.d.ts`.
    pub fn parse(name: &str) -> Option<Self> {
        named(name)
    }
}

fn named<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name)).ok()
}
