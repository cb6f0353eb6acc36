//! `use`, `mod x;` and `extern crate`.

use tree_sitter::{Node, Tree};

use super::{Collector, Form, Taken, each};

pub(super) fn collect(tree: &Tree, found: &mut Collector) {
    each(tree, |node| {
        let before = found.found.len();
        let done = visit(node, found);
        if found.found.len() > before {
            let within = around(node, found);
            for import in &mut found.found[before..] {
                import.within.clone_from(&within);
            }
        }
        done
    });
}

fn visit(node: Node, found: &mut Collector) -> bool {
    match node.kind() {
        "use_declaration" => {
            if let Some(argument) = node.child_by_field_name("argument") {
                let paths = without_comments(found.slice(argument));
                let mut groups: Vec<(String, Vec<Taken>)> = Vec::new();
                flatten("", &paths, 0, &mut groups);
                for (module, names) in groups.into_iter().filter(|(module, _)| !module.contains('$')) {
                    found.add(node.byte_range(), Form::Use, &module, names, None);
                }
            }
            true
        }
        "mod_item" if node.child_by_field_name("body").is_none() => {
            if let Some(name) = node.child_by_field_name("name") {
                let path = path_attribute(node, found);
                found.add(node.byte_range(), Form::Mod { path }, found.slice(name), Vec::new(), None);
            }
            true
        }
        "extern_crate_declaration" => {
            if let Some(name) = node.child_by_field_name("name") {
                let local = node.child_by_field_name("alias").map(|alias| found.slice(alias).to_owned());
                found.add(node.byte_range(), Form::ExternCrate, found.slice(name), Vec::new(), local);
            }
            true
        }
        "macro_invocation" | "macro_definition" => true,
        _ => false,
    }
}

/// The inline modules around a node, outermost first.
fn around(node: Node, found: &Collector) -> Vec<String> {
    let mut names: Vec<String> = std::iter::successors(node.parent(), |node| node.parent())
        .filter(|outer| outer.kind() == "mod_item")
        .filter_map(|outer| outer.child_by_field_name("name"))
        .map(|name| found.slice(name).to_owned())
        .collect();
    names.reverse();
    names
}

/// The path in `#[path = "..."]` before a `mod x;`.
fn path_attribute(node: Node, found: &Collector) -> Option<String> {
    std::iter::successors(node.prev_sibling(), |node| node.prev_sibling())
        .take_while(|node| node.kind() == "attribute_item" || node.kind().ends_with("comment"))
        .find_map(|node| {
            let inside = found.slice(node).trim().strip_prefix("#[")?.trim_start().strip_prefix("path")?;
            Some(inside.split('"').nth(1)?.to_owned())
        })
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("/*").into_iter().chain(rest.find("//")).min() {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("//") { "\n" } else { "*/" };
        rest = rest[at + 2..].split_once(end).map_or("", |(_, after)| after);
    }
    out + rest
}

/// Nesting beyond which a `use` is no program's.
const DEEPEST: usize = 50;

/// Sorts the names of a use tree under the paths before them, each path once, in order.
fn flatten(prefix: &str, tree: &str, depth: usize, groups: &mut Vec<(String, Vec<Taken>)>) {
    let tree = tree.trim();
    if tree.is_empty() || depth > DEEPEST {
        return;
    }
    if let Some(open) = tree.find('{') {
        let inner = tree[open + 1..].trim_end().strip_suffix('}').unwrap_or(&tree[open + 1..]);
        let path = joined(prefix, tree[..open].trim().trim_end_matches("::"));
        for part in split(inner) {
            flatten(&path, part, depth + 1, groups);
        }
        return;
    }
    let (path, local) = match tree.split_once(" as ") {
        Some((path, local)) => (path.trim(), Some(local.trim())),
        None => (tree, None),
    };
    let (before, name) = path.rsplit_once("::").unwrap_or(("", path));
    let module = if path.starts_with("::") && before.is_empty() { "::".to_owned() } else { joined(prefix, before) };
    let name = name.trim();
    // The module itself goes by its own name.
    let own =
        if name == "self" { module.rsplit("::").next().filter(|own| !own.is_empty()).unwrap_or(name) } else { name };
    let taken = Taken::named(name, local.unwrap_or(own));
    match groups.iter_mut().find(|(group, _)| *group == module) {
        Some((_, names)) => names.push(taken),
        None => groups.push((module, vec![taken])),
    }
}

fn joined(prefix: &str, path: &str) -> String {
    let path: String = path.split_whitespace().collect();
    match (prefix.is_empty(), path.is_empty()) {
        (true, _) => path,
        (_, true) => prefix.to_owned(),
        _ => format!("{prefix}::{path}"),
    }
}

/// The parts between commas that stand in no braces.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
