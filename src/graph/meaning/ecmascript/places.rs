//! What every place of a word in a file means, as far as the file's own code and types tell.

use std::ops::Range;

use crate::graph::meaning::{Shape, Spot};

use super::engine::Engine;
use super::members::{Lack, Members, is_instance};
use super::names::{Entity, Link};
use super::tree::{At, is_class};
use super::types::{Sym, Ty, Type, parts, present, ty};
use super::unit::{ANY, SPACE, TYPE, VALUE};

/// What a place means before it is known which definitions belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sense {
    /// All of these have one name.
    These {
        spots: Vec<Spot>,
        bound: bool,
    },
    Outside,
    /// The receiver's type is not known, in these words.
    Doubtful(String),
}

/// A place in code where the word stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub range: Range<usize>,
    pub shape: Shape,
    pub sense: Sense,
    /// The name of a member.
    pub member: bool,
}

impl Engine<'_, '_> {
    /// The places of a word in a file.
    pub fn places(&mut self, path: &str, word: &str) -> Vec<Place> {
        let Some(number) = self.open(path) else { return Vec::new() };
        let unit = self.unit(number);
        let mut found = Vec::new();
        for range in crate::syntax::occurrences(&unit.text, word) {
            if self.program.cancel.is_cancelled() {
                return found;
            }
            self.refuel();
            let node = unit.tree.at(range.start);
            if unit.kind(node) == "comment" || unit.kind(node).ends_with("_comment") {
                continue;
            }
            let at = At { unit: number, node };
            for (shape, sense) in self.place(at, word) {
                let member = shape == Shape::Key || self.is_member_name(at);
                found.push(Place { range: range.clone(), shape, sense, member });
            }
        }
        found
    }

    fn is_member_name(&mut self, at: At) -> bool {
        matches!(self.kind(at), "property_identifier" | "private_property_identifier" | "string_fragment")
    }

    fn place(&mut self, at: At, word: &str) -> Vec<(Shape, Sense)> {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let up = tree.parent(at.node).unwrap_or(0);
        let outer = At { node: up, ..at };
        let plain = |sense| vec![(Shape::Plain, sense)];
        match unit.kind(at.node) {
            "property_identifier" => plain(self.member_place(at, outer, word)),
            "private_property_identifier" if unit.kind(up) == "binary_expression" => {
                let class = tree.around(at.node, |kind| kind == "class_body");
                let hidden = unit.slice(at.node);
                let names = class.map_or(&[][..], |body| unit.members(body, hidden));
                plain(these(names.iter().filter_map(|node| self.declared_at(At { node: *node, ..at })).collect()))
            }
            "private_property_identifier" => plain(self.member_place(at, outer, unit.slice(at.node))),
            "string_fragment" => {
                // The string, or the computed name around it.
                let holder = tree.parent(up).unwrap_or(0);
                let whole = unit.literal(up) == Some(word);
                let string = outer;
                match unit.kind(holder) {
                    _ if !whole => Vec::new(),
                    "subscript_expression" if tree.role(up) == "index" => {
                        plain(self.member_place(string, At { node: holder, ..at }, word))
                    }
                    "computed_property_name" => {
                        let above = tree.parent(holder).unwrap_or(0);
                        plain(self.member_place(At { node: holder, ..at }, At { node: above, ..at }, word))
                    }
                    "pair"
                    | "property_signature"
                    | "method_definition"
                    | "method_signature"
                    | "public_field_definition"
                    | "enum_assignment"
                    | "enum_body"
                    | "pair_pattern"
                        if matches!(tree.role(up), "key" | "name") =>
                    {
                        plain(self.member_place(string, At { node: holder, ..at }, word))
                    }
                    "literal_type" => {
                        self.literal_place(At { node: holder, ..at }, word).map(plain).unwrap_or_default()
                    }
                    _ => Vec::new(),
                }
            }
            "shorthand_property_identifier" => {
                let value = self.symbol_place(at, word, VALUE);
                let key = self.declaration_place(at, at, outer, word);
                vec![(Shape::Key, key), (Shape::Value, value)]
            }
            "shorthand_property_identifier_pattern" => {
                let value = self.symbol_place(at, word, VALUE);
                let pattern = match unit.kind(up) {
                    "object_assignment_pattern" => tree.parent(up).unwrap_or(0),
                    _ => up,
                };
                let of = self.pattern(At { node: pattern, ..at });
                let key = self.of_type(&of, word, "what is taken apart");
                vec![(Shape::Key, key), (Shape::Value, value)]
            }
            "statement_identifier" => {
                let label = tree.above(at.node).find_map(|up| {
                    let label = tree.field(up, "label").filter(|_| unit.kind(up) == "labeled_statement")?;
                    (unit.slice(label) == word).then_some(label)
                });
                let spot = label.and_then(|node| self.spot(At { node, ..at }));
                plain(these(spot.into_iter().collect()))
            }
            "identifier" | "type_identifier" => plain(self.identifier(at, outer, word)),
            kind if kind.contains("string") || kind == "comment" => Vec::new(),
            _ => plain(Sense::Outside),
        }
    }

    fn identifier(&mut self, at: At, outer: At, word: &str) -> Sense {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let role = tree.role(at.node);
        match unit.kind(outer.node) {
            "import_specifier" if role == "name" && tree.has(outer.node, "as") => self.imported(outer, word),
            "export_specifier" => {
                let renamed = tree.has(outer.node, "as");
                if renamed && role == "alias" {
                    return self.own(at);
                }
                let statement = tree.around(at.node, |kind| kind == "export_statement");
                let source = statement.and_then(|statement| tree.field(statement, "source"));
                match source {
                    Some(_) => self.imported(outer, word),
                    None => self.symbol_place(at, word, ANY),
                }
            }
            "namespace_export" | "index_signature" | "infer_type" => self.own(at),
            "required_parameter" | "optional_parameter" | "rest_pattern" if self.is_label(at) => self.own(at),
            "mapped_type_clause" if role == "name" => self.own(at),
            "required_parameter" | "optional_parameter" if role == "pattern" => {
                let body = tree.around(at.node, |kind| kind == "class_body");
                match body.filter(|body| unit.members(*body, word).contains(&outer.node)) {
                    Some(node) => self.declaration_place(at, outer, At { node, ..at }, word),
                    None => self.symbol_place(at, word, VALUE),
                }
            }
            "nested_type_identifier" | "nested_identifier" if matches!(role, "name" | "property") => {
                let link = self.link_of_path(outer);
                self.linked_place(link)
            }
            "member_expression" if role == "object" && self.is_in_type(outer) => self.symbol_place(at, word, ANY),
            "jsx_attribute" => Sense::Doubtful("it is an attribute".to_owned()),
            "nested_type_identifier" | "nested_identifier" => self.symbol_place(at, word, SPACE),
            "import_alias" | "export_statement" => self.symbol_place(at, word, ANY),
            _ if unit.kind(at.node) == "type_identifier" => self.symbol_place(at, word, TYPE),
            "class_heritage" => self.symbol_place(at, word, VALUE),
            _ => self.symbol_place(at, word, VALUE),
        }
    }

    /// A label in a tuple's type, or a parameter's name where nothing can use it.
    fn is_label(&mut self, at: At) -> bool {
        let unit = self.unit(at.unit);
        let holder = unit.tree.around(at.node, |kind| kind == "tuple_type" || super::tree::is_function(kind));
        holder.is_some_and(|holder| unit.kind(holder) == "tuple_type")
    }

    fn is_in_type(&mut self, at: At) -> bool {
        let unit = self.unit(at.unit);
        unit.tree
            .above(at.node)
            .take(3)
            .any(|up| matches!(unit.kind(up), "type_annotation" | "type_query" | "extends_type_clause"))
    }

    fn own(&mut self, at: At) -> Sense {
        these(self.spot(at).into_iter().collect())
    }

    /// A name in an import's or a re-export's braces, as the other file has it.
    fn imported(&mut self, specifier: At, word: &str) -> Sense {
        let unit = self.unit(specifier.unit);
        let tree = &unit.tree;
        let statement = tree.around(specifier.node, |kind| matches!(kind, "import_statement" | "export_statement"));
        let source = statement.and_then(|statement| tree.field(statement, "source"));
        let Some(module) = source.and_then(|source| unit.literal(source)) else { return Sense::Outside };
        match self.module(specifier.unit, module) {
            Some(target) => {
                let link = self.exported(target, word);
                self.linked_place(link)
            }
            None => Sense::Outside,
        }
    }

    fn linked_place(&mut self, link: Option<Link>) -> Sense {
        match link {
            Some(link) if link.names.is_empty() && link.entity == Entity::Missing => {
                Sense::Doubtful("where it comes from is not known".to_owned())
            }
            Some(link) => {
                let mut spots: Vec<Spot> = Vec::new();
                for name in &link.names {
                    spots.extend(self.declared_at(*name));
                }
                these(spots)
            }
            None => Sense::Doubtful("where it comes from is not known".to_owned()),
        }
    }

    fn symbol_place(&mut self, at: At, word: &str, meanings: u8) -> Sense {
        if let Some(member) = self.bare_member(at, word) {
            return member;
        }
        let sym: Option<Sym> = self.lookup(at, word, meanings).or_else(|| self.lookup(at, word, meanings | SPACE));
        let Some(sym) = sym.or_else(|| self.lookup(at, word, ANY)) else { return Sense::Outside };
        let link = self.link(sym);
        self.linked_place(Some(link))
    }

    /// A member of an enum in the value of another one.
    fn bare_member(&mut self, at: At, word: &str) -> Option<Sense> {
        let unit = self.unit(at.unit);
        let body = unit.tree.around(at.node, |kind| kind == "enum_body")?;
        let member = unit.members(body, word).first().copied()?;
        Some(these(self.declared_at(At { node: member, ..at }).into_iter().collect()))
    }

    /// A member's name, in what is accessed, taken apart or declared.
    fn member_place(&mut self, at: At, outer: At, word: &str) -> Sense {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        match unit.kind(outer.node) {
            "member_expression" | "subscript_expression" => {
                if self.is_in_type(outer)
                    && let Some(link) = self.link_of_path(outer)
                    && !(link.names.is_empty() && link.entity == Entity::Missing)
                {
                    return self.linked_place(Some(link));
                }
                let own = tree.parent(outer.node).is_some_and(|up| {
                    unit.kind(up) == "assignment_expression" && !unit.typed && tree.role(outer.node) == "left"
                });
                let Some(object) = tree.field(outer.node, "object") else { return Sense::Outside };
                let of = self.expression(At { node: object, ..at });
                let of = present(&self.opened(&of));
                let said = unit.slice(object);
                if own {
                    let exported = matches!(said, "exports" | "module.exports");
                    let members = self.members(&of, word);
                    if exported || (members.found.is_none() && !matches!(*of, Type::Foreign)) {
                        return self.own(at);
                    }
                }
                self.of_type(&of, word, said)
            }
            "pair_pattern" => {
                let pattern = tree.parent(outer.node).unwrap_or(0);
                let of = self.pattern(At { node: pattern, ..at });
                self.of_type(&of, word, "what is taken apart")
            }
            "nested_identifier" | "nested_type_identifier" => {
                let link = self.link_of_path(outer);
                self.linked_place(link)
            }
            "jsx_attribute" => Sense::Doubtful("it is an attribute".to_owned()),
            "enum_body" => self.declaration_place(at, at, outer, word),
            _ => self.declaration_place(at, outer, At { node: tree.parent(outer.node).unwrap_or(0), ..at }, word),
        }
    }

    /// What a name means as a member of a type.
    fn of_type(&mut self, of: &Ty, word: &str, said: &str) -> Sense {
        let of = present(&self.opened(of));
        let members = self.members(&of, word);
        self.of_members(members, said)
    }

    fn of_members(&mut self, members: Members, said: &str) -> Sense {
        let said: String = said.chars().take(60).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        match (members.found, members.lack) {
            (Some(found), _) => {
                let mut spots: Vec<Spot> = Vec::new();
                let mut bound = false;
                for member in found.iter().filter(|member| member.named) {
                    match self.declared_at(member.at) {
                        Some(spot) => spots.push(spot),
                        None => bound = true,
                    }
                }
                spots.sort();
                spots.dedup();
                if spots.is_empty() { Sense::Outside } else { Sense::These { spots, bound } }
            }
            (None, Lack::Missing | Lack::Foreign) => Sense::Outside,
            (None, Lack::Any) => Sense::Doubtful(format!("`{said}` may be anything")),
            (None, Lack::Unsure) => Sense::Doubtful(format!("the type of `{said}` is not known")),
        }
    }

    /// A member where it is declared: with what it overrides, implements, or is expected to be.
    fn declaration_place(&mut self, name: At, declaration: At, body: At, word: &str) -> Sense {
        let unit = self.unit(name.unit);
        let Some(own) = self.spot(name) else { return Sense::Outside };
        let mut spots = vec![own];
        let mut bound = false;
        let mut add = |engine: &mut Self, members: Members| {
            for member in members.found.into_iter().flatten().filter(|member| member.named) {
                match engine.declared_at(member.at) {
                    Some(spot) => spots.push(spot),
                    None => bound = true,
                }
            }
        };
        match unit.kind(body.node) {
            "class_body" | "interface_body" => {
                if word == "constructor" {
                    return Sense::Outside;
                }
                let fixed = unit.tree.has(declaration.node, "static");
                let key = if fixed { format!("static {word}") } else { word.to_owned() };
                let siblings = unit.members(body.node, &key).to_vec();
                let owner = At { node: unit.tree.parent(body.node).unwrap_or(0), ..body };
                let mut all: Vec<Spot> = Vec::new();
                for sibling in siblings {
                    all.extend(self.declared_at(At { node: sibling, ..body }));
                }
                let private = unit.kind(name.node) == "private_property_identifier";
                if let Some(sym) = self.declared_symbol(owner).filter(|_| !private) {
                    if fixed {
                        if let Some(base) = self.class_value(owner) {
                            let members = self.members(&base, word);
                            add(self, members);
                        }
                    } else if is_instance(unit.kind(owner.node)) {
                        let this = self.self_type(owner).unwrap_or_else(|| ty(Type::Unsure));
                        let arguments = match &*this {
                            Type::Ref(_, arguments) => arguments.clone(),
                            _ => Vec::new(),
                        };
                        // Another declaration of the same class or interface.
                        for other in self.declarations(sym).into_iter().filter(|other| *other != owner) {
                            if let Some(body) = self.field(other, "body") {
                                let nodes = self.unit(body.unit).members(body.node, word).to_vec();
                                for node in nodes {
                                    all.extend(self.declared_at(At { node, ..body }));
                                }
                            }
                        }
                        let mut above = self.bases(sym, &arguments, &this);
                        if is_class(unit.kind(owner.node)) {
                            above.extend(self.promises(sym));
                        }
                        for base in above {
                            let base = self.opened(&base);
                            let members = self.members(&base, word);
                            let object = self.library("Object", Vec::new());
                            let only_object = members
                                .found
                                .as_ref()
                                .is_some_and(|found| found.iter().all(|one| one.at.unit == super::engine::LIB))
                                && self.members(&object, word).found.is_some();
                            if !only_object {
                                add(self, members);
                            }
                        }
                    }
                }
                spots.extend(all);
            }
            "object" => {
                let siblings = unit.members(body.node, word).to_vec();
                let expected = self.context(body);
                if let Some(expected) = expected {
                    let expected = self.meant(body, &expected);
                    for part in parts(&present(&expected)) {
                        let members = self.members(&part, word);
                        let library = members
                            .found
                            .as_ref()
                            .is_some_and(|found| found.iter().all(|one| one.at.unit == super::engine::LIB));
                        let object = library && {
                            let object = self.library("Object", Vec::new());
                            self.members(&object, word).found.is_some()
                        };
                        if !object && !matches!(&*part, Type::Prim(_) | Type::Str(_) | Type::Num(_) | Type::Bool(_)) {
                            add(self, members);
                        }
                    }
                }
                for sibling in siblings {
                    spots.extend(self.declared_at(At { node: sibling, ..body }));
                }
            }
            "object_type" => {
                let siblings = unit.members(body.node, word).to_vec();
                for sibling in siblings {
                    spots.extend(self.declared_at(At { node: sibling, ..body }));
                }
            }
            _ => {}
        }
        spots.sort();
        spots.dedup();
        Sense::These { spots, bound }
    }

    /// A string that is a type: the member's name in `T["name"]` and `Pick<T, "name">`.
    fn literal_place(&mut self, at: At, word: &str) -> Option<Sense> {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let mut below = at.node;
        for up in tree.above(at.node) {
            match unit.kind(up) {
                "union_type" | "parenthesized_type" => {}
                "lookup_type" => {
                    let object = tree.first(up).filter(|object| *object != below)?;
                    let of = self.evaluate(At { node: object, ..at }, &super::types::Env::default());
                    return Some(self.of_type(&of, word, unit.slice(object)));
                }
                "type_arguments" => {
                    let generic = tree.parent(up)?;
                    let name = tree.field(generic, "name")?;
                    if !matches!(unit.slice(name), "Pick" | "Omit") || tree.named(up).nth(1) != Some(below) {
                        return None;
                    }
                    let object = tree.first(up)?;
                    let of = self.evaluate(At { node: object, ..at }, &super::types::Env::default());
                    return Some(self.of_type(&of, word, unit.slice(object)));
                }
                _ => return None,
            }
            below = up;
        }
        None
    }
}

fn these(mut spots: Vec<Spot>) -> Sense {
    spots.sort();
    spots.dedup();
    if spots.is_empty() { Sense::Outside } else { Sense::These { spots, bound: false } }
}
