//! The outline of a folder: what is in it, with counts and sizes, short enough to read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
    /// Their sizes and ranks.
    files: BTreeMap<&'e str, (u64, f64)>,
    count: u64,
    bytes: u64,
    /// The ranks of all files in it together.
    rank: f64,
}

/// An outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pub text: String,
    /// Nothing on the levels that it shows is left out.
    pub is_whole: bool,
}

/// Outlines `path` (or everything): folders down to `depth` levels with the number and size of the files beneath, and
/// the files on these levels with their sizes, to two digits: an outline is the same after most edits. At most 200 entries, those of the highest `rank` where that is
/// not the same for all; `... n more` says what a folder has besides. `None` when nothing is there.
pub fn tree(
    files: &[FileEntry],
    path: Option<&RelPath>,
    depth: usize,
    size: &dyn Fn(&FileEntry) -> u64,
    rank: &dyn Fn(&str) -> f64,
) -> Option<Tree> {
    let mut root = Folder::default();
    for entry in files {
        let name = entry.path.as_str();
        let inside = match path.map(RelPath::as_str) {
            None => name,
            Some(path) if path == name => {
                return Some(Tree { text: format!("{name}  {}\n", Size(rounded(size(entry)))), is_whole: true });
            }
            Some(path) => match name.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')) {
                Some(inside) => inside,
                None => continue,
            },
        };
        root.add(inside, size(entry), rank(name));
    }
    if path.is_some() && root.count == 0 {
        return None;
    }
    let mut text = format!("{}/  {}\n", path.map_or(".", RelPath::as_str), root.summary());
    let shown = choose(&root, depth);
    root.print(&shown, 1, &mut text);
    let is_whole = shown.values().all(|entries| entries.left_out == 0);
    Some(Tree { text, is_whole })
}

/// What an outline shows of a folder.
struct Shown<'e> {
    names: BTreeSet<&'e str>,
    left_out: usize,
}

/// What is shown of each folder, by its path: level by level, so that depth never starves breadth, and no folder takes the
/// others' share before they had theirs.
fn choose<'e>(root: &Folder<'e>, depth: usize) -> BTreeMap<&'e str, Shown<'e>> {
    let mut shown = BTreeMap::new();
    let mut left = ENTRIES;
    let mut waiting = VecDeque::from([(root, 1)]);
    let mut cut = Vec::new();
    while let Some((folder, level)) = waiting.pop_front().filter(|(_, level)| *level <= depth && left > 0) {
        let entries = folder.entries().min(PER_FOLDER).min(left);
        left -= entries;
        let names: BTreeSet<&str> = folder.best().into_iter().take(entries).collect();
        let inner = folder.folders.iter().filter(|(name, _)| names.contains(*name));
        waiting.extend(inner.map(|(_, inner)| (inner, level + 1)));
        let left_out = folder.entries() - entries;
        cut.extend((left_out > 0).then_some(folder));
        shown.insert(folder.path, Shown { names, left_out });
    }
    for folder in cut {
        if let Some(entries) = shown.get_mut(folder.path) {
            let more = entries.left_out.min(left);
            entries.names = folder.best().into_iter().take(entries.names.len() + more).collect();
            entries.left_out -= more;
            left -= more;
        }
    }
    shown
}

impl<'e> Folder<'e> {
    fn add(&mut self, path: &'e str, bytes: u64, rank: f64) {
        let mut at = self;
        let mut rest = path;
        loop {
            at.count += 1;
            at.bytes += bytes;
            at.rank += rank;
            match rest.split_once('/') {
                Some((folder, inside)) => {
                    let end = path.len() - inside.len() - 1;
                    at = at.folders.entry(folder).or_insert_with(|| Folder { path: &path[..end], ..Folder::default() });
                    rest = inside;
                }
                None => break,
            }
        }
        at.files.insert(rest, (bytes, rank));
    }

    fn summary(&self) -> String {
        let files = if self.count == 1 { "file" } else { "files" };
        format!("{} {files}, {}", thousands(rounded(self.count)), Size(rounded(self.bytes)))
    }

    fn entries(&self) -> usize {
        self.folders.len() + self.files.len()
    }

    /// The names of its entries, by rank; of equal ones folders come first.
    fn best(&self) -> Vec<&'e str> {
        let folders = self.folders.iter().map(|(name, folder)| (*name, folder.rank));
        let mut all: Vec<(&str, f64)> =
            folders.chain(self.files.iter().map(|(name, (_, rank))| (*name, *rank))).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.into_iter().map(|(name, _)| name).collect()
    }

    fn print(&self, shown: &BTreeMap<&str, Shown<'_>>, level: usize, text: &mut String) {
        let Some(entries) = shown.get(self.path) else { return };
        let indent = "  ".repeat(level);
        // Writing to a String does not fail.
        for (name, folder) in self.folders.iter().filter(|(name, _)| entries.names.contains(*name)) {
            let _ = writeln!(text, "{indent}{name}/  {}", folder.summary());
            folder.print(shown, level + 1, text);
        }
        for (name, (bytes, _)) in self.files.iter().filter(|(name, _)| entries.names.contains(*name)) {
            let _ = writeln!(text, "{indent}{name}  {}", Size(rounded(*bytes)));
        }
        if entries.left_out > 0 {
            let _ = writeln!(text, "{indent}... {} more", thousands(entries.left_out as u64));
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
        let entry = |path: &&str| FileEntry::new(RelPath::parse(path).unwrap(), false);
        paths.iter().map(entry).collect()
    }

    fn check(paths: &[&str], path: Option<&str>, depth: usize, expect: Expect) {
        let path = path.map(|path| RelPath::parse(path).unwrap());
        let tree = tree(&files(paths), path.as_ref(), depth, &|_| 1000, &|_| 0.0);
        expect.assert_eq(&tree.map_or_else(|| "nothing".to_owned(), |tree| tree.text));
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
        let Tree { text, is_whole } = tree(&files(&paths), None, 9, &|_| 1000, &|_| 0.0).unwrap();
        assert!(!is_whole);
        assert!(text.starts_with("./  100,000 files, "), "{text}");
        assert!(text.contains("\n  small/  2 files, 2 KiB\n    a  1000 B\n"));
        assert!(text.contains("\n    ... 99,805 more\n"), "{text}");
        assert!(text.lines().count() <= ENTRIES + 2);
    }

    #[test]
    fn of_a_cut_folder_the_highest_ranks_are_shown() {
        let mut paths: Vec<String> = (0..300).map(|n| format!("f{n:03}")).collect();
        paths.extend((0..300).map(|n| format!("d{n:03}/x")));
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let rank = |path: &str| f64::from(u8::from(matches!(path, "f299" | "d299/x")));
        let Tree { text, is_whole } = tree(&files(&paths), None, 2, &|_| 1000, &rank).unwrap();
        assert!(!is_whole);
        assert!(
            text.contains("\n  d299/  1 file, 1000 B\n    x  1000 B\n") && text.contains("\n  f299  1000 B\n"),
            "{text}"
        );
        assert!(text.contains("\n  d000/  ") && !text.contains("\n  f000  "), "{text}");
    }
}
