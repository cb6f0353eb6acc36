//! The REPL against real worker processes, with a host that answers from a closure.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use spelunk::cancel::Cancel;
use spelunk::repl::{Call, CallError, CellErrorKind, Host, Options, Outcome, Repl};

type Reply = BoxFuture<'static, Result<String, CallError>>;

/// Answers every call with what the closure says.
pub struct Fake<F>(pub F);

impl<F: Fn(Call, Cancel) -> Reply + Send + Sync + 'static> Host for Fake<F> {
    fn call(self: Arc<Self>, call: Call, cancel: Cancel) -> Reply {
        (self.0)(call, cancel)
    }
}

pub fn options() -> Options {
    Options {
        program: env!("CARGO_BIN_EXE_spelunk").into(),
        heap: 512 << 20,
        memory: 1536 << 20,
        cell: Duration::from_secs(10),
        output: 8 << 10,
        seed: 7,
        epoch_ms: 1_700_000_000_000,
    }
}

pub async fn start(options: Options, host: impl Fn(Call, Cancel) -> Reply + Send + Sync + 'static) -> Repl {
    Repl::start(options, Arc::new(Fake(host))).await.unwrap()
}

/// A REPL whose host answers every call with the call itself.
pub async fn echoing(options: Options) -> Repl {
    start(options, |call, _| {
        let args: serde_json::Value = serde_json::from_str(&call.args).unwrap();
        async move { Ok(serde_json::json!({ "name": call.name, "args": args }).to_string()) }.boxed()
    })
    .await
}

#[tokio::test]
async fn smoke() {
    let t = std::time::Instant::now();
    let mut repl = echoing(options()).await;
    println!("start {:?} {:#?}", t.elapsed(), repl.layers());
    for code in [
        "1+1",
        "x = 5\nx*2",
        "repo.read('a',1,2)",
        " await llm('hi')",
        "console.log('hey', [1,2]); undefinedFunction()",
        " new Date().toString() + Math.random()",
        "await new Promise(()=>{})",
        " repo.grep('x')",
        "llm('a'); setTimeout(()=>{}, 50); Promise.reject(new Error('lost'))",
        " await import('fs')",
        "eval('1')",
        "vars()",
        "`${new Intl.DateTimeFormat().format()} ${Intl.DateTimeFormat().resolvedOptions().timeZone} ${navigatorless()}`",
    ] {
        let t = std::time::Instant::now();
        let o = repl.run(code, &Cancel::new()).await;
        println!("{code} => {:?} {o:#?}", t.elapsed());
    }
}
