//! Keywords and keys: what the names of arguments, of fields that are set by them, and of keys mean.

use super::infer::Infer;
use super::names::these;
use super::scopes::Var;
use super::tree::*;
use super::types::{ClassRef, FunctionRef, Type};
use crate::graph::meaning::{Meaning, Spot};

impl Infer<'_, '_> {
    /// A keyword argument: a parameter of what is called, or a field that becomes one.
    pub fn keyword(&mut self, module: &Module, call: ExprId, word: &str) -> Meaning {
        let Kind::Call { function, ref args } = module.exprs[call].kind else { return Meaning::Outside };
        let callee = match self.keywords_of(module, function, args) {
            Some(handed) => handed,
            None => self.infer(module, function),
        };
        let mut found = Vec::new();
        for part in callee.parts().to_vec() {
            self.keyword_of(&part, word, &mut found, 0);
        }
        found.sort();
        found.dedup();
        these(found)
    }

    /// What takes the keywords of a call that hands them on: `replace(x, field=1)`, `evolve(x, field=1)`,
    /// `x._replace(field=1)`, `partial(f, parameter=1)`.
    fn keywords_of(&mut self, module: &Module, function: ExprId, args: &[Arg]) -> Option<Type> {
        let name = module.dotted(function);
        let name = name.as_deref().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        let first = args.first().filter(|first| first.keyword.is_none() && first.stars == 0);
        let of = match (name, &module.exprs[function].kind) {
            ("_replace", Kind::Attribute { object, .. }) => self.infer(module, *object),
            ("partial", _) => {
                let first = first?.value;
                return Some(self.infer(module, first)).filter(Type::is_known);
            }
            ("replace" | "evolve" | "assoc", _) => {
                let first = first?.value;
                self.infer(module, first)
            }
            _ => return None,
        };
        let makes = of.parts().iter().find_map(|part| match part {
            Type::Instance(class, args) => Some((*class, args.clone())),
            _ => None,
        });
        let (class, args) = makes.filter(|(class, _)| self.has_fields(*class))?;
        Some(Type::Class(class, args))
    }

    /// Whether a class, or one above it, makes its parameters of its fields.
    pub fn has_fields(&mut self, class: ClassRef) -> bool {
        self.line(class, &[]).classes.iter().any(|(one, _)| !self.is_described(*one) && self.makes_init(*one))
    }

    fn keyword_of(&mut self, callee: &Type, word: &str, found: &mut Vec<Spot>, depth: usize) {
        if depth > 4 {
            return;
        }
        match callee {
            Type::Function(callee) => {
                for function in &callee.functions {
                    let var = self.parameter_named(*function, word);
                    match var {
                        Some(var) => found.extend(self.definitions(&var)),
                        None => found.extend(self.unpacked(*function, word)),
                    }
                }
            }
            Type::Instance(..) if self.as_class_object(callee).is_some() => {
                if let Some(class) = self.as_class_object(callee) {
                    self.keyword_of(&class, word, found, depth + 1);
                }
            }
            Type::Class(class, args) => {
                let field = self.field_keyword(*class, word);
                if !field.is_empty() {
                    return found.extend(field);
                }
                let line = self.line(*class, args);
                let init = ["__init__", "__new__"].into_iter().find(|name| {
                    let owner = self.owner(&line, name);
                    owner.is_some_and(|(owner, _)| !self.module(owner.module).stub)
                });
                let Some(init) = init else { return };
                let instance = Type::Instance(*class, args.clone());
                let init = self.attribute(&instance, init);
                for part in init.parts().to_vec() {
                    self.keyword_of(&part, word, found, depth + 1);
                }
            }
            Type::Instance(class, args) => {
                let line = self.line(*class, args);
                if self.owner(&line, "__call__").is_some() {
                    let call = self.attribute(callee, "__call__");
                    self.keyword_of(&call, word, found, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The key of a `TypedDict` that `**options: Unpack[...]` takes.
    fn unpacked(&mut self, function: FunctionRef, word: &str) -> Vec<Spot> {
        let module = self.module(function.module);
        let rest = module.functions[function.function].params.iter().find(|param| param.stars == 2);
        let Some(annotation) = rest.and_then(|rest| rest.annotation) else { return Vec::new() };
        let Type::Instance(class, args) = self.annotation(&module, annotation) else { return Vec::new() };
        if !self.is_kind(class, &["TypedDict"]) {
            return Vec::new();
        }
        let line = self.line(class, &args);
        self.owner(&line, word).map(|(owner, _)| self.member_spots(owner, word)).unwrap_or_default()
    }

    /// Where a key of a typed dictionary is defined.
    pub fn key_spots(&mut self, of: &Type, word: &str) -> Vec<Spot> {
        let mut found = Vec::new();
        for part in of.parts() {
            if let Type::Instance(class, args) = part
                && !self.is_described(*class)
                && self.is_kind(*class, &["TypedDict"])
            {
                let line = self.line(*class, args);
                if let Some((owner, _)) = self.owner(&line, word) {
                    found.extend(self.member_spots(owner, word));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    pub fn parameter_named(&mut self, function: FunctionRef, word: &str) -> Option<Var> {
        let module = self.module(function.module);
        let definition = &module.functions[function.function];
        let known = definition.params.iter().any(|param| param.stars == 0 && module.slice(param.name) == word);
        (known && !module.stub).then(|| Var { module: function.module, scope: definition.scope, name: word.into() })
    }

    /// The field of a dataclass (or one of its like) that a keyword of its making sets.
    pub fn field_keyword(&mut self, class: ClassRef, word: &str) -> Vec<Spot> {
        let line = self.line(class, &[]);
        for (owner, _) in &line.classes {
            let home = self.module(owner.module);
            if home.stub {
                continue;
            }
            let definition = &home.classes[owner.class];
            if self.declares(*owner, "__init__") {
                return Vec::new();
            }
            if !self.makes_init(*owner) {
                continue;
            }
            let mut bindings = home.scopes[definition.scope].bindings.get(word).into_iter().flatten();
            if bindings.any(|binding| matches!(binding.bound, Bound::Annotated { .. } | Bound::Value { .. })) {
                return self.member_spots(*owner, word);
            }
        }
        Vec::new()
    }

    /// Calls that set a private field of an attrs class by the keyword that it becomes: that of `_x` is `x`.
    pub fn set_without_underscore(&mut self, class: ClassRef, word: &str) -> Vec<String> {
        let keyword = word.trim_start_matches('_');
        if keyword == word || keyword.is_empty() || !self.has_fields(class) || self.declares(class, "__init__") {
            return Vec::new();
        }
        let mut found = Vec::new();
        for path in self.python_files_with(keyword) {
            let Some(id) = super::modules::of_path(self.program, &path) else { continue };
            let module = self.module(id);
            for place in module.places.iter().filter(|place| module.slice(place.span) == keyword) {
                let PlaceKind::Keyword { call } = place.kind else { continue };
                let Kind::Call { function, ref args } = module.exprs[call].kind else { continue };
                let callee = match self.keywords_of(&module, function, args) {
                    Some(handed) => handed,
                    None => self.infer(&module, function),
                };
                let sets = callee.parts().iter().any(|part| match part {
                    Type::Class(made, _) => {
                        self.is_below(*made, class) && self.field_keyword(*made, keyword).is_empty()
                    }
                    _ => false,
                });
                if sets {
                    let line = module.text[..place.span.0].matches('\n').count() + 1;
                    found.push(format!("{path}:{line}"));
                }
            }
        }
        found
    }

    /// Whether the fields of a class become parameters of its making.
    fn makes_init(&mut self, class: ClassRef) -> bool {
        if self.is_kind(class, &["NamedTuple", "TypedDict"]) {
            return true;
        }
        let module = self.module(class.module);
        module.classes[class.class].decorators.iter().any(|decorator| {
            let called = match module.exprs[*decorator].kind {
                Kind::Call { function, .. } => function,
                _ => *decorator,
            };
            let name = module.dotted(called).unwrap_or_default();
            makes_fields(&name)
        })
    }
}

/// Whether a decorator makes parameters of a class's fields.
pub(super) fn makes_fields(decorator: &str) -> bool {
    matches!(
        decorator.rsplit('.').next().unwrap_or_default(),
        "dataclass" | "define" | "frozen" | "mutable" | "s" | "attrs" | "attributes" | "dataclass_transform"
    )
}
