//! Python's imports, absolute and relative, and the dotted names by which code uses what it imported.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Program, Source};
use crate::graph::paths::{folder, last};
use crate::plan::refactor::edits::Edits;
use crate::syntax::walk;

use super::Moves;

/// Functions whose first argument is a string with a dotted name in it.
const BY_STRING: [&str; 8] = [
    "patch",
    "mock.patch",
    "mocker.patch",
    "import_module",
    "importlib.import_module",
    "importorskip",
    "pytest.importorskip",
    "setattr",
];

/// A module by its parts, below the folder in which an interpreter finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Module {
    root: String,
    parts: Vec<String>,
}

impl Module {
    /// The module of a file or package folder, by the packages around it.
    fn of(path: &str, has: &dyn Fn(&str) -> bool) -> Self {
        let plain = path.strip_suffix(".py").or_else(|| path.strip_suffix(".pyi")).unwrap_or(path);
        let plain = plain.strip_suffix("__init__").map_or(plain, |folder| folder.trim_end_matches('/'));
        let is_package = |at: &str| ["__init__.py", "__init__.pyi"].iter().any(|init| has(&format!("{at}/{init}")));
        // A folder without `__init__.py` inside of a package is part of it all the same.
        let around = std::iter::successors(Some(folder(plain)), |at| (!at.is_empty()).then(|| folder(at)));
        let outermost = around.filter(|at| !at.is_empty() && is_package(at)).last();
        let root = outermost.map_or(folder(plain), folder);
        Self::below(root, plain)
    }

    fn below(root: &str, plain: &str) -> Self {
        let inside = plain.strip_prefix(root).unwrap_or(plain);
        let parts = inside.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { root: root.to_owned(), parts }
    }

    /// The package that a relative import of a file starts from.
    fn package(&self, path: &str) -> &[String] {
        let init = matches!(last(path), "__init__.py" | "__init__.pyi");
        if init { &self.parts } else { self.parts.split_last().map_or(&[], |(_, package)| package) }
    }

    fn dotted(&self) -> String {
        self.parts.join(".")
    }
}

/// Mends what a Python file imports from moved files, and its relative imports when it moves itself.
pub(in crate::plan::refactor) fn mend(program: &Program, moves: &Moves, source: &Source, edits: &mut Edits) {
    let there = |path: &str| program.source(path).is_some();
    let own = moves.after(&source.path);
    let mut mender = Mender {
        program,
        moves,
        source,
        edits,
        from: Module::of(&own, &|path| moves.has(path)),
        own: own.clone(),
        there: &there,
    };
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        match node.kind() {
            "import_statement" => mender.plain(node),
            "import_from_statement" => mender.listed(node),
            "call" => {
                mender.by_string(node);
                return true;
            }
            _ => return true,
        }
        false
    });
}

struct Mender<'m, 'a> {
    program: &'m Program<'a>,
    moves: &'m Moves,
    source: &'m Source,
    edits: &'m mut Edits,
    /// The module of this file afterwards.
    from: Module,
    own: String,
    there: &'m dyn Fn(&str) -> bool,
}

impl Mender<'_, '_> {
    fn text(&self, node: Node) -> &str {
        &self.source.text[node.byte_range()]
    }

    /// What an absolute name that leads to a file is afterwards, found below the same folder if it can be.
    fn renamed(&self, dotted: &str, target: &str) -> String {
        let to = self.moves.after(target);
        let plain = |path: &str| {
            let path = path.strip_suffix(".py").or_else(|| path.strip_suffix(".pyi")).unwrap_or(path);
            path.strip_suffix("/__init__").unwrap_or(path).to_owned()
        };
        let tail = dotted.replace('.', "/");
        let root = plain(target).strip_suffix(&tail).map(|root| root.trim_end_matches('/').to_owned());
        match root.filter(|root| root.is_empty() || to.starts_with(&format!("{root}/"))) {
            Some(root) => Module::below(&root, &plain(&to)).dotted(),
            None => Module::of(&to, &|path| self.moves.has(path)).dotted(),
        }
    }

    /// `import a.b`, `import a.b as c`.
    fn plain(&mut self, node: Node) {
        let mut cursor = node.walk();
        let names: Vec<Node> = node.children_by_field_name("name", &mut cursor).collect();
        for name in names {
            let aliased = name.child_by_field_name("name");
            let dotted = aliased.unwrap_or(name);
            let text = self.text(dotted).to_owned();
            let Some((old, new)) = self.moved_head(&text) else { continue };
            let head = dotted.start_byte()..dotted.start_byte() + old.len();
            self.edits.replace(&self.source.path, head, new.clone());
            if aliased.is_none() {
                for place in chains(self.source, &old) {
                    self.edits.replace(&self.source.path, place, new.clone());
                }
            }
        }
    }

    /// The longest beginning of a dotted name that is a moved module, and its name afterwards.
    fn moved_head(&self, dotted: &str) -> Option<(String, String)> {
        let ends = dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]).collect::<Vec<_>>();
        ends.into_iter().rev().find_map(|end| {
            let head = &dotted[..end];
            let target = self.program.leads(self.source, head, None).filter(|target| self.moves.moves(target))?;
            // `a.b.f` leads to the module of `f` as well.
            let own = Module::of(&target, self.there);
            if own.parts.last().map(String::as_str) != head.rsplit('.').next() {
                return None;
            }
            let new = self.renamed(head, &target);
            (new != head).then(|| (head.to_owned(), new))
        })
    }

    /// `from a.b import c`.
    fn listed(&mut self, node: Node) {
        let Some(module) = node.child_by_field_name("module_name") else { return };
        let written: String = self.text(module).split_whitespace().collect();
        let Some(target) = self.program.leads(self.source, &written, None) else { return };
        let new = self.named(&written, &target);
        if new != written {
            self.edits.replace(&self.source.path, module.byte_range(), new.clone());
        }
        let mut cursor = node.walk();
        let names: Vec<Node> = node.children_by_field_name("name", &mut cursor).collect();
        let mut leaving: Vec<(Node, String)> = Vec::new();
        for name in &names {
            let plain = name.child_by_field_name("name").unwrap_or(*name);
            let old = self.text(plain).to_owned();
            let Some(own) = self.program.leads(self.source, &written, Some(&old)) else { continue };
            if own == target || !self.moves.moves(&own) && !self.moves.moves(&target) && self.own == self.source.path {
                continue;
            }
            let to = Module::of(&self.moves.after(&own), &|path| self.moves.has(path));
            let Some((called, package)) = to.parts.split_last() else { continue };
            let stays = Module::of(&self.moves.after(&target), &|path| self.moves.has(path));
            let alias = name.child_by_field_name("alias").map(|alias| self.text(alias).to_owned());
            if stays.root == to.root && stays.parts == package {
                if *called != old {
                    let listed = self.with_local(&old, called, &alias, node);
                    self.edits.replace(&self.source.path, plain.byte_range(), listed);
                }
                continue;
            }
            let from = self.package_name(&written, &Module { root: to.root.clone(), parts: package.to_vec() });
            let listed = match &alias {
                Some(alias) => format!("{called} as {alias}"),
                None if *called != old => self.with_local(&old, called, &None, node),
                None => called.clone(),
            };
            let line = match from {
                Some(from) => format!("from {from} import {listed}"),
                None => format!("import {listed}"),
            };
            leaving.push((*name, line));
        }
        if leaving.is_empty() {
            return;
        }
        let lines: Vec<String> = leaving.iter().map(|(_, line)| line.clone()).collect();
        let joint = format!("\n{}", indent(&self.source.text, node.start_byte()));
        if leaving.len() == names.len() {
            *self.edits = std::mem::take(self.edits).without(&self.source.path, &node.byte_range());
            self.edits.replace(&self.source.path, node.byte_range(), lines.join(&joint));
            return;
        }
        for (name, _) in &leaving {
            self.edits.delete(&self.source.path, with_comma(&self.source.text, name.byte_range()));
        }
        self.edits.insert(&self.source.path, node.end_byte(), format!("{joint}{}", lines.join(&joint)));
    }

    /// How a module is named in an import that named it so far by `written`.
    fn named(&self, written: &str, target: &str) -> String {
        let to = self.moves.after(target);
        if !written.starts_with('.') {
            return if to == target { written.to_owned() } else { self.renamed(written, target) };
        }
        let before = Module::of(&self.source.path, self.there);
        let (old, new) = (Module::of(target, self.there), Module::of(&to, &|path| self.moves.has(path)));
        let unchanged = old == new && before.package(&self.source.path) == self.from.package(&self.own);
        if unchanged { written.to_owned() } else { self.package_name(written, &new).unwrap_or_else(|| ".".to_owned()) }
    }

    /// A module for `from`: relative where it was, if that leads there. `None` for the root of all.
    fn package_name(&self, written: &str, module: &Module) -> Option<String> {
        let own = self.from.package(&self.own);
        let shared = own.iter().zip(&module.parts).take_while(|(a, b)| a == b).count();
        if written.starts_with('.') && self.from.root == module.root && shared > 0 {
            let dots = ".".repeat(own.len() - shared + 1);
            return Some(format!("{dots}{}", module.parts[shared..].join(".")));
        }
        (!module.parts.is_empty()).then(|| module.dotted())
    }

    /// A listed module under its new name. The file uses it by that too, where nothing is in the way.
    fn with_local(&mut self, old: &str, new: &str, alias: &Option<String>, statement: Node) -> String {
        if alias.is_some() {
            return new.to_owned();
        }
        match locals(self.source, old, &statement.byte_range(), new) {
            Some(places) => {
                for place in places {
                    self.edits.replace(&self.source.path, place, new);
                }
                new.to_owned()
            }
            None => format!("{new} as {old}"),
        }
    }

    /// `patch("a.b.c")`.
    fn by_string(&mut self, call: Node) {
        let (Some(function), Some(arguments)) =
            (call.child_by_field_name("function"), call.child_by_field_name("arguments"))
        else {
            return;
        };
        let name = self.text(function);
        if !BY_STRING.iter().any(|known| name == *known || name.ends_with(&format!(".{known}"))) {
            return;
        }
        let Some(first) = arguments.named_child(0).filter(|first| first.kind() == "string") else { return };
        let mut cursor = first.walk();
        let Some(inside) = first.children(&mut cursor).find(|part| part.kind() == "string_content") else { return };
        let text = self.text(inside).to_owned();
        if text.starts_with('.') {
            return;
        }
        if let Some((old, new)) = self.moved_head(&text) {
            self.edits.replace(&self.source.path, inside.start_byte()..inside.start_byte() + old.len(), new);
        }
    }
}

/// Where an `import a.b` is used: `a.b` at the beginning of a chain of attributes.
pub(in crate::plan::refactor) fn chains(source: &Source, dotted: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let text = &source.text;
    let first = dotted.split('.').next().unwrap_or(dotted);
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if matches!(node.kind(), "import_statement" | "import_from_statement") {
            return false;
        }
        if node.kind() == "identifier" && text[node.byte_range()] == *first && is_value(node) {
            let start = node.start_byte();
            let rest = &text[start..];
            let ends = !rest[dotted.len().min(rest.len())..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if rest.starts_with(dotted) && ends {
                found.push(start..start + dotted.len());
            }
        }
        true
    });
    found
}

/// Whether a name stands for a value, and is not an attribute's or an argument's.
pub(in crate::plan::refactor) fn is_value(node: Node) -> bool {
    let Some(parent) = node.parent() else { return true };
    let is = |field: &str| parent.child_by_field_name(field).is_some_and(|child| child.id() == node.id());
    match parent.kind() {
        "attribute" => is("object"),
        "keyword_argument" => !is("name"),
        _ => true,
    }
}

/// The places of a name that only an import binds; `None` when something else binds it, or the new one, as well.
fn locals(source: &Source, name: &str, statement: &Range<usize>, new: &str) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut bound = false;
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if matches!(node.kind(), "import_statement" | "import_from_statement") {
            let elsewhere = node.byte_range() != *statement;
            bound |= elsewhere && imported(source, node).iter().any(|local| *local == name || *local == new);
            return false;
        }
        if node.kind() == "identifier" && is_value(node) {
            let text = &source.text[node.byte_range()];
            bound |= text == new;
            if text == name {
                bound |= binds(node);
                found.push(node.byte_range());
            }
        }
        true
    });
    (!bound).then_some(found)
}

/// The names that an import statement binds.
fn imported<'s>(source: &'s Source, statement: Node) -> Vec<&'s str> {
    let mut cursor = statement.walk();
    let names = statement.children_by_field_name("name", &mut cursor);
    let local = |name: Node| {
        let alias = name.child_by_field_name("alias").map(|alias| &source.text[alias.byte_range()]);
        let text = &source.text[name.byte_range()];
        let plain = if statement.kind() == "import_statement" { text.split('.').next() } else { Some(text) };
        alias.or(plain).unwrap_or(text)
    };
    names.map(local).collect()
}

/// Whether a name is bound where it stands.
fn binds(node: Node) -> bool {
    let Some(parent) = node.parent() else { return false };
    let is = |field: &str| parent.child_by_field_name(field).is_some_and(|child| child.id() == node.id());
    match parent.kind() {
        "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" | "named_expression" => {
            is("left") || is("name")
        }
        "function_definition" | "class_definition" | "default_parameter" | "typed_default_parameter" => is("name"),
        "parameters"
        | "lambda_parameters"
        | "typed_parameter"
        | "pattern_list"
        | "tuple_pattern"
        | "list_pattern"
        | "as_pattern_target"
        | "global_statement"
        | "nonlocal_statement"
        | "list_splat_pattern"
        | "dictionary_splat_pattern"
        | "delete_statement" => true,
        _ => false,
    }
}

/// A listed name with the comma and the blanks that go with it.
pub(in crate::plan::refactor) fn with_comma(text: &str, range: Range<usize>) -> Range<usize> {
    let behind = &text[range.end..];
    let blank = behind.len() - behind.trim_start().len();
    if behind[blank..].starts_with(',') {
        let after = &behind[blank + 1..];
        let more = after.len() - after.trim_start().len();
        // A list's last name leaves the line end before the bracket.
        let closing = after.trim_start().starts_with([')', '}']);
        return range.start..range.end + blank + 1 + if closing { 0 } else { more };
    }
    let before = &text[..range.start];
    let plain = before.trim_end();
    let start = if plain.ends_with(',') { plain.len() - 1 } else { range.start };
    start..range.end
}

/// The blanks before a statement in its line.
pub(in crate::plan::refactor) fn indent(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start().len()]
}

/// The module that a file is, as an absolute import names it.
pub(in crate::plan::refactor) fn dotted_name(program: &Program, path: &str) -> String {
    let root = ["src", "lib"].iter().find(|root| path.starts_with(&format!("{root}/")));
    let module = Module::of(path, &|path| program.source(path).is_some());
    match root {
        Some(root) if module.root.is_empty() => {
            let plain = path.strip_suffix(".py").unwrap_or(path);
            Module::below(root, plain.strip_suffix("/__init__").unwrap_or(plain)).dotted()
        }
        _ => module.dotted(),
    }
}

/// How a file names another in `from ... import`: relatively where it does so already, or has no other way.
pub(in crate::plan::refactor) fn from_name(program: &Program, source: Option<&Source>, from: &str, to: &str) -> String {
    let has = |path: &str| program.source(path).is_some();
    let (own, other) = (Module::of(from, &has), Module::of(to, &has));
    let package = own.package(from);
    let shared = package.iter().zip(&other.parts).take_while(|(a, b)| a == b).count();
    let relative = source.is_none_or(|source| {
        let text = &source.text;
        text.contains("from .") || !text.contains(&format!("from {}", other.parts.first().map_or("", |part| part)))
    });
    if own.root == other.root && shared > 0 && relative {
        return format!("{}{}", ".".repeat(package.len() - shared + 1), other.parts[shared..].join("."));
    }
    dotted_name(program, to)
}
