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

    /// The type of what a declaration that is not a method declares.
    pub fn declared(&mut self, at: At) -> Ty {
        self.remembered(Key::Declared(at), |engine| engine.declares(at))
    }

    fn declares(&mut self, at: At) -> Ty {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let inner = |node: Id| At { node, ..at };
        let unsure = || ty(Type::Unsure);
        match unit.kind(at.node) {
            "pair" => tree.field(at.node, "value").map_or_else(unsure, |value| {
                let of = self.expression(inner(value));
                self.settled(of, inner(value))
            }),
            "shorthand_property_identifier" => self.expression(at),
            "property_signature" => tree
                .field(at.node, "type")
                .map_or_else(|| ty(Type::Any), |of| self.evaluate(inner(of), &Env::default())),
            "public_field_definition" | "field_definition" => {
                if let Some(of) = tree.field(at.node, "type") {
                    return self.evaluate(inner(of), &Env::default());
                }
                match tree.field(at.node, "value") {
                    Some(value) => {
                        let of = self.expression(inner(value));
                        if tree.has(at.node, "readonly") { of } else { self.settled(of, inner(value)) }
                    }
                    None => self.assigned_in_class(at),
                }
            }
            "method_definition" | "method_signature" => {
                if tree.has(at.node, "get") {
                    return self.returned(at, &Env::default());
                }
                ty(Type::Shape(at, Env::default()))
            }
            "required_parameter" | "optional_parameter" => self.parameter_type(at),
            // An enum's member.
            "property_identifier" | "enum_assignment" => ty(Type::Num(format!("{}:{}", at.unit, at.node))),
            "string" if tree.parent(at.node).is_some_and(|up| unit.kind(up) == "enum_body") => {
                ty(Type::Num(format!("{}:{}", at.unit, at.node)))
            }
            "member_expression" => {
                let up = tree.parent(at.node).unwrap_or(0);
                tree.field(up, "right").map_or_else(unsure, |right| self.expression(inner(right)))
            }
            "catch_clause" => ty(Type::Any),
            "identifier" | "shorthand_property_identifier_pattern" => self.bound(at),
            _ => unsure(),
        }
    }

    /// A field without a type or a value has what the class assigns to it.
    fn assigned_in_class(&mut self, at: At) -> Ty {
        let unit = self.unit(at.unit);
        let name = unit.key(unit.name_of(at.node));
        let Some(body) = unit.tree.parent(at.node) else { return ty(Type::Any) };
        let mut found = Vec::new();
        for node in unit.tree.below(body) {
            if unit.kind(node) != "assignment_expression" {
                continue;
            }
            let (Some(left), Some(right)) = (unit.tree.field(node, "left"), unit.tree.field(node, "right")) else {
                continue;
            };
            let object = unit.tree.field(left, "object").map_or("", |object| unit.kind(object));
            let property = unit.tree.field(left, "property").map_or("", |property| unit.slice(property));
            if object == "this" && property == name {
                found.push(self.expression(At { node: right, ..at }));
            }
        }
        if found.is_empty() { ty(Type::Any) } else { union(found) }
    }

    /// A type as a variable has it that is given a value: literals are only kept where they are expected.
    fn settled(&mut self, of: Ty, value: At) -> Ty {
        match &*of {
            Type::Str(_) | Type::Num(_) | Type::Bool(_) => {
                if self.context(value).is_some() || self.is_constant(value) {
                    return of;
                }
                match &*of {
                    Type::Str(_) => ty(Type::Prim("String")),
                    Type::Num(text) if !text.contains(':') => ty(Type::Prim("Number")),
                    Type::Bool(_) => ty(Type::Prim("Boolean")),
                    _ => of,
                }
            }
            _ => of,
        }
    }

    fn is_constant(&mut self, at: At) -> bool {
        let unit = self.unit(at.unit);
        let constant = unit
            .tree
            .above(at.node)
            .take_while(|up| !is_function(unit.kind(*up)) && !unit.kind(*up).ends_with("statement"));
        let mut constant = constant.filter(|up| unit.kind(*up) == "as_expression");
        constant.any(|up| unit.tree.has(up, "const"))
    }

    /// The type of a pattern, or of a name in one.
    fn bound(&mut self, at: At) -> Ty {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let unsure = || ty(Type::Unsure);
        let Some(up) = tree.parent(at.node) else { return unsure() };
        let outer = At { node: up, ..at };
        let inner = |node: Id| At { node, ..at };
        match unit.kind(up) {
            "variable_declarator" => {
                if let Some(of) = tree.field(up, "type") {
                    return self.evaluate(inner(of), &Env::default());
                }
                let constant = tree.parent(up).is_some_and(|list| tree.has(list, "const"));
                match tree.field(up, "value") {
                    Some(value) => {
                        let of = self.expression(inner(value));
                        if constant {
                            return of;
                        }
                        let of = self.settled(of, inner(value));
                        let vague = *of == Type::Nullish;
                        if vague { self.assigned(at) } else { of }
                    }
                    None => self.assigned(at),
                }
            }
            "required_parameter" | "optional_parameter" => self.parameter_type(outer),
            "formal_parameters" | "arrow_function" => self.parameter_type(at),
            "rest_pattern" => {
                let around = tree.parent(up).unwrap_or(0);
                match unit.kind(around) {
                    "object_pattern" => self.pattern(inner(around)),
                    "array_pattern" => {
                        let whole = self.pattern(inner(around));
                        let element = self.element(&whole);
                        self.array(element.unwrap_or_else(unsure))
                    }
                    "required_parameter" => self.parameter_type(inner(around)),
                    _ => self.parameter_type(outer),
                }
            }
            "for_in_statement" => {
                let Some(right) = tree.field(up, "right") else { return unsure() };
                let of = self.expression(inner(right));
                let operator = tree.field(up, "operator").map_or("", |operator| unit.slice(operator));
                if operator == "in" {
                    return ty(Type::Prim("String"));
                }
                if matches!(&*of, Type::Unsure) {
                    return of;
                }
                let element = self.element(&of).unwrap_or_else(unsure);
                if tree.has(up, "await") { self.awaited(&element) } else { element }
            }
            "catch_clause" => ty(Type::Any),
            "object_pattern" => {
                let whole = self.pattern(outer);
                self.taken(&whole, unit.slice(at.node))
            }
            "pair_pattern" => {
                let whole = self.pattern(inner(tree.parent(up).unwrap_or(0)));
                let key = tree.field(up, "key").map(|key| unit.key(key)).unwrap_or_default();
                self.taken(&whole, &key)
            }
            "object_assignment_pattern" => {
                let whole = self.pattern(inner(tree.parent(up).unwrap_or(0)));
                let own = self.taken(&whole, unit.slice(at.node));
                self.or_default(own, tree.field(up, "right").map(inner))
            }
            "assignment_pattern" => {
                let own = self.bound(outer);
                self.or_default(own, tree.field(up, "right").map(inner))
            }
            "array_pattern" => {
                let whole = self.pattern(outer);
                let index = tree
                    .children(up)
                    .take_while(|node| *node != at.node)
                    .filter(|node| unit.slice(*node) == ",")
                    .count();
                let whole = self.opened(&whole);
                let each: Vec<Ty> = parts(&present(&whole))
                    .into_iter()
                    .map(|part| match &*part {
                        Type::Tuple(elements) => match elements.get(index) {
                            Some(one) => one.clone(),
                            None => unsure(),
                        },
                        _ => self.element(&part).unwrap_or_else(unsure),
                    })
                    .collect();
                union(each)
            }
            "assignment_expression" => {
                tree.field(up, "right").map_or_else(unsure, |right| self.expression(inner(right)))
            }
            _ => unsure(),
        }
    }

    fn or_default(&mut self, of: Ty, default: Option<At>) -> Ty {
        let known = present(&of);
        match (default, &*known) {
            (Some(default), Type::Nullish | Type::Any | Type::Unsure | Type::Never) => self.expression(default),
            (Some(default), Type::Ref(..) | Type::Shape(..) | Type::Alias(..)) => {
                let _ = default;
                known
            }
            (Some(default), _) => union([known, self.expression(default)]),
            (None, _) => of,
        }
    }

    /// The type of what a pattern takes apart.
    pub fn pattern(&mut self, at: At) -> Ty {
        self.remembered(Key::Declared(at), |engine| engine.bound(at))
    }

    fn taken(&mut self, of: &Ty, name: &str) -> Ty {
        let of = present(&self.opened(of));
        match &*of {
            Type::Any | Type::Foreign | Type::Unsure => of,
            _ => self.property(&of, name).unwrap_or_else(|| ty(Type::Any)),
        }
    }

    /// A variable without a type or a value has what is assigned to it.
    fn assigned(&mut self, name: At) -> Ty {
        let unit = self.unit(name.unit);
        let text = unit.slice(name.node);
        let Some((scope, id)) = unit.lookup(name.node, text, VALUE) else { return ty(Type::Any) };
        let mut found = Vec::new();
        for node in unit.tree.below(scope) {
            if unit.kind(node) != "assignment_expression" {
                continue;
            }
            let (Some(left), Some(right)) = (unit.tree.field(node, "left"), unit.tree.field(node, "right")) else {
                continue;
            };
            let same = unit.kind(left) == "identifier" && unit.slice(left) == text;
            if same && unit.lookup(left, text, VALUE).map(|(_, id)| id) == Some(id) && found.len() < 16 {
                found.push(self.expression(At { node: right, ..name }));
            }
        }
        if found.is_empty() { ty(Type::Any) } else { union(found) }
    }

    /// The type of a parameter.
    pub fn parameter_type(&mut self, at: At) -> Ty {
        self.remembered(Key::Context(at), |engine| {
            let unit = engine.unit(at.unit);
            let optional = unit.kind(at.node) == "optional_parameter";
            if let Some(of) = engine.field(at, "type") {
                let of = engine.evaluate(of, &Env::default());
                return if optional { union([of, ty(Type::Nullish)]) } else { of };
            }
            let default = engine
                .field(at, "value")
                .or_else(|| if unit.kind(at.node) == "assignment_pattern" { engine.field(at, "right") } else { None });
            let Some(function) = unit.tree.around(at.node, is_function) else { return ty(Type::Unsure) };
            let function = At { node: function, ..at };
            let parameters = engine.parameter_nodes(function);
            let index = parameters.iter().position(|one| *one == at);
            let rest = unit.tree.field(at.node, "pattern").is_some_and(|one| unit.kind(one) == "rest_pattern");
            if let (Some(index), Some(signature)) = (index, engine.expected_signature(function)) {
                let expected = engine.parameter_at(&signature, index);
                if let Some(expected) = expected {
                    let expected = engine.unconstrained(expected, &signature.free);
                    return if rest { engine.array(expected) } else { expected };
                }
            }
            match default {
                Some(default) => {
                    let of = engine.expression(default);
                    engine.settled(of, default)
                }
                None if unit.typed => ty(Type::Any),
                None => ty(Type::Unsure),
            }
        })
    }

    /// What is expected, with what a signature's own parameters have to be in their place.
    fn unconstrained(&mut self, of: Ty, free: &[At]) -> Ty {
        let mut pairs = Vec::new();
        for at in free {
            if let Some(base) = self.constraint_of(&ty(Type::Param(*at))) {
                pairs.push((*at, base));
            }
        }
        substitute(&of, &Env::new(pairs))
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
