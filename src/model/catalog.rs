//! From a name, `provider/model`, to a model that answers.
//!
//! `anthropic` speaks Messages, and every other provider but `builtin` and `scripted` speaks Chat Completions; a provider
//! is a name for a base URL and a key.
//! So `ollama/qwen3` is the same client as `openai/qwen3` with the base URL of a local Ollama, and a provider that the
//! configuration adds needs nothing but a base URL.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use super::Model;
use super::anthropic::{self, Messages};
use super::builtin::Builtin;
use super::client::{self, Client};
use super::connection::Connection;
use super::endpoint::{Endpoint, EndpointError};
use super::openai::{self, ChatCompletions};
use super::scripted::{ScriptError, Scripted};

/// A provider that is known without configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    pub name: &'static str,
    pub base_url: &'static str,
    /// The environment variable in which its users keep the key; `None` when it wants no key.
    pub key_variable: Option<&'static str>,
}

/// The one provider that speaks Messages.
const ANTHROPIC: &str = "anthropic";

pub const PROVIDERS: [Provider; 7] = [
    Provider { name: "openai", base_url: "https://api.openai.com/v1", key_variable: Some("OPENAI_API_KEY") },
    Provider { name: ANTHROPIC, base_url: "https://api.anthropic.com", key_variable: Some("ANTHROPIC_API_KEY") },
    Provider { name: "openrouter", base_url: "https://openrouter.ai/api/v1", key_variable: Some("OPENROUTER_API_KEY") },
    Provider { name: "ollama", base_url: "http://127.0.0.1:11434/v1", key_variable: None },
    Provider { name: "lmstudio", base_url: "http://127.0.0.1:1234/v1", key_variable: None },
    Provider { name: "llamacpp", base_url: "http://127.0.0.1:8080/v1", key_variable: None },
    Provider { name: "vllm", base_url: "http://127.0.0.1:8000/v1", key_variable: None },
];

/// Why a name leads to no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    #[error("{0:?} does not name a provider and a model; write it as provider/model, such as openai/gpt-5-mini")]
    Name(String),
    #[error("unknown provider {provider:?} in {name:?}; providers are {known}")]
    Provider { provider: String, name: String, known: String },
    #[error("no API key for {provider} ({base_url}); set {variable}, or a key in the machine's configuration file")]
    NoKey { provider: String, base_url: String, variable: String },
    #[error(
        "{0:?} is the model of an editor, and none lends one here; it is for questions asked in an editor that does"
    )]
    NoEditor(String),
    #[error("{provider}: {error}")]
    Endpoint { provider: String, error: EndpointError },
    #[error(transparent)]
    Script(#[from] ScriptError),
}

/// The two halves of a `provider/model`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName {
    pub provider: String,
    /// The provider's own name of the model, as `Request::model` has it; empty for `builtin`, and for
    /// the editor's default.
    pub model: String,
}

impl ModelName {
    pub fn parse(name: &str) -> Result<Self, CatalogError> {
        let name = name.trim();
        let (provider, model) = match name.split_once('/') {
            Some((provider, model)) if !provider.is_empty() && !model.is_empty() => (provider, model),
            None if ["builtin", "editor"].contains(&name) => (name, ""),
            _ => return Err(CatalogError::Name(name.to_string())),
        };
        Ok(ModelName { provider: provider.to_string(), model: model.to_string() })
    }
}

/// What models are opened from: endpoints by provider, as the configuration has them, and models that the program brings
/// along. Models of one provider share their connections and back off together.
#[derive(Default)]
pub struct Endpoints {
    endpoints: BTreeMap<String, Endpoint>,
    models: BTreeMap<String, Arc<dyn Model>>,
    connections: Mutex<BTreeMap<String, Arc<Connection>>>,
    scripts: Mutex<BTreeMap<String, Arc<Scripted>>>,
}

impl Endpoints {
    /// Endpoints by provider. A provider of `PROVIDERS` that is not among them gets its own base URL and no key.
    pub fn new(endpoints: impl IntoIterator<Item = (String, Endpoint)>) -> Self {
        Endpoints { endpoints: endpoints.into_iter().collect(), ..Endpoints::default() }
    }

    /// Adds a model that needs no endpoint; `provider` or `provider/anything` then opens it.
    pub fn with_model(mut self, model: Arc<dyn Model>) -> Self {
        self.models.insert(model.provider().to_string(), model);
        self
    }

    /// The names of all providers, as messages list them.
    pub fn providers(&self) -> Vec<&str> {
        let known = PROVIDERS.iter().map(|provider| provider.name);
        let mut names: Vec<_> = known
            .chain(self.endpoints.keys().map(String::as_str))
            .chain(self.models.keys().map(String::as_str))
            .collect();
        names.extend(["builtin", "scripted"]);
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    /// Where a provider is, if that is known.
    pub fn endpoint(&self, provider: &str) -> Option<Endpoint> {
        let default = || PROVIDERS.iter().find(|one| one.name == provider).map(|one| Endpoint::new(one.base_url));
        self.endpoints.get(provider).cloned().or_else(default)
    }
}

/// Opens the model called `name`. Nothing is sent yet.
pub fn open(name: &str, endpoints: &Endpoints) -> Result<Arc<dyn Model>, CatalogError> {
    let name = name.trim();
    if let Some(model) = endpoints.models.get(name) {
        return Ok(model.clone());
    }
    let ModelName { provider, model } = ModelName::parse(name)?;
    if let Some(model) = endpoints.models.get(&provider) {
        return Ok(model.clone());
    }
    if provider == "builtin" {
        return Ok(Arc::new(Builtin));
    }
    if provider == "editor" {
        return Err(CatalogError::NoEditor(name.to_string()));
    }
    if provider == "scripted" {
        let mut scripts = lock(&endpoints.scripts);
        if let Some(script) = scripts.get(&model) {
            return Ok(script.clone());
        }
        let script = Arc::new(Scripted::open(Path::new(&model))?);
        scripts.insert(model, script.clone());
        return Ok(script);
    }
    let connection = connection(&provider, name, endpoints)?;
    if provider == ANTHROPIC {
        return Ok(Arc::new(Client::new(&provider, connection, Messages::default(), anthropic::Quirks::default())));
    }
    let quirks = openai::Quirks::of_host(connection.host());
    Ok(Arc::new(Client::new(&provider, connection, ChatCompletions, quirks)))
}

/// The connection to a provider, which is named in `name`.
fn connection(provider: &str, name: &str, endpoints: &Endpoints) -> Result<Arc<Connection>, CatalogError> {
    let Some(endpoint) = endpoints.endpoint(provider) else {
        let (provider, known) = (provider.to_string(), endpoints.providers().join(", "));
        return Err(CatalogError::Provider { provider, name: name.to_string(), known });
    };
    if let Some(variable) = missing_key(provider, &endpoint) {
        let (provider, variable) = (provider.to_string(), variable.to_string());
        return Err(CatalogError::NoKey { provider, base_url: endpoint.shown(), variable });
    }
    let mut connections = lock(&endpoints.connections);
    if let Some(connection) = connections.get(provider) {
        return Ok(connection.clone());
    }
    let manner = if provider == ANTHROPIC { &anthropic::MANNER } else { &openai::MANNER };
    let new = Connection::new(&endpoint, manner);
    let new = Arc::new(new.map_err(|error| CatalogError::Endpoint { provider: provider.to_string(), error })?);
    connections.insert(provider.to_string(), new.clone());
    Ok(new)
}

/// The variable of the key without which a provider's own base URL answers nobody.
fn missing_key(provider: &str, endpoint: &Endpoint) -> Option<&'static str> {
    let known = PROVIDERS.iter().find(|one| one.name == provider)?;
    known.key_variable.filter(|_| endpoint.key.is_none() && endpoint.shown() == known.base_url)
}

/// Whether a provider's models can be opened. Nothing is sent.
///
/// # Errors
/// When there is no such provider, its key is missing, or its base URL is refused.
pub fn check(provider: &str, endpoints: &Endpoints) -> Result<(), CatalogError> {
    connection(provider, provider, endpoints).map(drop)
}

/// The names of a provider's models, as the provider lists them now; sorted.
///
/// # Errors
/// When it cannot be asked, refuses, or takes longer than `patience`. The message is for a person.
pub async fn list(provider: &str, endpoints: &Endpoints, patience: Duration) -> Result<Vec<String>, String> {
    let connection = connection(provider, provider, endpoints).map_err(|error| error.to_string())?;
    let listed = async {
        match provider {
            // It gives 20 when not asked for more. Base URLs are in use with and without `/v1`.
            ANTHROPIC if connection.ends_in("v1") => {
                client::listed(&connection, &["models"], &[("limit", "1000")]).await
            }
            ANTHROPIC => client::listed(&connection, &["v1", "models"], &[("limit", "1000")]).await,
            _ => client::listed(&connection, &["models"], &[]).await,
        }
    };
    let listed = timeout(patience, listed).await;
    let listed = listed.unwrap_or_else(|_| {
        Err(format!("{} gave no list of models within {} s", connection.shown(), patience.as_secs_f64()))
    });
    let mut names = listed?;
    names.sort();
    names.dedup();
    Ok(names)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;

    #[test]
    fn names() {
        let check = |name: &str, expect: Option<(&str, &str)>| {
            let found = ModelName::parse(name).ok();
            let expect =
                expect.map(|(provider, model)| ModelName { provider: provider.to_string(), model: model.to_string() });
            assert_eq!(found, expect, "{name}");
        };
        check("openai/gpt-5", Some(("openai", "gpt-5")));
        check(" openai/gpt-5 ", Some(("openai", "gpt-5")));
        check("openrouter/qwen/qwen3:free", Some(("openrouter", "qwen/qwen3:free")));
        check("scripted//tmp/x.jsonl", Some(("scripted", "/tmp/x.jsonl")));
        check("builtin", Some(("builtin", "")));
        check("editor", Some(("editor", "")));
        check("editor/copilot/gpt-5", Some(("editor", "copilot/gpt-5")));
        check("gpt-5", None);
        check("openai/", None);
        check("/gpt-5", None);
        check("", None);
    }

    #[test]
    fn what_does_not_open() {
        let endpoints = Endpoints::new([
            ("lab".to_string(), Endpoint::new("http://gpu.lan:8000/v1")),
            ("odd".to_string(), Endpoint::new("https://h/v1").with_key(Secret::new("sk-\u{7}secret"))),
        ]);
        let check = |name: &str, expect: &str| {
            let message = open(name, &endpoints).err().expect(name).to_string();
            assert!(message.contains(expect), "{message}");
            assert!(!message.contains("secret"), "{message}");
        };
        check(
            "x/y",
            "unknown provider \"x\" in \"x/y\"; providers are openai, anthropic, openrouter, ollama, lmstudio, llamacpp, vllm, lab, odd, builtin, scripted",
        );
        check("gpt-5", "\"gpt-5\" does not name a provider and a model; write it as provider/model");
        check("openai/gpt-5", "no API key for openai (https://api.openai.com/v1); set OPENAI_API_KEY, or a key");
        check(
            "anthropic/claude",
            "no API key for anthropic (https://api.anthropic.com); set ANTHROPIC_API_KEY, or a key",
        );
        check("lab/llama", "lab: http://gpu.lan:8000/v1 is plain http to another machine");
        check("odd/llama", "odd: the key for https://h/v1 has characters");
        check("editor", "\"editor\" is the model of an editor, and none lends one here");
        check("editor/x", "\"editor/x\" is the model of an editor");
        check("scripted/none.jsonl", "cannot read the script none.jsonl");
    }

    #[test]
    fn what_opens() {
        let endpoints = Endpoints::new([
            ("openai".to_string(), Endpoint::new("http://127.0.0.1:9/v1")),
            ("anthropic".to_string(), Endpoint::new("http://127.0.0.1:9")),
            ("mine".to_string(), Endpoint::new("https://models.example/v1").with_key(Secret::new("k"))),
        ]);
        for (name, provider) in
            [("openai/any", "openai"), ("anthropic/any", "anthropic"), ("ollama/qwen3", "ollama"), ("mine/a/b", "mine")]
        {
            assert_eq!(open(name, &endpoints).unwrap().provider(), provider);
        }
        assert_eq!(open("builtin", &endpoints).unwrap().provider(), "builtin");
        let endpoints = endpoints.with_model(Arc::new(Scripted::new([]).unwrap()));
        assert_eq!(open("scripted/anything", &endpoints).unwrap().provider(), "scripted");
        assert_eq!(open("scripted", &endpoints).unwrap().provider(), "scripted");
        let (editor, _jobs) = crate::model::editor::Editor::new(true);
        let endpoints = endpoints.with_model(Arc::new(editor));
        assert_eq!(open("editor", &endpoints).unwrap().provider(), "editor");
        assert_eq!(open("editor/copilot/gpt-5", &endpoints).unwrap().provider(), "editor");
    }
}
