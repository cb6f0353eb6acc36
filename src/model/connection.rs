//! An endpoint in use: one HTTP client whose connections are shared, one gate, and the key that goes nowhere else.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, redirect};
use url::Url;

use super::endpoint::{self, Endpoint, EndpointError};
use super::gate::Gate;
use super::retry::Policy;
use super::secret::Secret;

/// How a protocol's requests say who asks.
pub(super) struct Manner {
    /// The headers that carry the key.
    pub key: fn(&Url, &str) -> Vec<(HeaderName, String)>,
    pub fixed: &'static [(&'static str, &'static str)],
}

pub(super) struct Connection {
    url: Url,
    key: Option<Secret>,
    client: Client,
    pub gate: Gate,
    pub policy: Policy,
    pub idle_timeout: Duration,
}

impl Connection {
    pub fn new(endpoint: &Endpoint, manner: &Manner) -> Result<Self, EndpointError> {
        let url = endpoint.checked_url()?;
        let policy = Policy::DEFAULT;
        #[expect(clippy::disallowed_methods, reason = "the one client, which follows no redirect")]
        let mut builder = Client::builder()
            .user_agent(concat!("spelunk/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&url, endpoint, manner)?)
            // A redirect would carry the key to a place that nobody configured.
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(policy.connect);
        if endpoint::is_loopback(&url) {
            builder = builder.no_proxy();
        }
        if url.scheme() == "http" {
            // Spares a machine without certificates from having to have some.
            builder = builder.tls_certs_only([]);
        }
        install_crypto();
        let client = builder.build().map_err(|error| EndpointError::Client(endpoint.shown(), deepest(&error)))?;
        let key = endpoint.key.clone();
        Ok(Connection { url, key, client, gate: Gate::default(), policy, idle_timeout: endpoint.idle_timeout })
    }

    /// The base URL, free of secrets.
    pub fn shown(&self) -> String {
        endpoint::shown(&self.url)
    }

    /// Tells this endpoint and its key apart from any other. No part of either can be read from it.
    pub fn origin(&self) -> String {
        let mut hash = blake3::Hasher::new();
        hash.update(self.url.as_str().as_bytes());
        if let Some(key) = &self.key {
            // No URL has a space in it.
            hash.update(b" ").update(key.expose().as_bytes());
        }
        hash.finalize().to_hex().to_string()
    }

    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether the base URL's path ends in `segment`.
    pub fn ends_in(&self, segment: &str) -> bool {
        self.url.path().trim_end_matches('/').rsplit('/').next() == Some(segment)
    }

    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// A POST of JSON to `path` under the base URL.
    pub fn post(&self, path: &[&str], body: String) -> RequestBuilder {
        self.client.post(self.below(path)).header(CONTENT_TYPE, "application/json").body(body)
    }

    /// A GET of `path` under the base URL, with these pairs beside its own query.
    pub fn get(&self, path: &[&str], query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.below(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.client.get(url)
    }

    fn below(&self, path: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Text of the server, without the key.
    pub fn scrub(&self, text: &str) -> String {
        self.key.as_ref().map_or_else(|| text.to_string(), |key| key.scrub(text))
    }

    /// Where a redirect wanted to go, free of secrets.
    pub fn redirect_target(&self, location: &str) -> String {
        let target =
            self.url.join(location).map_or_else(|_| "an unreadable place".to_string(), |url| endpoint::shown(&url));
        self.scrub(&target)
    }
}

/// The innermost reason of an error, without URLs.
pub(super) fn deepest(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if std::ptr::addr_eq(deepest, error) && error.url().is_some() {
        return if error.is_timeout() { "timed out".to_string() } else { "the request failed".to_string() };
    }
    match deepest.downcast_ref::<std::io::Error>() {
        Some(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => "nothing listens there".to_string(),
        _ => deepest.to_string(),
    }
}

fn headers(url: &Url, endpoint: &Endpoint, manner: &Manner) -> Result<HeaderMap, EndpointError> {
    let fixed = manner.fixed.iter();
    let mut headers: HeaderMap =
        fixed.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    let Some(key) = &endpoint.key else { return Ok(headers) };
    for (name, value) in (manner.key)(url, key.expose()) {
        let mut value = HeaderValue::try_from(value).map_err(|_| EndpointError::Key(endpoint.shown()))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    // The only failure is that the process has a provider already, which does as well.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_differ_with_all_that_a_reply_may_depend_on() {
        let manner = Manner { key: |_, _| Vec::new(), fixed: &[] };
        let origin = |url: &str, key: &str| {
            let endpoint = Endpoint::new(url).with_key(Secret::new(key));
            Connection::new(&endpoint, &manner).unwrap().origin()
        };
        let all = [
            origin("http://127.0.0.1/v1", ""),
            origin("http://127.0.0.1/v1?deployment=a", ""),
            origin("http://127.0.0.1/v1?deployment=b", ""),
            origin("http://127.0.0.1/v1", "sk-one"),
            origin("http://127.0.0.1/v1", "sk-two"),
            origin("http://127.0.0.2/v1", "sk-two"),
        ];
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
        assert!(all.iter().all(|origin| origin.bytes().all(|byte| byte.is_ascii_hexdigit())), "{all:?}");
        assert_eq!(origin("http://127.0.0.1/v1/", " sk-one"), all[3]);
    }
}
