//! The jail, the secrets and odd trees, against real files.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use spelunk::workspace::{RelPath, Skipped, Snapshot, Source, Workspace, WorkspaceError};
use tempfile::TempDir;

const OUTSIDE: &str = "outside-canary";
const CANARY: &str = "secret-canary";

fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn snapshot(root: &Path) -> Snapshot {
    Workspace::open(root).unwrap().snapshot()
}

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn listed(snapshot: &Snapshot) -> Vec<String> {
    snapshot.files().unwrap().iter().map(|entry| entry.path.to_string()).collect()
}

fn listed_with_hidden(snapshot: &Snapshot) -> Vec<String> {
    snapshot.files_with_hidden().unwrap().iter().map(|entry| entry.path.to_string()).collect()
}

/// What every way of reading gives for a path: the text, or how it was refused. All ways have to agree.
fn read(snapshot: &Snapshot, text: &str) -> String {
    let path = match RelPath::parse(text) {
        Ok(path) => path,
        Err(error) => return error.to_string(),
    };
    let opened = snapshot.open(&path).map(|source| {
        let mut bytes = Vec::new();
        match source {
            Source::File { mut file, .. } => file.read_to_end(&mut bytes).map(drop).unwrap(),
            Source::Memory(memory) => bytes.extend_from_slice(&memory),
        }
        String::from_utf8(bytes).unwrap()
    });
    let shown = |result: Result<String, WorkspaceError>| result.unwrap_or_else(|error| error.to_string());
    let opened = shown(opened);
    assert_eq!(shown(snapshot.lines(&path, 1, 9999).map(|slice| slice.text)), opened);
    assert_eq!(shown(snapshot.text(&path).map(|text| text.to_string())), opened);
    let counted = snapshot.line_count(&path).map(|_| opened.clone());
    assert_eq!(shown(counted), opened);
    let hashed = snapshot.hash(&path).map(|_| opened.clone());
    assert_eq!(shown(hashed), opened);
    opened
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    fn fifo(path: &Path) {
        rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).unwrap();
    }

    #[test]
    fn nothing_leads_out_of_the_root() {
        let tree = TempDir::new().unwrap();
        let root = tree.path().join("r");
        write(&root, "in/file", "inside");
        write(&root, ".env", CANARY);
        write(tree.path(), "r-evil/file", OUTSIDE);
        write(tree.path(), "outside", OUTSIDE);
        for (target, link) in [
            ("../outside", "out-file"),
            ("../r-evil", "out-dir"),
            ("../../../../../../../../etc/passwd", "far-out"),
            ("/etc/passwd", "absolute"),
            ("/proc/self/environ", "environ"),
            ("/proc/self/root/etc/passwd", "magic"),
            ("/dev/zero", "zero"),
            ("out-file", "chain"),
            ("chain", "longer-chain"),
            ("in/../../outside", "winding"),
            ("loop-b", "loop-a"),
            ("loop-a", "loop-b"),
            ("nowhere", "dangling"),
            ("../nowhere", "dangling-out"),
            (".env", "to-secret"),
            ("to-secret", "to-to-secret"),
            ("in/file", "to-file"),
            ("in", "to-dir"),
            ("to-dir/file", "to-to-file"),
            ("../in/file", "in/back"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let into = root.join("in/file");
        symlink(&into, root.join("absolute-inside")).unwrap();
        fifo(&root.join("pipe"));
        let _socket = UnixListener::bind(root.join("socket")).unwrap();
        symlink("pipe", root.join("to-pipe")).unwrap();

        let snapshot = snapshot(&root);
        let outside = "is outside the workspace; use a path relative to its root";
        let secret = "is denied, it may hold secrets";
        let missing = "no such file or folder";
        for (path, expect) in [
            ("in/file", "inside"),
            ("./in//file", "inside"),
            ("to-file", "inside"),
            ("to-dir/file", "inside"),
            ("to-to-file", "inside"),
            ("in/back", "inside"),
            ("../outside", outside),
            ("in/../../outside", outside),
            ("in/..", outside),
            ("/etc/passwd", outside),
            ("//etc/passwd", outside),
            ("in/file\0", outside),
            ("", outside),
            (".", outside),
            ("out-file", outside),
            ("out-dir/file", outside),
            ("far-out", outside),
            ("absolute", outside),
            ("absolute-inside", outside),
            ("environ", outside),
            ("magic", outside),
            ("zero", outside),
            ("chain", outside),
            ("longer-chain", outside),
            ("winding", outside),
            ("dangling-out", outside),
            ("%2e%2e/outside", missing),
            ("..%2foutside", missing),
            ("\\x2e\\x2e/outside", missing),
            ("..\\outside", missing),
            (".. /outside", missing),
            (".../outside", missing),
            ("in/file.", missing),
            ("in/file ", missing),
            ("in/file/", "inside"),
            ("in/file/more", missing),
            ("dangling", missing),
            ("r-evil/file", missing),
            ("-evil/file", missing),
            (".env", secret),
            ("to-secret", secret),
            ("to-to-secret", secret),
            ("in", "is a folder, not a file with text"),
            ("to-dir", "is a folder, not a file with text"),
            ("pipe", "is a pipe, not a file with text"),
            ("to-pipe", "is a pipe, not a file with text"),
            ("socket", "is a socket or device, not a file with text"),
        ] {
            let got = read(&snapshot, path);
            assert!(got == expect || got.ends_with(&format!(": {expect}")), "{path:?}: {got}");
        }
        for path in ["loop-a", "loop-b"] {
            assert!(read(&snapshot, path).starts_with(&format!("{path}: ")), "{path}");
        }
        assert_eq!(listed(&snapshot), ["in/file"], "symlinks, pipes and sockets are not walked");
        let skipped = snapshot.skipped(true).unwrap();
        assert_eq!(skipped, Skipped { secrets: 1, unreadable: 0, symlinks: 22, special: 2 });
    }

    #[test]
    fn a_device_is_refused() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let tree = TempDir::new().unwrap();
        let device = rustix::fs::makedev(1, 5);
        let mode = rustix::fs::Mode::RWXU;
        let made = rustix::fs::mknodat(
            rustix::fs::CWD,
            tree.path().join("zero"),
            rustix::fs::FileType::CharacterDevice,
            mode,
            device,
        );
        // Containers may forbid devices.
        if made.is_ok() {
            let got = read(&snapshot(tree.path()), "zero");
            assert!(got.starts_with("zero: "), "{got}");
            assert!(listed(&snapshot(tree.path())).is_empty());
        }
    }

    /// One thread swaps `link` between a file inside and one outside, another swaps a folder on the way; we read on.
    #[test]
    fn swapping_symlinks_wins_nothing() {
        let tree = TempDir::new().unwrap();
        let root = tree.path().join("root");
        write(&root, "good/file", "inside");
        write(&root, ".secrets/file", CANARY);
        write(tree.path(), "bad/file", OUTSIDE);
        write(&root, "victim/file", "inside");
        write(&root, "file", "inside");
        let snapshot = snapshot(&root);
        assert_eq!(listed(&snapshot), ["file", "good/file", "victim/file"]);
        let done = Arc::new(AtomicBool::new(false));
        let swapper = std::thread::spawn({
            let (root, done) = (root.clone(), done.clone());
            move || {
                for round in 0..10_000 {
                    let (folder, file) = match round % 4 {
                        0 => ("../bad", "../bad/file"),
                        1 => ("good", "good/file"),
                        2 => (".secrets", ".secrets/file"),
                        _ => ("good/../../bad", "victim/file"),
                    };
                    let next = root.join("next");
                    symlink(file, &next).unwrap();
                    fs::rename(&next, root.join("link")).unwrap();
                    symlink(folder, &next).unwrap();
                    fs::rename(&next, root.join("folder")).unwrap();
                    // A file and a folder of the walk become symlinks, too.
                    let _ = fs::remove_dir_all(root.join("victim")).or_else(|_| fs::remove_file(root.join("victim")));
                    symlink(folder, root.join("victim")).unwrap();
                    symlink(file, &next).unwrap();
                    fs::rename(&next, root.join("file")).unwrap();
                }
                done.store(true, Ordering::Release);
            }
        });
        let mut inside = 0_u64;
        let mut refused = 0_u64;
        while !done.load(Ordering::Acquire) {
            for name in ["link", "folder/file", "victim/file", "file"] {
                let Ok(Source::File { mut file, .. }) = snapshot.open(&path(name)) else {
                    refused += 1;
                    continue;
                };
                let mut text = String::new();
                file.read_to_string(&mut text).unwrap();
                assert_eq!(text, "inside", "{name}");
                inside += 1;
            }
        }
        swapper.join().unwrap();
        assert!(inside > 0 && refused > 0, "{inside} reads, {refused} refusals: the race never happened");
    }

    /// Without root's rights, on a thread of its own, so that permissions mean something.
    fn without_privileges(run: impl FnOnce() + Send + 'static) {
        std::thread::spawn(move || {
            #[cfg(target_os = "linux")]
            if rustix::process::geteuid().is_root() {
                // SAFETY: plain system call without pointers; it concerns this thread, and those that it starts, alone.
                unsafe { libc::setfsuid(65534) };
            }
            run();
        })
        .join()
        .unwrap();
    }

    #[test]
    fn folders_without_permission_are_counted_or_named() {
        use std::os::unix::fs::PermissionsExt as _;
        let tree = TempDir::new().unwrap();
        let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        write(tree.path(), "open/a", "a");
        write(tree.path(), "closed/b", "b");
        write(tree.path(), "open/unreadable", "c");
        allow(tree.path(), 0o755);
        allow(&tree.path().join("closed"), 0);
        allow(&tree.path().join("open/unreadable"), 0);
        let root = tree.path().to_owned();
        without_privileges(move || {
            let snapshot = snapshot(&root);
            assert_eq!(listed(&snapshot), ["open/a", "open/unreadable"]);
            assert_eq!(snapshot.skipped(false).unwrap().unreadable, 1);
            assert_eq!(read(&snapshot, "open/a"), "a");
            let denied = "open/unreadable: Permission denied (os error 13)";
            assert_eq!(read(&snapshot, "open/unreadable"), denied);
            let error = Workspace::open(&root.join("closed")).err().unwrap().to_string();
            assert!(error.contains("closed: the folder cannot be listed (Permission denied"), "{error}");
        });
        allow(&tree.path().join("closed"), 0o755);
    }

    #[test]
    fn ignore_files_that_would_hang_us_do_not() {
        let tree = TempDir::new().unwrap();
        write(tree.path(), "a/file", "");
        write(tree.path(), "b/file", "");
        write(tree.path(), "c/file", "");
        write(tree.path(), "d/file", "");
        fifo(&tree.path().join("a/.gitignore"));
        symlink("/dev/zero", tree.path().join("b/.ignore")).unwrap();
        fs::File::create(tree.path().join("c/.spelunkignore")).unwrap().set_len(1 << 30).unwrap();
        let snapshot = snapshot(tree.path());
        assert_eq!(listed(&snapshot), ["d/file"]);
        assert_eq!(snapshot.skipped(false).unwrap().unreadable, 3);
        fifo(&tree.path().join(".rgignore"));
        let error = super::snapshot(tree.path()).files().unwrap_err().to_string();
        assert!(
            error.ends_with(".rgignore: is not a regular file below 4 MiB, so the ignore rules cannot be read"),
            "{error}"
        );
    }

    #[test]
    fn names_that_are_not_utf8_can_be_read() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let tree = TempDir::new().unwrap();
        for (name, text) in [
            (&b"caf\xe9.txt"[..], "latin"),
            ("café.txt".as_bytes(), "utf8"),
            (b"caf\\xe9.txt", "escape"),
            (b".e\xffnv", "x"),
        ] {
            fs::write(tree.path().join(OsStr::from_bytes(name)), text).unwrap();
        }
        let snapshot = snapshot(tree.path());
        assert_eq!(listed(&snapshot), ["caf\\x5cxe9.txt", "caf\\xe9.txt", "café.txt"]);
        assert_eq!(read(&snapshot, "caf\\xe9.txt"), "latin");
        assert_eq!(read(&snapshot, "café.txt"), "utf8");
        assert_eq!(read(&snapshot, "caf\\x5cxe9.txt"), "escape");
        assert_eq!(read(&snapshot, "caf\\xc3\\xa9.txt"), "caf\\xc3\\xa9.txt: no such file or folder");
    }

    #[test]
    fn buffers_do_not_smuggle_secrets_in() {
        let tree = TempDir::new().unwrap();
        write(tree.path(), "a.rs", "disk");
        write(tree.path(), ".env", CANARY);
        symlink(".env", tree.path().join("settings")).unwrap();
        symlink("/etc/hostname", tree.path().join("away")).unwrap();
        let buffer = |name: &str| (path(name), Arc::from(CANARY));
        let names = [".env", "sub/.ENV.local", "settings", "away", "id_rsa", "x/credentials.json"];
        let snapshot = snapshot(tree.path()).with_overlay(names.iter().map(|name| buffer(name)));
        assert_eq!(listed_with_hidden(&snapshot), ["a.rs"]);
        for name in names {
            assert!(!read(&snapshot, name).contains(CANARY), "{name}");
        }
    }
}

#[test]
fn secrets_of_every_kind_stay_closed() {
    let tree = TempDir::new().unwrap();
    let kinds = [
        ".env",
        "web/.env.production",
        "deploy/prod.env",
        "tls/server.pem",
        "tls/SERVER.KEY",
        "id_rsa",
        "keys/id_ed25519.bak",
        "store.p12",
        "store.PFX",
        "vault.kdbx",
        ".netrc",
        "web/.npmrc",
        ".pypirc",
        ".aws/credentials",
        ".ssh/config",
        ".gnupg/trustdb",
        "infra/terraform.tfstate",
        "infra/terraform.tfstate.backup",
        "credentials",
        "config/credentials.yml",
        "config/secrets.toml",
        "k8s/secret.yaml",
        "client_secret_1.json",
        ".git-credentials",
        ".git/config",
        ".git/objects/ab/cdef",
        "sub/.git",
        ".docker/config.json",
        ".kube/config",
        ".server.key.swp",
    ];
    for name in kinds {
        write(tree.path(), name, CANARY);
    }
    write(tree.path(), "src/credentials.rs", "fine");
    write(tree.path(), ".env.example", "fine");
    let snapshot = snapshot(tree.path());
    assert_eq!(listed(&snapshot), ["src/credentials.rs"]);
    assert_eq!(listed_with_hidden(&snapshot), [".env.example", "src/credentials.rs"]);
    // Two spellings of git's own are not counted, and each denied folder counts once.
    assert_eq!(snapshot.skipped(true).unwrap().secrets, kinds.len() as u64 - 3);
    for name in kinds {
        for spelling in [name.to_owned(), format!("./{name}"), format!("{name}/"), name.replace('/', "//./")] {
            assert_eq!(read(&snapshot, &spelling), format!("{}: is denied, it may hold secrets", path(name)));
        }
        let upper = read(&snapshot, &name.to_uppercase());
        assert!(upper.ends_with("is denied, it may hold secrets"), "{upper}");
    }
    assert_eq!(read(&snapshot, ".env.example"), "fine");
}

#[test]
fn the_walk_follows_ripgreps_rules() {
    let tree = TempDir::new().unwrap();
    for name in [
        "a.rs",
        "b.log",
        "target/x",
        "node_modules/m.js",
        "kept.gen",
        "dropped.gen",
        "sub/c.rs",
        "sub/d.tmp",
        "sub/e.rg",
        "sub/f.sp",
        ".github/ci.yml",
        ".hidden",
        "excluded",
    ] {
        write(tree.path(), name, "x");
    }
    write(tree.path(), ".gitignore", "*.log\n/target\n");
    let visible_without_git = listed(&snapshot(tree.path()));
    assert!(visible_without_git.contains(&"b.log".to_owned()), ".gitignore counts in repositories only, as in ripgrep");
    write(tree.path(), ".git/info/exclude", "excluded\n");
    write(tree.path(), ".ignore", "*.gen\n!kept.gen\nnode_modules\n");
    write(tree.path(), "sub/.gitignore", "*.tmp\n");
    write(tree.path(), ".rgignore", "*.rg\n");
    write(tree.path(), ".spelunkignore", "*.sp\n");
    let snapshot = snapshot(tree.path());
    assert_eq!(listed(&snapshot), ["a.rs", "kept.gen", "sub/c.rs"]);
    assert_eq!(
        listed_with_hidden(&snapshot),
        [
            ".github/ci.yml",
            ".gitignore",
            ".hidden",
            ".ignore",
            ".rgignore",
            ".spelunkignore",
            "a.rs",
            "kept.gen",
            "sub/.gitignore",
            "sub/c.rs"
        ]
    );
    let hidden: Vec<_> = snapshot.files_with_hidden().unwrap().iter().filter(|entry| entry.hidden).collect();
    assert_eq!(hidden.len(), 7);
    assert_eq!(read(&snapshot, ".github/ci.yml"), "x");
    assert!(read(&snapshot, "target/x").starts_with("target/x: is not among this workspace's files"));
    let below = Workspace::open(&tree.path().join("sub")).unwrap().snapshot();
    assert_eq!(listed(&below), ["c.rs"], "rules of parent folders count");
}

#[test]
fn odd_trees_are_walked() {
    let tree = TempDir::new().unwrap();
    let wide = tree.path().join("wide");
    fs::create_dir(&wide).unwrap();
    for n in 0..100_000 {
        fs::File::create(wide.join(format!("{n:06}"))).unwrap();
    }
    let mut deep = tree.path().join("deep");
    fs::create_dir(&deep).unwrap();
    for _ in 0..1000 {
        deep.push("d");
        fs::create_dir(&deep).unwrap();
    }
    fs::write(deep.join("end"), "bottom").unwrap();
    write(tree.path(), "Case", "upper");
    write(tree.path(), "case/x", "lower");
    let snapshot = snapshot(tree.path());
    let files = snapshot.files().unwrap();
    assert_eq!(files.len(), 100_003);
    assert!(files.is_sorted_by_key(|entry| entry.path.as_str()));
    let end = format!("deep/{}end", "d/".repeat(1000));
    assert_eq!(read(&snapshot, &end), "bottom");
    assert_eq!((read(&snapshot, "Case"), read(&snapshot, "case/x")), ("upper".to_owned(), "lower".to_owned()));
    assert!(spelunk::workspace::tree(files, None, 2000, &|_| 1, &|_| 0.0).unwrap().text.lines().count() < 210);
}

#[test]
fn big_files_are_sliced_not_read() {
    let tree = TempDir::new().unwrap();
    let sparse = fs::File::create(tree.path().join("sparse")).unwrap();
    sparse.set_len(1 << 30).unwrap();
    write(tree.path(), "headed", "first\nsecond\n".repeat(10_000));
    fs::File::options().write(true).open(tree.path().join("headed")).unwrap().set_len(1 << 30).unwrap();
    write(tree.path(), "line", vec![b'x'; 100_000_000]);
    let lines: String = (1..=1_500_000).map(|n| format!("line {n}\n")).collect();
    write(tree.path(), "lines", &lines);
    let snapshot = snapshot(tree.path());
    let text = |name: &str| snapshot.text(&path(name)).err().unwrap().to_string();
    let slice = |name: &str, from, to| snapshot.lines(&path(name), from, to);

    assert_eq!(
        text("sparse"),
        "sparse: has 1 GiB, too much to read whole (the limit is 64 MiB); read a slice of its lines"
    );
    assert_eq!(slice("sparse", 1, 1).unwrap_err().to_string(), "sparse: is a binary file of 1 GiB");
    assert_eq!(slice("headed", 3, 4).unwrap().text, "first\nsecond\n");
    assert!(text("line").starts_with("line: has 95.4 MiB"));
    let cut = slice("line", 1, 1).unwrap();
    assert!(cut.cut && cut.text.len() == 8 << 20 && cut.total.is_none());
    let middle = slice("lines", 1_000_000, 1_000_001).unwrap();
    assert_eq!((middle.text.as_str(), middle.total), ("line 1000000\nline 1000001\n", None));
    let end = slice("lines", 1_499_999, 2_000_000).unwrap();
    assert_eq!((end.to, end.total, end.cut), (1_500_000, Some(1_500_000), false));
    let past = slice("lines", 2_000_000, 2_000_001).unwrap_err().to_string();
    assert_eq!(past, "lines: there are no lines 2000000 to 2000001: the file has 1500000 lines");
    assert_eq!(snapshot.line_count(&path("lines")).unwrap(), 1_500_000);
}

#[test]
fn encodings_are_read_as_in_ripgrep() {
    let tree = TempDir::new().unwrap();
    write(tree.path(), "bom", "\u{feff}one\ntwo");
    write(tree.path(), "utf16", b"\xff\xfeo\0n\0e\0\n\0\x42\x26\n\0");
    write(tree.path(), "latin", b"caf\xe9\n");
    write(tree.path(), "binary", b"\x7fELF\0\0");
    write(tree.path(), "empty", b"");
    let snapshot = snapshot(tree.path());
    for (name, expect) in [("bom", "one\ntwo"), ("utf16", "one\n♂\n"), ("latin", "caf\u{fffd}\n"), ("empty", "")] {
        assert_eq!(&*snapshot.text(&path(name)).unwrap(), expect);
    }
    assert_eq!(snapshot.lines(&path("utf16"), 2, 2).unwrap().text, "♂\n");
    assert_eq!(snapshot.text(&path("binary")).unwrap_err().to_string(), "binary: is a binary file of 6 B");
    assert_eq!(
        snapshot.lines(&path("empty"), 1, 1).unwrap_err().to_string(),
        "empty: there are no lines 1 to 1: the file has 0 lines"
    );
    for (from, to) in [(0, 1), (2, 1)] {
        assert!(matches!(snapshot.lines(&path("bom"), from, to), Err(WorkspaceError::NoSuchLines { .. })));
    }
}

#[test]
fn what_was_read_stays_as_it_was() {
    let tree = TempDir::new().unwrap();
    write(tree.path(), "read", "old\n");
    write(tree.path(), "deleted", "old\n");
    write(tree.path(), "unread", "old\n");
    let big = "line\n".repeat(2_000_000);
    write(tree.path(), "big", &big);
    let snapshot = snapshot(tree.path());
    let hash = snapshot.hash(&path("read")).unwrap();
    snapshot.text(&path("deleted")).unwrap();
    snapshot.lines(&path("big"), 1, 1).unwrap();
    for name in ["read", "unread", "big"] {
        write(tree.path(), name, "new text\n");
    }
    fs::remove_file(tree.path().join("deleted")).unwrap();
    assert_eq!(read(&snapshot, "read"), "old\n");
    assert_eq!(read(&snapshot, "deleted"), "old\n");
    assert_eq!(read(&snapshot, "unread"), "new text\n");
    assert_eq!(snapshot.hash(&path("read")).unwrap(), hash);
    assert!(matches!(snapshot.lines(&path("big"), 1, 1), Err(WorkspaceError::Changed { .. })));
    write(tree.path(), "later", "x");
    assert!(read(&snapshot, "later").starts_with("later: is not among this workspace's files"));
    assert_eq!(read(&crate::jail::snapshot(tree.path()), "read"), "new text\n", "the next snapshot sees the disk");
}

#[test]
fn evicted_texts_are_read_again_or_named() {
    let tree = TempDir::new().unwrap();
    write(tree.path(), "same", "same\n");
    write(tree.path(), "other", "other\n");
    // Together more than a snapshot keeps.
    for name in ["x", "y", "z"] {
        write(tree.path(), name, format!("{name}123456789abcde\n").repeat(3 << 20));
    }
    let snapshot = snapshot(tree.path());
    for name in ["same", "other", "x", "y", "z"] {
        snapshot.text(&path(name)).unwrap();
    }
    write(tree.path(), "same", "same\n");
    write(tree.path(), "other", "OTHER\n");
    assert_eq!(read(&snapshot, "same"), "same\n");
    let changed = "other: has changed on disk since this run read it first; ask again to see the new text";
    assert_eq!(read(&snapshot, "other"), changed);
}

#[test]
fn buffers_stand_before_the_disk() {
    let tree = TempDir::new().unwrap();
    write(tree.path(), ".git/HEAD", "ref: refs/heads/main\n");
    write(tree.path(), ".gitignore", "*.log\n");
    write(tree.path(), "a.rs", "disk");
    write(tree.path(), "b.rs", "disk");
    let disk = snapshot(tree.path());
    let buffers = [("a.rs", "buffer"), ("new/c.rs", "new"), ("x.log", "ignored"), (".hidden", "h")];
    let snapshot = disk.with_overlay(buffers.map(|(name, text)| (path(name), Arc::from(text))));
    assert_eq!(listed(&snapshot), ["a.rs", "b.rs", "new/c.rs"]);
    assert_eq!(listed_with_hidden(&snapshot), [".gitignore", ".hidden", "a.rs", "b.rs", "new/c.rs"]);
    assert_eq!(snapshot.size(snapshot.entry(&path("a.rs")).unwrap().unwrap()), 6);
    for (name, expect) in [("a.rs", "buffer"), ("b.rs", "disk"), ("new/c.rs", "new")] {
        assert_eq!(read(&snapshot, name), expect);
        assert!(snapshot.contains(&path(name)).unwrap());
    }
    assert_eq!(read(&disk, "a.rs"), "disk", "the snapshot below is as it was");
    assert_ne!(disk.hash(&path("a.rs")).unwrap(), snapshot.hash(&path("a.rs")).unwrap());
}

#[test]
fn a_scope_narrows_what_can_be_listed_and_read() {
    let tree = TempDir::new().unwrap();
    for name in ["src/a.rs", "src/deep/b.rs", "tests/c.rs", "README.md"] {
        write(tree.path(), name, name);
    }
    let all = snapshot(tree.path());
    let src = all.scoped(&["src"]).unwrap();
    assert_eq!(listed(&src), ["src/a.rs", "src/deep/b.rs"]);
    assert_eq!(listed(&src.scoped(&["!deep"]).unwrap()), ["src/a.rs"]);
    assert_eq!(listed(&all.scoped::<&str>(&[]).unwrap()).len(), 4);
    assert_eq!(read(&src, "src/a.rs"), "src/a.rs");
    assert_eq!(read(&src, "tests/c.rs"), "tests/c.rs: is outside the scope src");
    let error = all.scoped(&["src/{a"]).err().unwrap().to_string();
    assert!(error.starts_with("bad glob \"src/{a\": "), "{error}");
}

#[test]
fn several_folders_put_their_names_first() {
    let tree = TempDir::new().unwrap();
    write(tree.path(), "one/a.rs", "1");
    write(tree.path(), "two/a.rs", "2");
    write(tree.path(), "outside", OUTSIDE);
    let folders = [("app", tree.path().join("one")), ("app", tree.path().join("two"))];
    let snapshot = Workspace::open_folders(&folders).unwrap().snapshot();
    assert_eq!(snapshot.name(), "app, app-2");
    assert_eq!(listed(&snapshot), ["app-2/a.rs", "app/a.rs"]);
    assert_eq!((read(&snapshot, "app/a.rs"), read(&snapshot, "app-2/a.rs")), ("1".to_owned(), "2".to_owned()));
    for name in ["a.rs", "app", "ap/a.rs", "app/../outside", "one/a.rs"] {
        assert!(read(&snapshot, name).starts_with(name), "{name}");
    }
    assert_eq!(snapshot.relative(&tree.path().join("two/x/y")), Some(path("app-2/x/y")));
    assert_eq!(snapshot.relative(&tree.path().join("outside")), None);
    let single = Workspace::open_folders(&folders[..1]).unwrap().snapshot();
    assert_eq!((single.name(), listed(&single)), ("app", vec!["a.rs".to_owned()]));
    for name in ["", "..", "a/b"] {
        let folders = [(name, tree.path()), ("x", tree.path())];
        assert!(matches!(Workspace::open_folders(&folders), Err(WorkspaceError::FolderName { .. })), "{name}");
    }
}

#[test]
fn what_cannot_be_opened_is_explained() {
    let tree = TempDir::new().unwrap();
    write(tree.path(), "file.rs", "x");
    let error = |path: &Path| Workspace::open(path).err().unwrap().to_string();
    let shown = tree.path().display();
    assert_eq!(error(&tree.path().join("none")), format!("{shown}/none: no such file or folder"));
    assert_eq!(error(&tree.path().join("file.rs/x")), format!("{shown}/file.rs/x: no such file or folder"));
    let root = tree.path().canonicalize().unwrap();
    assert_eq!(
        error(&tree.path().join("file.rs")),
        format!("{shown}/file.rs: is not a folder; name the one it is in: {}", root.display())
    );
    assert_eq!(error(Path::new("/")), "/: holds the whole system, not a project; name the project's folder");
    fs::create_dir(tree.path().join("empty")).unwrap();
    let empty = snapshot(&tree.path().join("empty"));
    assert_eq!((empty.name(), empty.files().unwrap().len()), ("empty", 0));
    assert_eq!(empty.revision(), None);
}

#[test]
fn the_revision_is_heads() {
    let tree = TempDir::new().unwrap();
    let git = tree.path().join(".git");
    for folder in ["objects", "refs/heads"] {
        fs::create_dir_all(git.join(folder)).unwrap();
    }
    write(&git, "config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
    write(&git, "HEAD", "ref: refs/heads/main\n");
    fs::create_dir(tree.path().join("sub")).unwrap();
    let revision = |folder: &Path| snapshot(folder).revision().map(str::to_owned);
    assert_eq!(revision(tree.path()).as_deref(), Some("main (no commit yet)"));
    write(&git, "refs/heads/main", "0123456789abcdef0123456789abcdef01234567\n");
    assert_eq!(revision(tree.path()).as_deref(), Some("main 0123456789ab"));
    assert_eq!(revision(&tree.path().join("sub")).as_deref(), Some("main 0123456789ab"));
    write(&git, "HEAD", "0123456789abcdef0123456789abcdef01234567\n");
    assert_eq!(revision(tree.path()).as_deref(), Some("0123456789ab"));
    write(&git, "HEAD", "nonsense");
    assert_eq!(revision(tree.path()), None);
}
