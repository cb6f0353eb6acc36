//! What is known of a name where it stands, by the tests that lead there.

use super::engine::Engine;
use super::steps::{Step, plain};
use super::tree::{At, Id};
use super::types::{Ty, Type, inter, parts, ty, union};

impl Engine<'_, '_> {
    /// The type of a reference, as far as the tests around it say more than its declaration.
    pub fn narrowed(&mut self, at: At, declared: Ty) -> Ty {
        let unit = self.unit(at.unit);
        let Some(reference) = plain(unit.slice(at.node)) else { return declared };
        if matches!(&*declared, Type::Foreign | Type::Module(_) | Type::Value(_) | Type::Str(_) | Type::Shape(..)) {
            return declared;
        }
        let steps = self.steps(at, &reference);
        let mut of = declared.clone();
        for step in steps.iter().rev() {
            of = match step {
                Step::Lost => declared.clone(),
                Step::Tested(condition, truth) => self.guarded(At { node: *condition, ..at }, &reference, of, *truth),
                Step::Case { value, cases, among } => self.cased(at, *value, cases, *among, &reference, of),
                Step::Asserted(call) => self.asserted(At { node: *call, ..at }, &reference, of, true, true),
                Step::Assigned(value) => {
                    let opened = self.opened(&declared);
                    if matches!(&*opened, Type::Union(_)) {
                        let value = self.expression(At { node: *value, ..at });
                        self.only(&opened, &value)
                    } else {
                        declared.clone()
                    }
                }
            };
        }
        of
    }

    fn cased(&mut self, at: At, value: Id, cases: &[Id], among: bool, reference: &str, of: Ty) -> Ty {
        let unit = self.unit(at.unit);
        let inner = |node| At { node, ..at };
        let value = if unit.kind(value) == "parenthesized_expression" {
            unit.tree.first(value).unwrap_or(value)
        } else {
            value
        };
        if unit.kind(value) == "true" {
            let Some(first) = cases.first().filter(|_| among && cases.len() == 1) else { return of };
            return self.guarded(inner(*first), reference, of, true);
        }
        if among {
            let each: Vec<Ty> =
                cases.iter().map(|case| self.equal(inner(value), inner(*case), reference, of.clone(), true)).collect();
            return union(each);
        }
        let mut of = of;
        for case in cases {
            of = self.equal(inner(value), inner(*case), reference, of, false);
        }
        of
    }

    /// What a condition says about a reference when it holds, or does not.
    fn guarded(&mut self, condition: At, reference: &str, of: Ty, truth: bool) -> Ty {
        let fallback = of.clone();
        self.deeper(|engine| engine.guard(condition, reference, of, truth)).unwrap_or(fallback)
    }

    fn guard(&mut self, condition: At, reference: &str, of: Ty, truth: bool) -> Ty {
        let unit = self.unit(condition.unit);
        let tree = &unit.tree;
        let inner = |node: Id| At { node, ..condition };
        let field = |name: &str| tree.field(condition.node, name).map(inner);
        match unit.kind(condition.node) {
            "parenthesized_expression" => match tree.first(condition.node) {
                Some(node) => self.guarded(inner(node), reference, of, truth),
                None => of,
            },
            "unary_expression" if unit.slice(condition.node).starts_with('!') => match field("argument") {
                Some(argument) => self.guarded(argument, reference, of, !truth),
                None => of,
            },
            "binary_expression" => {
                let (Some(left), Some(right)) = (field("left"), field("right")) else { return of };
                let operator = field("operator").map_or("", |operator| unit.slice(operator.node));
                match operator {
                    "&&" | "||" => {
                        if truth == (operator == "&&") {
                            let of = self.guarded(left, reference, of, truth);
                            self.guarded(right, reference, of, truth)
                        } else {
                            let one = self.guarded(left, reference, of.clone(), truth);
                            let other = self.guarded(left, reference, of, !truth);
                            let other = self.guarded(right, reference, other, truth);
                            union([one, other])
                        }
                    }
                    "===" | "==" => self.equal(left, right, reference, of, truth),
                    "!==" | "!=" => self.equal(left, right, reference, of, !truth),
                    "in" => {
                        if plain(unit.slice(right.node)).as_deref() != Some(reference) {
                            return of;
                        }
                        let Some(name) = unit.literal(left.node) else { return of };
                        let opened = self.opened(&of);
                        let kept: Vec<Ty> = parts(&opened)
                            .into_iter()
                            .filter(|part| {
                                let members = self.members(part, name);
                                let has = members.found.is_some_and(|all| all.iter().any(|one| one.named));
                                has == truth || **part == Type::Any
                            })
                            .collect();
                        if kept.is_empty() { of } else { union(kept) }
                    }
                    "instanceof" => {
                        if plain(unit.slice(left.node)).as_deref() != Some(reference) {
                            return of;
                        }
                        let class = self.expression(right);
                        let instance = self.constructed(&class, &[]);
                        self.told(&of, &instance, truth, true)
                    }
                    _ => of,
                }
            }
            "call_expression" => self.asserted(condition, reference, of, truth, false),
            "identifier" | "member_expression" | "subscript_expression" | "this" => {
                self.truthy(condition, reference, of, truth)
            }
            "assignment_expression" => match field("left") {
                Some(left) => self.guarded(left, reference, of, truth),
                None => of,
            },
            _ => of,
        }
    }

    fn truthy(&mut self, at: At, reference: &str, of: Ty, truth: bool) -> Ty {
        let unit = self.unit(at.unit);
        let tested = plain(unit.slice(at.node));
        if tested.as_deref() == Some(reference) {
            let opened = self.opened(&of);
            let never = |part: &Type| match truth {
                true => matches!(part, Type::Nullish | Type::Bool(false)),
                false => {
                    matches!(part, Type::Ref(..) | Type::Shape(..) | Type::Tuple(_) | Type::Bool(true) | Type::Value(_))
                }
            };
            let kept = parts(&opened).into_iter().filter(|part| !never(part));
            return union(kept.collect::<Vec<_>>());
        }
        let Some((object, property)) = self.split(at) else { return of };
        if tested.is_none() || object != reference {
            return of;
        }
        let opened = self.opened(&of);
        let kept: Vec<Ty> = parts(&opened)
            .into_iter()
            .filter(|part| {
                if **part == Type::Nullish {
                    return !truth;
                }
                match self.property(part, &property).map(|of| self.opened(&of)) {
                    Some(of) => parts(&of).iter().any(|one| match &**one {
                        Type::Nullish | Type::Bool(false) | Type::Never => !truth,
                        Type::Bool(true) | Type::Ref(..) | Type::Shape(..) | Type::Value(_) => truth,
                        _ => true,
                    }),
                    None => true,
                }
            })
            .collect();
        if kept.is_empty() { of } else { union(kept) }
    }

    /// `object.property`, taken apart.
    fn split(&mut self, at: At) -> Option<(String, String)> {
        let unit = self.unit(at.unit);
        let object = unit.tree.field(at.node, "object")?;
        let object = plain(unit.slice(object))?;
        match unit.tree.field(at.node, "property") {
            Some(property) => Some((object, unit.key(property))),
            None => {
                let index = unit.tree.field(at.node, "index")?;
                Some((object, unit.literal(index)?.to_owned()))
            }
        }
    }

    fn equal(&mut self, left: At, right: At, reference: &str, of: Ty, truth: bool) -> Ty {
        let unit = self.unit(left.unit);
        for (tested, value) in [(left, right), (right, left)] {
            let text = unit.slice(tested.node);
            if unit.kind(tested.node) == "unary_expression" && text.starts_with("typeof") {
                let argument = unit.tree.field(tested.node, "argument").map_or("", |argument| unit.slice(argument));
                if plain(argument).as_deref() != Some(reference) {
                    continue;
                }
                let Some(kind) = unit.literal(value.node) else { return of };
                return self.of_kind(&of, kind, truth);
            }
            let whole = plain(text).as_deref() == Some(reference);
            let part = if whole { None } else { self.split(tested).filter(|(object, _)| object == reference) };
            if !whole && part.is_none() {
                continue;
            }
            let value = self.expression(value);
            let value = self.opened(&value);
            let single = matches!(&*value, Type::Str(_) | Type::Num(_) | Type::Bool(_) | Type::Nullish);
            if !single {
                return of;
            }
            let opened = self.opened(&of);
            let kept: Vec<Ty> = parts(&opened)
                .into_iter()
                .filter(|one| {
                    let own = match &part {
                        Some(_) if **one == Type::Nullish => return !truth || *value == Type::Nullish,
                        Some((_, property)) => match self.property(one, property) {
                            Some(own) => self.opened(&own),
                            None => return !truth || *value == Type::Nullish,
                        },
                        None => one.clone(),
                    };
                    let all = parts(&own);
                    if truth {
                        all.iter().any(|own| *own == value || self.fits(&value, own, &mut Vec::new()).unwrap_or(true))
                    } else {
                        !all.iter().all(|own| *own == value)
                    }
                })
                .collect();
            return if kept.is_empty() { of } else { union(kept) };
        }
        of
    }

    fn of_kind(&mut self, of: &Ty, kind: &str, truth: bool) -> Ty {
        let opened = self.opened(of);
        if let Type::Param(_) = &*opened
            && let Some(base) = self.constraint_of(&opened)
        {
            return self.of_kind(&base, kind, truth);
        }
        let kept: Vec<Ty> = parts(&opened)
            .into_iter()
            .filter(|part| {
                let own = match &**part {
                    Type::Str(_) | Type::Prim("String") => "string",
                    Type::Num(_) | Type::Prim("Number") => "number",
                    Type::Bool(_) | Type::Prim("Boolean") => "boolean",
                    Type::Prim("BigInt") => "bigint",
                    Type::Prim("Symbol") => "symbol",
                    Type::Nullish => return (kind == "undefined" || kind == "object") == truth || kind == "object",
                    Type::Any | Type::Unknown | Type::Foreign | Type::Unsure | Type::Param(_) => return true,
                    _ => {
                        let calls = !self.signatures(part, false).is_empty()
                            || !self.signatures(part, true).is_empty()
                            || *part == self.library("Function", Vec::new());
                        if calls { "function" } else { "object" }
                    }
                };
                (own == kind) == truth
            })
            .collect();
        union(kept)
    }

    /// A call of something that tells what a type is.
    fn asserted(&mut self, call: At, reference: &str, of: Ty, truth: bool, statement: bool) -> Ty {
        let unit = self.unit(call.unit);
        let speaks = unit.slice(call.node).contains(reference.split('.').next().unwrap_or(reference));
        let Some(callee) = self.field(call, "function").filter(|_| speaks) else { return of };
        let arguments = self.arguments(call);
        let own = arguments.iter().position(|one| plain(unit.slice(one.node)).as_deref() == Some(reference));
        let receiver = unit
            .tree
            .field(callee.node, "object")
            .is_some_and(|one| plain(unit.slice(one)).as_deref() == Some(reference));
        if own.is_none() && !receiver && !statement {
            return of;
        }
        let function = self.expression(callee);
        let signatures = self.signatures(&function, false);
        if !signatures.iter().any(|one| self.predicate(one.at).is_some() || self.asserts(one.at)) {
            return of;
        }
        let Some((signature, env)) = self.resolved(call, None) else { return of };
        if self.asserts(signature.at) != statement {
            return of;
        }
        let Some((name, wanted)) = self.predicate(signature.at) else {
            if statement && let Some(first) = arguments.first() {
                return self.guarded(*first, reference, of, true);
            }
            return of;
        };
        let parameters = self.parameter_nodes(signature.at);
        let named = parameters.iter().position(|one| {
            let node = self.unit(one.unit).name_of(one.node);
            self.text(At { node, ..*one }) == name
        });
        if !(own.is_some() && named == own || receiver && name == "this") {
            return of;
        }
        let wanted = self.evaluate(wanted, &env);
        self.told(&of, &wanted, truth, false)
    }

    fn asserts(&mut self, function: At) -> bool {
        let of = self.field(function, "return_type");
        of.is_some_and(|of| matches!(self.kind(of), "asserts_annotation" | "asserts"))
    }

    /// The `x is T` that a function's return type is.
    pub fn predicate(&mut self, function: At) -> Option<(String, At)> {
        let unit = self.unit(function.unit);
        let of = unit.tree.field(function.node, "return_type")?;
        let node = std::iter::once(of).chain(unit.tree.below(of)).find(|node| unit.kind(*node) == "type_predicate")?;
        if node - of > 2 {
            return None;
        }
        let name = unit.tree.field(node, "name")?;
        let wanted = unit.tree.field(node, "type")?;
        Some((unit.slice(name).to_owned(), At { node: wanted, ..function }))
    }

    /// Whether a type is one of a class or of what extends it: what `instanceof` asks.
    fn derived(&mut self, of: &Ty, wanted: &Ty) -> Option<bool> {
        match (&**of, &**wanted) {
            (Type::Ref(..) | Type::Inter(_) | Type::Tuple(_), Type::Ref(class, _)) => {
                Some(self.as_base(of, *class).is_some())
            }
            (Type::Param(_), _) => {
                let base = self.constraint_of(of)?;
                self.derived(&base, wanted).filter(|yes| *yes)
            }
            _ => self.fits(of, wanted, &mut Vec::new()),
        }
    }

    /// The type, knowing that it is, or is not, another one: by its class, or by its structure.
    fn told(&mut self, of: &Ty, wanted: &Ty, truth: bool, by_class: bool) -> Ty {
        let fits = |engine: &mut Self, one: &Ty, other: &Ty| {
            if by_class { engine.derived(one, other) } else { engine.fits(one, other, &mut Vec::new()) }
        };
        let opened = self.opened(of);
        let all = parts(&opened);
        let mut kept = Vec::new();
        for part in &all {
            let verdict = match &**part {
                Type::Any | Type::Unknown | Type::Foreign | Type::Unsure => None,
                _ => fits(self, part, wanted),
            };
            match (truth, verdict) {
                (true, Some(true)) => kept.push(part.clone()),
                (false, Some(false) | None) => kept.push(part.clone()),
                _ => {}
            }
        }
        if truth {
            // What it was may be less than what it is now known to be.
            for part in parts(&self.opened(wanted)) {
                for one in &all {
                    let vague = matches!(
                        &**one,
                        Type::Any | Type::Unknown | Type::Foreign | Type::Unsure | Type::Prim("Object")
                    );
                    if (vague || fits(self, &part, one) == Some(true)) && !kept.contains(&part) && !kept.contains(one) {
                        kept.push(part.clone());
                    }
                }
            }
            if kept.is_empty() {
                return inter([of.clone(), wanted.clone()]);
            }
        }
        if kept.is_empty() { ty(Type::Never) } else { union(kept) }
    }

    /// What is left of a declared union when a value is assigned.
    fn only(&mut self, declared: &Ty, value: &Ty) -> Ty {
        let value = self.opened(value);
        if matches!(&*value, Type::Any | Type::Unsure | Type::Foreign | Type::Unknown) {
            return declared.clone();
        }
        let mut kept = Vec::new();
        for part in parts(declared) {
            let mut any = false;
            for one in parts(&value) {
                any |= self.fits(&one, &part, &mut Vec::new()) != Some(false);
            }
            if any {
                kept.push(part);
            }
        }
        if kept.is_empty() { declared.clone() } else { union(kept) }
    }
}
