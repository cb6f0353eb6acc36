//! What is in a value: what iterating, indexing, awaiting gives.

use std::sync::Arc;

use super::infer::Infer;
use super::tree::*;
use super::types::{ClassRef, Type};

impl Infer<'_, '_> {
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
