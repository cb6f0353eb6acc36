//! The journal under what happens to processes and disks: kill -9, a full disk, a folder that cannot be written, a
//! deleted file, several writers.
//!
//! The processes are this test binary again: a test that finds its name in `CHILD` plays the child's part.

use std::borrow::Cow;
use std::io::{BufReader, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use spelunk::journal::{Blobs, Body, Event, Header, Journal, Run, list, read};

const CHILD: &str = "SPELUNK_TEST_JOURNAL";

/// Starts the test `name` of this module as a child process that works on `dir`.
fn child(name: &str, dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("journal::{name}"), "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// The folder to work on, in the child.
fn child_dir() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

fn assert_succeeds(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn plain(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn start(dir: &Path, question: &str) -> Journal {
    Journal::create(dir, plain, Header { question: question.into(), ..Header::default() })
}

/// Events of every size: short, just inline, and in a blob.
fn event(n: u64) -> Event {
    match n % 7 {
        0 => Event::TurnStarted { turn: n as u32 },
        1 => Event::Cell { cell: n, code: format!("{n};\n").repeat(5_000).into() },
        2 => Event::Cell { cell: n, code: "é".repeat(2_000).into() },
        _ => Event::Note { text: format!("note {n}") },
    }
}

/// What has to hold for every journal, whatever happened to its writer.
fn assert_sound(run: &Run, dir: &Path) {
    assert_eq!(run.damage, [], "{}", run.id);
    assert!(run.lines.iter().map(|line| line.seq).eq(0..run.lines.len() as u64), "{}", run.id);
    assert!(run.lines.is_sorted_by_key(|line| line.at));
    let blobs = Blobs::new(dir);
    for line in &run.lines {
        for body in line.event.clone().bodies_mut() {
            assert_eq!(blobs.text(body).unwrap().len() as u64, body.bytes());
        }
    }
}

fn with_warnings(work: impl FnOnce()) -> Vec<String> {
    let mut log = tempfile::tempfile().unwrap();
    let writer = Arc::new(log.try_clone().unwrap());
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, work);
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    text.lines().filter(|line| line.contains("WARN")).map(str::to_owned).collect()
}

#[test]
fn killed_at_any_point_it_is_readable() {
    const WRITTEN: u8 = 1;
    if let Some(dir) = child_dir() {
        let journal = start(&dir, "child");
        for n in 0.. {
            journal.write(event(n));
            assert!(journal.is_on());
            std::io::stdout().write_all(&[WRITTEN]).unwrap();
            std::io::stdout().flush().unwrap();
        }
    }
    let mut random = 7_u64;
    for round in 0..50 {
        let dir = tempfile::tempdir().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let kill_after = (random >> 40) as usize % 120;
        let mut child = child("killed_at_any_point_it_is_readable", dir.path());
        let mut written = 0;
        let mut bytes = BufReader::new(child.stdout.take().unwrap()).bytes();
        while written < kill_after {
            let byte = bytes.next().expect("the child goes on").unwrap();
            written += usize::from(byte == WRITTEN);
        }
        // The child is somewhere in the next event.
        child.kill().unwrap();
        child.wait().unwrap();

        let runs = list(dir.path()).unwrap();
        let Some(summary) = runs.first() else {
            assert_eq!(kill_after, 0);
            continue;
        };
        let path = dir.path().join("runs").join(format!("{}.jsonl", summary.id));
        let run = read(&path).unwrap();
        assert_sound(&run, dir.path());
        assert!(run.lines.len() > written || written == 0, "round {round}: {} of {written}", run.lines.len());
        for (n, line) in run.lines.iter().skip(1).enumerate() {
            let (mut found, expected) = (line.event.clone(), event(n as u64));
            for body in found.bodies_mut() {
                *body = Body::Text(Blobs::new(dir.path()).text(body).unwrap().into_owned());
            }
            assert_eq!(found, expected, "round {round}");
        }

        let journal = Journal::reopen(dir.path(), plain, &summary.id).unwrap();
        journal.write(Event::Note { text: "resumed".into() });
        let resumed = read(&path).unwrap();
        assert_eq!(resumed.lines.len(), run.lines.len() + 1);
        assert_eq!(resumed.damage.len(), usize::from(run.torn.is_some()));
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_costs_one_warning() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    if let Some(dir) = child_dir() {
        // SAFETY: ignoring a signal installs no handler.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        let limit = 20_000;
        setrlimit(Resource::Fsize, Rlimit { current: Some(limit), maximum: Some(limit) }).unwrap();
        let warnings = with_warnings(|| {
            let journal = start(&dir, "full");
            (0..2_000).for_each(|n| journal.write(event(n * 7 + 3)));
            assert!(!journal.is_on());
        });
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("the run goes on without its journal"), "{warnings:?}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    assert_succeeds(child("a_full_disk_costs_one_warning", dir.path()));
    let run = read(&dir.path().join("runs").join(format!("{}.jsonl", list(dir.path()).unwrap()[0].id))).unwrap();
    assert_sound(&run, dir.path());
    assert!((100..2_000).contains(&run.lines.len()), "{}", run.lines.len());
}

#[cfg(unix)]
#[test]
fn a_blob_that_does_not_fit_costs_one_warning() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    if let Some(dir) = child_dir() {
        // SAFETY: ignoring a signal installs no handler.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        setrlimit(Resource::Fsize, Rlimit { current: Some(1_000), maximum: Some(1_000) }).unwrap();
        let warnings = with_warnings(|| {
            let journal = start(&dir, "full");
            let code: String = (0..9_000).map(|n| n.to_string()).collect();
            journal.write(Event::Cell { cell: 1, code: code.into() });
            journal.write(Event::Note { text: "dropped".into() });
            assert!(!journal.is_on());
        });
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    assert_succeeds(child("a_blob_that_does_not_fit_costs_one_warning", dir.path()));
    let run = read(&dir.path().join("runs").join(format!("{}.jsonl", list(dir.path()).unwrap()[0].id))).unwrap();
    assert_sound(&run, dir.path());
    assert_eq!(run.lines.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_costs_one_warning() {
    use std::os::unix::fs::PermissionsExt;

    if let Some(dir) = child_dir() {
        if rustix::process::geteuid().is_root() {
            // Root may write anywhere.
            // SAFETY: no other thread of this process depends on its user.
            assert_eq!(unsafe { libc::setuid(65_534) }, 0);
        }
        let warnings = with_warnings(|| {
            let journal = start(&dir, "read-only");
            (0..10).for_each(|n| journal.write(event(n)));
            assert!(!journal.is_on() && journal.id().is_none());
        });
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o555)).unwrap();
    assert_succeeds(child("a_folder_that_cannot_be_written_costs_one_warning", dir.path()));
    assert_eq!(list(dir.path()).unwrap(), []);
}

#[test]
fn a_file_in_place_of_the_folder_costs_one_warning() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let warnings = with_warnings(|| {
        let journal = start(&file.path().join("state"), "no folder");
        (0..10).for_each(|n| journal.write(event(n)));
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
}

#[cfg(unix)]
#[test]
fn a_deleted_journal_costs_one_warning() {
    let dir = tempfile::tempdir().unwrap();
    let warnings = with_warnings(|| {
        let journal = start(dir.path(), "deleted");
        (0..10).for_each(|n| journal.write(event(n)));
        std::fs::remove_dir_all(dir.path()).unwrap();
        (0..100).for_each(|n| journal.write(event(n)));
        assert!(!journal.is_on());
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("the file was deleted"), "{warnings:?}");
}

#[test]
fn writers_do_not_meet() {
    const RUNS: usize = 5;
    if let Some(dir) = child_dir() {
        let owner = std::process::id().to_string();
        for _ in 0..RUNS {
            let journal = start(&dir, &owner);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    let journal = journal.clone();
                    // The blobs are the same for all.
                    scope.spawn(move || (0..25).for_each(|n| journal.write(event(n))));
                }
            });
            assert!(journal.is_on());
        }
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let children: Vec<Child> = (0..4).map(|_| child("writers_do_not_meet", dir.path())).collect();
    let owners: Vec<String> = children.iter().map(|child| child.id().to_string()).collect();
    children.into_iter().for_each(assert_succeeds);
    let runs = list(dir.path()).unwrap();
    assert_eq!(runs.len(), 4 * RUNS);
    for owner in &owners {
        let own = runs.iter().filter(|run| run.header.as_ref().is_some_and(|header| header.question == *owner));
        assert_eq!(own.count(), RUNS);
    }
    for run in runs {
        let run = read(&dir.path().join("runs").join(format!("{}.jsonl", run.id))).unwrap();
        assert_sound(&run, dir.path());
        assert_eq!(run.lines.len(), 101);
        assert_eq!(run.torn, None);
    }
}
