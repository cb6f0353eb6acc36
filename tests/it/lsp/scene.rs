//! A small repository with places marked in it, and a client that asks about them.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

/// A running server over a repository that was written down in one text.
///
/// `//- path` begins a file. `$0` to `$9` mark places and are no part of it.
pub struct Scene {
    pub world: World,
    pub client: Client,
    pub files: BTreeMap<String, String>,
    marks: HashMap<u32, (String, usize)>,
    encoding: String,
}

impl Scene {
    pub async fn new(text: &str) -> Self {
        Self::with(text, everything()).await
    }

    /// With a client that says these things of itself.
    pub async fn with(text: &str, capabilities: Value) -> Self {
        let world = World::new();
        std::fs::remove_dir_all(world.repo()).unwrap();
        std::fs::create_dir(world.repo()).unwrap();
        let (mut files, mut marks) = (BTreeMap::new(), HashMap::new());
        for file in text.split("//- ").skip(1) {
            let (path, marked) = file.split_once('\n').unwrap();
            let mut plain = String::new();
            let mut rest = marked;
            while let Some(at) = rest.find('$') {
                plain.push_str(&rest[..at]);
                match rest[at + 1..].chars().next().and_then(|c| c.to_digit(10)) {
                    Some(mark) => {
                        assert!(marks.insert(mark, (path.to_owned(), plain.len())).is_none(), "${mark} stands twice");
                        rest = &rest[at + 2..];
                    }
                    None => {
                        plain.push('$');
                        rest = &rest[at + 1..];
                    }
                }
            }
            plain.push_str(rest);
            world.file(path, &plain);
            files.insert(path.to_owned(), plain);
        }
        let mut client = Client::start(&world);
        let result = client.initialize(capabilities, Value::Null).await.unwrap();
        let encoding = result["capabilities"]["positionEncoding"].as_str().unwrap().to_owned();
        Self { world, client, files, marks, encoding }
    }

    /// The symbols of the workspace by this query, once the table that is filled in the background has any.
    pub async fn symbols(&mut self, query: &str) -> Value {
        let ask = async {
            loop {
                let found = self.client.request("workspace/symbol", json!({ "query": query })).await.unwrap();
                if found.as_array().is_some_and(|found| !found.is_empty()) {
                    return found;
                }
            }
        };
        tokio::time::timeout(super::client::HANG, ask).await.expect("there are such symbols")
    }

    /// The parameters of a request about a marked place.
    pub fn place(&self, mark: u32) -> Value {
        let (path, offset) = &self.marks[&mark];
        json!({ "textDocument": { "uri": self.client.uri(path) }, "position": self.position(path, *offset) })
    }

    pub fn position(&self, path: &str, offset: usize) -> Value {
        let before = &self.files[path][..offset];
        let line = before.rsplit('\n').next().unwrap();
        json!({ "line": before.matches('\n').count(), "character": self.width(line) })
    }

    fn width(&self, text: &str) -> usize {
        match self.encoding.as_str() {
            "utf-8" => text.len(),
            "utf-16" => text.encode_utf16().count(),
            _ => text.chars().count(),
        }
    }

    /// Asks about a marked place.
    pub async fn ask(&mut self, method: &str, mark: u32) -> Value {
        let params = self.place(mark);
        self.client.request(method, params).await.unwrap()
    }

    /// The text of a file as the client has it.
    fn text(&self, range: &Value, path: &str) -> String {
        let offset = |position: &Value| {
            let line = position["line"].as_u64().unwrap() as usize;
            let text = &self.files[path];
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            let column = position["character"].as_u64().unwrap() as usize;
            let mut seen = 0;
            for (at, c) in text[start..].char_indices() {
                if seen >= column {
                    assert_eq!(seen, column, "{path} has no {position}");
                    return start + at;
                }
                seen += self.width(c.encode_utf8(&mut [0; 4]));
            }
            assert_eq!(seen, column, "{path} has no {position}");
            text.len()
        };
        let (start, end) = (offset(&range["start"]), offset(&range["end"]));
        self.files[path][start..end].to_owned()
    }

    /// `path:line:column text` of a range, numbers from 1 as people count.
    pub fn shown(&self, uri: &Value, range: &Value) -> String {
        let uri = uri.as_str().unwrap();
        let path = uri.strip_prefix(&format!("{}/", self.client.root)).unwrap_or(uri);
        let number = |key: &str| range["start"][key].as_u64().unwrap() + 1;
        format!("{path}:{}:{} {}", number("line"), number("character"), self.text(range, path))
    }

    /// Locations and links, one a line.
    pub fn locations(&self, found: &Value) -> Vec<String> {
        let show = |place: &Value| match place.get("targetUri") {
            Some(uri) => self.shown(uri, &place["targetSelectionRange"]),
            None => self.shown(&place["uri"], &place["range"]),
        };
        found.as_array().map(|places| places.iter().map(show).collect()).unwrap_or_default()
    }

    /// Checks where a request about a marked place leads to.
    pub async fn check(&mut self, method: &str, mark: u32, expect: &[&str]) {
        let found = self.ask(method, mark).await;
        assert_eq!(self.locations(&found), expect, "{method} at ${mark}");
    }
}

/// What a modern client says of itself.
pub fn everything() -> Value {
    json!({
        "textDocument": {
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "definition": { "linkSupport": true },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } },
            "callHierarchy": {},
        },
        "workspace": { "symbol": { "resolveSupport": { "properties": ["location.range"] } } },
    })
}
