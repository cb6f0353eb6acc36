//! Fencing: text that is data, set apart from instructions by a delimiter that the data cannot contain.

use crate::display;

/// The key under which fence delimiters are derived. One per installation, so that equal data make equal prompts.
#[derive(Clone)]
pub struct FenceKey([u8; 32]);

impl FenceKey {
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }
}

/// Wraps `data` so that nothing in it can pass for an instruction's frame.
///
/// The delimiter is derived from the data under the key: whoever wrote the data cannot know it, and equal data give
/// equal bytes, which provider caches need. Invisible and direction-changing characters are shown escaped (Trojan
/// Source, ASCII smuggling).
pub fn fence(key: &FenceKey, label: &str, data: &str) -> String {
    let data = display::terminal(data);
    let digest = blake3::keyed_hash(&key.0, data.as_bytes()).to_hex();
    let mark = &digest[..16];
    let newline = if data.ends_with('\n') { "" } else { "\n" };
    format!("<{label} {mark}>\n{data}{newline}</{label} {mark}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_data_make_equal_bytes_and_the_key_matters() {
        let (a, b) = (FenceKey::new([1; 32]), FenceKey::new([2; 32]));
        assert_eq!(fence(&a, "data", "x"), fence(&a, "data", "x"));
        assert_ne!(fence(&a, "data", "x"), fence(&b, "data", "x"));
    }

    #[test]
    fn data_cannot_close_its_fence() {
        let key = FenceKey::new([7; 32]);
        let inner = fence(&key, "data", "attack");
        let outer = fence(&key, "data", &inner);
        let mark = outer.lines().next().unwrap().to_owned();
        assert!(!inner.contains(mark.trim_start_matches('<').trim_end_matches('>')));
    }
}
