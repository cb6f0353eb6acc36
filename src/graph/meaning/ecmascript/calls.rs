//! Calls: which signature is meant, what its type parameters stand for, what comes back.

use super::engine::Engine;
use super::tree::{At, Id, is_class, is_function};
use super::types::{Env, Ty, Type, mentions, parts, substitute, ty, union};

/// A way to call something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature {
    /// The function, or the class without a constructor.
    pub at: At,
    pub env: Env,
    /// What comes back, where that is not what the function says.
    pub result: Option<Ty>,
    /// The type parameters that a call decides on.
    pub free: Vec<At>,
}

/// Overloads that are looked at.
const OVERLOADS: usize = 64;

impl Engine<'_, '_> {
    /// The ways to call a value, or to construct with it.
    pub fn signatures(&mut self, of: &Ty, construct: bool) -> Vec<Signature> {
        self.deeper(|engine| engine.find_signatures(of, construct)).unwrap_or_default()
    }

    fn find_signatures(&mut self, of: &Ty, construct: bool) -> Vec<Signature> {
        let of = self.opened(of);
        let mut found = Vec::new();
        match &*of {
            Type::Shape(at, env) => {
                let unit = self.unit(at.unit);
                let kind = unit.kind(at.node);
                if is_function(kind) {
                    if (kind == "constructor_type") == construct || !unit.typed {
                        let free = self.parameters(*at);
                        found.push(Signature { at: *at, env: env.clone(), result: None, free });
                    }
                } else if kind == "object_type" {
                    self.written_signatures(*at, env, construct, &mut found);
                }
            }
            Type::Ref(sym, arguments) => {
                for declaration in self.declarations(*sym) {
                    if let Some(body) = self.field(declaration, "body") {
                        let env = self.inside(declaration, arguments, &of);
                        self.written_signatures(body, &env, construct, &mut found);
                    }
                }
                if found.is_empty() {
                    for base in self.bases(*sym, arguments, &of) {
                        found.extend(self.signatures(&base, construct));
                    }
                }
            }
            Type::Value(sym) => {
                let declarations = self.declarations(*sym);
                for declaration in &declarations {
                    let kind = self.kind(*declaration);
                    if construct && is_class(kind) {
                        found.extend(self.constructors(*declaration, 0));
                    } else if is_function(kind) && (!construct || !self.unit(declaration.unit).typed) {
                        let free = self.parameters(*declaration);
                        found.push(Signature { at: *declaration, env: Env::default(), result: None, free });
                    }
                }
                let overloads =
                    |signature: &Signature, engine: &mut Self| engine.kind(signature.at) == "function_signature";
                if found.iter().any(|one| overloads(one, self)) {
                    found.retain(|one| overloads(one, self));
                }
            }
            Type::Union(all) | Type::Inter(all) => {
                for part in all {
                    found.extend(self.signatures(part, construct));
                }
            }
            Type::Param(_) => {
                if let Some(base) = self.constraint_of(&of) {
                    found = self.signatures(&base, construct);
                }
            }
            _ => {}
        }
        // The body of an overloaded method is not one of its signatures.
        let is_body = |engine: &mut Self, one: &Signature| engine.kind(one.at) == "method_definition";
        if found.len() > 1 && !construct && found.iter().any(|one| !is_body(self, one)) {
            found.retain(|one| !is_body(self, one));
        }
        found.truncate(OVERLOADS);
        found
    }

    fn written_signatures(&mut self, body: At, env: &Env, construct: bool, found: &mut Vec<Signature>) {
        let wanted = if construct { "construct_signature" } else { "call_signature" };
        for at in self.named(body) {
            if self.kind(at) == wanted {
                let free = self.parameters(at);
                found.push(Signature { at, env: env.clone(), result: None, free });
            }
        }
    }

    fn constructors(&mut self, class: At, hops: u8) -> Vec<Signature> {
        let Some(result) = self.self_type(class) else { return Vec::new() };
        let free = self.parameters(class);
        let Some(body) = self.field(class, "body") else { return Vec::new() };
        let unit = self.unit(body.unit);
        let own: Vec<Id> = unit.members(body.node, "constructor").to_vec();
        if own.is_empty() {
            if hops < 12
                && let Some(base) = self.class_value(class)
            {
                let mut inherited = self.signatures(&base, true);
                let given = self.given_to_base(class);
                for signature in &mut inherited {
                    if given.is_empty() {
                        signature.free.extend(&free);
                    } else {
                        // The base's parameters stand for what the class says, as do those of what the base extends.
                        let pairs: Vec<(At, Ty)> = signature.free.drain(..).zip(given.iter().cloned()).collect();
                        let outer = Env::new(pairs);
                        let inner = signature.env.pairs().iter().map(|(at, of)| (*at, substitute(of, &outer)));
                        signature.env = Env::new(inner.collect()).and(outer.pairs());
                        signature.free.clone_from(&free);
                    }
                    signature.result = Some(result.clone());
                }
                if !inherited.is_empty() {
                    return inherited;
                }
            }
            return vec![Signature { at: class, env: Env::default(), result: Some(result), free }];
        }
        let bodiless = own.iter().any(|node| unit.kind(*node) == "method_signature");
        own.into_iter()
            .filter(|node| !bodiless || unit.kind(*node) == "method_signature")
            .map(|node| Signature {
                at: At { node, ..body },
                env: Env::default(),
                result: Some(result.clone()),
                free: free.clone(),
            })
            .collect()
    }

    /// The type arguments that a class has for what it extends.
    fn given_to_base(&mut self, class: At) -> Vec<Ty> {
        let unit = self.unit(class.unit);
        let clause =
            unit.tree.child(class.node, "class_heritage").and_then(|one| unit.tree.child(one, "extends_clause"));
        let list = clause.and_then(|clause| unit.tree.field(clause, "type_arguments"));
        let all: Vec<At> =
            list.into_iter().flat_map(|list| unit.tree.named(list)).map(|node| At { node, ..class }).collect();
        all.into_iter().map(|one| self.evaluate(one, &Env::default())).collect()
    }

    /// What `new value<...>()` gives.
    pub fn constructed(&mut self, value: &Ty, given: &[Ty]) -> Ty {
        let value = self.opened(value);
        match &*value {
            Type::Any | Type::Foreign | Type::Unsure => return value.clone(),
            Type::Value(sym) => {
                let entity = super::names::Entity::Symbol(*sym);
                let declarations = self.declarations(*sym);
                if declarations.iter().any(|one| is_class(self.kind(*one))) {
                    return self.entity_as_type(&entity, given.to_vec());
                }
            }
            _ => {}
        }
        let signatures = self.signatures(&value, true);
        let fitting = signatures.iter().find(|one| one.free.len() == given.len()).or(signatures.first());
        match fitting {
            Some(signature) => {
                let pairs: Vec<(At, Ty)> = signature.free.iter().copied().zip(given.iter().cloned()).collect();
                let env = signature.env.over(&pairs);
                self.result(signature, &env)
            }
            None => ty(Type::Unsure),
        }
    }

    /// What calling without arguments gives.
    pub fn called(&mut self, of: &Ty) -> Option<Ty> {
        let signature = self.signatures(of, false).into_iter().next()?;
        Some(self.result(&signature, &signature.env))
    }

    pub fn result(&mut self, signature: &Signature, env: &Env) -> Ty {
        match &signature.result {
            Some(result) => substitute(result, env),
            None => self.returned(signature.at, env),
        }
    }

    /// The parameters of a function but for `this`.
    pub fn parameter_nodes(&mut self, function: At) -> Vec<At> {
        let unit = self.unit(function.unit);
        if let Some(only) = unit.tree.field(function.node, "parameter") {
            return vec![At { node: only, ..function }];
        }
        let Some(list) = unit.tree.field(function.node, "parameters") else { return Vec::new() };
        let named = unit.tree.named(list).filter(|node| {
            unit.kind(*node) != "decorator"
                && unit.tree.field(*node, "pattern").is_none_or(|pattern| unit.kind(pattern) != "this")
        });
        named.map(|node| At { node, ..function }).collect()
    }

    /// Whether a parameter takes all that is left.
    fn is_rest(&mut self, parameter: At) -> bool {
        let unit = self.unit(parameter.unit);
        let pattern = unit.tree.field(parameter.node, "pattern").unwrap_or(parameter.node);
        unit.kind(pattern) == "rest_pattern"
    }

    /// The type of what stands at a place of the argument list, as the signature says it.
    pub fn parameter_at(&mut self, signature: &Signature, index: usize) -> Option<Ty> {
        let parameters = self.parameter_nodes(signature.at);
        let last = *parameters.last()?;
        let (parameter, behind) = match parameters.get(index) {
            Some(parameter) if index + 1 < parameters.len() || !self.is_rest(*parameter) => (*parameter, None),
            _ if self.is_rest(last) => (last, Some(index + 1 - parameters.len())),
            _ => return None,
        };
        let of = match self.field(parameter, "type") {
            Some(of) => self.evaluate(of, &signature.env),
            None => {
                let of = self.parameter_type(parameter);
                substitute(&of, &signature.env)
            }
        };
        let Some(behind) = behind else { return Some(of) };
        let opened = self.opened(&of);
        if let Type::Tuple(elements) = &*opened {
            return match elements.get(behind).or(elements.last()).map(|one| &**one) {
                Some(Type::Rest(inner)) => self.element(inner),
                Some(_) => elements.get(behind).cloned(),
                None => None,
            };
        }
        Some(self.element(&opened).unwrap_or(opened))
    }

    fn takes(&mut self, signature: &Signature, count: usize, spread: bool) -> bool {
        let parameters = self.parameter_nodes(signature.at);
        let mut least = 0;
        let mut most = parameters.len();
        for (index, parameter) in parameters.iter().enumerate() {
            if self.is_rest(*parameter) {
                most = usize::MAX;
            } else if self.kind(*parameter) != "optional_parameter" && self.field(*parameter, "value").is_none() {
                least = index + 1;
            }
        }
        if !self.unit(signature.at.unit).typed {
            least = 0;
            most = usize::MAX;
        }
        spread || (least <= count && count <= most)
    }

    /// The arguments of a call.
    pub fn arguments(&mut self, call: At) -> Vec<At> {
        match self.field(call, "arguments") {
            Some(list) if self.kind(list) == "arguments" => self.named(list),
            Some(template) => {
                let inner: Vec<At> = self.named(template);
                let pieces = inner.into_iter().filter(|node| self.kind(*node) == "template_substitution");
                std::iter::once(template).chain(pieces.collect::<Vec<_>>()).collect()
            }
            None => Vec::new(),
        }
    }

    /// Whether an argument's type depends on what the call expects of it.
    fn is_sensitive(&mut self, argument: At) -> bool {
        let unit = self.unit(argument.unit);
        match unit.kind(argument.node) {
            "arrow_function" | "function_expression" => {
                let parameters = self.parameter_nodes(argument);
                parameters.iter().any(|one| unit.tree.field(one.node, "type").is_none())
            }
            "parenthesized_expression" => {
                unit.tree.first(argument.node).is_some_and(|node| self.is_sensitive(At { node, ..argument }))
            }
            "object" => {
                let members: Vec<Id> = unit.tree.named(argument.node).collect();
                members.into_iter().any(|node| {
                    let value = if unit.kind(node) == "pair" { unit.tree.field(node, "value") } else { None };
                    match value {
                        Some(node) => self.is_sensitive(At { node, ..argument }),
                        None if unit.kind(node) == "method_definition" => {
                            let parameters = self.parameter_nodes(At { node, ..argument });
                            parameters.iter().any(|one| unit.tree.field(one.node, "type").is_none())
                        }
                        None => false,
                    }
                })
            }
            _ => false,
        }
    }

    /// The signature that a call means, with what its type parameters stand for. `before` says which argument is just looked
    /// at: what it is, and what comes behind it and depends on it, says nothing then.
    pub fn resolved(&mut self, call: At, before: Option<usize>) -> Option<(Signature, Env)> {
        let construct = self.kind(call) == "new_expression";
        let callee = self.field(call, if construct { "constructor" } else { "function" })?;
        let of = if self.kind(callee) == "super" {
            let class = self.unit(call.unit).tree.around(call.node, is_class)?;
            self.class_value(At { node: class, ..call })?
        } else {
            self.expression(callee)
        };
        let construct = construct || self.kind(callee) == "super";
        let signatures = self.signatures(&of, construct);
        self.chosen(signatures, call, before)
    }

    fn chosen(&mut self, signatures: Vec<Signature>, call: At, before: Option<usize>) -> Option<(Signature, Env)> {
        let arguments = self.arguments(call);
        let spread = arguments.iter().any(|one| self.kind(*one) == "spread_element");
        let given: Vec<Ty> = match self.field(call, "type_arguments") {
            Some(list) => self.named(list).into_iter().map(|one| self.evaluate(one, &Env::default())).collect(),
            None => Vec::new(),
        };
        let mut fitting = Vec::new();
        for signature in &signatures {
            if self.takes(signature, arguments.len(), spread)
                && (given.is_empty() || given.len() <= signature.free.len())
            {
                fitting.push(signature.clone());
            }
        }
        if fitting.is_empty() {
            fitting = signatures;
        }
        if fitting.len() > 1 {
            let all = fitting.clone();
            let mut kept = None;
            for signature in all {
                if self.suits(&signature, &arguments, before) {
                    kept = Some(signature);
                    break;
                }
            }
            if let Some(kept) = kept {
                fitting = vec![kept];
            }
        }
        let signature = fitting.into_iter().next()?;
        let env = self.instantiated(&signature, &given, &arguments, call, before);
        Some((signature, env))
    }

    /// Whether the arguments may be what the signature says.
    fn suits(&mut self, signature: &Signature, arguments: &[At], before: Option<usize>) -> bool {
        arguments.iter().enumerate().all(|(index, argument)| {
            let Some(wanted) = self.parameter_at(signature, index) else { return true };
            if self.kind(*argument) == "spread_element" {
                return true;
            }
            let wanted = self.opened(&wanted);
            let function = matches!(self.kind(*argument), "arrow_function" | "function_expression");
            if function {
                let parts = parts(&wanted);
                let count = self.parameter_nodes(*argument).len();
                return parts.iter().any(|part| match &**part {
                    Type::Param(_)
                    | Type::Any
                    | Type::Unknown
                    | Type::Unsure
                    | Type::Foreign
                    | Type::Index(..)
                    | Type::Cond(..) => true,
                    _ => {
                        let ways = self.signatures(part, false);
                        ways.iter().any(|way| {
                            let takes = self.parameter_nodes(way.at);
                            count <= takes.len() || takes.last().is_some_and(|last| self.is_rest(*last))
                        }) || matches!(&**part, Type::Ref(..)) && self.is_function_type(part)
                    }
                });
            }
            if before.is_some_and(|before| index >= before) && self.is_sensitive(*argument) {
                // An object without types in it is still no function.
                let parts = parts(&wanted);
                return self.kind(*argument) != "object"
                    || parts.iter().any(|part| self.signatures(part, false).is_empty());
            }
            let actual = self.expression(*argument);
            self.fits(&actual, &wanted, &mut Vec::new()) != Some(false)
        })
    }

    fn is_function_type(&mut self, of: &Ty) -> bool {
        *of == self.library("Function", Vec::new())
    }

    fn instantiated(
        &mut self,
        signature: &Signature,
        given: &[Ty],
        arguments: &[At],
        call: At,
        before: Option<usize>,
    ) -> Env {
        if signature.free.is_empty() {
            return signature.env.clone();
        }
        if !given.is_empty() {
            let pairs: Vec<(At, Ty)> = signature.free.iter().copied().zip(given.iter().cloned()).collect();
            let pairs = self.defaulted(signature, pairs);
            return signature.env.over(&pairs);
        }
        let mut bindings: Vec<(At, Ty)> = Vec::new();
        for sensitive in [false, true] {
            for (index, argument) in arguments.iter().enumerate() {
                if self.is_sensitive(*argument) != sensitive
                    || before.is_some_and(|before| index == before || (sensitive && index > before))
                {
                    continue;
                }
                let (spread, node) = match self.kind(*argument) {
                    "spread_element" => (true, self.first(*argument).unwrap_or(*argument)),
                    _ => (false, *argument),
                };
                let Some(wanted) = self.parameter_at(signature, index) else { continue };
                let free = signature.free.clone();
                let mut actual = self.expression(node);
                if spread {
                    actual = self.element(&actual).unwrap_or_else(|| ty(Type::Unsure));
                }
                let mut found = Vec::new();
                self.unify(&wanted, &actual, &mut found);
                bindings.extend(found.into_iter().filter(|(at, one)| free.contains(at) && **one != Type::Unsure));
            }
        }
        self.rest_bindings(signature, arguments, &mut bindings);
        if before.is_none() || bindings.is_empty() {
            // What is expected of the call says the rest.
            let known: Vec<At> = bindings.iter().map(|(at, _)| *at).collect();
            if signature.free.iter().any(|at| !known.contains(at))
                && let Some(expected) = self.context(call).filter(|expected| !matches!(**expected, Type::Param(_)))
            {
                let result = self.result(signature, &signature.env);
                let free = signature.free.clone();
                let unbound = |at: At| free.contains(&at) && !known.contains(&at);
                if mentions(&result, &unbound, 0) {
                    let mut found = Vec::new();
                    self.unify(&result, &expected, &mut found);
                    bindings.extend(found.into_iter().filter(|(at, one)| {
                        unbound(*at)
                            && !matches!(**one, Type::Unsure | Type::Unknown | Type::Any)
                            && !mentions(one, &|inner| inner == *at, 0)
                    }));
                }
            }
        }
        let mut pairs: Vec<(At, Ty)> = Vec::new();
        for free in &signature.free {
            let found: Vec<Ty> = bindings.iter().filter(|(at, _)| at == free).map(|(_, one)| one.clone()).collect();
            if !found.is_empty() {
                pairs.push((*free, self.widest(found)));
            }
        }
        let pairs = if before.is_some() { pairs } else { self.defaulted(signature, pairs) };
        signature.env.over(&pairs)
    }

    fn rest_bindings(&mut self, signature: &Signature, arguments: &[At], bindings: &mut Vec<(At, Ty)>) {
        let parameters = self.parameter_nodes(signature.at);
        let Some(last) = parameters.last().copied() else { return };
        if !self.is_rest(last) {
            return;
        }
        let Some(of) = self.field(last, "type") else { return };
        let of = self.evaluate(of, &signature.env);
        let rest = arguments.get(parameters.len() - 1..).unwrap_or_default().to_vec();
        let mut elements = Vec::new();
        for argument in rest {
            elements.push(match self.kind(argument) {
                "spread_element" => {
                    let inner = self.first(argument).unwrap_or(argument);
                    ty(Type::Rest(self.expression(inner)))
                }
                _ if self.is_sensitive(argument) => return,
                _ => self.expression(argument),
            });
        }
        let tuple = ty(Type::Tuple(elements));
        let is_whole = match &*of {
            Type::Param(_) => true,
            _ => matches!(&*self.opened(&of), Type::Tuple(_) | Type::Shape(..)),
        };
        if is_whole {
            let free = signature.free.clone();
            let mut found = Vec::new();
            self.unify(&of, &tuple, &mut found);
            bindings.extend(found.into_iter().filter(|(at, _)| free.contains(at)));
        }
    }

    /// Of several types that one parameter stands for: without those that say nothing.
    fn widest(&mut self, found: Vec<Ty>) -> Ty {
        let telling: Vec<Ty> = found
            .iter()
            .filter(|one| !matches!(***one, Type::Any | Type::Unknown | Type::Never | Type::Nullish))
            .cloned()
            .collect();
        union(if telling.is_empty() { found } else { telling })
    }

    fn defaulted(&mut self, signature: &Signature, mut pairs: Vec<(At, Ty)>) -> Vec<(At, Ty)> {
        for free in &signature.free {
            if pairs.iter().any(|(at, _)| at == free) {
                continue;
            }
            let env = signature.env.over(&pairs);
            let default = match self.field(*free, "value").or_else(|| self.field(*free, "constraint")) {
                Some(default) => self.evaluate(default, &env),
                None => ty(Type::Unknown),
            };
            pairs.push((*free, default));
        }
        pairs
    }

    /// What a call gives back.
    pub fn call(&mut self, call: At) -> Ty {
        let construct = self.kind(call) == "new_expression";
        let Some(callee) = self.field(call, if construct { "constructor" } else { "function" }) else {
            return ty(Type::Unsure);
        };
        match self.kind(callee) {
            "import" => {
                let entity = self.entity_of_path(call);
                let module = self.entity_type(&entity);
                return self.library("Promise", vec![module]);
            }
            "super" => return ty(Type::Nullish),
            _ => {}
        }
        if self.text(callee) == "require" && !construct {
            let entity = self.entity_of_path(call);
            if let super::names::Entity::Module(unit) = entity {
                return match self.exported(unit, "export=") {
                    Some(link) => self.entity_type(&link.entity),
                    None => ty(Type::Module(unit)),
                };
            }
        }
        let of = self.expression(callee);
        let opened = self.opened(&of);
        match &*opened {
            Type::Any | Type::Foreign | Type::Unsure => return opened.clone(),
            _ => {}
        }
        match self.resolved(call, None) {
            Some((signature, env)) => self.result(&signature, &env),
            None if self.is_function_type(&opened) => ty(Type::Any),
            None => ty(Type::Unsure),
        }
    }
}
