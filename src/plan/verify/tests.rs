//! Runs with a part of the confinement, as on systems that lack the rest.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files and sockets of their own, and helpers outside of #[test] may unwrap"
)]

use std::net::TcpListener;
use std::time::Duration;

use super::run::{Ran, run};
use super::*;
use crate::workspace::Workspace;

/// Runs a line over a small tree, with these layers at most.
async fn confined(line: &str, namespaces: bool, landlock: bool) -> Ran {
    // Not below /tmp, which the command sees another one of.
    let beside = std::env::current_exe().unwrap();
    let folder = tempfile::tempdir_in(beside.parent().unwrap()).unwrap();
    let home = folder.path().canonicalize().unwrap();
    for (path, text) in
        [("tree/a.txt", "one"), ("tree/.ignore", "dist"), ("tree/dist/x", "dist"), (".ssh/key", "secret")]
    {
        std::fs::create_dir_all(home.join(path).parent().unwrap()).unwrap();
        std::fs::write(home.join(path), text).unwrap();
    }
    let command = Command {
        line: line.replace("HOME", &home.display().to_string()),
        time: Duration::from_secs(60),
        memory: Some(256 << 20),
        network: false,
        compare: false,
        surroundings: Surroundings {
            path: vec!["/usr/bin".into(), "/bin".into()],
            home: Some(home.clone()),
            ..Surroundings::default()
        },
        state_dir: home.join("state"),
    };
    let snapshot = Workspace::open(&home.join("tree")).unwrap().snapshot();
    let (_room, bounds, _) = on::prepare(None, &snapshot, &command, &Cancel::new()).unwrap();
    let bounds = confine::Bounds { namespaces, landlock, ..bounds };
    let ran = run(&command, bounds, command.time, &Cancel::new(), &|_| {}).await.unwrap();
    assert_eq!(std::fs::read_to_string(home.join("tree/a.txt")).unwrap(), "one");
    ran
}

#[tokio::test]
async fn each_layer_holds_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for (namespaces, landlock) in [(true, true), (true, false), (false, true)] {
        let line = format!(
            "cat a.txt; cat HOME/.ssh/key; echo x > HOME/x; echo x > HOME/tree/a.txt; cat HOME/x;
             bash -c 'echo x > /dev/tcp/127.0.0.1/{port}' && echo reached; echo in > new && cat new"
        );
        let ran = confined(&line, namespaces, landlock).await;
        let output = &ran.output;
        let case = format!("namespaces {namespaces}, landlock {landlock}: {output} {:?}", ran.layers);
        assert!(output.starts_with("one") && output.ends_with("\nin\n"), "{case}");
        assert!(!output.contains("secret") && !output.contains("reached") && !output.contains("\nx\n"), "{case}");
        assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock, "{case}");
        for layer in ["no network", "writes in the copy only", "keys of the home folder hidden", "no privileges"] {
            assert!(ran.layers.confined.iter().any(|has| has.starts_with(layer)), "{layer}: {case}");
        }
        let lent = |layers: &[String]| layers.iter().any(|layer| layer.starts_with("dist "));
        assert!(lent(&ran.layers.confined) == namespaces && lent(&ran.layers.missing) != namespaces, "{case}");
    }
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let ran = confined("cat dist/x; true", false, false).await;
    for layer in
        ["writes in the copy only", "keys of the home folder hidden", "own processes only", "dist could not be lent"]
    {
        assert!(ran.layers.missing.iter().any(|lacks| lacks.starts_with(layer)), "{layer}: {:?}", ran.layers);
        assert!(!ran.layers.confined.iter().any(|has| has.starts_with(layer)), "{layer}: {:?}", ran.layers);
    }
    // Sockets are denied by seccomp alone.
    assert!(ran.layers.confined.iter().any(|has| has == "no network: no sockets at all"), "{:?}", ran.layers);
}

#[tokio::test]
async fn memory_is_bounded() {
    let ran = confined("head -c 600000000 /dev/zero | tail -c 500000000 | wc -c", true, true).await;
    assert!(!ran.output.contains("500000000"), "{}", ran.output);
}

#[tokio::test]
async fn privileges_are_gone() {
    let ran = confined(
        "grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status; unshare -Ur true; mount -t tmpfs x /mnt",
        true,
        true,
    )
    .await;
    let value = |name: &str| {
        let line = ran.output.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().trim_start_matches('0').to_owned())
    };
    for name in ["CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"] {
        assert_eq!(value(name).as_deref(), Some(""), "{}", ran.output);
    }
    assert_eq!((value("NoNewPrivs:").as_deref(), value("Seccomp:").as_deref()), (Some("1"), Some("2")));
    assert!(!ran.passed, "{}", ran.output);
}
