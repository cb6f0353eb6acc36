//! A key that no log, error or debug output shows.

use serde::Deserialize;

/// An API key. Prints as `***` everywhere; only the client that sends it can read it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Secret(String);

impl Secret {
    /// Surrounding white space, as files have it, is dropped.
    pub fn new(key: &str) -> Self {
        Secret(key.trim().to_string())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without the key, which servers like to quote in their errors.
    pub(super) fn scrub(&self, text: &str) -> String {
        if self.is_empty() { text.to_string() } else { text.replace(&self.0, "***") }
    }
}

impl From<String> for Secret {
    fn from(key: String) -> Self {
        Secret::new(&key)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_printed() {
        let secret = Secret::new(" sk-very-secret\n");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
        assert_eq!(secret.expose(), "sk-very-secret");
        assert_eq!(secret.scrub("bad key sk-very-secret!"), "bad key ***!");
        assert_eq!(Secret::new("").scrub("as it was"), "as it was");
    }
}
