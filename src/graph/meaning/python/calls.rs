//! What calls give back.

use std::sync::Arc;

use super::infer::Infer;
use super::tree::*;
use super::types::{Callee, ClassRef, FunctionRef, Given, Type};

/// An argument as it is given, with its type.
struct Passed<'m> {
    keyword: Option<&'m str>,
    kind: Type,
    stars: u8,
}

impl Infer<'_, '_> {
    /// What the call of something gives back.
    pub fn call(&mut self, module: &Module, call: ExprId, function: ExprId, callee: &Type, args: &[Arg]) -> Type {
        match callee {
            Type::Union(parts) => {
                let parts: Vec<Type> = parts.iter().filter(|part| **part != Type::None).cloned().collect();
                let all: Vec<Type> = parts.iter().map(|part| self.call(module, call, function, part, args)).collect();
                Type::union(all.into_iter().filter(|one| *one != Type::Unknown))
            }
            Type::Class(class, given) => self.made(module, call, *class, given, args),
            Type::Foreign => {
                let name = module.dotted(function).unwrap_or_default();
                let capital = name.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase));
                if capital || self.is_of_standard(module, function) { Type::Foreign } else { Type::Unknown }
            }
            Type::Function(found) => {
                let passed: Vec<Passed> = args.iter().map(|arg| self.passed(module, arg)).collect();
                self.returned(found, &passed)
            }
            Type::Instance(class, made) if made.len() == 1 && self.stub_name(*class).as_deref() == Some("type") => {
                made[0].clone()
            }
            Type::Instance(..) => {
                let method = self.attribute(callee, "__call__");
                match method {
                    Type::Function(_) => self.call(module, call, function, &method, args),
                    _ => Type::Unknown,
                }
            }
            Type::Var(_, Some(bound)) => self.call(module, call, function, &bound.clone(), args),
            _ => Type::Unknown,
        }
    }

    fn passed<'m>(&mut self, module: &'m Module, arg: &Arg) -> Passed<'m> {
        let kind = self.infer(module, arg.value);
        let keyword = arg.keyword.map(|keyword| module.slice(keyword));
        Passed { keyword, kind, stars: arg.stars }
    }

    /// Whether what is called comes from a module of the language.
    fn is_of_standard(&mut self, module: &Module, mut expr: ExprId) -> bool {
        while let Kind::Attribute { object, .. } = module.exprs[expr].kind {
            expr = object;
        }
        if let Kind::Call { function, .. } = module.exprs[expr].kind {
            return self.is_of_standard(module, function);
        }
        let Some(name) = module.name_of(expr) else { return false };
        let Some(var) = self.variable(module, module.exprs[expr].scope, name) else { return false };
        let (home, bindings) = self.bindings(&var);
        home.stub
            || bindings.iter().any(|binding| match binding.bound {
                Bound::Import(import) => super::modules::is_standard(&home.imports[import].module),
                _ => false,
            })
    }

    /// What a class makes when it is called.
    fn made(&mut self, module: &Module, call: ExprId, class: ClassRef, given: &Arc<[Type]>, args: &[Arg]) -> Type {
        let special = self.stub_name(class).unwrap_or_default();
        let first = args.first().map(|arg| arg.value);
        match (special.as_str(), first) {
            ("type", Some(first)) if args.len() == 1 => {
                let of = self.infer(module, first);
                let class = |part: &Type| match part {
                    Type::Instance(class, args) => Type::Class(*class, args.clone()),
                    _ => Type::Unknown,
                };
                return Type::union(of.parts().iter().map(class));
            }
            ("super", _) => return self.super_of(module, call),
            ("cast", Some(first)) => return self.annotation(module, first),
            ("NewType", Some(_)) => {
                let of = args.get(1).map_or(Type::Unknown, |of| self.annotation(module, of.value));
                return match of {
                    Type::Instance(class, args) => Type::Class(class, args),
                    _ => Type::Unknown,
                };
            }
            ("TypeVar" | "ParamSpec" | "TypeVarTuple", Some(first)) => {
                let text = module.slice(module.exprs[first].span).trim_matches(['"', '\'']).to_owned();
                let bound = args.iter().find(|arg| arg.keyword.is_some_and(|name| module.slice(name) == "bound"));
                let bound = bound.map(|bound| Arc::new(self.annotation(module, bound.value)));
                return Type::Var(text.into(), bound.filter(|bound| bound.is_known()));
            }
            _ => {}
        }
        if !given.is_empty() {
            return Type::Instance(class, given.clone());
        }
        let params = self.type_params(class);
        if params.is_empty() {
            return Type::Instance(class, Arc::new([]));
        }
        let itself: Arc<[Type]> = params.iter().map(|name| Type::Var(name.clone(), None)).collect();
        let init = self.attribute(&Type::Instance(class, itself), "__init__");
        let mut found = Given::new();
        if let Type::Function(init) = init {
            let passed: Vec<Passed> = args.iter().map(|arg| self.passed(module, arg)).collect();
            let function = self.fitting(&init, &passed);
            if let Some(function) = function {
                self.matched(function, init.receiver.is_some(), &passed, &mut found);
            }
        }
        let args: Vec<Type> = params.iter().map(|name| found.get(name).cloned().unwrap_or(Type::Unknown)).collect();
        Type::Instance(class, args.into())
    }

    fn super_of(&mut self, module: &Module, call: ExprId) -> Type {
        let mut scope = Some(module.exprs[call].scope);
        while let Some(at) = scope {
            if let ScopeKind::Function(function) = module.scopes[at].kind
                && let Some(class) = module.functions[function].class
            {
                let class = ClassRef { module: module.id, class };
                let receiver = if module.functions[function].params.is_empty() {
                    Type::Unknown
                } else {
                    self.parameter(FunctionRef { module: module.id, function }, 0)
                };
                return Type::Super(class, Arc::new(receiver));
            }
            scope = module.scopes[at].parent;
        }
        Type::Unknown
    }

    /// What a function gives back for arguments.
    fn returned(&mut self, callee: &Arc<Callee>, passed: &[Passed]) -> Type {
        let Some(function) = self.fitting(callee, passed) else {
            let mut given = Given::new();
            for (takes, one) in callee.takes.iter().zip(passed) {
                self.unify(takes, &one.kind, &mut given, 0);
            }
            return callee.result.clone().unwrap_or(Type::Unknown).with(&given);
        };
        let mut given = Given::new();
        self.matched(function, callee.receiver.is_some(), passed, &mut given);
        let found = match &callee.result {
            Some(result) => result.clone(),
            None => self.result(function),
        };
        if let Some(receiver) = &callee.receiver {
            let itself = match receiver {
                Type::Class(class, args) => Type::Instance(*class, args.clone()),
                other => other.clone(),
            };
            given.insert(Arc::from("Self"), itself);
            self.received(function, receiver, &mut given);
        }
        found.with(&given)
    }

    /// Type parameters of the first parameter (`self: T`, `cls: type[T]`), and of the class of the receiver.
    fn received(&mut self, function: FunctionRef, receiver: &Type, given: &mut Given) {
        let module = self.module(function.module);
        let definition = &module.functions[function.function];
        if let Some(annotation) = definition.params.first().and_then(|first| first.annotation) {
            let takes = self.annotation(&module, annotation);
            self.unify(&takes, receiver, given, 0);
        }
        let Some(class) = definition.class else { return };
        let owner = ClassRef { module: function.module, class };
        for part in receiver.parts() {
            let (Type::Instance(class, args) | Type::Class(class, args)) = part else { continue };
            let line = self.line(*class, args);
            if let Some((_, args)) = line.classes.iter().find(|(one, _)| *one == owner) {
                for (name, arg) in self.given(owner, args) {
                    if arg.is_known() {
                        given.entry(name).or_insert(arg);
                    }
                }
            }
        }
    }

    /// The overload that arguments fit.
    fn fitting(&mut self, callee: &Callee, passed: &[Passed]) -> Option<FunctionRef> {
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
            (Type::Class(..), Type::Instance(..)) | (Type::Function(_), Type::Instance(..)) => false,
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
    fn matched(&mut self, function: FunctionRef, bound: bool, passed: &[Passed], given: &mut Given) {
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
                let vars = parts.iter().filter(|part| matches!(part, Type::Var(..))).count();
                for part in parts.iter() {
                    if vars == 0 || matches!(part, Type::Var(..)) || parts.len() > 2 {
                        self.unify(part, &value, given, depth + 1);
                    } else if !matches!(part, Type::None) {
                        self.unify(part, &value, given, depth + 1);
                    }
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

    /// A method that is called on a value.
    pub fn call_method(&mut self, object: &Type, name: &str, args: &[Type]) -> Type {
        let found = self.attribute(object, name);
        let mut all = Vec::new();
        for part in found.parts().to_vec() {
            all.push(self.call_function(&part, args));
        }
        Type::union(all)
    }

    /// What a function gives back for types.
    pub fn call_function(&mut self, callee: &Type, args: &[Type]) -> Type {
        let Type::Function(callee) = callee else { return Type::Unknown };
        let passed = args.iter().map(|kind| Passed { keyword: None, kind: kind.clone(), stars: 0 });
        self.returned(callee, &passed.collect::<Vec<_>>())
    }

    /// What iterating over a value gives.
    pub fn element(&mut self, of: &Type) -> Type {
        let mut all = Vec::new();
        for part in of.parts() {
            all.push(match part {
                Type::Tuple(parts) => Type::union(parts.iter().cloned()),
                Type::Instance(class, args) => match self.iterated(*class, args) {
                    Some(element) => element,
                    None => {
                        let iterator = self.call_method(part, "__iter__", &[]);
                        match iterator {
                            Type::Unknown => {
                                let index = self.builtin("int");
                                self.call_method(part, "__getitem__", &[index])
                            }
                            iterator if iterator == *part => self.call_method(part, "__next__", &[]),
                            iterator => self.next_of(&iterator),
                        }
                    }
                },
                Type::Class(class, _) if self.is_kind(*class, &["Enum"]) => Type::Instance(*class, Arc::new([])),
                Type::Foreign => Type::Unknown,
                _ => Type::Unknown,
            });
        }
        Type::union(all.into_iter().filter(|one| *one != Type::Unknown))
    }

    /// What stands for the type parameter of `Iterable` above a class that has no way of iterating of its own.
    fn iterated(&mut self, class: ClassRef, args: &[Type]) -> Option<Type> {
        let line = self.line(class, args);
        let (owner, _) = self.owner(&line, "__iter__")?;
        self.stub_name(owner)?;
        for (one, args) in &line.classes {
            let name = self.stub_name(*one);
            if matches!(name.as_deref(), Some("Iterable" | "AsyncIterable")) {
                return args.first().cloned().filter(|first| !matches!(first, Type::Var(..)));
            }
        }
        None
    }

    /// `type[C]` as the class itself.
    pub fn as_class_object(&mut self, of: &Type) -> Option<Type> {
        let Type::Instance(class, args) = of else { return None };
        let [made] = &args[..] else { return None };
        if self.stub_name(*class).as_deref() != Some("type") {
            return None;
        }
        let made = match made {
            Type::Var(_, Some(bound)) => bound,
            other => other,
        };
        let class = |part: &Type| match part {
            Type::Instance(class, args) => Type::Class(*class, args.clone()),
            _ => Type::Unknown,
        };
        Some(Type::union(made.parts().iter().map(class)))
    }

    fn next_of(&mut self, iterator: &Type) -> Type {
        let next = self.call_method(iterator, "__next__", &[]);
        if next.is_known() {
            return next;
        }
        match iterator {
            Type::Instance(_, args) => args.first().cloned().unwrap_or(Type::Unknown),
            _ => Type::Unknown,
        }
    }

    pub fn async_element(&mut self, of: &Type) -> Type {
        if let Type::Instance(class, args) = of
            && self.stub_name(*class).is_some()
            && let Some(first) = args.first()
        {
            return first.clone();
        }
        let iterator = self.call_method(of, "__aiter__", &[]);
        let next = self.call_method(&iterator, "__anext__", &[]);
        self.awaited(&next)
    }

    pub fn awaited(&mut self, of: &Type) -> Type {
        match of {
            Type::Instance(class, args) => match self.stub_name(*class).as_deref() {
                Some("Coroutine") => args.last().cloned().unwrap_or(Type::Unknown),
                Some("Awaitable" | "Future" | "Task") => args.first().cloned().unwrap_or(Type::Unknown),
                _ => {
                    let generator = self.call_method(of, "__await__", &[]);
                    match generator {
                        Type::Instance(_, args) => args.last().cloned().unwrap_or(Type::Unknown),
                        _ => Type::Unknown,
                    }
                }
            },
            _ => Type::Unknown,
        }
    }

    /// `object[indices]`.
    pub fn subscript(&mut self, module: &Module, expr: ExprId, of: &Type, indices: &[ExprId]) -> Type {
        let first = indices.first().copied();
        let is_slice = first.is_some_and(|first| matches!(module.exprs[first].kind, Kind::Slice));
        let mut all = Vec::new();
        for part in of.parts() {
            all.push(match part {
                Type::None => continue,
                Type::Tuple(_) if is_slice => self.as_tuple(part),
                Type::Tuple(parts) => {
                    let index = first.map(|first| module.slice(module.exprs[first].span)).unwrap_or_default();
                    let len = parts.len() as i64;
                    let at = index.parse::<i64>().ok().map(|at| if at < 0 { at + len } else { at });
                    match at.and_then(|at| parts.get(usize::try_from(at).ok()?)) {
                        Some(part) => part.clone(),
                        None => Type::union(parts.iter().cloned()),
                    }
                }
                Type::Class(class, _) if self.is_kind(*class, &["Enum"]) => Type::Instance(*class, Arc::new([])),
                Type::Class(class, _) => match self.annotation(module, expr) {
                    Type::Instance(class, args) => Type::Class(class, args),
                    _ => Type::Class(*class, Arc::new([])),
                },
                Type::Instance(class, args) => {
                    let known = self.stub_name(*class);
                    match (known.as_deref(), &args[..]) {
                        (Some("list" | "Sequence" | "MutableSequence" | "tuple" | "deque"), [_]) if is_slice => {
                            part.clone()
                        }
                        _ => {
                            let index = if is_slice {
                                Type::Unknown
                            } else {
                                first.map_or(Type::Unknown, |first| self.infer(module, first))
                            };
                            self.call_method(part, "__getitem__", &[index])
                        }
                    }
                }
                _ => Type::Unknown,
            });
        }
        Type::union(all.into_iter().filter(|one| *one != Type::Unknown))
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
