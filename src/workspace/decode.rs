//! From the bytes on disk to UTF-8, as ripgrep does it: a BOM decides (UTF-8, UTF-16), else the bytes stay what they are.

use std::io::{self, Read};

use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

/// A NUL this early (in the decoded text, in bytes) makes a file a binary one.
pub(super) const BINARY_PROBE: usize = 64 << 10;

/// Decodes while reading.
pub(super) fn decode<R: Read>(bytes: R) -> DecodeReaderBytes<R, Vec<u8>> {
    DecodeReaderBytesBuilder::new()
        .utf8_passthru(true)
        .strip_bom(true)
        .bom_override(true)
        .bom_sniffing(true)
        .build(bytes)
}

/// Decodes all of it; `None` when it is binary. Invalid UTF-8 becomes U+FFFD.
pub(super) fn text<R: Read>(bytes: R, size_hint: usize) -> io::Result<Option<String>> {
    let mut reader = decode(bytes);
    let mut decoded = Vec::with_capacity(size_hint.saturating_add(1));
    reader.by_ref().take(BINARY_PROBE as u64).read_to_end(&mut decoded)?;
    if memchr::memchr(0, &decoded).is_some() {
        return Ok(None);
    }
    reader.read_to_end(&mut decoded)?;
    Ok(Some(String::from_utf8(decoded).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded_as_in_ripgrep() {
        for (bytes, expect) in [
            (&b""[..], Some("")),
            (b"plain\r\n", Some("plain\r\n")),
            (b"\xef\xbb\xbfbom", Some("bom")),
            (b"\xff\xfeh\0i\0", Some("hi")),
            (b"\xfe\xff\0h\0i", Some("hi")),
            (b"caf\xe9!", Some("caf\u{fffd}!")),
            (b"nul\0", None),
            (b"h\0i\0", None),
        ] {
            assert_eq!(text(bytes, bytes.len()).unwrap().as_deref(), expect, "{bytes:?}");
        }
    }

    #[test]
    fn a_late_nul_does_not_make_a_file_binary() {
        let mut bytes = vec![b'a'; BINARY_PROBE];
        bytes.push(0);
        assert!(text(&bytes[..], 0).unwrap().is_some());
        bytes[BINARY_PROBE - 1] = 0;
        assert!(text(&bytes[..], 0).unwrap().is_none());
    }
}
