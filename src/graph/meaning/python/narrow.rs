//! What conditions around a place say about the type of a name.

use super::infer::Infer;
use super::tree::*;
use super::types::Type;

impl Infer<'_, '_> {
    /// A type as it is known where an expression stands.
    pub fn narrowed(&mut self, module: &Module, expr: ExprId, mut found: Type) -> Type {
        let Some(path) = module.dotted(expr) else { return found };
        let mut guards = Vec::new();
        let mut at = module.exprs[expr].guard;
        while let Some(guard) = at {
            guards.push(guard);
            at = module.guards[guard].before;
        }
        for guard in guards.into_iter().rev() {
            let Guard { condition, holds, .. } = module.guards[guard];
            if condition == expr || !self.still_holds(module, expr, condition, &path) {
                continue;
            }
            if let Some(narrower) = self.by_condition(module, condition, holds, &path, &found, 0) {
                found = narrower;
            }
        }
        found
    }

    /// Whether the name was not bound again since.
    fn still_holds(&mut self, module: &Module, expr: ExprId, condition: ExprId, path: &str) -> bool {
        let root = path.split('.').next().unwrap_or_default();
        let (from, to) = (module.exprs[condition].span.1, module.exprs[expr].span.0);
        let Some(var) = self.variable(module, module.exprs[expr].scope, root) else { return false };
        if var.module != module.id {
            return false;
        }
        let bindings = module.scopes[var.scope].bindings.get(root).into_iter().flatten();
        !bindings.into_iter().any(|binding| from <= binding.name.0 && binding.from <= to)
    }

    fn by_condition(
        &mut self,
        module: &Module,
        condition: ExprId,
        holds: bool,
        path: &str,
        found: &Type,
        depth: usize,
    ) -> Option<Type> {
        if depth > 12 {
            return None;
        }
        let is_it = |expr: ExprId| module.dotted(expr).as_deref() == Some(path);
        match &module.exprs[condition].kind {
            Kind::Not(inner) => self.by_condition(module, *inner, !holds, path, found, depth + 1),
            Kind::And(left, right) | Kind::Or(left, right) => {
                let and = matches!(module.exprs[condition].kind, Kind::And(..));
                if and == holds {
                    let first = self.by_condition(module, *left, holds, path, found, depth + 1);
                    let so_far = first.clone().unwrap_or_else(|| found.clone());
                    return self.by_condition(module, *right, holds, path, &so_far, depth + 1).or(first);
                }
                let first = self.by_condition(module, *left, holds, path, found, depth + 1)?;
                let second = self.by_condition(module, *right, holds, path, found, depth + 1)?;
                Some(Type::union([first, second]))
            }
            Kind::Walrus { target, value } if is_it(*target) || is_it(*value) => holds.then(|| found.without_none()),
            Kind::Name | Kind::Attribute { .. } if is_it(condition) => holds.then(|| found.without_none()),
            Kind::Compare { left, operator, right } => {
                let (same, other) = match operator {
                    Compared::Is | Compared::Equal => (holds, *right),
                    Compared::IsNot | Compared::NotEqual => (!holds, *right),
                    Compared::Other => return None,
                };
                let it = match module.exprs[*left].kind {
                    Kind::Walrus { target, .. } => target,
                    _ => *left,
                };
                if is_it(it) && matches!(module.exprs[other].kind, Kind::None) {
                    return Some(if same { Type::None } else { found.without_none() });
                }
                // `type(x) is C`.
                if let Kind::Call { function, args } = &module.exprs[*left].kind
                    && module.name_of(*function) == Some("type")
                    && args.first().is_some_and(|first| is_it(first.value))
                    && same
                {
                    let class = self.infer(module, other);
                    return Some(self.only(found, &class));
                }
                None
            }
            Kind::Call { function, args } => {
                let called = module.dotted(*function)?;
                let [first, second] = &args[..] else { return None };
                if !is_it(first.value) || !matches!(called.as_str(), "isinstance" | "issubclass") {
                    return None;
                }
                let classes = self.infer(module, second.value);
                let on_class = called == "issubclass";
                Some(match (holds, on_class) {
                    (true, false) => self.only(found, &classes),
                    (false, false) => self.without(found, &classes),
                    (true, true) => classes,
                    (false, true) => return None,
                })
            }
            _ => None,
        }
    }

    /// The members of a type that are instances of a class, or of one of several.
    fn only(&mut self, found: &Type, classes: &Type) -> Type {
        let wanted = self.instance_of(classes);
        let mut kept = Vec::new();
        for wanted in wanted.parts() {
            let Type::Instance(class, _) = wanted else {
                kept.push(wanted.clone());
                continue;
            };
            let mut any = false;
            for part in found.parts() {
                match part {
                    Type::Instance(own, _) if self.is_below(*own, *class) => {
                        kept.push(part.clone());
                        any = true;
                    }
                    Type::Instance(own, args) if self.is_below(*class, *own) => {
                        // `Sequence[T]` that is a `list` is a `list[T]`.
                        let same = self.type_params(*class).len() == args.len();
                        kept.push(if same { Type::Instance(*class, args.clone()) } else { wanted.clone() });
                        any = true;
                    }
                    Type::Tuple(_) if self.stub_name(*class).as_deref() == Some("tuple") => {
                        kept.push(part.clone());
                        any = true;
                    }
                    _ => {}
                }
            }
            if !any {
                kept.push(wanted.clone());
            }
        }
        Type::union(kept)
    }

    /// The members of a type that are no instances of a class.
    fn without(&mut self, found: &Type, classes: &Type) -> Type {
        let unwanted = self.instance_of(classes);
        let mut kept = Vec::new();
        for part in found.parts() {
            let gone = unwanted.parts().iter().any(|unwanted| match (part, unwanted) {
                (Type::Instance(own, _), Type::Instance(class, _)) => self.is_below(*own, *class),
                (Type::Tuple(_), Type::Instance(class, _)) => self.stub_name(*class).as_deref() == Some("tuple"),
                _ => false,
            });
            if !gone {
                kept.push(part.clone());
            }
        }
        if kept.is_empty() { Type::Unknown } else { Type::union(kept) }
    }
}
