//! Rust's paths: `use` trees, `mod` lines, `super` and `crate`.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Program, Source};
use crate::plan::refactor::edits::Edits;
use crate::syntax::walk;

/// A module by the root file of its crate and the names from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan::refactor) struct Place {
    pub root: String,
    pub names: Vec<String>,
}

impl Place {
    pub fn of(program: &Program, path: &str) -> Self {
        let (root, names) = program.rust_place(path);
        Self { root, names }
    }

    /// The module around a node, inline ones counted.
    pub fn around(program: &Program, source: &Source, node: Node) -> Self {
        let mut place = Self::of(program, &source.path);
        place.names.extend(inline(source, node));
        place
    }

    /// `crate::a::b`.
    pub fn path(&self) -> String {
        std::iter::once("crate").chain(self.names.iter().map(String::as_str)).collect::<Vec<_>>().join("::")
    }

    pub fn parent(&self) -> Option<Self> {
        let (_, names) = self.names.split_last()?;
        Some(Self { root: self.root.clone(), names: names.to_vec() })
    }
}

/// The inline modules around a node, outermost first.
fn inline(source: &Source, node: Node) -> Vec<String> {
    let mut names: Vec<String> = std::iter::successors(node.parent(), |node| node.parent())
        .filter(|outer| outer.kind() == "mod_item")
        .filter_map(|outer| outer.child_by_field_name("name"))
        .map(|name| source.text[name.byte_range()].to_owned())
        .collect();
    names.reverse();
    names
}

/// The `mod x;` that makes a file a module: its file, the item with its attributes, and the bytes of the name.
pub(in crate::plan::refactor) struct Declared {
    pub path: String,
    pub item: Range<usize>,
    pub name: Range<usize>,
    pub visibility: String,
    pub by_attribute: bool,
}

pub(in crate::plan::refactor) fn declared(program: &Program, target: &str) -> Option<Declared> {
    let place = Place::of(program, target);
    let parent = place.parent()?;
    let file = program.rust_file(&parent.root, &parent.names)?;
    let name = place.names.last()?;
    declared_in(program, &file, name)
}

fn declared_in(program: &Program, file: &str, wanted: &str) -> Option<Declared> {
    let source = program.source(file)?;
    let mut found = None;
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    for node in root.named_children(&mut cursor).filter(|node| node.kind() == "mod_item") {
        let Some(name) = node.child_by_field_name("name") else { continue };
        if node.child_by_field_name("body").is_some() || source.text[name.byte_range()] != *wanted {
            continue;
        }
        let first = std::iter::successors(Some(node), |node| node.prev_named_sibling())
            .take_while(|other| other.id() == node.id() || is_attached(&source, *other))
            .last()
            .unwrap_or(node);
        let mut parts = node.walk();
        let visibility = node.named_children(&mut parts).find(|part| part.kind() == "visibility_modifier");
        let item = first.start_byte()..node.end_byte();
        found = Some(Declared {
            path: file.to_owned(),
            by_attribute: source.text[item.clone()].contains("#[path"),
            item,
            name: name.byte_range(),
            visibility: visibility.map_or(String::new(), |node| source.text[node.byte_range()].to_owned()),
        });
    }
    found
}

/// Whether a node is an attribute or a doc comment of what follows it.
pub(in crate::plan::refactor) fn is_attached(source: &Source, node: Node) -> bool {
    let text = &source.text[node.byte_range()];
    match node.kind() {
        "attribute_item" => true,
        "line_comment" | "block_comment" => text.starts_with("///") || text.starts_with("/**"),
        _ => false,
    }
}

/// Leads a place in code that names a module, or an item, to where it is now. `new`: the module that it is in, and its name.
pub(in crate::plan::refactor) fn lead(
    program: &Program,
    source: &Source,
    name: &Range<usize>,
    old: (&Place, &str),
    new: (&Place, &str),
    edits: &mut Edits,
) {
    let Some(leaf) = source.tree.tree.root_node().descendant_for_byte_range(name.start, name.end) else { return };
    let path = whole(leaf);
    let prefix = source.text[path.start_byte()..name.start].trim_end_matches("::").to_owned();
    let head = prefix.split("::").next().unwrap_or_default().trim();
    let same_crate = Place::of(program, &source.path).root == new.0.root;
    let front = if same_crate { "crate".to_owned() } else { head.to_owned() };
    let mut full = new.0.path();
    if front != "crate" && !front.is_empty() {
        full = full.replacen("crate", &front, 1);
    }
    let full = format!("{full}::{}", new.1);
    let tree = std::iter::successors(Some(leaf), |node| node.parent()).find(|node| node.kind() == "use_declaration");
    let Some(statement) = tree else {
        let around = Place::around(program, source, leaf);
        if !prefix.is_empty() {
            edits.replace(&source.path, path.start_byte()..name.end, full);
        } else if around == *old.0 && !imports_name(source, leaf, old.1) {
            edits.replace(&source.path, name.clone(), full);
        } else if new.1 != old.1 {
            edits.replace(&source.path, name.clone(), new.1);
        }
        return;
    };
    let element = std::iter::successors(Some(leaf), |node| node.parent())
        .take_while(|node| node.id() != statement.id())
        .find(|node| node.parent().is_some_and(|parent| parent.kind() == "use_list"));
    match element {
        None => edits.replace(&source.path, path.start_byte()..name.end, full),
        Some(element) => {
            // `crate` in front of a list is not part of the element, so the crate is that of the list.
            let outer = source.text[statement.start_byte()..element.start_byte()].trim_start();
            let outer = outer.split("use ").nth(1).unwrap_or_default().split("::").next().unwrap_or_default().trim();
            let full = match same_crate || outer.is_empty() || outer.starts_with('{') {
                true => full,
                false => full.replacen(&front, outer, usize::from(!front.is_empty())),
            };
            let rest = &source.text[name.end..element.end_byte()];
            let mut parts = statement.walk();
            let visibility = statement.named_children(&mut parts).find(|part| part.kind() == "visibility_modifier");
            let visibility = visibility.map_or(String::new(), |node| format!("{} ", &source.text[node.byte_range()]));
            let indent = super::python::indent(&source.text, statement.start_byte());
            drop_element(source, element, edits);
            edits.insert(&source.path, statement.end_byte(), format!("\n{indent}{visibility}use {full}{rest};"));
        }
    }
}

/// Takes one entry out of a `use` list; braces around a single one left stay, which is valid.
pub(in crate::plan::refactor) fn drop_element(source: &Source, element: Node, edits: &mut Edits) {
    edits.delete(&source.path, super::python::with_comma(&source.text, element.byte_range()));
}

/// The path that ends with a name: `a::b::name` for `name`.
pub(in crate::plan::refactor) fn whole(leaf: Node) -> Node {
    let mut node = leaf;
    while let Some(parent) = node.parent() {
        let names_it = parent.child_by_field_name("name").is_some_and(|name| name.id() == node.id());
        if !(names_it && matches!(parent.kind(), "scoped_identifier" | "scoped_type_identifier")) {
            break;
        }
        node = parent;
    }
    node
}

/// The module of this crate that a path names where a node stands; `None` for what is of another crate, or not known.
pub(in crate::plan::refactor) fn resolved(
    program: &Program,
    source: &Source,
    node: Node,
    path: &[String],
) -> Option<Place> {
    let mut place = Place::around(program, source, node);
    let mut rest = path.iter().map(String::as_str);
    let first = path.first().map(String::as_str)?;
    match first {
        "crate" => {
            rest.next();
            place.names.clear();
        }
        "self" => {
            rest.next();
        }
        "super" => {}
        _ => {
            let mut child = place.names.clone();
            child.push(first.to_owned());
            program.rust_file(&place.root, &child)?;
        }
    }
    for part in rest {
        match part {
            "super" => drop(place.names.pop()?),
            "self" => {}
            part => place.names.push(part.to_owned()),
        }
    }
    Some(place)
}

/// What stands before a name in its path, through the lists of a `use` too.
pub(in crate::plan::refactor) fn prefix(source: &Source, leaf: Node) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let split = |text: &str| -> Vec<String> {
        text.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let path = whole(leaf);
    parts.extend(split(&source.text[path.start_byte()..leaf.start_byte()]));
    let mut node = path;
    while let Some(parent) = node.parent() {
        match parent.kind() {
            "scoped_use_list" if parent.child_by_field_name("list").is_some_and(|list| list.id() == node.id()) => {
                if let Some(path) = parent.child_by_field_name("path") {
                    parts.splice(0..0, split(&source.text[path.byte_range()]));
                }
            }
            "use_declaration" => break,
            _ => {}
        }
        node = parent;
    }
    parts
}

/// Whether the module around a node has the name from a `use`.
pub(in crate::plan::refactor) fn imports_name(source: &Source, node: Node, name: &str) -> bool {
    let module = std::iter::successors(node.parent(), |node| node.parent())
        .find(|outer| outer.kind() == "mod_item" || outer.kind() == "source_file");
    let Some(module) = module else { return false };
    let mut found = false;
    walk(module, |cursor| {
        let node = cursor.node();
        if node.kind() == "use_declaration" {
            let text = &source.text[node.byte_range()];
            let word = |c: char| c.is_alphanumeric() || c == '_';
            found |= text.match_indices(name).any(|(at, _)| {
                let behind = text[at + name.len()..].trim_start();
                !text[..at].ends_with(word)
                    && !behind.starts_with(word)
                    && !behind.starts_with("::")
                    && !behind.starts_with("as ")
            });
            return false;
        }
        node.id() == module.id() || node.kind() != "mod_item"
    });
    found
}

/// Rewrites the `super` paths of a file whose module goes elsewhere, where they lead out of what moves along with it.
///
/// `top`: the module that moves, `module`: the one that this file is.
pub(in crate::plan::refactor) fn unsuper(source: &Source, top: &Place, module: &Place, edits: &mut Edits) {
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if node.kind() == "visibility_modifier" {
            let depth = inline(source, node).len();
            if source.text[node.byte_range()].contains("super") && depth + module.names.len() <= top.names.len() {
                edits.replace(&source.path, node.byte_range(), "pub(crate)");
            }
            return false;
        }
        if node.kind() != "super" {
            return true;
        }
        // Only the last `super` of a chain, which has all of them before it.
        let chain = chain(&source.text, node);
        let Some((range, count)) = chain else { return false };
        let depth = inline(source, node).len() + module.names.len();
        if count <= depth && depth - count < top.names.len() {
            let inside = inline(source, node);
            let names: Vec<String> = module.names.iter().chain(&inside).take(depth - count).cloned().collect();
            let place = Place { root: module.root.clone(), names };
            edits.replace(&source.path, range, place.path());
        }
        false
    });
}

/// The chain of `super::` that a first `super` begins.
fn chain(text: &str, node: Node) -> Option<(Range<usize>, usize)> {
    if text[..node.start_byte()].trim_end().ends_with("super::") {
        return None;
    }
    let (mut end, mut count) = (node.end_byte(), 1);
    while text[end..].starts_with("::super") && !text[end + 7..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    {
        end += "::super".len();
        count += 1;
    }
    Some((node.start_byte()..end, count))
}
