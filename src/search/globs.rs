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
}

/// What the globs and the rule about hidden files say about a folder or a file.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    In,
    Out,
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
        Ok(Self { overrides })
    }

    /// The files to search, in path order.
    ///
    /// As in ripgrep, a glob that names a hidden file includes it, when no folder above it is hidden.
    pub(super) fn select<'a>(
        &self,
        snapshot: &'a Snapshot,
        hidden: bool,
    ) -> Result<Vec<&'a FileEntry>, WorkspaceError> {
        let visible = snapshot.files()?;
        if self.overrides.is_empty() {
            let files = if hidden { snapshot.files_with_hidden()? } else { visible };
            return Ok(files.iter().collect());
        }
        let names_files = self.overrides.num_whitelists() > 0;
        let files = if hidden || names_files { snapshot.files_with_hidden()? } else { visible };
        let listed = |entry: &FileEntry| {
            hidden || !entry.hidden || visible.binary_search_by(|file| file.path.cmp(&entry.path)).is_ok()
        };
        // Neighbours share their folder, and there are far fewer folders than files.
        let mut folder: Option<(&str, bool, Verdict)> = None;
        let mut selected = Vec::new();
        for entry in files {
            let path = entry.path.as_str();
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let listed = listed(entry);
            let verdict = match folder {
                Some((known, as_listed, verdict)) if known == parent && as_listed == listed => verdict,
                _ => self.folders(parent, listed),
            };
            folder = Some((parent, listed, verdict));
            if verdict == Verdict::In && self.one(path, false, listed) == Verdict::In {
                selected.push(entry);
            }
        }
        Ok(selected)
    }

    /// A folder is entered when every folder above it is.
    fn folders(&self, path: &str, listed: bool) -> Verdict {
        let ends = path.match_indices('/').map(|(at, _)| at).chain((!path.is_empty()).then_some(path.len()));
        for end in ends {
            if self.one(&path[..end], true, listed) == Verdict::Out {
                return Verdict::Out;
            }
        }
        Verdict::In
    }

    fn one(&self, path: &str, is_folder: bool, listed: bool) -> Verdict {
        let found = self.overrides.matched(Path::new(path), is_folder);
        let hidden = || path.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        if found.is_ignore() || (found.is_none() && !listed && hidden()) { Verdict::Out } else { Verdict::In }
    }
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
                globs.folders(parent, true) == Verdict::In && globs.one(path, false, true) == Verdict::In
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
    }

    #[test]
    fn a_bad_glob_is_named() {
        let error = Globs::new(&["*.rs".into(), "a[".into()]).err().expect("an error").to_string();
        assert_eq!(error, "bad glob \"a[\": unclosed character class; missing ']'");
        assert!(Globs::new(&["x".repeat(5_000)]).is_err());
    }
}
