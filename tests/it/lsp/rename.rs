//! Renames of symbols and files, and other refactorings at a cursor, without a model.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::editor::{Editor, able, plain};
use super::scene::Scene;

/// Twenty modules that call one function; one speaks of it in a comment.
fn many() -> String {
    let mut text = "//- Cargo.toml\n[package]\nname = \"many\"\n//- src/lib.rs\npub mod base;\n".to_owned();
    for number in 0..19 {
        let _ = writeln!(text, "pub mod m{number};");
    }
    text.push_str("//- src/base.rs\n/// Counts.\npub fn count$0(text: &str) -> usize {\n    text.len()$1\n}\n");
    for number in 0..19 {
        let _ = writeln!(
            text,
            "//- src/m{number}.rs\nuse crate::base::count;\n\npub fn f{number}() -> usize {{\n    count(\"x\")\n}}"
        );
    }
    text.push_str("// As count(x) does it.\n");
    text
}

async fn rename(scene: &mut Scene, mark: u32, name: &str) -> Result<Value, Value> {
    let mut params = scene.place(mark);
    params["newName"] = json!(name);
    scene.client.request("textDocument/rename", params).await
}

#[tokio::test]
async fn a_function_is_renamed_over_twenty_files() {
    for (capabilities, by_version) in [(able(), true), (plain(), false)] {
        let mut scene = Scene::with(&many(), capabilities).await;
        let editor = Editor::default();
        // What is not saved counts.
        let unsaved = format!("{}pub fn more() -> usize {{\n    count(\"y\")\n}}\n", scene.files["src/m3.rs"]);
        editor.open(&mut scene.client, "src/m3.rs", &unsaved).await;
        let edit = rename(&mut scene, 0, "measure").await.unwrap();
        assert_eq!((edit["documentChanges"].is_array(), edit["changes"].is_object()), (by_version, !by_version));
        let said = scene.client.received("window/showMessage");
        if by_version {
            let asked = edit["changeAnnotations"].as_object().unwrap().values();
            assert_eq!(asked.filter(|mark| mark["needsConfirmation"] == true).count(), 1, "{edit}");
            assert_eq!(said, [] as [Value; 0]);
        } else {
            assert!(said[0]["message"].as_str().unwrap().contains("doubtful places that are left"), "{said:?}");
        }
        editor.apply(&edit).unwrap();
        for (path, before) in scene.files.clone() {
            let now = editor.text(&scene.client.uri(&path));
            let before = if path == "src/m3.rs" { &unsaved } else { &before };
            let mut expect = before.replace("count(", "measure(").replace("base::count", "base::measure");
            if !by_version {
                expect = expect.replace("As measure(x)", "As count(x)");
            }
            assert_eq!(now, expect, "{path}");
        }
        scene.client.shut_down().await;
    }
}

#[tokio::test]
async fn what_cannot_be_renamed_is_refused_with_the_reason() {
    let mut scene = Scene::with(
        "//- Cargo.toml\n[package]\nname = \"few\"\n//- src/lib.rs\npub struct Own$5;\n\nimpl Default for Own {\n    \
         fn default$0() -> Self {\n        let local$1 = Own;\n        let other = 1;\n        drop(other);\n        \
         local$2\n    }\n}\n$3\nfn taken() {}\n\nfn free$4() {}\n",
        able(),
    )
    .await;
    let mut place = scene.place(0);
    let error = scene.client.request("textDocument/prepareRename", place.clone()).await.unwrap_err();
    assert_eq!(error["code"], -32803, "{error}");
    assert!(error["message"].as_str().unwrap().contains("cannot be renamed"), "{error}");
    place["newName"] = json!("other");
    let error = scene.client.request("textDocument/rename", place).await.unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("default cannot be renamed"), "{error}");
    assert_eq!(scene.ask("textDocument/prepareRename", 3).await, Value::Null);
    for (mark, name) in [(4, "taken"), (4, "2"), (4, "free")] {
        let error = rename(&mut scene, mark, name).await.unwrap_err();
        assert_eq!(error["code"], -32803, "{name}: {error}");
    }
    // A local, from its use.
    let found = scene.ask("textDocument/prepareRename", 2).await;
    assert_eq!(found["placeholder"], "local");
    let edit = rename(&mut scene, 2, "here").await.unwrap();
    let edits = edit["documentChanges"][0]["edits"].as_array().unwrap();
    assert_eq!((edits.len(), &edits[0]["newText"]), (2, &json!("here")), "{edit}");
    // Settings leave it to the language's own server.
    let settings = json!({ "settings": { "spelunk": { "served": ["rust"] } } });
    scene.client.notify("workspace/didChangeConfiguration", settings).await;
    assert_eq!(rename(&mut scene, 4, "fine").await, Ok(Value::Null));
    scene.client.shut_down().await;
}

const PACKAGE: &str = "//- app/__init__.py\n//- app/tools.py\nfrom . import base\n\n\ndef work():\n    return base.VALUE\n\
                       //- app/base.py\nVALUE = 1\n//- main.py\nimport app.tools\nfrom app.tools import work\n\n\
                       print(app.tools.work(), work())\n";

#[tokio::test]
async fn imports_follow_files_that_the_client_moves() {
    let mut scene = Scene::with(PACKAGE, able()).await;
    let editor = Editor::default();
    let main = scene.files["main.py"].clone();
    editor.open(&mut scene.client, "main.py", &main).await;
    let moved = |client: &super::client::Client, from: &str, to: &str| json!({ "files": [{ "oldUri": client.uri(from), "newUri": client.uri(to) }] });
    let params = moved(&scene.client, "app/tools.py", "app/work.py");
    let edit = scene.client.request("workspace/willRenameFiles", params).await.unwrap();
    let operations = edit["documentChanges"].as_array().unwrap();
    assert!(operations.iter().all(|change| change.get("kind").is_none()), "the client moves the file: {edit}");
    editor.apply(&edit).unwrap();
    assert_eq!(editor.text(&scene.client.uri("main.py")), main.replace("app.tools", "app.work"));

    let params = moved(&scene.client, "app", "lib");
    let edit = scene.client.request("workspace/willRenameFiles", params).await.unwrap();
    let uris: Vec<&str> = edit["documentChanges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["textDocument"]["uri"].as_str().unwrap())
        .collect();
    assert_eq!(uris, [scene.client.uri("main.py")], "{edit}");

    // What nothing leads to needs nothing; what is elsewhere is none of ours.
    for (from, to) in [("nothing.py", "other.py"), ("app/base.py", "../base.py")] {
        let params = moved(&scene.client, from, to);
        assert_eq!(scene.client.request("workspace/willRenameFiles", params).await, Ok(Value::Null), "{from}");
    }
    scene.client.shut_down().await;
}

const LINES: &str = "//- Cargo.toml\n[package]\nname = \"few\"\n//- src/lib.rs\npub fn total$0(values: &[u32]) -> u32 {\n$1    \
                     let mut sum: u32 = 0;\n    for value in values {\n        sum += value;\n    }\n$2    sum\n}\n";

/// The actions at a selection that are refactorings.
async fn actions(scene: &mut Scene, from: u32, to: u32, only: Value) -> Vec<Value> {
    let (start, end) = (scene.place(from), scene.place(to));
    let params = json!({
        "textDocument": start["textDocument"],
        "range": { "start": start["position"], "end": end["position"] },
        "context": { "diagnostics": [], "only": only },
    });
    let found = scene.client.request("textDocument/codeAction", params).await.unwrap();
    let all = found.as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|action| action["kind"].as_str().unwrap().starts_with("refactor")).collect()
}

#[tokio::test]
async fn refactorings_are_offered_where_they_can_be() {
    let mut capabilities = able();
    capabilities["textDocument"]["codeAction"] = json!({
        "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } },
        "dataSupport": true,
        "resolveSupport": { "properties": ["edit"] },
    });
    let mut scene = Scene::with(LINES, capabilities).await;
    let editor = Editor::default();
    let text = scene.files["src/lib.rs"].clone();
    editor.open(&mut scene.client, "src/lib.rs", &text).await;
    let at_name = actions(&mut scene, 0, 0, Value::Null).await;
    let shown: Vec<[&str; 3]> = at_name
        .iter()
        .map(|action| {
            let request = &action["command"]["arguments"][0]["request"];
            [&action["title"], &action["kind"], request].map(|text| text.as_str().unwrap())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ["Plan: remove unused `total`", "refactor.rewrite", "remove unused `src/lib.rs#total`"],
            ["Plan: move `total` to its own file", "refactor.move", "move `src/lib.rs#total` to `src/total.rs`"],
        ]
    );
    assert_eq!(actions(&mut scene, 0, 0, json!(["refactor.move"])).await, [at_name[1].clone()]);
    assert_eq!(actions(&mut scene, 0, 0, json!(["refactor"])).await, at_name);
    assert_eq!(actions(&mut scene, 0, 0, json!(["refactor.extract", "spelunk"])).await, [] as [Value; 0]);
    // The command takes what the action holds.
    let arguments = at_name[0]["command"]["arguments"].clone();
    let params = json!({ "command": at_name[0]["command"]["command"], "arguments": arguments });
    let end = scene.client.request("workspace/executeCommand", params).await.unwrap();
    assert_eq!(end["plan"]["files"][0]["path"], "src/lib.rs", "{end}");

    // A part of a line is none.
    assert_eq!(actions(&mut scene, 0, 2, json!(["refactor.extract"])).await, [] as [Value; 0]);
    let found = actions(&mut scene, 1, 2, json!(["refactor.extract"])).await;
    assert!(found.len() == 1 && found[0]["title"] == "Extract to function" && found[0]["edit"].is_null(), "{found:?}");
    let resolved = scene.client.request("codeAction/resolve", found[0].clone()).await.unwrap();
    editor.apply(&resolved["edit"]).unwrap();
    let now = editor.text(&scene.client.uri("src/lib.rs"));
    assert!(now.contains("fn extracted(") && now.matches("sum += value").count() == 1, "{now}");
    editor.change(&mut scene.client, "src/lib.rs", &format!("{text}\n")).await;
    let error = scene.client.request("codeAction/resolve", found[0].clone()).await.unwrap_err();
    assert_eq!(error["code"], -32801);
    scene.client.shut_down().await;
}
