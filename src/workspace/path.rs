//! Paths inside the workspace: their one spelling, and the way from and to the names on disk.

use std::borrow::Cow;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::WorkspaceError;

/// A path inside the workspace: relative, `/`-separated, never empty, without `.` or `..` components.
///
/// Workspaces with several folders put the folder's name first. Only the jail turns it into a file. A name on disk that
/// is not UTF-8 is spelled with `\xHH` for each odd byte; then, and where a name would read like such a spelling, a
/// backslash is `\x5c`. So two names never share a spelling.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// Checks and normalises a path that a model or a person wrote (`./a//b` becomes `a/b`).
    pub fn parse(text: &str) -> Result<Self, WorkspaceError> {
        let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if text.starts_with('/') || parts.is_empty() || parts.contains(&"..") || text.contains('\0') {
            return Err(WorkspaceError::OutsideRoot { path: text.to_owned() });
        }
        Ok(Self(parts.join("/").into()))
    }

    /// The path as text, with `/` between components.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the two share their text: then they are equal, and else they may be.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A path that [`Self::as_str`] gave once; `None` if it cannot have.
    pub(super) fn again(text: &str) -> Option<Self> {
        let is_one = text.split('/').all(|part| !matches!(part, "" | "." | "..")) && !text.contains('\0');
        is_one.then(|| Self(text.into()))
    }

    /// From a relative path on disk, in a folder that has a name when the workspace has several.
    pub(super) fn from_disk(folder: Option<&str>, path: &Path) -> Option<Self> {
        let inside = path.components().all(|component| matches!(component, Component::Normal(_)));
        let name = spell(path).filter(|name| inside && !name.is_empty())?;
        Some(Self(match folder {
            Some(folder) => format!("{folder}/{name}").into(),
            None => name.into(),
        }))
    }
}

/// The name on disk that a spelling (without the folder's name) stands for; `None` when it is not the one spelling.
pub(super) fn on_disk(spelling: &str) -> Option<PathBuf> {
    if escape_at(spelling).is_none() {
        return Some(PathBuf::from(spelling));
    }
    let path = unspell(spelling)?;
    (spell(&path)? == spelling).then_some(path)
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

/// Where the first `\xHH` is, `HH` being 5c or a byte that UTF-8 does not use alone.
fn escape_at(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\\', bytes).find(|&at| matches!(bytes.get(at + 1..at + 4), Some([b'x', high, low])
        if (high, low) == (&b'5', &b'c') || (matches!(high, b'8'..=b'9' | b'a'..=b'f') && matches!(low, b'0'..=b'9' | b'a'..=b'f'))))
}

#[cfg(unix)]
fn spell(path: &Path) -> Option<Cow<'_, str>> {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = path.as_os_str().as_bytes();
    if let Ok(text) = std::str::from_utf8(bytes)
        && escape_at(text).is_none()
    {
        return Some(Cow::Borrowed(text));
    }
    let mut spelled = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        spelled.push_str(&chunk.valid().replace('\\', "\\x5c"));
        for byte in chunk.invalid() {
            // Writing to a String does not fail.
            let _ = write!(spelled, "\\x{byte:02x}");
        }
    }
    Some(Cow::Owned(spelled))
}

#[cfg(unix)]
fn unspell(spelling: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = Vec::with_capacity(spelling.len());
    let mut rest = spelling;
    while let Some(at) = escape_at(rest) {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(u8::from_str_radix(&rest[at + 2..at + 4], 16).ok()?);
        rest = &rest[at + 4..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn spell(path: &Path) -> Option<Cow<'_, str>> {
    path.to_str().map(|text| Cow::Owned(text.replace('\\', "/")))
}

#[cfg(not(unix))]
fn unspell(spelling: &str) -> Option<PathBuf> {
    Some(PathBuf::from(spelling))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        for (text, expect) in [
            ("a", Some("a")),
            ("./a//b/", Some("a/b")),
            ("a/./b", Some("a/b")),
            ("%2e%2e/a", Some("%2e%2e/a")),
            ("...", Some("...")),
            ("a.. /b", Some("a.. /b")),
            ("", None),
            (".", None),
            ("./", None),
            ("/", None),
            ("/etc/passwd", None),
            ("//etc/passwd", None),
            ("..", None),
            ("a/../../b", None),
            ("a/..", None),
            ("a\0b", None),
        ] {
            let parsed = RelPath::parse(text).ok();
            assert_eq!(parsed.as_ref().map(RelPath::as_str), expect, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_survive() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        for (bytes, expect) in [
            (&b"plain/a.rs"[..], "plain/a.rs"),
            (b"back\\slash", "back\\slash"),
            (b"caf\xe9.txt", "caf\\xe9.txt"),
            (b"\xff\xfe", "\\xff\\xfe"),
            (b"a\\b/\x80", "a\\x5cb/\\x80"),
            (b"looks\\xff", "looks\\x5cxff"),
            (b"looks\\x5c", "looks\\x5cx5c"),
            (b"\\x41", "\\x41"),
            ("é/日本".as_bytes(), "é/日本"),
        ] {
            let disk = Path::new(OsStr::from_bytes(bytes));
            let path = RelPath::from_disk(None, disk).unwrap();
            assert_eq!(path.as_str(), expect);
            assert_eq!(on_disk(path.as_str()).as_deref(), Some(disk), "{expect}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn other_spellings_of_a_name_are_refused() {
        assert_eq!(on_disk("caf\\xc3\\xa9"), None, "é has a plain spelling");
        assert_eq!(on_disk("a\\b\\xff"), None, "the backslash should be \\x5c here");
        assert_eq!(on_disk("\\x2e\\x2e"), Some(PathBuf::from("\\x2e\\x2e")), "not an escape");
    }
}
