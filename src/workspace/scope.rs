//! The part of a workspace that a snapshot shows.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::{Globs, RelPath};

/// What is outside can neither be listed nor read.
#[derive(Debug, Clone)]
pub enum Scope {
    Globs(Globs),
    /// Just these files, and what a person calls them.
    Files {
        paths: Arc<HashSet<RelPath>>,
        name: Arc<str>,
    },
    /// All but these files.
    Without {
        paths: Arc<HashSet<RelPath>>,
    },
}

impl Scope {
    pub fn matches(&self, path: &RelPath) -> bool {
        match self {
            Self::Globs(globs) => globs.matches(path),
            Self::Files { paths, .. } => paths.contains(path),
            Self::Without { paths } => !paths.contains(path),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Globs(globs) => globs.fmt(f),
            Self::Files { name, .. } => f.write_str(name),
            Self::Without { .. } => f.write_str("of the plan, which removes or moves it"),
        }
    }
}
