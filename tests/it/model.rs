//! Models over real HTTP on loopback.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use spelunk::cancel::Cancel;
use spelunk::model::{
    Endpoint, Endpoints, Finish, Message, Model, ModelError, Progress, Reply, Request, Role, Secret, Tool, open,
};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::server::{Answer, Gate, Server, chunk};

const KEY: &str = "sk-test-do-not-print-0123456789";
const STEP: Duration = Duration::from_millis(10);

fn endpoint(base_url: String) -> Endpoint {
    Endpoint::new(base_url).with_key(Secret::new(KEY))
}

fn model_at(endpoint: Endpoint) -> Arc<dyn Model> {
    open("openai/test-model", &Endpoints::new([("openai".to_string(), endpoint)])).unwrap()
}

fn model(server: &Server) -> Arc<dyn Model> {
    model_at(endpoint(server.base_url()))
}

fn request(text: &str) -> Request {
    Request {
        model: "test-model".to_string(),
        messages: vec![Message {
            role: Role::User,
            content: text.to_string(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        }],
        tools: Vec::new(),
        max_tokens: 100,
        temperature: None,
        schema: None,
    }
}

async fn send(model: &dyn Model, request: &Request) -> Result<Reply, ModelError> {
    model.complete(request, &|_| {}, &Cancel::new()).await
}

async fn ask(model: &dyn Model, text: &str) -> Result<Reply, ModelError> {
    send(model, &request(text)).await
}

/// Asks, and tells what was streamed and how long each announced wait was.
async fn watch(model: &dyn Model, text: &str) -> (Result<Reply, ModelError>, Vec<String>, Vec<Duration>) {
    let (texts, waits) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let progress = |progress| match progress {
        Progress::Text(text) => texts.lock().unwrap().push(text),
        Progress::Retry { wait, .. } => waits.lock().unwrap().push(wait),
    };
    let result = model.complete(&request(text), &progress, &Cancel::new()).await;
    (result, texts.into_inner().unwrap(), waits.into_inner().unwrap())
}

fn within(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

mod replies {
    use super::*;

    #[tokio::test]
    async fn streamed() {
        let server = Server::start().await;
        server.always(Answer::events([
            chunk(json!({ "role": "assistant", "content": "" }), None).to_string(),
            chunk(json!({ "content": "日本" }), None).to_string(),
            chunk(json!({ "content": "語 👩🏽‍💻" }), None).to_string(),
            chunk(json!({}), Some("stop")).to_string(),
            json!({ "choices": [], "usage": {
                "prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18,
                "prompt_tokens_details": { "cached_tokens": 4 },
            } })
            .to_string(),
            "[DONE]".to_string(),
        ]));
        let model = model(&server);
        let (reply, texts, _) = watch(&*model, "hello").await;
        let reply = reply.unwrap();
        assert_eq!((&*reply.text, reply.finish, reply.attempts), ("日本語 👩🏽‍💻", Finish::Stop, 1));
        assert_eq!(texts, ["日本", "語 👩🏽‍💻"]);
        let usage = reply.usage;
        assert_eq!((usage.input, usage.cached, usage.output, usage.estimated), (11, 4, 7, false));

        let received = &server.requests()[0];
        assert_eq!((&*received.method, &*received.path), ("POST", "/v1/chat/completions"));
        assert_eq!(received.header("authorization"), Some(&*format!("Bearer {KEY}")));
        assert_eq!(received.header("content-type"), Some("application/json"));
        assert_eq!(received.header("user-agent"), Some(concat!("spelunk/", env!("CARGO_PKG_VERSION"))));
        let body = received.json();
        assert_eq!(body["messages"], json!([{ "role": "user", "content": "hello" }]));
        assert_eq!((&body["model"], &body["max_tokens"]), (&json!("test-model"), &json!(100)));
        assert_eq!((&body["stream"], &body["stream_options"]), (&json!(true), &json!({ "include_usage": true })));
    }

    #[tokio::test]
    async fn cut_at_every_byte() {
        let text = "漢字 🇯🇵 é";
        let first = format!("data: {}\r\n\r\n", chunk(json!({ "content": text }), None));
        let last = format!("data: {}\r\n\r\ndata: [DONE]\r\n\r\n", chunk(json!({}), Some("stop")));
        let stream = [first, last].concat().into_bytes();
        let server = Server::start().await;
        let mut cuts = 1..stream.len();
        server.rule(move |_| {
            let cut = cuts.next()?;
            let head = Answer::status(200).header("content-type", "text/event-stream; charset=utf-8");
            Some(head.body(&stream[..cut]).body(&stream[cut..]))
        });
        let model = model(&server);
        let mut replies = 0;
        while let Ok(reply) = ask(&*model, "x").await {
            assert_eq!(reply.text, text);
            replies += 1;
            if server.unanswered().is_empty() && replies == 300 {
                break;
            }
        }
        assert!(replies >= 200, "{replies}");
    }

    #[tokio::test]
    async fn whole() {
        let server = Server::start().await;
        let reply = json!({
            "choices": [{ "message": { "role": "assistant", "content": "done" }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 3, "completion_tokens": 1 },
        });
        server.then(Answer::json(&reply));
        server.then(Answer::json(&reply).until_close());
        server.then(Answer::events([chunk(json!({ "content": "done" }), Some("stop"))]).header("content-type", "x"));
        let plain = Answer::status(200).header("content-type", "text/plain");
        server.then(plain.body(format!("data: {}\n\n", chunk(json!({ "content": "done" }), Some("stop")))));
        let model = model(&server);
        for _ in 0..4 {
            let (reply, texts, _) = watch(&*model, "x").await;
            assert_eq!(reply.unwrap().text, "done");
            assert_eq!(texts, ["done"]);
        }
    }

    #[tokio::test]
    async fn with_tool_calls() {
        let server = Server::start().await;
        let call = |call: Value| chunk(json!({ "tool_calls": [call] }), None);
        server.always(Answer::events([
            call(json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "run", "arguments": "" } })),
            call(
                json!({ "index": 1, "id": "b", "type": "function", "function": { "name": "run", "arguments": "{}" } }),
            ),
            call(json!({ "index": 0, "function": { "arguments": "{\"code\":" } })),
            call(json!({ "index": 0, "function": { "arguments": "\"1\"}" } })),
            chunk(json!({}), Some("tool_calls")),
        ]));
        let mut request = request("x");
        request.tools = vec![Tool { name: "run".to_string(), description: "runs".to_string(), parameters: json!({}) }];
        let reply = send(&*model(&server), &request).await.unwrap();
        let calls: Vec<_> = reply.tool_calls.iter().map(|call| (&*call.id, &*call.name, &*call.arguments)).collect();
        assert_eq!(calls, [("a", "run", "{\"code\":\"1\"}"), ("b", "run", "{}")]);
        assert_eq!(reply.finish, Finish::ToolCalls);
        assert!(reply.usage.estimated && reply.usage.output > 0);
        assert_eq!(server.requests()[0].json()["tools"][0]["function"]["name"], "run");
    }

    #[tokio::test]
    async fn over_one_connection() {
        let server = Server::start().await;
        server.always(Answer::says("hi"));
        let endpoints = Endpoints::new([("openai".to_string(), endpoint(server.base_url()))]);
        for name in ["openai/root", "openai/leaf"] {
            let model = open(name, &endpoints).unwrap();
            for _ in 0..3 {
                ask(&*model, "x").await.unwrap();
            }
        }
        assert_eq!((server.requests().len(), server.connections()), (6, 1));
    }

    #[tokio::test]
    async fn through_a_base_url_with_a_query() {
        let server = Server::start().await;
        server.always(Answer::says("hi"));
        let base_url = format!("http://{}/openai/deployments/d/?api-version=2024", server.address());
        ask(&*model_at(endpoint(base_url)), "x").await.unwrap();
        assert_eq!(server.requests()[0].path, "/openai/deployments/d/chat/completions?api-version=2024");
    }
}

mod refusals_of_parts {
    use super::*;

    /// A server that refuses requests in which `refused` finds something.
    async fn picky(status: u16, complaint: Value, refused: fn(&Value) -> bool) -> Server {
        let server = Server::start().await;
        server.rule(move |received| {
            let refuses = refused(&received.json());
            refuses
                .then(|| Answer::status(status).header("content-type", "application/json").body(complaint.to_string()))
        });
        server.always(Answer::events([chunk(json!({ "content": "fine" }), Some("stop"))]));
        server
    }

    /// The bodies of two equal calls: the first meets the refusal, and the second knows of it.
    async fn check(server: &Server) -> (Arc<dyn Model>, Vec<Value>) {
        let model = model(server);
        let mut request = request("x");
        request.temperature = Some(0.2);
        request.schema = Some(json!({ "type": "object" }));
        request.tools = vec![Tool { name: "run".to_string(), description: String::new(), parameters: json!({}) }];
        let first = send(&*model, &request).await.unwrap();
        let second = send(&*model, &request).await.unwrap();
        assert_eq!((first.attempts, second.attempts), (2, 1));
        (model, server.requests().iter().map(|received| received.json()).collect())
    }

    #[tokio::test]
    async fn max_tokens() {
        let complaint = json!({ "error": {
            "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "type": "invalid_request_error", "param": "max_tokens", "code": "unsupported_parameter",
        } });
        let server = picky(400, complaint, |body| body.get("max_tokens").is_some()).await;
        let (_, bodies) = check(&server).await;
        assert_eq!(bodies[0]["max_tokens"], 100);
        for body in &bodies[1..] {
            assert_eq!((&body["max_completion_tokens"], &body["max_tokens"]), (&json!(100), &Value::Null));
        }
    }

    #[tokio::test]
    async fn temperature() {
        let complaint = json!({ "error": { "param": "temperature", "code": "unsupported_value",
            "message": "Unsupported value: 'temperature' does not support 0.2 with this model." } });
        let server = picky(400, complaint, |body| body.get("temperature").is_some()).await;
        let (_, bodies) = check(&server).await;
        assert_eq!(bodies[0]["temperature"], 0.2);
        assert!(bodies[1..].iter().all(|body| body.get("temperature").is_none()));
    }

    #[tokio::test]
    async fn stream_options() {
        let complaint = json!({ "detail": [{ "type": "extra_forbidden", "loc": ["body", "stream_options"],
            "msg": "Extra inputs are not permitted" }] });
        let server = picky(422, complaint, |body| body.get("stream_options").is_some()).await;
        let (model, bodies) = check(&server).await;
        assert!(bodies[1..].iter().all(|body| body.get("stream_options").is_none() && body["stream"] == true));
        assert!(ask(&*model, "x").await.unwrap().usage.estimated);
    }

    #[tokio::test]
    async fn response_format() {
        let complaint = json!({ "error": "response_format json_schema is unavailable now" });
        let server = picky(400, complaint, |body| body.get("response_format").is_some()).await;
        let (_, bodies) = check(&server).await;
        assert_eq!(bodies[0]["response_format"]["type"], "json_schema");
        assert!(bodies[1..].iter().all(|body| body.get("response_format").is_none()));
    }

    #[tokio::test]
    async fn tools() {
        let complaint = json!({ "error": { "message": "registry.example/library/tiny does not support tools" } });
        let server = picky(400, complaint, |body| body.get("tools").is_some()).await;
        assert!(model(&server).has_tools());
        let (model, bodies) = check(&server).await;
        assert!(bodies[1..].iter().all(|body| body.get("tools").is_none()));
        assert!(!model.has_tools(), "the model says so from then on");
    }

    #[tokio::test]
    async fn several_at_once() {
        let server = Server::start().await;
        for part in ["temperature", "stream_options", "response_format"] {
            server.rule(move |received| {
                let complaint = format!("unknown field {part}");
                received.json().get(part).is_some().then(|| Answer::status(400).body(complaint))
            });
        }
        server.always(Answer::says("fine"));
        let mut request = request("x");
        request.temperature = Some(0.0);
        request.schema = Some(json!({}));
        let model = model(&server);
        assert_eq!(send(&*model, &request).await.unwrap().attempts, 4);
        assert_eq!(send(&*model, &request).await.unwrap().attempts, 1);
    }

    #[tokio::test]
    async fn a_server_that_never_stops_complaining_is_believed() {
        let server = Server::start().await;
        server.always(Answer::status(400).body("unknown: temperature, stream_options, response_format, max_tokens"));
        let mut request = request("x");
        request.temperature = Some(0.0);
        let error = send(&*model(&server), &request).await.unwrap_err();
        assert!(matches!(error, ModelError::BadRequest(_)), "{error:?}");
        assert_eq!(server.requests().len(), 4, "as it is, and without each of three parts");
    }
}

mod retries {
    use super::*;

    struct Case {
        name: &'static str,
        answer: Answer,
        /// How many requests are sent.
        requests: usize,
        /// The longest wait after each failure, in seconds, before jitter.
        waits: &'static [f64],
        /// Waits that the server asked for, which jitter does not shorten.
        exact: bool,
        error: fn(&ModelError) -> bool,
    }

    fn unavailable(error: &ModelError) -> bool {
        matches!(error, ModelError::Unavailable(_))
    }

    fn case(name: &'static str, answer: Answer, waits: &'static [f64], error: fn(&ModelError) -> bool) -> Case {
        Case { name, answer, requests: waits.len() + 1, waits, exact: false, error }
    }

    const BACKOFF: &[f64] = &[0.5, 1.0, 2.0];

    fn cases() -> Vec<Case> {
        let status = Answer::status;
        let http_date = |seconds| httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(seconds));
        let quota = json!({ "error": { "code": "insufficient_quota", "message": "You exceeded your current quota" } });
        let cap = json!({ "error": { "details": { "error_code": "enforced_spend_limit_reached" } } });
        let auth: fn(&ModelError) -> bool = |error| matches!(error, ModelError::Auth(_));
        let out_of_money: fn(&ModelError) -> bool = |error| matches!(error, ModelError::Quota(_));
        let bad: fn(&ModelError) -> bool = |error| matches!(error, ModelError::BadRequest(_));
        let too_long: fn(&ModelError) -> bool = |error| matches!(error, ModelError::TooLong(_));
        let bad_reply: fn(&ModelError) -> bool = |error| matches!(error, ModelError::BadReply(_));
        let html = status(200).header("content-type", "text/html").body("<!DOCTYPE html><html>Welcome</html>");
        let mut cases = vec![
            case("408", status(408), BACKOFF, unavailable),
            case("409", status(409), BACKOFF, unavailable),
            case("429", status(429), BACKOFF, unavailable),
            case("500", status(500), BACKOFF, unavailable),
            case("502 in HTML", status(502).body("<html>bad gateway</html>"), BACKOFF, unavailable),
            case("503", status(503), BACKOFF, unavailable),
            case("504", status(504), BACKOFF, unavailable),
            case("529", status(529), BACKOFF, unavailable),
            case("429 with a past date", status(429).header("retry-after", http_date(0)), BACKOFF, unavailable),
            case("429 for an hour", status(429).header("retry-after", 3600), &[], unavailable),
            case("429 until in an hour", status(429).header("retry-after", http_date(3600)), &[], unavailable),
            case("500 not to be retried", status(500).header("x-should-retry", "false"), &[], unavailable),
            case("400 to be retried", status(400).header("x-should-retry", "true"), BACKOFF, bad),
            case("400", status(400), &[], bad),
            case("401", status(401), &[], auth),
            case("402", status(402), &[], out_of_money),
            case("403", status(403), &[], auth),
            case("404", status(404), &[], bad),
            case("413", status(413), &[], too_long),
            case("422", status(422), &[], bad),
            case("429 for quota", status(429).body(quota.to_string()), &[], out_of_money),
            case("429 for a cap", status(429).body(cap.to_string()), &[], out_of_money),
            case("400 for a cap", status(400).body("workspace spend limit reached"), &[], out_of_money),
            case("too long", status(400).body("This model's maximum context length is 8 tokens"), &[], too_long),
            case("HTML", html, &[], bad_reply),
            case("no JSON", status(200).body("hello"), &[], bad_reply),
            case("other JSON", Answer::json(&json!({ "hello": 1 })), &[], bad_reply),
            case("no body", status(200), BACKOFF, unavailable),
            case("no body of JSON", status(200).header("content-type", "application/json"), BACKOFF, unavailable),
            case("no events", Answer::events::<&str>([]), BACKOFF, unavailable),
            case("only the end", Answer::events(["[DONE]"]), BACKOFF, unavailable),
            case("an error in 200", Answer::json(&json!({ "error": { "code": 503 } })), BACKOFF, unavailable),
            case("cut before the head", status(200).cut().then_head(), BACKOFF, unavailable),
            case("reset before the head", status(200).reset().then_head(), BACKOFF, unavailable),
            case("reset in the body", Answer::events(["{}"]).reset(), BACKOFF, unavailable),
            case("slow head", status(200).hang().then_head(), &[], unavailable),
        ];
        let exact = [
            ("429 for 7 s", status(429).header("retry-after", 7), &[7.0; 3] as &[f64]),
            ("429 for 1.5 s", status(429).header("retry-after-ms", 1500), &[1.5, 1.5, 2.0]),
            ("503 for 29 s", status(503).header("retry-after", 29), &[29.0; 2]),
        ];
        cases.extend(
            exact
                .into_iter()
                .map(|(name, answer, waits)| Case { exact: true, ..case(name, answer, waits, unavailable) }),
        );
        cases
    }

    #[tokio::test]
    async fn table() {
        for case in cases() {
            let clock = Clock::stop();
            let server = Server::start().await;
            server.always(case.answer);
            let model = model(&server);
            let (result, _, waits) = clock.drive(STEP, watch(&*model, "x")).await;
            let name = case.name;
            let error = result.expect_err(name);
            assert!((case.error)(&error), "{name}: {error:?}");
            let requests = server.requests();
            assert_eq!(requests.len(), case.requests, "{name}: {error:?}");
            assert_eq!(waits.len(), case.waits.len(), "{name}: {waits:?}");
            for (index, (longest, wait)) in case.waits.iter().zip(waits).enumerate() {
                let shortest = if case.exact && *longest != 2.0 { *longest } else { 0.75 * longest };
                let wait = wait.as_secs_f64();
                assert!((shortest..=*longest).contains(&wait), "{name}: {wait} s after failure {index}");
                let gap = (requests[index + 1].at - requests[index].at).as_secs_f64();
                assert!((wait..wait + 0.3).contains(&gap), "{name}: {gap} s instead of {wait} s");
            }
            tokio::time::resume();
        }
    }

    #[tokio::test]
    async fn a_reply_after_failures() {
        let clock = Clock::stop();
        let server = Server::start().await;
        server.then(Answer::status(529));
        server.then(Answer::status(500));
        server.then(Answer::events([chunk(json!({ "content": "half of a" }), None)]));
        server.then(Answer::says("whole"));
        let (reply, texts, waits) = clock.drive(STEP, watch(&*model(&server), "x")).await;
        let reply = reply.unwrap();
        assert_eq!((&*reply.text, reply.attempts), ("whole", 4));
        assert_eq!((texts.as_slice(), waits.len()), (&["half of a".to_string(), "whole".to_string()][..], 3));
        assert!(reply.usage.output > 5 && reply.usage.estimated, "the half that came is paid for: {:?}", reply.usage);
    }

    #[tokio::test]
    async fn messages_say_what_to_do() {
        let check = async |answer: Answer, expect: &str| {
            let clock = Clock::stop();
            let server = Server::start().await;
            server.always(answer);
            let error = clock.drive(STEP, ask(&*model(&server), "x")).await.unwrap_err().to_string();
            let error = error.replace(&server.base_url(), "URL");
            tokio::time::resume();
            assert_eq!(error, expect);
        };
        let says = |message: &str| json!({ "error": { "message": message } }).to_string();
        check(
            Answer::status(429).header("retry-after", 3600).body(says("slow down")),
            "URL answered 429: slow down; the server asks to wait 3600 s, try again after that",
        )
        .await;
        check(Answer::status(503).body("busy"), "URL answered 503: busy; gave up after 4 attempts").await;
        check(
            Answer::status(401).body(says("bad key")),
            "URL answered 401: bad key; check the API key of this endpoint",
        )
        .await;
        check(
            Answer::status(404).body(says("no model x")),
            "URL answered 404: no model x; check the model's name, and the base URL, which usually ends in /v1",
        )
        .await;
        check(
            Answer::status(200).body("<html>"),
            "URL did not answer as a Chat Completions server does: an HTML page; the base URL may be that of a web page \
             instead of the API, or a proxy answers",
        )
        .await;
        check(
            Answer::status(200).hang().then_head(),
            "URL sent nothing for 60 s; a slow model may need more, which idle_seconds sets",
        )
        .await;
        check(
            Answer::events([chunk(json!({ "content": "x" }), None)]),
            "the reply of URL stopped before its end; gave up after 4 attempts",
        )
        .await;
    }

    #[tokio::test]
    async fn an_endpoint_that_is_not_there() {
        let clock = Clock::stop();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = format!("http://{}/v1", listener.local_addr().unwrap());
        drop(listener);
        // A label this long fails without a query.
        let no_name = format!("http://{}.localhost/v1", "x".repeat(64));
        for (base_url, why) in [(dead, "nothing listens there"), (no_name, "")] {
            let (result, _, waits) = clock.drive(STEP, watch(&*model_at(endpoint(base_url.clone())), "x")).await;
            let message = result.unwrap_err().to_string();
            assert!(message.starts_with(&format!("cannot connect to {base_url}: {why}")), "{message}");
            assert!(message.ends_with("; gave up after 4 attempts"), "{message}");
            assert_eq!(waits.len(), 3);
        }
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_on_tls() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let base_url = format!("https://{}/v1", server.address());
        let hangs_up = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = format!("https://{}/v1", hangs_up.local_addr().unwrap());
        tokio::spawn(async move { while hangs_up.accept().await.is_ok() {} });
        let (result, _, waits) = clock.drive(STEP, watch(&*model_at(endpoint(other)), "x")).await;
        assert!(matches!(result, Err(ModelError::Unavailable(_))), "{result:?}");
        assert_eq!(waits.len(), 3);
        let result = clock.drive(Duration::from_secs(1), ask(&*model_at(endpoint(base_url)), "x")).await;
        assert!(matches!(result, Err(ModelError::Unavailable(_))), "a server that waits for HTTP: {result:?}");
        assert_eq!(server.requests().len(), 0);
    }

    #[tokio::test]
    async fn thirty_two_calls_back_off_together() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let start = Instant::now();
        let relents = start + Duration::from_secs(20);
        server.rule(move |received| (received.at < relents).then(|| Answer::status(429)));
        server.always(Answer::says("fine").after(Duration::from_secs(1)));
        let model = model(&server);
        let calls: Vec<_> = (0..32).map(|index| format!("call {index}")).collect();
        let all = futures_util::future::join_all(calls.iter().map(|text| ask(&*model, text)));
        let replies = clock.drive(STEP, all).await;
        for reply in &replies {
            let reply = reply.as_ref().expect("all finish");
            assert!(reply.attempts <= 4, "{}", reply.attempts);
        }
        let times: Vec<_> = server.requests().iter().map(|received| (received.at - start).as_secs_f64()).collect();
        let (burst, rest) = times.split_at(32);
        assert!(burst.iter().all(|at| *at < 0.1), "{burst:?}");
        let probes: Vec<_> = rest.iter().copied().filter(|at| *at < 20.0).collect();
        let mut last = burst[0];
        for (index, probe) in probes.iter().enumerate() {
            let longest = (0.5 * 2_f64.powi(index as i32)).min(8.0);
            let gap = probe - last;
            assert!((0.74 * longest..longest + 0.3).contains(&gap), "probe {index} after {gap} s: {probes:?}");
            last = *probe;
        }
        assert!((4..=7).contains(&probes.len()), "{probes:?}");
        let mut waves = Vec::new();
        let mut last = f64::MIN;
        for at in rest.iter().copied().filter(|at| *at >= 20.0) {
            if at - last > 0.5 {
                waves.push(0);
            }
            *waves.last_mut().unwrap() += 1;
            last = at;
        }
        assert_eq!(waves, [1, 2, 4, 8, 16, 1], "one success each, no further refusal, and no herd");
        assert!(last < 36.0, "{last}");
    }

    #[tokio::test]
    async fn while_an_endpoint_asks_for_a_long_pause_nothing_is_sent() {
        let clock = Clock::stop();
        let server = Server::start().await;
        server.then(Answer::status(429).header("retry-after", 3600));
        server.always(Answer::says("fine"));
        let model = model(&server);
        clock.drive(STEP, ask(&*model, "x")).await.unwrap_err();
        assert_eq!(server.requests().len(), 1);
        let second = clock.drive(STEP, ask(&*model, "y")).await;
        assert_eq!(second.unwrap().text, "fine", "a minute at most, in case the server was wrong");
        let [first, second] = &server.requests()[..] else { panic!("two requests") };
        assert!(second.at - first.at >= within(59.0));
    }
}

mod streams_that_go_wrong {
    use super::*;

    fn events() -> Vec<String> {
        let mut events: Vec<_> =
            ["one ", "two ", "three"].iter().map(|text| chunk(json!({ "content": text }), None).to_string()).collect();
        events.push(chunk(json!({}), Some("stop")).to_string());
        events.push(json!({ "choices": [], "usage": { "prompt_tokens": 1, "completion_tokens": 3 } }).to_string());
        events.push("[DONE]".to_string());
        events
    }

    /// Asks a server that sends `count` events and then does `end`; retries get the same.
    async fn after(count: usize, end: fn(Answer) -> Answer) -> (Result<Reply, ModelError>, usize) {
        let clock = Clock::stop();
        let server = Server::start().await;
        server.always(end(Answer::events(&events()[..count])));
        let result = clock.drive(Duration::from_millis(50), ask(&*model(&server), "x")).await;
        let requests = server.requests().len();
        tokio::time::resume();
        (result, requests)
    }

    #[tokio::test]
    async fn end_of_stream_at_every_event() {
        let ends: [fn(Answer) -> Answer; 4] =
            [|answer| answer, Answer::cut, Answer::reset, |answer| answer.until_close()];
        for end in ends {
            for count in 0..events().len() {
                let (result, requests) = after(count, end).await;
                match result {
                    Ok(reply) => {
                        assert!(count > 3, "a reply that stopped after {count} events is no success");
                        assert_eq!((&*reply.text, reply.finish), ("one two three", Finish::Stop));
                        assert_eq!(reply.usage.estimated, count == 4);
                    }
                    Err(error) => {
                        assert!(count <= 3, "the reply was whole after {count} events: {error}");
                        assert!(matches!(error, ModelError::Unavailable(_)), "{error:?}");
                        assert_eq!(requests, 4);
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn an_event_cut_in_half() {
        let whole = events().iter().map(|event| format!("data: {event}\n\n")).collect::<String>();
        let finish = whole.find("finish_reason\":\"stop").unwrap();
        for end in (0..finish).step_by(17) {
            let clock = Clock::stop();
            let server = Server::start().await;
            let head = Answer::status(200).header("content-type", "text/event-stream");
            server.always(head.body(&whole.as_bytes()[..end]));
            let result = clock.drive(Duration::from_millis(50), ask(&*model(&server), "x")).await;
            tokio::time::resume();
            assert!(matches!(result, Err(ModelError::Unavailable(_))), "cut at {end}: {result:?}");
        }
    }

    #[tokio::test]
    async fn an_error_after_every_event() {
        let check = async |error: Value, expect: fn(&ModelError) -> bool, expect_requests: usize| {
            for count in 0..4 {
                let clock = Clock::stop();
                let server = Server::start().await;
                let sent = Answer::events(&events()[..count]);
                server.always(sent.body(format!("event: error\ndata: {error}\n\n")).body("data: [DONE]\n\n"));
                let result = clock.drive(STEP, ask(&*model(&server), "x")).await;
                tokio::time::resume();
                let found = result.expect_err("an error is no success");
                assert!(expect(&found), "{error} after {count}: {found:?}");
                assert_eq!(server.requests().len(), expect_requests, "{error} after {count}");
            }
        };
        check(json!({ "error": { "message": "boom" } }), |error| matches!(error, ModelError::Unavailable(_)), 4).await;
        check(json!({ "error": { "code": 502 } }), |error| matches!(error, ModelError::Unavailable(_)), 4).await;
        check(json!({ "message": "bare" }), |error| matches!(error, ModelError::Unavailable(_)), 4).await;
        let quota = json!({ "error": { "code": "insufficient_quota" } });
        check(quota, |error| matches!(error, ModelError::Quota(_)), 1).await;
        let long = json!({ "error": { "code": "context_length_exceeded" } });
        check(long, |error| matches!(error, ModelError::TooLong(_)), 1).await;
    }

    #[tokio::test]
    async fn a_stall_trips_the_idle_timeout() {
        for count in 0..4 {
            let clock = Clock::stop();
            let server = Server::start().await;
            server.always(Answer::events(&events()[..count]).hang());
            let start = Instant::now();
            let error = clock.drive(Duration::from_millis(100), ask(&*model(&server), "x")).await.unwrap_err();
            let elapsed = start.elapsed().as_secs_f64();
            assert!((60.0..60.5).contains(&elapsed), "{elapsed}");
            assert!(error.to_string().contains("sent nothing for 60 s"), "{error}");
            clock.settle().await;
            assert_eq!(server.disconnects(), 1, "the connection is given up");
            tokio::time::resume();
        }
    }

    #[tokio::test]
    async fn a_shorter_idle_timeout_leaves_time_for_retries() {
        let clock = Clock::stop();
        let server = Server::start().await;
        server.then(Answer::events(&events()[..2]).hang());
        server.always(Answer::says("fine"));
        let idle = Duration::from_secs(5);
        let model = model_at(Endpoint { idle_timeout: idle, ..endpoint(server.base_url()) });
        assert_eq!(clock.drive(STEP, ask(&*model, "x")).await.unwrap().attempts, 2);
    }

    #[tokio::test]
    async fn pings_keep_a_slow_stream_alive() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let slow = (0..5)
            .fold(Answer::events(&events()[..2]), |answer, _| answer.pause(Duration::from_secs(50)).body(": ping\n\n"));
        let slow = events()[2..].iter().fold(slow, |answer, event| answer.body(format!("data: {event}\n\n")));
        server.always(slow);
        let start = Instant::now();
        let reply = clock.drive(Duration::from_millis(100), ask(&*model(&server), "x")).await.unwrap();
        assert_eq!((&*reply.text, reply.attempts), ("one two three", 1));
        assert!(start.elapsed() >= Duration::from_secs(250));
    }

    #[tokio::test]
    async fn a_stream_that_never_ends_is_ended() {
        let clock = Clock::stop();
        let server = Server::start().await;
        let endless = (0..40)
            .fold(Answer::events(&events()[..1]), |answer, _| answer.pause(Duration::from_secs(30)).body(": ping\n\n"));
        server.always(endless);
        let start = Instant::now();
        let error = clock.drive(Duration::from_secs(1), ask(&*model(&server), "x")).await.unwrap_err();
        assert!(error.to_string().ends_with("did not finish its reply in 600 s"), "{error}");
        assert!((600..603).contains(&start.elapsed().as_secs()));
    }

    #[tokio::test]
    async fn an_event_that_is_too_big() {
        let server = Server::start().await;
        let head = Answer::status(200).header("content-type", "text/event-stream").body("data: ");
        server.always((0..9).fold(head, |answer, _| answer.body(vec![b'x'; 1 << 20])).hang());
        let error = ask(&*model(&server), "x").await.unwrap_err();
        assert!(error.to_string().ends_with("an event of the stream is larger than 8388608 bytes"), "{error}");
        assert!(matches!(error, ModelError::BadReply(_)));
    }

    #[tokio::test]
    async fn an_event_that_is_no_json() {
        let server = Server::start().await;
        server.always(Answer::events(["{\"choices\": [", "[DONE]"]));
        let error = ask(&*model(&server), "x").await.unwrap_err();
        assert!(matches!(error, ModelError::BadReply(_)), "{error:?}");
    }
}

mod keys {
    use super::*;
    use std::io::Write;

    #[tokio::test]
    async fn do_not_follow_redirects() {
        for status in [301, 302, 303, 307, 308] {
            let (server, other) = (Server::start().await, Server::start().await);
            other.always(Answer::says("stolen"));
            let target = format!("http://user:{KEY}@{}/v1/chat/completions?key={KEY}", other.address());
            server.always(Answer::status(status).header("location", target));
            let error = ask(&*model(&server), "x").await.unwrap_err();
            let message = error.to_string();
            assert!(matches!(error, ModelError::BadRequest(_)), "{error:?}");
            assert!(
                message.contains(&format!("redirects to http://{}/v1/chat/completions,", other.address())),
                "{message}"
            );
            assert!(!message.contains(KEY), "{message}");
            assert_eq!((other.connections(), server.requests().len()), (0, 1));
        }
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn appear_in_no_error_log_or_progress() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::level_filters::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        // With a single subscriber, tracing asks only the thread that meets an event first whether anybody listens, and that
        // may be another test's. With two it asks both of them.
        let _second = tracing::Dispatch::new(tracing_subscriber::registry());
        let _guard = tracing::subscriber::set_default(subscriber);
        let echo = format!("your key {KEY} and the header Bearer {KEY} are bad");
        let quoted = json!({ "error": { "message": echo, "param": KEY } });
        let answers = [
            Answer::status(401).body(quoted.to_string()),
            Answer::status(400).body(echo.clone()).header("x-echo", KEY),
            Answer::status(400).body(format!("unknown field stream_options {KEY}")),
            Answer::status(500).body(echo.clone()),
            Answer::status(429).body(quoted.to_string()),
            Answer::status(302).header("location", format!("/{KEY}")),
            Answer::status(200).body(echo.clone()),
            Answer::status(200).body(format!("<html>{echo}")),
            Answer::json(&json!({ "said": echo })),
            Answer::json(&quoted),
            Answer::events([format!("not json {KEY}")]),
            Answer::events([quoted.to_string()]),
            Answer::events([chunk(json!({}), None)]).body(format!("event: error\ndata: {echo}\n\n")),
            Answer::status(200).cut().then_head(),
        ];
        for answer in answers {
            let clock = Clock::stop();
            let server = Server::start().await;
            server.always(answer);
            let endpoint = endpoint(server.base_url());
            let debug = format!("{endpoint:?} {:?}", endpoint.key);
            let seen = Mutex::new(String::new());
            let progress = |progress: Progress| *seen.lock().unwrap() += &format!("{progress:?}");
            let model = model_at(endpoint);
            let result = clock.drive(STEP, model.complete(&request("x"), &progress, &Cancel::new())).await;
            let error = result.unwrap_err();
            tokio::time::resume();
            assert_eq!(server.requests()[0].header("authorization"), Some(&*format!("Bearer {KEY}")));
            let seen = seen.into_inner().unwrap();
            for text in [debug, error.to_string(), format!("{error:?}"), seen] {
                assert!(!text.contains(KEY), "{text}");
            }
        }
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("the server refused a part of the request"), "the log was on: {log}");
        assert!(!log.contains(KEY), "{log}");
    }
}

mod cancelling {
    use super::*;

    /// Cancels a call after `ready`, and checks that it ends at once.
    async fn cancel_when(server: &Server, ready: impl Future<Output = ()>) {
        let model = model(server);
        let (request, cancel) = (request("x"), Cancel::new());
        let call = model.complete(&request, &|_| {}, &cancel);
        let then_cancel = async {
            ready.await;
            cancel.cancel();
        };
        let (result, ()) = tokio::join!(call, then_cancel);
        assert_eq!(result, Err(ModelError::Cancelled));
    }

    #[tokio::test]
    async fn in_the_middle_of_a_stream() {
        let server = Server::start().await;
        server.always(Answer::events([chunk(json!({ "content": "one" }), None)]).hang());
        let model = model(&server);
        let (request, cancel) = (request("x"), Cancel::new());
        let progress = |_| cancel.cancel();
        assert_eq!(model.complete(&request, &progress, &cancel).await, Err(ModelError::Cancelled));
        server.disconnected(1).await;
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn before_the_head() {
        let server = Server::start().await;
        server.always(Answer::status(200).hang().then_head());
        cancel_when(&server, server.received(1)).await;
        server.disconnected(1).await;
    }

    #[tokio::test]
    async fn during_the_wait_before_a_retry() {
        let clock = Clock::stop();
        let server = Server::start().await;
        server.always(Answer::status(429).header("retry-after", 30));
        clock.drive(STEP, cancel_when(&server, server.received(1))).await;
        clock.advance(Duration::from_secs(120)).await;
        assert_eq!(server.requests().len(), 1, "nothing is sent afterwards");
    }

    #[tokio::test]
    async fn before_it_began() {
        let server = Server::start().await;
        let (request, cancel) = (request("x"), Cancel::new());
        cancel.cancel();
        let result = model(&server).complete(&request, &|_| {}, &cancel).await;
        assert_eq!(result, Err(ModelError::Cancelled));
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn by_dropping_the_call() {
        let server = Server::start().await;
        server.always(Answer::events([chunk(json!({ "content": "one" }), None)]).hang());
        let model = model(&server);
        tokio::select! {
            result = ask(&*model, "x") => panic!("{result:?}"),
            () = server.received(1) => {}
        }
        server.disconnected(1).await;
    }

    #[tokio::test]
    async fn one_call_leaves_the_others_alone() {
        let server = Server::start().await;
        let gate = Gate::new();
        server.when("stays", Answer::says("here").wait(&gate));
        server.when("goes", Answer::status(200).hang().then_head());
        let model = model(&server);
        let goes = async {
            let (request, cancel) = (request("goes"), Cancel::new());
            let call = model.complete(&request, &|_| {}, &cancel);
            let stop = async {
                server.received(2).await;
                cancel.cancel();
            };
            let (result, ()) = tokio::join!(call, stop);
            assert_eq!(result, Err(ModelError::Cancelled));
            server.disconnected(1).await;
            gate.open();
        };
        let (reply, ()) = tokio::join!(ask(&*model, "stays"), goes);
        assert_eq!(reply.unwrap().text, "here");
        assert_eq!((server.disconnects(), server.unanswered().len()), (1, 0));
    }
}
