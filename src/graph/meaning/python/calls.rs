//! What calls give back.

use std::sync::Arc;

use super::arguments::Passed;
use super::infer::Infer;
use super::keywords::makes_fields;
use super::tree::*;
use super::types::{Callee, ClassRef, FunctionRef, Given, Type};

impl Infer<'_, '_> {
    /// What the call of something gives back.
    pub fn call(&mut self, module: &Module, call: ExprId, function: ExprId, callee: &Type, args: &[Arg]) -> Type {
        let special = self.fields_of(module, function, args).or_else(|| self.with_fields(module, function, args));
        if let Some(found) = special {
            return found;
        }
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

    /// What `fields(C)` and `fields_dict(C)` of attrs give back.
    fn fields_of(&mut self, module: &Module, function: ExprId, args: &[Arg]) -> Option<Type> {
        let name = module.dotted(function)?;
        let name = name.rsplit('.').next().filter(|name| matches!(*name, "fields" | "fields_dict"))?;
        let [Arg { keyword: None, value, stars: 0 }] = args[..] else { return None };
        let of = self.infer(module, value);
        let class = of.parts().iter().find_map(|part| match part {
            Type::Class(class, _) | Type::Instance(class, _) => Some(*class),
            _ => None,
        })?;
        let attribute = self.attrs_attribute(class)?;
        if name == "fields" {
            return Some(self.generic("tuple", vec![attribute]));
        }
        let key = self.builtin("str");
        Some(self.generic("dict", vec![key, attribute]))
    }

    /// `attr.s(slots=True)(C)`, `dataclass(C)`: the class, as if it were decorated.
    fn with_fields(&mut self, module: &Module, function: ExprId, args: &[Arg]) -> Option<Type> {
        let maker = match module.exprs[function].kind {
            Kind::Call { function, .. } => function,
            _ => function,
        };
        let first = args.first().filter(|first| first.keyword.is_none() && first.stars == 0)?.value;
        if !module.dotted(maker).is_some_and(|name| makes_fields(&name)) {
            return None;
        }
        Some(self.infer(module, first)).filter(|class| matches!(class, Type::Class(..)))
    }

    /// The type of the fields of a class that attrs makes, where attrs is of the program.
    pub fn attrs_attribute(&mut self, class: ClassRef) -> Option<Type> {
        if self.is_described(class) || !self.has_fields(class) {
            return None;
        }
        let module = self.module(class.module);
        let found = self.taken(&module, "attr", "Attribute")?;
        match self.whole(&found) {
            Type::Class(class, args) => Some(Type::Instance(class, args)),
            _ => None,
        }
    }

    fn passed<'m>(&mut self, module: &'m Module, arg: &Arg) -> Passed<'m> {
        let kind = self.infer(module, arg.value);
        Passed::of(arg, module, kind)
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
    pub fn received(&mut self, function: FunctionRef, receiver: &Type, given: &mut Given) {
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
}
