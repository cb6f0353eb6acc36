//! Citations of an answer: found in its text, checked against what was looked at and against the files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::answer::Citation;
use super::drift;

/// What the check needs to know about files. Lines are 1-based and inclusive.
pub trait Evidence {
    /// Whether the path names a file of the snapshot.
    fn exists(&self, path: &str) -> bool;
    /// Whether these lines were looked at in this run.
    fn seen(&self, path: &str, from: u64, to: u64) -> bool;
    /// The text of these lines; `None` when the file has fewer.
    fn lines(&self, path: &str, from: u64, to: u64) -> Option<String>;
    /// The text of the innermost definition around these lines.
    fn definition(&self, path: &str, from: u64, to: u64) -> Option<String>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The lines were looked at and hold the names that their sentence puts in backticks.
    Valid,
    /// The lines were looked at, but a name of the sentence occurs neither in them nor in the definition around them.
    Unsupported,
    /// Their text stands at another place of the files now.
    Moved,
    /// Their text is not in the files any more.
    Stale,
}

impl Status {
    /// As it stands in journals and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Unsupported => "unsupported",
            Self::Moved => "moved",
            Self::Stale => "stale",
        }
    }
}

/// Why a citation of lines that nobody saw is not kept.
pub const NEVER_SEEN: &str = "its lines were never looked at";

/// A citation that was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    pub path: String,
    pub from: u64,
    pub to: u64,
    pub status: Status,
    /// Names that the lines do not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// [`drift::fingerprint`] of the cited lines, to tell later whether they moved or changed.
    pub hash: String,
    /// Where the text stands now, when it moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Citation>,
    /// What became of the lines, when they are stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
}

impl Checked {
    /// The lines as they were cited.
    pub fn place(&self) -> Citation {
        Citation { path: self.path.clone(), from: self.from, to: self.to }
    }

    /// Takes over what another sentence with this citation names in vain.
    fn lacks(&mut self, missing: &[String]) {
        for name in missing {
            if !self.missing.contains(name) {
                self.missing.push(name.clone());
            }
        }
        if !self.missing.is_empty() {
            self.status = Status::Unsupported;
        }
    }
}

/// A citation that was not kept, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dropped {
    pub path: String,
    pub from: u64,
    pub to: u64,
    pub reason: Cow<'static, str>,
}

/// Checks the citations of `markdown` and those that were passed beside it, in order of appearance.
pub fn check(markdown: &str, passed: &[Citation], evidence: &dyn Evidence) -> (Vec<Checked>, Vec<Dropped>) {
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    let mut done = BTreeSet::new();
    for sentence in sentences(markdown) {
        let (cited, elsewhere): (Vec<Citation>, Vec<Citation>) =
            citations_in(sentence).into_iter().partition(|cited| evidence.exists(&cited.path));
        // A time or a port has this form too, a file's name with an ending that is known has not.
        for citation in elsewhere.into_iter().filter(|cited| looks_like_file(&cited.path)) {
            if done.insert(citation.clone()) {
                judge(citation, &[], evidence, &mut kept, &mut dropped);
            }
        }
        if cited.is_empty() {
            continue;
        }
        let names = names_in(sentence, evidence);
        let mut texts = String::new();
        for citation in &cited {
            // A folder or a module is named by the path.
            texts.push_str(&citation.path);
            texts.push('\n');
            texts.extend(evidence.lines(&citation.path, citation.from, citation.to));
            texts.push('\n');
        }
        let absent: Vec<&String> = names.iter().filter(|name| !has_word(&texts, name)).collect();
        let missing: Vec<String> = if absent.is_empty() {
            Vec::new()
        } else {
            let around: Vec<String> = cited.iter().filter_map(|c| evidence.definition(&c.path, c.from, c.to)).collect();
            absent.into_iter().filter(|name| !around.iter().any(|text| has_word(text, name))).cloned().collect()
        };
        for citation in cited {
            if done.insert(citation.clone()) {
                judge(citation, &missing, evidence, &mut kept, &mut dropped);
            } else if let Some(known) = kept.iter_mut().find(|known| known.place() == citation) {
                known.lacks(&missing);
            }
        }
    }
    for citation in passed {
        let mut citation = citation.clone();
        citation.to = citation.to.max(citation.from);
        if done.insert(citation.clone()) {
            judge(citation, &[], evidence, &mut kept, &mut dropped);
        }
    }
    (kept, dropped)
}

fn judge(
    citation: Citation,
    missing: &[String],
    evidence: &dyn Evidence,
    kept: &mut Vec<Checked>,
    dropped: &mut Vec<Dropped>,
) {
    let Citation { path, from, to } = citation;
    let mut drop = |path, reason| dropped.push(Dropped { path, from, to, reason: Cow::Borrowed(reason) });
    if !evidence.exists(&path) {
        return drop(path, "there is no such file");
    }
    if from == 0 || to < from {
        return drop(path, "its lines are not a range");
    }
    let Some(text) = evidence.lines(&path, from, to) else { return drop(path, "the file has fewer lines") };
    if !evidence.seen(&path, from, to) {
        return drop(path, NEVER_SEEN);
    }
    let status = if missing.is_empty() { Status::Valid } else { Status::Unsupported };
    let hash = drift::fingerprint(&text);
    kept.push(Checked { path, from, to, status, missing: missing.to_vec(), hash, moved: None, changed: None });
}

static CITATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<path>[\w@+~.$\[\]()-]*[\w@+~$\])-](?:/[\w@+~.$\[\]()-]*[\w@+~$\])-])*)(?::|#L|:L)(?P<from>\d{1,9})(?:[-–]L?(?P<to>\d{1,9}))?\b")
        .expect("a constant pattern")
});

/// `path:12`, `path:12-20` and `path#L12-L20` in a text.
pub fn citations_in(text: &str) -> Vec<Citation> {
    CITATION
        .captures_iter(text)
        .filter_map(|found| {
            let from = found["from"].parse().ok()?;
            let to = found.name("to").map_or(Some(from), |to| to.as_str().parse().ok())?;
            let path = found["path"].trim_start_matches(['(', '[']).trim_start_matches("./").to_owned();
            Some(Citation { path, from, to })
        })
        .collect()
}

/// The sentences of a Markdown text outside fenced code. A line break in a list or table ends one too.
fn sentences(markdown: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = match fence {
                Some(open) if open == mark => None,
                None => Some(mark),
                open => open,
            };
            continue;
        }
        if fence.is_some() {
            continue;
        }
        let mut rest = line;
        let mut from = 0;
        while let Some(at) = rest[from..].find(['.', '!', '?']) {
            let end = from + at + 1;
            // A full stop inside code or a path does not end a sentence.
            let ends = rest[end..].starts_with([' ', '\t']) && rest[..end].matches('`').count() % 2 == 0;
            // A citation often stands in parentheses after the full stop.
            let cited_after = rest[end..].trim_start().starts_with(['(', '[']);
            if ends && !cited_after {
                sentences.push(&rest[..end]);
                rest = &rest[end..];
                from = 0;
            } else {
                from = end;
            }
        }
        if !rest.trim().is_empty() {
            sentences.push(rest);
        }
    }
    sentences
}

static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"`([^`\n]+)`").expect("a constant pattern"));
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:struct |enum |union |class |fn |func |def |type )?[&*~@#]?[\p{L}_$][\p{L}\p{N}_$]*(?:(?:::|\.|->|#)~?[\p{L}_$][\p{L}\p{N}_$]*)*[!?]?(?:\(\))?$")
        .expect("a constant pattern")
});

/// The last component of every identifier in backticks. Paths and file names are not names.
fn names_in(sentence: &str, evidence: &dyn Evidence) -> Vec<String> {
    let mut names = Vec::new();
    for code in CODE.captures_iter(sentence) {
        let code = code[1].trim();
        if !NAME.is_match(code) || evidence.exists(code) || looks_like_file(code) {
            continue;
        }
        let last = code.trim_end_matches(['(', ')', '!', '?']).rsplit([':', '.', '>', '#', ' ']).next().unwrap_or(code);
        let last = last.trim_start_matches(['&', '*', '~', '@', '#']);
        if !last.is_empty() && !names.iter().any(|name| name == last) {
            names.push(last.to_owned());
        }
    }
    names
}

/// `main.rs`, `Cargo.toml`: a name with a short lower-case ending and no call.
fn looks_like_file(code: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "rs", "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "go", "c", "h", "cc", "cpp", "hpp", "hh", "java", "md",
        "toml", "json", "yaml", "yml", "sh", "lua", "rb", "php", "cs", "kt", "swift", "txt", "cfg", "ini", "lock",
        "html", "css", "scm", "gn", "gni", "S", "mk",
    ];
    code.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

fn has_word(text: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_name)
            && !text[at + word.len()..].chars().next().is_some_and(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Files;

    const A: &str = "fn alpha() {\n    beta();\n    gamma();\n}\n";

    impl Evidence for Files {
        fn exists(&self, path: &str) -> bool {
            path == "src/a.rs" || path == "b(1).rs"
        }
        fn seen(&self, _: &str, from: u64, _: u64) -> bool {
            from != 4
        }
        fn lines(&self, _: &str, from: u64, to: u64) -> Option<String> {
            let lines: Vec<&str> = A.lines().collect();
            lines.get(from as usize - 1..to as usize).map(|lines| lines.join("\n"))
        }
        fn definition(&self, _: &str, _: u64, _: u64) -> Option<String> {
            Some(A.into())
        }
    }

    #[test]
    fn statuses() {
        let check = |text: &str, expect: &str| {
            let (kept, dropped) = check(text, &[], &Files);
            let kept =
                kept.iter().map(|c| format!("{}:{}-{} {:?} {}", c.path, c.from, c.to, c.status, c.missing.join(",")));
            let dropped = dropped.iter().map(|d| format!("{}:{}-{} {}", d.path, d.from, d.to, d.reason));
            let got: Vec<String> = kept.chain(dropped).map(|line| line.trim().to_owned()).collect();
            assert_eq!(got.join("; "), expect, "{text}");
        };
        check("`beta` is called in src/a.rs:2.", "src/a.rs:2-2 Valid");
        check("`alpha` calls `gamma()` (src/a.rs:2-3).", "src/a.rs:2-3 Valid");
        check("`Foo::beta` it is. (`src/a.rs:2`)", "src/a.rs:2-2 Valid");
        check("`delta` is called at src/a.rs:2", "src/a.rs:2-2 Unsupported delta");
        check("`src` has it (src/a.rs:2).", "src/a.rs:2-2 Valid");
        check("First `delta`. Then src/a.rs:1–2", "src/a.rs:1-2 Valid");
        check("`src/a.rs` has it: ./src/a.rs:1", "src/a.rs:1-1 Valid");
        check("See src/a.rs#L1-L2, src/a.rs:L3", "src/a.rs:1-2 Valid; src/a.rs:3-3 Valid");
        check("See src/a.rs:4", "src/a.rs:4-4 its lines were never looked at");
        check("See src/a.rs:3-9", "src/a.rs:3-9 the file has fewer lines");
        check("See src/a.rs:3-2", "src/a.rs:3-2 its lines are not a range");
        check("At 12:30 http://host:80/ nothing:5", "");
        check("See src/none.rs:5-6.", "src/none.rs:5-6 there is no such file");
        check("```\n`delta` src/a.rs:1\n```\n", "");
        check("(see b(1).rs:1)", "b(1).rs:1-1 Valid");
        check("a src/a.rs:1 and src/a.rs:1", "src/a.rs:1-1 Valid");
        check("It is in src/a.rs:2. `delta` is called at src/a.rs:2.", "src/a.rs:2-2 Unsupported delta");
        check(
            "`delta` (src/a.rs:2). `beta` (src/a.rs:2). `eta`, `delta` (src/a.rs:2).",
            "src/a.rs:2-2 Unsupported delta,eta",
        );
    }

    #[test]
    fn passed_citations_are_checked_too() {
        let citation = |path: &str, from, to| Citation { path: path.into(), from, to };
        let (kept, dropped) = check("Text.", &[citation("src/a.rs", 1, 0), citation("no.rs", 1, 1)], &Files);
        assert_eq!((kept.len(), kept[0].to), (1, 1));
        assert_eq!(dropped[0].reason, "there is no such file");
    }
}
