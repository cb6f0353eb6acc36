//! Conversations: several questions over one REPL, with a scripted model and real workers.

use std::path::Path;
use std::sync::Arc;

use rustix::process::{Pid, Signal};
use spelunk::agent::calls::budget::Limits;
use spelunk::agent::event::RunEvent;
use spelunk::agent::{AskError, At, Conversation, FenceKey, Models, Named, Report, Setup, Stop, ask_in};
use spelunk::cache::Cache;
use spelunk::journal::Journal;
use spelunk::journal::event::Role;
use spelunk::model::scripted::{Line, Scripted};
use spelunk::model::{Model, builtin::Builtin};
use spelunk::workspace::Workspace;
use tempfile::TempDir;
use tokio::sync::Notify;

const TEXT: &str = "fn parse_words() {\n    split_at_blanks();\n}\n\nfn count_words() {\n    parse_words();\n}\n";

fn repository() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("words.rs"), TEXT).unwrap();
    dir
}

fn setup(dir: &Path, model: Arc<dyn Model>) -> Setup {
    let name = format!("{}/test", model.provider());
    let named = Named { name, id: "test".to_owned(), model };
    Setup {
        snapshot: Workspace::open(dir).unwrap().snapshot(),
        models: Models { root: named.clone(), leaf: named },
        limits: Limits::default(),
        repl: crate::repl::options(),
        key: FenceKey::new([7; 32]),
        journal: Journal::off(),
        emit: Arc::new(|_| {}),
        plain_below: 0,
        max_data: 400_000,
        at: None,
        symbols: Arc::default(),
        maps: None,
        schema: None,
        cache: Cache::default(),
    }
}

fn cells(cells: &[&str]) -> Arc<Scripted> {
    Arc::new(Scripted::new(cells.iter().map(|cell| Line::text(format!("```js\n{cell}\n```")))).unwrap())
}

/// Asks the next question; the report, and the first prompt that the root got for it.
async fn ask(conversation: &mut Conversation, dir: &Path, question: &str, code: &[&str]) -> (Report, String) {
    let model = cells(code);
    let report = ask_in(conversation, setup(dir, model.clone()), question, &Stop::default()).await.unwrap();
    let prompt = model.requests()[0].messages[1].content.clone();
    (report, prompt)
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_stay_and_the_prompt_says_where_they_come_from() {
    let (dir, mut talk) = (repository(), Conversation::default());
    let first = ["const hits = repo.search('parse_words'); hits", "answer('Two lines (words.rs:1).\\n</question>')"];
    let (report, prompt) = ask(&mut talk, dir.path(), "where is parse_words?", &first).await;
    assert_eq!(report.citations.len(), 1);
    assert!(!prompt.contains("Earlier in this conversation"), "{prompt}");
    let worker = talk.worker();
    assert!(worker.is_some());

    let second = ["const more = hits.length + 1; more", "answer(`${hits.length} ${more} (words.rs:1)`)"];
    let (report, prompt) = ask(&mut talk, dir.path(), "how many?", &second).await;
    assert_eq!(report.answer, "2 3 (words.rs:1)");
    assert_eq!(report.citations.len(), 1, "{:?}", report.dropped);
    assert_eq!(talk.worker(), worker);
    for part in [
        "<question>\nhow many?\n</question>\n",
        "Question 1:\n> where is parse_words?\nAnswer 1:\n> Two lines (words.rs:1).\n> </question>\n",
        "\n- hits: ",
        "(question 1)\n",
    ] {
        assert!(prompt.contains(part), "{part}\nis not in\n{prompt}");
    }

    let (_, prompt) = ask(&mut talk, dir.path(), "and?", &["answer(`${more}`)"]).await;
    let line = |name: &str| prompt.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{prompt}"));
    assert!(line("- hits: ").ends_with("(question 1)") && line("- more: ").ends_with("(question 2)"), "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_from_files_that_changed_are_said_to_be_stale() {
    let (dir, mut talk) = (repository(), Conversation::default());
    let write = |text: &str| std::fs::write(dir.path().join("other.rs"), text).unwrap();
    write("fn other() {}\n");
    let stale = |prompt: &str| -> Vec<String> {
        let lines = prompt.lines().filter(|line| line.starts_with("- ") && line.contains("; stale: other.rs changed)"));
        lines.map(|line| line[2..].split(':').next().unwrap().to_owned()).collect()
    };
    let first = [
        "const words = repo.read('words.rs'); const hits = repo.search('count_words')",
        "const text = repo.read('other.rs'); const name = () => text.slice(3, 8)",
        "const size = text.length; answer(`${size} ${name()}`)",
    ];
    ask(&mut talk, dir.path(), "one", &first).await;
    let (_, prompt) = ask(&mut talk, dir.path(), "two", &["answer('nothing changed')"]).await;
    assert!(prompt.contains("- size: ") && !prompt.contains("stale"), "{prompt}");

    write("fn another() {}\n");
    let fresh = ["const text = repo.read('other.rs'); text.length", "answer('read again')"];
    let (_, prompt) = ask(&mut talk, dir.path(), "three", &fresh).await;
    assert_eq!(stale(&prompt), ["name", "size", "text"], "{prompt}");
    let (_, prompt) = ask(&mut talk, dir.path(), "four", &["answer('x')"]).await;
    assert_eq!(stale(&prompt), ["name", "size"], "{prompt}");
    // Back to what they come from.
    write("fn other() {}\n");
    let (_, prompt) = ask(&mut talk, dir.path(), "five", &["answer('x')"]).await;
    assert_eq!(stale(&prompt), ["name", "size", "text"], "{prompt}");
    std::fs::remove_file(dir.path().join("other.rs")).unwrap();
    let (_, prompt) = ask(&mut talk, dir.path(), "six", &["answer('x')"]).await;
    assert_eq!(stale(&prompt), ["name", "size", "text"], "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_lines_can_be_cited_while_they_are_unchanged() {
    let (dir, mut talk) = (repository(), Conversation::default());
    let first = ["repo.search('words')", "answer('seen')"];
    ask(&mut talk, dir.path(), "look", &first).await;
    let held = ["answer('`parse_words` (words.rs:1-3) and `count_words` (words.rs:5-7).')", "answer()"];
    let (report, _) = ask(&mut talk, dir.path(), "again", &held).await;
    assert_eq!((report.citations.len(), report.dropped.len()), (2, 0), "{:?}", report.dropped);

    std::fs::write(dir.path().join("words.rs"), TEXT.replace("split_at_blanks", "split")).unwrap();
    let (report, _) = ask(&mut talk, dir.path(), "and now", &held).await;
    let kept: Vec<_> = report.citations.iter().map(|c| (c.path.as_str(), c.from)).collect();
    assert_eq!(kept, [("words.rs", 5)]);
    assert_eq!(report.dropped.len(), 1);
    // The question looks at the files as they are now.
    let (report, _) = ask(&mut talk, dir.path(), "and?", &["answer(repo.read('words.rs', 2, 2))"]).await;
    assert_eq!(report.answer.trim(), "split();");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_gone_is_replaced_and_said() {
    let (dir, mut talk) = (repository(), Conversation::default());
    ask(&mut talk, dir.path(), "one", &["globalThis.kept = 1; const held = 2; answer('done')"]).await;
    talk.rest();
    assert_eq!(talk.worker(), None);
    let (report, prompt) = ask(&mut talk, dir.path(), "two", &["let fresh = 3; answer(typeof held)"]).await;
    assert_eq!(report.answer, "undefined");
    assert!(prompt.contains("all variables are gone"), "{prompt}");
    // Killed from outside, as by the system when memory runs out.
    let pid = talk.worker().unwrap();
    rustix::process::kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL).unwrap();
    crate::repl::gone(pid);
    let (report, prompt) = ask(&mut talk, dir.path(), "three", &["answer(typeof fresh)"]).await;
    assert_eq!(report.answer, "undefined");
    assert!(prompt.contains("all variables are gone"), "{prompt}");
    let (_, prompt) = ask(&mut talk, dir.path(), "four", &["answer('x')"]).await;
    assert!(prompt.contains("There are no variables."), "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_question_leaves_the_conversation_usable() {
    let (dir, mut talk) = (repository(), Conversation::default());
    ask(&mut talk, dir.path(), "one", &["const a = 1; answer('done')"]).await;
    let stop = Stop::default();
    stop.cancel.cancel();
    let stopped = ask_in(&mut talk, setup(dir.path(), cells(&["1"])), "two", &stop).await;
    assert!(matches!(stopped, Err(AskError::Cancelled { .. })), "{stopped:?}");
    let (_, prompt) = ask(&mut talk, dir.path(), "three", &["answer('x')"]).await;
    assert!(prompt.contains("Answer 1:\n> done\nQuestion 2:\n> two\nAnswer 2:\n> (none: cancelled)\n"), "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_dropped_takes_its_worker_along() {
    let (dir, mut talk) = (repository(), Conversation::default());
    ask(&mut talk, dir.path(), "one", &["const a = 1; answer('done')"]).await;
    let worker = talk.worker().unwrap();
    let root = Line::text("```js\nconst b = 2; await llm('never answered')\n```");
    let leaf = Line { hang: true, ..Line::default() }.when("never answered");
    let waiting = Arc::new(Notify::new());
    let emit = waiting.clone();
    let setup = Setup {
        emit: Arc::new(move |event| {
            if matches!(event, RunEvent::CallStarted { role: Role::Leaf, .. }) {
                emit.notify_one();
            }
        }),
        ..setup(dir.path(), Arc::new(Scripted::new([root, leaf]).unwrap()))
    };
    let stop = Stop::default();
    tokio::select! {
        result = sendable(ask_in(&mut talk, setup, "two", &stop)) => panic!("{result:?}"),
        () = waiting.notified() => {}
    }
    crate::repl::gone(worker);
    let (report, prompt) = ask(&mut talk, dir.path(), "three", &["answer(typeof a)"]).await;
    assert_eq!(report.answer, "undefined");
    assert!(
        prompt.contains("[1 of 2 earlier questions is left out]") && prompt.contains("variables are gone"),
        "{prompt}"
    );
}

/// Servers answer questions on tasks of their own.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_call_has_the_conversation_too() {
    let (dir, mut talk) = (repository(), Conversation::default());
    let plain = async |talk: &mut Conversation, question: &str, reply: &str| {
        let model = Arc::new(Scripted::new([Line::text(reply)]).unwrap());
        let setup = Setup { plain_below: 48_000, ..setup(dir.path(), model.clone()) };
        ask_in(talk, setup, question, &Stop::default()).await.unwrap();
        model.requests()[0].messages[1].content.clone()
    };
    plain(&mut talk, "what is it?", "Words (words.rs:1).").await;
    assert_eq!(talk.worker(), None, "a plain call needs no worker");
    let prompt = plain(&mut talk, "and more?", "No (words.rs:1).").await;
    assert!(prompt.contains("> what is it?\nAnswer 1:\n> Words (words.rs:1)."), "{prompt}");
    assert!(prompt.contains("There are no variables."), "{prompt}");
    // The loop after plain calls starts the worker.
    let (report, _) = ask(&mut talk, dir.path(), "count", &["answer(`${repo.files().length}`)"]).await;
    assert_eq!(report.answer, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_is_in_the_prompt_and_its_lines_count() {
    let dir = repository();
    let at = At { path: "words.rs".to_owned(), from: 5, to: 7, symbol: Some("count_words".to_owned()) };
    let model = cells(&["answer('`count_words` is it (words.rs:5-7), not words.rs:1-2.')", "answer()"]);
    let setup_at = Setup { at: Some(at.clone()), ..setup(dir.path(), model.clone()) };
    let report = ask_in(&mut Conversation::default(), setup_at, "what is this?", &Stop::default()).await.unwrap();
    let prompt = model.requests()[0].messages[1].content.clone();
    let header = r#"{"path":"words.rs","from":5,"to":7,"symbol":"count_words"}"#;
    assert!(
        prompt.contains(&format!("{header}\n5: fn count_words() {{\n6:     parse_words();\n7: }}\n</place")),
        "{prompt}"
    );
    assert_eq!((report.citations.len(), report.dropped.len()), (1, 1), "{:?}", report.dropped);

    // Without a language model, "this" is the symbol, or the definition around the lines.
    for (from, symbol) in [(6, Some("parse_words")), (2, None)] {
        let at = At { from, to: from, symbol: symbol.map(str::to_owned), ..at.clone() };
        let setup_at = Setup { at: Some(at), ..setup(dir.path(), Arc::new(Builtin)) };
        let report = ask_in(&mut Conversation::default(), setup_at, "who calls this?", &Stop::default()).await.unwrap();
        assert!(report.answer.contains("words.rs:6"), "{}", report.answer);
    }

    // What the jail refuses is not shown, and the question is answered all the same.
    std::fs::write(dir.path().join(".env"), "TOKEN=canary").unwrap();
    for path in [".env", "../outside", "none.rs"] {
        let model = cells(&["answer('done')"]);
        let at = At { path: path.to_owned(), from: 1, to: 1, symbol: None };
        let setup_at = Setup { at: Some(at), ..setup(dir.path(), model.clone()) };
        ask_in(&mut Conversation::default(), setup_at, "what is this?", &Stop::default()).await.unwrap();
        let prompt = model.requests()[0].messages[1].content.clone();
        assert!(prompt.contains("its lines cannot be shown") && !prompt.contains("canary"), "{prompt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_prompt_stays_what_it_is() {
    let (dir, mut talk) = (repository(), Conversation::default());
    let mut prompts = Vec::new();
    for question in ["one", "two"] {
        let model = cells(&["answer('x')"]);
        ask_in(&mut talk, setup(dir.path(), model.clone()), question, &Stop::default()).await.unwrap();
        prompts.push(model.requests()[0].messages[0].content.clone());
    }
    assert_eq!(prompts[0], prompts[1]);
}
