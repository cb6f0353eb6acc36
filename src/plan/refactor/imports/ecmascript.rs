//! Module specifiers of JavaScript and TypeScript: `./x`, `../y/index.js`, mapped paths.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Program, Source};
use crate::graph::paths::{folder, joined, last};
use crate::plan::refactor::edits::Edits;
use crate::syntax::walk;

use super::Moves;
use super::paths::relative;

/// The endings that a specifier may have, longer ones first.
const ENDINGS: [&str; 16] = [
    ".d.ts", ".d.mts", ".d.cts", ".tsx", ".mts", ".cts", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte", ".ts",
    ".js", ".css", ".scss",
];

/// Functions whose first argument names a module.
const LOADERS: [&str; 14] = [
    "require",
    "import",
    "require.resolve",
    "import.meta.resolve",
    "jest.mock",
    "jest.unmock",
    "jest.doMock",
    "jest.requireActual",
    "vi.mock",
    "vi.unmock",
    "vi.doMock",
    "vi.importActual",
    "vi.importMock",
    "mock.module",
];

/// Mends the specifiers of a script that lead to a moved file, and of one that moves itself.
pub(in crate::plan::refactor) fn mend(program: &Program, moves: &Moves, source: &Source, edits: &mut Edits) {
    let own = moves.after(&source.path);
    for range in specifiers(source) {
        let specifier = &source.text[range.clone()];
        let bare = specifier.split(['?', '!']).next().unwrap_or(specifier);
        let Some(target) = program.leads(source, bare, None) else { continue };
        let to = moves.after(&target);
        if to == target && own == source.path {
            continue;
        }
        let new = if bare.starts_with('.') {
            if relative(folder(&source.path), &target) == relative(folder(&own), &to) {
                continue;
            }
            mended(bare, &source.path, &target, &own, &to)
        } else if to != target {
            mapped(bare, &target, &to).unwrap_or_else(|| dotted(relative(folder(&own), without_ending(&to))))
        } else {
            continue;
        };
        if new != bare {
            edits.replace(&source.path, range.start..range.start + bare.len(), new);
        }
    }
}

/// What names a module in a script: the bytes between the quotes.
pub(in crate::plan::refactor) fn specifiers(source: &Source) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        match node.kind() {
            "string" => {
                let inside = node.start_byte() + 1..node.end_byte().saturating_sub(1);
                if inside.start < inside.end && names_module(node, &source.text) {
                    found.push(inside);
                }
                false
            }
            "comment" => {
                found.extend(reference(node, &source.text));
                false
            }
            _ => true,
        }
    });
    found
}

fn names_module(node: Node, text: &str) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "import_statement" | "export_statement" | "import_require_clause" | "module" | "import_type" => true,
        "arguments" => {
            let first = parent.named_child(0).is_some_and(|first| first.id() == node.id());
            let call = parent.parent().filter(|_| first);
            let Some(function) = call.and_then(|call| call.child_by_field_name("function").or_else(|| call.child(0)))
            else {
                return false;
            };
            LOADERS.contains(&&text[function.byte_range()])
        }
        _ => false,
    }
}

/// The path in `/// <reference path="..." />`.
fn reference(node: Node, text: &str) -> Option<Range<usize>> {
    let comment = &text[node.byte_range()];
    let inside =
        comment.strip_prefix("///")?.trim_start().strip_prefix("<reference")?.trim_start().strip_prefix("path")?;
    let value = inside.split(['"', '\'']).nth(1)?;
    let start = node.start_byte() + comment.find(value)?;
    Some(start..start + value.len())
}

/// A relative specifier as it was written, led to where its file is now.
pub(in crate::plan::refactor) fn mended(specifier: &str, from: &str, target: &str, own: &str, to: &str) -> String {
    let at = folder(own);
    if let Some(named) = joined(folder(from), specifier)
        && let Some(rest) = target.strip_prefix(named.as_str())
        && let Some(base) = to.strip_suffix(rest)
        && (rest.is_empty() || rest.starts_with(['/', '.']))
    {
        let slash = if specifier.ends_with('/') { "/" } else { "" };
        return dotted(relative(at, base)) + slash;
    }
    // What was written for the ending stays, unless the file gets one of another sort.
    let written = ENDINGS.iter().find(|ending| last(specifier).ends_with(**ending)).copied();
    let (before, after) = (ending(target), ending(to));
    let written = written.map(|written| if before == after || written != before { written } else { after });
    let plain = without_ending(to);
    let plain = if written.is_none() && last(plain) == "index" && plain != "index" { folder(plain) } else { plain };
    dotted(relative(at, plain)) + written.unwrap_or_default()
}

/// A specifier that a configuration or a package's name leads to its file.
fn mapped(specifier: &str, target: &str, to: &str) -> Option<String> {
    let written = ENDINGS.iter().find(|ending| specifier.ends_with(**ending)).copied().unwrap_or_default();
    let plain = specifier.strip_suffix(written)?;
    let (target, to) = (without_ending(target), without_ending(to));
    let forms =
        [(target, to), (target.strip_suffix("/index").unwrap_or(target), to.strip_suffix("/index").unwrap_or(to))];
    forms.into_iter().find_map(|(target, to)| {
        let same = plain.split('/').rev().zip(target.split('/').rev()).take_while(|(a, b)| a == b).count();
        let tail: usize = plain.split('/').rev().take(same).map(|part| part.len() + 1).sum();
        let head = plain.get(..plain.len().checked_sub(tail.checked_sub(1)?)?)?;
        let base = target.get(..target.len().checked_sub(tail - 1)?)?;
        Some(format!("{head}{}{written}", to.strip_prefix(base)?)).filter(|_| !head.is_empty())
    })
}

/// The specifier by which a file names another that it did not import so far, in the style of those that it has.
pub(in crate::plan::refactor) fn specifier(program: &Program, source: Option<&Source>, from: &str, to: &str) -> String {
    let written = source.and_then(|source| {
        let mut all = specifiers(source).into_iter().map(|range| &source.text[range]);
        all.find(|text| text.starts_with('.') && program.leads(source, text, None).is_some())
            .map(|text| ENDINGS.iter().find(|ending| text.ends_with(**ending)).copied().unwrap_or_default())
    });
    let plain = without_ending(to);
    match written {
        None | Some("") if last(plain) == "index" && !folder(plain).is_empty() => {
            dotted(relative(folder(from), folder(plain)))
        }
        None | Some("") => dotted(relative(folder(from), plain)),
        Some(".js" | ".mjs" | ".cjs" | ".jsx") => {
            let ending = match ending(to) {
                ".mts" | ".mjs" => ".mjs",
                ".cts" | ".cjs" => ".cjs",
                ".jsx" => ".jsx",
                _ => ".js",
            };
            dotted(relative(folder(from), plain)) + ending
        }
        Some(_) => dotted(relative(folder(from), to)),
    }
}

fn dotted(way: String) -> String {
    if way.starts_with('.') { way } else { format!("./{way}") }
}

fn ending(path: &str) -> &str {
    ENDINGS.iter().find(|ending| path.ends_with(**ending)).copied().unwrap_or_default()
}

pub(in crate::plan::refactor) fn without_ending(path: &str) -> &str {
    path.strip_suffix(ending(path)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_kept() {
        for (specifier, from, target, own, to, expect) in [
            ("./b", "a.ts", "b.ts", "a.ts", "c/d.ts", "./c/d"),
            ("./b.js", "a.ts", "b.ts", "a.ts", "c/d.ts", "./c/d.js"),
            ("./b.js", "a.ts", "b.ts", "a.ts", "c/d.mts", "./c/d.js"),
            ("./b.ts", "a.ts", "b.ts", "a.ts", "c/d.mts", "./c/d.mts"),
            ("./b", "a.ts", "b/index.ts", "a.ts", "c/index.ts", "./c"),
            ("./b", "a.ts", "b/index.ts", "a.ts", "c/d.ts", "./c/d"),
            ("./b/index.js", "a.ts", "b/index.ts", "a.ts", "c/index.ts", "./c/index.js"),
            ("./b", "a.ts", "b.ts", "x/a.ts", "b.ts", "../b"),
            (".", "b/a.ts", "b/index.ts", "c/a.ts", "b/index.ts", "../b"),
            ("../p", "q/a.ts", "p/src/index.ts", "a.ts", "p/src/index.ts", "./p"),
        ] {
            assert_eq!(mended(specifier, from, target, own, to), expect);
        }
    }

    #[test]
    fn mapped_paths_keep_their_head() {
        assert_eq!(mapped("@app/x/y", "src/x/y.ts", "src/x/z.ts").as_deref(), Some("@app/x/z"));
        assert_eq!(mapped("@app/x", "src/x/index.ts", "src/w/index.ts").as_deref(), Some("@app/w"));
        assert_eq!(mapped("@app/x", "src/x.ts", "lib/x.ts"), None);
    }
}
