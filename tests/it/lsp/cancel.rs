//! Runs that are cancelled: wherever they are, and in each of the ways in which a client can say so.

use serde_json::{Value, json};

use super::client::Client;
use super::scripted::{answered, asks, begin, cells, event, events, ours, says_cell, script};
use crate::agent::World;
use crate::server::{Answer, Server, chunk};

/// Places in a run: a name, the first turn, and the event by which it is known to be there.
fn points() -> Vec<(&'static str, Answer, &'static str)> {
    let started = Answer::events([chunk(json!({ "content": "```js\nrepo." }), None)]);
    vec![
        ("waiting for the first reply", Answer::events::<&str>([]).hang(), "callStarted"),
        ("in the middle of a reply", started.hang(), "text"),
        ("waiting for a sub-call", says_cell("console.log(await llm('never answered'))"), "code"),
        ("in a tight loop", says_cell("repo.search('zzz'); for (;;) {}"), "looking"),
        ("in a regular expression", says_cell("repo.search('zzz'); /^(a+)+$/.test('a'.repeat(60) + 'b')"), "looking"),
        ("between host calls", says_cell("for (;;) repo.search(/l[a-z]+/)"), "looking"),
        ("waiting for a child", says_cell("await rlm('never answered', { data: 1 })"), "childStarted"),
        ("waiting for many", says_cell("await llmAll(Array(40).fill({ prompt: 'never answered' }))"), "code"),
    ]
}

/// Asks in a conversation named like the question. The run, and the request that is answered when it ends.
async fn ask(client: &mut Client, question: &str, way: &str) -> (String, Option<i64>) {
    let params = json!({ "question": question, "conversationId": question });
    if way == "spelunk/cancel" {
        return (begin(client, params).await, None);
    }
    let params = json!({ "command": "spelunk.ask", "arguments": [params], "workDoneToken": question });
    let id = client.begin("workspace/executeCommand", params).await;
    let fits = |notice: &Value| notice["event"]["question"] == question;
    let started = client.wait_for("spelunk/run", fits).await;
    (started["runId"].as_str().unwrap().to_owned(), Some(id))
}

/// Cancels, and waits until the client's request is answered, if there is one.
async fn cancel(client: &mut Client, question: &str, way: &str, run: &str, request: Option<i64>) {
    match way {
        "$/cancelRequest" => client.notify(way, json!({ "id": request })).await,
        "window/workDoneProgress/cancel" => client.notify(way, json!({ "token": question })).await,
        _ => assert_eq!(client.request(way, json!({ "runId": run })).await, Ok(json!({ "running": true }))),
    }
    if let Some(id) = request {
        assert_eq!(client.answer(id).await.unwrap_err()["code"], -32800, "{question}");
        let ours = |message: &&Value| message["params"]["token"] == question;
        // The token is the client's again once its request is answered.
        let last = client.until_heard("the answer", |_, messages| messages.iter().rfind(ours).cloned()).await;
        assert_eq!(last["params"]["value"]["kind"], "end", "{question}");
    }
}

#[tokio::test]
async fn a_run_stops_wherever_it_is() {
    let (world, server) = (World::new(), Server::start().await);
    server.when("never answered", Answer::events::<&str>([]).hang());
    let mut client = ours(&world, &server).await;
    for way in ["$/cancelRequest", "window/workDoneProgress/cancel", "spelunk/cancel"] {
        for (point, turn, sign) in points() {
            let question = format!("{point}, by {way}");
            script(&server, &question, vec![turn]);
            let after = format!("after {question}");
            cells(&server, &after, &["answer('after')"]);
            let before = server.requests().len();
            let (run, request) = ask(&mut client, &question, way).await;
            event(&mut client, &run, sign).await;
            // The call is told of before its request has left.
            server.received(before + 1).await;
            cancel(&mut client, &question, way, &run, request).await;
            // Whoever has cancelled may go on at once.
            let next = json!({ "question": after, "conversationId": question });
            assert_eq!(answered(&mut client, next).await["answer"], "after");
            let end = event(&mut client, &run, "end").await;
            assert_eq!(end["reason"], "cancelled", "{question}");
            let events = events(&client, &run);
            assert_eq!(events.last().unwrap()["kind"], "end", "{question}");
            let count = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
            assert_eq!(count("callStarted"), count("callFinished"), "{question}: {events:?}");
            assert_eq!(end["spent"]["calls"], count("callStarted"), "{question}");
            let over = client.request("spelunk/cancel", json!({ "runId": run })).await.unwrap();
            assert_eq!(over, json!({ "running": false }));
        }
    }
    // Every reply that was under way was hung up on, and the root was asked once for each question.
    let hung = |request: &&crate::server::Received| {
        request.last_message().contains("never answered")
            || ["waiting for the first reply", "in the middle"]
                .iter()
                .any(|p| request.last_message().contains(&format!("<question>\n{p}")))
    };
    let requests = server.requests();
    server.disconnected(requests.iter().filter(hung).count()).await;
    let runs = client.request("spelunk/runs", json!({ "limit": 100 })).await.unwrap();
    let count = |state: &str| runs["runs"].as_array().unwrap().iter().filter(|run| run["state"] == state).count();
    let all = points().len() * 3;
    assert_eq!((count("cancelled"), count("answered")), (all, all));
    assert!(client.is_alive().await);
    client.shut_down().await;
    let roots = |request: &&crate::server::Received| !request.last_message().contains("never answered");
    assert_eq!(server.requests().iter().filter(roots).count(), 2 * all);
    assert!(server.unanswered().is_empty(), "{:?}", server.unanswered());
}

#[tokio::test]
async fn an_answer_that_was_not_confirmed_is_offered() {
    let (world, server) = (World::new(), Server::start().await);
    server.when("never answered", Answer::events::<&str>([]).hang());
    let mut client = ours(&world, &server).await;
    cells(&server, "what?", &["console.log('see'); answer('nearly there')", "await llm('never answered')"]);
    let (run, request) = ask(&mut client, "what?", "spelunk/cancel").await;
    server.received(3).await;
    cancel(&mut client, "what?", "spelunk/cancel", &run, request).await;
    let end = event(&mut client, &run, "end").await;
    assert_eq!((&end["reason"], &end["answer"]), (&json!("cancelled"), &json!("nearly there")));
    assert_eq!(end["message"], "cancelled; an answer was there, and not confirmed");
    client.shut_down().await;
}

#[tokio::test]
async fn a_run_stops_while_it_waits_to_try_again() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| asks(request, "what?").then(|| Answer::status(503).header("retry-after", "25").body("{}")));
    let mut client = ours(&world, &server).await;
    let (run, request) = ask(&mut client, "what?", "$/cancelRequest").await;
    event(&mut client, &run, "retry").await;
    cancel(&mut client, "what?", "$/cancelRequest", &run, request).await;
    assert_eq!(event(&mut client, &run, "end").await["reason"], "cancelled");
    client.shut_down().await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_run_can_be_cancelled_before_it_has_a_name() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(Answer::events::<&str>([]).hang());
    let mut client = ours(&world, &server).await;
    for number in 0..20 {
        let params = json!({ "command": "spelunk.ask", "arguments": ["what?"], "workDoneToken": number });
        let id = client.begin("workspace/executeCommand", params).await;
        if number % 2 == 0 {
            client.notify("$/cancelRequest", json!({ "id": id })).await;
        } else {
            client.notify("window/workDoneProgress/cancel", json!({ "token": number })).await;
        }
        assert_eq!(client.answer(id).await.unwrap_err()["code"], -32800);
    }
    assert!(client.is_alive().await);
    // Whatever began has ended, and nothing is left unfinished.
    client.shut_down().await;
    let listed = world.run(&["trace"]).await.stdout;
    assert!(!listed.contains("unfinished"), "{listed}");
}

#[tokio::test]
async fn a_token_that_is_used_again_stops_the_run_that_has_it() {
    let (world, server) = (World::new(), Server::start().await);
    script(&server, "one?", vec![Answer::events::<&str>([]).hang()]);
    script(&server, "two?", vec![Answer::events::<&str>([]).hang()]);
    let mut client = ours(&world, &server).await;
    for question in ["one?", "two?"] {
        let params = json!({ "command": "spelunk.ask", "arguments": [question], "workDoneToken": "same" });
        let id = client.begin("workspace/executeCommand", params).await;
        let fits = |notice: &Value| notice["event"]["question"] == question;
        client.wait_for("spelunk/run", fits).await;
        client.notify("window/workDoneProgress/cancel", json!({ "token": "same" })).await;
        assert_eq!(client.answer(id).await.unwrap_err()["code"], -32800);
    }
    client.shut_down().await;
}

#[tokio::test]
async fn a_server_that_ends_settles_its_runs() {
    for by_the_book in [true, false] {
        let (world, server) = (World::new(), Server::start().await);
        script(&server, "reply?", vec![Answer::events::<&str>([]).hang()]);
        script(&server, "loop?", vec![says_cell("repo.search('zzz'); for (;;) {}")]);
        let mut client = ours(&world, &server).await;
        let mut requests = Vec::new();
        for (question, sign) in [("reply?", "callStarted"), ("loop?", "looking")] {
            let (run, request) = ask(&mut client, question, "$/cancelRequest").await;
            event(&mut client, &run, sign).await;
            requests.push((run, request.unwrap()));
        }
        if by_the_book {
            let down = client.begin("shutdown", Value::Null).await;
            for (run, id) in requests {
                assert_eq!(client.answer(id).await.unwrap_err()["code"], -32800);
                assert_eq!(event(&mut client, &run, "end").await["reason"], "cancelled");
            }
            assert_eq!(client.answer(down).await, Ok(Value::Null));
        }
        client.notify("exit", Value::Null).await;
        assert_eq!(client.exit().await.code(), Some(i32::from(!by_the_book)));
        server.disconnected(1).await;
        // Without a `shutdown` nobody has waited for the runs, and the server waits only so long.
        let listed = world.run(&["trace"]).await.stdout;
        assert!(!by_the_book || listed.matches("cancelled").count() == 2, "{listed}");
    }
}
