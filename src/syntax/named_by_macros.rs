//! Rust: what a macro of the same file defines under names that are given to it (`test_case!(empty, "", 0);`).

use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::definitions::{Raw, What};
use super::{Kind, occurrences};

/// A rule of a macro: which of its first arguments become names, and what of.
struct Rule {
    /// Arguments that the rule names before anything else.
    leading: usize,
    made: Vec<(usize, Kind)>,
}

/// Where the arguments of a call are, as far as they are a name each.
type Arguments = Vec<Option<Range<usize>>>;

/// What the macros among `found` define where the file calls them between its items.
pub(super) fn made(tree: &Tree, text: &str, found: &[Raw]) -> Vec<Raw> {
    let root = tree.root_node();
    let mut made = Vec::new();
    for definition in found.iter().filter(|raw| raw.what == What::Definition(Kind::Macro)) {
        let node = root.named_descendant_for_byte_range(definition.extent.start, definition.extent.end);
        let Some(node) = node.filter(|node| node.kind() == "macro_definition") else { continue };
        let mut cursor = node.walk();
        let rules: Vec<Rule> = node.children(&mut cursor).filter_map(|child| rule(child, text)).collect();
        let Some(name) = text.get(definition.name.clone()).filter(|_| rules.iter().any(|rule| !rule.made.is_empty()))
        else {
            continue;
        };
        for at in occurrences(text, name).filter(|at| text[at.end..].starts_with('!')) {
            let named = root.descendant_for_byte_range(at.start, at.end);
            made.extend(named.into_iter().flat_map(|named| defined(named, &rules)));
        }
    }
    made
}

fn rule(node: Node, text: &str) -> Option<Rule> {
    let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
    let mut cursor = left.walk();
    let mut params = Vec::new();
    // Past the opening bracket.
    for child in left.children(&mut cursor).skip(1) {
        let of = |field| child.child_by_field_name(field).and_then(|node| text.get(node.byte_range()));
        match child.kind() {
            "," => {}
            "token_binding_pattern" => params.push((of("name")?, of("type")? == "ident")),
            _ => break,
        }
    }
    let body = text.get(right.byte_range())?;
    let named = params.iter().enumerate().filter(|(_, (_, is_name))| *is_name);
    let made = named.filter_map(|(at, (name, _))| Some((at, kind_of(body, name)?))).collect();
    Some(Rule { leading: params.len(), made })
}

/// What a macro's body defines under the name in a parameter, which begins with a `$`.
fn kind_of(body: &str, param: &str) -> Option<Kind> {
    occurrences(body, param).find_map(|at| {
        let word = body[..at.start].trim_end().rsplit(|c: char| !c.is_alphanumeric()).next()?;
        Some(match word {
            "fn" => Kind::Function,
            "struct" => Kind::Struct,
            "enum" => Kind::Enum,
            "union" => Kind::Union,
            "trait" => Kind::Trait,
            "mod" => Kind::Module,
            "const" | "static" => Kind::Constant,
            _ => return None,
        })
    })
}

/// What a call of a macro between items defines; nothing when the name is not that of such a call.
fn defined(name: Node, rules: &[Rule]) -> Vec<Raw> {
    let Some((call, arguments)) = call(name) else { return Vec::new() };
    let rule = rules.iter().find(|rule| rule.leading <= arguments.len());
    let raw = |name: Range<usize>, kind| {
        let what = What::Definition(kind);
        Raw { name, extent: call.clone(), whole: call.clone(), qualifier: None, what, rank: 0 }
    };
    let made = rule.into_iter().flat_map(|rule| &rule.made);
    made.filter_map(|(at, kind)| Some(raw(arguments.get(*at)?.clone()?, *kind))).collect()
}

/// The whole call, and its arguments.
fn call(name: Node) -> Option<(Range<usize>, Arguments)> {
    let call = name.parent().filter(|node| node.kind() == "macro_invocation")?;
    let around = call.parent()?;
    let around = if around.kind() == "expression_statement" { around.parent()? } else { around };
    if !matches!(around.kind(), "source_file" | "declaration_list") {
        return None;
    }
    let mut cursor = call.walk();
    let tokens = call.children(&mut cursor).find(|node| node.kind() == "token_tree")?;
    let mut cursor = tokens.walk();
    let (mut arguments, mut argument) = (Vec::new(), Vec::new());
    for token in tokens.children(&mut cursor).skip(1) {
        if matches!(token.kind(), "," | ")" | "]" | "}") {
            arguments.push(match argument[..] {
                [only] => only_name(only),
                _ => None,
            });
            argument.clear();
        } else if !token.is_extra() {
            argument.push(token);
        }
    }
    Some((call.byte_range(), arguments))
}

fn only_name(node: Node) -> Option<Range<usize>> {
    (node.kind() == "identifier").then(|| node.byte_range())
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Budget, Language, extract};

    fn check(text: &str, expect: &[&str]) {
        let found = extract(Language::of("a.rs").unwrap(), text, &Budget::default());
        let shown = |symbol: &crate::syntax::Symbol| format!("{}:{} {:?}", symbol.line, symbol.qualified, symbol.kind);
        let found: Vec<String> = found.symbols.iter().map(shown).filter(|one| !one.ends_with("Macro")).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn names_that_are_given_to_macros() {
        let tests = "macro_rules! t { ($a:ident, $b:ident, $n:expr) => { fn $a() {}\n #[test]\n fn  $b() { $n } } }\n";
        check(
            &format!("{tests}t!(one, two, 3 + 4);\nmod m {{ t! {{ three, four, [5, 6] }} }}\n"),
            &["4:one Function", "4:two Function", "5:m Module", "5:m.three Function", "5:m.four Function"],
        );
        check("macro_rules! s { ($a:ident) => { pub struct $a; impl $a {} }; }\ns!(Foo);\n", &["2:Foo Struct"]);
        // Used, and not defined; called by code; of another macro.
        check("macro_rules! u { ($a:ident) => { $a(); } }\nu!(one);\n", &[]);
        check(&format!("{tests}fn f() {{ t!(one, two, 3); }}\nother!(one);\n"), &["4:f Function"]);
    }
}
