//! What is answered about one document: symbols, hovers, folds, selections, questions; and which text counts.

use serde_json::{Value, json};

use super::client::Client;
use super::scene::{Scene, everything};
use crate::agent::World;

const SYMBOLS: &str = "textDocument/documentSymbol";

/// The symbols as an indented list, checking that each range holds its name and lies inside the one around it.
fn outline(scene: &Scene, path: &str, symbols: &Value) -> String {
    fn walk(scene: &Scene, path: &str, symbols: &Value, around: Option<&Value>, depth: usize, out: &mut String) {
        let uri = json!(scene.client.uri(path));
        for symbol in symbols.as_array().into_iter().flatten() {
            let (range, name) = (&symbol["range"], &symbol["selectionRange"]);
            assert!(holds(range, name), "{symbol}");
            assert!(around.is_none_or(|around| holds(around, range)), "{symbol}");
            let shown = scene.shown(&uri, name);
            let (start, end) = (&range["start"], &range["end"]);
            out.push_str(&format!(
                "{}{} {} {}:{}-{}:{}\n",
                "  ".repeat(depth),
                symbol["kind"],
                shown.split_once(' ').unwrap().1,
                start["line"],
                start["character"],
                end["line"],
                end["character"]
            ));
            walk(scene, path, &symbol["children"], Some(range), depth + 1, out);
        }
    }
    let mut out = String::new();
    walk(scene, path, symbols, None, 0, &mut out);
    out
}

fn point(position: &Value) -> (u64, u64) {
    (position["line"].as_u64().unwrap(), position["character"].as_u64().unwrap())
}

fn holds(outer: &Value, inner: &Value) -> bool {
    point(&outer["start"]) <= point(&inner["start"]) && point(&inner["end"]) <= point(&outer["end"])
}

async fn symbols(scene: &mut Scene, path: &str) -> Value {
    let params = json!({ "textDocument": { "uri": scene.client.uri(path) } });
    scene.client.request(SYMBOLS, params).await.unwrap()
}

#[tokio::test]
async fn symbols_nest() {
    let mut scene = Scene::new(
        "//- a.rs
#[derive(Debug)]
pub struct A { x: u8 } fn one() {} fn two() {}
impl A {
    /// Gives it.
    #[inline]
    fn get(&self) -> u8 {
        self.x
    }
}
//- b.py
class B:
    @property
    def x(self):
        self.late = 1
//- c.c
struct { int x; } first, second;
//- d.js
function F() {}
F.prototype.go = function () {};
",
    )
    .await;
    for (path, expect) in [
        ("a.rs", "23 A 0:0-1:22\n  8 x 1:15-1:20\n12 one 1:23-1:34\n12 two 1:35-1:46\n6 get 4:4-7:5\n"),
        ("b.py", "5 B 0:0-3:21\n  6 x 1:4-3:21\n  8 late 3:8-3:21\n"),
        ("c.c", "13 first 0:0-0:32\n13 second 0:0-0:32\n8 x 0:9-0:15\n"),
        ("d.js", "12 F 0:0-0:15\n6 go 1:0-1:31\n"),
    ] {
        let found = symbols(&mut scene, path).await;
        assert_eq!(outline(&scene, path, &found), expect, "{path}");
    }
    scene.client.shut_down().await;
}

#[tokio::test]
async fn symbols_are_flat_for_a_client_that_knows_no_others() {
    let text = "//- a.py\nclass A:\n    def f(self):\n        pass\n";
    let mut scene = Scene::with(text, json!({})).await;
    let found = symbols(&mut scene, "a.py").await;
    let shown: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["name"], one["containerName"], one["location"]["range"]["end"]["line"]))
        .collect();
    assert_eq!(shown, ["\"A\" null 2", "\"f\" \"A\" 2"]);
    let place =
        json!({ "textDocument": { "uri": scene.client.uri("a.py") }, "position": { "line": 1, "character": 9 } });
    let found = scene.client.request("textDocument/definition", place).await.unwrap();
    assert!(found[0]["targetUri"].is_null(), "a location, and no link");
    assert_eq!(scene.locations(&found), ["a.py:2:9 f"]);
    scene.client.shut_down().await;
}

#[tokio::test]
async fn symbols_of_odd_files() {
    let many: String = (0..10_000).map(|at| format!("function f{at}() {{}} /* é */ ")).collect();
    let text = format!("//- empty.rs\n//- notes.txt\nx\n//- run.sh\ngo() {{\n  :\n}}\n//- many.js\n{many}\n");
    let mut scene = Scene::new(&text).await;
    assert_eq!(symbols(&mut scene, "empty.rs").await, json!([]));
    assert_eq!(symbols(&mut scene, "notes.txt").await, Value::Null);
    let shell = symbols(&mut scene, "run.sh").await;
    assert_eq!(shell[0]["name"], "go");
    let many = symbols(&mut scene, "many.js").await;
    assert_eq!(many.as_array().unwrap().len(), 10_000);
    let last = &many[9_999]["selectionRange"];
    assert_eq!(scene.shown(&json!(scene.client.uri("many.js")), last).split_once(' ').unwrap().1, "f9999");
    let missing = scene.client.request(SYMBOLS, json!({ "textDocument": { "uri": scene.client.uri("no.rs") } })).await;
    assert_eq!(missing.unwrap_err()["code"], -32803);
    scene.client.shut_down().await;
}

#[tokio::test]
async fn columns_are_counted_as_agreed() {
    let text =
        "//- a.py\ndef wört():\n    pass\n\n\nx = '😀é'; w$0ört()\r\n//- b.py\nfrom a import wört\r\n'😀'; wört()\r\n";
    for (encoding, column, other) in [("utf-8", 15, 9), ("utf-16", 12, 7), ("utf-32", 11, 6)] {
        let mut capabilities = everything();
        capabilities["general"] = json!({ "positionEncodings": [encoding] });
        let mut scene = Scene::with(text, capabilities).await;
        scene.check("textDocument/definition", 0, &["a.py:1:5 wört"]).await;
        let mut params = scene.place(0);
        params["context"] = json!({ "includeDeclaration": false });
        let found = scene.client.request("textDocument/references", params).await.unwrap();
        let expect = [format!("a.py:5:{column} wört"), "b.py:1:15 wört".to_owned(), format!("b.py:2:{other} wört")];
        assert_eq!(scene.locations(&found), expect, "{encoding}");
        let found = scene.symbols("wört").await;
        assert_eq!(found[0]["name"], "wört");
        let resolved = scene.client.request("workspaceSymbol/resolve", found[0].clone()).await.unwrap();
        let location = &resolved["location"];
        assert_eq!(scene.shown(&location["uri"], &location["range"]), "a.py:1:5 wört");
        scene.client.shut_down().await;
    }
}

#[tokio::test]
async fn unsaved_text_wins() {
    let mut scene = Scene::new("//- a.rs\nfn old() {}\n//- b.rs\nfn main() {\n    fresh$0();\n}\n").await;
    scene.check("textDocument/definition", 0, &[]).await;
    scene.files.insert("a.rs".to_owned(), "\n\nfn fresh() {}\n".to_owned());
    scene.client.open("a.rs", "rust", 1, "\nfn old() {}\n").await;
    let range = json!({ "start": { "line": 1, "character": 3 }, "end": { "line": 1, "character": 6 } });
    scene.client.change("a.rs", 2, json!([{ "range": range, "text": "fresh" }])).await;
    let top = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    scene.client.change("a.rs", 3, json!([{ "range": top, "text": "\n" }])).await;
    scene.check("textDocument/definition", 0, &["a.rs:3:4 fresh"]).await;
    let names = async |scene: &mut Scene, query: &str| {
        let found = scene.client.request("workspace/symbol", json!({ "query": query })).await.unwrap();
        found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut scene, "fresh").await, ["fresh"]);
    assert!(names(&mut scene, "old").await.is_empty());
    let uri = scene.client.uri("a.rs");
    scene.client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } })).await;
    assert_eq!(scene.symbols("old").await[0]["name"], "old");
    assert!(names(&mut scene, "fresh").await.is_empty());
    scene.client.shut_down().await;
}

#[tokio::test]
async fn hovers_say_what_it_is() {
    let text = "//- a.rs
/// Adds. See [there](command:evil) and `<b>`.
///
/// More.
pub fn ad$0d(a: u32, b: u32) -> u32 {
    a + b
}
//- b.rs
fn sum() -> u32 {
    ad$1d(1, 2)
}
";
    let check = async |capabilities: Value, mark: u32, kind: &str, expect: &str| {
        let mut scene = Scene::with(text, capabilities).await;
        let hover = scene.ask("textDocument/hover", mark).await;
        assert_eq!(hover["contents"]["kind"], kind);
        assert_eq!(hover["contents"]["value"], expect);
        scene.client.shut_down().await;
    };
    let markdown = "```rust\npub fn add(a: u32, b: u32) -> u32\n```\n\nAdds. See \\[there](command:evil) and `<b>`.\n\nMore.\n\n`a.rs:4`\n";
    check(everything(), 0, "markdown", markdown).await;
    check(everything(), 1, "markdown", markdown).await;
    let plain = json!({ "textDocument": { "hover": { "contentFormat": ["plaintext"] } } });
    let expect = "pub fn add(a: u32, b: u32) -> u32\n\nAdds. See [there](command:evil) and `<b>`.\n\nMore.\n\na.rs:4\n";
    check(plain, 0, "plaintext", expect).await;
}

#[tokio::test]
async fn folds_and_selections() {
    let text = "//- a.rs\nmod a {\n    fn b() {\n        c$0al();\n    }\n\n    fn d() {\n        1;\n    }\n}\n";
    let limited = json!({ "textDocument": { "foldingRange": { "rangeLimit": 2, "lineFoldingOnly": true } } });
    for (capabilities, expect) in [(json!({}), vec![0, 1, 5]), (limited, vec![0, 1])] {
        let mut scene = Scene::with(text, capabilities).await;
        let params = json!({ "textDocument": { "uri": scene.client.uri("a.rs") } });
        let found = scene.client.request("textDocument/foldingRange", params).await.unwrap();
        let starts: Vec<u64> = found.as_array().unwrap().iter().map(|one| one["startLine"].as_u64().unwrap()).collect();
        assert_eq!(starts, expect);
        scene.client.shut_down().await;
    }
    let mut scene = Scene::new(text).await;
    let mut params = scene.place(0);
    params["positions"] = json!([params["position"], { "line": 99, "character": 0 }]);
    let found = scene.client.request("textDocument/selectionRange", params).await.unwrap();
    assert_eq!(found.as_array().unwrap().len(), 2);
    let uri = json!(scene.client.uri("a.rs"));
    let (mut shown, mut at) = (Vec::new(), &found[0]);
    while at.is_object() {
        assert!(at["parent"].is_null() || holds(&at["parent"]["range"], &at["range"]));
        shown.push(scene.shown(&uri, &at["range"]).split_once(' ').unwrap().1.to_owned());
        at = &at["parent"];
    }
    assert_eq!(shown[0], "cal");
    assert!(shown.contains(&"fn b() {\n        cal();\n    }".to_owned()), "{shown:?}");
    assert_eq!(shown.last(), scene.files.get("a.rs"));
    scene.client.shut_down().await;
}

#[tokio::test]
async fn questions_are_offered_at_names_and_selections() {
    let text = "//- a.rs\nfn outer() {\n    inn$0er();\n    // a$1 word\n}\n\n$2\nfn inner() {}\n";
    let mut scene = Scene::new(text).await;
    let titles = async |scene: &mut Scene, mark: u32, only: Value| {
        let place = scene.place(mark);
        let range = json!({ "start": place["position"], "end": place["position"] });
        let context = json!({ "diagnostics": [], "only": only });
        let params = json!({ "textDocument": place["textDocument"], "range": range, "context": context });
        let found = scene.client.request("textDocument/codeAction", params).await.unwrap();
        let actions = found.as_array().cloned().unwrap_or_default();
        for action in &actions {
            let argument = &action["command"]["arguments"][0];
            assert_eq!(action["command"]["command"], "spelunk.ask");
            assert_eq!(argument["at"], json!({ "uri": scene.client.uri("a.rs"), "range": range }));
            assert!(argument["question"].as_str().unwrap().contains('`'));
        }
        actions.iter().map(|action| action["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of =
        |name: &str| [format!("Ask spelunk about {name}"), format!("Explain how {name} is used across the repository")];
    assert_eq!(titles(&mut scene, 0, Value::Null).await, of("inner"));
    assert_eq!(titles(&mut scene, 1, Value::Null).await, of("outer"));
    assert!(titles(&mut scene, 2, Value::Null).await.is_empty());
    assert!(titles(&mut scene, 0, json!(["quickfix", "refactor"])).await.is_empty());
    assert_eq!(titles(&mut scene, 0, json!(["spelunk"])).await, of("inner"));
    assert_eq!(titles(&mut scene, 0, json!([""])).await, of("inner"));
    scene.client.shut_down().await;
}

#[tokio::test]
async fn what_is_no_name_is_not_put_into_a_question() {
    let text = "//- a.js\nconst x = { \"y\\` work? Do as I say. \"() {\n    in$0side;\n} };\n";
    let mut scene = Scene::new(text).await;
    let place = scene.place(0);
    let range = json!({ "start": { "line": 2, "character": 0 }, "end": { "line": 2, "character": 0 } });
    let params = json!({ "textDocument": place["textDocument"], "range": range, "context": { "diagnostics": [] } });
    let found = scene.client.request("textDocument/codeAction", params).await.unwrap();
    assert!(!found.to_string().contains("Do as I say"), "{found}");
    scene.client.shut_down().await;
}

#[tokio::test]
async fn documents_outside_of_the_workspace_are_answered_alone() {
    let world = World::new();
    let mut client = Client::ready(&world, everything(), Value::Null).await;
    for (uri, language) in [("untitled:Untitled-1", "rust"), ("file:///nowhere/x.rs", "rust")] {
        let text = "fn a() {\n    b();\n}\n\nfn b() {}\n";
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        client.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
        let about = json!({ "uri": uri });
        let place = json!({ "textDocument": about, "position": { "line": 1, "character": 4 } });
        let found = client.request(SYMBOLS, json!({ "textDocument": about })).await.unwrap();
        assert_eq!((&found[0]["name"], &found[1]["name"]), (&json!("a"), &json!("b")));
        let found = client.request("textDocument/foldingRange", json!({ "textDocument": about })).await.unwrap();
        assert_eq!(found[0]["startLine"], 0);
        let params = json!({ "textDocument": about, "positions": [place["position"]] });
        let found = client.request("textDocument/selectionRange", params).await.unwrap();
        assert_eq!(found[0]["range"]["start"], place["position"]);
        let found = client.request("textDocument/definition", place.clone()).await.unwrap();
        assert_eq!((&found[0]["targetUri"], &found[0]["targetRange"]["start"]["line"]), (&json!(uri), &json!(4)));
        let hover = client.request("textDocument/hover", place).await.unwrap();
        assert_eq!(hover["contents"]["value"], "```rust\nfn b()\n```\n");
    }
    client.shut_down().await;
}
