//! Children of a run: `rlm` and `rlmAll` over a scripted endpoint.

use serde_json::{Value, json};

use crate::agent::{World, finish};
use crate::server::{Answer, Received, Server};

/// Every agent is known by its question: its n-th turn is the n-th of these cells, however many ask it at once.
pub fn script(server: &Server, agents: &[(&str, &[&str])]) {
    let agents: Vec<(String, Vec<String>)> = agents
        .iter()
        .map(|(question, cells)| {
            let cells = cells.iter().map(|cell| format!("```js\n{cell}\n```")).collect();
            (format!("<question>\n{question}"), cells)
        })
        .collect();
    server.rule(move |request| {
        let asked = first_question(request)?;
        let (_, cells) = agents.iter().find(|(question, _)| asked.starts_with(question.as_str()))?;
        Some(Answer::says(cells.get(turns_so_far(request))?))
    });
}

fn first_question(request: &Received) -> Option<String> {
    request.json()["messages"][1]["content"].as_str().map(str::to_owned)
}

fn turns_so_far(request: &Received) -> usize {
    request.json()["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "assistant").count()
}

/// A world with three folders of different sizes.
pub fn world() -> World {
    let world = World::new();
    for (folder, functions) in [("one", 3), ("two", 4), ("three", 5)] {
        let text: String =
            (0..functions).map(|n| format!("pub fn {folder}_{n}() -> u32 {{\n    {n}\n}}\n\n")).collect();
        world.file(&format!("lib/{folder}/code.rs"), text);
    }
    world
}

/// Asks "what happens?" and returns the report, with what the model was sent last.
async fn outcome(world: &World, agents: &[(&str, &[&str])], args: &[&str]) -> (Value, Server) {
    let server = Server::start().await;
    script(&server, agents);
    let finished = finish(world.ask(&server, args)).await;
    assert!(finished.code == Some(0) || finished.code == Some(3), "{}", finished.stderr);
    (finished.json(), server)
}

const COUNT: &str = "const f = repo.search('pub fn '); answer(f.total, { citations: [cite(f[0].path, f[0].line)] })";

#[tokio::test]
async fn each_child_sees_its_part_and_its_answer_comes_back() {
    let root: &[&str] = &[
        "const all = await rlmAll(['lib/one', 'lib/two', 'lib/three'].map(scope => ({ question: 'How many?', scope }))); \
         all.map(a => [a.ok, a.value, a.complete, `${a.citations[0]}`])",
        "answer(`${all.reduce((n, a) => n + a.value, 0)} functions, the first is \\`one_0\\` (lib/one/code.rs:1).`)",
    ];
    let child: &[&str] =
        &["console.log(repo.files().join(), repo.info.files); repo.read('lib/one/code.rs', 1, 1)", COUNT];
    let world = world();
    let (report, server) = outcome(&world, &[("what happens?", root), ("How many?", child)], &[]).await;
    assert_eq!(report["answer"], "12 functions, the first is `one_0` (lib/one/code.rs:1).");
    assert_eq!(report["citations"][0]["status"], "valid", "{report}");
    assert_eq!(report["spent"]["calls"], 8);
    let last = |part: &str| {
        let found = server.requests().into_iter().filter(|r| r.last_message().contains(part)).collect::<Vec<_>>();
        found.iter().map(Received::last_message).collect::<Vec<_>>()
    };
    // Two of the three children may not read what belongs to the third.
    assert_eq!(last("lib/one/code.rs: is outside the scope lib/").len(), 2);
    assert_eq!(last("lib/two/code.rs 1").len(), 1);
    assert_eq!(last("[true, 3, true, 'lib/one/code.rs:1-1']").len(), 1);

    let shown = world.run(&["trace", report["run"].as_str().unwrap(), "--full"]).await;
    assert!(shown.stdout.contains("How many?") && shown.stdout.contains("at depth 1"), "{}", shown.stdout);
}

#[tokio::test]
async fn what_children_do_is_shown_under_their_numbers() {
    let root: &[&str] = &["const a = await rlm('How many?', { scope: 'lib/one' }); a.value", "answer('Three.')"];
    let child: &[&str] = &["repo.search('pub fn ').total", "answer(3)"];
    let (world, server) = (world(), Server::start().await);
    script(&server, &[("what happens?", root), ("How many?", child)]);
    let finished = finish(world.ask(&server, &["--show-code"])).await;
    let said = &finished.stderr;
    for part in [
        "child 1 over lib/one: How many?",
        "--- child 1: cell 2\nanswer(3)",
        "--- child 1: output\n3",
        "child 1 answered",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains("--- cell 2\nanswer('Three.')"), "{said}");
    let report = finished.json();
    let shown = world.run(&["trace", report["run"].as_str().unwrap()]).await.stdout;
    let at = |part: &str| shown.find(part).unwrap_or_else(|| panic!("{part}: {shown}"));
    assert!(at("\n  cell 1\n") < at("\n    child 1, for rlm") && at("\n    child 1: answered") < at("\n  cell 1 done"));
    assert!(at("\n        cell 2\n") < at("\n    child 1: answered"), "{shown}");
}

#[tokio::test]
async fn data_and_schema() {
    let root: &[&str] = &[
        "const a = await rlm('Sum them.', { data: { numbers: [1, 2, 39], ['__proto__']: 'x', text: 'a\\u2028`${b}' }, \
         schema: { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] } }); answer(a.value.sum)",
    ];
    let child: &[&str] = &[
        "answer({ sum: 'many' })",
        "[data.numbers.length, data.text.length, repo.files().total, Object.keys(data).join()]",
        "answer({ sum: data.numbers.reduce((a, b) => a + b) })",
    ];
    let (report, server) = outcome(&world(), &[("what happens?", root), ("Sum them.", child)], &[]).await;
    assert_eq!(report["value"], 42);
    let sent: Vec<String> = server.requests().iter().map(Received::last_message).collect();
    assert!(sent[1].contains("You see no files") && sent[1].contains(r#""required":["sum"]"#), "{}", sent[1]);
    assert!(sent[1].contains("[1,2,39]"), "{}", sent[1]);
    assert!(sent[2].contains("does not satisfy the schema: at \"/sum\""), "{}", sent[2]);
    assert!(sent[3].contains("[3, 7, 0, 'numbers,__proto__,text']"), "{}", sent[3]);
}

#[tokio::test]
async fn data_of_any_size_and_hidden_files() {
    let world = world();
    world.file(".github/ci.yml", "on: push\n");
    let root: &[&str] = &[
        "const a = await rlm('How long?', { data: 'é'.repeat(1_000_000) }); const b = await rlm('Hidden?', { scope: '.github/**' }); \
         answer(`${a.value} ${b.value}`)",
    ];
    let agents: &[(&str, &[&str])] = &[
        ("what happens?", root),
        ("How long?", &["answer(data.length)"]),
        ("Hidden?", &["answer(repo.files('**', { hidden: true }).join())"]),
    ];
    let (report, _) = outcome(&world, agents, &[]).await;
    assert_eq!(report["answer"], "1000000 .github/ci.yml");
}

#[tokio::test]
async fn what_is_left_for_a_child_is_what_it_can_use() {
    let root: &[&str] = &["answer((await rlm('Use it up.', { data: 1 })).value)"];
    let child: &[&str] = &[
        "const left = budget().calls; const all = await llmAll(Array.from({ length: left + 5 }, (_, n) => ({ prompt: `part ${n}` }))); \
         answer([left, all.filter(one => one.ok).length].join())",
    ];
    let world = world();
    let server = Server::start().await;
    server.when("part ", Answer::says("fine"));
    script(&server, &[("what happens?", root), ("Use it up.", child)]);
    let report = finish(world.ask(&server, &["--max-calls", "60"])).await.json();
    // One call for the salvage, three for the root; one of the root's and one of the child's are gone.
    assert_eq!(report["answer"], "54,54", "{report}");
}

#[tokio::test]
async fn what_cannot_be_a_child_is_sent_back() {
    let check = async |cell: &str, child: &[&str], args: &[&str], expect: &str| {
        let root = [&*format!(
            "let e; try {{ e = await {cell} }} catch (x) {{ e = `${{x.name}}: ${{x.message}}` }}; answer(`${{e}}`)"
        )];
        let (report, _) = outcome(&world(), &[("what happens?", &root), ("Again?", child)], args).await;
        let answer = report["answer"].as_str().unwrap_or_else(|| panic!("{report}"));
        assert!(answer.contains(expect), "{cell}: {answer}");
    };
    check("rlm('Again?', { scope: '.' })", &[], &[], "RangeError: rlm: the scope is 100 % of your own").await;
    check(
        "rlm('Again?', { scope: ['lib', 'src'] })",
        &[],
        &[],
        "RangeError: rlm: the scope is 100 % of your own (5 files)",
    )
    .await;
    check("rlm('Again?', { scope: 'nowhere' })", &[], &[], "RangeError: rlm: no file is in nowhere").await;
    check("rlm(' ')", &[], &[], "TypeError: rlm: the question is empty").await;
    check("rlm('Again?', { scop: 'lib' })", &[], &[], "unknown field `scop`").await;
    check("rlm('Again?', { schema: { type: 'nope' } })", &[], &[], "TypeError: rlm: the schema is not a JSON Schema")
        .await;
    check(
        "rlmAll(Array(65).fill({ question: 'Again?' }))",
        &[],
        &[],
        "rlmAll: 65 children at once, and the limit is 64",
    )
    .await;
    check(
        "rlm('Again?')",
        &[],
        &["--max-depth", "0"],
        "BudgetError: rlm: the limit of 0 levels of children was reached",
    )
    .await;
    // Data that is handed down nearly whole.
    let same = ["let e; try { e = await rlm('Again?', { data }) } catch (x) { e = x.message }; answer(`${e}`)"];
    check("rlm('Again?', { data: 'x'.repeat(9000) })", &same, &[], "the data is 100 % of your own").await;
    // A failed item leaves the others alone.
    check(
        "rlmAll([{ question: 'Again?' }, { question: '' }]).then(a => a.map(i => i.ok ? i.value : i.error).join('|'))",
        &["answer('fine')"],
        &[],
        "fine|TypeError: rlm: the question is empty",
    )
    .await;
}

#[tokio::test]
async fn endless_recursion_ends_at_the_depth_limit() {
    let deeper: &[&str] = &["const depth = budget().depth; let below; \
         try { below = (await rlm('what happens? Deeper.', { data: depth })).value } catch (e) { below = e.message }; \
         answer(`${depth}>${below}`)"];
    let agents: &[(&str, &[&str])] = &[("what happens?", deeper)];
    let (report, server) = outcome(&world(), agents, &["--max-depth", "3"]).await;
    let end = "rlm: the limit of 3 levels of children was reached; use llm or llmAll here, or look yourself";
    assert_eq!(report["answer"], format!("3>2>1>0>{end}"));
    assert_eq!(server.requests().len(), 4);
}

/// One request at a time, as few workers as can be, three levels: nothing waits for ever.
#[tokio::test]
async fn the_narrowest_run_ends() {
    let down = "const parts = await rlmAll([1, 2, 3].map(n => ({ question: Q, data: n }))); \
                answer(parts.reduce((sum, p) => sum + p.value, 0))";
    let cells: Vec<String> =
        ["Level 1", "Level 2", "Level 3"].iter().map(|q| down.replace('Q', &format!("'{q}'"))).collect();
    let agents: &[(&str, &[&str])] = &[
        ("what happens?", &[&cells[0]]),
        ("Level 1", &[&cells[1]]),
        ("Level 2", &[&cells[2]]),
        ("Level 3", &["answer(await llm('How much?', data).then(Number))"]),
    ];
    let world = world();
    let server = Server::start().await;
    script(&server, agents);
    server.when("How much?", Answer::says("7"));
    let args = ["--max-depth", "3", "--concurrency", "1", "--workers", "1", "--max-calls", "200"];
    let finished = finish(world.ask(&server, &args)).await;
    let report = finished.json();
    assert_eq!(report["value"], json!(27 * 7), "{}", finished.stderr);
    assert_eq!(report["spent"]["calls"], 1 + 3 + 9 + 27 + 27);
    assert_eq!(server.most_at_once(), 1);
}

#[tokio::test]
async fn a_child_s_limit_gives_its_parent_the_best_there_is() {
    let root: &[&str] = &["const a = await rlm('Look.', { scope: 'lib/one' }); answer(`${a.complete} ${a.why}: ${a}`)"];
    let looks: Vec<String> = (0..30).map(|n| format!("repo.search('one_{n}')")).collect();
    let looks: Vec<&str> = looks.iter().map(String::as_str).collect();
    let world = world();
    let server = Server::start().await;
    server.rule(|request| crate::agent::is_salvage(&request.json()).then(|| Answer::says("Three, I think.")));
    script(&server, &[("what happens?", root), ("Look.", &looks)]);
    let report = finish(world.ask(&server, &["--max-turns", "10"])).await.json();
    let why = "the limit of 5 turns was reached";
    assert_eq!(report["answer"], format!("false {why}: Three, I think.\n(partial: {why})"));
    assert_eq!(report["complete"], true);
}
