//! Arguments: which overload and which parameter they go to, and what they say about type parameters.

use super::infer::Infer;
use super::tree::*;
use super::types::{Callee, ClassRef, FunctionRef, Given, Type};

/// An argument as it is given, with its type.
pub(super) struct Passed<'m> {
    pub keyword: Option<&'m str>,
    pub kind: Type,
    pub stars: u8,
}

impl<'m> Passed<'m> {
    pub fn of(arg: &Arg, module: &'m Module, kind: Type) -> Self {
        Self { keyword: arg.keyword.map(|keyword| module.slice(keyword)), kind, stars: arg.stars }
    }
}

impl Infer<'_, '_> {
    /// What a call wants for one of its arguments, as far as the others say what type parameters stand for.
    pub fn wanted(&mut self, callee: &Callee, passed: &[Passed], at: usize) -> Type {
        let Some(function) = self.fitting(callee, passed) else {
            return callee.takes.get(at).cloned().unwrap_or(Type::Unknown);
        };
        let mut given = Given::new();
        let bound = callee.receiver.is_some();
        self.matched(function, bound, passed, &mut given);
        if let Some(receiver) = &callee.receiver {
            self.received(function, receiver, &mut given);
        }
        let module = self.module(function.module);
        let params = &module.functions[function.function].params;
        let param = paired(&module, params, bound, passed).into_iter().find(|(_, arg)| *arg == at);
        let annotation = param.and_then(|(param, _)| params[param?].annotation);
        annotation.map_or(Type::Unknown, |annotation| self.annotation(&module, annotation).with(&given))
    }

    /// The overload that arguments fit.
    pub fn fitting(&mut self, callee: &Callee, passed: &[Passed]) -> Option<FunctionRef> {
        let [_, .., last] = callee.functions[..] else { return callee.functions.first().copied() };
        for function in &callee.functions {
            if self.fits(*function, callee.receiver.is_some(), passed) {
                return Some(*function);
            }
        }
        Some(last)
    }

    fn fits(&mut self, function: FunctionRef, bound: bool, passed: &[Passed]) -> bool {
        let module = self.module(function.module);
        let params = &module.functions[function.function].params;
        let pairs = paired(&module, params, bound, passed);
        if pairs.iter().any(|(param, _)| param.is_none()) {
            return false;
        }
        for (param, arg) in &pairs {
            let Some(param) = param else { continue };
            let Some(annotation) = params[*param].annotation else { continue };
            let takes = self.annotation(&module, annotation);
            if !self.accepts(&takes, &passed[*arg].kind) {
                return false;
            }
        }
        // Every parameter that has to be given is.
        let open = passed.iter().any(|one| one.stars > 0);
        let first = usize::from(bound);
        open || params.iter().enumerate().skip(first).all(|(at, param)| {
            param.default.is_some()
                || param.stars > 0
                || is_marker(&module, param)
                || pairs.iter().any(|(taken, _)| *taken == Some(at))
        })
    }

    /// Whether a value may be passed where a type is wanted. In doubt it may.
    pub fn accepts(&mut self, takes: &Type, value: &Type) -> bool {
        if matches!(value, Type::Unknown | Type::Foreign | Type::Var(..)) {
            return true;
        }
        if value.parts().len() > 1 {
            return value.parts().iter().any(|part| *part != Type::None && self.accepts(takes, part));
        }
        takes.parts().iter().any(|takes| match (takes, value) {
            (Type::None, value) => *value == Type::None,
            (Type::Instance(..), Type::None) => false,
            (Type::Instance(above, _), Type::Instance(class, _)) => {
                let protocol = self.is_protocol(*above);
                protocol
                    || self.is_below(*class, *above)
                    || (self.stub_name(*above).as_deref() == Some("float")
                        && self.stub_name(*class).as_deref() == Some("int"))
            }
            (Type::Class(above, _), Type::Class(class, _)) => self.is_below(*class, *above),
            (Type::Class(..), Type::Instance(..)) => false,
            (Type::Function(_), Type::Instance(class, args)) => {
                let line = self.line(*class, args);
                line.foreign || line.unknown || self.owner(&line, "__call__").is_some()
            }
            (Type::Instance(above, _), Type::Function(_) | Type::Class(..)) => {
                let name = self.stub_name(*above);
                !matches!(name.as_deref(), Some("str" | "int" | "bytes" | "bool" | "float" | "list" | "dict"))
            }
            (Type::Instance(above, _), Type::Tuple(_)) => self
                .stub_name(*above)
                .is_some_and(|name| !matches!(name.as_str(), "str" | "int" | "bytes" | "dict" | "list" | "type")),
            (Type::Tuple(_), Type::Instance(class, _)) => self.stub_name(*class).as_deref() == Some("tuple"),
            _ => true,
        })
    }

    pub fn is_protocol(&mut self, class: ClassRef) -> bool {
        let module = self.module(class.module);
        module.classes[class.class].bases.iter().any(|base| {
            let base = match module.exprs[*base].kind {
                Kind::Subscript { object, .. } => object,
                _ => *base,
            };
            module.dotted(base).is_some_and(|name| name == "Protocol" || name.ends_with(".Protocol"))
        })
    }

    /// What the type parameters of a function stand for, by its arguments.
    pub fn matched(&mut self, function: FunctionRef, bound: bool, passed: &[Passed], given: &mut Given) {
        let module = self.module(function.module);
        let params = &module.functions[function.function].params;
        for (param, arg) in paired(&module, params, bound, passed) {
            let Some(annotation) = param.and_then(|param| params[param].annotation) else { continue };
            let takes = self.annotation(&module, annotation);
            self.unify(&takes, &passed[arg].kind, given, 0);
        }
    }

    /// Finds what type parameters stand for when a value is passed where a type is wanted.
    pub fn unify(&mut self, takes: &Type, value: &Type, given: &mut Given, depth: usize) {
        if depth > 6 {
            return;
        }
        match (takes, value) {
            (_, Type::Unknown) => {}
            (Type::Var(name, _), value) => {
                let found = match given.get(name) {
                    Some(known) => Type::union([known.clone(), value.clone()]),
                    None => value.clone(),
                };
                given.insert(name.clone(), found);
            }
            (Type::Union(parts), value) => {
                let value = if parts.contains(&Type::None) { value.without_none() } else { value.clone() };
                for part in parts.iter().filter(|part| **part != Type::None) {
                    self.unify(part, &value, given, depth + 1);
                }
            }
            (takes, Type::Union(parts)) => {
                for part in parts.iter() {
                    self.unify(takes, part, given, depth + 1);
                }
            }
            (Type::Class(_, wanted), Type::Class(class, args)) => {
                if let [Type::Var(name, _)] = &wanted[..] {
                    given.insert(name.clone(), Type::Instance(*class, args.clone()));
                }
            }
            (Type::Instance(above, wanted), value) if !wanted.is_empty() => {
                if let Type::Class(class, args) = value
                    && self.stub_name(*above).as_deref() == Some("type")
                {
                    let made = Type::Instance(*class, args.clone());
                    return self.unify(&wanted[0].clone(), &made, given, depth + 1);
                }
                let args = self.as_class(value, *above);
                for (wanted, arg) in wanted.iter().zip(args) {
                    self.unify(wanted, &arg, given, depth + 1);
                }
            }
            (Type::Tuple(wanted), Type::Tuple(parts)) => {
                for (wanted, part) in wanted.iter().zip(parts.iter()) {
                    self.unify(wanted, part, given, depth + 1);
                }
            }
            (Type::Function(wanted), value) => {
                let result = match value {
                    Type::Function(callee) => match (&callee.result, callee.functions.first()) {
                        (Some(result), _) => result.clone(),
                        (None, Some(function)) => self.result(*function),
                        (None, None) => Type::Unknown,
                    },
                    Type::Class(class, args) => Type::Instance(*class, args.clone()),
                    Type::Instance(..) => self.call_method(value, "__call__", &[]),
                    _ => Type::Unknown,
                };
                if let Some(wanted) = &wanted.result {
                    self.unify(wanted, &result, given, depth + 1);
                }
                if let Type::Function(callee) = value {
                    for (at, takes) in wanted.takes.iter().enumerate() {
                        if let (Type::Var(name, _), Some(function)) = (takes, callee.functions.first()) {
                            let kind = self.parameter(*function, at);
                            if kind.is_known() {
                                given.entry(name.clone()).or_insert(kind);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// What stands for the type parameters of a class when a value is taken as one of it.
    fn as_class(&mut self, value: &Type, above: ClassRef) -> Vec<Type> {
        let value = self.as_tuple(value);
        let Type::Instance(class, args) = &value else { return Vec::new() };
        let line = self.line(*class, args);
        if let Some((_, args)) = line.classes.iter().find(|(one, _)| *one == above) {
            return args.to_vec();
        }
        match self.stub_name(above).as_deref() {
            Some("Iterable" | "Iterator" | "Sequence" | "Collection" | "Reversible") => vec![self.element(&value)],
            _ => Vec::new(),
        }
    }
}

/// Which argument goes to which parameter; `None` for those that find no place.
fn paired(module: &Module, params: &[Param], bound: bool, passed: &[Passed]) -> Vec<(Option<usize>, usize)> {
    let mut found = Vec::new();
    let mut next = usize::from(bound);
    for (at, arg) in passed.iter().enumerate() {
        if arg.stars > 0 {
            continue;
        }
        if let Some(keyword) = arg.keyword {
            let named = params.iter().position(|param| param.stars == 0 && module.slice(param.name) == keyword);
            found.push((named.or_else(|| params.iter().position(|param| param.stars == 2)), at));
            continue;
        }
        match params.get(next) {
            Some(param) if param.stars == 1 => found.push((Some(next), at)),
            Some(param) if param.stars == 0 && !param.keyword_only => {
                found.push((Some(next), at));
                next += 1;
            }
            _ => found.push((None, at)),
        }
    }
    found
}

fn is_marker(module: &Module, param: &Param) -> bool {
    module.slice(param.name).is_empty()
}
