//! Which files a query's globs select: ripgrep's `-g`, on the paths of a snapshot.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

use super::SearchError;
use crate::workspace::{FileEntry, Snapshot, WorkspaceError};

/// More than anyone writes; each one is a piece of one big regular expression.
const MAX_GLOBS: usize = 256;
const MAX_GLOB_BYTES: usize = 4_096;

/// A query's globs: a later one wins over an earlier one, `!` excludes, and one without `/` matches at any depth.
pub(super) struct Globs {
    overrides: Override,
    /// Whether one asks for a hidden name in so many words, as `.github/**` does.
    name_hidden: bool,
}

impl Globs {
    pub(super) fn new(globs: &[String]) -> Result<Self, SearchError> {
        let bad = |glob: &str, reason: String| SearchError::Glob { glob: glob.to_owned(), reason };
        if globs.len() > MAX_GLOBS {
            return Err(bad(&globs[MAX_GLOBS], format!("there are more than {MAX_GLOBS} globs")));
        }
        let mut builder = OverrideBuilder::new("");
        for glob in globs {
            if glob.len() > MAX_GLOB_BYTES {
                let start: String = glob.chars().take(60).collect();
                return Err(bad(&format!("{start}…"), format!("it is longer than {MAX_GLOB_BYTES} bytes")));
            }
            builder.add(glob).map_err(|error| bad(glob, reason(error)))?;
        }
        let overrides = builder.build().map_err(|error| bad(&globs.join(", "), reason(error)))?;
        Ok(Self { overrides, name_hidden: globs.iter().any(|glob| names_hidden(glob)) })
    }

    /// The files to search, in path order. A glob that names a hidden file or folder finds it without `hidden`.
    pub(super) fn select<'a>(
        &self,
        snapshot: &'a Snapshot,
        hidden: bool,
    ) -> Result<Vec<&'a FileEntry>, WorkspaceError> {
        let files = if hidden || self.name_hidden { snapshot.files_with_hidden()? } else { snapshot.files()? };
        if self.overrides.is_empty() {
            return Ok(files.iter().collect());
        }
        // Neighbours share their folder, and there are far fewer folders than files.
        let mut known = ("", true);
        let selected = files.iter().filter(|entry| {
            let path = entry.path.as_str();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if known.0 != folder {
                known = (folder, self.enters(folder));
            }
            known.1 && self.takes(path)
        });
        Ok(selected.collect())
    }

    /// A folder is entered when every folder above it is, and itself.
    fn enters(&self, folder: &str) -> bool {
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        let entered = |end| !self.overrides.matched(Path::new(&folder[..end]), true).is_ignore();
        // Where a search begins is entered whatever the globs say.
        folder.is_empty() || ends.into_iter().all(entered)
    }

    fn takes(&self, file: &str) -> bool {
        !self.overrides.matched(Path::new(file), false).is_ignore()
    }
}

/// Whether a glob that includes has a name in it that starts with a dot.
fn names_hidden(glob: &str) -> bool {
    !glob.starts_with('!') && glob.split('/').any(|name| name.starts_with('.') && !name.trim_matches('.').is_empty())
}

/// The glob crate's reason without the glob, which the error names already.
fn reason(error: ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(globs: &[&str], paths: &[&str], expect: &[&str]) {
        let globs: Vec<String> = globs.iter().map(|&glob| glob.to_owned()).collect();
        let globs = Globs::new(&globs).expect("the globs are fine");
        let selected: Vec<&str> = paths
            .iter()
            .copied()
            .filter(|path| {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                globs.enters(parent) && globs.takes(path)
            })
            .collect();
        assert_eq!(selected, expect);
    }

    #[test]
    fn as_ripgrep_reads_them() {
        let paths = ["a.rs", "b.py", "src/a.rs", "src/deep/b.rs", "test/a.rs"];
        check(&["*.rs"], &paths, &["a.rs", "src/a.rs", "src/deep/b.rs", "test/a.rs"]);
        check(&["/*.rs"], &paths, &["a.rs"]);
        check(&["src/*.rs"], &paths, &["src/a.rs"]);
        check(&["src/**"], &paths, &["src/a.rs", "src/deep/b.rs"]);
        check(&["!src"], &paths, &["a.rs", "b.py", "test/a.rs"]);
        check(&["!*.rs"], &paths, &["b.py"]);
        check(&["*.rs", "!test/"], &paths, &["a.rs", "src/a.rs", "src/deep/b.rs"]);
        check(&["!*.rs", "a.rs"], &paths, &["a.rs", "src/a.rs", "test/a.rs"]);
        check(&["*.{py,txt}"], &paths, &["b.py"]);
        check(&["src"], &paths, &[]);
        check(&["!*/"], &paths, &["a.rs", "b.py"]);
    }

    #[test]
    fn a_bad_glob_is_named() {
        let error = Globs::new(&["*.rs".into(), "a[".into()]).err().expect("an error").to_string();
        assert_eq!(error, "bad glob \"a[\": unclosed character class; missing ']'");
        assert!(Globs::new(&["x".repeat(5_000)]).is_err());
    }
}
