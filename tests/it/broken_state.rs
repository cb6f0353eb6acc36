//! Whole runs while the state folder fails them: a full disk, a folder that cannot be written, a journal that is deleted, several at once. Each
//! ends with its answer; what was lost is said once.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use spelunk::journal::{self, Event};
use tokio::process::Command;

use crate::agent::{Finished, KEY, World, finish, turns};
use crate::server::{Answer, Server};

/// Long enough, and too odd, to stay small.
const MUCH: &str = "let x = 7; const rows = []; \
    for (let n = 0; n < 900; n++) { x = (x * 48271) % 2147483647; rows.push(x.toString(36)) } rows.join(' ')";

const WARNING: &str = "the run goes on without its journal";

fn ask(world: &World, server: &Server, mut command: Command) -> Command {
    let repo = world.repo();
    command.args(["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "openai/test"]);
    command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
    command
}

/// The run has ended as if nothing were the matter, with one warning.
fn assert_warned_once(finished: &Finished) {
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert_eq!(finished.json()["answer"], "done", "{}", finished.stderr);
    assert_eq!(finished.stderr.matches(WARNING).count(), 1, "{}", finished.stderr);
    assert_eq!(finished.stderr.matches("WARN").count(), 1, "{}", finished.stderr);
}

#[tokio::test]
async fn a_full_disk() {
    let (world, server) = (World::new(), Server::start().await);
    turns(&server, &[MUCH, MUCH.replace("= 7", "= 8").as_str(), MUCH.replace("= 7", "= 9").as_str(), "answer('done')"]);
    let mut command = world.command(&[]);
    let program = command.as_std().get_program().to_owned();
    let limits: rustix::process::Rlimit = rustix::process::Rlimit { current: Some(6_000), maximum: Some(6_000) };
    // SAFETY: both calls are safe between fork and exec.
    unsafe {
        command.pre_exec(move || {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            Ok(rustix::process::setrlimit(rustix::process::Resource::Fsize, limits)?)
        });
    }
    assert_eq!(program, env!("CARGO_BIN_EXE_spelunk"));
    let finished = finish(ask(&world, &server, command).spawn().unwrap()).await;
    assert_warned_once(&finished);
    // What was written before is whole but for its last line.
    let run = journal::list(&world.state()).unwrap().pop().unwrap();
    let run = journal::read(&journal::find(&world.state(), &run.id).unwrap()).unwrap();
    assert_eq!(run.damage, []);
    assert!(run.lines.len() >= 2, "{}", run.lines.len());
}

#[tokio::test]
async fn a_folder_that_cannot_be_written() {
    let (world, server) = (World::new(), Server::start().await);
    turns(&server, &["repo.files().total", "answer('done')"]);
    std::fs::create_dir(world.state()).unwrap();
    std::fs::set_permissions(world.state(), PermissionsExt::from_mode(0o555)).unwrap();
    let mut command = world.command(&[]);
    // SAFETY: the call is safe between fork and exec. Root without it is refused like others.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_CAPBSET_DROP, 1, 0, 0, 0);
            Ok(())
        });
    }
    let finished = finish(ask(&world, &server, command).spawn().unwrap()).await;
    assert_warned_once(&finished);
    assert_eq!(std::fs::read_dir(world.state()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_in_place_of_the_folder() {
    let (world, server) = (World::new(), Server::start().await);
    turns(&server, &["repo.files().total", "answer('done')"]);
    std::fs::write(world.state(), "a file").unwrap();
    let finished = finish(ask(&world, &server, world.command(&[])).spawn().unwrap()).await;
    assert_warned_once(&finished);
    assert_eq!(std::fs::read(world.state()).unwrap(), b"a file");
}

#[tokio::test]
async fn a_journal_that_is_deleted_meanwhile() {
    let (world, server) = (World::new(), Server::start().await);
    let (state, deleted) = (world.state(), Arc::new(Mutex::new(0)));
    let count = deleted.clone();
    // Behind the first turn's cell, in front of the second's.
    server.rule(move |request| {
        if request.last_message().contains("Cell 1 ran") {
            for run in std::fs::read_dir(state.join("runs")).unwrap().flatten() {
                std::fs::remove_file(run.path()).unwrap();
                *count.lock().unwrap() += 1;
            }
        }
        None
    });
    turns(&server, &["repo.files().total", "repo.info.name", "repo.tree()", "answer('done')"]);
    let finished = finish(ask(&world, &server, world.command(&[])).spawn().unwrap()).await;
    assert_warned_once(&finished);
    assert_eq!(*deleted.lock().unwrap(), 1);
    assert_eq!(journal::list(&world.state()).unwrap(), []);
}

#[tokio::test]
async fn several_at_once() {
    const RUNS: usize = 4;
    let (world, server) = (World::new(), Server::start().await);
    let cells = ["repo.search('fn parse')", MUCH, "console.log(await llm('what?', repo.read('src/main.rs'))); 1"];
    server.when("what?", Answer::says("that"));
    // Each run is asked its n-th cell at its n-th turn.
    server.rule(move |request| {
        let body = request.json();
        let turn = body["messages"].as_array()?.iter().filter(|message| message["role"] == "assistant").count();
        Some(Answer::says(&format!("```js\n{}\n```", cells.get(turn).unwrap_or(&"answer('done')"))))
    });
    let children: Vec<_> = (0..RUNS).map(|_| ask(&world, &server, world.command(&[])).spawn().unwrap()).collect();
    for finished in futures_util::future::join_all(children.into_iter().map(finish)).await {
        assert_eq!((finished.code, &finished.json()["answer"]), (Some(0), &"done".into()), "{}", finished.stderr);
        assert!(!finished.stderr.contains("WARN"), "{}", finished.stderr);
    }
    let runs = journal::list(&world.state()).unwrap();
    assert_eq!(runs.len(), RUNS);
    for run in runs {
        let run = journal::read(&journal::find(&world.state(), &run.id).unwrap()).unwrap();
        assert_eq!((run.damage.len(), &run.torn), (0, &None), "{}", run.id);
        assert!(run.lines.iter().map(|line| line.seq).eq(0..run.lines.len() as u64), "{}: lines of another", run.id);
        let calls = run.lines.iter().filter(|line| matches!(line.event, Event::CallStarted { .. })).count();
        assert_eq!(calls, 5, "{}", run.id);
        let blobs = journal::Blobs::new(&world.state());
        for line in &run.lines {
            for body in line.event.clone().bodies_mut() {
                blobs.text(body).unwrap();
            }
        }
    }
}
