//! What was kept is what would be found, whatever happened to the files or to what was kept.

use std::fs;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;
use crate::cancel::Cancel;
use crate::search::{Pattern, Query, search};
use crate::workspace::pins::Stamp;
use crate::workspace::{Snapshot, Workspace};

const ROOM: u64 = 1 << 30;

/// A tree and a cache folder.
struct World {
    tree: TempDir,
    cache: TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { tree: tempfile::tempdir().unwrap(), cache: tempfile::tempdir().unwrap() };
        fs::create_dir_all(world.tree.path().join(".git/info")).unwrap();
        for (name, text) in [
            (".gitignore", &b"*.log\n"[..]),
            (".git/info/exclude", b"*.old\n"),
            ("main.c", b"int main(void) { return alpha(); }\n"),
            ("notes.log", b"alpha\n"),
            ("left.old", b"alpha\n"),
            ("deep/er/beta.c", b"int beta = 1; // alpha\n"),
            ("deep/gamma.py", b"gamma = 'delta'\n"),
            ("other/wide.txt", b"\xff\xfea\0l\0p\0h\0a\0\n\0"),
            ("other/marked.txt", b"\xef\xbb\xbfalpha\n"),
            ("other/bytes.bin", b"alpha\n\0\x01\x02 alpha"),
            ("other/\\x5c.txt", b"delta\n"),
        ] {
            let path = world.at(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.tree.path().join(name)
    }

    fn workspace(&self) -> Workspace {
        Workspace::open(self.tree.path()).unwrap().kept_in(self.cache.path(), ROOM)
    }

    /// Keeps the tree as if it were old: files that came just now are never certain to be what they were.
    fn keep(&self) {
        let snapshot = self.workspace().snapshot();
        snapshot.index(&Cancel::new()).unwrap();
        let base = snapshot.base();
        let stamp = |path: &RelPath| Stamp::at(&base.jail.folders[0].dir, &base.jail.locate(path).unwrap().1);
        let standing = base.tier.with_standing(|standing| Standing {
            paths: standing.paths.clone(),
            stamps: standing.paths.iter().map(stamp).collect(),
            binary: standing.binary.clone(),
            index: standing.index.clone(),
        });
        let later = SystemTime::now() + Duration::from_secs(60);
        base.shelf.as_ref().unwrap().keep_as_of(&base.jail, &standing.unwrap(), later).unwrap();
    }

    fn file(&self) -> PathBuf {
        let snapshot = self.workspace().snapshot();
        snapshot.base().shelf.as_ref().unwrap().path().to_owned()
    }

    /// What is restored: whether the listing holds, and which files differ.
    fn restored(&self) -> Option<(bool, Vec<String>)> {
        let snapshot = self.workspace().snapshot();
        let base = snapshot.base();
        let restored = base.shelf.as_ref().unwrap().restore(&base.jail)?;
        Some((restored.listing.is_some(), restored.differing.iter().map(RelPath::to_string).collect()))
    }

    /// Whether a start with what is kept sees what one without it sees.
    fn assert_exact(&self, what: &str) {
        let snapshot = self.workspace().snapshot();
        let fresh = Workspace::open(self.tree.path()).unwrap().snapshot();
        assert_eq!(seen(&snapshot), seen(&fresh), "{what}");
    }
}

/// Everything that a person could see.
fn seen(snapshot: &Snapshot) -> Vec<String> {
    seen_by(snapshot, &["alpha", "delta", "int", r"\bbeta\b", "omega", "l.ha", "x"])
}

fn seen_by(snapshot: &Snapshot, patterns: &[&str]) -> Vec<String> {
    let files = snapshot.files().unwrap().iter();
    let mut all: Vec<String> =
        files.map(|file| format!("{} {} {}", file.path, snapshot.size(file), file.hidden)).collect();
    all.push(format!("{:?} {:?}", snapshot.folders().unwrap(), snapshot.skipped(false).unwrap()));
    for pattern in patterns {
        let query = Query {
            pattern: Pattern::Rust((*pattern).to_owned()),
            glob: Vec::new(),
            literal: false,
            word: false,
            ignore_case: None,
            hidden: false,
            context: 0,
            limit: 100,
        };
        let found = search(snapshot, &query, &Cancel::new()).unwrap();
        all.push(format!("{pattern}: {}", serde_json::to_string(&found).unwrap()));
    }
    all
}

/// Changes a file until its stamp is another: two changes within one tick of the clock look like one, which is why nothing
/// counts that is younger.
fn change(path: &Path, mut with: impl FnMut(&Path)) {
    let ticks = |path: &Path| path.symlink_metadata().ok().map(|found| Stamp::of(&found));
    let before = ticks(path);
    loop {
        with(path);
        if ticks(path) != before {
            return;
        }
    }
}

#[test]
fn what_was_kept_stands_at_the_next_start() {
    let world = World::new();
    world.keep();
    assert_eq!(world.restored(), Some((true, Vec::new())));
    world.assert_exact("unchanged");
    let snapshot = world.workspace().snapshot();
    snapshot.files().unwrap();
    let standing = |snapshot: &Snapshot| {
        snapshot.base().tier.with_standing(|standing| {
            let index = &standing.index;
            (standing.paths.clone(), standing.binary.clone(), index.sizes(), index.always().collect::<Vec<_>>())
        })
    };
    let fresh = Workspace::open(world.tree.path()).unwrap().snapshot();
    fresh.index(&Cancel::new()).unwrap();
    assert_eq!(standing(&snapshot), standing(&fresh));
    // What was restored can be kept again, over itself.
    let before = fs::read(world.file()).unwrap();
    snapshot.keep().unwrap().unwrap();
    assert!(fs::read(world.file()).unwrap().len() > before.len() / 2);
    world.assert_exact("kept again");
}

#[test]
fn every_later_search_compares_again() {
    let world = World::new();
    world.keep();
    let snapshot = world.workspace().snapshot();
    let before = seen(&snapshot);
    change(&world.at("deep/gamma.py"), |path| fs::write(path, "gamma = 'omega'\n").unwrap());
    let after = seen(&snapshot);
    assert_ne!(after, before);
    let fresh = Workspace::open(world.tree.path()).unwrap().snapshot();
    assert_eq!(after, seen(&fresh));
}

#[test]
fn what_is_too_young_does_not_count() {
    let world = World::new();
    let snapshot = world.workspace().snapshot();
    snapshot.index(&Cancel::new()).unwrap();
    snapshot.keep().unwrap().unwrap();
    let (listed, differing) = world.restored().unwrap();
    assert_eq!((listed, differing.len()), (false, snapshot.files().unwrap().len()));
    fs::write(world.at("main.c"), "int main(void) { return omega(); }\n").unwrap();
    world.assert_exact("the same size in the same second");
}

#[test]
fn every_change_is_seen() {
    type Change = fn(&World);
    let changes: &[(&str, bool, &[&str], Change)] = &[
        ("nothing", true, &[], |_| {}),
        ("an edit", true, &["main.c"], |world| {
            change(&world.at("main.c"), |path| fs::write(path, "int omega;\n").unwrap());
        }),
        ("an edit of the same size", true, &["deep/gamma.py"], |world| {
            change(&world.at("deep/gamma.py"), |path| fs::write(path, "gamma = 'omega'\n").unwrap());
        }),
        ("an edit with an old time", true, &["main.c"], |world| {
            let path = world.at("main.c");
            let old = path.metadata().unwrap().modified().unwrap();
            change(&path, |path| {
                fs::write(path, "int main(void) { return omega(); }\n").unwrap();
                let file = fs::File::options().write(true).open(path).unwrap();
                file.set_modified(old).unwrap();
            });
        }),
        ("a new file", false, &[], |world| {
            change(&world.at("deep"), |folder| {
                let _ = fs::remove_file(folder.join("new.c"));
                fs::write(folder.join("new.c"), "omega alpha\n").unwrap();
            });
        }),
        ("a file less", false, &["deep/er/beta.c"], |world| {
            change(&world.at("deep/er"), |folder| {
                let _ = fs::remove_file(folder.join("beta.c"));
                fs::write(folder.join("beta.o.log"), "").unwrap();
                fs::remove_file(folder.join("beta.o.log")).unwrap();
            });
        }),
        ("a renamed file", false, &["main.c"], |world| {
            change(world.tree.path(), |tree| {
                let _ = fs::rename(tree.join("main.c"), tree.join("omega.c"));
                fs::write(tree.join("omega.log"), "").unwrap();
                fs::remove_file(tree.join("omega.log")).unwrap();
            });
        }),
        ("another rule", false, &[], |world| {
            change(&world.at(".gitignore"), |path| fs::write(path, "*.c\n").unwrap());
        }),
        ("a rule of the same size", false, &[], |world| {
            change(&world.at(".gitignore"), |path| fs::write(path, "*.txt\n").unwrap());
        }),
        ("a rule of git's own", false, &[], |world| {
            change(&world.at(".git/info/exclude"), |path| fs::write(path, "deep\n").unwrap());
        }),
        ("another file of rules", false, &[], |world| {
            change(&world.at("deep"), |folder| {
                let _ = fs::remove_file(folder.join(".ignore"));
                fs::write(folder.join(".ignore"), "*.py\n").unwrap();
            });
        }),
        ("no repository any more", false, &[], |world| {
            change(world.tree.path(), |tree| {
                let _ = fs::rename(tree.join(".git"), tree.join(".no"));
                fs::write(tree.join("omega.log"), "alpha").unwrap();
            });
        }),
        ("another folder in its place", false, &["deep/er/beta.c"], |world| {
            change(&world.at("deep"), |folder| {
                let aside = folder.with_file_name("aside");
                let _ = fs::remove_dir_all(&aside);
                fs::rename(folder.join("er"), &aside).unwrap();
                fs::create_dir(folder.join("er")).unwrap();
                fs::write(folder.join("er/beta.c"), "int beta = 1; // omega\n").unwrap();
            });
        }),
    ];
    for (what, listed, differing, with) in changes {
        let world = World::new();
        world.keep();
        with(&world);
        let differing = differing.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(world.restored(), Some((*listed, differing)), "{what}");
        world.assert_exact(what);
    }
}

#[cfg(unix)]
#[test]
fn what_becomes_a_symlink_or_a_pipe_is_seen() {
    use std::os::unix::fs::symlink;
    for what in ["a symlink to a file", "a symlink to a folder", "a pipe"] {
        let world = World::new();
        world.keep();
        change(world.tree.path(), |tree| {
            let (file, folder) = (tree.join("main.c"), tree.join("deep"));
            match what {
                "a symlink to a file" => {
                    let _ = fs::remove_file(&file);
                    symlink(tree.join("deep/gamma.py"), &file).unwrap();
                }
                "a symlink to a folder" => {
                    let _ = fs::remove_file(&folder).or_else(|_| fs::rename(&folder, tree.join("moved")));
                    symlink(tree.join("moved"), &folder).unwrap();
                }
                _ => {
                    let _ = fs::remove_file(&file);
                    rustix::fs::mknodat(
                        rustix::fs::CWD,
                        &file,
                        rustix::fs::FileType::Fifo,
                        rustix::fs::Mode::from_raw_mode(0o600),
                        0,
                    )
                    .unwrap();
                }
            }
        });
        assert!(!world.restored().unwrap().0, "{what}");
        world.assert_exact(what);
    }
}

#[test]
fn working_trees_beside_a_repository_are_followed() {
    let world = World::new();
    let git = tempfile::tempdir().unwrap();
    let own = git.path().join("worktrees/own");
    fs::create_dir_all(git.path().join("info")).unwrap();
    fs::create_dir_all(&own).unwrap();
    fs::write(git.path().join("info/exclude"), "*.py\n").unwrap();
    fs::write(own.join("commondir"), "../..\n").unwrap();
    fs::remove_dir_all(world.at(".git")).unwrap();
    fs::write(world.at(".git"), format!("gitdir: {}\n", own.display())).unwrap();
    world.keep();
    assert_eq!(world.restored(), Some((true, Vec::new())));
    world.assert_exact("a working tree");
    change(&git.path().join("info/exclude"), |path| fs::write(path, "*.c\n").unwrap());
    assert!(!world.restored().unwrap().0);
    world.assert_exact("another rule of the repository");
    world.keep();
    change(&world.at(".git"), |path| fs::write(path, "gitdir: elsewhere\n").unwrap());
    assert!(!world.restored().unwrap().0);
    world.assert_exact("another repository");
}

#[test]
fn rules_above_the_workspace_count() {
    let world = World::new();
    let inner = || Workspace::open(&world.at("deep")).unwrap().kept_in(world.cache.path(), ROOM).snapshot();
    let keep = || {
        let snapshot = inner();
        snapshot.index(&Cancel::new()).unwrap();
        let base = snapshot.base();
        let later = SystemTime::now() + Duration::from_secs(60);
        let keep = |standing: &Standing| base.shelf.as_ref().unwrap().keep_as_of(&base.jail, standing, later);
        base.tier.with_standing(keep).unwrap().unwrap();
    };
    let holds = || {
        let snapshot = inner();
        let base = snapshot.base();
        base.shelf.as_ref().unwrap().restore(&base.jail).unwrap().listing.is_some()
    };
    keep();
    assert!(holds());
    change(&world.at(".gitignore"), |path| fs::write(path, "*.c\n").unwrap());
    assert!(!holds());
    keep();
    assert!(holds());
    fs::write(world.at(".rgignore"), "*.py\n").unwrap();
    assert!(!holds());
    let fresh = Workspace::open(&world.at("deep")).unwrap().snapshot();
    assert_eq!(seen(&inner()), seen(&fresh));
}

/// A small generator, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

#[test]
fn damage_hides_nothing() {
    let world = World::new();
    world.keep();
    let file = world.file();
    let whole = fs::read(&file).unwrap();
    let see = |snapshot: &Snapshot| seen_by(snapshot, &["delta", r"\bbeta\b"]);
    let fresh = see(&Workspace::open(world.tree.path()).unwrap().snapshot());
    let mut dice = Dice(4);
    let (mut refused, mut read) = (0, 0);
    for round in 0..2000 {
        let mut bytes = whole.clone();
        match round % 8 {
            0 => bytes.truncate(dice.roll(whole.len())),
            1 => bytes.extend((0..=dice.roll(9000)).map(|n| n as u8)),
            2 => bytes.rotate_left(dice.roll(whole.len())),
            3 => {
                let (from, to) = (dice.roll(whole.len()), dice.roll(whole.len()));
                let piece = bytes[from..whole.len().min(from + 64)].to_vec();
                let to = to.min(whole.len() - piece.len());
                bytes[to..to + piece.len()].copy_from_slice(&piece);
            }
            _ => {
                // The head and the columns are small beside the signature, which is mostly zeros.
                let within = if round % 2 == 0 { 4096.min(whole.len()) } else { whole.len() };
                for _ in 0..=dice.roll(3) {
                    bytes[dice.roll(within)] ^= 1 << dice.roll(8);
                }
            }
        }
        // In its place by renaming, as files come there: what an earlier round has mapped stays what it was.
        let beside = file.with_extension("beside");
        fs::write(&beside, &bytes).unwrap();
        fs::rename(&beside, &file).unwrap();
        let snapshot = world.workspace().snapshot();
        assert_eq!(see(&snapshot), fresh, "round {round}");
        match snapshot.base().tier.with_standing(|_| ()) {
            Some(()) => read += 1,
            None => refused += 1,
        }
    }
    assert!(refused > 300 && read > 100, "{refused} {read}");
}

#[test]
fn other_versions_and_other_things_are_left_alone() {
    let world = World::new();
    world.keep();
    let file = world.file();
    let mut bytes = fs::read(&file).unwrap();
    bytes[8] += 1;
    for bytes in [&bytes[..], b"", b"spelunk\0", &[0; 100_000]] {
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
        assert_eq!(world.restored(), None);
        world.assert_exact("another version");
        world.keep();
        assert_eq!(world.restored(), Some((true, Vec::new())));
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(world.restored(), None);
    world.assert_exact("a folder");
}

#[test]
fn a_broken_index_is_made_anew() {
    let world = World::new();
    world.keep();
    let file = world.file();
    let mut bytes = fs::read(&file).unwrap();
    // Somewhere in the signature, which is by far the most of so small an index.
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 4_000] {
        *byte = !*byte;
    }
    fs::remove_file(&file).unwrap();
    fs::write(&file, bytes).unwrap();
    let snapshot = world.workspace().snapshot();
    snapshot.files().unwrap();
    assert!(snapshot.keep().is_err() && !file.exists());
    snapshot.index(&Cancel::new()).unwrap();
    assert!(snapshot.keep().unwrap().is_some() && file.exists());
}

#[test]
fn many_at_once_never_see_half_of_a_file() {
    let world = World::new();
    world.keep();
    let fresh = seen(&Workspace::open(world.tree.path()).unwrap().snapshot());
    let problems: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (world, problems, fresh) = (&world, &problems, &fresh);
            scope.spawn(move || {
                for _ in 0..25 {
                    if thread % 2 == 0 {
                        world.keep();
                    }
                    match world.restored() {
                        Some((true, differing)) if differing.is_empty() => {}
                        other => problems.lock().unwrap().push(format!("{other:?}")),
                    }
                    if seen(&world.workspace().snapshot()) != *fresh {
                        problems.lock().unwrap().push("something else was seen".to_owned());
                    }
                }
            });
        }
    });
    assert_eq!(*problems.lock().unwrap(), Vec::<String>::new());
    let left: Vec<_> = fs::read_dir(world.file().parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn the_oldest_and_those_of_nothing_make_room() {
    let cache = tempfile::tempdir().unwrap();
    let trees: Vec<TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let keep = |tree: &Path, most| {
        fs::write(tree.join("file"), "text").unwrap();
        let snapshot = Workspace::open(tree).unwrap().kept_in(cache.path(), most).snapshot();
        snapshot.index(&Cancel::new()).unwrap();
        snapshot.keep().unwrap().unwrap()
    };
    let files: Vec<Kept> = trees.iter().map(|tree| keep(tree.path(), ROOM)).collect();
    let names = || {
        let mut names: Vec<usize> = (0..4).filter(|&at| files[at].path.exists()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(), [0, 1, 2, 3]);
    for (at, kept) in files.iter().enumerate() {
        let time = SystemTime::now() - Duration::from_secs(100_000 * (at as u64 + 1));
        fs::File::options().write(true).open(&kept.path).unwrap().set_modified(time).unwrap();
    }
    let stale = files[0].path.with_extension("1-0.index.tmp");
    fs::write(&stale, "half").unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(1_000_000);
    fs::File::options().write(true).open(&stale).unwrap().set_modified(long_ago).unwrap();
    let mut trees = trees;
    drop(trees.remove(1));
    let one = files.iter().map(|kept| kept.bytes).max().unwrap();
    // Those of folders that are gone go first, then the one that was used longest ago.
    keep(trees[0].path(), one * 5 / 2);
    assert_eq!(names(), [0, 2]);
    assert!(!stale.exists());
    // What was just written stays, however little room there is.
    keep(trees[0].path(), 1);
    assert_eq!(names(), [0]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&files[0].path), mode(files[0].path.parent().unwrap())), (0o600, 0o700));
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_an_error_that_names_it() {
    let world = World::new();
    let nowhere = world.at("main.c");
    let snapshot = Workspace::open(world.tree.path()).unwrap().kept_in(&nowhere, ROOM).snapshot();
    snapshot.index(&Cancel::new()).unwrap();
    let error = snapshot.keep().unwrap_err().to_string();
    assert!(error.contains("main.c") && error.contains("SPELUNK_CACHE_DIR"), "{error}");
    world.assert_exact("without a cache");
    let off = Workspace::open(world.tree.path()).unwrap().kept_in(world.cache.path(), 0).snapshot();
    off.index(&Cancel::new()).unwrap();
    assert_eq!(off.keep().unwrap(), None);
    assert_eq!(fs::read_dir(world.cache.path()).unwrap().count(), 0);
}

#[test]
fn several_folders_are_one_workspace() {
    let world = World::new();
    let other = World::new();
    change(&other.at("main.c"), |path| fs::write(path, "int omega;\n").unwrap());
    let folders = [("one", world.tree.path()), ("two", other.tree.path())];
    let open = || Workspace::open_folders(&folders).unwrap();
    let snapshot = open().kept_in(world.cache.path(), ROOM).snapshot();
    snapshot.index(&Cancel::new()).unwrap();
    let base = snapshot.base();
    let later = SystemTime::now() + Duration::from_secs(60);
    let keep = |standing: &Standing| base.shelf.as_ref().unwrap().keep_as_of(&base.jail, standing, later);
    base.tier.with_standing(keep).unwrap().unwrap();
    let again = open().kept_in(world.cache.path(), ROOM).snapshot();
    let restored = again.base().shelf.as_ref().unwrap().restore(&again.base().jail).unwrap();
    assert!(restored.listing.is_some());
    let again = open().kept_in(world.cache.path(), ROOM).snapshot();
    assert_eq!(seen(&again), seen(&open().snapshot()));
    assert_eq!(world.restored(), None, "one folder is another workspace");
}
