//! Imports that name a file: `require` of Lua and Ruby, `source` of the shell, `include` of PHP, `@import` of Zig.

use tree_sitter::Node;

use super::super::grammars::Family;
use super::{Collector, Form, Taken};

pub(super) fn visit(family: Family, node: Node, found: &mut Collector) -> bool {
    match (family, node.kind()) {
        (Family::Lua, "function_call") => {
            let called = node.child_by_field_name("name").map(|name| found.slice(name));
            let Some(module) = string(node.child_by_field_name("arguments"), found) else { return false };
            match called {
                Some("require") => add(node, Form::Named, module, local(node, found), found),
                Some("dofile" | "loadfile") => add(node, Form::File, module, None, found),
                _ => return false,
            }
        }
        (Family::Ruby, "call") if node.child_by_field_name("receiver").is_none() => {
            let called = node.child_by_field_name("method").map(|name| found.slice(name));
            let form = match called {
                Some("require") => Form::Named,
                Some("require_relative" | "load") => Form::File,
                _ => return false,
            };
            let Some(module) = string(node.child_by_field_name("arguments"), found) else { return false };
            found.add(node.byte_range(), form, module, vec![Taken::new("*")], None);
        }
        (Family::Shell, "command") => {
            let called = node.child_by_field_name("name").map(|name| found.slice(name));
            let Some(path) = node.child_by_field_name("argument").filter(|_| matches!(called, Some("source" | ".")))
            else {
                return false;
            };
            let path = found.slice(path).trim_matches(['"', '\'']);
            // What stands before the last expansion is known at run time only.
            let path = path.rsplit([')', '}', '"']).next().unwrap_or(path);
            let path = if path.starts_with('$') { path.split_once('/').map_or("", |(_, path)| path) } else { path };
            let path = path.trim_start_matches('/');
            if !path.is_empty() {
                found.add(node.byte_range(), Form::File, path, vec![Taken::new("*")], None);
            }
        }
        (
            Family::Php,
            "include_expression" | "include_once_expression" | "require_expression" | "require_once_expression",
        ) => {
            let Some(path) = string(Some(node), found) else { return false };
            found.add(node.byte_range(), Form::File, path.trim_start_matches('/'), vec![Taken::new("*")], None);
        }
        (Family::Zig, "builtin_function") => {
            let Some(module) = string(Some(node), found).filter(|_| found.slice(node).starts_with("@import")) else {
                return false;
            };
            let form = if module.ends_with(".zig") { Form::File } else { Form::Named };
            add(node, form, module, local(node, found), found);
        }
        _ => return false,
    }
    true
}

fn add(node: Node, form: Form, module: &str, local: Option<String>, found: &mut Collector) {
    found.add(node.byte_range(), form, module, Vec::new(), local);
}

/// The first string in a node.
fn string<'a>(node: Option<Node>, found: &Collector<'a>) -> Option<&'a str> {
    let text = found.slice(node?);
    let start = text.find(['"', '\''])?;
    let quote = text[start..].chars().next()?;
    let inside = &text[start + 1..];
    Some(&inside[..inside.find(quote)?]).filter(|text| !text.is_empty() && !text.contains(['\n', '#', '$']))
}

/// The variable that a declaration around an import puts it into, when that is all that it does.
fn local(node: Node, found: &Collector) -> Option<String> {
    let mut around = node.parent()?;
    while matches!(around.kind(), "expression_list" | "assignment_statement") {
        around = around.parent()?;
    }
    let declares = matches!(around.kind(), "variable_declaration");
    let text = found.slice(around).split('=').next().filter(|_| declares)?;
    let name = text.split_whitespace().last()?;
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then(|| name.to_owned())
}
