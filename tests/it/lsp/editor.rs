//! An editor's half of refactoring: documents and files that edits of the workspace are applied to, by the book.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::client::Client;

/// What a client says of itself that takes every kind of edit.
pub fn able() -> Value {
    json!({
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
                "failureHandling": "transactional",
                "changeAnnotationSupport": {},
            },
        },
        "window": { "showMessage": {}, "showDocument": { "support": true } },
        "textDocument": { "rename": { "prepareSupport": true } },
    })
}

/// What a client says of itself that takes plain edits only.
pub fn plain() -> Value {
    json!({
        "workspace": { "applyEdit": true },
        "window": { "showMessage": {}, "showDocument": { "support": true } },
    })
}

/// The open documents by their URIs, with their versions. Everything else is a file.
#[derive(Default, Clone)]
pub struct Editor(Arc<Mutex<BTreeMap<String, (i64, String)>>>);

impl Editor {
    /// Answers `workspace/applyEdit` from now on, and questions to the user by this choice.
    pub fn attend(&self, client: &Client, choice: &'static str) {
        let editor = self.clone();
        client.answer_with(move |method, params| match method {
            "workspace/applyEdit" => Some(Ok(match editor.apply(&params["edit"]) {
                Ok(()) => json!({ "applied": true }),
                Err((change, reason)) => json!({ "applied": false, "failureReason": reason, "failedChange": change }),
            })),
            "window/showMessageRequest" => Some(Ok(json!({ "title": choice }))),
            _ => None,
        });
    }

    /// Opens a document with a text, and tells the server.
    pub async fn open(&self, client: &mut Client, path: &str, text: &str) {
        let language = if path.ends_with(".py") { "python" } else { "rust" };
        self.0.lock().unwrap().insert(client.uri(path), (1, text.to_owned()));
        client.open(path, language, 1, text).await;
    }

    /// Types, and tells the server.
    pub async fn change(&self, client: &mut Client, path: &str, text: &str) {
        let version = self.edit(client, path, text);
        client.change(path, version, json!([{ "text": text }])).await;
    }

    /// Types. The server has not heard of it yet.
    pub fn edit(&self, client: &Client, path: &str, text: &str) -> i64 {
        let documents = &mut *self.0.lock().unwrap();
        let document = documents.get_mut(&client.uri(path)).unwrap();
        *document = (document.0 + 1, text.to_owned());
        document.0
    }

    /// The text of a document, or else of a file.
    pub fn text(&self, uri: &str) -> String {
        self.0
            .lock()
            .unwrap()
            .get(uri)
            .map_or_else(|| std::fs::read_to_string(file(uri)).unwrap(), |(_, text)| text.clone())
    }

    /// Applies an edit, all of it or nothing; the change that fails, and why.
    pub fn apply(&self, edit: &Value) -> Result<(), (usize, String)> {
        let documents = &mut *self.0.lock().unwrap();
        let mut changes: Vec<Value> = edit["documentChanges"].as_array().cloned().unwrap_or_default();
        if let Some(plain) = edit["changes"].as_object() {
            let change = |(uri, edits): (&String, &Value)| json!({ "textDocument": { "uri": uri }, "edits": edits });
            changes.extend(plain.iter().map(change));
        }
        for (at, change) in changes.iter().enumerate() {
            let target = &change["textDocument"];
            if let (Some(wanted), Some(uri)) = (target["version"].as_i64(), target["uri"].as_str()) {
                let have = documents.get(uri).map(|(version, _)| *version);
                if have != Some(wanted) {
                    return Err((at, format!("{uri} is at version {have:?}, not {wanted}")));
                }
            }
        }
        for change in changes {
            let uri = |key: &str| change[key].as_str().unwrap().to_owned();
            match change["kind"].as_str() {
                Some("create") => std::fs::write(file(&uri("uri")), "").unwrap(),
                Some("delete") => std::fs::remove_file(file(&uri("uri"))).unwrap(),
                Some("rename") => {
                    let (from, to) = (uri("oldUri"), uri("newUri"));
                    std::fs::create_dir_all(file(&to).parent().unwrap()).unwrap();
                    std::fs::rename(file(&from), file(&to)).unwrap();
                    if let Some(document) = documents.remove(&from) {
                        documents.insert(to, document);
                    }
                }
                _ => {
                    let uri = change["textDocument"]["uri"].as_str().unwrap();
                    let edits = change["edits"].as_array().unwrap();
                    match documents.get_mut(uri) {
                        Some((version, text)) => (*version, *text) = (*version + 1, edited(text, edits)),
                        None => {
                            let text = std::fs::read_to_string(file(uri)).unwrap();
                            std::fs::write(file(uri), edited(&text, edits)).unwrap();
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the open documents to their files.
    pub fn save(&self) {
        for (uri, (_, text)) in &*self.0.lock().unwrap() {
            std::fs::write(file(uri), text).unwrap();
        }
    }
}

fn file(uri: &str) -> PathBuf {
    uri.strip_prefix("file://").unwrap().into()
}

/// A text after edits, all of which count in the text before. For texts in ASCII.
pub fn edited(text: &str, edits: &[Value]) -> String {
    assert!(text.is_ascii());
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        (start + position["character"].as_u64().unwrap() as usize).min(text.len())
    };
    let place = |edit: &Value| (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]));
    let mut sorted: Vec<&Value> = edits.iter().collect();
    sorted.sort_by_key(|edit| place(edit));
    let mut out = String::new();
    let mut at = 0;
    for edit in sorted {
        let (start, end) = place(edit);
        assert!(at <= start, "edits overlap: {edits:?}");
        out.push_str(&text[at..start]);
        out.push_str(edit["newText"].as_str().unwrap());
        at = end;
    }
    out + &text[at..]
}
