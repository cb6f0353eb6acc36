//! Types as they are written.

use std::sync::Arc;

use super::infer::{Asked, Infer};
use super::tree::*;
use super::types::{ClassRef, Type};

impl Infer<'_, '_> {
    /// An instance of a class of the stub of the language itself.
    pub fn builtin(&mut self, name: &str) -> Type {
        self.generic(name, Vec::new())
    }

    pub fn generic(&mut self, name: &str, args: Vec<Type>) -> Type {
        self.of_stub("builtins", name, args)
    }

    pub fn typing(&mut self, name: &str, args: Vec<Type>) -> Type {
        self.of_stub("typing", name, args)
    }

    fn of_stub(&mut self, stub: &str, name: &str, args: Vec<Type>) -> Type {
        match self.stub_class(stub, name) {
            Some(class) => Type::Instance(class, args.into()),
            None => Type::Unknown,
        }
    }

    pub fn stub_class(&mut self, stub: &str, name: &str) -> Option<ClassRef> {
        let module = super::modules::stub(self.program, stub)?;
        let bindings = self.module(module);
        bindings.scopes[0].bindings.get(name)?.iter().find_map(|binding| match binding.bound {
            Bound::Class(class) => Some(ClassRef { module, class }),
            _ => None,
        })
    }

    /// The name of a class that a stub defines.
    pub fn stub_name(&mut self, class: ClassRef) -> Option<String> {
        let module = self.module(class.module);
        module.stub.then(|| module.slice(module.classes[class.class].name).to_owned())
    }

    /// What an expression says where a type is wanted.
    pub fn annotation(&mut self, module: &Module, expr: ExprId) -> Type {
        match module.exprs[expr].kind {
            Kind::None => Type::None,
            Kind::Quoted(inner) => self.annotation(module, inner),
            _ => self.once(Asked::Annotation(module.id, expr), |infer| infer.written(module, expr)),
        }
    }

    fn written(&mut self, module: &Module, expr: ExprId) -> Type {
        match &module.exprs[expr].kind {
            Kind::Name | Kind::Attribute { .. } => {
                let Some(var) = self.dotted_variable(module, expr) else {
                    let found = self.infer(module, expr);
                    return self.instance_of(&found);
                };
                self.meant(&var, 0)
            }
            Kind::Subscript { object, indices } => {
                let object = self.infer(module, *object);
                self.applied(module, &object, indices)
            }
            Kind::Binary { left, operator: "|", right } => {
                let left = self.annotation(module, *left);
                Type::union([left, self.annotation(module, *right)])
            }
            Kind::Starred(inner) => self.annotation(module, *inner),
            _ => Type::Unknown,
        }
    }

    /// What a variable says where a type is wanted: a class, a type parameter, or another name for a type.
    fn meant(&mut self, var: &super::scopes::Var, depth: usize) -> Type {
        let (module, bindings) = self.bindings(var);
        let mut found = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            found.push(match &binding.bound {
                Bound::Class(_) => {
                    let class = self.bound(var, at);
                    self.instance_of(&class)
                }
                Bound::Alias(value) => self.annotation(&module, *value),
                Bound::Value { value, path } if path.is_empty() && !is_call(&module, *value) && depth < 8 => {
                    self.annotation(&module, *value)
                }
                Bound::Annotated { annotation, value: Some(value) } if is_alias(&module, *annotation) => {
                    self.annotation(&module, *value)
                }
                Bound::Import(import) => {
                    let import = &module.imports[*import];
                    let taken = import.name.as_ref().and_then(|name| self.taken(&module, &import.module, name));
                    match taken {
                        Some(taken) if depth < 8 => self.meant(&taken, depth + 1),
                        _ => {
                            let found = self.bound(var, at);
                            self.instance_of(&found)
                        }
                    }
                }
                _ => {
                    let found = self.bound(var, at);
                    self.instance_of(&found)
                }
            });
        }
        Type::union(found.into_iter().filter(|one| *one != Type::Unknown))
    }

    /// `object[indices]` as a type.
    fn applied(&mut self, module: &Module, object: &Type, indices: &[ExprId]) -> Type {
        let Type::Class(class, _) = object else { return self.instance_of(object) };
        let indices: Vec<ExprId> = match indices {
            [one] => match &module.exprs[*one].kind {
                Kind::Tuple(parts) => parts.clone(),
                _ => vec![*one],
            },
            more => more.to_vec(),
        };
        let special = self.stub_name(*class).unwrap_or_default();
        let first = indices.first().copied();
        let one = |infer: &mut Self| first.map_or(Type::Unknown, |first| infer.annotation(module, first));
        match special.as_str() {
            "Optional" => Type::union([one(self), Type::None]),
            "Annotated" | "ClassVar" | "Final" | "Required" | "NotRequired" | "ReadOnly" | "InitVar" | "Unpack" => {
                one(self)
            }
            "TypeGuard" | "TypeIs" => self.builtin("bool"),
            "Literal" => first.map_or(Type::Unknown, |first| {
                let found = self.infer(module, first);
                Type::union([found])
            }),
            "Union" => {
                let all: Vec<Type> = indices.iter().map(|index| self.annotation(module, *index)).collect();
                Type::union(all)
            }
            "Callable" => {
                let takes = match indices.first().map(|first| &module.exprs[*first].kind) {
                    Some(Kind::List(takes)) => takes.iter().map(|one| self.annotation(module, *one)).collect(),
                    _ => Vec::new(),
                };
                let result = indices.get(1).map_or(Type::Unknown, |result| self.annotation(module, *result));
                Type::callable(takes, result)
            }
            "type" => match one(self) {
                Type::Instance(class, args) => Type::Class(class, args),
                Type::Union(parts) => Type::union(parts.iter().map(|part| match part {
                    Type::Instance(class, args) => Type::Class(*class, args.clone()),
                    other => other.clone(),
                })),
                made @ Type::Var(..) => Type::Instance(*class, vec![made].into()),
                _ => Type::Unknown,
            },
            "tuple" => {
                let is_rest = indices.get(1).is_some_and(|rest| matches!(module.exprs[*rest].kind, Kind::Ellipsis));
                let args: Vec<Type> = indices.iter().map(|index| self.annotation(module, *index)).collect();
                if is_rest { Type::Instance(*class, vec![args[0].clone()].into()) } else { Type::Tuple(args.into()) }
            }
            _ => Type::Instance(*class, indices.iter().map(|index| self.annotation(module, *index)).collect()),
        }
    }

    /// What a class makes; type parameters stand for themselves.
    pub fn instance_of(&mut self, class: &Type) -> Type {
        match class {
            Type::Class(class, args) => match self.stub_name(*class).as_deref() {
                Some(
                    "Any" | "Callable" | "Optional" | "Union" | "Literal" | "Final" | "ClassVar" | "Never" | "NoReturn",
                ) => Type::Unknown,
                Some("LiteralString") => self.builtin("str"),
                Some("Self") => Type::Var(Arc::from("Self"), None),
                Some("object") => Type::Unknown,
                _ => Type::Instance(*class, args.clone()),
            },
            Type::Union(parts) => {
                let all: Vec<Type> = parts.iter().map(|part| self.instance_of(part)).collect();
                Type::union(all)
            }
            Type::Tuple(parts) => {
                let all: Vec<Type> = parts.iter().map(|part| self.instance_of(part)).collect();
                Type::union(all)
            }
            Type::Var(..) | Type::Foreign | Type::None => class.clone(),
            _ => Type::Unknown,
        }
    }
}

fn is_call(module: &Module, expr: ExprId) -> bool {
    matches!(module.exprs[expr].kind, Kind::Call { .. })
}

fn is_alias(module: &Module, annotation: ExprId) -> bool {
    module.dotted(annotation).is_some_and(|name| name.ends_with("TypeAlias"))
}
