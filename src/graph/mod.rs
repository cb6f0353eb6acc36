//! Questions over many files: definitions, references, symbols, calls, imports.
//!
//! Apart from [`Table`], nothing is indexed ahead. A question about a name finds the files that have the word, ranks them by what the word's
//! surroundings look like, parses as many as the budget allows, and says what was left out.

mod cache;
mod calls;
mod candidates;
mod definition;
mod edges;
mod found;
mod imports;
pub mod meaning;
mod modules;
mod name;
mod outline;
mod parsed;
mod references;
mod stranger;
mod symbols;
mod table;

#[cfg(test)]
mod tests;

pub use cache::{Key as SymbolsKey, Symbols};
pub use calls::{CallsQuery, callees, callers};
pub use definition::{Site, definition};
pub use edges::{CallSite, Edge};
pub use found::{Confidence, Definition, Found, Reference};
pub(crate) use imports::paths;
pub use imports::{Import, ImportersQuery, Named, Origin, importers, imports, origin};
pub use modules::{
    Bundle, Link, Module, ModulesQuery, Part, Ranks, Role, Survey, Surveys, module_files, modules, partition,
};
pub use outline::outline;
pub use references::{ReferencesQuery, references};
pub use symbols::{SymbolsQuery, symbols};
pub use table::{Paused, Progress, Row, State, Table, near};

/// Why a question over the repository has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    #[error("{name:?} is not a name; give an identifier, Outer.name or path#name")]
    Name { name: String },
    #[error("no name stands at byte {offset} of {path}")]
    NoName { path: String, offset: usize },
    #[error("{path:?} is no folder with files; repo.modules() has the paths that there are")]
    NoFolder { path: String },
    #[error("maxTokens is {given}; a bundle needs at least {least}, better 20,000 or more")]
    TooSmall { given: u64, least: u64 },
    #[error(transparent)]
    Search(#[from] crate::search::SearchError),
    #[error(transparent)]
    Workspace(#[from] crate::workspace::WorkspaceError),
    #[error("cancelled")]
    Cancelled,
}
