//! Plans from the request to the files: the real binary, a real repository, `builtin` and a scripted endpoint.

use std::process::Command;

use serde_json::{Value, json};

use crate::agent::{Finished, KEY, World, finish, turns};
use crate::server::Server;

const REQUEST: &str = "tidy up";

/// Runs `spelunk plan` with a scripted model whose turns are these cells.
async fn planned(world: &World, cells: &[&str], args: &[&str]) -> (Finished, Server) {
    let server = Server::start().await;
    turns(&server, cells);
    let repo = world.repo();
    let all = ["plan", REQUEST, repo.to_str().unwrap(), "--json", "--model", "openai/test"];
    let mut command = world.command(&[&all, args].concat());
    command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
    (finish(command.spawn().unwrap()).await, server)
}

async fn builtin(world: &World, request: &str, args: &[&str]) -> Finished {
    let repo = world.repo();
    world.run(&[&["plan", request, repo.to_str().unwrap(), "--model", "builtin"], args].concat()).await
}

fn text(world: &World, path: &str) -> String {
    std::fs::read_to_string(world.repo().join(path)).unwrap()
}

fn git(world: &World, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(world.repo())
        .args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "core.autocrlf=false"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn committed(world: &World) {
    git(world, &["init", "-q"]);
    git(world, &["add", "."]);
    git(world, &["commit", "-qm", "first"]);
}

#[tokio::test]
async fn a_rename_is_shown_patched_applied_and_taken_back() {
    let world = World::new();
    committed(&world);
    let (parse, main) = (text(&world, "src/parse.rs"), text(&world, "src/main.rs"));
    let patch = world.state().with_file_name("rename.patch");
    let shown = builtin(&world, "rename parse.rs#count to words", &["--patch", patch.to_str().unwrap()]).await;
    assert_eq!(shown.code, Some(0), "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.contains("src/main.rs") && shown.stdout.contains("src/parse.rs"), "{}", shown.stdout);
    assert_eq!(text(&world, "src/main.rs"), main, "planning writes nothing");
    git(&world, &["apply", "--check", patch.to_str().unwrap()]);

    let applied = builtin(&world, "rename parse.rs#count to words", &["--apply", "--json"]).await;
    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    let applied = applied.json();
    assert_eq!(applied["applied"]["files"], json!(["src/main.rs", "src/parse.rs"]));
    assert_eq!(text(&world, "src/parse.rs"), parse.replace("count", "words"));
    assert_eq!(text(&world, "src/main.rs"), main.replace("count", "words"));

    let run = applied["run"].as_str().unwrap();
    let repo = world.repo();
    let undone = world.run(&["plan", "--undo", run, repo.to_str().unwrap()]).await;
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert_eq!((text(&world, "src/parse.rs"), text(&world, "src/main.rs")), (parse, main));
    assert_eq!(git(&world, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn a_kept_plan_is_applied_later_unless_it_went_stale() {
    let world = World::new();
    let repo = world.repo();
    let repo = repo.to_str().unwrap();
    let made = builtin(&world, "rename parse.rs#count to words", &["--json"]).await.json();
    let run = made["run"].as_str().unwrap();
    let kept = world.run(&["plan", "--from", run, repo, "--json"]).await;
    assert_eq!((kept.code, &kept.json()["hash"]), (Some(0), &made["hash"]));

    let before = text(&world, "src/parse.rs");
    world.file("src/parse.rs", before.replace("Parsing", "Splitting"));
    let stale = world.run(&["plan", "--from", run, repo, "--apply"]).await;
    assert_eq!(stale.code, Some(1), "{}", stale.stdout);
    assert!(stale.stderr.contains("step 1 went stale: src/parse.rs"), "{}", stale.stderr);
    assert!(stale.stderr.contains("changed since the plan was made: src/parse.rs"), "{}", stale.stderr);
    assert!(text(&world, "src/main.rs").contains("parse::count"), "nothing is written");

    world.file("src/parse.rs", before);
    let applied = world.run(&["plan", "--from", run, repo, "--apply"]).await;
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    assert!(text(&world, "src/main.rs").contains("parse::words"));

    let elsewhere = World::new();
    let other = elsewhere.repo();
    let refused = world.run(&["plan", "--from", run, other.to_str().unwrap()]).await;
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    let nothing = world.run(&["plan", "--undo", "20010101", repo]).await;
    assert_eq!(nothing.code, Some(2), "{}", nothing.stderr);
}

#[tokio::test]
async fn changes_that_are_not_committed_need_force() {
    let world = World::new();
    committed(&world);
    world.file("src/main.rs", text(&world, "src/main.rs") + "// more\n");
    let refused = builtin(&world, "rename parse.rs#count to words", &["--apply"]).await;
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("src/main.rs"), "{}", refused.stderr);
    assert!(text(&world, "src/parse.rs").contains("fn count"));
    let forced = builtin(&world, "rename parse.rs#count to words", &["--apply", "--force"]).await;
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert!(text(&world, "src/main.rs").ends_with("// more\n"));
}

#[tokio::test]
async fn what_builtin_cannot_plan_is_said() {
    let world = World::new();
    for (request, expect) in [
        ("make it faster", "this request takes a language model"),
        ("rename nothing_of_that_name to other", "nothing_of_that_name"),
        ("rename parse.rs#count to 2words", "2words"),
        ("rename parse.rs#count to parse", "parse"),
    ] {
        let said = builtin(&world, request, &[]).await;
        assert!(said.stdout.contains(expect), "{request}: {}{}", said.stdout, said.stderr);
        assert_ne!(said.code, Some(0), "{request}: {}", said.stdout);
    }
    let empty = builtin(&world, "  ", &[]).await;
    assert_eq!(empty.code, Some(2));
}

#[tokio::test]
async fn a_model_plans_in_steps_and_mends_what_the_checks_find() {
    let world = World::new();
    let cells = [
        "plan.step('Say hello', 'people ask for it'); plan.replace('src/main.rs', 'fn main() {', 'fn main() {{'); plan.problems().length",
        "answer('It says hello.')",
        "plan.drop(1); plan.step('Say hello', 'people ask for it'); \
         plan.edit('src/main.rs', 3, 2, '/// Begins.'); plan.replace('src/main.rs', 'fn main() {\\n', 'fn main() {\\n    println!(\"hello\");\\n'); \
         console.log(plan.read('src/main.rs', 3, 5), `${plan.search('hello')}`, `${plan.files()}`)",
        "answer('It says **hello**.')",
    ];
    let (finished, server) = planned(&world, &cells, &[]).await;
    let printed = finished.json();
    assert_eq!(finished.code, Some(0), "{printed:#}{}", finished.stderr);
    let requests = server.requests();
    let told = requests[2].last_message();
    assert!(told.contains("the plan: parse: src/main.rs"), "{told}");
    let seen = requests[3].last_message();
    assert!(seen.contains("/// Begins.\nfn main() {\n") && seen.contains("src/main.rs: edited"), "{seen}");
    let plan = &printed["plan"];
    assert_eq!(plan["summary"], "It says **hello**.");
    assert_eq!(plan["steps"], json!([{ "id": 2, "title": "Say hello", "why": "people ask for it" }]));
    assert_eq!(plan["files"].as_array().unwrap().len(), 1);
    assert_eq!(plan["problems"], json!([]));
    assert!(plan["checked"].as_array().unwrap().len() > 3);
    let first = requests[0].json();
    let system = first["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("declare const plan") && !system.contains("{{"), "{system}");
    assert!(first["messages"][1]["content"].as_str().unwrap().starts_with("<request>\ntidy up\n</request>"));

    let run = printed["run"].as_str().unwrap();
    let again = world.run(&["replay", run]).await;
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
}

#[tokio::test]
async fn a_hostile_model_is_refused_each_time_and_the_person_hears_of_it() {
    let world = World::new();
    committed(&world);
    std::os::unix::fs::symlink("/tmp", world.repo().join("out")).unwrap();
    let tries = r"
        const tries = {
            outside: () => plan.create('../escaped', 'x'),
            absolute: () => plan.create('/tmp/spelunk-escaped', 'x'),
            hook: () => plan.create('.git/hooks/pre-commit', '#!/bin/sh\ntouch /tmp/spelunk-pwned\n'),
            spelled: () => plan.create('src/.GIT/hooks/post-checkout', 'x'),
            env: () => plan.replace('.env', 'TOKEN', 'STOLEN'),
            newEnv: () => plan.create('sub/.env', 'x'),
            link: () => plan.create('out/spelunk-escaped', 'x'),
            moved: () => plan.move('src/parse.rs', '.git/info/parse.rs'),
            many: () => { for (let i = 0; i < 10000; i++) plan.create(`many/${i}.txt`, 'x'); },
        };
        const said = {};
        for (const [name, attempt] of Object.entries(tries)) {
            try { attempt(); said[name] = 'DONE'; } catch (error) { said[name] = error.message; }
        }
        said";
    let (finished, server) =
        planned(&world, &[tries, "plan.drop(1); answer('done')", "answer('done')"], &["--apply"]).await;
    let seen = server.requests()[1].last_message();
    assert!(!seen.contains("DONE"), "{seen}");
    let printed = finished.json();
    let refused: Vec<&Value> =
        printed["plan"]["problems"].as_array().unwrap().iter().filter(|problem| problem["check"] == "jail").collect();
    let paths: Vec<&str> = refused.iter().filter_map(|problem| problem["path"].as_str()).collect();
    for path in [
        "../escaped",
        "/tmp/spelunk-escaped",
        ".git/hooks/pre-commit",
        ".env",
        "out/spelunk-escaped",
        ".git/info/parse.rs",
    ] {
        assert!(paths.contains(&path), "{path} is not among {paths:?}");
    }
    assert!(refused.iter().any(|problem| problem["message"].as_str().unwrap().contains("2,000 files")), "{refused:#?}");
    assert_eq!(git(&world, &["status", "--porcelain"]), "?? out\n");
    assert!(!world.repo().join("../escaped").exists());
}

#[tokio::test]
async fn what_cannot_be_meant_is_an_error_and_not_a_plan() {
    let world = World::new();
    let tries = r"
        const tries = [
            () => plan.create('x.py', '\ud800'),
            () => plan.create('y\udc00.py', 'x'),
            () => plan.edit('src/main.rs', 1, 1, 'mod \ud800;'),
            () => plan.replace('src/main.rs', 'mod parse;', 'mod \udfff;'),
            () => plan.replaceCalls('parse.rs#parse', '$1((('),
            () => plan.diff('src/main.rs'),
            () => { plan.create('whole.txt', '\ud83d\ude00\n'); return plan.diff('none.txt'); },
            () => plan.diff('whole.txt').includes('+\ud83d\ude00'),
        ];
        for (const attempt of tries) {
            try { console.log('DONE', attempt()); } catch (error) { console.log(`${error.name}: ${error.message}`); }
        }";
    let (finished, server) = planned(&world, &[tries, "answer('done')"], &[]).await;
    let seen = server.requests()[1].last_message();
    let half = "a text has half a surrogate pair, which no file can hold: pass whole characters";
    for said in [
        &format!("TypeError: plan.create: {half}\nTypeError: plan.create: {half}\n"),
        &format!("TypeError: plan.edit: {half}\nTypeError: plan.replace: {half}\n"),
        "Error: plan.replaceCalls: the brackets of \"$1(((\" do not close",
        "Error: plan.diff: src/main.rs is not in the plan, which changes nothing so far",
        "Error: plan.diff: none.txt is not in the plan, which changes whole.txt",
        "DONE true",
    ] {
        assert!(seen.contains(said), "{said}\n{seen}");
    }
    let files = &finished.json()["plan"]["files"];
    assert!(files.as_array().unwrap().len() == 1 && files[0]["after"] == "whole.txt", "{files}");
}

#[tokio::test]
async fn planned_code_runs_only_after_a_yes_to_this_very_plan() {
    let world = World::new();
    let marker = world.state().with_file_name("ran");
    let verify = format!("touch {}", marker.display());
    world.file("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    let cells = [
        "plan.step('Build it'); plan.create('build.rs', 'fn main() {}\\n'); plan.replace('src/main.rs', 'mod parse;', 'mod parse; // x')",
        "answer('built')",
    ];
    let server = Server::start().await;
    turns(&server, &cells);
    let repo = world.repo();
    let repo = repo.to_str().unwrap();
    let mut command = world.command(&["plan", REQUEST, repo, "--model", "openai/test", "--verify", "--apply"]);
    command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY).env("SPELUNK_VERIFY", &verify);
    let finished = finish(command.spawn().unwrap()).await;
    assert_eq!(finished.code, Some(6), "{}{}", finished.stdout, finished.stderr);
    assert!(!marker.exists() && !world.repo().join("build.rs").exists());
    assert!(finished.stdout.contains("build.rs"), "{}", finished.stdout);

    // The files that tools execute are left out of a bare --apply, and confirmed one by one.
    let runs = world.run(&["trace"]).await.stdout;
    let run = runs.split_whitespace().next().unwrap();
    let bare = world.run(&["plan", "--from", run, repo, "--apply", "--json"]).await;
    let bare = bare.json();
    assert_eq!(bare["applied"]["files"], json!(["src/main.rs"]), "{bare:#}");
    assert_eq!(bare["applied"]["left_out"][0]["path"], "build.rs");
    assert!(!world.repo().join("build.rs").exists());
    let undone = world.run(&["plan", "--undo", run, repo]).await;
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    let confirmed = world.run(&["plan", "--from", run, repo, "--apply", "--confirm", "build.rs"]).await;
    assert_eq!(confirmed.code, Some(0), "{}", confirmed.stderr);
    assert_eq!(text(&world, "build.rs"), "fn main() {}\n");
}
