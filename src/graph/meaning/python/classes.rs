//! Classes: what they are made from, and what their members are.

use std::collections::HashMap;
use std::sync::Arc;

use super::infer::{Asked, Infer};
use super::scopes::Var;
use super::tree::*;
use super::types::{Callee, ClassRef, FunctionRef, Given, Type};
use crate::graph::meaning::Spot;

/// A class with everything above it.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// The class itself first, with what stands for the type parameters.
    pub classes: Vec<(ClassRef, Arc<[Type]>)>,
    /// A class above it is a library's that nothing is said about.
    pub foreign: bool,
    /// A class above it is not known.
    pub unknown: bool,
}

/// Classes above classes are followed no further.
const ABOVE: usize = 24;

impl Infer<'_, '_> {
    /// The class and those above it, in the order in which members are looked for.
    pub fn line(&mut self, class: ClassRef, args: &[Type]) -> Line {
        let key = (class, Arc::from(args));
        if let Some(known) = self.lines.get(&key) {
            return known.clone();
        }
        let mut line = Line::default();
        self.climb(class, key.1.clone(), &mut line, 0);
        // A class that is above two others comes behind both.
        let mut seen = HashMap::new();
        for (at, (one, _)) in line.classes.iter().enumerate() {
            seen.insert(*one, at);
        }
        let mut at = 0;
        line.classes.retain(|(one, _)| {
            at += 1;
            seen.get(one) == Some(&(at - 1))
        });
        if self.cut == usize::MAX {
            self.lines.insert(key, line.clone());
        }
        line
    }

    fn climb(&mut self, class: ClassRef, args: Arc<[Type]>, line: &mut Line, depth: usize) {
        if depth > ABOVE || line.classes.len() > 200 {
            return;
        }
        line.classes.push((class, args.clone()));
        let given = self.given(class, &args);
        let module = self.module(class.module);
        for base in &module.classes[class.class].bases {
            match self.base(&module, *base).with(&given) {
                Type::Instance(above, args) if above != class => self.climb(above, args, line, depth + 1),
                Type::Foreign => line.foreign = true,
                Type::Instance(..) => {}
                _ => line.unknown |= !self.is_special(&module, *base),
            }
        }
    }

    /// `Generic[T]`, `Protocol`, and what else says nothing about members.
    fn is_special(&mut self, module: &Module, base: ExprId) -> bool {
        let name = match module.exprs[base].kind {
            Kind::Subscript { object, .. } => module.dotted(object),
            _ => module.dotted(base),
        };
        let name = name.unwrap_or_default();
        matches!(name.rsplit('.').next(), Some("Generic" | "Protocol" | "object" | "Any" | "ABC"))
    }

    fn base(&mut self, module: &Module, base: ExprId) -> Type {
        match self.annotation(module, base) {
            Type::Union(parts) => {
                parts.iter().find(|part| matches!(part, Type::Instance(..))).cloned().unwrap_or(Type::Unknown)
            }
            found => found,
        }
    }

    /// The type parameters of a class, in order.
    pub fn type_params(&mut self, class: ClassRef) -> Vec<Arc<str>> {
        let module = self.module(class.module);
        let definition = &module.classes[class.class];
        if !definition.type_params.is_empty() {
            return definition.type_params.iter().map(|name| name.as_str().into()).collect();
        }
        let mut found: Vec<Arc<str>> = Vec::new();
        for base in &definition.bases {
            let Kind::Subscript { object, indices } = &module.exprs[*base].kind else { continue };
            let generic = module.dotted(*object).is_some_and(|name| name.ends_with("Generic"));
            let mut names = Vec::new();
            for index in indices {
                collect_vars(&self.annotation(&module, *index), &mut names);
            }
            if generic {
                return names;
            }
            found.extend(names);
        }
        let mut names: Vec<Arc<str>> = Vec::new();
        for name in found {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What stands for a class's type parameters.
    pub fn given(&mut self, class: ClassRef, args: &[Type]) -> Given {
        if args.is_empty() {
            return Given::new();
        }
        self.type_params(class).into_iter().zip(args.iter().cloned()).collect()
    }

    /// Whether a class itself has a member.
    pub fn declares(&mut self, class: ClassRef, name: &str) -> bool {
        let module = self.module(class.module);
        let definition = &module.classes[class.class];
        module.scopes[definition.scope].bindings.contains_key(name) || definition.attributes.contains_key(name)
    }

    /// The class in a line that a member is taken from.
    pub fn owner(&mut self, line: &Line, name: &str) -> Option<(ClassRef, Arc<[Type]>)> {
        if let Some(found) = line.classes.iter().find(|(class, _)| self.declares(*class, name)) {
            return Some(found.clone());
        }
        // Only the stub file may say so, for what is set in ways that cannot be followed.
        let own: Vec<(ClassRef, Arc<[Type]>)> =
            line.classes.iter().filter(|(class, _)| !self.is_described(*class)).cloned().collect();
        for (class, args) in own {
            if let Some(other) = self.class_counterparts(class).into_iter().find(|other| self.declares(*other, name)) {
                return Some((other, args));
            }
        }
        None
    }

    /// Whether it is a library's class.
    pub fn is_described(&mut self, class: ClassRef) -> bool {
        self.module(class.module).stub
    }

    /// Where a class defines a member: in its body, or else where a method sets it first.
    pub fn member_spots(&mut self, class: ClassRef, name: &str) -> Vec<Spot> {
        let module = self.module(class.module);
        if module.stub {
            return Vec::new();
        }
        let definition = &module.classes[class.class];
        let spot = |offset| Spot { path: module.path.clone(), offset };
        let var = Var { module: class.module, scope: definition.scope, name: name.into() };
        if module.scopes[definition.scope].bindings.contains_key(name) {
            return self.definitions(&var);
        }
        let set = definition.attributes.get(name).and_then(|set| set.first());
        set.map(|set| spot(set.name.0)).into_iter().collect()
    }

    /// Whether one class is the other or below it.
    pub fn is_below(&mut self, class: ClassRef, above: ClassRef) -> bool {
        class == above || self.line(class, &[]).classes.iter().any(|(one, _)| *one == above)
    }

    /// Whether a class is below one of a stub.
    pub fn is_kind(&mut self, class: ClassRef, names: &[&str]) -> bool {
        let line = self.line(class, &[]);
        line.classes.iter().any(|(one, _)| self.stub_name(*one).is_some_and(|name| names.contains(&name.as_str())))
    }

    /// `object.name`.
    pub fn attribute(&mut self, object: &Type, name: &str) -> Type {
        match object {
            Type::Union(parts) => {
                let found: Vec<Type> =
                    parts.iter().filter(|part| **part != Type::None).map(|part| self.attribute(part, name)).collect();
                let known: Vec<Type> = found.iter().filter(|one| **one != Type::Unknown).cloned().collect();
                Type::union(if known.is_empty() { found } else { known })
            }
            Type::Module(id) => match self.member_of_module(*id, name) {
                Some(var) => self.whole(&var),
                None if self.module(*id).stub => Type::Foreign,
                None => self.submodule(object, name).unwrap_or(Type::Unknown),
            },
            Type::Folder(_) => self.submodule(object, name).unwrap_or(Type::Unknown),
            Type::Foreign => Type::Foreign,
            Type::Instance(class, args) => match self.as_class_object(object) {
                Some(class) => self.attribute(&class, name),
                None => self.member(*class, args, name, object, false),
            },
            Type::Class(class, args) => self.member(*class, args, name, object, true),
            Type::Tuple(_) => {
                let tuple = self.as_tuple(object);
                self.attribute(&tuple, name)
            }
            Type::Var(_, Some(bound)) => {
                let given = Given::from([(Arc::from("Self"), object.clone())]);
                self.attribute(&bound.clone(), name).with(&given)
            }
            Type::Super(class, receiver) => self.above(*class, receiver, name),
            Type::Function(_) => match name {
                "__wrapped__" => object.clone(),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    /// A tuple as an instance of the class.
    pub fn as_tuple(&mut self, tuple: &Type) -> Type {
        let Type::Tuple(parts) = tuple else { return tuple.clone() };
        let element = Type::union(parts.iter().cloned());
        self.generic("tuple", vec![element])
    }

    /// `super().name`.
    fn above(&mut self, class: ClassRef, receiver: &Type, name: &str) -> Type {
        let mut line = self.line(class, &[]);
        line.classes.remove(0);
        let Some((owner, args)) = self.owner(&line, name) else { return Type::Unknown };
        let on_class = matches!(receiver, Type::Class(..));
        self.owned(owner, &args, name, receiver, on_class)
    }

    fn member(&mut self, class: ClassRef, args: &Arc<[Type]>, name: &str, receiver: &Type, on_class: bool) -> Type {
        if name == "__class__" {
            return Type::Class(class, args.clone());
        }
        let line = self.line(class, args);
        match self.owner(&line, name) {
            Some((owner, args)) => self.owned(owner, &args, name, receiver, on_class),
            None if name == "__attrs_attrs__" => match self.attrs_attribute(class) {
                Some(attribute) => self.generic("tuple", vec![attribute]),
                None => Type::Unknown,
            },
            None if line.foreign => Type::Foreign,
            None => Type::Unknown,
        }
    }

    /// A member that a class itself has, for an object.
    fn owned(&mut self, owner: ClassRef, args: &[Type], name: &str, receiver: &Type, on_class: bool) -> Type {
        let mut given = self.given(owner, args);
        let itself = match receiver {
            Type::Class(class, args) => Type::Instance(*class, args.clone()),
            other => other.clone(),
        };
        given.insert(Arc::from("Self"), itself.clone());
        let module = self.module(owner.module);
        let definition = &module.classes[owner.class];
        let bindings = module.scopes[definition.scope].bindings.get(name).map(Vec::as_slice).unwrap_or_default();
        let functions: Vec<FunctionId> = bindings
            .iter()
            .filter_map(|binding| match binding.bound {
                Bound::Function(function) => Some(function),
                _ => None,
            })
            .collect();
        if let Some(first) = functions.first() {
            return self.method(&module, *first, &functions, receiver, on_class, &given);
        }
        if self.is_enum_member(owner, bindings) {
            return Type::Instance(owner, Arc::new([]));
        }
        self.once(Asked::Member(owner, name.into()), |infer| infer.set(&module, owner, name, bindings)).with(&given)
    }

    fn is_enum_member(&mut self, owner: ClassRef, bindings: &[Binding]) -> bool {
        let valued = bindings.iter().any(|binding| matches!(binding.bound, Bound::Value { .. }));
        valued && self.is_kind(owner, &["Enum"])
    }

    /// What was ever set.
    fn set(&mut self, module: &Module, owner: ClassRef, name: &str, bindings: &[Binding]) -> Type {
        let definition = &module.classes[owner.class];
        let var = Var { module: owner.module, scope: definition.scope, name: name.into() };
        let mut found = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            let one = self.bound(&var, at);
            if matches!(binding.bound, Bound::Annotated { .. }) && one.is_known() {
                return one;
            }
            found.push(one);
        }
        let sets = definition.attributes.get(name).map(Vec::as_slice).unwrap_or_default();
        for set in sets {
            if let Some(annotation) = set.annotation {
                return self.annotation(module, annotation);
            }
        }
        for set in sets.iter().take(8) {
            if let Some((value, path)) = &set.value {
                let value = self.infer(module, *value);
                found.push(self.apart(value, path));
            }
        }
        Type::union(found.into_iter().filter(|one| *one != Type::Unknown))
    }

    fn apart(&mut self, value: Type, path: &[Step]) -> Type {
        path.iter().fold(value, |value, step| match (step, value) {
            (Step::At(at), Type::Tuple(parts)) => parts.get(*at).cloned().unwrap_or(Type::Unknown),
            (_, value) => self.element(&value),
        })
    }

    fn method(
        &mut self,
        module: &Module,
        first: FunctionId,
        functions: &[FunctionId],
        receiver: &Type,
        on_class: bool,
        given: &Given,
    ) -> Type {
        let id = |function| FunctionRef { module: module.id, function };
        let decorators: Vec<String> =
            module.functions[first].decorators.iter().filter_map(|decorator| module.dotted(*decorator)).collect();
        let has = |wanted: &[&str]| {
            decorators.iter().any(|name| wanted.contains(&name.rsplit('.').next().unwrap_or_default()))
        };
        let overloaded = has(&["overload"]);
        let all = || functions.iter().map(|function| id(*function)).collect::<Vec<_>>();
        let called = |receiver: Option<Type>| {
            let functions = if overloaded { all() } else { vec![id(first)] };
            Type::Function(Arc::new(Callee { functions, receiver, ..Callee::default() })).with(given)
        };
        if has(&["staticmethod"]) {
            return called(None);
        }
        let name = module.slice(module.functions[first].name);
        if has(&["classmethod"]) || matches!(name, "__new__" | "__init_subclass__" | "__class_getitem__") {
            let class = match receiver {
                Type::Instance(class, args) => Type::Class(*class, args.clone()),
                other => other.clone(),
            };
            return called(Some(class));
        }
        let is_property =
            has(&["property", "cached_property", "abstractproperty"]) || self.makes_property(module, first);
        if is_property {
            if on_class {
                return Type::Unknown;
            }
            return self.result(id(first)).with(given);
        }
        let own = if on_class { None } else { Some(receiver.clone()) };
        if overloaded || module.functions[first].decorators.is_empty() {
            return called(own);
        }
        match self.decorated(id(first)) {
            Type::Function(callee) => {
                let callee = Callee { receiver: own, ..(*callee).clone() };
                Type::Function(Arc::new(callee)).with(given)
            }
            other => other.with(given),
        }
    }

    /// Whether a decorator of the program is a class below `property`.
    fn makes_property(&mut self, module: &Module, function: FunctionId) -> bool {
        let decorators = module.functions[function].decorators.clone();
        decorators.into_iter().any(|decorator| match self.infer(module, decorator) {
            Type::Class(class, _) => self.is_kind(class, &["property"]) || self.declares(class, "__get__"),
            _ => false,
        })
    }

    /// The n-th field of a `NamedTuple`.
    pub fn named_tuple_field(&mut self, class: ClassRef, at: usize) -> Option<Type> {
        if !self.is_kind(class, &["NamedTuple"]) {
            return None;
        }
        let module = self.module(class.module);
        let scope = &module.scopes[module.classes[class.class].scope];
        let mut fields: Vec<(usize, ExprId)> = scope
            .bindings
            .values()
            .flatten()
            .filter_map(|binding| match binding.bound {
                Bound::Annotated { annotation, .. } => Some((binding.name.0, annotation)),
                _ => None,
            })
            .collect();
        fields.sort_unstable();
        let (_, annotation) = fields.get(at)?;
        Some(self.annotation(&module, *annotation))
    }
}

/// The type parameters in a type, in order.
fn collect_vars(found: &Type, names: &mut Vec<Arc<str>>) {
    match found {
        Type::Var(name, _) if !names.contains(name) => names.push(name.clone()),
        Type::Instance(_, args) | Type::Class(_, args) | Type::Tuple(args) | Type::Union(args) => {
            args.iter().for_each(|arg| collect_vars(arg, names));
        }
        Type::Function(callee) => {
            callee.takes.iter().chain(&callee.result).for_each(|part| collect_vars(part, names));
        }
        _ => {}
    }
}
