//! A world on disk, asked in every way that a workspace can stand to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spelunk::cancel::Cancel;
use spelunk::index::{Need, Pattern};
use spelunk::search::{self, Match, Matches, Query};
use spelunk::workspace::{RelPath, Snapshot, Workspace};
use tempfile::TempDir;

use super::Tally;
use super::ask::Ask;
use super::ripgrep::{self, Lines};
use super::world::{Files, Node, ODD_BYTE, World};

/// Where a world is on disk.
pub struct Disk {
    _folder: TempDir,
    /// The tree.
    top: PathBuf,
    /// The workspace in it.
    root: PathBuf,
}

impl Disk {
    pub fn new(world: &World, files: &Files) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("top");
        let disk = Self { _folder: folder, root: top.join(world.root), top };
        fs::create_dir_all(&disk.root).unwrap();
        disk.change(&Files::new(), files);
        disk
    }

    /// Makes the tree from one state into another.
    fn change(&self, from: &Files, to: &Files) {
        let changed = |path: &&String| from.get(*path) != to.get(*path);
        for path in from.keys().filter(changed) {
            let path = on_disk(&self.top, path);
            fs::remove_file(&path).unwrap();
            // Folders with something in them stay.
            let empty =
                path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root) && **folder != self.root);
            let _ = empty.map(fs::remove_dir).take_while(Result::is_ok).count();
        }
        for path in to.keys().filter(changed) {
            let place = on_disk(&self.top, path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            match &to[path] {
                Node::File(bytes) => fs::write(place, bytes).unwrap(),
                Node::Link(target) => std::os::unix::fs::symlink(target, place).unwrap(),
            }
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        Workspace::open(&self.root).unwrap().snapshot()
    }

    /// The last state of a world that was indexed when it was in its first.
    pub fn aged(world: &World) -> (Self, Snapshot) {
        let disk = Self::new(world, &world.states[0]);
        let mut snapshot = disk.snapshot();
        snapshot.index(&Cancel::new()).unwrap();
        for entry in snapshot.files().unwrap().iter().step_by(3) {
            // What was handed out must not stand in for what is there later.
            let _ = snapshot.text(&entry.path);
        }
        for pair in world.states.windows(2) {
            disk.change(&pair[0], &pair[1]);
            snapshot = disk.followed(&snapshot, world, &pair[0], &pair[1]);
        }
        (disk, snapshot)
    }

    /// The workspace after a change.
    fn followed(&self, snapshot: &Snapshot, world: &World, from: &Files, to: &Files) -> Snapshot {
        let paths = from.keys().chain(to.keys()).filter(|path| from.get(*path) != to.get(*path));
        if world.heard {
            let heard: BTreeSet<PathBuf> = paths.map(|path| on_disk(&self.top, path)).collect();
            let news = snapshot.news(heard.iter().map(PathBuf::as_path));
            return snapshot.refreshed(&news.changed, news.listing);
        }
        let paths: Vec<RelPath> = paths.filter_map(|path| workspace_path(world, path)).collect();
        snapshot.refreshed(&paths, true)
    }
}

/// The name on disk.
fn on_disk(top: &Path, path: &str) -> PathBuf {
    let mut bytes = Vec::new();
    for c in path.chars() {
        match c {
            ODD_BYTE => bytes.push(0xff),
            _ => bytes.extend(c.to_string().bytes()),
        }
    }
    top.join(OsString::from_vec(bytes))
}

/// The workspace's path of a tree's.
fn workspace_path(world: &World, path: &str) -> Option<RelPath> {
    RelPath::parse(&path.strip_prefix(world.root)?.replace(ODD_BYTE, "\\xff")).ok()
}

/// The snapshot with the buffers.
pub fn with_buffers(world: &World, snapshot: &Snapshot) -> Snapshot {
    let buffers =
        world.buffers.iter().filter_map(|(path, text)| Some((workspace_path(world, path)?, Arc::from(text.as_str()))));
    snapshot.with_overlay(buffers.collect::<Vec<_>>())
}

/// How the text tier can stand to a world.
pub const WAYS: [&str; 3] = ["without the text tier", "with an old text tier", "with the text tier"];

/// The world seen in one of these ways.
pub fn seen(way: &str, disk: &Disk, aged: &Snapshot) -> Snapshot {
    match way {
        "without the text tier" => disk.snapshot(),
        "with an old text tier" => aged.clone(),
        _ => {
            aged.index(&Cancel::new()).unwrap();
            aged.clone()
        }
    }
}

/// How many files were searched, and how many were not, by reason.
type Told = (u64, Vec<(String, u64)>);

/// Asks ripgrep and every view of the world; which question they differ on, and how.
pub fn compare(program: &Path, world: &World, asks: &[Ask]) -> Result<Tally, (usize, String)> {
    let (disk, aged) = Disk::aged(world);
    let saved = (!world.buffers.is_empty()).then(|| Disk::new(world, &world.saved()));
    let mut tally = Tally { asked: asks.len() as u64, ..Tally::default() };
    let mut listed: HashMap<(bool, bool), BTreeSet<String>> = HashMap::new();
    let mut expected = Vec::new();
    for ask in asks {
        let root = if ask.buffers
            && let Some(saved) = &saved
        {
            &saved.root
        } else {
            &disk.root
        };
        let hidden = ask.hidden || ask.globs.iter().any(|glob| names_hidden(glob));
        let files = listed.entry((ask.buffers, hidden)).or_insert_with(|| ripgrep::files(program, root, hidden));
        let in_folder = |path: &str| ask.folder.as_deref().is_none_or(|folder| path.starts_with(folder));
        let lines = ripgrep::search(program, root, ask, |path| files.contains(path) && in_folder(path));
        tally.refused += u64::from(lines.is_err());
        tally.unanswered += u64::from(matches!(lines, Ok(None)));
        tally.matched += u64::from(matches!(&lines, Ok(Some(lines)) if !lines.is_empty()));
        let (text, fixed, word, ignore_case) = (&*ask.pattern, ask.literal, ask.word, ask.ignore_case);
        tally.narrowed += u64::from(Need::of(&Pattern { text, fixed, word, ignore_case, nest: 100 }) != Need::Free);
        expected.push(lines);
    }
    let mut first: Vec<Option<Told>> = Vec::new();
    for way in WAYS {
        let snapshot = seen(way, &disk, &aged);
        let open = with_buffers(world, &snapshot);
        for (number, (ask, expect)) in asks.iter().zip(&expected).enumerate() {
            let view = if ask.buffers { &open } else { &snapshot };
            let wrong = |what: String| (number, format!("{way}: {what}"));
            let found = answer(view, ask);
            check(ask, expect, &found).map_err(wrong)?;
            let told = found.ok().map(|found| (found.searched, found.skipped));
            match first.get(number) {
                Some(first) if *first != told => {
                    return Err(wrong(format!("searched and skipped: {told:?}, without it {first:?}")));
                }
                Some(_) => {}
                None => first.push(told),
            }
        }
    }
    Ok(tally)
}

/// Whether a glob asks for a hidden name in so many words.
fn names_hidden(glob: &str) -> bool {
    !glob.starts_with('!') && glob.split('/').any(|name| name.starts_with('.') && !name.trim_matches('.').is_empty())
}

fn answer(snapshot: &Snapshot, ask: &Ask) -> Result<Matches, String> {
    let narrowed = ask.folder.as_ref().map(|folder| snapshot.scoped(&[folder]).unwrap());
    let query: Query = serde_json::from_value(ask.query()).unwrap();
    search::search(narrowed.as_ref().unwrap_or(snapshot), &query, &Cancel::new()).map_err(|error| error.to_string())
}

fn check(ask: &Ask, expect: &Result<Option<Lines>, String>, found: &Result<Matches, String>) -> Result<(), String> {
    let (expect, found) = match (expect, found) {
        (Ok(None), _) | (Err(_), Err(_)) => return Ok(()),
        (Ok(Some(expect)), Ok(found)) => (expect, found),
        // Ours is the smaller limit.
        (Ok(_), Err(error)) if error.contains("too big once compiled") || error.contains("nest deeper") => {
            return Ok(());
        }
        (Ok(Some(expect)), Err(error)) => return Err(format!("{error}; ripgrep finds {} lines", expect.len())),
        (Err(error), Ok(found)) => return Err(format!("{} lines; ripgrep refuses: {error}", found.total)),
    };
    let matches: Vec<_> = expect.iter().filter(|(_, line)| line.matches).collect();
    let files: BTreeSet<&str> = matches.iter().map(|((path, _), _)| path.as_str()).collect();
    let (total, files) = (matches.len() as u64, files.len() as u64);
    for (item, ((path, line), theirs)) in found.items.iter().zip(&matches) {
        let same = (&item.path, item.line) == (path, *line) && theirs.column.is_none_or(|column| column == item.column);
        if !same || !is_shown(&item.text, &theirs.text) {
            let Match { path: ours, line: at, column, text, .. } = item;
            return Err(format!(
                "{ours}:{at}:{column}:{text:?}, not {path}:{line}:{:?}:{:?}",
                theirs.column, theirs.text
            ));
        }
    }
    if (found.total, found.files) != (total, files) || found.items.len() as u64 != total.min(ask.limit as u64) {
        let ours = (found.total, found.files, found.items.len());
        let more = matches.get(found.items.len()).map(|((path, line), theirs)| (path, line, &theirs.text));
        return Err(format!(
            "{ours:?} lines, files and matches, not {total} in {files}; first that is missing: {more:?}"
        ));
    }
    if found.truncated { Ok(()) } else { check_context(expect, found) }
}

/// Compares the lines around the matches.
fn check_context(expect: &Lines, found: &Matches) -> Result<(), String> {
    let mut ours = BTreeMap::new();
    for Match { path, line, before, after, .. } in &found.items {
        let first = line - before.len() as u64;
        ours.extend(before.iter().zip(first..).map(|(text, number)| ((path, number), text)));
        ours.extend(after.iter().zip(line + 1..).map(|(text, number)| ((path, number), text)));
    }
    let theirs = expect.iter().filter(|(_, line)| !line.matches);
    let theirs: BTreeMap<_, _> = theirs.map(|((path, number), line)| ((path, *number), &line.text)).collect();
    let same = ours.len() == theirs.len()
        && ours.iter().all(|(at, text)| theirs.get(at).is_some_and(|theirs| is_shown(text, theirs)));
    if same { Ok(()) } else { Err(format!("around the matches: {ours:?}, not {theirs:?}")) }
}

/// Whether a text is the line, or the piece of a long one that is shown.
fn is_shown(text: &str, line: &str) -> bool {
    text == line || line.len() > 1_000 && line.contains(text.trim_matches('…'))
}
