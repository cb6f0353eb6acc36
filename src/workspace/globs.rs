//! Globs as ripgrep's `-g` has them, over paths of the workspace.

use std::fmt;

use ignore::overrides::{Override, OverrideBuilder};

use super::{RelPath, WorkspaceError};

/// A set of globs. `!` excludes; when there is a glob that includes, only what is included matches. Later ones win.
#[derive(Debug, Clone)]
pub struct Globs {
    globs: Vec<String>,
    rules: Override,
}

impl Globs {
    pub fn new<S: AsRef<str>>(globs: &[S]) -> Result<Self, WorkspaceError> {
        let bad =
            |glob: &str, error: ignore::Error| WorkspaceError::Glob { glob: glob.to_owned(), reason: reason(error) };
        let mut builder = OverrideBuilder::new("");
        for glob in globs {
            let glob = glob.as_ref();
            builder.add(glob).map_err(|error| bad(glob, error))?;
        }
        let globs: Vec<String> = globs.iter().map(|glob| glob.as_ref().to_owned()).collect();
        let rules = builder.build().map_err(|error| bad(&globs.join(" "), error))?;
        Ok(Self { globs, rules })
    }

    /// The same, with a plain path meaning the folder's contents too, as people write it: `src`, `src/`, `!vendor`.
    pub fn for_scope<S: AsRef<str>>(globs: &[S]) -> Result<Self, WorkspaceError> {
        let mut all = Vec::new();
        for glob in globs {
            let glob = glob.as_ref();
            if !glob.contains(['*', '?', '[', '{', '\\']) {
                all.push(format!("{}/**", glob.trim_end_matches('/')));
            }
            all.push(glob.to_owned());
        }
        let globs = globs.iter().map(|glob| glob.as_ref().to_owned()).collect();
        Ok(Self { globs, ..Self::new(&all)? })
    }

    /// Whether a walk with these globs would come to this file.
    pub fn matches(&self, path: &RelPath) -> bool {
        let path = path.as_str();
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        !self.rules.matched(path, false).is_ignore()
            && folders.into_iter().all(|folder| !self.rules.matched(folder, true).is_ignore())
    }
}

impl fmt::Display for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.globs.join(" "))
    }
}

fn reason(error: ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[&str] =
        &["README.md", "src/a.rs", "src/deep/b.rs", "src/deep/c.py", "vendor/x/d.rs", "tests/src/e.rs"];

    fn check(globs: &Globs, expect: &[&str]) {
        let matched: Vec<&str> =
            FILES.iter().copied().filter(|path| globs.matches(&RelPath::parse(path).unwrap())).collect();
        assert_eq!(matched, expect, "{globs}");
    }

    #[test]
    fn globs_match_as_in_ripgrep() {
        let globs = |globs: &[&str]| Globs::new(globs).unwrap();
        check(&globs(&[]), FILES);
        check(&globs(&["*.rs"]), &["src/a.rs", "src/deep/b.rs", "vendor/x/d.rs", "tests/src/e.rs"]);
        check(&globs(&["/src/**"]), &["src/a.rs", "src/deep/b.rs", "src/deep/c.py"]);
        check(&globs(&["src/*.rs"]), &["src/a.rs"]);
        check(&globs(&["*.rs", "!vendor"]), &["src/a.rs", "src/deep/b.rs", "tests/src/e.rs"]);
        check(&globs(&["!*.rs"]), &["README.md", "src/deep/c.py"]);
        check(&globs(&["*.{md,py}"]), &["README.md", "src/deep/c.py"]);
        check(&globs(&["src"]), &[]);
    }

    #[test]
    fn scopes_take_plain_folders() {
        let scope = |globs: &[&str]| Globs::for_scope(globs).unwrap();
        check(&scope(&["src"]), &["src/a.rs", "src/deep/b.rs", "src/deep/c.py"]);
        check(&scope(&["src/deep/"]), &["src/deep/b.rs", "src/deep/c.py"]);
        check(&scope(&["README.md", "vendor"]), &["README.md", "vendor/x/d.rs"]);
        check(&scope(&["!src"]), &["README.md", "vendor/x/d.rs"]);
    }

    #[test]
    fn bad_globs_are_named() {
        let error = Globs::new(&["*.rs", "src/[a"]).unwrap_err().to_string();
        assert_eq!(error, "bad glob \"src/[a\": unclosed character class; missing ']'");
    }
}
