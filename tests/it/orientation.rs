//! The orientation map: written by runs with sub-calls, shown to later questions, and only while files are what they were.

use serde_json::Value;

use crate::agent::{KEY, World, finish, is_root};
use crate::server::{Answer, Received, Server};

/// Cells that make so many sub-calls before they answer.
fn cells(subcalls: usize) -> Vec<String> {
    let first = format!(
        "const hits = repo.search('fn parse'); await llmAll(Array.from({{ length: {subcalls} }}, (_, i) => ({{ prompt: `look ${{i}}` }})))"
    );
    vec![first, "answer('There (src/parse.rs:4).')".to_owned()]
}

fn is_map(request: &Received) -> bool {
    request.json()["messages"][0]["content"].as_str().is_some_and(|text| text.contains("You draw a map"))
}

/// What one run left: the root's first prompt, and what the author of the map was shown.
struct Ran {
    prompt: String,
    maps: Vec<String>,
}

async fn ask(world: &World, question: &str, subcalls: usize, summary: &str, on: bool) -> Ran {
    let server = Server::start().await;
    let summary = Answer::says(&format!("- `src/*`: {summary}\nelse/*: made up"));
    server.rule(move |request| is_map(request).then(|| summary.clone()));
    let mut cells = cells(subcalls).into_iter();
    server.rule(move |request| {
        let root = is_root(&request.json());
        root.then(|| cells.next().map(|cell| Answer::says(&format!("```js\n{cell}\n```")))).flatten()
    });
    server.always(Answer::says("looked"));
    let repo = world.repo();
    let mut command = world.command(&["ask", question, repo.to_str().unwrap(), "--json", "--model", "openai/test"]);
    command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
    command.env("SPELUNK_ORIENTATION", on.to_string());
    let finished = finish(command.spawn().unwrap()).await;
    assert_eq!(finished.json()["answer"], "There (src/parse.rs:4).", "{}", finished.stderr);
    let requests = server.requests();
    let content = |request: &Value, at: usize| request["messages"][at]["content"].as_str().unwrap().to_owned();
    let first = requests.iter().find(|request| is_root(&request.json())).unwrap();
    Ran {
        prompt: content(&first.json(), 1),
        maps: requests.iter().filter(|request| is_map(request)).map(|request| content(&request.json(), 1)).collect(),
    }
}

#[tokio::test]
async fn the_second_question_is_told_what_the_first_found() {
    let world = World::new();
    let first = ask(&world, "one?", 4, "Parsing lines; start at `parse`.", true).await;
    assert!(!first.prompt.contains("<map"), "{}", first.prompt);
    let [shown] = first.maps.as_slice() else { panic!("{} calls for the map", first.maps.len()) };
    assert!(shown.contains("== src/*") && shown.contains("defines: parse, count"), "{shown}");

    // The same question makes the same prompt, and nothing is asked that is known.
    let again = ask(&world, "one?", 4, "Never asked.", true).await;
    assert_eq!((again.prompt, again.maps.len()), (first.prompt, 0));

    let second = ask(&world, "two?", 4, "Never asked.", true).await;
    assert!(second.prompt.contains("src/*: Parsing lines; start at `parse`."), "{}", second.prompt);
    assert!(second.prompt.contains("never evidence") && !second.prompt.contains("made up"), "{}", second.prompt);
    assert_eq!(second.maps.len(), 0);
    let same = ask(&world, "two?", 0, "Never asked.", true).await;
    assert_eq!(same.prompt, second.prompt);
}

#[tokio::test]
async fn what_its_author_leaves_out_is_not_asked_for_again() {
    let world = World::new();
    // The reply names no module that was asked for.
    assert_eq!(ask(&world, "one?", 4, "", true).await.maps.len(), 1);
    let second = ask(&world, "two?", 4, "Never asked.", true).await;
    assert!(!second.prompt.contains("<map"), "{}", second.prompt);
    assert_eq!(second.maps.len(), 0);
    world.file("src/parse.rs", "//! Parsing.\n\n// Other.\npub fn parse() {}\n");
    let third = ask(&world, "two?", 4, "Parsing lines.", true).await;
    assert!(!third.prompt.contains("<map"), "{}", third.prompt);
    assert_eq!(third.maps.len(), 1);
}

#[tokio::test]
async fn what_changed_is_not_shown_until_it_is_told_anew() {
    let world = World::new();
    ask(&world, "one?", 4, "Parsing lines.", true).await;
    world.file("src/parse.rs", "//! Parsing.\n\n// Other.\npub fn parse() {}\n");
    // A run without sub-calls costs no call, and neither does one with few.
    for subcalls in [0, 3] {
        let ran = ask(&world, "two?", subcalls, "Never asked.", true).await;
        assert!(
            ran.prompt.contains("changed since: src/*") && !ran.prompt.contains("Parsing lines."),
            "{}",
            ran.prompt
        );
        assert_eq!(ran.maps.len(), 0);
    }
    assert_eq!(ask(&world, "one?", 4, "Parsing words.", true).await.maps.len(), 1);
    let ran = ask(&world, "two?", 0, "Never asked.", true).await;
    assert!(ran.prompt.contains("src/*: Parsing words.") && !ran.prompt.contains("changed since"), "{}", ran.prompt);
}

#[tokio::test]
async fn switched_off_it_is_neither_shown_nor_written() {
    let world = World::new();
    assert_eq!(ask(&world, "one?", 4, "Never asked.", false).await.maps.len(), 0);
    assert!(!world.state().join("maps.sqlite").exists());
    ask(&world, "one?", 4, "Parsing lines.", true).await;
    let ran = ask(&world, "two?", 4, "Never asked.", false).await;
    assert!(!ran.prompt.contains("<map") && ran.maps.is_empty(), "{}", ran.prompt);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(world.state().join("maps.sqlite")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
