//! Functions: what decorators make of them, what their parameters are, what they give back.

use std::sync::Arc;

use super::arguments::Passed;
use super::infer::{Asked, Infer};
use super::scopes::is_fixture;
use super::tree::*;
use super::types::{Callee, ClassRef, FunctionRef, Type};

impl Infer<'_, '_> {
    /// A function with its decorators. Decorators of which nothing is known change nothing.
    pub fn decorated(&mut self, function: FunctionRef) -> Type {
        let module = self.module(function.module);
        let plain = Type::function(function);
        if module.functions[function.function].decorators.is_empty() {
            return plain;
        }
        self.once(Asked::Decorated(function), |infer| {
            let mut found = plain.clone();
            for decorator in module.functions[function.function].decorators.iter().rev() {
                if module.dotted(*decorator).is_some_and(|name| name.ends_with(".setter") || name.ends_with(".deleter"))
                {
                    continue;
                }
                let by = infer.infer(&module, *decorator);
                found = infer.wrapped(&by, found);
            }
            found
        })
    }

    fn wrapped(&mut self, by: &Type, function: Type) -> Type {
        let result = match by {
            Type::Function(callee) => {
                let single = Type::Function(Arc::new((**callee).clone()));
                self.call_with(&single, std::slice::from_ref(&function))
            }
            Type::Class(class, _) => {
                let name = self.stub_name(*class);
                if name.is_some() { Type::Unknown } else { Type::Instance(*class, Arc::new([])) }
            }
            Type::Instance(..) => self.call_method(by, "__call__", std::slice::from_ref(&function)),
            _ => Type::Unknown,
        };
        match (result, &function) {
            // Only what it gives back is said: it takes what the function takes.
            (Type::Function(found), Type::Function(own)) if found.functions.is_empty() || self.is_wrapper(&found) => {
                let result = match found.functions.first() {
                    Some(_) if found.result.is_none() => own.result.clone(),
                    _ => found.result.clone().filter(Type::is_known).or_else(|| own.result.clone()),
                };
                Type::Function(Arc::new(Callee { result, ..(**own).clone() }))
            }
            (Type::Unknown | Type::Foreign | Type::None, _) => function,
            (Type::Var(..), _) => function,
            (other, _) if other.is_known() => other,
            _ => function,
        }
    }

    /// A function inside a decorator, that stands for what is decorated.
    fn is_wrapper(&mut self, callee: &Callee) -> bool {
        callee.functions.first().is_some_and(|function| {
            let module = self.module(function.module);
            let definition = &module.functions[function.function];
            definition.outer != 0 && definition.params.iter().any(|param| param.stars > 0)
        })
    }

    /// What something gives back for types.
    pub fn call_with(&mut self, callee: &Type, args: &[Type]) -> Type {
        match callee {
            Type::Function(_) => self.call_function(callee, args),
            _ => Type::Unknown,
        }
    }

    /// What a function gives back, with its type parameters as they are.
    pub fn result(&mut self, function: FunctionRef) -> Type {
        self.once(Asked::Result(function), |infer| infer.given_back(function))
    }

    fn given_back(&mut self, function: FunctionRef) -> Type {
        let module = self.module(function.module);
        let definition = &module.functions[function.function];
        if let Some(returns) = definition.returns {
            let declared = self.annotation(&module, returns);
            return match (definition.is_async, definition.is_generator) {
                (true, false) => self.typing("Coroutine", vec![Type::Unknown, Type::Unknown, declared]),
                _ => declared,
            };
        }
        if module.stub {
            return Type::Unknown;
        }
        if definition.is_generator {
            let all: Vec<Type> = definition.yields.iter().take(16).map(|value| self.infer(&module, *value)).collect();
            let yielded = Type::union(all);
            let name = if definition.is_async { "AsyncGenerator" } else { "Generator" };
            return self.typing(name, vec![yielded]);
        }
        if definition.is_empty && definition.class.is_some() {
            return Type::Unknown;
        }
        let mut all: Vec<Type> = Vec::new();
        for value in definition.results.iter().take(16) {
            all.push(self.infer(&module, *value));
        }
        if definition.falls_through {
            all.push(Type::None);
        }
        let found = Type::union(all);
        if definition.is_async { self.typing("Coroutine", vec![Type::Unknown, Type::Unknown, found]) } else { found }
    }

    /// A parameter inside its function.
    pub fn parameter(&mut self, function: FunctionRef, at: usize) -> Type {
        self.once(Asked::Parameter(function, at), |infer| infer.taken_in(function, at))
    }

    fn taken_in(&mut self, function: FunctionRef, at: usize) -> Type {
        let module = self.module(function.module);
        let definition = &module.functions[function.function];
        let Some(param) = definition.params.get(at) else { return Type::Unknown };
        let declared = param.annotation.map(|annotation| self.annotation(&module, annotation));
        if let Some(declared) = declared.filter(Type::is_known) {
            return match param.stars {
                1 => self.generic("tuple", vec![declared]),
                2 => {
                    let key = self.builtin("str");
                    self.generic("dict", vec![key, declared])
                }
                _ => declared,
            };
        }
        match param.stars {
            1 => return self.generic("tuple", vec![Type::Unknown]),
            2 => {
                let key = self.builtin("str");
                return self.generic("dict", vec![key, Type::Unknown]);
            }
            _ => {}
        }
        if at == 0
            && let Some(own) = self.first_parameter(&module, function)
        {
            return own;
        }
        let name = module.slice(param.name).to_owned();
        if let Some(fixture) = self.fixture(&module, function.function, &name) {
            return self.fixture_value(&fixture);
        }
        if let Some(inherited) = self.inherited(&module, function, &name) {
            return inherited;
        }
        let default = param.default.map_or(Type::Unknown, |default| self.infer(&module, default));
        if default.is_known() {
            return default;
        }
        if definition.is_lambda {
            return self.expected(&module, function.function, at);
        }
        let given = self.parametrized(&module, function.function, &name);
        if given.is_known() {
            return given;
        }
        self.passed_in(&module, function, at)
    }

    /// A lambda's parameter, by what is wanted where the lambda is passed.
    fn expected(&mut self, module: &Module, lambda: FunctionId, at: usize) -> Type {
        let Some((call, passed_at)) = module.lambdas.get(&lambda).copied() else { return Type::Unknown };
        let Kind::Call { function, args } = &module.exprs[call].kind else { return Type::Unknown };
        let mut callee = self.infer(module, *function);
        if let Type::Class(class, _) = callee {
            let params: Arc<[Type]> = self.type_params(class).into_iter().map(|name| Type::Var(name, None)).collect();
            callee = self.attribute(&Type::Instance(class, params), "__init__");
        }
        let Type::Function(callee) = callee else { return Type::Unknown };
        // The lambda itself says nothing yet.
        let passed: Vec<Passed> = args
            .iter()
            .map(|arg| match module.exprs[arg.value].kind {
                Kind::Lambda(_) => Passed::of(arg, module, Type::Unknown),
                _ => Passed::of(arg, module, self.infer(module, arg.value)),
            })
            .collect();
        let wanted = self.wanted(&callee, &passed, passed_at);
        let takes = wanted.parts().iter().find_map(|part| match part {
            Type::Function(wanted) => wanted.takes.get(at).cloned(),
            _ => None,
        });
        takes.filter(|takes| !matches!(takes, Type::Var(..))).unwrap_or(Type::Unknown)
    }

    /// `self` and `cls`.
    fn first_parameter(&mut self, module: &Module, function: FunctionRef) -> Option<Type> {
        let definition = &module.functions[function.function];
        let class = ClassRef { module: function.module, class: definition.class? };
        let has = |wanted: &str| {
            definition
                .decorators
                .iter()
                .any(|decorator| module.dotted(*decorator).is_some_and(|name| name.rsplit('.').next() == Some(wanted)))
        };
        if has("staticmethod") {
            return None;
        }
        let args: Arc<[Type]> = self.type_params(class).into_iter().map(|name| Type::Var(name, None)).collect();
        let name = module.slice(definition.name);
        let on_class = has("classmethod") || matches!(name, "__new__" | "__init_subclass__" | "__class_getitem__");
        Some(if on_class { Type::Class(class, args) } else { Type::Instance(class, args) })
    }

    fn fixture_value(&mut self, fixture: &super::scopes::Var) -> Type {
        let (module, bindings) = self.bindings(fixture);
        let mut all = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            let found = match binding.bound {
                Bound::Function(function) if is_fixture(&module, function) => {
                    self.result(FunctionRef { module: module.id, function })
                }
                Bound::Import(_) => match self.bound(fixture, at) {
                    Type::Function(callee) => match callee.functions.first() {
                        Some(function) => self.result(*function),
                        None => Type::Unknown,
                    },
                    _ => Type::Unknown,
                },
                _ => Type::Unknown,
            };
            all.push(match &found {
                Type::Instance(class, args) if self.is_kind(*class, &["Iterator", "AsyncIterator"]) => {
                    args.first().cloned().unwrap_or(Type::Unknown)
                }
                other => other.clone(),
            });
        }
        Type::union(all)
    }

    /// The type that the same parameter has in the method that is overridden.
    fn inherited(&mut self, module: &Module, function: FunctionRef, name: &str) -> Option<Type> {
        let definition = &module.functions[function.function];
        let class = ClassRef { module: function.module, class: definition.class? };
        let method = module.slice(definition.name).to_owned();
        let mut line = self.line(class, &[]);
        line.classes.remove(0);
        let (owner, _) = self.owner(&line, &method)?;
        let home = self.module(owner.module);
        let scope = &home.scopes[home.classes[owner.class].scope];
        let overridden = scope.bindings.get(&method)?.iter().find_map(|binding| match binding.bound {
            Bound::Function(function) => Some(function),
            _ => None,
        })?;
        let at = home.functions[overridden].params.iter().position(|param| home.slice(param.name) == name)?;
        home.functions[overridden].params[at].annotation?;
        Some(self.parameter(FunctionRef { module: owner.module, function: overridden }, at)).filter(Type::is_known)
    }
}
