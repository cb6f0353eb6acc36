//! C's and C++'s headers: beside the file, or wherever a path ends like the one that is written.

use super::paths::{folder, joined};
use super::resolve::{Resolver, Target};

impl Resolver<'_> {
    pub(super) fn include(&self, path: &str, header: &str, local: bool) -> Target {
        let beside = joined(folder(path), header).filter(|_| local).and_then(|path| self.paths.file(&path));
        if let Some(found) = beside {
            return Target::Here(found.to_owned());
        }
        // `../x.h` from an include path: what remains is the end of the path.
        let tail = header.trim_start_matches("./").rsplit("../").next().unwrap_or(header);
        let mut found = self.paths.ending(tail);
        if found.is_empty() {
            return if local { Target::Lost } else { Target::External };
        }
        // Headers are looked for below the root, below folders named include, and below folders around the file.
        let is_searched = |found: &&str| {
            let base = found[..found.len() - tail.len()].trim_end_matches('/');
            base.is_empty()
                || base.ends_with("include")
                || path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
        };
        if found.iter().any(is_searched) {
            found.retain(is_searched);
        } else if !local && !tail.contains('/') {
            // `<string.h>` is the system's, whatever is called so somewhere.
            return Target::External;
        }
        self.paths.closest(path, &found).map_or(Target::Lost, |found| Target::Here(found.to_owned()))
    }
}
