//! Where a provider's requests go, and which base URLs are refused.

use std::time::Duration;

use url::{Host, Url};

use super::secret::Secret;

/// A base URL with the key that belongs to it. Plain data; nothing is checked before a model is opened.
#[derive(Clone, PartialEq)]
pub struct Endpoint {
    /// What `/chat/completions` or `/messages` is appended to, such as `https://api.openai.com/v1`. A query in it is kept.
    pub base_url: String,
    pub key: Option<Secret>,
    /// Whether plain `http` may leave this machine.
    pub allow_http: bool,
    /// How long a server may send nothing at all, from the request on.
    pub idle_timeout: Duration,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    #[error("the base URL {0} is not a URL; write one such as https://api.openai.com/v1")]
    NotAUrl(String),
    #[error("the base URL {0} has to begin with https://, or with http:// for a server on this machine")]
    Scheme(String),
    #[error("the base URL {0} has a user name or password in it; set a key instead")]
    UserInfo(String),
    #[error("{0} is plain http to another machine, and anybody between could read the key; use https, or allow_http")]
    PlainHttp(String),
    #[error("the key for {0} has characters that no header can carry; was it copied whole?")]
    Key(String),
    #[error("cannot set up the connection to {0}: {1}")]
    Client(String, String),
}

impl Endpoint {
    pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

    pub fn new(base_url: impl Into<String>) -> Self {
        Endpoint { base_url: base_url.into(), key: None, allow_http: false, idle_timeout: Self::IDLE_TIMEOUT }
    }

    pub fn with_key(self, key: Secret) -> Self {
        Endpoint { key: Some(key).filter(|key| !key.is_empty()), ..self }
    }

    /// The base URL as a message may show it: no user name, no password, no query.
    pub fn shown(&self) -> String {
        Url::parse(self.base_url.trim()).map_or_else(|_| "(not a URL)".to_string(), |url| shown(&url))
    }

    /// The base URL, if requests may go there.
    pub(super) fn checked_url(&self) -> Result<Url, EndpointError> {
        let mut url = Url::parse(self.base_url.trim()).map_err(|_| EndpointError::NotAUrl(self.shown()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(EndpointError::Scheme(self.shown()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo(self.shown()));
        }
        if url.scheme() == "http" && !is_loopback(&url) && !self.allow_http {
            return Err(EndpointError::PlainHttp(self.shown()));
        }
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let path =
            path.strip_suffix("/chat/completions").or(path.strip_suffix("/messages")).unwrap_or(path).to_string();
        url.set_path(&path);
        Ok(url)
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("base_url", &self.shown())
            .field("key", &self.key)
            .field("allow_http", &self.allow_http)
            .field("idle_timeout", &self.idle_timeout)
            .finish()
    }
}

/// A URL without the parts that may hold secrets.
pub(super) fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{}://{}{port}{path}", url.scheme(), url.host_str().unwrap_or_default())
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        let check = |base_url: &str, expect: Result<&str, &str>| {
            let found = Endpoint::new(base_url).checked_url().map(String::from).map_err(|error| error.to_string());
            match (&found, expect) {
                (Ok(url), Ok(expect)) => assert_eq!(url, expect),
                (Err(message), Err(expect)) => assert!(message.contains(expect), "{message}"),
                _ => panic!("{base_url}: {found:?}"),
            }
        };
        check("https://api.openai.com/v1", Ok("https://api.openai.com/v1"));
        check(" https://api.openai.com/v1/ ", Ok("https://api.openai.com/v1"));
        check("https://api.perplexity.ai", Ok("https://api.perplexity.ai/"));
        check("https://h/v1/chat/completions", Ok("https://h/v1"));
        check("https://h/v1/messages", Ok("https://h/v1"));
        check("https://h/d?api-version=1#top", Ok("https://h/d?api-version=1"));
        check("http://127.0.0.1:11434/v1", Ok("http://127.0.0.1:11434/v1"));
        check("http://127.8.8.8/v1", Ok("http://127.8.8.8/v1"));
        check("http://[::1]:8080/v1", Ok("http://[::1]:8080/v1"));
        check("http://localhost:1234/v1", Ok("http://localhost:1234/v1"));
        check("http://gpu.lan:8000/v1", Err("http://gpu.lan:8000/v1 is plain http to another machine"));
        check("http://127.0.0.1.evil.example/v1", Err("plain http"));
        check("http://localhost.evil.example/v1", Err("plain http"));
        check("http://0.0.0.0/v1", Err("plain http"));
        check("https://user:hunter2@h/v1", Err("https://h/v1 has a user name or password"));
        check("https://token@h/v1", Err("https://h/v1 has a user name or password"));
        check("http://127.0.0.1@evil.example/v1", Err("http://evil.example/v1 has a user name"));
        check("ftp://h/v1", Err("has to begin with https://"));
        check("file:///etc/passwd", Err("has to begin with https://"));
        check("unix:/run/x", Err("has to begin with https://"));
        check("api.openai.com/v1", Err("is not a URL"));
        check("", Err("is not a URL"));
    }

    #[test]
    fn plain_http_can_be_allowed() {
        let endpoint = Endpoint { allow_http: true, ..Endpoint::new("http://gpu.lan:8000/v1") };
        assert!(endpoint.checked_url().is_ok());
    }

    #[test]
    fn debug_output_has_no_secrets() {
        let endpoint = Endpoint::new("https://user:hunter2@h/v1?key=sk-query").with_key(Secret::new("sk-secret"));
        let debug = format!("{endpoint:?}");
        assert!(debug.contains("https://h/v1") && debug.contains("***"), "{debug}");
        for secret in ["hunter2", "sk-query", "sk-secret", "user"] {
            assert!(!debug.contains(secret), "{debug}");
        }
    }
}
