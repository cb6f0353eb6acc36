//! Which models there are, and whether everything is in order.

use serde_json::{Value, json};

use super::client::Client;
use super::scripted::{command, with};
use crate::agent::{KEY, World};
use crate::server::{Answer, Server};

fn provider<'v>(found: &'v Value, name: &str) -> &'v Value {
    found["providers"].as_array().unwrap().iter().find(|provider| provider["name"] == name).expect(name)
}

fn list(names: &[&str]) -> Answer {
    let data: Vec<Value> = names.iter().map(|name| json!({ "id": name, "object": "model" })).collect();
    Answer::json(&json!({ "object": "list", "data": data }))
}

/// A client whose server has these variables.
async fn client(world: &World, env: &[(&str, &str)], options: Value) -> Client {
    let mut command = world.command(&["lsp"]);
    command.envs(env.iter().copied());
    let mut client = Client::spawn(command, world);
    client.initialize(json!({}), options).await.unwrap();
    client
}

#[tokio::test]
async fn providers_are_told_with_their_models() {
    let world = World::new();
    let [openai, refusing, silent, odd, anthropic] = [
        Server::start().await,
        Server::start().await,
        Server::start().await,
        Server::start().await,
        Server::start().await,
    ];
    openai.always(list(&["gpt-b", "gpt-a\u{1b}[2J", "gpt-b"]));
    refusing.always(Answer::status(401).body(format!(r#"{{"error":{{"message":"bad key {KEY}"}}}}"#)));
    silent.always(Answer::status(200).hang());
    odd.always(Answer::json(&json!({ "models": [] })));
    anthropic.always(list(&["claude-x"]));
    let mine = odd.base_url();
    let config =
        format!("[providers.mine]\nbase_url = \"{mine}\"\nkey_env = \"MINE\"\n[providers.lost]\nkey = \"sk-lost\"\n");
    std::fs::write(world.repo().join("../config.toml"), config).unwrap();
    let anthropic_url = anthropic.base_url().trim_end_matches("/v1").to_owned();
    let env = [
        ("OPENAI_BASE_URL", &*openai.base_url()),
        ("OPENAI_API_KEY", KEY),
        ("LMSTUDIO_BASE_URL", &*refusing.base_url()),
        ("LMSTUDIO_API_KEY", KEY),
        ("VLLM_BASE_URL", &*silent.base_url()),
        ("ANTHROPIC_BASE_URL", &*anthropic_url),
        ("ANTHROPIC_API_KEY", KEY),
        ("SPELUNK_MODEL", "openai/gpt-a"),
        ("SPELUNK_LEAF_MODEL", "openrouter/small"),
    ];
    let editor = json!({ "models": ["z", "a"] });
    let mut client = client(&world, &env, json!({ "runs": true, "editorModel": editor })).await;

    let found = client.request("spelunk/models", json!({})).await.unwrap();
    let asked = [&openai, &refusing, &silent, &odd, &anthropic].map(|server| server.connections());
    assert_eq!(asked, [0; 5]);
    let names: Vec<&str> =
        found["providers"].as_array().unwrap().iter().map(|provider| provider["name"].as_str().unwrap()).collect();
    let expect = "builtin openai anthropic openrouter ollama vllm lmstudio llamacpp lost mine editor";
    assert_eq!(names.join(" "), expect);
    assert_eq!((&found["root"], &found["from"]), (&json!("openai/gpt-a"), &json!("environment")));
    assert!(found["leaf"] == "openrouter/small" && found["error"].as_str().unwrap().contains("OPENROUTER_API_KEY"));
    assert!(names.iter().all(|name| *name == "editor" || provider(&found, name)["models"] == json!([])), "{found}");

    let found = client.request("spelunk/models", json!({ "list": true })).await.unwrap();
    assert_eq!(
        provider(&found, "openai"),
        &json!({
            "name": "openai",
            "baseUrl": openai.base_url(),
            "key": "set",
            "keyEnv": "OPENAI_API_KEY",
            "models": ["gpt-a", "gpt-b"],
        })
    );
    assert_eq!(provider(&found, "anthropic")["models"], json!(["claude-x"]));
    assert_eq!(anthropic.requests()[0].header("x-api-key"), Some(KEY));
    assert_eq!(anthropic.requests()[0].path, "/v1/models?limit=1000");
    assert_eq!((&*openai.requests()[0].method, &*openai.requests()[0].path), ("GET", "/v1/models"));
    for (name, key, says) in [
        ("lmstudio", "set", "answered 401: bad key"),
        ("vllm", "none", "gave no list of models within 3 s"),
        ("mine", "missing", "has no list of models"),
        ("lost", "none", "no base URL"),
        ("openrouter", "missing", "set OPENROUTER_API_KEY"),
    ] {
        let provider = provider(&found, name);
        assert_eq!(provider["key"], key, "{provider}");
        assert!(provider["error"].as_str().unwrap().contains(says), "{provider}");
    }
    assert_eq!(provider(&found, "mine")["keyEnv"], "MINE");
    assert_eq!(provider(&found, "editor"), &json!({ "name": "editor", "key": "none", "models": ["a", "z"] }));
    assert_eq!(provider(&found, "builtin"), &json!({ "name": "builtin", "key": "none", "models": [] }));
    assert!(!found.to_string().contains(KEY) && !found.to_string().contains("sk-lost"), "{found}");
    silent.disconnected(1).await;
    client.shut_down().await;
}

#[tokio::test]
async fn the_root_is_told_with_who_decided_on_it() {
    let world = World::new();
    let check = async |file: &str, env: &[(&str, &str)], options: Value, expect: (&str, &str)| {
        std::fs::write(world.repo().join("../config.toml"), file).unwrap();
        let mut client = client(&world, env, options).await;
        let found = client.request("spelunk/models", json!({})).await.unwrap();
        assert_eq!((found["root"].as_str().unwrap(), found["from"].as_str().unwrap()), expect, "{found}");
        client.shut_down().await;
    };
    let machine = json!({ "machine": { "model": "ollama/c" }, "editorModel": {} });
    let file = "model = \"ollama/f\"";
    check("", &[], json!({}), ("builtin", "default")).await;
    check("", &[], json!({ "editorModel": {} }), ("editor", "editor")).await;
    check(file, &[], json!({ "editorModel": {} }), ("ollama/f", "file")).await;
    check(file, &[], machine.clone(), ("ollama/c", "client")).await;
    check(file, &[("SPELUNK_MODEL", "ollama/e")], machine.clone(), ("ollama/e", "environment")).await;
    check(file, &[], json!({ "machine": { "maxTurns": 3 } }), ("ollama/f", "file")).await;
    check(file, &[], json!({ "trusted": false }), ("builtin", "default")).await;
}

#[tokio::test]
async fn nobody_is_asked_for_a_workspace_that_is_not_trusted() {
    let (world, server) = (World::new(), Server::start().await);
    let mut client = with(&world, &server, json!({ "trusted": false })).await;
    let found = client.request("spelunk/models", json!({ "list": true })).await.unwrap();
    assert!(provider(&found, "openai")["models"] == json!([]) && found.get("error").is_none(), "{found}");
    let health = client.request("spelunk/doctor", json!({})).await.unwrap();
    assert!(check(&health, "workspace")["found"].as_str().unwrap().contains("not trusted"), "{health}");
    assert!(check(&health, "root model")["found"].as_str().unwrap().starts_with("builtin"), "{health}");
    assert_eq!((server.connections(), &health["good"]), (0, &json!(true)));
    client.shut_down().await;
}

fn check<'v>(health: &'v Value, what: &str) -> &'v Value {
    health["checks"].as_array().unwrap().iter().find(|check| check["what"] == what).expect(what)
}

#[tokio::test]
async fn everything_is_looked_at() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| request.body.contains("Reply with the word ok").then(|| Answer::says("ok")));
    let mut client = with(&world, &server, Value::Null).await;
    let health = loop {
        let health = client.request("spelunk/doctor", json!({})).await.unwrap();
        if !check(&health, "index")["found"].as_str().unwrap().contains("so far") {
            break health;
        }
    };
    let whats: Vec<&str> =
        health["checks"].as_array().unwrap().iter().map(|check| check["what"].as_str().unwrap()).collect();
    assert_eq!(whats[..7], ["workspace", "index", "version", "settings", "state", "cache", "worker"]);
    assert_eq!(*whats.last().unwrap(), "root model");
    assert_eq!((&check(&health, "index")["found"], &health["good"]), (&json!("2 files, 4 symbols"), &json!(true)));
    assert!(check(&health, "root model")["found"].as_str().unwrap().starts_with("openai/test answers in"), "{health}");
    assert!(!health.to_string().contains(KEY));

    // The command says the same, but for what only a server has.
    let mut doctor = world.command(&["doctor"]);
    doctor.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY).env("SPELUNK_MODEL", "openai/test");
    let printed = crate::agent::finish(doctor.spawn().unwrap()).await;
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert_eq!(printed.stdout.lines().count(), whats.len() - 2);
    client.shut_down().await;
}

#[tokio::test]
async fn what_is_not_in_order_is_said_with_the_way_out() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(Answer::status(401).body(r#"{"error":{"message":"bad key"}}"#));
    std::fs::write(world.state(), "a file where the folder has to be").unwrap();
    let mut client = Client::spawn(command(&world, &server), &world);
    let params = json!({ "processId": null, "rootUri": null, "capabilities": {} });
    client.request("initialize", params).await.unwrap();
    client.notify("initialized", json!({})).await;
    let health = client.request("spelunk/doctor", json!({})).await.unwrap();
    assert_eq!(health["good"], false);
    for (what, says) in
        [("workspace", "no folder is open"), ("state", "cannot be written"), ("root model", "check the API key")]
    {
        let check = check(&health, what);
        assert!(check["good"] == false && check["found"].as_str().unwrap().contains(says), "{check}");
    }
    client.shut_down().await;
}

#[tokio::test]
async fn the_command_lists_models_as_well() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(list(&["b", "a"]));
    let run = async |args: &[&str]| {
        let mut command = world.command(&[&["models"], args].concat());
        command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
        crate::agent::finish(command.spawn().unwrap()).await
    };
    let listed = run(&["--list", "--model", "openai/a"]).await;
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(listed.stdout.starts_with("root openai/a, leaf openai/a\n"), "{}", listed.stdout);
    let lines: Vec<&str> = listed.stdout.lines().filter(|line| line.contains("openai")).collect();
    assert!(lines[1].ends_with("key from OPENAI_API_KEY") && lines[2..] == ["  openai/a", "  openai/b"], "{lines:?}");
    let found = run(&["--json"]).await.json();
    assert_eq!((&found["root"], provider(&found, "openai")["key"].as_str()), (&json!("builtin"), Some("set")));
    assert!(!listed.stdout.contains(KEY) && server.requests().len() == 1);
}
