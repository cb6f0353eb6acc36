//! Comments above definitions: how each language marks them, and what they say without the marks.

use super::grammars::Family;
use super::lines::Lines;

/// How comments begin and end.
pub(super) struct Marks {
    line: &'static [&'static str],
    block: Option<(&'static str, &'static str)>,
    /// What may stand at the start of a comment's line, longest first.
    openers: &'static [&'static str],
}

const SLASHES: Marks =
    Marks { line: &["//"], block: Some(("/*", "*/")), openers: &["/**", "/*!", "/*", "*", "///", "//!", "//"] };
/// C#'s comments are XML, of which the first element says most.
const XML: Marks = Marks { openers: &["/// <summary>", "/// </summary>", "/**", "/*", "*", "///", "//"], ..SLASHES };
const HASHES: Marks = Marks { line: &["#"], block: Some(("/*", "*/")), openers: &["#"] };
const PHP: Marks = Marks { line: &["//", "#"], openers: &["/**", "/*", "*", "//", "#"], ..SLASHES };
const LUA: Marks = Marks { line: &["--"], block: Some(("--[[", "]]")), openers: &["--[[", "---", "--"] };
const HASKELL: Marks =
    Marks { line: &["--"], block: Some(("{-", "-}")), openers: &["{- |", "{-|", "{-", "-- |", "-- ^", "--|", "--"] };
const OCAML: Marks = Marks { line: &[], block: Some(("(*", "*)")), openers: &["(**", "(*"] };
/// Where nothing is known of the language.
const ANY: Marks = Marks { openers: &["/**", "/*!", "/*", "*", "///", "//!", "//", "#"], ..SLASHES };

impl Marks {
    pub fn of(family: Option<Family>) -> &'static Self {
        match family {
            Some(Family::Python | Family::Ruby | Family::Shell | Family::Elixir) => &HASHES,
            Some(Family::CSharp) => &XML,
            Some(Family::Php) => &PHP,
            Some(Family::Lua) => &LUA,
            Some(Family::Haskell) => &HASKELL,
            Some(Family::OCaml) => &OCAML,
            Some(_) => &SLASHES,
            None => &ANY,
        }
    }

    /// Where `#` begins a comment, in a language without a grammar.
    pub fn hashes() -> &'static Self {
        &HASHES
    }

    /// The lines of the comment directly above a line, in order, as they are written.
    pub fn above<'t>(&self, lines: &'t Lines, mut at: u32, most: usize) -> Option<Vec<&'t str>> {
        let mut collected = Vec::new();
        let mut block = false;
        while at > 1 && collected.len() < most {
            let line = lines.text(at - 1);
            let bare = line.trim();
            let closes = self.block.is_some_and(|(open, close)| {
                // `]]` ends Lua's code as well, but behind an index.
                let whole = bare.starts_with(open) || bare.starts_with(['/', '*']) || !bare.contains(open);
                bare.ends_with(close) && whole && (close != "]]" || bare.starts_with(open) || !bare.contains('['))
            });
            if block || closes {
                block = self.block.is_some_and(|(open, _)| !bare.starts_with(open));
            } else if !self.line.iter().any(|mark| bare.starts_with(mark)) || bare.starts_with("#!") {
                break;
            }
            collected.push(line);
            at -= 1;
        }
        if block || collected.is_empty() {
            return None;
        }
        collected.reverse();
        Some(collected)
    }

    /// A line of a comment without what makes it one. Indentation behind the mark stays.
    pub fn bare<'t>(&self, line: &'t str) -> &'t str {
        let close = self.block.map_or("*/", |(_, close)| close);
        let bare = line.trim();
        let bare = bare.strip_suffix(close).map_or(bare, |bare| bare.trim_end_matches('*').trim_end());
        match self.openers.iter().find_map(|open| bare.strip_prefix(open)) {
            Some(rest) => rest.strip_suffix("</summary>").unwrap_or(rest),
            None => line.trim_end().strip_suffix(close).map_or(line.trim_end(), str::trim_end),
        }
    }
}

/// The text of Elixir's `@doc` above a line, between its quotation marks.
pub(super) fn attribute_doc(lines: &Lines, from: u32) -> Option<String> {
    const REACH: u32 = 400;
    let mut at = from;
    let mut text: Vec<&str> = Vec::new();
    let mut inside = false;
    while at > 1 && from - at < REACH {
        at -= 1;
        let line = lines.text(at).trim();
        if inside {
            if let Some(open) = line.strip_suffix("\"\"\"") {
                inside = false;
                if open.trim_start_matches("~S").trim_end() == "@doc" || open.starts_with("@doc ") {
                    text.reverse();
                    return Some(text.join("\n"));
                }
                text.clear();
            } else {
                text.push(lines.text(at));
            }
        } else if let Some(said) = line.strip_prefix("@doc ") {
            return Some(said.strip_prefix('"')?.strip_suffix('"')?.to_owned());
        } else if line == "\"\"\"" {
            inside = true;
        } else if line.is_empty() || line == "end" || line.starts_with("def") || line.ends_with(" do") {
            return None;
        }
        // Attributes, and what a `@spec` of several lines goes on with, may stand between.
    }
    None
}
