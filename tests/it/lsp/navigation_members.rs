//! Uses of members and of file-local names, beside namesakes that are none.

use serde_json::json;

use super::scene::Scene;

const NAMESAKES: &str = "
//- a.rs
mod state;
pub struct Barrier { sta$0te: u8 }
pub fn new() -> Barrier {
    Barrier { st$1ate: 1 }
}
impl Barrier {
    fn wait(&self) -> u8 {
        let state = self.state;
        state
    }
}
//- state.rs
fn other() {
    let mut state = 1;
    state += 1;
}
//- one.c
static int hel$2p(void) { return 1; }
int one(void) { return help(); }
//- two.c
static int help(void) { return 2; }
int two(void) { return help(); }
";

#[tokio::test]
async fn namesakes_are_no_uses() {
    let mut scene = Scene::new(NAMESAKES).await;
    scene.check("textDocument/definition", 1, &["a.rs:2:22 state"]).await;
    let mut ask = async |mark: u32| {
        let mut params = scene.place(mark);
        params["context"] = json!({ "includeDeclaration": false });
        let found = scene.client.request("textDocument/references", params).await.unwrap();
        scene.locations(&found)
    };
    assert_eq!(ask(0).await, ["a.rs:4:15 state", "a.rs:8:26 state"]);
    assert_eq!(ask(2).await, ["one.c:2:24 help"]);
    scene.client.shut_down().await;
}

#[tokio::test]
async fn an_ignored_document_knows_its_own_names() {
    let text = "//- .ignore\nskipped.py\n//- skipped.py\ndef own():\n    pass\n\now$0n()\n//- b.py\ndef own(): pass\n";
    let mut scene = Scene::new(text).await;
    let source = scene.files["skipped.py"].clone();
    scene.client.open("skipped.py", "python", 1, &source).await;
    scene.check("textDocument/definition", 0, &["skipped.py:1:5 own"]).await;
    let mut params = scene.place(0);
    params["context"] = json!({ "includeDeclaration": true });
    let found = scene.client.request("textDocument/references", params).await.unwrap();
    assert_eq!(scene.locations(&found), ["skipped.py:1:5 own", "skipped.py:4:1 own"]);
    scene.client.shut_down().await;
}
