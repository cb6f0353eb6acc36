//! Definitions of one name in one scope of a file, where the language takes one only.

use std::collections::HashMap;

use tree_sitter::Node;

use crate::syntax::{Budget, Extracted, Family, Kind, Language, Parsed, Symbol, extract};

use super::Problem;
use super::gone::is_local;
use super::view::File;

/// What holds definitions.
const SCOPES: &[&str] = &[
    "source_file",
    "translation_unit",
    "program",
    "module",
    "declaration_list",
    "field_declaration_list",
    "enum_variant_list",
    "block",
    "statement_block",
    "compound_statement",
    "class_body",
    "interface_body",
    "object_type",
    "object",
    "enum_body",
    "switch_body",
];

/// Two definitions that cannot both be: the later one, the line of the other, and whether that is sure.
struct Pair {
    later: usize,
    other: u32,
    sure: bool,
    /// Which of the two were compared: their name and scope as people name them.
    qualified: String,
}

pub(super) fn problems(file: &File) -> Vec<Problem> {
    let language = file.language().filter(|language| language.has_grammar());
    let Some((language, _)) = language.zip(file.after.as_ref()) else { return Vec::new() };
    let (symbols, pairs) = pairs(language, &file.new);
    let wrote = |symbol: &Symbol| file.wrote(&(symbol.offset..symbol.offset + symbol.name.len()));
    let mut fresh: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| {
            let at_other = |symbol: &&Symbol| symbol.line == pair.other && symbol.qualified == pair.qualified;
            let other = symbols.symbols.iter().find(at_other);
            wrote(&symbols.symbols[pair.later]).is_some() || other.is_some_and(|other| wrote(other).is_some())
        })
        .collect();
    if fresh.is_empty() {
        return Vec::new();
    }
    let mut before: HashMap<String, usize> = HashMap::new();
    for pair in self::pairs(language, &file.old).1 {
        *before.entry(pair.qualified).or_default() += 1;
    }
    fresh.retain(|pair| match before.get_mut(&pair.qualified) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    let problem = |pair: &&Pair| {
        let symbol = &symbols.symbols[pair.later];
        let message = format!(
            "`{}` is defined twice in one scope, here and in line {}; rename or remove one of them",
            symbol.qualified, pair.other
        );
        file.problem("collision", pair.sure, symbol.offset, message)
    };
    fresh.iter().map(problem).collect()
}

fn pairs(language: Language, text: &str) -> (Extracted, Vec<Pair>) {
    let budget = Budget::default();
    let symbols = extract(language, text, &budget);
    let Some((parsed, family)) = Parsed::new(language, text, &budget).zip(language.family()) else {
        return (symbols, Vec::new());
    };
    let mut scopes: HashMap<(String, &str, u8), Vec<usize>> = HashMap::new();
    for (at, symbol) in symbols.symbols.iter().enumerate() {
        let Some(space) = space(family, symbol, text) else { continue };
        // Inside of Python's functions it is common to define a thing again for the next lines.
        if family == Family::Python && is_local(symbol, &symbols.symbols) {
            continue;
        }
        if let Some(scope) = scope(&parsed, symbol, text) {
            scopes.entry((scope, symbol.qualified.as_str(), space)).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    for ((scope, qualified, _), all) in &scopes {
        for (at, later) in all.iter().enumerate().skip(1) {
            let clash = all[..at].iter().find_map(|other| {
                let (a, b) = (&symbols.symbols[*other], &symbols.symbols[*later]);
                clash(language, family, scope, text, a, b).map(|sure| (a.line, sure))
            });
            if let Some((other, sure)) = clash {
                found.push(Pair { later: *later, other, sure, qualified: (*qualified).to_owned() });
            }
        }
    }
    found.sort_by_key(|pair| pair.later);
    (symbols, found)
}

/// Names of different spaces do not clash. `None` for what may be defined again and again.
fn space(family: Family, symbol: &Symbol, text: &str) -> Option<u8> {
    use Kind as K;
    if matches!(symbol.name.as_str(), "_" | "init") || symbol.kind == K::Declaration {
        return None;
    }
    let own = text.get(symbol.extent.clone()).unwrap_or_default();
    match (family, symbol.kind) {
        (Family::Rust, K::Struct | K::Enum | K::Union | K::Trait | K::Type | K::Module) => Some(0),
        (Family::Rust, K::Function | K::Method | K::Constructor | K::Constant | K::Variable) => Some(1),
        (Family::Rust, K::Field | K::EnumMember) => Some(2),
        (Family::Python, K::Function | K::Method | K::Constructor | K::Class) if !own.starts_with('@') => Some(0),
        (Family::JavaScript, K::Type) => Some(0),
        (Family::JavaScript, K::Class | K::Function) => Some(1),
        (Family::JavaScript, K::Constant | K::Variable) if !own.trim_start().starts_with("var") => Some(1),
        (Family::JavaScript, K::Method) => {
            let head = own.split('(').next().unwrap_or_default();
            let has = |word: &str| head.split_whitespace().any(|part| part == word);
            (!has("get") && !has("set")).then(|| if has("static") { 3 } else { 2 })
        }
        (Family::Go, K::Function | K::Method | K::Struct | K::Interface | K::Type | K::Constant | K::Variable) => {
            Some(0)
        }
        (Family::Go, K::Field) => Some(1),
        (Family::C, K::Function | K::Method) => Some(0),
        (Family::C, K::Struct | K::Class | K::Union | K::Enum) => Some(1),
        (Family::Java, K::Class | K::Interface | K::Enum) => Some(0),
        (Family::Java, K::Field | K::EnumMember) => Some(1),
        (Family::Java, K::Method | K::Constructor) => Some(2),
        _ => None,
    }
}

/// The scope around a definition. The blocks `impl` of one type are one.
fn scope(parsed: &Parsed, symbol: &Symbol, text: &str) -> Option<String> {
    let mut node = parsed.at(&(symbol.offset..symbol.offset + 1))?;
    while !SCOPES.contains(&node.kind()) {
        node = node.parent()?;
    }
    let inherent = node
        .parent()
        .filter(|parent: &Node| parent.kind() == "impl_item" && parent.child_by_field_name("trait").is_none());
    match inherent.and_then(|parent| parent.child_by_field_name("type").zip(parent.parent())) {
        Some((of, outer)) => Some(format!("impl {} {}", text.get(of.byte_range())?, outer.start_byte())),
        None => Some(format!("{} {}", node.kind(), node.start_byte())),
    }
}

/// Whether two definitions of one space and scope cannot both be; the flag says whether that is sure.
fn clash(language: Language, family: Family, scope: &str, text: &str, a: &Symbol, b: &Symbol) -> Option<bool> {
    let own = |symbol: &Symbol| text.get(symbol.extent.clone()).unwrap_or_default();
    let between = text.get(a.extent.start.min(b.extent.start)..a.extent.end.max(b.extent.end)).unwrap_or_default();
    let signature = |symbol: &Symbol| symbol.signature.split_whitespace().collect::<String>();
    let parameters = |symbol: &Symbol| {
        let signature = signature(symbol);
        let name = format!("{}(", symbol.name);
        let start = signature.find(&name).map_or(0, |at| at + name.len());
        let end = signature[start..].find(')').map_or(signature.len(), |at| start + at);
        signature[start..end].to_owned()
    };
    match family {
        Family::Rust => {
            // Of two blocks either may be there under a condition.
            let together = !scope.starts_with("impl ") || a.parent.is_some() && a.parent == b.parent;
            (!is_conditional(text, a) && !is_conditional(text, b)).then_some(together || !text.contains("#[cfg("))
        }
        // A definition in a branch is one of several that are meant to be.
        Family::Python => (scope.starts_with("module") || a.parent.is_some()).then_some(true),
        Family::JavaScript => {
            let body = |symbol: &Symbol| own(symbol).trim_end().ends_with('}') && !own(symbol).contains("declare ");
            let code = |symbol: &Symbol| matches!(symbol.kind, Kind::Function | Kind::Method);
            if [a, b].iter().any(|symbol| code(symbol) && !body(symbol)) || scope.starts_with("object") {
                return None;
            }
            let script = language.name() == "JavaScript";
            Some(!(script && code(a) && code(b)) || text.contains("\nexport ") || text.contains("\nimport "))
        }
        Family::Go => Some(true),
        Family::C => {
            let body = |symbol: &Symbol| own(symbol).trim_end().trim_end_matches(';').trim_end().ends_with('}');
            let same = language.name() == "C" || a.kind != b.kind || !matches!(a.kind, Kind::Function | Kind::Method);
            let same = same || signature(a) == signature(b);
            let conditional = between.contains("\n#") || text[..a.extent.start].contains("\n#else");
            (body(a) && body(b) && same && !conditional).then_some(true)
        }
        Family::Java => {
            let code = |symbol: &Symbol| matches!(symbol.kind, Kind::Method | Kind::Constructor);
            (!code(a) || parameters(a) == parameters(b)).then_some(true)
        }
        _ => None,
    }
}

/// Whether Rust's attributes before a definition say when it is there.
fn is_conditional(text: &str, symbol: &Symbol) -> bool {
    let before = text.get(..symbol.offset).unwrap_or_default();
    // The line of the name, and the attributes and comments above it.
    let mut lines = before.lines().rev();
    let own = lines.next().unwrap_or_default();
    let above = lines.map(str::trim).take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    std::iter::once(own.trim()).chain(above).any(|line| line.contains("#[cfg"))
}
