//! A workspace by chance: what its files were, what became of them, and what an editor has open.

use std::collections::BTreeMap;

use super::text;
use crate::random::Random;

/// What is on disk, by path.
pub type Files = BTreeMap<String, Node>;

#[derive(Clone, PartialEq)]
pub enum Node {
    File(Vec<u8>),
    Link(&'static str),
}

#[derive(Clone)]
pub struct World {
    /// The workspace's folder in the tree: nothing, or a path that ends with `/`.
    pub root: &'static str,
    /// The tree as it was, one state after the other. The first is indexed, the last is searched.
    pub states: Vec<Files>,
    /// Texts of open buffers, by their paths in the tree.
    pub buffers: BTreeMap<String, String>,
    /// Whether changes are heard of, as from a client that watches files; else they are known for certain.
    pub heard: bool,
}

/// Stands in a name for a byte that is no UTF-8.
pub const ODD_BYTE: char = '\u{f8ff}';

const FOLDERS: &[&str] = &[
    "",
    "",
    "",
    "src/",
    "src/deep/",
    "src/deep/er/",
    "lib/",
    "a/b/",
    "target/debug/",
    "docs é/",
    "Ä日本/",
    ".github/workflows/",
    ".hidden/",
    "src/.cache/",
    "-x/",
    ".ssh/",
];

const STEMS: &[&str] = &[
    "main",
    "lib",
    "a",
    "b",
    "keep",
    "größe",
    "with space",
    "-dash",
    "back\\slash",
    "odd\u{f8ff}",
    "br[ack]et",
    "#hash",
    "!bang",
    ".dot",
    "UPPER",
    "CON",
    "e\u{301}",
];

const EXTENSIONS: &[&str] = &["", ".rs", ".rs", ".py", ".txt", ".log", ".min.js", ".RS", ".c"];

/// Names that are denied, and so never found.
const SECRETS: &[&str] = &[".env", "id_rsa", "server.pem"];

pub const IGNORE_FILES: &[&str] = &[".gitignore", ".ignore", ".rgignore"];

const RULES: &[&str] = &[
    "*.log",
    "!keep.log",
    "target/",
    "target",
    "/lib",
    "src/*.rs",
    "!src/main.rs",
    "**/deep",
    "deep/",
    "a/**",
    "!a/b",
    "*.txt",
    "!*.txt",
    "# a comment",
    "",
    "main*",
    "\\!bang",
    "\\#hash",
    "[a-c]*",
    "!*/",
    "!*.rs",
    "*.py ",
    "src/**/a",
    ".*",
    "!.github",
    "größe.*",
    "with\\ space.rs",
    "?",
    "{a,b}",
    "/*/er",
    "er",
    "*.min.js",
    "!.hidden/",
    "b.rs\r",
    "/src/deep/*",
    "!/src/deep/er/",
];

/// Where links lead: to files, folders, nothing, themselves, and out.
const TARGETS: &[&str] =
    &["main.rs", "src", "..", "missing", "loop", "/etc/passwd", "../../outside", "src/deep/main.rs", "."];

impl World {
    pub fn by_chance(random: &mut Random) -> Self {
        let root = random.pick(&["", "", "", "in/ner/"]);
        let words = text::words(random);
        let mut files = Files::new();
        for _ in 0..4 + random.below(22) {
            let (path, node) = (root.to_owned() + &file_name(random), text::bytes(random, &words));
            put(&mut files, path, Node::File(node));
        }
        if random.one_in(2) {
            let path = root.to_owned() + random.pick(&["src/loop", "ln", "a/link", "src/main.rs", "main.rs"]);
            put(&mut files, path, Node::Link(random.pick(TARGETS)));
        }
        if random.one_in(4) {
            let path = root.to_owned() + random.pick(FOLDERS) + random.pick(SECRETS);
            put(&mut files, path, Node::File(text::bytes(random, &words)));
        }
        repository(random, root, &mut files);
        for _ in 0..random.below(4) {
            ignore_file(random, root, &mut files);
        }
        if random.one_in(3) {
            // Whoever reads a long line keeps a longer buffer, and that decides how far a binary file is searched. So these
            // come last for ripgrep, which has one buffer for all files.
            for (number, bytes) in text::long_lines(random, &words).into_iter().enumerate() {
                put(&mut files, format!("{root}ÿ{number}.js"), Node::File(bytes));
            }
        }
        let mut states = vec![files];
        for _ in 0..random.below(3) {
            let next = changed(random, root, &words, &states[states.len() - 1]);
            states.push(next);
        }
        let mut world = Self { root, states, buffers: BTreeMap::new(), heard: random.one_in(2) };
        world.open_buffers(random, &words);
        world
    }

    pub fn now(&self) -> &Files {
        &self.states[self.states.len() - 1]
    }

    /// The files as they would be if all buffers were saved.
    pub fn saved(&self) -> Files {
        let buffers = self.buffers.iter().map(|(path, text)| (path.clone(), Node::File(text.clone().into_bytes())));
        self.now().clone().into_iter().chain(buffers).collect()
    }

    /// All texts that were ever there.
    pub fn texts(&self) -> Vec<String> {
        let nodes = self.states.iter().flat_map(|files| files.values());
        let files = nodes.filter_map(|node| match node {
            Node::File(bytes) => Some(text::decoded(bytes)),
            Node::Link(_) => None,
        });
        files.chain(self.buffers.values().cloned()).collect()
    }

    fn open_buffers(&mut self, random: &mut Random, words: &[String]) {
        for _ in 0..random.below(5) {
            let mut known = self.now().iter().filter(|(_, node)| matches!(node, Node::File(_)));
            let path = match known.clone().count() {
                files if files > 0 && random.one_in(2) => known.nth(random.at(files)).unwrap().0.clone(),
                _ => self.root.to_owned() + &file_name(random),
            };
            let is_rule = !path.starts_with(self.root)
                || path.contains(".git/")
                || IGNORE_FILES.iter().any(|name| path.ends_with(name));
            // The disk's rules count whatever the editor has, and a buffer on a symlink is none of a listed file.
            let mut all = self.now().clone();
            if !is_rule && !path.contains('ÿ') && put(&mut all, path.clone(), Node::File(Vec::new())) {
                self.buffers.insert(path, text::typed(random, words));
            }
        }
        let mut all = self.now().clone();
        self.buffers.retain(|path, _| put(&mut all, path.clone(), Node::File(Vec::new())));
    }
}

fn file_name(random: &mut Random) -> String {
    let (folder, stem, extension) = (random.pick(FOLDERS), random.pick(STEMS), random.pick(EXTENSIONS));
    // Globs of a tree with such a name are not compared, so there are few.
    let stem = if stem.contains(ODD_BYTE) && !random.one_in(12) { "odd" } else { stem };
    [folder, stem, extension].concat()
}

/// Puts something where it can be: not below a file, nor where a folder or a link is.
fn put(files: &mut Files, path: String, node: Node) -> bool {
    let below = path.match_indices('/').any(|(at, _)| files.contains_key(&path[..at]));
    let folder = format!("{path}/");
    let above = files.range(folder.clone()..).next().is_some_and(|(other, _)| other.starts_with(&folder));
    let link = matches!(files.get(&path), Some(Node::Link(_)));
    let fits = !below && !above && !link;
    if fits {
        files.insert(path, node);
    }
    fits
}

fn repository(random: &mut Random, root: &str, files: &mut Files) {
    let file = |text: &str| Node::File(text.into());
    match random.below(6) {
        0 | 1 => {}
        2 if !root.is_empty() => {
            put(files, ".git/HEAD".to_owned(), file("ref: refs/heads/main\n"));
            put(files, ".gitignore".to_owned(), file(&rules(random)));
            put(files, "in/.gitignore".to_owned(), file(&rules(random)));
        }
        3 => {
            put(files, format!("{root}.git"), file("gitdir: ../missing\n"));
        }
        _ => {
            put(files, format!("{root}.git/HEAD"), file("ref: refs/heads/main\n"));
            if random.one_in(3) {
                put(files, format!("{root}.git/info/exclude"), file(&rules(random)));
            }
        }
    }
}

fn ignore_file(random: &mut Random, root: &str, files: &mut Files) {
    let folder = if random.one_in(2) { "" } else { random.pick(FOLDERS) };
    let path = [root, folder, random.pick(IGNORE_FILES)].concat();
    put(files, path, Node::File(rules(random).into_bytes()));
}

fn rules(random: &mut Random) -> String {
    let mut text = if random.one_in(10) { "\u{feff}".to_owned() } else { String::new() };
    for _ in 0..1 + random.below(4) {
        text += random.pick(RULES);
        text += "\n";
    }
    text
}

/// What may become of files.
fn changed(random: &mut Random, root: &str, words: &[String], files: &Files) -> Files {
    let mut next = Files::new();
    let mine = |path: &str| path.starts_with(root) && !path.contains(".git/") && !path.ends_with(".git");
    for (path, node) in files {
        let stays = !mine(path) || path.contains('ÿ');
        match random.below(12) {
            _ if stays => next.insert(path.clone(), node.clone()),
            0 | 1 => None,
            2 | 3 if IGNORE_FILES.iter().any(|name| path.ends_with(name)) => {
                next.insert(path.clone(), Node::File(rules(random).into_bytes()))
            }
            2..5 => next.insert(path.clone(), Node::File(text::bytes(random, words))),
            _ => next.insert(path.clone(), node.clone()),
        };
    }
    for _ in 0..random.below(4) {
        put(&mut next, root.to_owned() + &file_name(random), Node::File(text::bytes(random, words)));
    }
    if random.one_in(4) {
        ignore_file(random, root, &mut next);
    }
    next
}
