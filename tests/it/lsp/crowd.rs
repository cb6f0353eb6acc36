//! Many questions at once while the text changes: every request is answered once, and no edit is lost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::scripted::{answered, cells, ours};
use crate::agent::World;
use crate::server::Server;

const QUESTIONS: usize = 32;
const EDITS: usize = 500;

#[tokio::test]
async fn questions_and_edits_at_once() {
    let (world, server) = (World::new(), Server::start().await);
    for number in 0..QUESTIONS {
        let look = "const hits = repo.search('line'); repo.outline('src/parse.rs').length";
        cells(&server, &format!("question {number}?"), &[look, &format!("answer('answer {number}')")]);
    }
    let mut client = ours(&world, &server).await;
    let mut text = "fn first_line() {}\n".to_owned();
    client.open("src/parse.rs", "rust", 1, &text).await;
    let mut ids = Vec::new();
    for number in 0..QUESTIONS {
        let question = json!({ "question": format!("question {number}?") });
        ids.push(
            client
                .begin("workspace/executeCommand", json!({ "command": "spelunk.ask", "arguments": [question] }))
                .await,
        );
    }
    let uri = client.uri("src/parse.rs");
    let (mut looks, mut hovers) = (Vec::new(), Vec::new());
    for edit in 0..EDITS {
        let line = format!("fn line_{edit}() {{}}\n");
        let at = json!({ "line": edit / 2, "character": 0 });
        client
            .change("src/parse.rs", edit as i64 + 2, json!([{ "range": { "start": at, "end": at }, "text": line }]))
            .await;
        let place: usize = text.split_inclusive('\n').take(edit / 2).map(str::len).sum();
        text.insert_str(place, &line);
        if edit % 25 == 0 {
            let id = client.begin("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await;
            looks.push((id, edit + 2));
            let at = json!({ "line": 0, "character": 4 });
            let hover = json!({ "textDocument": { "uri": uri }, "position": at });
            hovers.push((client.begin("textDocument/hover", hover).await, edit));
        }
    }
    for (id, functions) in &looks {
        let symbols = client.answer(*id).await.unwrap();
        assert_eq!(symbols.as_array().unwrap().len(), *functions, "the text of its moment");
    }
    for (id, edit) in &hovers {
        // The second edit and all after it put their lines below the first.
        let name = if *edit == 0 { "line_0" } else { "line_1" };
        let hover = client.answer(*id).await.unwrap();
        assert!(hover["contents"]["value"].as_str().unwrap().contains(name), "{edit}: {hover}");
    }
    for (number, id) in ids.iter().enumerate() {
        assert_eq!(client.answer(*id).await.unwrap()["answer"], format!("answer {number}"));
    }
    cells(&server, "what now?", &["answer(repo.read('src/parse.rs', 1, 1000))"]);
    let now = answered(&mut client, json!({ "question": "what now?" })).await;
    assert_eq!(now["answer"].as_str().unwrap().trim_end(), text.trim_end());
    let mut times = BTreeMap::new();
    for response in client.responses() {
        *times.entry(response["id"].as_i64().unwrap()).or_insert(0) += 1;
    }
    assert!(times.values().all(|&times| times == 1), "{times:?}");
    assert!(
        ids.iter()
            .chain(looks.iter().map(|(id, _)| id))
            .chain(hovers.iter().map(|(id, _)| id))
            .all(|id| times.contains_key(id))
    );
    let ends = |notice: &&Value| notice["event"]["kind"] == "end";
    assert_eq!(client.received("spelunk/run").iter().filter(ends).count(), QUESTIONS + 1);
    client.shut_down().await;
}
