//! Answers that hold: computed values answered as they are, answers checked and held, citations followed through changes.

use serde_json::{Value, json};

use crate::agent::{World, finish, outcome, turns};
use crate::server::{Answer, Server};

fn citations(report: &Value) -> Vec<String> {
    let line = |c: &Value| {
        format!("{}:{}-{} {}", c["path"].as_str().unwrap(), c["from"], c["to"], c["status"].as_str().unwrap())
    };
    report["citations"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn computed_values_are_answered_as_they_are() {
    let check = async |cells: &[&str], value: Value, answer: &str, cited: &[&str]| {
        let (report, _) = outcome(&World::new(), cells, &[]).await;
        assert_eq!((&report["value"], report["answer"].as_str().unwrap()), (&value, answer), "{cells:?}");
        assert_eq!(citations(&report), cited, "{cells:?}");
        assert_eq!(report["dropped"], json!([]));
    };
    check(&["answer(repo.files('*.rs').total)"], json!(2), "2", &[]).await;
    check(
        &["answer(repo.files('*.rs').map((f) => f.path))"],
        json!(["src/main.rs", "src/parse.rs"]),
        "- src/main.rs\n- src/parse.rs",
        &[],
    )
    .await;
    let hits = json!([
        { "path": "src/parse.rs", "line": 4, "column": 5, "text": "pub fn parse(line: &str) -> Vec<&str> {" },
        { "path": "src/parse.rs", "line": 8, "column": 5, "text": "pub fn count(line: &str) -> usize {" },
    ]);
    let rows = "- `pub fn parse(line: &str) -> Vec<&str> {` (src/parse.rs:4)\n\
                - `pub fn count(line: &str) -> usize {` (src/parse.rs:8)";
    check(&["answer(repo.search('fn [pc]'))"], hits, rows, &["src/parse.rs:4-4 valid", "src/parse.rs:8-8 valid"]).await;
}

#[tokio::test]
async fn a_list_that_lacks_some_is_held_once() {
    let world = World::new();
    world.file("lib/many.txt", "needle\n".repeat(300));
    let cells = ["answer(repo.search('needle'))", "answer(repo.search('needle', { limit: 1000 }))"];
    let (report, seen) = outcome(&world, &cells, &[]).await;
    assert!(seen[1].contains("This is 200 of 300: if all are meant, pass { limit }"), "{}", seen[1]);
    assert_eq!(report["value"].as_array().unwrap().len(), 300);
    assert!(!report["answer"].as_str().unwrap().contains("of 300"));
    // Whoever means some of them says so again.
    let (report, seen) = outcome(&world, &["answer({ some: repo.search('needle') })", "answer()"], &[]).await;
    assert!(seen[1].contains("`some` is 200 of 300"), "{}", seen[1]);
    assert!(report["answer"].as_str().unwrap().ends_with("`some` is 200 of 300."), "{report}");
}

#[tokio::test]
async fn the_same_answer_twice_is_the_answer() {
    let cells = ["console.log(1); answer({ n: 1 })", "console.log(2); answer({ n: 1 })", "answer({ n: 2 })"];
    let (report, seen) = outcome(&World::new(), &cells, &[]).await;
    assert_eq!((&report["value"], &report["complete"], seen.len()), (&json!({ "n": 1 }), &json!(true), 2));
}

#[tokio::test]
async fn a_held_answer_is_verified_by_two_cells_at_most() {
    let cells = ["console.log(1); answer('first')", "'one'", "'two'", "answer('typed by hand')"];
    let (report, seen) = outcome(&World::new(), &cells, &[]).await;
    assert_eq!((&report["answer"], &report["complete"], seen.len()), (&json!("first"), &json!(true), 3));
    assert!(seen[1].contains("2 more cells may run"), "{}", seen[1]);
    assert!(seen[2].contains("1 more cell may run"), "{}", seen[2]);
    let cells =
        ["console.log(1); answer('first')", "'one'", "console.log(3); answer('better')", "answer('typed by hand')"];
    let (report, _) = outcome(&World::new(), &cells, &[]).await;
    assert_eq!(report["answer"], "better");
}

#[tokio::test]
async fn going_round_in_circles_ends_the_run() {
    let cells = [
        "repo.read('src/parse.rs', 1, 6)",
        "const again = repo.read('src/parse.rs', 1, 6); again",
        "again + ''",
        "repo.read('src/parse.rs').split('\\n').slice(0, 6).join('\\n') + '\\n'",
        "answer('late')",
    ];
    let (report, seen) = outcome(&World::new(), &cells, &[]).await;
    assert_eq!((&report["tripped"], &report["answer"]), (&json!("circles"), &json!("salvaged")), "{report}");
    assert!(seen[3].contains("The last 3 cells showed the same"), "{}", seen[3]);
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn citations_are_followed_through_changes() {
    let (world, server) = (World::new(), Server::start().await);
    world.file("src/gone.rs", "pub fn gone() {\n    leave();\n}\n");
    world.file("src/big.rs", "pub fn big() {\n    grow();\n}\n");
    let parse = std::fs::read_to_string(world.repo().join("src/parse.rs")).unwrap();
    // The files change while the model thinks about its last cell.
    let (repo, moved) = (world.repo(), format!("// one more line\n{parse}"));
    server.rule(move |request| {
        request.last_message().contains("changing").then(|| {
            std::fs::write(repo.join("src/parse.rs"), &moved).unwrap();
            std::fs::write(repo.join("src/gone.rs"), "pub fn gone() {}\n").unwrap();
            Answer::says(
                "```js\nanswer('See src/parse.rs:4-6, src/gone.rs:1-2, src/big.rs:1-3 and src/main.rs:1.')\n```",
            )
        })
    });
    turns(
        &server,
        &["console.log('changing', ['parse', 'gone', 'big', 'main'].map((f) => repo.read(`src/${f}.rs`)).join('\\n'))"],
    );
    let finished = finish(world.ask(&server, &[])).await;
    let report = finished.json();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let expect = ["src/parse.rs:4-6 moved", "src/gone.rs:1-2 stale", "src/big.rs:1-3 valid", "src/main.rs:1-1 valid"];
    assert_eq!(citations(&report), expect);
    assert_eq!(report["citations"][0]["moved"], json!({ "path": "src/parse.rs", "from": 5, "to": 7 }));
    assert_eq!(report["citations"][1]["changed"], "the lines hold something else now");

    // Later, a file has another name.
    std::fs::rename(world.repo().join("src/big.rs"), world.repo().join("src/huge.rs")).unwrap();
    let run = report["run"].as_str().unwrap();
    let check = async |args: &[&str]| {
        let mut all = vec!["trace", run, "--check"];
        let repo = world.repo();
        all.push(repo.to_str().unwrap());
        all.extend(args);
        world.run(&all).await
    };
    let shown = check(&[]).await;
    let lines: Vec<&str> = shown.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "moved       src/parse.rs:4-6 -> src/parse.rs:5-7",
            "stale       src/gone.rs:1-2: the lines hold something else now",
            "moved       src/big.rs:1-3 -> src/huge.rs:1-3",
            "valid       src/main.rs:1-1",
        ],
        "{}",
        shown.stderr
    );
    assert_eq!(shown.code, Some(1));
    std::fs::write(world.repo().join("src/gone.rs"), "pub fn gone() {\n    leave();\n}\n").unwrap();
    let shown = check(&["--json"]).await;
    assert_eq!((shown.code, &shown.json()[1]["status"]), (Some(0), &json!("valid")));
}

const SCHEMA: &str = r#"{ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"], "additionalProperties": false }"#;

/// Asks with the schema in a file; replies without code are told apart by what they are asked.
async fn with_schema(
    cells: &[&str],
    replies: &[&str],
    plain: bool,
    args: &[&str],
) -> (Option<i32>, Value, Vec<String>) {
    let (world, server) = (World::new(), Server::start().await);
    world.file("schema.json", SCHEMA);
    let mut replies: Vec<Answer> = replies.iter().rev().map(|reply| Answer::says(reply)).collect();
    server.rule(move |request| {
        request.json()["messages"][0]["content"].as_str().filter(|text| !text.contains("declare const repo"))?;
        replies.pop()
    });
    turns(&server, cells);
    let (repo, file) = (world.repo(), world.repo().join("schema.json"));
    let all = [
        "ask",
        "how many?",
        repo.to_str().unwrap(),
        "--json",
        "--model",
        "openai/test",
        "--schema",
        file.to_str().unwrap(),
    ];
    let mut command = world.command(&[&all, args].concat());
    command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_PLAIN_BELOW", if plain { "50000" } else { "0" });
    let finished = finish(command.spawn().unwrap()).await;
    let seen = server.requests().iter().map(|request| request.last_message()).collect();
    (finished.code, finished.json(), seen)
}

#[tokio::test]
async fn an_answer_satisfies_the_schema_wherever_it_comes_from() {
    // From code: what is wrong is thrown where it was written.
    let cells = ["answer({ n: 'two' })", "answer({ n: repo.files('*.rs').total })"];
    let (code, report, seen) = with_schema(&cells, &[], false, &[]).await;
    assert_eq!((code, &report["value"]), (Some(0), &json!({ "n": 2 })), "{report}");
    assert!(
        seen[0].contains("it has to satisfy this JSON Schema") && seen[0].contains("additionalProperties"),
        "{}",
        seen[0]
    );
    assert!(seen[1].contains(r#"at "/n": "two" is not of type "integer""#), "{}", seen[1]);

    // From a plain call, at the second attempt; then from the loop.
    let (code, report, seen) = with_schema(&[], &["There are two.", "```json\n{\"n\": 2}\n```"], true, &[]).await;
    assert_eq!((code, &report["value"], seen.len()), (Some(0), &json!({ "n": 2 }), 2), "{report}");
    assert!(seen[1].contains("it is not JSON"), "{}", seen[1]);
    let (code, report, _) = with_schema(&["answer({ n: 3 })"], &["Two.", "{}"], true, &[]).await;
    assert_eq!((code, &report["value"]), (Some(0), &json!({ "n": 3 })), "{report}");

    // From the salvage; what does not satisfy it is said, and is no value.
    let one = ["--max-turns", "1"];
    let (code, report, _) = with_schema(&["console.log('found')"], &["{\"n\": 1.5}", "{\"n\": 1}"], false, &one).await;
    assert_eq!((code, &report["value"], &report["complete"]), (Some(3), &json!({ "n": 1 }), &json!(false)), "{report}");
    let (code, report, _) = with_schema(&["console.log('found')"], &["About one.", "One."], false, &one).await;
    assert_eq!((code, &report["answer"]), (Some(3), &json!("About one.")), "{report}");
    assert!(report.get("value").is_none() && report["unfit"][0].as_str().unwrap().contains("not of type"), "{report}");
    assert!(report["end"].as_str().unwrap().contains("does not satisfy the schema"), "{report}");
}

#[tokio::test]
async fn schemas_that_cannot_be_used_are_refused() {
    let world = World::new();
    world.file("none.json", r#"{ "type": "integr" }"#);
    world.file("text.json", "type: integer");
    world.file("fine.json", SCHEMA);
    let check = async |file: &str, model: &str, expect: &str| {
        let (repo, path) = (world.repo(), world.repo().join(file));
        let args = ["ask", "q", repo.to_str().unwrap(), "--model", model, "--schema", path.to_str().unwrap()];
        let finished = world.run(&args).await;
        assert_eq!(finished.code, Some(2), "{}", finished.stderr);
        assert!(finished.stderr.contains(expect), "{}", finished.stderr);
    };
    check("none.json", "ollama/x", "none.json: the schema is not a JSON Schema").await;
    check("text.json", "ollama/x", "text.json: it is not JSON").await;
    check("absent.json", "ollama/x", "absent.json: ").await;
    check("fine.json", "builtin", "builtin answers in Markdown").await;
}

#[tokio::test]
async fn a_run_that_may_cost_more_is_confirmed_first() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(Answer::says("```js\nanswer('done')\n```"));
    let repo = world.repo();
    let ask = async |model: &str, confirm: &str, args: &[&str]| {
        let all = ["ask", "what?", repo.to_str().unwrap(), "--json", "--model", model];
        let mut command = world.command(&[&all, args].concat());
        command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_CONFIRM_USD", confirm);
        finish(command.spawn().unwrap()).await
    };
    let estimate = ask("openai/gpt-4o", "none", &["--estimate"]).await.json();
    let (low, high) = (estimate["usd"]["low"].as_f64().unwrap(), estimate["usd"]["high"].as_f64().unwrap());
    assert!(0.0 < low && low < high && high <= 2.0, "{estimate}");
    assert!(estimate["basis"].as_str().unwrap().contains("a rough guess for 2 files"), "{estimate}");
    assert_eq!(
        ask("openai/gpt-4o", "none", &["--estimate", "--max-usd", "0.0001"]).await.json()["usd"]["high"],
        0.0001
    );
    assert_eq!(ask("builtin", "none", &["--estimate"]).await.json()["usd"]["high"], 0.0);
    assert!(ask("openai/unheard-of", "none", &["--estimate"]).await.json()["usd"].is_null());
    // Nobody is there to be asked.
    for model in ["openai/gpt-4o", "openai/unheard-of"] {
        let refused = ask(model, "0.0001", &[]).await;
        assert_eq!(refused.code, Some(6), "{}", refused.stderr);
        assert!(refused.json()["hint"].as_str().unwrap().contains("--yes"), "{}", refused.stdout);
    }
    assert_eq!(server.requests().len(), 0, "nothing was asked so far");
    // What is surely cheap enough, and what was agreed to, begins. Three runs tell what the next may cost.
    for (confirm, args) in [("5", &[][..]), ("0.0001", &["--yes"]), ("none", &[])] {
        let done = ask("openai/gpt-4o", confirm, args).await;
        assert_eq!((done.code, &done.json()["answer"]), (Some(0), &json!("done")), "{}", done.stderr);
    }
    let estimate = ask("openai/gpt-4o", "none", &["--estimate"]).await.json();
    assert!(estimate["basis"].as_str().unwrap().contains("the last 3 runs here with openai/gpt-4o"), "{estimate}");
}
