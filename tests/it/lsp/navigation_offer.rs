//! Which requests are answered: by the settings, and beside a language's own server.

use serde_json::{Value, json};

use super::scene::Scene;

const TEXT: &str = "//- a.rs\nfn one$0() {\n    two();\n}\n\nfn two() {}\n//- b.py\ndef three$1():\n    pass\n";

/// Requests at a marked place, by what switches them off.
const FEATURES: [(&str, &str); 9] = [
    ("documentSymbol", "textDocument/documentSymbol"),
    ("definition", "textDocument/definition"),
    ("references", "textDocument/references"),
    ("documentHighlight", "textDocument/documentHighlight"),
    ("callHierarchy", "textDocument/prepareCallHierarchy"),
    ("foldingRange", "textDocument/foldingRange"),
    ("selectionRange", "textDocument/selectionRange"),
    ("hover", "textDocument/hover"),
    ("rename", "textDocument/prepareRename"),
];

/// The features that answer at a marked place.
async fn offered(scene: &mut Scene, mark: u32) -> Vec<&'static str> {
    let mut params = scene.place(mark);
    let position = params["position"].clone();
    params["positions"] = json!([position]);
    params["context"] = json!({ "includeDeclaration": true, "diagnostics": [] });
    params["range"] = json!({ "start": position, "end": position });
    params["query"] = json!("");
    let mut found = Vec::new();
    let shared = [("workspaceSymbol", "workspace/symbol"), ("codeAction", "textDocument/codeAction")];
    for (feature, method) in FEATURES.into_iter().chain(shared) {
        let answer = scene.client.request(method, params.clone()).await.unwrap();
        if answer != Value::Null {
            found.push(feature);
        }
    }
    found
}

async fn set(scene: &mut Scene, settings: Value) {
    let params = json!({ "settings": { "spelunk": settings } });
    scene.client.notify("workspace/didChangeConfiguration", params).await;
}

#[tokio::test]
async fn a_language_with_its_own_server_is_left_to_it() {
    let all: Vec<&str> =
        FEATURES.iter().map(|(feature, _)| *feature).chain(["workspaceSymbol", "codeAction"]).collect();
    let shared = vec!["workspaceSymbol", "codeAction"];
    let mut scene = Scene::new(TEXT).await;
    scene.client.open("a.rs", "rust", 1, &scene.files["a.rs"].clone()).await;
    for (settings, rust, python) in [
        (json!({}), &all, &all),
        (json!({ "served": ["rust"] }), &shared, &all),
        (json!({ "served": ["python", "go"] }), &all, &shared),
        (json!({ "navigation": "on", "served": ["rust", "python"] }), &all, &all),
        (json!({ "navigation": "off" }), &shared, &shared),
        (json!({ "navigation": "auto" }), &all, &all),
    ] {
        set(&mut scene, settings.clone()).await;
        assert_eq!(&offered(&mut scene, 0).await, rust, "{settings}");
        assert_eq!(&offered(&mut scene, 1).await, python, "{settings}");
    }
    scene.client.shut_down().await;
}

#[tokio::test]
async fn features_are_switched_off_one_by_one() {
    let mut scene = Scene::new(TEXT).await;
    let all = offered(&mut scene, 0).await;
    assert_eq!(all.len(), 11);
    for off in &all {
        set(&mut scene, json!({ "navigation": "on", "features": { *off: false } })).await;
        let expect: Vec<&str> = all.iter().filter(|feature| *feature != off).copied().collect();
        assert_eq!(offered(&mut scene, 0).await, expect);
    }
    scene.client.shut_down().await;
}
