//! What is expected of an expression where it stands.

use super::calls::Signature;
use super::engine::Engine;
use super::tree::{At, is_function};
use super::types::{Env, Ty, Type, parts, present, substitute, ty, union};

impl Engine<'_, '_> {
    /// The type that is expected of an expression, if anything is.
    pub fn context(&mut self, at: At) -> Option<Ty> {
        self.deeper(|engine| engine.expected(at)).flatten()
    }

    fn expected(&mut self, at: At) -> Option<Ty> {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let up = tree.parent(at.node)?;
        let outer = At { node: up, ..at };
        let role = tree.role(at.node);
        let inner = |node| At { node, ..at };
        let none = Env::default();
        match unit.kind(up) {
            "parenthesized_expression" | "non_null_expression" => self.context(outer),
            "ternary_expression" if role != "condition" => self.context(outer),
            "sequence_expression" => self.context(outer),
            "binary_expression" => match tree.field(up, "operator").map(|operator| unit.slice(operator)) {
                Some("||" | "??") => {
                    let outer = self.context(outer);
                    match outer {
                        None if role == "right" => {
                            let left = tree.field(up, "left")?;
                            Some(present(&self.expression(inner(left))))
                        }
                        outer => outer,
                    }
                }
                Some("&&") if role == "right" => self.context(outer),
                _ => None,
            },
            "variable_declarator" if role == "value" => {
                let of = tree.field(up, "type")?;
                Some(self.evaluate(inner(of), &none))
            }
            "required_parameter" | "optional_parameter" if role == "value" => {
                if let Some(of) = tree.field(up, "type") {
                    return Some(self.evaluate(inner(of), &none));
                }
                let function = tree.around(up, is_function)?;
                let parameters = self.parameter_nodes(inner(function));
                let index = parameters.iter().position(|one| one.node == up)?;
                let signature = self.expected_signature(inner(function))?;
                self.parameter_at(&signature, index)
            }
            "public_field_definition" if role == "value" => {
                let of = tree.field(up, "type")?;
                Some(self.evaluate(inner(of), &none))
            }
            "assignment_expression" if role == "right" => {
                let left = tree.field(up, "left")?;
                if matches!(unit.kind(left), "object_pattern" | "array_pattern") {
                    return None;
                }
                let of = self.unnarrowed(inner(left));
                (!matches!(&*of, Type::Any | Type::Unsure | Type::Foreign)).then_some(of)
            }
            "augmented_assignment_expression" if role == "right" => {
                let left = tree.field(up, "left")?;
                Some(present(&self.unnarrowed(inner(left))))
            }
            "object_assignment_pattern" | "assignment_pattern" if role == "right" => {
                let of = self.pattern(inner(tree.field(up, "left")?));
                (!matches!(&*of, Type::Any | Type::Unsure)).then_some(of)
            }
            "as_expression" | "satisfies_expression" => {
                let mut named = tree.named(up);
                match (named.next(), named.next()) {
                    (Some(value), Some(of)) if value == at.node => Some(self.evaluate(inner(of), &none)),
                    (Some(_), None) => self.context(outer),
                    _ => None,
                }
            }
            "type_assertion" => {
                let of = tree.first(up).filter(|of| *of != at.node)?;
                Some(self.evaluate(inner(of), &none))
            }
            "return_statement" => {
                let function = tree.around(up, is_function)?;
                self.expected_return(inner(function))
            }
            "yield_expression" => {
                let function = tree.around(up, is_function)?;
                let of = self.field(inner(function), "return_type")?;
                let of = self.evaluate(of, &none);
                self.element(&of)
            }
            "arrow_function" if role == "body" => self.expected_return(outer),
            "await_expression" => self.context(outer),
            "arguments" => {
                let call = inner(tree.parent(up)?);
                let arguments = self.named(outer);
                let index = arguments.iter().position(|one| *one == at)?;
                let (signature, env) = self.resolved(call, Some(index))?;
                let of = self.parameter_at(&Signature { env: env.clone(), ..signature }, index)?;
                Some(substitute(&of, &env))
            }
            "pair" if role == "value" => {
                let name = unit.key(tree.field(up, "key")?);
                let object = inner(tree.parent(up)?);
                let of = self.context(object)?;
                self.expected_member(object, &of, &name)
            }
            "spread_element" => {
                let list = tree.parent(up)?;
                match unit.kind(list) {
                    "object" => self.context(inner(list)),
                    "array" => self.context(inner(list)),
                    _ => None,
                }
            }
            "array" => {
                let of = self.context(outer)?;
                let index = tree.named(up).position(|one| one == at.node)?;
                let of = present(&self.opened(&of));
                let each: Vec<Ty> = parts(&of)
                    .into_iter()
                    .filter_map(|part| match &*part {
                        Type::Tuple(elements) => match elements.get(index).or(elements.last()).map(|one| (one, &**one))
                        {
                            Some((_, Type::Rest(inner))) => self.element(inner),
                            Some((one, _)) => Some(one.clone()),
                            None => None,
                        },
                        _ => {
                            let numbered = self.property(&part, &index.to_string());
                            numbered
                                .filter(|of| !matches!(&**of, Type::Unsure | Type::Any))
                                .or_else(|| self.element(&part))
                        }
                    })
                    .collect();
                (!each.is_empty()).then(|| union(each))
            }
            _ => None,
        }
    }

    /// The type of what is assigned to, as it was declared.
    fn unnarrowed(&mut self, at: At) -> Ty {
        if self.kind(at) == "member_expression" {
            let (Some(object), Some(name)) = (self.field(at, "object"), self.field(at, "property")) else {
                return ty(Type::Unsure);
            };
            let of = self.expression(object);
            let unit = self.unit(name.unit);
            let of = present(&self.opened(&of));
            return self.property(&of, &unit.key(name.node)).unwrap_or_else(|| ty(Type::Unsure));
        }
        if self.kind(at) == "identifier" {
            let text = self.text(at);
            if let Some(sym) = self.lookup(at, &text, super::unit::VALUE)
                && let Some(declaration) = self.declarations(sym).first().copied()
                && self.kind(declaration) == "identifier"
            {
                let annotated = {
                    let unit = self.unit(at.unit);
                    let up = unit.tree.parent(declaration.node).unwrap_or(0);
                    unit.tree.field(up, "type").is_some()
                };
                return if annotated { self.declared(declaration) } else { ty(Type::Unsure) };
            }
        }
        self.expression(at)
    }

    /// What a member of an expected object has to be.
    fn expected_member(&mut self, object: At, of: &Ty, name: &str) -> Option<Ty> {
        let of = self.meant(object, of);
        let found = self.property(&of, name)?;
        (!matches!(&*found, Type::Unsure)).then(|| present(&found))
    }

    /// The members of an expected union that an object literal may be, by the literals in it.
    pub fn meant(&mut self, object: At, of: &Ty) -> Ty {
        let of = present(&self.opened(of));
        let all = parts(&of);
        if all.len() < 2 {
            return of;
        }
        let unit = self.unit(object.unit);
        let mut kept = all.clone();
        for pair in unit.tree.named(object.node) {
            let (Some(key), Some(value)) = (unit.tree.field(pair, "key"), unit.tree.field(pair, "value")) else {
                continue;
            };
            if unit.kind(pair) != "pair" {
                continue;
            }
            let name = unit.key(key);
            let literal = matches!(
                unit.kind(value),
                "string" | "number" | "true" | "false" | "null" | "undefined" | "member_expression"
            );
            if !literal {
                continue;
            }
            let own = self.expression(At { node: value, ..object });
            if !matches!(&*own, Type::Str(_) | Type::Num(_) | Type::Bool(_) | Type::Nullish) {
                continue;
            }
            kept.retain(|part| match self.property(part, &name) {
                Some(wanted) => self.fits(&own, &wanted, &mut Vec::new()) != Some(false),
                None => true,
            });
        }
        union(if kept.is_empty() { all } else { kept })
    }

    /// What is expected of what a function gives back.
    fn expected_return(&mut self, function: At) -> Option<Ty> {
        let unit = self.unit(function.unit);
        let of = match self.field(function, "return_type") {
            Some(of) => self.evaluate(of, &Env::default()),
            None if unit.kind(function.node) == "method_definition" && unit.tree.has(function.node, "get") => {
                let object = unit.tree.parent(function.node).filter(|up| unit.kind(*up) == "object")?;
                let expected = self.context(At { node: object, ..function })?;
                let name = unit.key(unit.name_of(function.node));
                self.property(&expected, &name)?
            }
            None => {
                let signature = self.expected_signature(function)?;
                self.result(&signature, &signature.env)
            }
        };
        if unit.tree.has(function.node, "async") {
            let inner = self.awaited(&of);
            return Some(inner);
        }
        if unit.tree.has(function.node, "*") || unit.kind(function.node).starts_with("generator") {
            return match &*self.opened(&of) {
                Type::Ref(_, arguments) => arguments.get(1).cloned(),
                _ => None,
            };
        }
        Some(of)
    }

    /// The signature that is expected of a function where it stands.
    pub fn expected_signature(&mut self, function: At) -> Option<Signature> {
        let unit = self.unit(function.unit);
        let of = match unit.kind(function.node) {
            "arrow_function" | "function_expression" | "generator_function" => self.context(function)?,
            "method_definition" => {
                let object = unit.tree.parent(function.node).filter(|up| unit.kind(*up) == "object")?;
                let object = At { node: object, ..function };
                let expected = self.context(object)?;
                let name = unit.key(unit.name_of(function.node));
                let found = self.expected_member(object, &expected, &name)?;
                if unit.tree.has(function.node, "set") {
                    return None;
                }
                found
            }
            _ => return None,
        };
        let opened = self.opened(&present(&of));
        let all: Vec<Signature> = match &*opened {
            Type::Union(parts) => parts.iter().flat_map(|part| self.signatures(part, false)).collect(),
            _ => self.signatures(&opened, false),
        };
        all.into_iter().next()
    }
}
