//! `import`, `export ... from`, `require()`, `import()` and `/// <reference path>`.

use tree_sitter::Node;

use super::{Collector, Form, Taken};

pub(super) fn visit(node: Node, found: &mut Collector) -> bool {
    match node.kind() {
        "import_statement" => statement(node, found),
        "export_statement" => {
            let Some(source) = node.child_by_field_name("source") else { return false };
            let mut cursor = node.walk();
            let clause = node.children(&mut cursor).find(|child| child.kind() == "export_clause");
            let names = clause.map_or_else(|| vec![Taken::new("*")], |clause| specifiers(clause, found));
            found.add(node.byte_range(), Form::Script, found.literal(source), names, None);
            true
        }
        "call_expression" => {
            call(node, found);
            false
        }
        "comment" => {
            let path = found.slice(node).strip_prefix("///").and_then(|text| {
                text.trim_start()
                    .strip_prefix("<reference")?
                    .trim_start()
                    .strip_prefix("path")?
                    .split(['"', '\''])
                    .nth(1)
            });
            if let Some(path) = path {
                found.add(node.byte_range(), Form::Script, path, Vec::new(), None);
            }
            true
        }
        _ => false,
    }
}

fn statement(node: Node, found: &mut Collector) -> bool {
    let mut cursor = node.walk();
    let (mut names, mut local, mut source) = (Vec::new(), None, node.child_by_field_name("source"));
    for child in node.named_children(&mut cursor) {
        match child.kind() {
            "import_require_clause" => {
                let mut cursor = child.walk();
                source = source.or(child.child_by_field_name("source"));
                local = child
                    .named_children(&mut cursor)
                    .find(|part| part.kind() == "identifier")
                    .map(|part| found.slice(part).to_owned());
            }
            "import_clause" => {
                let mut cursor = child.walk();
                for part in child.named_children(&mut cursor) {
                    match part.kind() {
                        "identifier" => names.push(Taken::named("default", found.slice(part))),
                        "namespace_import" => local = part.named_child(0).map(|name| found.slice(name).to_owned()),
                        "named_imports" => names.extend(specifiers(part, found)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(source) = source {
        found.add(node.byte_range(), Form::Script, found.literal(source), names, local);
    }
    true
}

fn specifiers(clause: Node, found: &Collector) -> Vec<Taken> {
    let mut cursor = clause.walk();
    clause
        .named_children(&mut cursor)
        .filter_map(|specifier| {
            let name = found.slice(specifier.child_by_field_name("name")?);
            let local = specifier.child_by_field_name("alias").map_or(name, |alias| found.slice(alias));
            Some(Taken::named(name, local))
        })
        .collect()
}

/// `require("x")` and `import("x")`, with the names that a declaration around it takes.
fn call(node: Node, found: &mut Collector) {
    let (Some(function), Some(arguments)) =
        (node.child_by_field_name("function"), node.child_by_field_name("arguments"))
    else {
        return;
    };
    if !matches!(found.slice(function), "require" | "import" | "require.resolve") {
        return;
    }
    let Some(source) = arguments.named_child(0).filter(|source| source.kind() == "string") else { return };
    let declarator = node.parent().filter(|parent| parent.kind() == "variable_declarator");
    let target = declarator.and_then(|declarator| declarator.child_by_field_name("name"));
    let (mut names, mut local) = (Vec::new(), None);
    match target {
        Some(name) if name.kind() == "identifier" => local = Some(found.slice(name).to_owned()),
        Some(pattern) if pattern.kind() == "object_pattern" => {
            let mut cursor = pattern.walk();
            for part in pattern.named_children(&mut cursor) {
                match (part.child_by_field_name("key"), part.child_by_field_name("value")) {
                    (Some(key), Some(value)) => names.push(Taken::named(found.slice(key), found.slice(value))),
                    _ => names.push(Taken::new(found.slice(part))),
                }
            }
        }
        _ => {}
    }
    let statement = declarator.and_then(|declarator| declarator.parent()).unwrap_or(node);
    found.add(statement.byte_range(), Form::Script, found.literal(source), names, local);
}
