//! Refactor plans over the protocol: told, looked at, applied by the client, refused, verified.

use serde_json::{Value, json};

use super::client::Client;
use super::editor::{Editor, able, plain};
use super::scripted::{cells, command, event};
use crate::agent::World;
use crate::server::Server;

const REQUEST: &str = "rename parse.rs#count to words";

/// Plans; the run and its plan.
async fn planned(client: &mut Client, request: &str) -> (String, Value) {
    let begun = client.request("spelunk/plan", json!({ "request": request })).await.unwrap();
    let run = begun["runId"].as_str().unwrap().to_owned();
    let end = event(client, &run, "end").await;
    (run, end["plan"].clone())
}

/// A client of our own kind, that plans without a model.
async fn ours(world: &World) -> (Client, Editor) {
    let client = Client::ready(world, able(), json!({ "runs": true })).await;
    let editor = Editor::default();
    editor.attend(&client, "Apply");
    (client, editor)
}

/// A client whose model has these turns for a request.
async fn scripted(world: &World, capabilities: Value, options: Value, turns: &[&str]) -> (Client, Server) {
    let server = Server::start().await;
    cells(&server, "tidy up", turns);
    let mut client = Client::spawn(command(world, &server), world);
    client.initialize(capabilities, options).await.unwrap();
    (client, server)
}

fn text(world: &World, path: &str) -> String {
    std::fs::read_to_string(world.repo().join(path)).unwrap()
}

fn message(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_plan_is_told_looked_at_applied_and_taken_back() {
    let world = World::new();
    let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
    let (mut client, editor) = ours(&world).await;
    editor.open(&mut client, "src/main.rs", &main).await;
    let (run, plan) = planned(&mut client, REQUEST).await;
    let files: Vec<(&str, &str)> = plan["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["change"].as_str().unwrap()))
        .collect();
    assert_eq!(files, [("src/main.rs", "edited"), ("src/parse.rs", "edited")]);
    assert_eq!(plan["files"][0]["uri"], client.uri("src/main.rs"));
    assert_eq!((&plan["document"]["request"], &plan["stale"]), (&json!(REQUEST), &json!([])));
    assert!(plan["markdown"].as_str().unwrap().contains("src/parse.rs"), "{plan}");
    let listed = client.request("spelunk/runs", json!({})).await.unwrap();
    assert_eq!((&listed["runs"][0]["runId"], &listed["runs"][0]["plan"]), (&json!(run), &json!(true)));

    let diff = client.request("spelunk/planDiff", json!({ "runId": run })).await.unwrap();
    assert_eq!(diff["diff"].as_str().unwrap().matches("diff --git").count(), 2);
    let diff = client.request("spelunk/planDiff", json!({ "runId": run, "path": "src/main.rs" })).await.unwrap();
    assert_eq!(diff["diff"].as_str().unwrap().matches("diff --git").count(), 1);
    let file = client.request("spelunk/planFile", json!({ "runId": run, "path": "src/parse.rs" })).await.unwrap();
    assert_eq!(file, json!({ "before": parse, "after": parse.replace("count", "words") }));
    let error = client.request("spelunk/planFile", json!({ "runId": run, "path": "src/no.rs" })).await.unwrap_err();
    assert_eq!(error["code"], -32602);

    let made = client.request("spelunk/planEdit", json!({ "runId": run })).await.unwrap();
    assert_eq!((&made["leftOut"], &made["stale"]), (&json!([]), &json!([])));
    let changes = made["edit"]["documentChanges"].as_array().unwrap();
    let versions: Vec<&Value> = changes.iter().map(|change| &change["textDocument"]["version"]).collect();
    assert_eq!(versions, [&json!(1), &Value::Null], "{made}");
    assert_eq!((text(&world, "src/parse.rs"), text(&world, "src/main.rs")), (parse.clone(), main.clone()));

    let applied = client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    assert_eq!(applied, json!({ "applied": true, "message": "applied: 2 files", "leftOut": [] }));
    let sent = client.received("workspace/applyEdit");
    assert_eq!((&sent[0]["edit"], &sent[0]["label"]), (&made["edit"], &json!(format!("spelunk: {REQUEST}"))));
    assert_eq!(editor.text(&client.uri("src/main.rs")), main.replace("count", "words"));
    assert_eq!(text(&world, "src/parse.rs"), parse.replace("count", "words"));

    editor.save();
    let repo = world.repo();
    let undone = world.run(&["plan", "--undo", &run, repo.to_str().unwrap()]).await;
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert_eq!((text(&world, "src/parse.rs"), text(&world, "src/main.rs")), (parse, main));
    client.shut_down().await;
}

#[tokio::test]
async fn what_was_applied_is_taken_back_by_the_client() {
    let world = World::new();
    let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
    let (mut client, editor) = ours(&world).await;
    editor.open(&mut client, "src/main.rs", &main).await;
    let (run, _) = planned(&mut client, REQUEST).await;
    let undo = async |client: &mut Client| client.request("spelunk/undoPlan", json!({ "runId": run })).await;
    let early = undo(&mut client).await.unwrap_err();
    assert!(early["code"] == -32803 && message(&early).contains("nothing to take back"), "{early}");
    client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    let renamed = main.replace("count", "words");
    // The client tells of what it did to its document; the other file it wrote. A file of nobody's plan does not matter.
    client.change("src/main.rs", 2, json!([{ "text": renamed }])).await;
    world.file("src/other.rs", "fn other() {}\n");

    editor.change(&mut client, "src/main.rs", &format!("{renamed}// typed\n")).await;
    let newer = undo(&mut client).await.unwrap_err();
    assert_eq!(newer["code"], -32803);
    assert!(message(&newer).contains("src/main.rs changed since") && !message(&newer).contains("parse"), "{newer}");
    editor.change(&mut client, "src/main.rs", &renamed).await;
    world.file("src/parse.rs", format!("{parse}// newer\n"));
    let newer = undo(&mut client).await.unwrap_err();
    assert!(message(&newer).contains("src/parse.rs changed since"), "{newer}");
    world.file("src/parse.rs", parse.replace("count", "words"));

    // The user types before the server hears of it: the client refuses, and it can be taken back later.
    editor.edit(&client, "src/main.rs", &format!("{renamed}// on the way"));
    let refused = undo(&mut client).await.unwrap();
    assert!(refused["applied"] == false && refused["message"].as_str().unwrap().contains("src/main.rs"), "{refused}");
    editor.change(&mut client, "src/main.rs", &renamed).await;
    let undone = undo(&mut client).await.unwrap();
    assert_eq!(undone, json!({ "applied": true, "message": "taken back: 2 files", "leftOut": [] }));
    assert_eq!(editor.text(&client.uri("src/main.rs")), main);
    assert_eq!(text(&world, "src/parse.rs"), parse);
    let label = client.received("workspace/applyEdit").last().unwrap()["label"].clone();
    assert_eq!(label, json!(format!("spelunk: Take back: {REQUEST}")));
    let again = undo(&mut client).await.unwrap_err();
    assert!(message(&again).contains("nothing to take back"), "{again}");
    client.shut_down().await;
}

#[tokio::test]
async fn what_the_editor_took_of_a_plan_is_what_is_taken_back() {
    let world = World::new();
    let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
    let notes = "// As count(x) does it.\n";
    world.file("src/notes.rs", notes);
    let (mut client, editor) = ours(&world).await;
    editor.open(&mut client, "src/main.rs", &main).await;
    let (run, plan) = planned(&mut client, REQUEST).await;
    assert_eq!(plan["doubts"][0]["path"], "src/notes.rs", "{plan}");
    client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    // The user agreed to the doubtful place, and undid one file in the editor.
    assert_eq!(text(&world, "src/notes.rs"), notes.replace("count", "words"));
    client.change("src/main.rs", 2, json!([{ "text": main.replace("count", "words") }])).await;
    editor.change(&mut client, "src/main.rs", &main).await;
    let undone = client.request("spelunk/undoPlan", json!({ "runId": run })).await.unwrap();
    assert_eq!(undone, json!({ "applied": true, "message": "taken back: 2 files", "leftOut": [] }));
    assert_eq!((text(&world, "src/parse.rs"), text(&world, "src/notes.rs")), (parse.clone(), notes.to_owned()));
    assert_eq!(editor.text(&client.uri("src/main.rs")), main);

    // All of it undone in the editor: nothing is left to take back.
    client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    assert_ne!(text(&world, "src/parse.rs"), parse);
    world.file("src/parse.rs", &parse);
    world.file("src/notes.rs", notes);
    editor.change(&mut client, "src/main.rs", &main).await;
    let nothing = client.request("spelunk/undoPlan", json!({ "runId": run })).await.unwrap_err();
    assert!(nothing["code"] == -32803 && message(&nothing).contains("is in the files any more"), "{nothing}");
    client.shut_down().await;
}

#[tokio::test]
async fn files_that_came_went_and_moved_are_taken_back() {
    let world = World::new();
    world.file("Makefile", "all:\n\techo old\n");
    let before = ["src/parse.rs", "src/main.rs", "Makefile"].map(|path| (path, text(&world, path)));
    let cells = [
        "plan.create('src/new.rs', 'pub fn fresh() {}\\n'); plan.remove('src/main.rs'); \
         plan.move('src/parse.rs', 'lib/words.rs'); plan.replace('Makefile', 'echo old', 'echo new'); answer('done')",
        "answer()",
    ];
    let (mut client, _server) = scripted(&world, able(), json!({ "runs": true }), &cells).await;
    let editor = Editor::default();
    editor.attend(&client, "Apply");
    let (run, plan) = planned(&mut client, "tidy up").await;
    let applied = client.request("spelunk/applyPlan", json!({ "runId": run, "executed": ["Makefile"] })).await.unwrap();
    assert_eq!(applied["applied"], true, "{applied} {plan}");
    assert!(!world.repo().join("src/main.rs").exists() && world.repo().join("lib/words.rs").exists());
    assert!(text(&world, "Makefile").contains("echo new"));
    // What came into a place meanwhile is not written over.
    world.file("src/main.rs", "fn another() {}\n");
    let error = client.request("spelunk/undoPlan", json!({ "runId": run })).await.unwrap_err();
    assert!(error["code"] == -32803 && message(&error).contains("src/main.rs"), "{error}");
    assert_eq!(text(&world, "src/main.rs"), "fn another() {}\n");
    std::fs::remove_file(world.repo().join("src/main.rs")).unwrap();
    let undone = client.request("spelunk/undoPlan", json!({ "runId": run })).await.unwrap();
    assert_eq!(undone["applied"], true, "{undone}");
    for (path, text) in before {
        assert_eq!(self::text(&world, path), text, "{path}");
    }
    assert!(!world.repo().join("src/new.rs").exists() && !world.repo().join("lib/words.rs").exists());
    client.shut_down().await;
}

#[tokio::test]
async fn newer_text_in_one_file_changes_nothing_and_is_named() {
    let world = World::new();
    let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
    let (mut client, editor) = ours(&world).await;
    editor.open(&mut client, "src/main.rs", &main).await;
    let (run, _) = planned(&mut client, REQUEST).await;
    let newer = format!("// newer\n{main}");
    editor.change(&mut client, "src/main.rs", &newer).await;
    for method in ["spelunk/applyPlan", "spelunk/planEdit"] {
        let error = client.request(method, json!({ "runId": run })).await.unwrap_err();
        assert_eq!(error["code"], -32803);
        assert!(message(&error).contains("src/main.rs was changed in the editor"), "{error}");
    }
    let now = client.request("spelunk/planned", json!({ "runId": run })).await.unwrap();
    assert_eq!(now["stale"][0]["path"], "src/main.rs");
    // Back to the same text, at another version; but a file on disk is another by now.
    editor.change(&mut client, "src/main.rs", &main).await;
    world.file("src/parse.rs", format!("// newer\n{parse}"));
    let error = client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap_err();
    assert!(message(&error).contains("src/parse.rs was changed"), "{error}");
    assert_eq!((editor.text(&client.uri("src/main.rs")), text(&world, "src/main.rs")), (main.clone(), main));
    assert_eq!(client.received("workspace/applyEdit"), [] as [Value; 0]);
    world.file("src/parse.rs", &parse);
    let applied = client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    assert_eq!(applied["applied"], true, "{applied}");
    client.shut_down().await;
}

#[tokio::test]
async fn a_change_on_the_way_makes_the_client_refuse() {
    let world = World::new();
    let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
    let (mut client, editor) = ours(&world).await;
    editor.open(&mut client, "src/main.rs", &main).await;
    let (run, _) = planned(&mut client, REQUEST).await;
    // The user types before the server hears of it.
    editor.edit(&client, "src/main.rs", &format!("{main}// typed"));
    let said = client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    assert_eq!(said["applied"], false);
    for part in ["src/main.rs", "is at version Some(2), not 1", "nothing was changed"] {
        assert!(said["message"].as_str().unwrap().contains(part), "{said}");
    }
    assert_eq!((text(&world, "src/parse.rs"), text(&world, "src/main.rs")), (parse, main));
    let repo = world.repo();
    let undone = world.run(&["plan", "--undo", &run, repo.to_str().unwrap()]).await;
    assert!(undone.stderr.contains("nothing to take back"), "{}", undone.stderr);
    client.shut_down().await;
}

#[tokio::test]
async fn a_bare_client_is_shown_the_plan_and_asked() {
    for (choice, expect) in [("Apply", true), ("Not now", false)] {
        let world = World::new();
        let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
        let mut client = Client::ready(&world, plain(), Value::Null).await;
        let editor = Editor::default();
        editor.attend(&client, choice);
        let params = json!({ "command": "spelunk.plan", "arguments": [REQUEST], "workDoneToken": "t" });
        let end = client.request("workspace/executeCommand", params).await.unwrap();
        assert_eq!(end["plan"]["files"].as_array().unwrap().len(), 2, "{end}");
        let shown = client.wait_for("window/showDocument", |_| true).await;
        let page = std::fs::read_to_string(shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap()).unwrap();
        assert_eq!(page, end["plan"]["markdown"].as_str().unwrap());
        let asked = client.wait_for("window/showMessageRequest", |_| true).await;
        assert_eq!(asked["message"], "Apply the plan: 2 files?");
        if expect {
            client.wait_for("workspace/applyEdit", |_| true).await;
            assert_eq!(text(&world, "src/parse.rs"), parse.replace("count", "words"));
            assert_eq!(text(&world, "src/main.rs"), main.replace("count", "words"));
        } else {
            // The command that applies asks again, and hears the same.
            let params = json!({ "command": "spelunk.applyPlan", "arguments": [end["runId"]] });
            let error = client.request("workspace/executeCommand", params).await.unwrap_err();
            assert_eq!(error["code"], -32800);
            assert_eq!((client.received("workspace/applyEdit").len(), text(&world, "src/parse.rs")), (0, parse));
            editor.attend(&client, "Apply");
            let params = json!({ "command": "spelunk.applyPlan", "arguments": [{ "runId": end["runId"] }] });
            let said = client.request("workspace/executeCommand", params).await.unwrap();
            assert_eq!(said["applied"], true, "{said}");
        }
        client.shut_down().await;
    }
}

const BUILD: &str = "plan.step('Build', 'to be quick'); plan.create('build.rs', 'fn main() {}\\n'); \
                     plan.replace('src/main.rs', 'fn main', 'pub fn main')";

#[tokio::test]
async fn what_a_tool_executes_needs_a_yes_of_its_own() {
    let turns = [BUILD, "answer('Done.')", "answer()"];
    let world = World::new();
    // One that asks about each gets it, marked.
    let (mut client, server) = scripted(&world, able(), json!({ "runs": true }), &turns).await;
    let (run, plan) = planned(&mut client, "tidy up").await;
    let build = plan["files"].as_array().unwrap().iter().find(|file| file["path"] == "build.rs").unwrap();
    assert!(build["executed"].is_string(), "{plan}");
    let made = client.request("spelunk/planEdit", json!({ "runId": run })).await.unwrap();
    let marks = made["edit"]["changeAnnotations"].as_object().unwrap();
    let mark = &marks["executed:build.rs"];
    assert_eq!(mark["needsConfirmation"], true, "{made}");
    let sure = json!({ "runId": run, "executed": ["build.rs"] });
    let made = client.request("spelunk/planEdit", sure).await.unwrap();
    assert_eq!(made["edit"]["changeAnnotations"]["executed:build.rs"]["needsConfirmation"], false, "{made}");
    client.shut_down().await;
    drop(server);

    // One that cannot ask does not get it, unless its user has said yes.
    let capabilities = json!({
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] },
        },
    });
    let (mut client, _server) = scripted(&world, capabilities, json!({ "runs": true }), &turns).await;
    let editor = Editor::default();
    editor.attend(&client, "Apply");
    let (run, _) = planned(&mut client, "tidy up").await;
    let said = client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap();
    assert_eq!((&said["applied"], &said["leftOut"][0]["path"]), (&json!(true), &json!("build.rs")), "{said}");
    assert!(!world.repo().join("build.rs").exists());
    assert!(text(&world, "src/main.rs").contains("pub fn main"));
    client.shut_down().await;
}

#[tokio::test]
async fn steps_are_chosen_and_what_was_kept_outlives_the_server() {
    let world = World::new();
    let turns = [
        "plan.step('One', 'a'); plan.replace('src/main.rs', 'fn main', 'pub fn main'); \
         plan.step('Two', 'b'); plan.create('src/new.rs', '// new\\n')",
        "answer('Done.')",
        "answer()",
    ];
    let (mut client, _server) = scripted(&world, able(), json!({ "runs": true }), &turns).await;
    let (run, plan) = planned(&mut client, "tidy up").await;
    client.shut_down().await;
    let (mut client, editor) = ours(&world).await;
    let again = client.request("spelunk/planned", json!({ "runId": run })).await.unwrap();
    assert_eq!(again, plan);
    world.file("src/new.rs", "// of someone else\n");
    let error = client.request("spelunk/applyPlan", json!({ "runId": run })).await.unwrap_err();
    assert!(message(&error).contains("src/new.rs"), "{error}");
    let error = client.request("spelunk/planEdit", json!({ "runId": run, "steps": [7] })).await.unwrap_err();
    assert_eq!((&error["code"], message(&error)), (&json!(-32602), "there is no step 7 in the plan"));
    let first = json!({ "runId": run, "steps": [1] });
    let made = client.request("spelunk/planEdit", first.clone()).await.unwrap();
    assert_eq!((&made["stale"][0]["step"], &made["stale"][0]["path"]), (&json!(2), &json!("src/new.rs")));
    let said = client.request("spelunk/applyPlan", first).await.unwrap();
    assert_eq!(said["applied"], true, "{said}");
    let main = editor.text(&client.uri("src/main.rs"));
    assert!(main.contains("pub fn main") && text(&world, "src/new.rs") == "// of someone else\n");
    let error = client.request("spelunk/planned", json!({ "runId": "20010101" })).await.unwrap_err();
    assert_eq!(error["code"], -32803);
    client.shut_down().await;
}

#[tokio::test]
async fn a_conversation_asks_and_plans_in_turn() {
    let world = World::new();
    let (mut client, _) = ours(&world).await;
    let mut turn = async |method: &str, words: Value| {
        let mut params = words;
        params["conversationId"] = json!("mine");
        let begun = client.request(method, params).await.unwrap();
        event(&mut client, begun["runId"].as_str().unwrap(), "end").await
    };
    let asked = turn("spelunk/ask", json!({ "question": "where is parse defined?" })).await;
    assert!(asked["reason"] == "answered" && asked.get("plan").is_none(), "{asked}");
    for name in ["words", "tokens"] {
        let end = turn("spelunk/plan", json!({ "request": format!("rename parse.rs#count to {name}") })).await;
        assert_eq!(end["plan"]["files"].as_array().unwrap().len(), 2, "{end}");
        assert!(end["plan"]["markdown"].as_str().unwrap().contains(name), "{end}");
    }
    let asked = turn("spelunk/ask", json!({ "question": "where is parse defined?" })).await;
    assert_eq!(asked["reason"], "answered", "{asked}");
    client.shut_down().await;
}

#[tokio::test]
async fn only_builtin_plans_where_nothing_is_trusted_and_nothing_is_run() {
    let world = World::new();
    let (mut client, server) =
        scripted(&world, able(), json!({ "runs": true, "trusted": false }), &["answer('No.')"]).await;
    let begun = client.request("spelunk/plan", json!({ "request": "tidy up" })).await.unwrap();
    let end = event(&mut client, begun["runId"].as_str().unwrap(), "end").await;
    assert_eq!(end["model"], "builtin");
    assert_eq!(end["plan"]["files"], json!([]), "{end}");
    let (run, plan) = planned(&mut client, REQUEST).await;
    assert_eq!(plan["files"].as_array().unwrap().len(), 2);
    let params = json!({ "runId": run, "approved": plan["hash"] });
    let error = client.request("spelunk/verifyPlan", params).await.unwrap_err();
    assert!(message(&error).contains("not trusted"), "{error}");
    assert_eq!(server.requests().len(), 0);
    client.shut_down().await;
}

/// A client on a machine with a `verify` command.
#[cfg(unix)]
async fn verifying(world: &World, state: &tempfile::TempDir, line: &str) -> Client {
    let mut command = world.command(&["lsp"]);
    // Not below /tmp, which the command sees another one of.
    command
        .env("SPELUNK_STATE_DIR", state.path())
        .env("SPELUNK_VERIFY", line)
        .env("PATH", std::env::var("PATH").unwrap());
    let mut client = Client::spawn(command, world);
    let mut capabilities = able();
    capabilities["window"]["workDoneProgress"] = json!(true);
    client.initialize(capabilities, json!({ "runs": true })).await.unwrap();
    client
}

#[cfg(unix)]
fn state() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn a_plan_is_verified_only_after_a_yes_to_this_very_plan() {
    let (world, state) = (World::new(), state());
    let mut client = verifying(&world, &state, "grep words src/parse.rs").await;
    let (run, plan) = planned(&mut client, REQUEST).await;
    let (other, _) = planned(&mut client, "rename parse.rs#count to tokens").await;
    for (run, approved) in [(&run, json!("")), (&other, plan["hash"].clone())] {
        let params = json!({ "runId": run, "approved": approved });
        let error = client.request("spelunk/verifyPlan", params).await.unwrap_err();
        assert!(error["code"] == -32803 && message(&error).contains("nobody has agreed"), "{error}");
    }
    let begun = |client: &Client| {
        let progress = client.received("$/progress");
        progress.iter().filter(|progress| progress["value"]["title"] == "Verifying the plan").count()
    };
    assert_eq!(begun(&client), 0);
    let params = json!({ "runId": run, "approved": plan["hash"], "workDoneToken": "mine" });
    let verified = client.request("spelunk/verifyPlan", params).await.unwrap();
    assert_eq!((&verified["passed"], &verified["plan"]), (&json!(true), &plan["hash"]), "{verified}");
    assert!(verified["output"].as_str().unwrap().contains("fn words"), "{verified}");
    let progress: Vec<Value> = client.received("$/progress").into_iter().filter(|p| p["token"] == "mine").collect();
    let kinds: Vec<&Value> = progress.iter().map(|progress| &progress["value"]["kind"]).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&&json!("begin")), Some(&&json!("end"))));
    let now = client.request("spelunk/planned", json!({ "runId": run })).await.unwrap();
    assert_eq!((&now["document"]["verified"]["passed"], &now["hash"]), (&json!(true), &plan["hash"]));
    let params = json!({ "runId": other, "approved": plan["hash"], "steps": [1] });
    client.request("spelunk/verifyPlan", params).await.unwrap_err();
    client.shut_down().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_verification_is_cancelled_by_its_request_and_by_its_progress() {
    let (world, state) = (World::new(), state());
    let mut client = verifying(&world, &state, "echo on its way; sleep 100000").await;
    let (run, plan) = planned(&mut client, REQUEST).await;
    let params = json!({ "runId": run, "approved": plan["hash"] });
    for times in 1..=2 {
        let id = client.begin("spelunk/verifyPlan", params.clone()).await;
        let find = |_: &[Value], messages: &[Value]| {
            let reports = |message: &&Value| message["params"]["value"]["message"] == "on its way";
            let mut reports = messages.iter().filter(reports);
            reports.nth(times - 1).map(|message| message["params"]["token"].clone())
        };
        let token = client.until_heard("a report", find).await;
        let error = client.request("spelunk/verifyPlan", params.clone()).await.unwrap_err();
        assert!(message(&error).contains("another plan is being verified"), "{error}");
        match times {
            1 => client.notify("$/cancelRequest", json!({ "id": id })).await,
            _ => client.notify("window/workDoneProgress/cancel", json!({ "token": token })).await,
        }
        assert_eq!(client.answer(id).await.unwrap_err()["code"], -32800);
        let ended = |progress: &Value| progress["token"] == token && progress["value"]["kind"] == "end";
        client.wait_for("$/progress", ended).await;
    }
    client.shut_down().await;
}
