//! The Messages API over real HTTP on loopback: single calls, and whole runs of the binary.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use spelunk::cancel::Cancel;
use spelunk::model::{
    Endpoint, Endpoints, Finish, Message, Model, ModelError, Progress, Reply, Request, Role, Secret, Tool, open,
};

use crate::agent::{World, all_bytes, contains, finish};
use crate::clock::Clock;
use crate::server::{Answer, Received, Server};

const KEY: &str = "sk-ant-test-do-not-print-0123456789";
const STEP: Duration = Duration::from_millis(10);

fn model_at(base_url: String) -> Arc<dyn Model> {
    let endpoint = Endpoint::new(base_url).with_key(Secret::new(KEY));
    open("anthropic/claude-test", &Endpoints::new([("anthropic".to_string(), endpoint)])).unwrap()
}

fn base_url(server: &Server) -> String {
    format!("http://{}", server.address())
}

fn model(server: &Server) -> Arc<dyn Model> {
    model_at(base_url(server))
}

fn message(role: Role, content: &str) -> Message {
    Message { role, content: content.to_string(), tool_calls: Vec::new(), tool_call_id: None }
}

fn request(text: &str) -> Request {
    Request {
        model: "claude-test".to_string(),
        messages: vec![message(Role::System, "be brief"), message(Role::User, text)],
        tools: Vec::new(),
        max_tokens: 100,
        temperature: None,
        schema: None,
    }
}

fn run_tool() -> Tool {
    Tool { name: "run".to_string(), description: "runs".to_string(), parameters: json!({ "type": "object" }) }
}

async fn send(model: &dyn Model, request: &Request) -> Result<Reply, ModelError> {
    model.complete(request, &|_| {}, &Cancel::new()).await
}

async fn ask(model: &dyn Model, text: &str) -> Result<Reply, ModelError> {
    send(model, &request(text)).await
}

/// An event as the API sends it, under its name.
fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
}

fn stream(events: &[Value]) -> Answer {
    let head = Answer::status(200).header("content-type", "text/event-stream; charset=utf-8");
    events.iter().fold(head, |answer, data| answer.body(event(data)))
}

/// The events of a message with these content blocks, the text of which comes in single characters.
fn events(blocks: &[Value], reason: &str) -> Vec<Value> {
    let usage = json!({
        "input_tokens": 10, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 30, "output_tokens": 1,
    });
    let message = json!({ "id": "msg_1", "type": "message", "role": "assistant", "content": [], "usage": usage });
    let mut events = vec![json!({ "type": "message_start", "message": message }), json!({ "type": "ping" })];
    for (index, block) in blocks.iter().enumerate() {
        let mut begun = block.clone();
        let mut deltas = Vec::new();
        if let Some(text) = block["text"].as_str() {
            begun["text"] = json!("");
            deltas.extend(text.chars().map(|c| json!({ "type": "text_delta", "text": c })));
        }
        if block["type"] == "tool_use" {
            begun["input"] = json!({});
            let pieces: Vec<char> = block["input"].to_string().chars().collect();
            let pieces = pieces.chunks(7).map(String::from_iter);
            deltas.extend(pieces.map(|piece| json!({ "type": "input_json_delta", "partial_json": piece })));
        }
        events.push(json!({ "type": "content_block_start", "index": index, "content_block": begun }));
        let delta = |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta });
        events.extend(deltas.into_iter().map(delta));
        events.push(json!({ "type": "content_block_stop", "index": index }));
    }
    let delta = json!({ "stop_reason": reason, "stop_sequence": null });
    events.push(json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": 15 } }));
    events.push(json!({ "type": "message_stop" }));
    events
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn says(said: &str) -> Answer {
    stream(&events(&[text(said)], "end_turn"))
}

fn error(kind: &str, message: &str) -> Value {
    json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": "req_1" })
}

/// All text of the last message of a request.
fn last_text(received: &Received) -> String {
    let body = received.json();
    let last = body["messages"].as_array().and_then(|all| all.last()?["content"].as_array().cloned());
    let text = |block: &Value| block["text"].as_str().or(block["content"].as_str()).unwrap_or_default().to_string();
    last.unwrap_or_default().iter().map(text).collect()
}

mod replies {
    use super::*;

    #[tokio::test]
    async fn streamed() {
        let server = Server::start().await;
        server.always(says("日本語 👩🏽‍💻"));
        let texts = Mutex::new(String::new());
        let progress = |progress| match progress {
            Progress::Text(text) => texts.lock().unwrap().push_str(&text),
            other => panic!("{other:?}"),
        };
        let reply = model(&server).complete(&request("hello"), &progress, &Cancel::new()).await.unwrap();
        assert_eq!((&*reply.text, reply.finish, reply.attempts), ("日本語 👩🏽‍💻", Finish::Stop, 1));
        assert_eq!(texts.into_inner().unwrap(), reply.text);
        let usage = reply.usage;
        assert_eq!((usage.input, usage.cached, usage.output, usage.estimated), (60, 30, 15, false));

        let received = &server.requests()[0];
        assert_eq!((&*received.method, &*received.path), ("POST", "/v1/messages"));
        assert_eq!(received.header("x-api-key"), Some(KEY));
        assert_eq!(received.header("anthropic-version"), Some("2023-06-01"));
        assert_eq!(received.header("authorization"), None);
        let body = received.json();
        let mark = json!({ "type": "ephemeral" });
        assert_eq!(body["system"], json!([{ "type": "text", "text": "be brief", "cache_control": mark }]));
        assert_eq!(body["messages"], json!([{ "role": "user", "content": [text("hello")] }]));
        assert_eq!(
            (&body["model"], &body["max_tokens"], &body["stream"]),
            (&json!("claude-test"), &json!(100), &json!(true))
        );
    }

    #[tokio::test]
    async fn base_urls_with_and_without_the_version() {
        for (path, expect) in [
            ("", "/v1/messages"),
            ("/", "/v1/messages"),
            ("/v1", "/v1/messages"),
            ("/v1/messages", "/v1/messages"),
            ("/anthropic", "/anthropic/v1/messages"),
        ] {
            let server = Server::start().await;
            server.always(says("hi"));
            ask(&*model_at(format!("{}{path}", base_url(&server))), "x").await.unwrap();
            assert_eq!(server.requests()[0].path, expect, "{path}");
        }
    }

    #[tokio::test]
    async fn cut_at_every_byte() {
        let said = "漢字 🇯🇵 é";
        let call = json!({ "type": "tool_use", "id": "t1", "name": "run", "input": { "code": "'仮名 👋'" } });
        let whole: String = events(&[text(said), call], "tool_use").iter().map(event).collect();
        let bytes = whole.into_bytes();
        let server = Server::start().await;
        let mut cuts = 1..bytes.len();
        let all = cuts.len();
        server.rule(move |_| {
            let cut = cuts.next()?;
            let head = Answer::status(200).header("content-type", "text/event-stream");
            Some(head.body(&bytes[..cut]).body(&bytes[cut..]))
        });
        let model = model(&server);
        for cut in 1..=all {
            let reply = ask(&*model, "x").await.unwrap();
            assert_eq!((&*reply.text, reply.finish), (said, Finish::ToolCalls), "cut at {cut}");
            assert_eq!(reply.tool_calls[0].arguments, "{\"code\":\"'仮名 👋'\"}", "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn whole_messages() {
        let server = Server::start().await;
        let whole = json!({ "type": "message", "role": "assistant", "content": [text("done")], "stop_reason": "end_turn",
            "usage": { "input_tokens": 3, "output_tokens": 1 } });
        server.always(Answer::json(&whole));
        let reply = ask(&*model(&server), "x").await.unwrap();
        assert_eq!((&*reply.text, reply.usage.input, reply.usage.output), ("done", 3, 1));
    }

    #[tokio::test]
    async fn schemas_are_answered_in_text_by_either_way() {
        let schema = json!({ "type": "array", "items": { "type": "integer" } });
        let server = Server::start().await;
        server.rule(|received| {
            let refused = error("invalid_request_error", "output_config.format: Extra inputs are not permitted");
            received
                .json()
                .pointer("/output_config/format")
                .is_some()
                .then(|| Answer::status(400).body(refused.to_string()))
        });
        let call = json!({ "type": "tool_use", "id": "t1", "name": "reply", "input": { "value": [1, 2] } });
        server.always(stream(&events(&[call], "tool_use")));
        let model = model(&server);
        let request = Request { schema: Some(schema.clone()), ..request("x") };
        let replies = [send(&*model, &request).await.unwrap(), send(&*model, &request).await.unwrap()];
        for reply in &replies {
            assert_eq!((&*reply.text, reply.finish, reply.tool_calls.len()), ("[1,2]", Finish::Stop, 0));
        }
        assert_eq!((replies[0].attempts, replies[1].attempts), (2, 1));
        let bodies: Vec<_> = server.requests().iter().map(|received| received.json()).collect();
        assert_eq!(bodies[0]["output_config"]["format"], json!({ "type": "json_schema", "schema": schema }));
        assert_eq!(bodies[1]["tool_choice"], json!({ "type": "tool", "name": "reply" }));
    }

    #[tokio::test]
    async fn thoughts_are_given_back_until_they_are_refused() {
        let thought = json!({ "type": "thinking", "thinking": "", "signature": "sig" });
        let call = json!({ "type": "tool_use", "id": "t1", "name": "run", "input": { "a": 1 } });
        let server = Server::start().await;
        server.then(stream(&events(&[thought.clone(), call.clone()], "tool_use")));
        server.then(says("thanks"));
        let refused = error("invalid_request_error", "messages.1.content.0: Invalid `signature` in `thinking` block");
        server.then(Answer::status(400).body(refused.to_string()));
        server.always(says("well"));
        let model = model(&server);
        let mut request = Request { tools: vec![run_tool()], ..request("x") };
        let first = send(&*model, &request).await.unwrap();
        request.messages.push(Message { tool_calls: first.tool_calls, ..message(Role::Assistant, &first.text) });
        request.messages.push(Message { tool_call_id: Some("t1".to_string()), ..message(Role::Tool, "1") });
        for expect in ["thanks", "well"] {
            assert_eq!(send(&*model, &request).await.unwrap().text, expect);
        }
        let said: Vec<_> =
            server.requests().iter().map(|received| received.json()["messages"][1]["content"].clone()).collect();
        assert_eq!(said[1..], [json!([thought, call]), json!([thought, call]), json!([call])]);
    }
}

mod failures {
    use super::*;

    type Kind = fn(&ModelError) -> bool;

    const UNAVAILABLE: Kind = |error| matches!(error, ModelError::Unavailable(_));
    const AUTH: Kind = |error| matches!(error, ModelError::Auth(_));
    const QUOTA: Kind = |error| matches!(error, ModelError::Quota(_));
    const BAD: Kind = |error| matches!(error, ModelError::BadRequest(_));
    const TOO_LONG: Kind = |error| matches!(error, ModelError::TooLong(_));
    const BAD_REPLY: Kind = |error| matches!(error, ModelError::BadReply(_));

    /// The error of a call to a server that always answers so, and the requests that it took.
    async fn failure(answer: Answer) -> (ModelError, usize) {
        let clock = Clock::stop();
        let server = Server::start().await;
        server.always(answer);
        let result = clock.drive(STEP, ask(&*model(&server), "x")).await;
        let requests = server.requests().len();
        tokio::time::resume();
        (result.expect_err("no reply"), requests)
    }

    #[tokio::test]
    async fn by_status() {
        let check = async |status: u16, kind: &str, message: &str, expect: Kind, requests: usize| {
            let answer = Answer::status(status).header("content-type", "application/json");
            let (error, sent) = failure(answer.body(error(kind, message).to_string())).await;
            assert!(expect(&error), "{status} {kind}: {error:?}");
            assert_eq!(sent, requests, "{status} {kind}: {error:?}");
        };
        check(400, "invalid_request_error", "messages: something", BAD, 1).await;
        check(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", TOO_LONG, 1).await;
        let sum = "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000";
        check(400, "invalid_request_error", sum, TOO_LONG, 1).await;
        check(400, "invalid_request_error", "Your credit balance is too low to access the API", QUOTA, 1).await;
        check(400, "invalid_request_error", "You have reached your specified API usage limits.", QUOTA, 1).await;
        check(401, "authentication_error", "invalid x-api-key", AUTH, 1).await;
        check(402, "billing_error", "check your payment", QUOTA, 1).await;
        check(403, "permission_error", "not for this key", AUTH, 1).await;
        check(404, "not_found_error", "model: claude-test", BAD, 1).await;
        check(413, "request_too_large", "Request exceeds the maximum size", TOO_LONG, 1).await;
        check(429, "rate_limit_error", "slow down", UNAVAILABLE, 4).await;
        check(500, "api_error", "Internal server error", UNAVAILABLE, 4).await;
        check(504, "timeout_error", "took too long", UNAVAILABLE, 4).await;
        check(529, "overloaded_error", "Overloaded", UNAVAILABLE, 4).await;
    }

    #[tokio::test]
    async fn replies_of_something_else() {
        let check = async |answer: Answer, expect: Kind, requests: usize| {
            let (error, sent) = failure(answer).await;
            assert!(expect(&error) && sent == requests, "{sent}: {error:?}");
        };
        check(Answer::status(200).body("hello"), BAD_REPLY, 1).await;
        check(Answer::status(200).header("content-type", "text/html").body("<html>"), BAD_REPLY, 1).await;
        check(Answer::says("as another protocol has it"), UNAVAILABLE, 4).await;
        check(Answer::json(&json!({ "choices": [{ "message": { "content": "x" } }] })), BAD_REPLY, 1).await;
        check(Answer::json(&error("overloaded_error", "Overloaded")), UNAVAILABLE, 4).await;
    }

    #[tokio::test]
    async fn a_pause_asked_for_is_kept() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let throttled = error("rate_limit_error", "slow down").to_string();
        server.then(Answer::status(429).header("retry-after", 7).body(throttled));
        server.always(says("fine"));
        let reply = clock.drive(STEP, ask(&*model(&server), "x")).await.unwrap();
        assert_eq!(reply.attempts, 2);
        let [first, second] = &server.requests()[..] else { panic!("two requests") };
        let gap = (second.at - first.at).as_secs_f64();
        assert!((7.0..7.5).contains(&gap), "{gap}");
    }

    #[tokio::test]
    async fn messages_say_what_to_do() {
        let refused = error("authentication_error", "invalid x-api-key").to_string();
        let (error, _) = failure(Answer::status(401).header("request-id", "req_011CX").body(refused)).await;
        let message = error.to_string();
        let end = "answered 401: invalid x-api-key (request req_011CX); check the API key of this endpoint";
        assert!(message.ends_with(end), "{message}");
        let (error, _) = failure(Answer::status(200).body("<html>")).await;
        assert!(error.to_string().contains("did not answer as a Messages server does: an HTML page"), "{error}");
    }

    #[tokio::test]
    async fn the_end_of_the_stream_at_every_event() {
        let events = events(&[text("one two"), text(" three")], "end_turn");
        let ends: [fn(Answer) -> Answer; 4] =
            [|answer| answer, Answer::cut, Answer::reset, |answer| answer.until_close()];
        for end in ends {
            for count in 0..=events.len() {
                let clock = Clock::stop();
                let server = Server::start().await;
                server.always(end(stream(&events[..count])));
                let result = clock.drive(Duration::from_millis(50), ask(&*model(&server), "x")).await;
                let requests = server.requests().len();
                tokio::time::resume();
                match result {
                    Ok(reply) => {
                        assert_eq!((count, &*reply.text), (events.len(), "one two three"));
                        assert!(!reply.usage.estimated);
                    }
                    Err(error) => {
                        assert!(count < events.len(), "the reply was whole: {error}");
                        assert!(UNAVAILABLE(&error), "{error:?}");
                        assert_eq!(requests, 4);
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn an_error_after_every_event() {
        let check = async |kind: &str, message: &str, expect: Kind, requests: usize| {
            let events = events(&[text("one")], "end_turn");
            for count in 0..events.len() {
                let mut sent = events[..count].to_vec();
                sent.push(error(kind, message));
                sent.push(json!({ "type": "message_stop" }));
                let (error, found) = failure(stream(&sent)).await;
                assert!(expect(&error), "{kind} after {count}: {error:?}");
                assert_eq!(found, requests, "{kind} after {count}");
            }
        };
        check("overloaded_error", "Overloaded", UNAVAILABLE, 4).await;
        check("api_error", "Internal server error", UNAVAILABLE, 4).await;
        check("rate_limit_error", "slow down", UNAVAILABLE, 4).await;
        check("invalid_request_error", "prompt is too long", TOO_LONG, 1).await;
        check("request_too_large", "too large", TOO_LONG, 1).await;
        check("billing_error", "pay first", QUOTA, 1).await;
        check("permission_error", "not for you", AUTH, 1).await;
        check("authentication_error", "bad key", AUTH, 1).await;
    }

    #[tokio::test]
    async fn pings_keep_a_slow_stream_alive() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let events = events(&[text("at last")], "end_turn");
        let ping = event(&json!({ "type": "ping" }));
        let begun = stream(&events[..2]);
        let slow = (0..4).fold(begun, |answer, _| answer.pause(Duration::from_secs(50)).body(ping.clone()));
        server.always(events[2..].iter().fold(slow, |answer, data| answer.body(event(data))));
        let reply = clock.drive(Duration::from_millis(100), ask(&*model(&server), "x")).await.unwrap();
        assert_eq!((&*reply.text, reply.attempts), ("at last", 1));
    }

    #[tokio::test]
    async fn cancelled_in_the_middle() {
        let server = Server::start().await;
        server.always(stream(&events(&[text("one")], "end_turn")[..4]).hang());
        let cancel = Cancel::new();
        let progress = |_| cancel.cancel();
        let result = model(&server).complete(&request("x"), &progress, &cancel).await;
        assert_eq!(result, Err(ModelError::Cancelled));
        server.disconnected(1).await;
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn a_half_that_came_is_paid_for() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let events = events(&[text("one two three four five")], "end_turn");
        server.then(stream(&events[..events.len() - 3]));
        server.always(says("whole"));
        let reply = clock.drive(STEP, ask(&*model(&server), "x")).await.unwrap();
        let usage = reply.usage;
        assert_eq!((usage.input, usage.cached, usage.estimated), (120, 60, true));
        assert!(usage.output > 15, "{usage:?}");
    }

    #[tokio::test]
    async fn keys_stand_in_no_message() {
        let echo = format!("your key {KEY} is bad");
        for answer in [
            Answer::status(401).body(error("authentication_error", &echo).to_string()),
            Answer::status(400).header("request-id", KEY).body(echo.clone()),
            Answer::status(302).header("location", format!("/{KEY}")),
            stream(&[error("api_error", &echo)]),
            Answer::status(200).body(echo.clone()),
        ] {
            let (error, _) = failure(answer).await;
            assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
        }
    }
}

mod runs {
    use super::*;

    fn is_root(received: &Received) -> bool {
        received.json()["system"][0]["text"].as_str().is_some_and(|text| text.contains("declare const repo"))
    }

    /// Everything that is cached in its order, without the marks.
    fn prefix(body: &Value) -> Vec<String> {
        let mark = r#","cache_control":{"type":"ephemeral"}"#;
        let parts = ["tools", "system", "messages"].into_iter().flat_map(|part| body[part].as_array().unwrap());
        parts.map(|part| part.to_string().replace(mark, "")).collect()
    }

    fn command(world: &World, server: &Server, args: &[&str]) -> tokio::process::Command {
        let mut command = world.command(args);
        command.env("ANTHROPIC_BASE_URL", base_url(server)).env("ANTHROPIC_API_KEY", KEY);
        command
    }

    #[tokio::test]
    async fn turns_tools_and_leaves() {
        let (world, server) = (World::new(), Server::start().await);
        let cells = [
            "const hits = repo.search(/fn (parse|count)/); hits",
            "const all = await llmAll([{ prompt: 'first?', data: repo.text(hits) }, { prompt: 'second?' }, \
             { prompt: 'third?', schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } }]); all",
            "const [a, b, c] = all; answer(`${a.value} ${b.ok} ${c.value.n}: \\`count\\` calls \\`parse\\` (src/parse.rs:8-10).`)",
        ];
        let mut turns = (0..).zip(cells);
        server.rule(move |received| {
            let (turn, cell) = is_root(received).then(|| turns.next()).flatten()?;
            let name = received.json()["tools"][0]["name"].clone();
            let call =
                json!({ "type": "tool_use", "id": format!("toolu_{turn}"), "name": name, "input": { "code": cell } });
            Some(stream(&events(&[text("Let me see."), call], "tool_use")))
        });
        server.rule(|received| last_text(received).contains("first?").then(|| says("one")));
        server.rule(|received| {
            let refused = error("invalid_request_error", "no such thing").to_string();
            last_text(received).contains("second?").then(|| Answer::status(400).body(refused))
        });
        server.rule(|received| last_text(received).contains("third?").then(|| says(r#"{"n": 3}"#)));
        let repo = world.repo();
        let args = ["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "anthropic/claude-sonnet-4-5"];
        let finished = finish(command(&world, &server, &args).spawn().unwrap()).await;
        let report = finished.json();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert_eq!(report["answer"], "one false 3: `count` calls `parse` (src/parse.rs:8-10).");
        assert_eq!(report["citations"][0]["status"], "valid");
        let requests = server.requests();
        assert_eq!(requests.len(), 6);
        // Three turns and the two leaves that answered, each with 60 tokens in and 15 out.
        let tokens = |key: &str| report["spent"]["usage"][key].as_u64();
        assert_eq!((tokens("input"), tokens("output")), (Some(5 * 60), Some(5 * 15)), "{}", report["spent"]);
        assert_eq!(report["spent"]["unpriced"], 0, "{}", report["spent"]);

        let roots: Vec<_> = requests.iter().filter(|one| is_root(one)).map(Received::json).collect();
        for body in &roots {
            assert!(
                body["tools"][0].get("cache_control").is_some() && body["system"][0].get("cache_control").is_some()
            );
            let messages = body["messages"].as_array().unwrap();
            let last = messages.last().unwrap()["content"].as_array().unwrap().last().unwrap();
            assert!(last.get("cache_control").is_some(), "{last}");
            assert!(body.to_string().matches("cache_control").count() <= 4);
            let roles: Vec<_> = messages.iter().map(|one| one["role"].as_str().unwrap()).collect();
            assert!(roles.iter().zip(["user", "assistant"].iter().cycle()).all(|(a, b)| a == b), "{roles:?}");
        }
        for pair in roots.windows(2) {
            let [before, after] = [&pair[0], &pair[1]].map(prefix);
            assert!(after.starts_with(&before), "what a turn sent is where the next one begins");
        }
        let result = &roots[2]["messages"][4]["content"][0];
        assert_eq!((&result["type"], &result["tool_use_id"]), (&json!("tool_result"), &json!("toolu_1")));
        let leaf = requests.iter().find(|one| last_text(one).contains("third?")).unwrap().json();
        assert_eq!(leaf["output_config"]["format"]["schema"]["additionalProperties"], json!(false));
        assert!(
            !leaf["messages"].to_string().contains("cache_control"),
            "one question is not worth a place in the cache"
        );
        assert!(!contains(&all_bytes(&world.state()), KEY.as_bytes()), "a key stands in the state folder");
        assert!(!finished.stderr.contains(KEY) && !finished.stdout.contains(KEY));
    }

    #[tokio::test]
    async fn without_a_key_the_variable_is_named() {
        let world = World::new();
        let repo = world.repo();
        let args = ["ask", "what?", repo.to_str().unwrap(), "--model", "anthropic/claude-sonnet-4-5"];
        let finished = world.run(&args).await;
        assert_ne!(finished.code, Some(0));
        assert!(finished.stderr.contains("set ANTHROPIC_API_KEY"), "{}", finished.stderr);
    }

    #[tokio::test]
    async fn doctor_asks_the_model() {
        let (world, server) = (World::new(), Server::start().await);
        server.always(says("ok"));
        let mut command = command(&world, &server, &["doctor"]);
        command.env("SPELUNK_MODEL", "anthropic/claude-sonnet-4-5");
        let finished = finish(command.spawn().unwrap()).await;
        assert!(finished.stdout.contains("anthropic/claude-sonnet-4-5 answers in"), "{}", finished.stdout);
    }
}
