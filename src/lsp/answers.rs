//! Answers as Markdown files in the state folder, for clients that can only show documents. Readable by their owner alone.

#![expect(clippy::disallowed_methods, reason = "the one door to the answers' folder")]

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Files that are kept; older ones are removed.
const KEPT: usize = 100;

/// Writes an answer and returns its absolute path. The text has to be safe to show already.
pub fn write(state_dir: &Path, run: &str, text: &str) -> io::Result<PathBuf> {
    let folder = std::path::absolute(state_dir)?.join("answers");
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    evict(&folder)?;
    let path = folder.join(format!("{run}.md"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path)?.write_all(text.as_bytes())?;
    Ok(path)
}

/// Removes the oldest answers; runs' names sort by their time.
fn evict(folder: &Path) -> io::Result<()> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    let surplus = (files.len() + 1).saturating_sub(KEPT);
    files.iter().take(surplus).try_for_each(std::fs::remove_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..KEPT + 3 {
            write(dir.path(), &format!("run-{number:04}"), "text").unwrap();
        }
        let left: Vec<PathBuf> =
            std::fs::read_dir(dir.path().join("answers")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left.len(), KEPT);
        assert!(left.iter().all(|path| !path.ends_with("run-0002.md")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert!(left.iter().all(|path| path.metadata().unwrap().permissions().mode() & 0o777 == 0o600));
        }
    }
}
