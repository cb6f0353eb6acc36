//! The arguments of `repo.*` as JavaScript passes them.

use serde::Deserialize;

use crate::graph::{Site, SymbolsQuery};
use crate::search::{Pattern, Query};

/// One glob or several.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Globs(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a glob or an array of globs")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Globs {
    fn from(globs: OneOrMany) -> Self {
        match globs {
            OneOrMany::One(glob) => Self(vec![glob]),
            OneOrMany::Many(globs) => Self(globs),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesOptions {
    #[serde(default)]
    pub hidden: bool,
    pub limit: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchOptions {
    #[serde(default)]
    glob: Globs,
    #[serde(default)]
    literal: bool,
    #[serde(default)]
    word: bool,
    ignore_case: Option<bool>,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    context: usize,
    limit: Option<usize>,
}

impl SearchOptions {
    pub fn query(self, pattern: Pattern) -> Query {
        Query {
            pattern,
            glob: self.glob.0,
            literal: self.literal,
            word: self.word,
            ignore_case: self.ignore_case,
            hidden: self.hidden,
            context: self.context,
            limit: self.limit.unwrap_or(200),
        }
    }
}

/// `repo.symbols("name")` or `repo.symbols({ name, kind, path, exact, limit })`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a name or { name, kind, path, exact, limit }")]
pub enum Symbols {
    Name(String),
    Query(serde_json::Value),
}

impl Symbols {
    /// # Errors
    /// When the object has a field that is not known, or of another type.
    pub fn query(self) -> Result<SymbolsQuery, serde_json::Error> {
        match self {
            Self::Name(name) => Ok(SymbolsQuery { name: Some(name), ..SymbolsQuery::default() }),
            Self::Query(query) => serde_json::from_value(query),
        }
    }
}

/// A name, or something that has one: a definition that an earlier call returned.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a name or a definition that repo.* returned")]
pub enum Target {
    Name(String),
    Definition {
        path: String,
        qualified: String,
        line: Option<u32>,
    },
    /// What stands in a line, a local's name too.
    Place {
        path: String,
        line: u32,
        name: String,
    },
}

impl Target {
    pub fn name(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            // A file, as the caller of what no function calls.
            Self::Definition { path, qualified, .. } if path == qualified => path.clone(),
            Self::Definition { path, qualified: name, .. } | Self::Place { path, name, .. } => format!("{path}#{name}"),
        }
    }

    /// Where the definition is, of several with the name.
    pub fn site(&self) -> Option<Site> {
        match self {
            Self::Name(_) => None,
            Self::Definition { path, line, .. } => Some(Site { path: path.clone(), line: (*line)? }),
            Self::Place { path, line, .. } => Some(Site { path: path.clone(), line: *line }),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionOptions {
    pub at: Option<Site>,
    /// Only below this file or folder.
    pub path: Option<String>,
    pub limit: Option<usize>,
}

/// A folder, file, glob, module or bundle, or several.
#[derive(Debug, Deserialize)]
#[serde(from = "OneOrManyPlaces")]
pub struct Scope(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a folder, a glob, a module, a bundle, or an array of these")]
enum OneOrManyPlaces {
    One(Place),
    Many(Vec<Place>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Place {
    Path(String),
    Listed { path: String },
    Bundle { files: Vec<String> },
}

impl From<OneOrManyPlaces> for Scope {
    fn from(places: OneOrManyPlaces) -> Self {
        let paths = |place| match place {
            Place::Path(path) | Place::Listed { path } => vec![path],
            Place::Bundle { files } => files,
        };
        match places {
            OneOrManyPlaces::One(place) => Self(paths(place)),
            OneOrManyPlaces::Many(places) => Self(places.into_iter().flat_map(paths).collect()),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartitionOptions {
    pub max_tokens: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextOptions {
    /// Lines around each place.
    #[serde(default)]
    pub context: u64,
}
