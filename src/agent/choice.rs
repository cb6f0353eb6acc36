//! Which models there are to choose from: what the next run would ask, which providers are set up, and what they have.

use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;

use super::setup;
use crate::config::{Config, ModelFrom};
use crate::display;
use crate::model::catalog::{self, PROVIDERS};
use crate::model::{Endpoint, Endpoints};

/// How long providers may take to list their models.
const PATIENCE: Duration = Duration::from_secs(3);

/// Providers in the order in which people are shown them; those that the configuration adds come after.
const ORDER: [&str; 8] = ["builtin", "openai", "anthropic", "openrouter", "ollama", "vllm", "lmstudio", "llamacpp"];

/// What can be chosen. Safe to show: no keys, and texts of providers without control characters.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// `provider/model` of the next run's root.
    pub root: String,
    /// Of what answers its sub-calls.
    pub leaf: String,
    /// Who decided on the root.
    pub from: ModelFrom,
    /// Why these cannot be used, with the way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub providers: Vec<Provider>,
}

/// A provider that can be named.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    pub name: String,
    /// Without user name, password and query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    pub key: Key,
    /// The environment variable that has the key, or would have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// The provider's own names, sorted; empty when it was not asked, or has no list.
    pub models: Vec<String>,
    /// Why it cannot be used, or listed, with the way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a provider is off for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// It needs none.
    None,
    Set,
    Missing,
}

/// What can be chosen. With `list`, the providers that can be asked are asked for their models, all at once.
pub async fn choice(config: &Config, endpoints: &Endpoints, list: bool) -> Choice {
    let added = config.providers.keys().map(String::as_str).filter(|name| !ORDER.contains(name));
    let names = ORDER.into_iter().chain(added).filter(|name| !["editor", "scripted"].contains(name));
    let providers = join_all(names.map(|name| provider(name, config, endpoints, list))).await;
    let opened = setup::models(config, endpoints);
    Choice {
        root: safe(&config.model),
        leaf: safe(config.leaf_model.as_ref().unwrap_or(&config.model)),
        from: config.model_from,
        error: opened.err().map(|error| safe(&error.to_string())),
        providers,
    }
}

async fn provider(name: &str, config: &Config, endpoints: &Endpoints, list: bool) -> Provider {
    let mut provider = Provider::local(name);
    let Some(endpoint) = endpoints.endpoint(name).filter(|_| name != "builtin") else {
        if name != "builtin" {
            provider.error = Some(format!("{} has no base URL; set one in the machine's configuration", safe(name)));
        }
        return provider;
    };
    let configured = config.providers.get(name);
    provider.key_env = configured.and_then(|configured| configured.key_env.as_deref()).map(safe);
    if provider.key_env.is_none() && is_at_home(name, &endpoint) {
        provider.key_env =
            PROVIDERS.iter().find(|known| known.name == name).and_then(|known| known.key_variable.map(str::to_owned));
    }
    provider.key = match &endpoint.key {
        Some(_) => Key::Set,
        None if provider.key_env.is_some() => Key::Missing,
        None => Key::None,
    };
    provider.base_url = Some(safe(&endpoint.shown()));
    let checked = catalog::check(name, endpoints).map_err(|error| error.to_string());
    let listed = match (checked, list) {
        (Ok(()), true) => catalog::list(name, endpoints, PATIENCE).await,
        (checked, _) => checked.map(|()| Vec::new()),
    };
    if provider.key == Key::Missing
        && let Some(variable) = &provider.key_env
    {
        provider.error = Some(format!("{variable} is not set, so requests go without a key"));
    }
    match listed {
        Ok(models) => provider.models = models.iter().map(|model| safe(model)).collect(),
        Err(error) => provider.error = Some(safe(&error)),
    }
    provider
}

/// Whether a provider is where its makers have it.
fn is_at_home(name: &str, endpoint: &Endpoint) -> bool {
    PROVIDERS.iter().any(|known| known.name == name && endpoint.shown() == known.base_url)
}

impl Provider {
    /// One that needs neither an endpoint nor a key.
    pub fn local(name: &str) -> Self {
        let (base_url, key_env, models, error) = Default::default();
        Self { name: safe(name), base_url, key: Key::None, key_env, models, error }
    }
}

fn safe(text: &str) -> String {
    display::terminal(text).into_owned()
}
