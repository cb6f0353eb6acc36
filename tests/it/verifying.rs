//! The machine's command over a planned tree: real processes that pass, fail, flood, hang, and try to get out.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use spelunk::cancel::Cancel;
use spelunk::config::Surroundings;
use spelunk::plan::verify::{Command, Verified, VerifyError, verify};
use spelunk::plan::{Document, Edit, FileChange, Step};
use spelunk::workspace::{RelPath, Snapshot, Workspace};

/// A person's machine: a home folder with keys, a tree in it, spelunk's state.
struct Machine {
    _folder: tempfile::TempDir,
    home: PathBuf,
    root: PathBuf,
}

const TREE: &[(&str, &str)] = &[
    (".gitignore", "node_modules/\ntarget/\nprivate/\n"),
    ("a.txt", "one\ntwo\n"),
    ("b.txt", "bee\n"),
    ("deep/c.txt", "sea\n"),
    (".env", "KEY=tree-secret\n"),
    (".git/config", "[core]\n"),
    ("node_modules/dep/index.js", "dependency\n"),
    ("private/notes", "ignored\n"),
];

const HOME: &[(&str, &str)] = &[
    (".ssh/id_ed25519", "ssh-secret\n"),
    (".netrc", "netrc-secret\n"),
    (".config/spelunk/config.toml", "key = \"config-secret\"\n"),
    (".unheard-of/token", "token-secret\n"),
    ("state/runs/1.jsonl", "journal-secret\n"),
    ("other/notes.txt", "other\n"),
];

fn put(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        std::fs::write(root.join(path), text).unwrap();
    }
}

impl Machine {
    fn new(tree: &[(&str, &str)]) -> Self {
        // Not below /tmp, which the command sees another one of.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let home = folder.path().canonicalize().unwrap().join("home");
        let root = home.join("work/tree");
        put(&home, HOME);
        put(&root, tree);
        Self { _folder: folder, home, root }
    }

    fn snapshot(&self) -> Snapshot {
        Workspace::open(&self.root).unwrap().snapshot()
    }

    fn command(&self, line: &str) -> Command {
        let path = std::env::var("PATH").unwrap();
        Command {
            line: line.to_owned(),
            time: Duration::from_secs(120),
            memory: None,
            network: false,
            compare: false,
            surroundings: Surroundings {
                path: std::env::split_paths(&path).collect(),
                lang: None,
                home: Some(self.home.clone()),
                tools: Vec::new(),
                own: vec![self.home.join(".config/spelunk/config.toml"), self.home.join("state")],
            },
            state_dir: self.home.join("state"),
        }
    }

    /// Runs a line over the tree with the plan. Whatever it does, the person's files stay, and the copy goes.
    async fn run(&self, document: &Document, command: &Command) -> Result<Verified, VerifyError> {
        let before = files(&self.home);
        let hash = document.hash();
        let result = verify(document, &self.snapshot(), command, &hash, true, &Cancel::new(), &|_| {}).await;
        assert_eq!(files(&self.home), before, "{}", command.line);
        result
    }

    async fn line(&self, line: &str) -> Verified {
        self.run(&plan(&self.snapshot(), "a.txt", "two", "2"), &self.command(line)).await.unwrap()
    }
}

/// Everything below a folder: bytes, mode and time of its files. Without the folder of the copies, which has to be empty.
fn files(root: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32, std::time::SystemTime)> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            if metadata.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap_or_default();
                files.insert(path, (bytes, metadata.permissions().mode(), metadata.modified().unwrap()));
            }
        }
    }
    files
}

fn document(files: Vec<FileChange>) -> Document {
    let steps = vec![Step { id: 1, title: "a step".into(), why: String::new() }];
    Document { version: spelunk::plan::VERSION, request: "test".into(), steps, files, ..Document::default() }
}

/// One replacement in one file.
fn plan(snapshot: &Snapshot, path: &str, old: &str, new: &str) -> Document {
    let text = snapshot.text(&RelPath::parse(path).unwrap()).unwrap();
    let start = text.find(old).unwrap();
    let line = text[..start].lines().count() as u32 + 1;
    document(vec![FileChange {
        before: Some(path.into()),
        after: Some(path.into()),
        hash: Some(blake3::hash(text.as_bytes()).to_hex().to_string()),
        edits: vec![Edit { start, line, old: old.into(), new: new.into(), steps: vec![1] }],
        ..FileChange::default()
    }])
}

fn created(path: &str, text: &str) -> FileChange {
    let edit = Edit { start: 0, line: 1, old: String::new(), new: text.into(), steps: vec![1] };
    FileChange { after: Some(path.into()), edits: vec![edit], ..FileChange::default() }
}

#[tokio::test]
async fn it_sees_the_planned_tree() {
    let machine = Machine::new(TREE);
    std::fs::write(machine.root.join("bytes"), b"\0\xff\xfe\0").unwrap();
    std::fs::set_permissions(machine.root.join("b.txt"), PermissionsExt::from_mode(0o755)).unwrap();
    symlink("a.txt", machine.root.join("inside")).unwrap();
    symlink("../../.ssh/id_ed25519", machine.root.join("outside")).unwrap();
    let snapshot = machine.snapshot();
    let text = snapshot.text(&RelPath::parse("deep/c.txt").unwrap()).unwrap();
    let mut document = plan(&snapshot, "a.txt", "two", "2");
    document.files.push(FileChange {
        before: Some("deep/c.txt".into()),
        after: Some("moved/d.txt".into()),
        hash: Some(blake3::hash(text.as_bytes()).to_hex().to_string()),
        ..FileChange::default()
    });
    document.files.push(created("new/e.txt", "new\n"));
    let line = "cat a.txt inside moved/d.txt new/e.txt; od -An -tx1 bytes; test -x b.txt && ls -A";
    let verified = machine.run(&document, &machine.command(line)).await.unwrap();
    let expect = "one\n2\none\n2\nsea\nnew\n 00 ff fe 00\n\
                  .gitignore\na.txt\nb.txt\nbytes\ninside\nmoved\nnew\nnode_modules\n";
    assert_eq!((verified.output.as_str(), verified.how.as_str(), verified.passed), (expect, "exit code 0", true));
    assert_eq!((verified.plan, verified.before), (document.hash(), None));
    let private = "the ignored folder private".to_owned();
    assert!(verified.missing.contains(&private), "{:?}", verified.missing);
}

#[tokio::test]
async fn how_it_ends_is_told() {
    let machine = Machine::new(TREE);
    for (line, how, passed) in [
        ("true", "exit code 0", true),
        ("exit 101", "exit code 101", false),
        ("no-such-program-at-all", "exit code 127", false),
        ("kill -9 $$", "killed by signal 9", false),
        ("kill -SEGV $$", "killed by signal 11", false),
    ] {
        let verified = machine.line(line).await;
        assert_eq!((verified.how.as_str(), verified.passed), (how, passed), "{line}: {}", verified.output);
    }
}

#[tokio::test]
async fn a_flood_is_cut_and_cleaned() {
    let machine = Machine::new(TREE);
    let seen = Mutex::new(Vec::new());
    let snapshot = machine.snapshot();
    let document = plan(&snapshot, "a.txt", "two", "2");
    let key = format!("AKIA{}", "ABCDEFGH234567AB");
    let line = format!("echo {key}; printf '\\033]0;title\\007'; yes line | head -c 5000000; echo last >&2");
    let progress = |line: &str| seen.lock().unwrap().push(line.to_owned());
    let (command, hash) = (machine.command(&line), document.hash());
    let verified = verify(&document, &snapshot, &command, &hash, true, &Cancel::new(), &progress).await.unwrap();
    assert!(verified.output.len() < 70_000 && verified.output.contains(" bytes left out]"));
    assert!(verified.output.starts_with("[redacted:aws-key]\nline\n"), "{:?}", &verified.output[..60]);
    assert!(verified.output.ends_with("line\nlast\n"));
    assert_eq!(seen.lock().unwrap().last().map(String::as_str), Some("last"));
}

#[tokio::test]
async fn it_gets_nothing_of_ours() {
    let machine = Machine::new(TREE);
    let verified = machine.line("env | sort; pwd; echo x > $HOME/.x && echo y > $TMPDIR/y && cat $HOME/.x").await;
    assert!(verified.passed, "{}", verified.output);
    let names: Vec<&str> = verified.output.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(names, ["CARGO_NET_OFFLINE", "HOME", "LANG", "PATH", "PWD", "TERM", "TMPDIR"]);
    assert!(verified.output.ends_with("\nx\n"), "{}", verified.output);
}

#[tokio::test]
async fn keys_cannot_be_read() {
    let machine = Machine::new(TREE);
    let (home, root) = (machine.home.display(), machine.root.display());
    let pid = std::process::id();
    for path in [
        format!("{home}/.ssh/id_ed25519"),
        format!("{home}/.netrc"),
        format!("{home}/.config/spelunk/config.toml"),
        format!("{home}/.unheard-of/token"),
        format!("{home}/state/runs/1.jsonl"),
        format!("{root}/.env"),
        format!("{root}/.git/config"),
        format!("{root}/private/notes"),
        format!("/proc/{pid}/environ"),
        "/proc/1/environ".to_owned(),
        "/etc/shadow".to_owned(),
    ] {
        let verified = machine.line(&format!("grep -a . {path} || ! echo refused")).await;
        assert!(verified.output.ends_with("refused\n"), "{path}: {}", verified.output);
        let said = verified.output.strip_suffix("refused\n").unwrap();
        assert!(said.is_empty() || said.starts_with("grep: "), "{path}: {said}");
    }
    let verified = machine.line(&format!("cat {home}/other/notes.txt")).await;
    assert_eq!(verified.output, "other\n");
}

#[tokio::test]
async fn it_writes_into_its_copy_alone() {
    let machine = Machine::new(TREE);
    let (home, root) = (machine.home.display(), machine.root.display());
    for path in [
        format!("{home}/x"),
        format!("{home}/other/notes.txt"),
        format!("{home}/.ssh/authorized_keys"),
        format!("{home}/state/verify/x"),
        format!("{home}/state/runs/1.jsonl"),
        "/etc/x".to_owned(),
        "/usr/bin/x".to_owned(),
    ] {
        let verified = machine.line(&format!("echo x >> {path} || ! echo refused")).await;
        assert!(verified.output.ends_with("refused\n"), "{path}: {}", verified.output);
    }
    // Where its tree is, it may do what it likes.
    for line in [
        format!("echo x > {root}/a.txt; rm -r {root}/deep; echo y > b.txt"),
        "rm -rf ./* .[a-z]*; mkdir shut && chmod 0 shut".to_owned(),
        "echo x > /tmp/spelunk-verifying && cat /tmp/spelunk-verifying".to_owned(),
    ] {
        machine.line(&line).await;
    }
    assert!(!Path::new("/tmp/spelunk-verifying").exists());
}

#[tokio::test]
async fn what_is_lent_comes_back_unchanged() {
    let machine = Machine::new(TREE);
    let line = "cat node_modules/dep/index.js; echo x >> node_modules/dep/index.js; touch node_modules/new; true";
    let verified = machine.line(line).await;
    assert!(verified.output.starts_with("dependency\n"), "{verified:?}");
    let lent = verified.confined.iter().any(|layer| layer.starts_with("node_modules lent"));
    assert!(lent, "{verified:?}");
}

#[tokio::test]
async fn there_is_no_network() {
    let machine = Machine::new(TREE);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let line = format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' && echo reached");
    let verified = machine.line(&line).await;
    assert!(!verified.passed && !verified.output.contains("reached"), "{verified:?}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert!(verified.confined.iter().any(|layer| layer.starts_with("no network")), "{verified:?}");

    let document = plan(&machine.snapshot(), "a.txt", "two", "2");
    let command = Command { network: true, ..machine.command(&line) };
    let verified = machine.run(&document, &command).await.unwrap();
    assert!(verified.passed, "{verified:?}");
    assert!(verified.missing.iter().any(|layer| layer.starts_with("no network")), "{verified:?}");
}

/// Holds a listener's connection for as long as it lives: says that it runs, and then, by closing, that it is gone.
fn hanging(port: u16) -> String {
    format!("(setsid bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}; sleep 1000' & ) ; sleep 1000")
}

#[tokio::test]
async fn what_hangs_is_killed_with_all_that_it_started() {
    let machine = Machine::new(TREE);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let line = hanging(listener.local_addr().unwrap().port());
    let command = Command { network: true, time: Duration::from_secs(2), ..machine.command(&line) };
    let document = plan(&machine.snapshot(), "a.txt", "two", "2");
    let verified = machine.run(&document, &command).await.unwrap();
    assert_eq!((verified.how.as_str(), verified.passed), ("killed after 2 s", false), "{}", verified.output);
    // Whoever had the time to connect is gone.
    if let Ok((mut connection, _)) = listener.accept() {
        connection.set_nonblocking(false).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        assert_eq!(std::io::Read::read(&mut connection, &mut [0]).unwrap(), 0);
    }
}

#[tokio::test]
async fn what_is_cancelled_or_dropped_is_killed() {
    for drops in [false, true] {
        let machine = Machine::new(TREE);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = hanging(listener.local_addr().unwrap().port());
        let command = Command { network: true, ..machine.command(&line) };
        let snapshot = machine.snapshot();
        let document = plan(&snapshot, "a.txt", "two", "2");
        let (hash, cancel) = (document.hash(), Cancel::new());
        let mut running = Box::pin(verify(&document, &snapshot, &command, &hash, true, &cancel, &|_| {}));
        let mut connection = tokio::select! {
            ended = &mut running => panic!("{ended:?}"),
            accepted = listener.accept() => accepted.unwrap().0,
        };
        if drops {
            drop(running);
        } else {
            cancel.cancel();
            assert!(matches!(running.await, Err(VerifyError::Cancelled)));
            assert_eq!(machine.home.join("state/verify").read_dir().unwrap().count(), 0);
        }
        let read = tokio::io::AsyncReadExt::read(&mut connection, &mut [0]).await;
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
}

#[tokio::test]
async fn nothing_runs_before_a_yes() {
    let machine = Machine::new(TREE);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    // With the network allowed, running it would be noticed.
    let line = format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}'");
    let command = Command { network: true, ..machine.command(&line) };
    let snapshot = machine.snapshot();
    let document = document(vec![created("build.rs", "fn main() {}\n")]);
    let hash = document.hash();
    let other = plan(&snapshot, "a.txt", "two", "2").hash();
    let cancelled = Cancel::new();
    cancelled.cancel();
    let check = async |approved: &str, trusted: bool, cancel: &Cancel, expect: &str| {
        let error = verify(&document, &snapshot, &command, approved, trusted, cancel, &|_| {}).await.unwrap_err();
        assert!(error.to_string().starts_with(expect), "{error}");
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "{expect}");
        let left = machine.home.join("state/verify").read_dir().map_or(0, Iterator::count);
        assert_eq!(left, 0, "{expect}");
    };
    for approved in ["", "yes", &hash[..63], &other] {
        check(approved, true, &Cancel::new(), &format!("nobody has agreed to run this plan ({hash})")).await;
    }
    check(&hash, false, &Cancel::new(), "this workspace is not trusted").await;
    check(&hash, true, &cancelled, "the verification was cancelled").await;
    verify(&document, &snapshot, &command, &hash, true, &Cancel::new(), &|_| {}).await.unwrap();
    listener.set_nonblocking(false).unwrap();
    listener.accept().unwrap();
}

#[tokio::test]
async fn plans_for_other_texts_and_places_are_refused() {
    let machine = Machine::new(TREE);
    let stale = plan(&machine.snapshot(), "a.txt", "two", "2");
    std::fs::write(machine.root.join("a.txt"), "one\ntwo\nthree\n").unwrap();
    let outside = document(vec![created("../x", "x")]);
    for (document, expect) in [
        (stale, "a.txt: has changed since the plan was made"),
        (outside, "../x: is outside the workspace"),
        (Document::default(), "the plan does nothing"),
    ] {
        let error = machine.run(&document, &machine.command("true")).await.unwrap_err().to_string();
        assert!(error.starts_with(expect), "{error}");
    }
}

#[tokio::test]
async fn a_failure_is_compared_with_the_tree_before() {
    let machine = Machine::new(TREE);
    let document = plan(&machine.snapshot(), "a.txt", "two", "2");
    for (line, passed, before) in [
        ("grep -q 2 a.txt", true, None),
        ("grep -q two a.txt", false, Some(true)),
        ("grep -q three a.txt", false, Some(false)),
    ] {
        let command = Command { compare: true, ..machine.command(line) };
        let verified = machine.run(&document, &command).await.unwrap();
        assert_eq!((verified.passed, verified.before), (passed, before), "{line}");
    }
}

#[tokio::test]
async fn unsaved_text_counts() {
    let machine = Machine::new(TREE);
    let snapshot = machine.snapshot().with_overlay([(RelPath::parse("b.txt").unwrap(), "unsaved\n".into())]);
    let document = plan(&snapshot, "a.txt", "two", "2");
    let (command, hash) = (machine.command("cat a.txt b.txt"), document.hash());
    let verified = verify(&document, &snapshot, &command, &hash, true, &Cancel::new(), &|_| {}).await.unwrap();
    assert_eq!(verified.output, "one\n2\nunsaved\n");
}

#[tokio::test]
async fn cargo_tells_a_sound_plan_from_a_broken_one() {
    let machine = Machine::new(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".gitignore", "target/\n"),
        ("Cargo.toml", "[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
        ("Cargo.lock", "version = 3\n\n[[package]]\nname = \"tiny\"\nversion = \"0.1.0\"\n"),
        ("src/lib.rs", "pub fn one() -> u32 {\n    1\n}\n"),
        ("target/keep", "built before\n"),
    ]);
    let home = PathBuf::from(std::env::var("HOME").unwrap());
    let tool = |name: &'static str, folder: &str| {
        let path = std::env::var(name).map_or_else(|_| home.join(folder), PathBuf::from);
        path.is_dir().then_some((name, path))
    };
    let mut command = Command { compare: true, ..machine.command("cargo check --offline") };
    command.surroundings.tools =
        [tool("CARGO_HOME", ".cargo"), tool("RUSTUP_HOME", ".rustup")].into_iter().flatten().collect();
    let snapshot = machine.snapshot();
    for (new, passed, before) in [("2", true, None), ("two", false, Some(true))] {
        let verified = machine.run(&plan(&snapshot, "src/lib.rs", "1", new), &command).await.unwrap();
        assert_eq!((verified.passed, verified.before), (passed, before), "{verified:?}");
        assert_eq!(verified.output.contains("error[E0425]"), !passed, "{}", verified.output);
        assert!(verified.confined.iter().any(|layer| layer.starts_with("target lent")), "{verified:?}");
    }
}
