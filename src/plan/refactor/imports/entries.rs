//! The names that a file imports at its top, one by one: what they are, how one is taken out, and how one is added.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Program, Source};
use crate::plan::refactor::edits::Edits;
use crate::syntax::{Family, walk};

use super::python::{indent, with_comma};
use super::rust::{Place, resolved};
use super::{ecmascript, order, python};

/// A name that an import binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan::refactor) struct Entry {
    /// What it is called in the file; `*` when the statement takes everything.
    pub local: String,
    /// What it is called where it comes from; `None` for a module itself.
    pub name: Option<String>,
    /// As written; of a Rust path what stands before the name, from the crate where it is the file's own.
    pub module: String,
    /// The file that the module is.
    pub target: Option<String>,
    /// Its part of the list, and the whole statement.
    pub element: Range<usize>,
    pub statement: Range<usize>,
    /// Nothing else is in the statement.
    pub alone: bool,
    /// It is exported again: `export ... from`, `pub use`.
    pub passed_on: Option<String>,
    /// TypeScript's `import type`.
    pub of_type: bool,
}

/// The imports at the top level of a file, in order.
pub(in crate::plan::refactor) fn entries(program: &Program, source: &Source) -> Vec<Entry> {
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    let statements: Vec<Node> = root.named_children(&mut cursor).collect();
    let mut found = Vec::new();
    for statement in statements {
        let mut here = match source.family {
            Family::Python => of_python(source, statement),
            Family::JavaScript => of_script(source, statement),
            Family::Rust => of_rust(program, source, statement),
            _ => Vec::new(),
        };
        let alone = here.len() == 1;
        for entry in &mut here {
            entry.alone = alone;
            if source.family != Family::Rust {
                let name = entry.name.as_deref().filter(|_| source.family == Family::Python);
                entry.target = program.leads(source, &entry.module, name);
            }
        }
        found.extend(here);
    }
    found
}

fn text<'s>(source: &'s Source, node: Node) -> &'s str {
    &source.text[node.byte_range()]
}

fn entry(statement: Node, element: Node, module: &str, name: Option<&str>, local: &str) -> Entry {
    Entry {
        local: local.to_owned(),
        name: name.map(str::to_owned),
        module: module.to_owned(),
        target: None,
        element: element.byte_range(),
        statement: statement.byte_range(),
        alone: false,
        passed_on: None,
        of_type: false,
    }
}

fn of_python(source: &Source, statement: Node) -> Vec<Entry> {
    let mut cursor = statement.walk();
    let listed = statement.kind() == "import_from_statement";
    if !listed && statement.kind() != "import_statement" {
        return Vec::new();
    }
    let module = statement.child_by_field_name("module_name").map_or("", |module| text(source, module));
    let mut found: Vec<Entry> = statement
        .children_by_field_name("name", &mut cursor)
        .map(|element| {
            let name = text(source, element.child_by_field_name("name").unwrap_or(element));
            let alias = element.child_by_field_name("alias").map(|alias| text(source, alias));
            match listed {
                true => entry(statement, element, module, Some(name), alias.unwrap_or(name)),
                false => entry(statement, element, name, None, alias.unwrap_or(name)),
            }
        })
        .collect();
    let mut cursor = statement.walk();
    let star = statement.named_children(&mut cursor).find(|child| child.kind() == "wildcard_import");
    found.extend(star.map(|star| entry(statement, star, module, Some("*"), "*")));
    found
}

fn of_script(source: &Source, statement: Node) -> Vec<Entry> {
    let Some(from) = statement.child_by_field_name("source") else { return Vec::new() };
    let module = text(source, from).trim_matches(['"', '\'']);
    let head = text(source, statement);
    let (import, export) = (statement.kind() == "import_statement", statement.kind() == "export_statement");
    let mut found = Vec::new();
    if !import && !export {
        return found;
    }
    walk(statement, |cursor| {
        let node = cursor.node();
        match node.kind() {
            "import_specifier" | "export_specifier" => {
                let Some(name) = node.child_by_field_name("name") else { return false };
                let local = node.child_by_field_name("alias").unwrap_or(name);
                let mut entry = entry(statement, node, module, Some(text(source, name)), text(source, local));
                entry.of_type = text(source, node).starts_with("type ");
                found.push(entry);
                false
            }
            "namespace_import" => {
                if let Some(name) = node.named_child(0) {
                    found.push(entry(statement, node, module, None, text(source, name)));
                }
                false
            }
            "identifier" if node.parent().is_some_and(|parent| parent.kind() == "import_clause") => {
                found.push(entry(statement, node, module, Some("default"), text(source, node)));
                false
            }
            _ => true,
        }
    });
    if export && found.is_empty() && head.contains('*') {
        found.push(entry(statement, statement, module, Some("*"), "*"));
    }
    let of_type = head.starts_with("import type ") || head.starts_with("export type ");
    for entry in &mut found {
        entry.of_type |= of_type;
        entry.passed_on = export.then(|| "export".to_owned());
    }
    found
}

fn of_rust(program: &Program, source: &Source, statement: Node) -> Vec<Entry> {
    let mut found = Vec::new();
    if statement.kind() != "use_declaration" {
        return found;
    }
    let mut cursor = statement.walk();
    let visibility = statement.named_children(&mut cursor).find(|part| part.kind() == "visibility_modifier");
    let visibility = visibility.map(|node| text(source, node).to_owned());
    let Some(argument) = statement.child_by_field_name("argument") else { return found };
    let mut add = |element: Node, path: Vec<String>, local: Option<&str>| {
        let mut path = path;
        let Some(mut name) = path.pop() else { return };
        if name == "self" {
            match path.pop() {
                Some(own) => name = own,
                None => return,
            }
        }
        let own = resolved(program, source, statement, &path);
        let module = own.as_ref().map_or_else(|| path.join("::"), Place::path);
        let local = local.unwrap_or(&name).to_owned();
        let mut entry = entry(statement, element, &module, Some(&name), &local);
        entry.target = own.and_then(|place| program.rust_file(&place.root, &place.names));
        entry.passed_on.clone_from(&visibility);
        found.push(entry);
    };
    flatten(source, argument, &mut Vec::new(), &mut add, 0);
    found
}

fn flatten<'t>(
    source: &Source,
    node: Node<'t>,
    before: &mut Vec<String>,
    add: &mut impl FnMut(Node<'t>, Vec<String>, Option<&str>),
    depth: usize,
) {
    let parts =
        |node: Node| -> Vec<String> { text(source, node).split("::").map(|part| part.trim().to_owned()).collect() };
    let full = |before: &[String], node: Node| [before, &parts(node)].concat();
    match node.kind() {
        _ if depth > 40 => {}
        "use_as_clause" => {
            let (path, alias) = (node.child_by_field_name("path"), node.child_by_field_name("alias"));
            if let (Some(path), Some(alias)) = (path, alias) {
                add(node, full(before, path), Some(text(source, alias)));
            }
        }
        "use_wildcard" => {
            let path = text(source, node).trim_end_matches('*').trim_end_matches("::");
            let mut whole = before.clone();
            whole.extend(path.split("::").filter(|part| !part.is_empty()).map(|part| part.trim().to_owned()));
            whole.push("*".to_owned());
            add(node, whole, None);
        }
        "scoped_use_list" => {
            let length = before.len();
            if let Some(path) = node.child_by_field_name("path") {
                before.extend(parts(path));
            }
            if let Some(list) = node.child_by_field_name("list") {
                flatten(source, list, before, add, depth + 1);
            }
            before.truncate(length);
        }
        "use_list" => {
            let mut cursor = node.walk();
            let inside: Vec<Node> =
                node.named_children(&mut cursor).filter(|part| !part.kind().ends_with("comment")).collect();
            for part in inside {
                flatten(source, part, before, add, depth + 1);
            }
        }
        _ => add(node, full(before, node), None),
    }
}

/// Takes names out of their statements.
pub(in crate::plan::refactor) fn drop_entries(source: &Source, all: &[Entry], gone: &[&Entry], edits: &mut Edits) {
    let mut done: Vec<&Range<usize>> = Vec::new();
    for entry in gone {
        if done.contains(&&entry.statement) {
            continue;
        }
        done.push(&entry.statement);
        let of = |entries: &[&Entry]| entries.iter().filter(|other| other.statement == entry.statement).count();
        let beside = all.iter().filter(|other| other.statement == entry.statement).count();
        if of(gone) == beside {
            edits.delete(&source.path, line(&source.text, &entry.statement));
            continue;
        }
        for other in gone.iter().filter(|other| other.statement == entry.statement) {
            edits.delete(&source.path, with_comma(&source.text, other.element.clone()));
        }
    }
}

/// A statement with its line end.
pub(in crate::plan::refactor) fn line(text: &str, range: &Range<usize>) -> Range<usize> {
    let rest = &text[range.end..];
    let semicolon = usize::from(rest.starts_with(';'));
    let blank = rest[semicolon..].len() - rest[semicolon..].trim_start_matches([' ', '\t', '\r']).len();
    let end = range.end + semicolon + blank;
    if text[end..].starts_with('\n') {
        let start = range.start - indent(text, range.start).len();
        return start..end + 1;
    }
    range.start..range.end + semicolon
}

/// A statement that imports a name.
pub(in crate::plan::refactor) fn statement(family: Family, quote: char, module: &str, entry: &Entry) -> String {
    let Entry { name, local, .. } = entry;
    match (family, name) {
        (Family::Python, None) if module == local => format!("import {module}"),
        (Family::Python, None) => match local.split_once('.') {
            Some(_) => format!("import {module}"),
            None => format!("import {module} as {local}"),
        },
        (Family::Python, Some(name)) if name == local => format!("from {module} import {name}"),
        (Family::Python, Some(name)) => format!("from {module} import {name} as {local}"),
        (Family::Rust, name) => {
            let visibility = entry.passed_on.as_ref().map_or(String::new(), |visibility| format!("{visibility} "));
            let name = name.as_deref().unwrap_or(local);
            let path = if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") };
            let alias = if name == local { String::new() } else { format!(" as {local}") };
            format!("{visibility}use {path}{alias};")
        }
        (_, name) => {
            let word = if entry.passed_on.is_some() { "export" } else { "import" };
            let of_type = if entry.of_type { " type" } else { "" };
            let what = match name.as_deref() {
                None => format!("* as {local}"),
                Some("*") => "*".to_owned(),
                Some("default") if word == "import" => local.clone(),
                Some(name) if name == local => format!("{{ {name} }}"),
                Some(name) => format!("{{ {name} as {local} }}"),
            };
            format!("{word}{of_type} {what} from {quote}{module}{quote};")
        }
    }
}

/// The statement that imports, in another file, what one imports here.
pub(in crate::plan::refactor) fn carried(
    program: &Program,
    source: &Source,
    entry: &Entry,
    to: &str,
    own: Option<&Source>,
) -> String {
    let quote = quote(own.unwrap_or(source));
    let module = match (source.family, &entry.target) {
        (Family::JavaScript, Some(target)) if entry.module.starts_with('.') => {
            ecmascript::mended(&entry.module, &source.path, target, to, target)
        }
        (Family::Python, _) if entry.module.starts_with('.') => match program.leads(source, &entry.module, None) {
            Some(module) => python::from_name(program, own, to, &module),
            None => entry.module.clone(),
        },
        _ => entry.module.clone(),
    };
    let entry = Entry { passed_on: None, ..entry.clone() };
    statement(source.family, quote, &module, &entry)
}

/// The statement that takes a name out of a file of the repository.
pub(in crate::plan::refactor) fn from_file(
    program: &Program,
    family: Family,
    importer: (&str, Option<&Source>),
    target: &str,
    entry: &Entry,
) -> String {
    let (path, own) = importer;
    let module = match family {
        Family::JavaScript => ecmascript::specifier(program, own, path, target),
        Family::Python => python::from_name(program, own, path, target),
        _ => Place::of(program, target).path(),
    };
    statement(family, own.map_or('\'', quote), &module, entry)
}

/// A name of that file, under its own name.
pub(in crate::plan::refactor) fn plain(name: &str, of_type: bool) -> Entry {
    Entry {
        local: name.to_owned(),
        name: Some(name.to_owned()),
        module: String::new(),
        target: None,
        element: 0..0,
        statement: 0..0,
        alone: true,
        passed_on: None,
        of_type,
    }
}

/// The quotation mark of a script's imports.
fn quote(source: &Source) -> char {
    let (double, single) = (source.text.matches("from \"").count(), source.text.matches("from '").count());
    if double > single { '"' } else { '\'' }
}

/// Where a file's next import goes: behind its last one, or before its first code.
pub(in crate::plan::refactor) fn insertion(source: &Source) -> (usize, bool) {
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    let all: Vec<Node> = root.named_children(&mut cursor).collect();
    let is_import = |node: &&Node| match node.kind() {
        "import_statement" | "import_from_statement" | "use_declaration" | "future_import_statement" => true,
        _ => node.kind() == "extern_crate_declaration",
    };
    if let Some(last) = all.iter().rev().find(is_import) {
        return (line(&source.text, &last.byte_range()).end, false);
    }
    let passes_on = |node: &&Node| node.kind() == "export_statement" && node.child_by_field_name("source").is_some();
    if let Some(last) = all.iter().rev().find(passes_on) {
        return (line(&source.text, &last.byte_range()).end, false);
    }
    let opens = |node: &&Node| {
        let text = &source.text[node.byte_range()];
        let docstring = node.kind() == "expression_statement" && text.starts_with(['"', '\'', 'r']);
        let directive = docstring && source.family == Family::JavaScript;
        match source.family {
            Family::Rust => node.kind() == "inner_attribute_item" || text.starts_with("//!") || text.starts_with("/*!"),
            Family::Python => docstring || text.starts_with("#!") || text.starts_with("# -*-"),
            _ => directive || text.starts_with("#!"),
        }
    };
    let head = all.iter().take_while(opens).last();
    (head.map_or(0, |node| line(&source.text, &node.byte_range()).end), true)
}

/// Adds import statements to a file, each once.
pub(in crate::plan::refactor) fn add(source: &Source, statements: &[String], edits: &mut Edits) {
    let new = |statement: &&String| !source.text.lines().any(|line| line.trim() == statement.as_str());
    let lines: Vec<String> = statements.iter().filter(new).cloned().collect();
    let mut lines = order::sorted(source, order::merged(source.family, &lines));
    if source.family == Family::Rust {
        lines.retain(|line| !order::add_in_order(source, line, edits));
    }
    if lines.is_empty() {
        return;
    }
    let (at, first) = insertion(source);
    let mut new: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    if first {
        new.push('\n');
    }
    let before = &source.text[..at];
    if !before.is_empty() && !before.ends_with('\n') {
        new.insert(0, '\n');
    }
    edits.insert(&source.path, at, new);
}
