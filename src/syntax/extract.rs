//! What spelunk takes out of one file: definitions, and uses of names on demand. Trees live no longer than this.

use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::Tree;

use super::compiled::compiled;
use super::definitions::{self, Raw, What};
use super::grammars::Family;
use super::item_macros::Opened;
use super::languages::Language;
use super::lines::Lines;
use super::locals::{Place, bound_places};
use super::parse::{Budget, parse, too_deep};
use super::preprocess::{self, Prepared};
use super::{Kind, Symbol, Usage, call_signatures, flat, item_macros, lexical, named_by_macros, references};

/// The definitions of one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extracted {
    /// In order of their start.
    pub symbols: Vec<Symbol>,
    /// Something may be missing: the file is too big, or its parse ran out of budget.
    pub partial: bool,
}

/// A use of a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    pub name: String,
    pub usage: Usage,
    /// 1-based.
    pub line: u32,
    /// 1-based, UTF-16 code units.
    pub column: u32,
    /// Byte offset of the name.
    pub offset: usize,
    /// Index of the innermost definition around it, in the file's symbols.
    pub within: Option<usize>,
    /// Whether it is a local's. Only known where one name is asked for.
    pub place: Place,
}

/// Which uses are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Names<'a> {
    All,
    Only(&'a str),
}

/// The definitions in a text. Languages without a grammar give what a line scanner can tell, marked partial.
pub fn extract(language: Language, text: &str, budget: &Budget) -> Extracted {
    let lines = Lines::new(text);
    read(language, text, &lines, None, budget).0
}

/// The definitions in a text, and the uses of names. Uses leave out the names of the definitions themselves.
pub fn extract_with_uses(language: Language, text: &str, names: Names, budget: &Budget) -> (Extracted, Vec<Use>) {
    let lines = Lines::new(text);
    let (extracted, found) = read(language, text, &lines, Some(names), budget);
    let mut defined: Vec<usize> = extracted.symbols.iter().map(|symbol| symbol.offset).collect();
    defined.sort_unstable();
    let mut around = Around::default();
    let uses = found
        .into_iter()
        .filter_map(|(name, usage, place)| {
            let offset = name.start;
            let name = text.get(name)?;
            if defined.binary_search(&offset).is_ok() {
                return None;
            }
            let line = lines.line(offset);
            Some(Use {
                within: around.innermost(&extracted.symbols, line),
                name: name.to_owned(),
                offset,
                usage,
                place,
                line,
                column: lines.column(offset),
            })
        })
        .collect();
    (extracted, uses)
}

type Found = Vec<(Range<usize>, Usage, Place)>;

fn read(language: Language, text: &str, lines: &Lines, names: Option<Names>, budget: &Budget) -> (Extracted, Found) {
    let Some(grammar) = language.grammar() else {
        let extracted =
            if language.has_definitions() { lexical::extract(None, text, lines) } else { Extracted::default() };
        return (extracted, scanned_uses(text, names));
    };
    let family = grammar.family;
    let scanned = || (lexical::extract(Some(family), text, lines), scanned_uses(text, names));
    if text.len() > budget.bytes || too_deep(text.as_bytes()) {
        return scanned();
    }
    let compiled = compiled(grammar);
    let ready = Source::new(family, text);
    let source = ready.bytes();
    let Some(tree) = parse(&compiled.language, source, budget) else { return scanned() };
    let taken = flat::with(&tree, None, compiled, budget, |nodes, meter| {
        let symbols = definitions::captured(compiled, nodes, source, None, meter);
        let wanted = |names| move |name: &[u8]| is_wanted(names, name);
        let uses = names.map(|names| references::captured(compiled, nodes, source, wanted(names), meter));
        (symbols, uses)
    });
    let (((raws, cut), uses), missing) = taken;
    let mut partial = cut || missing;
    let symbols = ready.symbols(family, Some(&tree), lines, raws);
    let Some(names) = names else { return (Extracted { symbols, partial }, Vec::new()) };
    let wanted = |name: &[u8]| is_wanted(names, name);
    let (uses, cut) = uses.unwrap_or_default();
    partial |= cut;
    let places = match names {
        Names::Only(only) if !uses.is_empty() => bound_places(&tree, compiled, family, source, only, budget),
        _ => HashMap::new(),
    };
    let place = |name: &Range<usize>| places.get(&name.start).copied().unwrap_or(Place::Elsewhere);
    let mut found: Found = uses.into_iter().map(|raw| (raw.name.clone(), raw.usage, place(&raw.name))).collect();
    if let Ready::Prepared(prepared) = &ready.ready {
        // Names that were written over a hidden call are in the tree as well.
        let seen: std::collections::HashSet<usize> = found.iter().map(|(name, ..)| name.start).collect();
        let hidden = prepared.hidden_words(text).filter(|(word, _)| wanted(&text.as_bytes()[word.clone()]));
        let hidden = hidden.filter(|(word, _)| !seen.contains(&word.start));
        let usage = |call| if call { Usage::Call } else { Usage::Read };
        found.extend(hidden.map(|(word, call)| (word, usage(call), Place::Elsewhere)));
        found.sort_by_key(|(name, ..)| name.start);
        found.dedup_by_key(|(name, ..)| name.start);
    }
    if let Ready::Opened(opened) = ready.ready {
        let names = opened.names.into_iter().filter(|name| wanted(&text.as_bytes()[name.clone()]));
        found.extend(names.map(|name| (name, Usage::Call, Place::Elsewhere)));
        found.sort_by_key(|(name, ..)| name.start);
    }
    (Extracted { symbols, partial }, found)
}

/// A text made ready for the parser, as far as its language needs that.
pub(super) struct Source<'a> {
    pub text: &'a str,
    ready: Ready,
}

enum Ready {
    AsItIs,
    /// C and C++.
    Prepared(Prepared),
    /// Rust.
    Opened(Opened),
    /// TypeScript.
    Separated(Vec<u8>),
}

impl<'a> Source<'a> {
    pub fn new(family: Family, text: &'a str) -> Self {
        let ready = match family {
            Family::C => Some(Ready::Prepared(preprocess::prepare(text))),
            Family::Rust => item_macros::open(text).map(Ready::Opened),
            Family::JavaScript => call_signatures::separate(text).map(Ready::Separated),
            _ => None,
        };
        Self { text, ready: ready.unwrap_or(Ready::AsItIs) }
    }

    /// What is parsed.
    pub fn bytes(&self) -> &[u8] {
        match &self.ready {
            Ready::AsItIs => self.text.as_bytes(),
            Ready::Prepared(prepared) => &prepared.text,
            Ready::Opened(opened) => &opened.text,
            Ready::Separated(separated) => separated,
        }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        match self.ready {
            Ready::AsItIs => self.text.into(),
            Ready::Prepared(prepared) => prepared.text,
            Ready::Opened(opened) => opened.text,
            Ready::Separated(separated) => separated,
        }
    }

    /// The definitions from what was captured. Without the text's tree, those that macros make are left out.
    pub fn symbols(&self, family: Family, tree: Option<&Tree>, lines: &Lines, mut raws: Vec<Raw>) -> Vec<Symbol> {
        if let Ready::Prepared(prepared) = &self.ready {
            for raw in &mut raws {
                raw.extent.start = prepared.visible_start(raw.extent.start);
            }
            raws.extend(macros(prepared));
        }
        if let (Family::Rust, Some(tree)) = (family, tree) {
            let made = named_by_macros::made(tree, self.text, &raws);
            raws.extend(made);
        }
        definitions::symbols(family, self.text, lines, raws)
    }
}

fn is_wanted(names: Names, name: &[u8]) -> bool {
    match names {
        Names::All => true,
        Names::Only(only) => name == only.as_bytes(),
    }
}

fn scanned_uses(text: &str, names: Option<Names>) -> Found {
    lexical::uses(text, names).into_iter().map(|(name, usage)| (name, usage, Place::Elsewhere)).collect()
}

fn macros(prepared: &Prepared) -> impl Iterator<Item = Raw> {
    prepared.macros.iter().map(|found| Raw {
        name: found.name.clone(),
        extent: found.extent.clone(),
        whole: found.extent.clone(),
        qualifier: None,
        what: What::Definition(Kind::Macro),
        rank: 0,
    })
}

/// Finds the innermost definition around lines that come in ascending order.
#[derive(Default)]
struct Around {
    next: usize,
    open: Vec<usize>,
}

impl Around {
    fn innermost(&mut self, symbols: &[Symbol], line: u32) -> Option<usize> {
        while let Some(symbol) = symbols.get(self.next).filter(|symbol| symbol.from <= line) {
            if holds_uses(symbol.kind) || symbol.to > symbol.from {
                self.open.push(self.next);
            }
            self.next += 1;
        }
        self.open.retain(|at| symbols[*at].to >= line);
        self.open.last().copied()
    }
}

fn holds_uses(kind: Kind) -> bool {
    matches!(kind, Kind::Function | Kind::Method | Kind::Constructor | Kind::Macro | Kind::Class | Kind::Struct)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that look random and are the same every time.
    fn noise(length: usize) -> String {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let bytes: Vec<u8> = (0..length).map(|_| next() as u8).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn bombs_end_in_every_language() {
        let bombs = [
            "(".repeat(100_000),
            "(".repeat(1_900),
            "f({[".repeat(600),
            "[".repeat(50_000) + &"]".repeat(50_000),
            "{".repeat(100_000),
            "a<".repeat(30_000),
            "if (x) { ".repeat(20_000),
            "x = 1;".repeat(50_000),
            "a.b(c[d]+".repeat(20_000),
            "#if A\n".repeat(20_000),
            "/*".repeat(10_000),
            "\"".to_owned() + &"\\".repeat(10_001),
            noise(60_000),
            "\0\r\n\u{feff}\u{202e}é𝒳".to_owned(),
            String::new(),
        ];
        // A small count of steps: that it is honoured is the point, and the same on every machine.
        let budget = Budget { steps: 4_000, time: std::time::Duration::from_secs(600), ..Budget::default() };
        for language in Language::with_grammar() {
            for bomb in &bombs {
                let (first, uses) = extract_with_uses(language, bomb, Names::All, &budget);
                assert!(uses.iter().all(|found| found.line >= 1 && found.column >= 1));
                let again = extract(language, bomb, &budget);
                assert_eq!(first.symbols, again.symbols, "{language:?}");
                assert!(first.partial || !again.partial, "{language:?}");
            }
        }
    }

    #[test]
    fn big_files_are_read_by_line() {
        let c = Language::of("a.h").unwrap();
        let text = "#define REGISTER_ONE 0x1\nint other;\n".to_owned() + &"// padding\n".repeat(300_000);
        let found = extract(c, &text, &Budget::default());
        assert!(found.partial && text.len() > Budget::default().bytes);
        assert_eq!((found.symbols[0].name.as_str(), found.symbols[0].kind), ("REGISTER_ONE", Kind::Macro));
    }

    #[test]
    fn a_stopped_parse_does_not_leak_into_the_next() {
        let rust = Language::of("a.rs").unwrap();
        let small = Budget { steps: 2, ..Budget::default() };
        assert!(extract(rust, &"fn a() { b(); }\n".repeat(5_000), &small).partial);
        let found = extract(rust, "fn after() {}\n", &Budget::default());
        assert_eq!((found.symbols.len(), found.partial), (1, false));
    }

    #[test]
    fn columns_are_utf16_and_uses_know_where_they_are() {
        let js = Language::of("a.js").unwrap();
        let (found, uses) =
            extract_with_uses(js, "function f() { return '𝒳' + g(); }\n", Names::Only("g"), &Budget::default());
        assert_eq!(found.symbols.len(), 1);
        assert_eq!((uses.len(), uses[0].column, uses[0].usage, uses[0].within), (1, 30, Usage::Call, Some(0)));
    }
}
