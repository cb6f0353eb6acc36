//! Calls as a run makes them, over models that do as they are told.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::budget::Limits;
use super::*;
use crate::agent::answers::schema::Schema;
use crate::agent::prompt;
use crate::cache::Cache;
use crate::model::{Finish, Role, ToolCall, Usage};

/// Says the same to everything, after an attempt that used something and broke off.
struct Says {
    reply: Result<&'static str, ModelError>,
    lost: Usage,
}

impl Model for Says {
    fn provider(&self) -> &str {
        "openai"
    }

    fn origin(&self) -> Option<String> {
        Some(String::new())
    }

    fn has_tools(&self) -> bool {
        true
    }

    fn complete<'a>(
        &'a self,
        request: &'a Request,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        _: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        async move {
            if self.lost != Usage::default() {
                progress(Progress::Retry { reason: String::new(), wait: Duration::ZERO, spent: self.lost });
            }
            let text = self.reply.clone()?.to_owned();
            let usage = tokens::estimate_usage(request, &text);
            Ok(Reply { text, tool_calls: Vec::new(), usage, finish: Finish::Stop, attempts: 1 })
        }
        .boxed()
    }
}

fn calls(model: Says, tokens: u64) -> Calls {
    calls_with(model, tokens, Cache::default())
}

fn calls_with(model: Says, tokens: u64, cache: Cache) -> Calls {
    let named = Named { name: "openai/test".to_owned(), id: "test".to_owned(), model: Arc::new(model) };
    let models = Models { root: named.clone(), leaf: named };
    let limits = Limits { tokens, usd: None, ..Limits::default() };
    let tree = Arc::new(Tree::new(Ledger::new(limits)).with_cache(cache));
    Calls::new(models, tree, Journal::off(), Arc::new(|_| {}), Arc::default())
}

fn ask() -> Ask {
    Ask {
        role: CallRole::Root,
        purpose: Purpose::Work,
        messages: vec![prompt::message(Role::User, "go on")],
        tools: Vec::new(),
        max_tokens: 16,
        schema: None,
        parent: None,
        label: String::new(),
    }
}

#[tokio::test]
async fn all_that_is_sent_is_reserved() {
    let long = "a word ".repeat(4_000);
    let check = async |ask: Ask| {
        let calls = calls(Says { reply: Ok("yes"), lost: Usage::default() }, 5_000);
        let failed = calls.complete(ask, &Cancel::new()).await;
        assert!(matches!(failed, Err(CallFailure::Tripped(Tripped::Tokens { .. }))), "{failed:?}");
        assert_eq!(calls.ledger.spent().calls, 0);
    };
    let call = ToolCall { id: "1".to_owned(), name: "run".to_owned(), arguments: long.clone() };
    let mut arguments = ask();
    arguments.messages.insert(0, Message { tool_calls: vec![call], ..prompt::message(Role::Assistant, "") });
    check(arguments).await;
    let tool = Tool { name: "run".to_owned(), description: long.clone(), parameters: json!({}) };
    check(Ask { tools: vec![tool], ..ask() }).await;
    let names: Vec<String> = (0..4_000).map(|name| format!("name{name}")).collect();
    check(Ask { schema: Some(json!({ "enum": names })), ..ask() }).await;
}

#[tokio::test]
async fn what_broke_off_is_paid_for_whatever_comes_after() {
    let lost = Usage { input: 40, output: 2, ..Usage::default() };
    let check = async |error: ModelError, lost: Usage, expect: (u32, u64, u64)| {
        let calls = calls(Says { reply: Err(error.clone()), lost }, 1_000_000);
        assert_eq!(calls.complete(ask(), &Cancel::new()).await, Err(CallFailure::Model(error)));
        let spent = calls.ledger.spent();
        assert_eq!((spent.calls, spent.usage.input, spent.usage.output), expect);
        assert_eq!(calls.ledger.left().tokens, 1_000_000 - 24_000 - expect.1 - expect.2, "nothing stays reserved");
    };
    let why = || "no".to_owned();
    for error in [ModelError::Auth(why()), ModelError::BadRequest(why()), ModelError::TooLong(why())] {
        check(error.clone(), lost, (1, 40, 2)).await;
        check(error, Usage::default(), (0, 0, 0)).await;
    }
}

#[tokio::test]
async fn a_schema_s_words_stay_here() {
    let calls = calls(Says { reply: Ok("1"), lost: Usage::default() }, 1_000_000);
    let schema = json!({ "type": "integer", "description": "AKIAIOSFODNN7EXAMPLE" });
    let request = calls.request(&mut Ask { schema: Some(schema), ..ask() });
    assert_eq!(request.schema, Some(json!({ "type": "integer" })));
}

#[tokio::test]
async fn what_does_not_fit_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(dir.path(), 1 << 20);
    let schema = Schema::new(json!({ "type": "integer" })).unwrap();
    let check = async |text: &'static str, value: Option<i32>, expect: (u32, u32)| {
        let calls = calls_with(Says { reply: Ok(text), lost: Usage::default() }, 1_000_000, cache.clone());
        match fitted::complete(&calls, ask(), &schema, &Cancel::new()).await.unwrap() {
            fitted::Reply::Fits(found) => assert_eq!(Some(found), value.map(Into::into)),
            fitted::Reply::Unfit(first) => assert_eq!((first.as_str(), None), (text, value)),
        }
        let spent = calls.ledger.spent();
        assert_eq!((spent.calls, spent.hits), expect, "{text}");
    };
    check("one", None, (2, 0)).await;
    check("two", None, (2, 0)).await;
    check("1", Some(1), (1, 0)).await;
    check("2", Some(1), (0, 1)).await;
}
