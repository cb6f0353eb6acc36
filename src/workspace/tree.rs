//! The outline of a folder: what is in it, with counts and sizes, short enough to read.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use super::size::{Size, rounded};
use super::{FileEntry, RelPath};

/// Entries that an outline shows, over all.
const ENTRIES: usize = 200;

/// Entries of one folder that are shown while other folders wait.
const PER_FOLDER: usize = 40;

#[derive(Default)]
struct Folder<'e> {
    /// Its path, relative to the outlined folder.
    path: &'e str,
    folders: BTreeMap<&'e str, Folder<'e>>,
    files: BTreeMap<&'e str, u64>,
    count: u64,
    bytes: u64,
}

/// Outlines `path` (or everything): folders down to `depth` levels with the number and size of the files beneath, and
/// the files on these levels with their sizes, to two digits: an outline is the same after most edits. At most 200 entries; `... n more` says what a folder has besides. `None`
/// when nothing is there.
pub fn tree(files: &[FileEntry], path: Option<&RelPath>, depth: usize) -> Option<String> {
    let mut root = Folder::default();
    for entry in files {
        let name = entry.path.as_str();
        let inside = match path.map(RelPath::as_str) {
            None => name,
            Some(path) if path == name => return Some(format!("{name}  {}\n", Size(rounded(entry.bytes)))),
            Some(path) => match name.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')) {
                Some(inside) => inside,
                None => continue,
            },
        };
        root.add(inside, entry.bytes);
    }
    if path.is_some() && root.count == 0 {
        return None;
    }
    let mut text = format!("{}/  {}\n", path.map_or(".", RelPath::as_str), root.summary());
    let shown = choose(&root, depth);
    root.print(&shown, 1, &mut text);
    Some(text)
}

/// How many entries of each folder are shown, by its path: level by level, so that depth never starves breadth, and no
/// folder takes the others' share before they had theirs.
fn choose<'e>(root: &Folder<'e>, depth: usize) -> BTreeMap<&'e str, usize> {
    let mut shown = BTreeMap::new();
    let mut left = ENTRIES;
    let mut waiting = VecDeque::from([(root, 1)]);
    let mut cut = Vec::new();
    while let Some((folder, level)) = waiting.pop_front().filter(|(_, level)| *level <= depth && left > 0) {
        let entries = folder.entries().min(PER_FOLDER).min(left);
        left -= entries;
        shown.insert(folder.path, entries);
        waiting.extend(folder.folders.values().take(entries).map(|inner| (inner, level + 1)));
        cut.extend((entries < folder.entries()).then_some(folder));
    }
    for folder in cut {
        if let Some(entries) = shown.get_mut(folder.path) {
            let more = (folder.entries() - *entries).min(left);
            *entries += more;
            left -= more;
        }
    }
    shown
}

impl<'e> Folder<'e> {
    fn add(&mut self, path: &'e str, bytes: u64) {
        let mut at = self;
        let mut rest = path;
        loop {
            at.count += 1;
            at.bytes += bytes;
            match rest.split_once('/') {
                Some((folder, inside)) => {
                    let end = path.len() - inside.len() - 1;
                    at = at.folders.entry(folder).or_insert_with(|| Folder { path: &path[..end], ..Folder::default() });
                    rest = inside;
                }
                None => break,
            }
        }
        at.files.insert(rest, bytes);
    }

    fn summary(&self) -> String {
        let files = if self.count == 1 { "file" } else { "files" };
        format!("{} {files}, {}", thousands(rounded(self.count)), Size(rounded(self.bytes)))
    }

    fn entries(&self) -> usize {
        self.folders.len() + self.files.len()
    }

    fn print(&self, shown: &BTreeMap<&str, usize>, level: usize, text: &mut String) {
        let Some(&entries) = shown.get(self.path) else { return };
        let indent = "  ".repeat(level);
        // Writing to a String does not fail.
        for (name, folder) in self.folders.iter().take(entries) {
            let _ = writeln!(text, "{indent}{name}/  {}", folder.summary());
            folder.print(shown, level + 1, text);
        }
        let files = entries.saturating_sub(self.folders.len());
        for (name, bytes) in self.files.iter().take(files) {
            let _ = writeln!(text, "{indent}{name}  {}", Size(rounded(*bytes)));
        }
        let more = self.entries() - entries;
        if more > 0 {
            let _ = writeln!(text, "{indent}... {} more", thousands(more as u64));
        }
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn files(paths: &[&str]) -> Vec<FileEntry> {
        let entry = |path: &&str| FileEntry { path: RelPath::parse(path).unwrap(), bytes: 1000, hidden: false };
        paths.iter().map(entry).collect()
    }

    fn check(paths: &[&str], path: Option<&str>, depth: usize, expect: Expect) {
        let path = path.map(|path| RelPath::parse(path).unwrap());
        expect.assert_eq(&tree(&files(paths), path.as_ref(), depth).unwrap_or_else(|| "nothing".to_owned()));
    }

    const PATHS: &[&str] = &["Cargo.toml", "src/a/x.rs", "src/a/y.rs", "src/b.rs", "src/main.rs", "tests/t.rs"];

    #[test]
    fn levels_down_to_the_depth_are_shown() {
        check(
            PATHS,
            None,
            1,
            expect![[r#"
                ./  6 files, 5.9 KiB
                  src/  4 files, 3.9 KiB
                  tests/  1 file, 1000 B
                  Cargo.toml  1000 B
            "#]],
        );
        check(
            PATHS,
            Some("src"),
            2,
            expect![[r#"
                src/  4 files, 3.9 KiB
                  a/  2 files, 2 KiB
                    x.rs  1000 B
                    y.rs  1000 B
                  b.rs  1000 B
                  main.rs  1000 B
            "#]],
        );
        check(
            PATHS,
            Some("src/b.rs"),
            1,
            expect![[r#"
            src/b.rs  1000 B
        "#]],
        );
        check(PATHS, Some("sr"), 1, expect!["nothing"]);
        check(
            &[],
            None,
            3,
            expect![[r#"
            ./  0 files, 0 B
        "#]],
        );
    }

    #[test]
    fn big_folders_are_cut_without_hiding_the_others() {
        let many: Vec<String> = (0..100_000).map(|n| format!("big/{n:06}")).collect();
        let mut paths: Vec<&str> = many.iter().map(String::as_str).collect();
        paths.extend(["small/a", "small/b", "z"]);
        let text = tree(&files(&paths), None, 9).unwrap();
        assert!(text.starts_with("./  100,000 files, "), "{text}");
        assert!(text.contains("\n  small/  2 files, 2 KiB\n    a  1000 B\n"));
        assert!(text.contains("\n    ... 99,805 more\n"), "{text}");
        assert!(text.lines().count() <= ENTRIES + 2);
    }
}
