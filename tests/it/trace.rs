//! A run as a page and as lines for programs: over real runs, hostile texts, damaged journals and very large ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use regex::Regex;
use serde_json::{Value, json};
use spelunk::journal::event::{
    Agent, CellError, Citation, Dropped, EndReason, HostError, Line, Message, Models, Outcome, Reply, Request, Role,
    ToolCall, Totals, Usage,
};
use spelunk::journal::{Blobs, Body, Event, Header, Run, export, html, read, show};
use tempfile::TempDir;

use crate::agent::{Finished, World, contains};

const RUN: &str = "20260725-172000000-abcdef";
const SECRET: &str = "AKIAIOSFODNN7EXAMPLE";

/// A state folder with one journal.
struct State {
    dir: TempDir,
}

impl State {
    fn of(journal: &[u8]) -> Self {
        let state = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(state.dir.path().join("runs")).unwrap();
        std::fs::write(state.path(), journal).unwrap();
        state
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("runs").join(format!("{RUN}.jsonl"))
    }

    fn blobs(&self) -> Blobs {
        Blobs::new(self.dir.path())
    }

    fn run(&self) -> Run {
        read(&self.path()).unwrap()
    }

    fn page(&self) -> String {
        html::page(&self.run(), &self.blobs())
    }

    /// The exported lines, and what could not be exported.
    fn lines(&self) -> (Vec<Value>, Vec<String>) {
        let mut lines = Vec::new();
        let lost = export::export(&self.run(), &self.blobs(), |line| {
            assert!(!line.contains(['\n', '\r', '\u{2028}', '\u{85}']));
            lines.push(serde_json::from_str(line).unwrap());
            Ok::<(), ()>(())
        });
        (lines, lost.unwrap())
    }
}

/// Between a child's start and its end all lines are the child's.
fn journal(events: Vec<Event>) -> Vec<u8> {
    let mut inside = false;
    let lines = events.into_iter().enumerate().map(|(n, event)| {
        inside |= matches!(event, Event::AgentStarted(_));
        let agent = u64::from(inside);
        inside &= !matches!(event, Event::AgentEnded { .. });
        Line { seq: n as u64, at: n as u64 * 10, agent, event }
    });
    lines.flat_map(|line| (serde_json::to_string(&line).unwrap() + "\n").into_bytes()).collect()
}

/// Asks with a model that plays back a script: three sub-calls of which one fails, a read, an answer with a citation.
async fn recorded(world: &World) -> Finished {
    world.file("src/config.rs", format!("pub const K: &str = \"{SECRET}\"; // for tests\n"));
    let cell = |code: &str| json!({ "text": format!("```js\n{code}\n```"), "usage": { "input": 1200, "output": 40 } });
    let script = [
        cell("const hits = repo.search(/fn (parse|count)/); console.log(repo.read('src/config.rs')); hits"),
        cell(
            "let failed = 0; try { repo.read('nope.rs') } catch { failed++ }\n\
              const all = await llmAll(['first?', 'second?', 'third?'].map((prompt) => ({ prompt, data: repo.text(hits) }))); all",
        ),
        cell("answer(`${all[0].value}: \\`count\\` calls \\`parse\\` (src/parse.rs:8-10).`)"),
        json!({ "when": "first?", "text": "one </script><script>alert(1)</script>" }),
        json!({ "when": "second?", "error": { "kind": "bad-request", "message": "no such <thing>" } }),
        json!({ "when": "third?", "text": "three" }),
    ];
    let path = world.state().parent().unwrap().join("script.jsonl");
    std::fs::write(&path, script.map(|line| line.to_string()).join("\n")).unwrap();
    let (repo, model) = (world.repo(), format!("scripted/{}", path.display()));
    world.run(&["ask", "who calls parse?", repo.to_str().unwrap(), "--json", "--model", &model]).await
}

/// The tags of a page, each a name and its attributes. Everything else in it has to be text.
fn tags(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    // The style and the script are the page's own.
    let own =
        Regex::new(r"(?s)(<style nonce=[0-9a-f]{32}>|<script nonce=[0-9a-f]{32}>).*?(</style>|</script>)").unwrap();
    let page = own.replace_all(page, "$1$2");
    let attribute = Regex::new(r#"^\s+([a-zA-Z0-9-]+)(?:=(?:"([^"]*)"|([^\s">]+)))?"#).unwrap();
    let mut tags = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("no tag: {piece:.200}"));
        assert!(!text.contains('>'), "an end of no tag: {text:.200}");
        let (name, mut rest) = tag.split_at(tag.find(char::is_whitespace).unwrap_or(tag.len()));
        let mut attributes = Vec::new();
        while let Some(found) = attribute.captures(rest) {
            let value = found.get(2).or(found.get(3)).map_or("", |value| value.as_str());
            attributes.push((found[1].to_owned(), value.to_owned()));
            rest = &rest[found[0].len()..];
        }
        assert!(rest.trim_matches([' ', '/']).is_empty(), "<{tag}>: {rest}");
        tags.push((name.to_owned(), attributes));
    }
    tags
}

/// What holds for every page: tags and attributes of ours only, nothing that loads or acts, no odd character.
fn assert_sound(page: &str) {
    let names: Vec<&str> = "!doctype html meta title style main header section h1 h2 p dl div dt dd ul li table tr th td details \
                            summary pre code q small em b span a svg g line rect text fieldset legend label input button script"
        .split_whitespace()
        .collect();
    let (mut ids, mut open) = (BTreeSet::new(), Vec::new());
    for (name, attributes) in tags(page) {
        assert!(names.contains(&name.trim_start_matches('/')), "<{name}>");
        for (key, value) in attributes {
            assert!(!key.starts_with("on") && !["style", "src", "srcdoc", "action"].contains(&key.as_str()), "{key}");
            assert!(key != "href" || value.starts_with('#'), "{value}");
            assert!(key != "id" || ids.insert(value.clone()), "two elements are {value}");
        }
        // Those that are never closed, and those that may be left open.
        let void = ["!doctype", "meta", "input", "line", "li", "dt", "dd", "th", "td"].contains(&name.as_str());
        let alone = name == "rect" && open.last() != Some(&"a".to_owned());
        if !void && !alone {
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
                None => open.push(name),
            }
        }
    }
    assert_eq!(open, Vec::<String>::new());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("default-src 'none'"));
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{2028}'..='\u{202e}' | '\u{feff}');
    assert!(!page.contains(odd));
    let style = Regex::new(r"(?s)<style nonce=[0-9a-f]{32}>(.*?)</style>").unwrap().captures(page).unwrap();
    assert!(!Regex::new(r"(?i)url\(|@import|https?:").unwrap().is_match(&style[1]));
}

#[tokio::test]
async fn a_real_run_becomes_a_page_and_lines() {
    let world = World::new();
    let asked = recorded(&world).await;
    let report = asked.json();
    let id = report["run"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let trace = async |args: &[&str]| {
        let mut command = world.command(&[&["trace", id], args].concat());
        crate::agent::finish(command.current_dir(folder.path()).spawn().unwrap()).await
    };

    let written = trace(&["--html"]).await;
    assert_eq!((written.code, written.stdout.trim()), (Some(0), &*format!("{id}.html")), "{}", written.stderr);
    let path = folder.path().join(format!("{id}.html"));
    let page = std::fs::read_to_string(&path).unwrap();
    assert_sound(&page);
    for part in [
        "who calls parse?",
        "Turn 3",
        "× 1",
        "3 sub-calls",
        "src/parse.rs:8-10",
        "valid",
        "no such &lt;thing&gt;",
        "nope.rs",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(SECRET) && page.contains("[redacted:aws-key]"));
    assert_eq!(trace(&["--html", "-"]).await.stdout, page);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    let exported = trace(&["--export", "jsonl"]).await;
    assert_eq!((exported.code, exported.stderr.as_str()), (Some(0), ""));
    assert!(!contains(exported.stdout.as_bytes(), SECRET.as_bytes()));
    let lines: Vec<Value> = exported.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |key: &str, role: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["role"] == role).map(|line| &line[key]).collect()
    };
    assert_eq!(of("turn", "root"), [1, 2, 3]);
    assert_eq!(of("outcome", "root"), ["answered"; 3]);
    assert_eq!(of("turn", "leaf"), [2; 3]);
    assert_eq!(of("outcome", "leaf").iter().filter(|outcome| **outcome == "error").count(), 1);
    assert!(of("parent", "leaf").iter().all(|parent| parent.is_u64()));
    assert_eq!(lines[0]["usage"]["input"], 1200);
    assert_eq!(lines[0]["end"], "answered");
    // What was sent comes whole, the reply before it included.
    let messages = lines[1]["messages"].as_array().unwrap();
    assert_eq!(messages[2]["content"], lines[0]["reply"]["text"]);
    assert!(messages[0]["content"].as_str().unwrap().contains("declare const repo"));
}

#[tokio::test]
async fn what_is_there_is_not_replaced() {
    let world = World::new();
    std::fs::create_dir_all(world.state().join("runs")).unwrap();
    let note = journal(vec![Event::Note { text: "one".into() }]);
    std::fs::write(world.state().join("runs").join(format!("{RUN}.jsonl")), note).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let check = async |path: &Path, force: bool, code: i32, expect: &str| {
        let args = ["trace", RUN, "--html", path.to_str().unwrap(), "--force"];
        let finished = world.run(&args[..args.len() - usize::from(!force)]).await;
        assert_eq!(finished.code, Some(code), "{}", finished.stderr);
        assert!(finished.stderr.contains(expect), "{}", finished.stderr);
    };
    std::fs::write(&file, "mine").unwrap();
    check(&file, false, 1, "--force").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    check(&file, true, 0, "").await;
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("<!doctype html>"));
    check(folder.path(), true, 1, "no regular file").await;
    check(&folder.path().join("no/such/page.html"), false, 1, "no/such/page.html").await;
    #[cfg(unix)]
    {
        let link = folder.path().join("link.html");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
        check(&link, true, 1, "no regular file").await;
        assert!(!folder.path().join("elsewhere").exists());
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")), "{left:?}");
    for args in [&["trace", "--html"][..], &["trace", RUN, "--export", "xml"], &["trace", RUN, "--force"]] {
        assert_eq!(world.run(args).await.code, Some(2), "{args:?}");
    }
}

/// Three children at once, one of which fails, and one with a child of its own that ends by a limit.
pub const CHILDREN: &[u8] = include_bytes!("../data/trace/children.jsonl");

#[test]
fn children_stand_below_their_host_calls() {
    let state = State::of(CHILDREN);
    let shown = show::show(&state.run(), &state.blobs(), false);
    expect_file!["../data/trace/children.txt"].assert_eq(&shown);
    let page = state.page();
    assert_sound(&page);
    for part in
        ["4, at most 4 at once", "3 children, 3 at once", "id=\"cell-3-2\"", "id=\"turn-4-1\"", "from the cache"]
    {
        assert!(page.contains(part), "{part}");
    }
    let (lines, lost) = state.lines();
    assert_eq!(lost, Vec::<String>::new());
    let of = |agent: u64, key: &str| -> Vec<Value> {
        let lines = lines.iter().filter(|line| line["agent"] == agent && line["role"] == "root");
        lines.map(|line| line[key].clone()).collect()
    };
    assert_eq!((of(0, "turn"), of(0, "parent_agent")), (vec![json!(1), json!(2)], vec![Value::Null; 2]));
    assert_eq!((of(4, "turn"), of(4, "parent")), (vec![json!(1), json!(2)], vec![json!(4); 2]));
    assert_eq!((of(4, "parent_agent"), of(4, "depth")), (vec![json!(3); 2], vec![json!(2); 2]));
    assert_eq!((of(4, "agent_end"), of(4, "end")), (vec![json!("limit"); 2], vec![json!("answered"); 2]));
    assert_eq!(of(2, "agent_end"), ["failed"]);
    assert_eq!(lines.iter().filter(|line| line["hit"] == true).count(), 1);
}

/// A run that was killed, at any line: what is there of its children is shown.
#[test]
fn a_killed_run_with_children_is_shown() {
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', CHILDREN).collect();
    for end in ends {
        let begun = CHILDREN[..end]
            .split(|byte| *byte == b'\n')
            .filter(|line| memchr::memmem::find(line, b"agent_started").is_some());
        let begun = begun.count();
        let state = State::of(&CHILDREN[..=end]);
        let (page, shown) = (state.page(), show::show(&state.run(), &state.blobs(), false));
        assert_sound(&page);
        assert_eq!(page.matches("<b>Child ").count(), begun);
        assert_eq!(shown.matches(" at depth ").count(), begun, "{shown}");
    }
}

/// What a journal claims about its children never makes a circle, nor a tree too deep to show.
#[test]
fn absurd_children_are_shown() {
    let mut lines = String::new();
    let mut add = |agent: u64, event: Value| {
        let mut line = json!({ "seq": lines.lines().count(), "at": lines.len(), "agent": agent });
        line.as_object_mut().unwrap().extend(event.as_object().unwrap().clone());
        lines += &format!("{line}\n");
    };
    let begins = |parent: u64, host: u64| json!({ "type": "agent_started", "parent": parent, "host": host, "depth": 1, "question": "q", "seed": 1, "epoch_ms": 1 });
    let asks = |host: u64| json!({ "type": "host_call", "cell": 1, "host": host, "name": "rlm", "args": "[]", "blocking": false });
    // Its own parent, below its own host call; then one below the other, without end.
    add(1, asks(1));
    add(1, begins(1, 1));
    add(1, begins(1, 1));
    for agent in 2..300 {
        add(agent - 1, asks(agent));
        add(agent, begins(agent - 1, agent));
    }
    let state = State::of(lines.as_bytes());
    let (page, shown) = (state.page(), show::show(&state.run(), &state.blobs(), true));
    assert_sound(&page);
    assert_eq!(page.matches("<b>Child ").count(), 301);
    assert!(shown.contains("child 299, ") && shown.lines().all(|line| line.len() < 400));
}

#[test]
fn goldens_of_a_recorded_run() {
    let state = State::of(include_bytes!("../data/trace/run.jsonl"));
    let page = state.page();
    assert_sound(&page);
    let own = Regex::new(r"(?s)(<style[^>]*>|<script[^>]*>).*?(</style>|</script>)").unwrap();
    let nonce = Regex::new(r"nonce([=-])[0-9a-f]{32}").unwrap();
    let page = nonce.replace_all(&own.replace_all(&page, "$1$2"), "nonce${1}NONCE").into_owned();
    expect_file!["../data/trace/page.html"].assert_eq(&page);

    let mut lines = String::new();
    let lost = export::export(&state.run(), &state.blobs(), |line| {
        lines.extend([line, "\n"]);
        Ok::<(), ()>(())
    });
    assert_eq!(lost.unwrap(), Vec::<String>::new());
    expect_file!["../data/trace/export.jsonl"].assert_eq(&lines);
}

/// One of each event, with `text` wherever a text can stand.
fn full_of(text: &str) -> Vec<Event> {
    let own = || text.to_owned();
    let body = || Body::from(text);
    let tool = || ToolCall { id: own(), name: own(), arguments: body() };
    let message = || Message { role: own(), content: body(), tool_calls: vec![tool()], tool_call_id: Some(own()) };
    let call = |call, parent, role| Event::CallStarted {
        call,
        parent,
        model: own(),
        role,
        label: own(),
        request: Request { messages: vec![message(), message()], options: body() },
    };
    let finished = |call, outcome| Event::CallFinished {
        call,
        outcome,
        usage: Usage::default(),
        usd: Some(0.5),
        attempts: 2,
        hit: false,
    };
    let host = |host, name: &str| Event::HostCall { cell: 1, host, name: name.into(), args: body(), blocking: true };
    let done = || Event::CellDone {
        cell: 1,
        output: body(),
        value: Some(body()),
        error: Some(CellError { kind: own(), text: body() }),
        warnings: vec![own()],
        computed_ms: 1,
        lost: Some(own()),
    };
    let citation = Citation { path: own(), from: 1, to: 3, status: own(), missing: vec![own()], hash: own() };
    let dropped = Dropped { path: own(), from: 1, to: 3, reason: own() };
    let header = Header {
        spelunk: own(),
        question: own(),
        workspace: own(),
        root: Some(own()),
        revision: Some(own()),
        config: json!({ text: [text] }),
        models: Models { root: own(), leaf: own() },
        ..Header::default()
    };
    vec![
        Event::Header(Box::new(header)),
        Event::TurnStarted { turn: 1 },
        call(1, None, Role::Root),
        Event::CallRetry { call: 1, reason: own(), wait_ms: 5 },
        finished(1, Outcome::Ok(Reply { text: body(), tool_calls: vec![tool()], finish: own() })),
        Event::Cell { cell: 1, code: body() },
        host(1, text),
        Event::HostReply { host: 1, outcome: Outcome::Ok(body()) },
        host(2, text),
        Event::HostReply { host: 2, outcome: Outcome::Error(HostError { name: own(), message: own() }) },
        host(3, "llm"),
        call(2, Some(3), Role::Leaf),
        finished(2, Outcome::Error(own())),
        host(4, "rlm"),
        Event::AgentStarted(Box::new(Agent {
            host: 4,
            depth: 1,
            question: body(),
            scope: vec![own(), own()],
            ..Agent::default()
        })),
        Event::TurnStarted { turn: 1 },
        call(3, None, Role::Root),
        finished(3, Outcome::Ok(Reply { text: body(), tool_calls: vec![tool()], finish: own() })),
        Event::Cell { cell: 1, code: body() },
        done(),
        Event::Note { text: own() },
        Event::Answer { value: body(), citations: Vec::new(), dropped: Vec::new(), held: false, problems: vec![own()] },
        Event::AgentEnded { reason: EndReason::Failed, detail: own() },
        done(),
        Event::Note { text: own() },
        Event::Limit { which: own(), detail: own() },
        Event::Answer {
            value: json!(text).to_string().into(),
            citations: vec![citation.clone()],
            dropped: Vec::new(),
            held: true,
            problems: vec![own()],
        },
        Event::Answer {
            value: body(),
            citations: vec![citation],
            dropped: vec![dropped],
            held: false,
            problems: Vec::new(),
        },
        Event::End { reason: EndReason::Limit, detail: own(), totals: Totals::default() },
    ]
}

#[test]
fn hostile_texts_in_every_field() {
    let huge = "<b>\u{202e}\u{1b}[31m'\"`&".repeat(20_000);
    for text in [
        "</script><script>alert(1)</script>",
        "</title></style><style>*{display:none}</style>",
        "\" onmouseover=alert(1) x=\"",
        "' autofocus onfocus='alert(1)",
        "<!-- <![CDATA[ --> ]]> <svg/onload=alert(1)> <img src=http://evil.example/x>",
        "\u{0}\u{7}\u{1b}]0;t\u{7}\u{9b}31m\u{85}\r\u{7f}",
        "line\u{2028}one\u{2029}two \u{202e}evil\u{2066} \u{feff}\u{200b}\u{e0041}",
        "{\"blob\":\"x\"}",
        "\\u003cscript\\u003e &lt;script&gt; javascript:alert(1)",
        "",
        &huge,
    ] {
        let state = State::of(&journal(full_of(text)));
        assert_eq!(state.run().damage, []);
        let page = state.page();
        assert_sound(&page);
        assert!(page.len() < 9 << 20, "{} bytes", page.len());
        let (lines, lost) = state.lines();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["messages"][1]["content"], text);
        assert_eq!(lines[0]["reply"]["text"], text);
        assert_eq!((&lines[1]["error"], &lines[1]["parent"]), (&json!(text), &json!(3)));
        assert_eq!((&lines[2]["agent"], &lines[2]["depth"], &lines[2]["parent"]), (&json!(1), &json!(1), &json!(4)));
        let shown = show::show(&state.run(), &state.blobs(), true);
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:.2000}");
        // Only the options have to be JSON.
        assert_eq!(lost.is_empty(), serde_json::from_str::<Value>(text).is_ok(), "{lost:?}");
    }
}

#[test]
fn damaged_journals_show_what_is_left() {
    let whole = journal(full_of("some text"));
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &whole).collect();
    for cut in ends.iter().flat_map(|end| [end - 9, *end, end + 1]) {
        let state = State::of(&whole[..cut]);
        let torn = !(ends.contains(&cut) || ends.contains(&(cut - 1)));
        let page = state.page();
        assert_sound(&page);
        assert_eq!(page.contains("torn: the last line"), torn, "cut at {cut}");
        assert_eq!(page.contains("the run was killed, or still goes on"), cut < whole.len() - 1, "cut at {cut}");
        let (_, lost) = state.lines();
        assert_eq!(lost.iter().any(|lost| lost.starts_with("torn")), torn, "{lost:?}");
    }
    for missing in 0..ends.len() {
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let damaged = [&lines[..missing].concat(), &b"{garbage\n"[..], &lines[missing + 1..].concat()].concat();
        let state = State::of(&damaged);
        let page = state.page();
        assert_sound(&page);
        assert!(page.contains("damaged: 8 bytes at"), "without line {missing}");
        let (exported, lost) = state.lines();
        assert!(lost[0].starts_with("damaged: 8 bytes at"), "{lost:?}");
        // A call without its beginning, or without its end, is there with the rest.
        assert_eq!(exported.len(), 3, "without line {missing}");
        let shown = show::show(&state.run(), &state.blobs(), false);
        assert!(shown.contains("child 1: failed (some text)") || shown.contains("child 1: its end"), "{shown}");
    }
}

#[test]
fn texts_that_are_gone_are_named() {
    let gone = Body::Blob { blob: "ab".repeat(32), bytes: 5_000 };
    let messages = vec![Message { role: "user".into(), content: gone, tool_calls: vec![], tool_call_id: None }];
    let omitted = Body::Omitted { omitted: "cd".repeat(32), bytes: 1 << 30 };
    let state = State::of(&journal(vec![
        Event::CallStarted {
            call: 1,
            parent: None,
            model: "m".into(),
            role: Role::Root,
            label: String::new(),
            request: Request { messages, options: "{\"max_tokens\":9}".into() },
        },
        Event::Cell { cell: 1, code: omitted },
    ]));
    let page = state.page();
    assert_sound(&page);
    assert!(page.contains("5,000 bytes") && page.contains("is gone or damaged"));
    assert!(page.contains("1073741824 bytes were too many to keep"));
    let (lines, lost) = state.lines();
    let missing = &lines[0]["missing"][0];
    assert_eq!((&missing["field"], &missing["bytes"]), (&json!("messages[0].content"), &json!(5_000)));
    assert_eq!((&lines[0]["messages"][0]["content"], &lines[0]["outcome"]), (&Value::Null, &json!("unfinished")));
    assert_eq!(lines[0]["options"]["max_tokens"], 9);
    assert_eq!(lost, ["1 texts are gone; `missing` in their lines says which"]);
}

#[test]
fn a_very_large_run_stays_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let journal = spelunk::journal::Journal::create(dir.path(), |text| text.into(), Header::default());
    // 1,000 sub-calls with 50 MB in blobs, no two alike, and 10,000 host calls.
    journal.write(Event::TurnStarted { turn: 1 });
    journal.write(Event::Cell { cell: 1, code: "all".into() });
    journal.write(Event::HostCall { cell: 1, host: 0, name: "llmAll".into(), args: "[]".into(), blocking: false });
    for call in 1..=1_000_u64 {
        let content = format!("<data {call}>\n").repeat(4_000);
        let messages =
            vec![Message { role: "user".into(), content: content.into(), tool_calls: vec![], tool_call_id: None }];
        let request = Request { messages, options: "{}".into() };
        journal.write(Event::CallStarted {
            call,
            parent: Some(0),
            model: "m".into(),
            role: Role::Leaf,
            label: String::new(),
            request,
        });
    }
    for call in 1..=1_000 {
        let reply = Reply { text: format!("reply {call}").into(), tool_calls: vec![], finish: "stop".into() };
        let outcome = Outcome::Ok(reply);
        journal.write(Event::CallFinished {
            call,
            outcome,
            usage: Usage::default(),
            usd: None,
            attempts: 1,
            hit: false,
        });
    }
    for host in 1..=10_000 {
        let args = format!("[\"src/file_{host}.rs\"]");
        journal.write(Event::HostCall { cell: 1, host, name: "repo.read".into(), args: args.into(), blocking: true });
        journal.write(Event::HostReply { host, outcome: Outcome::Ok("\"text\"".into()) });
    }
    journal.write(Event::Note { text: "at the end".into() });
    let page = html::page(&read(journal.path().unwrap()).unwrap(), &Blobs::new(dir.path()));
    assert_sound(&page);
    assert!(page.len() < 12 << 20, "{} bytes", page.len());
    assert!(page.contains("1,000 sub-calls, ") && page.contains("× 10,000"));
    assert!(page.contains("reply 1000") && page.contains("left out, the page is full") && page.contains("at the end"));
}
