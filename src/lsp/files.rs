//! `file:` URIs and the paths of this machine, both ways, byte for byte.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use tower_lsp::ls_types::Uri;

/// The absolute path of a `file:` URI. `None` for other schemes and for files of other machines.
pub fn file_path(uri: &Uri) -> Option<PathBuf> {
    let host = uri.authority().map_or("", |authority| authority.host());
    let is_here =
        uri.scheme().as_str().eq_ignore_ascii_case("file") && (cfg!(windows) || matches!(host, "" | "localhost"));
    let bytes = is_here.then(|| uri.path().decode().to_bytes())?;
    let path = match std::str::from_utf8(&bytes) {
        Ok(_) => uri.to_file_path().map(Cow::into_owned),
        Err(_) => from_bytes(bytes.into_owned()),
    };
    // No file's name has a NUL in it.
    path.filter(|path| path.is_absolute() && !bytes_of(path).contains(&0))
}

/// The `file:` URI of an absolute path.
pub fn file_uri(path: &Path) -> Option<Uri> {
    if path.to_str().is_some() {
        return Uri::from_file_path(path);
    }
    // As `Uri` spells paths that are text.
    let mut uri = "file://".to_owned();
    for byte in bytes_of(path) {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.parse().ok()
}

fn bytes_of(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn from_bytes(_bytes: Vec<u8>) -> Option<PathBuf> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    #[test]
    fn both_ways() {
        let check = |uri: &str, path: &[u8]| {
            let parsed: Uri = uri.parse().unwrap();
            let path = Path::new(std::ffi::OsStr::from_bytes(path));
            assert_eq!(file_path(&parsed).as_deref(), Some(path), "{uri}");
            let again = file_uri(path).unwrap();
            assert_eq!(file_path(&again).as_deref(), Some(path), "{uri} as {}", again.as_str());
        };
        check("file:///a/b.rs", b"/a/b.rs");
        check("file://localhost/a", b"/a");
        check("FILE:///a", b"/a");
        check("file:/a/b", b"/a/b");
        check("file:///with%20space/%23%3F.rs", b"/with space/#?.rs");
        check("file:///caf%C3%A9", "/café".as_bytes());
        check("file:///caf%E9", b"/caf\xe9");
        check("file:///a%5Cb", b"/a\\b");
        check("file:///c%3A/Users/x.rs", b"/c:/Users/x.rs");
        check("file:///C:/Users/x.rs", b"/C:/Users/x.rs");
    }

    #[test]
    fn what_is_no_file_here_has_no_path() {
        for uri in [
            "untitled:Untitled-1",
            "https://x/a.rs",
            "file:a.rs",
            "file:",
            "file://server/share/x",
            "file:///a%00b",
            "git:/a",
        ] {
            assert_eq!(file_path(&uri.parse().unwrap()), None, "{uri}");
        }
    }
}
