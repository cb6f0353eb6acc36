//! Definitions and uses without a syntax tree: for files that are too big or too strange, and languages without a
//! grammar. Line by line, obvious forms only; the result is always marked partial.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::definitions::{self, Raw, What};
use super::extract::{Extracted, Names};
use super::grammars::Family;
use super::lines::Lines;
use super::{Kind, Usage};

/// Lines longer than this are data or minified code: not scanned.
const LONGEST_LINE: usize = 2_000;

/// Keyword, kind, and in which group of the pattern the name is.
static DEFINITION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:#\s*(define)\s+([A-Za-z_]\w*)|(?:(?:pub(?:\([^)]*\))?|export|default|public|private|protected|internal|static|final|abstract|async|unsafe|extern|inline|const|open|sealed|data|local|declare|partial|override)\s+)*(function\*?|fn|func|fun|def|sub|proc|class|struct|enum|union|interface|trait|protocol|record|object|module|namespace|mod|type|typedef|macro_rules!|macro|const|let|var|val|package|message|service|rpc)\s+([A-Za-z_$][\w$]*)|([A-Za-z_]\w*)\s*\(\)\s*\{|(?:ENTRY|SYM_FUNC_START\w*|SYM_CODE_START\w*|SYM_DATA_START\w*|SYM_INNER_LABEL\w*|GLOBAL|WEAK)\(([A-Za-z_.]\w*)|([A-Za-z_][\w.$]*):\s*(?:[#/;].*)?$)",
    )
    .expect("a constant pattern, compiled by every test that scans")
});

/// Column-0 function heads of C: `static int name(args)` with no `;` at the end.
static C_FUNCTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Za-z_][\w\s*&:<>,]*?[\s*&]([A-Za-z_]\w*)\s*\([^;]*$").expect("a constant pattern")
});

/// What lines look like definitions.
pub(super) fn extract(family: Option<Family>, text: &str, lines: &Lines) -> Extracted {
    let base = text.as_ptr() as usize;
    let mut raws = Vec::new();
    for line in text.lines().filter(|line| line.len() <= LONGEST_LINE) {
        let start = line.as_ptr() as usize - base;
        let (kind, name) = match DEFINITION.captures(line) {
            Some(found) if found.get(1).is_some() => {
                // `#define` in a language where `#` begins a comment is prose.
                (if family == Some(Family::C) { Kind::Macro } else { continue }, found.get(2))
            }
            Some(found) => match found.get(3) {
                Some(keyword) => (kind(keyword.as_str()), found.get(4)),
                None if family.is_some() => continue,
                None => (Kind::Function, found.get(5).or_else(|| found.get(6)).or_else(|| found.get(7))),
            },
            None if family == Some(Family::C) => {
                (Kind::Function, C_FUNCTION.captures(line).and_then(|found| found.get(1)))
            }
            None => continue,
        };
        let Some(name) = name else { continue };
        raws.push(Raw {
            name: start + name.start()..start + name.end(),
            extent: start..start + line.len(),
            whole: start..start + line.len(),
            qualifier: None,
            what: What::Definition(kind),
            rank: 0,
        });
    }
    let symbols = definitions::symbols(family.unwrap_or(Family::Python), text, lines, raws);
    Extracted { symbols, partial: true }
}

fn kind(keyword: &str) -> Kind {
    match keyword {
        "class" | "object" | "record" | "message" => Kind::Class,
        "struct" => Kind::Struct,
        "enum" => Kind::Enum,
        "union" => Kind::Union,
        "interface" | "protocol" | "service" => Kind::Interface,
        "trait" => Kind::Trait,
        "module" | "namespace" | "mod" | "package" => Kind::Module,
        "type" | "typedef" => Kind::Type,
        "macro" | "macro_rules!" => Kind::Macro,
        "const" | "val" => Kind::Constant,
        "let" | "var" => Kind::Variable,
        _ => Kind::Function,
    }
}

/// Whole-word occurrences of one name. Asking for all names of a text without a tree gives none.
pub(super) fn uses(text: &str, names: Option<Names>) -> Vec<(Range<usize>, Usage)> {
    match names {
        Some(Names::Only(name)) => occurrences(text, name).map(|range| (range, Usage::Read)).collect(),
        _ => Vec::new(),
    }
}

/// Where `name` stands in the text as a whole identifier.
pub fn occurrences<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, name.as_bytes()).filter_map(move |start| {
        let end = start + name.len();
        let whole = !name.is_empty()
            && start.checked_sub(1).is_none_or(|at| !inside(bytes[at]))
            && bytes.get(end).is_none_or(|byte| !inside(*byte));
        whole.then_some(start..end)
    })
}
