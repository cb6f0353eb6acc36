//! The second net for secrets: key-shaped strings in text that leaves (prompts, journal, logs) become marks. Pure.
//!
//! Best effort, by the shapes that issuers gave their keys. The first net denies files by name, in the workspace.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A shape: the mark's name, and a pattern. Where the pattern has a group, only that group is replaced.
const SHAPES: &[(&str, &str)] = &[
    (
        "private-key",
        concat!(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----",
            // Also as the string literals of some language, but not from one mention across code to the next.
            r#"[A-Za-z0-9+/=\\\s:,.()"'@-]*?"#,
            r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----",
        ),
    ),
    // One that was cut off.
    ("private-key", r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\\\s]*"),
    ("aws-key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("aws-secret", r#"(?i)aws_?secret_?(?:access_?)?key["'\\]{0,3}\s{0,4}[:=]\s{0,4}["'\\]{0,3}([A-Za-z0-9/+]{40})\b"#),
    ("github-token", r"\b(?:gh[opusr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255})\b"),
    ("gitlab-token", r"\bgl(?:pat|dt|rt|cbt|ptt|agent|oas|soat)-[A-Za-z0-9_.-]{20,}"),
    ("slack-token", r"\bx(?:ox[abceoprs]|app)-[A-Za-z0-9-]{10,}"),
    ("slack-webhook", r"https://hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]{20,})"),
    ("google-key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("google-token", r"\b(?:ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})"),
    ("stripe-key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    ("npm-token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi-token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}"),
    ("hugging-face-token", r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("api-key", r"\bsk-[A-Za-z0-9_-]{20,}"),
    (
        "bearer-token",
        r"(?i)\bauthorization[\x22'\\]{0,3}\s{0,4}[:=]\s{0,4}[\x22'\\]{0,3}(?:bearer|basic)\s{1,4}([A-Za-z0-9._~+/=-]{16,})",
    ),
    ("password", r#"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@"'<>]{0,100}:([^\s/:@"'<>${}%*]{3,200})@[A-Za-z0-9.\[-]"#),
];

/// Bytes of the shortest text that has one of these shapes: `ab://:pwd@h`.
const SHORTEST: usize = 11;

static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> =
    LazyLock::new(|| SHAPES.iter().filter_map(|(name, pattern)| Some((*name, Regex::new(pattern).ok()?))).collect());

/// Replaces what looks like a key by `[redacted:aws-key]` and the like. Text without one comes back as it is.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut redacted = Cow::Borrowed(text);
    // Most strings of a journal are names of fields and the like.
    if text.len() < SHORTEST {
        return redacted;
    }
    for (name, pattern) in &*PATTERNS {
        if !pattern.is_match(&redacted) {
            continue;
        }
        let replaced = pattern.replace_all(&redacted, |found: &Captures<'_>| mark(name, found)).into_owned();
        if replaced != redacted {
            redacted = Cow::Owned(replaced);
        }
    }
    redacted
}

fn mark(name: &str, found: &Captures<'_>) -> String {
    let whole = &found[0];
    // `sk-` also begins names of styles; a key has digits.
    if name == "api-key" && !whole.bytes().any(|byte| byte.is_ascii_digit()) {
        return whole.to_owned();
    }
    match (found.get(0), found.get(1)) {
        (Some(all), Some(key)) => {
            let (before, after) = (&whole[..key.start() - all.start()], &whole[key.end() - all.start()..]);
            format!("{before}[redacted:{name}]{after}")
        }
        _ => format!("[redacted:{name}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(redact(text), expect);
        assert_eq!(redact(expect), expect, "marks stay");
    }

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), SHAPES.len());
    }

    #[test]
    fn the_shortest_is_found() {
        let shortest = "ab://:pwd@h";
        assert_eq!(shortest.len(), SHORTEST);
        check(shortest, "ab://:[redacted:password]@h");
    }

    #[test]
    fn keys_become_marks() {
        // Put together here so that no scanner takes this file for a leak.
        let run = |length: usize| "A1b2C3d4E5f6G7h8I9j0".repeat(8)[..length].to_owned();
        for (key, name) in [
            (format!("AKIA{}", "ABCDEFGH234567AB"), "aws-key"),
            (format!("ghp_{}", run(36)), "github-token"),
            (format!("gho_{}", run(36)), "github-token"),
            (format!("github_pat_{}", run(82)), "github-token"),
            (format!("glpat-{}", run(20)), "gitlab-token"),
            (format!("xoxb-{}", "123456789012-abcdefABCDEF"), "slack-token"),
            (format!("AIza{}", run(35)), "google-key"),
            (format!("sk_live_{}", run(24)), "stripe-key"),
            (format!("npm_{}", run(36)), "npm-token"),
            (format!("hf_{}", run(34)), "hugging-face-token"),
            (format!("sk-{}", run(48)), "api-key"),
            (format!("sk-ant-api03-{}", run(40)), "api-key"),
            (format!("sk-proj-{}_x", run(60)), "api-key"),
            (format!("eyJhbGciOi{}.eyJzdWIi{}.{}", run(10), run(10), run(30)), "jwt"),
        ] {
            check(&format!("key = \"{key}\";"), &format!("key = \"[redacted:{name}]\";"));
            check(&key, &format!("[redacted:{name}]"));
        }
    }

    #[test]
    fn private_keys_go_whole_or_cut() {
        let begin = "-----BEGIN RSA PRIVATE KEY-----";
        let end = "-----END RSA PRIVATE KEY-----";
        check(&format!("a\n{begin}\nMIIE\nabc=\n{end}\nb"), "a\n[redacted:private-key]\nb");
        check(&format!("\"{begin}\\nMIIE\\n{end}\\n\""), "\"[redacted:private-key]\\n\"");
        check(&format!("\"{begin}\\n\" +\n \"MIIE\" +\n\"{end}\""), "\"[redacted:private-key]\"");
        let mention = format!("const A: &str = \"{begin}\"; fn f() {{}} const B: &str = \"{end}\";");
        check(&mention, &mention.replace(begin, "[redacted:private-key]"));
        check(&format!("x {begin}\nMIIE\nabc"), "x [redacted:private-key]");
        check(
            "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----",
        );
    }

    #[test]
    fn what_stands_around_a_key_stays() {
        check("https://user:hunter2@example.com/x", "https://user:[redacted:password]@example.com/x");
        check("Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [redacted:bearer-token]");
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        check(&format!("aws_secret_access_key = {secret}"), "aws_secret_access_key = [redacted:aws-secret]");
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        for text in [
            "",
            "let task-sk-loading-spinner = 1;",
            "sk-loading-spinner-container-wrapper",
            "disk-0123456789-0123456789-0123456789",
            "AKIA is a prefix; AKIAtooshort",
            "http://host:8080/path@v1",
            "postgres://${USER}:${PASSWORD}@localhost/db",
            "git@github.com:owner/repo.git",
            "ghp_short",
            "eyJ.eyJ.x",
            "1b4e28ba-2fa1-11d2-883f-0016d3cca427 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(_)) && redact(text) == text, "{text}");
        }
    }
}
