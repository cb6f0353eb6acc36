//! Random edits, and what is found right after each of them: nothing of a text that is no more, everything of the one
//! that is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}

/// A file, and the document over it while it is open. Each line defines one function, or is no code.
struct File {
    path: &'static str,
    /// How its lines end.
    end: &'static str,
    lines: Vec<Line>,
    saved: Vec<Line>,
    version: Option<i64>,
}

#[derive(Clone)]
enum Line {
    /// Defines this one, and calls that one.
    Function(usize, Option<usize>),
    Note(usize),
}

impl Line {
    fn text(&self, path: &str) -> String {
        let python = path.ends_with(".py");
        match (self, python) {
            (Self::Function(name, None), false) => format!("fn w{name}() {{}}"),
            (Self::Function(name, None), true) => format!("def w{name}(): pass"),
            (Self::Function(name, Some(other)), false) => format!("fn w{name}() {{ w{other}(); }}"),
            (Self::Function(name, Some(other)), true) => format!("def w{name}(): w{other}()"),
            (Self::Note(name), false) => format!("// é𝒳 w{name}"),
            (Self::Note(name), true) => format!("# é𝒳 w{name}"),
        }
    }

    fn defines(&self) -> Option<usize> {
        match self {
            Self::Function(name, _) => Some(*name),
            Self::Note(_) => None,
        }
    }
}

impl File {
    fn text(&self, lines: &[Line]) -> String {
        lines.iter().map(|line| line.text(self.path) + self.end).collect()
    }

    /// The names that are defined, by their lines.
    fn defined(&self) -> Vec<(String, u64)> {
        let named = |(at, line): (usize, &Line)| line.defines().map(|name| (format!("w{name}"), at as u64));
        self.lines.iter().enumerate().filter_map(named).collect()
    }

    /// Changes the text in one place, as a client says it.
    fn edit(&mut self, random: &mut Numbers, next: &mut usize) -> Value {
        let at = random.below(self.lines.len() + 1);
        let place = |line: usize, character: usize| json!({ "line": line, "character": character });
        if let Some(Line::Function(name, _)) = self.lines.get_mut(at).filter(|_| random.below(3) == 0) {
            // Only the name's number.
            let start = if self.path.ends_with(".py") { 5 } else { 4 };
            let end = start + name.to_string().len();
            *next += 1;
            *name = *next;
            return json!({ "range": { "start": place(at, start), "end": place(at, end) }, "text": name.to_string() });
        }
        let gone = at..(at + random.below(3)).min(self.lines.len());
        let known: Vec<usize> = self.lines.iter().filter_map(Line::defines).collect();
        let added: Vec<Line> = (0..random.below(3))
            .map(|_| {
                *next += 1;
                match random.below(4) {
                    0 => Line::Note(known.get(random.below(known.len())).copied().unwrap_or_default()),
                    1 => Line::Function(*next, known.get(random.below(known.len())).copied()),
                    _ => Line::Function(*next, None),
                }
            })
            .collect();
        let text = self.text(&added);
        let range = json!({ "start": place(gone.start, 0), "end": place(gone.end, 0) });
        self.lines.splice(gone, added);
        json!({ "range": range, "text": text })
    }
}

fn lines_of(found: &Value) -> BTreeSet<(String, u64)> {
    let place = |found: &Value| {
        let location = if found["location"].is_object() { &found["location"] } else { found };
        (location["uri"].as_str().unwrap().to_owned(), location["range"]["start"]["line"].as_u64().unwrap())
    };
    found.as_array().map(|all| all.iter().map(place).collect()).unwrap_or_default()
}

async fn check(seed: u64, steps: usize) {
    let world = World::new();
    let mut random = Numbers(seed);
    let mut next = 0;
    let mut files: Vec<File> = ["src/a.rs", "src/b.rs", "src/deep/c.rs", "src/d.rs", "tools/e.py", "tools/f.py"]
        .iter()
        .enumerate()
        .map(|(at, path)| {
            let end = if at % 3 == 1 { "\r\n" } else { "\n" };
            next += 20;
            let lines: Vec<Line> = (next - 19..=next).map(|name| Line::Function(name, None)).collect();
            File { path, end, saved: lines.clone(), lines, version: None }
        })
        .collect();
    for file in &files {
        world.file(file.path, file.text(&file.lines));
    }
    // Its own watcher must not have a say: what counts is what the client tells.
    let watches = json!({ "didChangeWatchedFiles": { "dynamicRegistration": true } });
    let text = json!({ "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } });
    let mut client = Client::ready(&world, json!({ "workspace": watches, "textDocument": text }), Value::Null).await;
    let mut version = 1;
    for step in 0..steps {
        let at = random.below(files.len());
        let file = &mut files[at];
        let former = file.defined();
        version += 1;
        let document = json!({ "uri": client.uri(file.path) });
        match (file.version, random.below(12)) {
            (None, _) => {
                file.version = Some(version);
                // What an editor restores may be other than what was saved.
                if random.below(2) == 0 {
                    file.edit(&mut random, &mut next);
                }
                let language = if file.path.ends_with(".py") { "python" } else { "rust" };
                client.open(file.path, language, version, &file.text(&file.lines)).await;
            }
            (Some(_), 0) => {
                file.version = None;
                file.lines.clone_from(&file.saved);
                client.notify("textDocument/didClose", json!({ "textDocument": document })).await;
            }
            (Some(_), 1) => {
                file.saved.clone_from(&file.lines);
                world.file(file.path, file.text(&file.lines));
                client.notify("textDocument/didSave", json!({ "textDocument": document })).await;
            }
            (Some(_), _) => {
                file.version = Some(version);
                let changes: Vec<Value> = (0..=random.below(3)).map(|_| file.edit(&mut random, &mut next)).collect();
                client.change(file.path, version, json!(changes)).await;
            }
        }
        let defined = file.defined();
        let context = |what: &str| format!("{what} of {} after step {step} of {seed}", files[at].path);
        let found = client.request("textDocument/documentSymbol", json!({ "textDocument": document })).await.unwrap();
        let symbols: Vec<(String, u64)> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|symbol| {
                let line = symbol["selectionRange"]["start"]["line"].as_u64().unwrap();
                (symbol["name"].as_str().unwrap().to_owned(), line)
            })
            .collect();
        assert_eq!(symbols, defined, "{}", context("symbols"));
        // A name that is there and one that was there a moment ago.
        let here = (!defined.is_empty()).then(|| defined[random.below(defined.len())].clone());
        let gone = former.iter().find(|(name, _)| !defined.iter().any(|(other, _)| other == name));
        for name in here.iter().chain(gone).map(|(name, _)| name) {
            let found = client.request("workspace/symbol", json!({ "query": name })).await.unwrap();
            let exact: Vec<Value> =
                found.as_array().unwrap().iter().filter(|row| row["name"] == **name).cloned().collect();
            let expect: BTreeSet<(String, u64)> = files
                .iter()
                .flat_map(|file| file.defined().into_iter().map(|(name, line)| (name, client.uri(file.path), line)))
                .filter(|(other, ..)| other == name)
                .map(|(_, uri, line)| (uri, line))
                .collect();
            assert_eq!(lines_of(&json!(exact)), expect, "{}", context(name));
        }
        if let Some((name, line)) = here {
            let character = if files[at].path.ends_with(".py") { 4 } else { 3 };
            let place = json!({ "line": line, "character": character });
            let params = json!({
                "textDocument": document, "position": place, "context": { "includeDeclaration": true },
            });
            let found = client.request("textDocument/references", params).await.unwrap();
            let call = format!("w{}()", name.trim_start_matches('w'));
            let has = |line: &Line| line.text(files[at].path).contains(&call) && line.defines().is_some();
            let uses = files[at].lines.iter().enumerate().filter(|(_, line)| has(line));
            let expect: BTreeSet<(String, u64)> =
                uses.map(|(line, _)| (client.uri(files[at].path), line as u64)).collect();
            assert_eq!(lines_of(&found), expect, "{}", context(&format!("references to {name}")));
        }
        client.forget();
    }
    client.shut_down().await;
}

#[tokio::test]
async fn a_text_that_is_too_long_to_parse_holds_up_no_other() {
    let world = World::new();
    let text = json!({ "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } });
    let mut client = Client::ready(&world, json!({ "textDocument": text }), Value::Null).await;
    let rest = "and so on ".repeat(20);
    let long: String = (0..10_000).map(|n| format!("pub fn generated_{n}() {{}} // {rest}\n")).collect();
    assert!(long.len() > 2 << 20);
    let line = format!("const table = [{}];", "1234567890,".repeat(300_000));
    client.open("src/long.rs", "rust", 1, &long).await;
    client.open("src/line.js", "javascript", 1, &line).await;
    client.open("src/short.rs", "rust", 1, "fn short_0() {}\n").await;
    let start = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    for version in 2..6 {
        let name = format!("short_{version}");
        for path in ["src/long.rs", "src/line.js", "src/short.rs"] {
            let new = format!("fn {}_{version}() {{}}\n", if path.ends_with("short.rs") { "short" } else { "long" });
            client.change(path, version, json!([{ "range": start, "text": new }])).await;
        }
        let found = client.request("workspace/symbol", json!({ "query": name })).await.unwrap();
        assert!(found.as_array().unwrap().iter().any(|row| row["name"] == name), "{found}");
    }
    // The long one's own symbols are those of its text, whenever they are asked for.
    let document = json!({ "textDocument": { "uri": client.uri("src/long.rs") } });
    let found = client.request("textDocument/documentSymbol", document).await.unwrap();
    assert_eq!((&found[0]["name"], found.as_array().unwrap().len()), (&json!("long_5"), 10_004));
    // And among all symbols once nothing was typed for a moment.
    let hang = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let found = client.request("workspace/symbol", json!({ "query": "long_5" })).await.unwrap();
        if found.as_array().unwrap().iter().any(|row| row["name"] == "long_5") {
            break;
        }
        assert!(tokio::time::Instant::now() < hang, "it is never among the symbols");
    }
    client.shut_down().await;
}

#[tokio::test]
async fn nothing_stale_is_found_after_any_edit() {
    check(0x2545_f491_4f6c_dd1d, 250).await;
}

#[tokio::test]
async fn nothing_stale_is_found_after_other_edits() {
    check(0x9e37_79b9_7f4a_7c15, 250).await;
}

#[tokio::test]
#[ignore = "takes minutes: 20,000 steps"]
async fn nothing_stale_is_found_after_any_edit_at_length() {
    for seed in 1..=10 {
        check(0x2545_f491_4f6c_dd1d_u64.wrapping_mul(seed), 2_000).await;
    }
}
