//! The types of what declarations declare: variables, patterns, parameters, fields.

use super::engine::{Engine, Key};
use super::tree::{At, Id, is_function};
use super::types::{Env, Ty, Type, parts, present, substitute, ty, union};
use super::unit::VALUE;

impl Engine<'_, '_> {
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
            (Some(_), Type::Ref(..) | Type::Shape(..) | Type::Alias(..)) => known,
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
}
