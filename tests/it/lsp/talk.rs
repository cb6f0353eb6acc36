//! Conversations over the protocol, and the workers behind them.

use serde_json::json;

use super::client::Client;
use super::scripted::{answered, begin, cells, event, ours, says_cell, script};
use crate::agent::World;
use crate::repl::gone;
use crate::server::{Answer, Server};

/// The processes that a server has started.
fn workers(client: &Client) -> Vec<u32> {
    let parent = client.child.id().unwrap().to_string();
    let stat = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let is_child = |pid: &u32| {
        // After the name in parentheses come the state and the parent.
        stat(*pid).is_some_and(|stat| stat.rsplit(')').next().unwrap().split(' ').nth(2) == Some(&parent))
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_child).collect()
}

#[tokio::test]
async fn a_follow_up_has_the_variables_and_the_newest_text() {
    let (world, server) = (World::new(), Server::start().await);
    let first = "const hits = repo.search('fn parse'); globalThis.kept = 41; hits";
    cells(&server, "where?", &[first, "answer('There (src/parse.rs:4).')"]);
    let second = "answer(`${hits.length} ${kept + 1} ${repo.read('src/parse.rs', 1, 1)}`)";
    cells(&server, "how many?", &[second]);
    let mut client = ours(&world, &server).await;
    let end = answered(&mut client, json!({ "question": "where?" })).await;
    let conversation = end["conversationId"].clone();
    let before = workers(&client);
    assert_eq!(before.len(), 1);
    client.open("src/parse.rs", "rust", 1, "// changed since\n").await;
    let follow_up = json!({ "question": "how many?", "conversationId": conversation });
    let end = answered(&mut client, follow_up).await;
    assert_eq!(end["answer"].as_str().unwrap().trim_end(), "1 42 // changed since");
    assert_eq!(workers(&client), before);
    let prompt = server.requests()[2].json()["messages"][1]["content"].as_str().unwrap().to_owned();
    for part in ["> where?\n", "> There (src/parse.rs:4).\n", "- hits: "] {
        assert!(prompt.contains(part), "{part} is not in {prompt}");
    }
    // Another conversation has none of it.
    cells(&server, "and here?", &["answer(typeof hits + typeof kept)"]);
    assert_eq!(answered(&mut client, json!({ "question": "and here?" })).await["answer"], "undefinedundefined");
    let all = workers(&client);
    assert_eq!(all.len(), 2);
    client.shut_down().await;
    all.into_iter().for_each(gone);
}

#[tokio::test]
async fn a_busy_conversation_takes_no_second_question() {
    let (world, server) = (World::new(), Server::start().await);
    script(&server, "slow?", vec![Answer::events::<&str>([]).hang()]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "slow?", "conversationId": "a" })).await;
    let second = json!({ "question": "another?", "conversationId": "a" });
    let refused = client.request("spelunk/ask", second).await.unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("conversation a is still being answered"), "{refused}");
    assert_eq!(refused["code"], -32803);
    client.request("spelunk/cancel", json!({ "runId": run })).await.unwrap();
    cells(&server, "third?", &["answer('done')"]);
    let end = answered(&mut client, json!({ "question": "third?", "conversationId": "a" })).await;
    assert_eq!(end["answer"], "done");
    client.shut_down().await;
}

#[tokio::test]
async fn only_the_newest_workers_are_kept() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(says_cell("answer('done')"));
    let mut client = ours(&world, &server).await;
    let mut started: Vec<u32> = Vec::new();
    for number in 0..7 {
        let end = answered(&mut client, json!({ "question": format!("question {number}") })).await;
        assert_eq!(end["answer"], "done");
        let new: Vec<u32> = workers(&client).into_iter().filter(|pid| !started.contains(pid)).collect();
        assert_eq!(new.len(), 1);
        started.extend(new);
    }
    started[..3].iter().copied().for_each(gone);
    let left = workers(&client);
    assert!(started[3..].iter().all(|pid| left.contains(pid)), "{started:?} {left:?}");
    client.shut_down().await;
    started.into_iter().for_each(gone);
}

#[tokio::test]
async fn no_worker_outlives_its_server() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| {
        let prompt = request.last_message();
        let cell = if prompt.contains("loop?") { "repo.search('x'); for (;;) {}" } else { "await llm('never')" };
        Some(if prompt.contains("never") { Answer::events::<&str>([]).hang() } else { says_cell(cell) })
    });
    for trial in 0..20 {
        let mut client = ours(&world, &server).await;
        let (question, sign) = if trial % 2 == 0 { ("loop?", "looking") } else { ("wait?", "code") };
        let run = begin(&mut client, json!({ "question": question })).await;
        event(&mut client, &run, sign).await;
        let workers = workers(&client);
        assert_eq!(workers.len(), 1);
        match trial % 3 {
            0 => client.child.start_kill().unwrap(),
            1 => client.close_input(),
            _ => client.notify("exit", json!(null)).await,
        }
        client.exit().await;
        workers.into_iter().for_each(gone);
    }
}
