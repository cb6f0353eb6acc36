//! The types of expressions and of what declarations declare.

use super::engine::{Engine, Key};
use super::names::Entity;
use super::tree::{At, Id, is_class, is_function};
use super::types::{Env, Ty, Type, inter, parts, present, substitute, ty, union};
use super::unit::{ANY, VALUE};

impl Engine<'_, '_> {
    /// The type of an expression where it stands.
    pub fn expression(&mut self, at: At) -> Ty {
        self.remembered(Key::Node(at), |engine| engine.infer(at))
    }

    fn infer(&mut self, at: At) -> Ty {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let inner = |node: Id| At { node, ..at };
        let field = |name: &str| tree.field(at.node, name).map(inner);
        let first = || tree.first(at.node).map(inner);
        let unsure = || ty(Type::Unsure);
        match unit.kind(at.node) {
            "parenthesized_expression" => {
                tree.named(at.node).last().map_or_else(unsure, |node| self.expression(inner(node)))
            }
            "sequence_expression" => {
                tree.named(at.node).last().map_or_else(unsure, |node| self.expression(inner(node)))
            }
            "identifier" | "shorthand_property_identifier" => {
                let of = self.name(at);
                self.narrowed(at, of)
            }
            "nested_identifier" => {
                let entity = self.entity_of_path(at);
                self.entity_type(&entity)
            }
            "this" => {
                let of = self.this(at);
                self.narrowed(at, of)
            }
            "super" => self
                .above_class(at)
                .and_then(|class| {
                    let this = self.self_type(class)?;
                    let Type::Ref(sym, arguments) = &*this else { return None };
                    self.bases(*sym, arguments, &this).into_iter().next()
                })
                .unwrap_or_else(unsure),
            "member_expression" | "subscript_expression" => {
                let of = self.access(at);
                self.narrowed(at, of)
            }
            "call_expression" | "new_expression" => self.call(at),
            "function_expression"
            | "arrow_function"
            | "generator_function"
            | "function_declaration"
            | "generator_function_declaration"
            | "object" => ty(Type::Shape(at, Env::default())),
            "class" | "class_declaration" | "abstract_class_declaration" => {
                self.declared_symbol(at).map_or_else(unsure, |sym| ty(Type::Value(sym)))
            }
            "array" => self.list(at),
            "string" => ty(Type::Str(unit.literal(at.node).unwrap_or("").to_owned())),
            "template_string" => ty(Type::Prim("String")),
            "number" => {
                let text = unit.slice(at.node);
                if text.ends_with('n') { ty(Type::Prim("BigInt")) } else { ty(Type::Num(text.to_owned())) }
            }
            "regex" => self.library("RegExp", Vec::new()),
            "true" => ty(Type::Bool(true)),
            "false" => ty(Type::Bool(false)),
            "null" | "undefined" => ty(Type::Nullish),
            "as_expression" => {
                let mut named = tree.named(at.node);
                match (named.next(), named.next()) {
                    (Some(_), Some(of)) => self.evaluate(inner(of), &Env::default()),
                    (Some(value), None) => self.expression(inner(value)),
                    _ => unsure(),
                }
            }
            "type_assertion" => match first() {
                Some(of) if unit.slice(of.node) != "<const>" => self.evaluate(of, &Env::default()),
                _ => tree.named(at.node).last().map_or_else(unsure, |node| self.expression(inner(node))),
            },
            "satisfies_expression" | "instantiation_expression" => {
                first().map_or_else(unsure, |value| self.expression(value))
            }
            "non_null_expression" => first().map_or_else(unsure, |value| present(&self.expression(value))),
            "await_expression" => match first() {
                Some(value) => {
                    let of = self.expression(value);
                    self.awaited(&of)
                }
                None => unsure(),
            },
            "binary_expression" => self.binary(at),
            "unary_expression" => match field("operator").map(|operator| unit.slice(operator.node)) {
                Some("typeof") => ty(Type::Prim("String")),
                Some("void") => ty(Type::Nullish),
                Some("!" | "delete") => ty(Type::Prim("Boolean")),
                Some("-") if field("argument").is_some_and(|one| unit.kind(one.node) == "number") => {
                    ty(Type::Num(unit.slice(at.node).to_owned()))
                }
                _ => ty(Type::Prim("Number")),
            },
            "update_expression" => ty(Type::Prim("Number")),
            "assignment_expression" => field("right").map_or_else(unsure, |right| self.expression(right)),
            "augmented_assignment_expression" => {
                let operator = field("operator").map_or("", |operator| unit.slice(operator.node));
                let (left, right) = (field("left"), field("right"));
                match (operator, left, right) {
                    ("||=" | "??=" | "&&=", Some(left), Some(right)) => {
                        let left = self.expression(left);
                        union([present(&left), self.expression(right)])
                    }
                    ("+=", Some(left), Some(_)) => self.expression(left),
                    _ => ty(Type::Prim("Number")),
                }
            }
            "ternary_expression" => {
                let (one, other) = (field("consequence"), field("alternative"));
                let all: Vec<Ty> = one.into_iter().chain(other).map(|branch| self.expression(branch)).collect();
                union(all)
            }
            "yield_expression" => ty(Type::Any),
            kind if kind.starts_with("jsx") => ty(Type::Foreign),
            _ => unsure(),
        }
    }

    fn list(&mut self, at: At) -> Ty {
        let constant = {
            let unit = self.unit(at.unit);
            let up = unit.tree.parent(at.node).unwrap_or(0);
            unit.kind(up) == "as_expression" && unit.tree.has(up, "const")
        };
        let expected = self.context(at).map(|of| present(&self.opened(&of)));
        let tuple = constant
            || expected.as_ref().is_some_and(|of| {
                parts(of).iter().any(|part| {
                    matches!(&**part, Type::Tuple(_))
                        || matches!(&**part, Type::Shape(shape, _) if self.mapped(*shape).is_some())
                        || matches!(&**part, Type::Param(_))
                            && self.constraint_of(part).is_some_and(|base| {
                                let base = self.opened(&base);
                                parts(&base).iter().any(|one| matches!(&**one, Type::Tuple(_)))
                            })
                })
            });
        let mut elements = Vec::new();
        for element in self.named(at) {
            if self.kind(element) == "spread_element" {
                let of = match self.first(element) {
                    Some(value) => self.expression(value),
                    None => ty(Type::Unsure),
                };
                elements.push(ty(Type::Rest(of)));
            } else {
                elements.push(self.expression(element));
            }
        }
        if tuple {
            return ty(Type::Tuple(elements));
        }
        if elements.is_empty() {
            let element = expected.and_then(|of| self.element(&of));
            return self.array(element.unwrap_or_else(|| ty(Type::Any)));
        }
        self.as_array(&elements)
    }

    fn binary(&mut self, at: At) -> Ty {
        let operator = self.field(at, "operator").map_or_else(String::new, |operator| self.text(operator));
        let (Some(left), Some(right)) = (self.field(at, "left"), self.field(at, "right")) else {
            return ty(Type::Unsure);
        };
        match operator.as_str() {
            "&&" => {
                let left = self.expression(left);
                let falsy = parts(&left).into_iter().filter(|part| matches!(**part, Type::Nullish | Type::Bool(false)));
                union(falsy.chain([self.expression(right)]).collect::<Vec<_>>())
            }
            "||" | "??" => {
                let left = self.expression(left);
                let left = self.opened(&left);
                let kept = parts(&left).into_iter().filter(|part| !matches!(**part, Type::Nullish | Type::Bool(false)));
                union(kept.chain([self.expression(right)]).collect::<Vec<_>>())
            }
            "+" => {
                let text = |of: &Ty| matches!(**of, Type::Str(_) | Type::Prim("String"));
                let (left, right) = (self.expression(left), self.expression(right));
                ty(Type::Prim(if text(&left) || text(&right) { "String" } else { "Number" }))
            }
            "-" | "*" | "/" | "%" | "**" | "&" | "|" | "^" | "<<" | ">>" | ">>>" => ty(Type::Prim("Number")),
            _ => ty(Type::Prim("Boolean")),
        }
    }

    fn access(&mut self, at: At) -> Ty {
        let Some(object) = self.field(at, "object") else { return ty(Type::Unsure) };
        let of = self.expression(object);
        let of = present(&self.opened(&of));
        match &*of {
            Type::Any | Type::Foreign | Type::Unsure => return of,
            _ => {}
        }
        if let Some(name) = self.field(at, "property") {
            let unit = self.unit(name.unit);
            let key = unit.key(name.node);
            return self.property(&of, &key).unwrap_or_else(|| ty(Type::Any));
        }
        let Some(index) = self.field(at, "index") else { return ty(Type::Unsure) };
        let bracketed = format!("[{}]", self.text(index));
        if self.members(&of, &bracketed).found.is_some() {
            return self.property(&of, &bracketed).unwrap_or_else(|| ty(Type::Unsure));
        }
        let key = self.expression(index);
        match &*key {
            Type::Prim(_) | Type::Any | Type::Unsure | Type::Foreign => {
                let key = ty(Type::Prim("String"));
                self.indexed(&of, &key)
            }
            _ => self.indexed(&of, &key),
        }
    }

    pub fn awaited(&mut self, of: &Ty) -> Ty {
        let opened = self.opened(of);
        if let Type::Union(all) = &*opened {
            let all = all.clone();
            return union(all.iter().map(|part| self.awaited(part)).collect::<Vec<_>>());
        }
        for name in ["Promise", "PromiseLike"] {
            let Type::Ref(sym, _) = &*self.library(name, Vec::new()) else { continue };
            if let Some(Type::Ref(_, arguments)) = self.as_base(&opened, *sym).as_deref() {
                return arguments.first().map_or_else(|| ty(Type::Unsure), |inner| self.awaited(inner));
            }
        }
        opened
    }

    fn above_class(&mut self, at: At) -> Option<At> {
        self.unit(at.unit).tree.around(at.node, is_class).map(|node| At { node, ..at })
    }

    /// What `this` is at a place.
    pub fn this(&mut self, at: At) -> Ty {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let mut below = at.node;
        for up in tree.above(at.node) {
            let here = At { node: up, ..at };
            let kind = unit.kind(up);
            if is_function(kind) && kind != "arrow_function" {
                let own = tree.field(up, "parameters").and_then(|list| {
                    let pattern = |node: &Id| tree.field(*node, "pattern").is_some_and(|one| unit.kind(one) == "this");
                    tree.named(list).find(pattern)
                });
                if let Some(of) = own.and_then(|own| tree.field(own, "type")) {
                    return self.evaluate(At { node: of, ..at }, &Env::default());
                }
                let parent = tree.parent(up).unwrap_or(0);
                if matches!(unit.kind(parent), "object" | "pair") {
                    let object = if unit.kind(parent) == "pair" { tree.parent(parent).unwrap_or(0) } else { parent };
                    let object = At { node: object, ..at };
                    let expected = self.context(object);
                    return expected.unwrap_or_else(|| ty(Type::Shape(object, Env::default())));
                }
                if unit.kind(parent) != "class_body" {
                    if let Some(signature) = self.expected_signature(here) {
                        let list = self.field(signature.at, "parameters");
                        let this = list.and_then(|list| {
                            let all = self.named(list);
                            all.into_iter()
                                .find(|one| self.field(*one, "pattern").is_some_and(|one| self.kind(one) == "this"))
                        });
                        if let Some(of) = this.and_then(|this| self.field(this, "type")) {
                            return self.evaluate(of, &signature.env);
                        }
                    }
                    return ty(Type::Any);
                }
            }
            if kind == "class_body" {
                let class = At { node: tree.parent(up).unwrap_or(0), ..at };
                if tree.has(below, "static") || unit.kind(below) == "class_static_block" {
                    return self.expression(class);
                }
                return self.self_type(class).unwrap_or_else(|| ty(Type::Unsure));
            }
            below = up;
        }
        ty(Type::Any)
    }

    /// The type of what an identifier names, before narrowing.
    fn name(&mut self, at: At) -> Ty {
        let text = self.text(at);
        match text.as_str() {
            "undefined" => return ty(Type::Nullish),
            "arguments" => return self.array(ty(Type::Any)),
            _ => {}
        }
        match self.lookup(at, &text, VALUE).or_else(|| self.lookup(at, &text, ANY)) {
            Some(sym) => {
                let entity = self.link(sym).entity;
                self.entity_type(&entity)
            }
            None => ty(Type::Foreign),
        }
    }

    /// The type of the value that something is.
    pub fn entity_type(&mut self, entity: &Entity) -> Ty {
        match entity {
            Entity::Module(unit) => ty(Type::Module(*unit)),
            Entity::Foreign => ty(Type::Foreign),
            Entity::Missing => ty(Type::Unsure),
            Entity::Value(at) => match self.kind(*at) {
                "pair"
                | "property_signature"
                | "public_field_definition"
                | "method_definition"
                | "identifier"
                | "shorthand_property_identifier"
                | "enum_assignment"
                | "property_identifier" => self.declared(*at),
                _ => self.expression(*at),
            },
            Entity::Symbol(sym) => {
                let mut found = Vec::new();
                let mut whole = false;
                for declaration in self.declarations(*sym) {
                    match self.kind(declaration) {
                        "interface_declaration" | "type_alias_declaration" | "type_parameter" => {}
                        kind if is_function(kind) || is_class(kind) => whole = true,
                        "enum_declaration" | "internal_module" | "module" => whole = true,
                        _ => found.push(self.declared(declaration)),
                    }
                }
                if whole {
                    found.push(ty(Type::Value(*sym)));
                }
                if found.len() > 1 && whole {
                    return inter(found);
                }
                if found.is_empty() { ty(Type::Unsure) } else { union(found) }
            }
        }
    }

    /// What a function gives back.
    pub fn returned(&mut self, function: At, env: &Env) -> Ty {
        if let Some(of) = self.field(function, "return_type").or_else(|| self.field(function, "type")) {
            return self.evaluate(of, env);
        }
        let of = self.remembered(Key::Returned(function), |engine| engine.returns(function));
        substitute(&of, env)
    }

    fn returns(&mut self, function: At) -> Ty {
        let unit = self.unit(function.unit);
        let tree = &unit.tree;
        let Some(body) = tree.field(function.node, "body") else { return ty(Type::Any) };
        let mut found = Vec::new();
        let mut yielded = Vec::new();
        if unit.kind(body) == "statement_block" {
            let mut node = body + 1;
            let end = tree.below(body).end;
            while node < end {
                let kind = unit.kind(node);
                if is_function(kind) || is_class(kind) {
                    node = tree.below(node).end;
                    continue;
                }
                let value = tree.first(node).map(|node| At { node, ..function });
                match (kind, value) {
                    ("return_statement", Some(value)) => found.push(self.expression(value)),
                    ("yield_expression", Some(value)) => yielded.push(self.expression(value)),
                    _ => {}
                }
                node += 1;
            }
        } else {
            found.push(self.expression(At { node: body, ..function }));
        }
        let of = if found.is_empty() { ty(Type::Nullish) } else { union(found) };
        if tree.has(function.node, "*") || unit.kind(function.node).starts_with("generator") {
            return self.library("Generator", vec![union(yielded), of, ty(Type::Unknown)]);
        }
        if tree.has(function.node, "async") {
            let of = self.awaited(&of);
            return self.library("Promise", vec![of]);
        }
        of
    }
}
