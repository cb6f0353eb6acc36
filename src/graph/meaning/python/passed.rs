//! What is passed to parameters that say nothing about their type.

use super::infer::Infer;
use super::tree::*;
use super::types::{ClassRef, FunctionRef, Type};

/// So many calls are looked at.
const CALLS: usize = 12;

impl Infer<'_, '_> {
    /// The values that `@pytest.mark.parametrize` gives a parameter.
    pub fn parametrized(&mut self, module: &Module, function: FunctionId, name: &str) -> Type {
        let mut found = Vec::new();
        for decorator in &module.functions[function].decorators {
            let Kind::Call { function: called, args } = &module.exprs[*decorator].kind else { continue };
            let [names, values, ..] = &args[..] else { continue };
            if !module.dotted(*called).is_some_and(|called| called.ends_with("parametrize")) {
                continue;
            }
            let names = words(module, names.value);
            let Some(at) = names.iter().position(|other| other == name) else { continue };
            let (Kind::List(rows) | Kind::Tuple(rows)) = &module.exprs[values.value].kind else {
                let values = self.infer(module, values.value);
                let row = self.element(&values);
                found.push(if names.len() > 1 { self.part(&row, at) } else { row });
                continue;
            };
            for row in rows.iter().take(CALLS) {
                found.push(self.of_row(module, *row, at, names.len() > 1));
            }
        }
        Type::union(found.into_iter().filter(|one| *one != Type::Unknown))
    }

    fn of_row(&mut self, module: &Module, row: ExprId, at: usize, many: bool) -> Type {
        match &module.exprs[row].kind {
            Kind::Call { function, args } if module.dotted(*function).is_some_and(|name| name.ends_with("param")) => {
                args.get(at)
                    .filter(|arg| arg.keyword.is_none())
                    .map_or(Type::Unknown, |arg| self.infer(module, arg.value))
            }
            Kind::Tuple(parts) | Kind::List(parts) if many => {
                parts.get(at).map_or(Type::Unknown, |part| self.infer(module, *part))
            }
            _ if many => {
                let row = self.infer(module, row);
                self.part(&row, at)
            }
            _ => self.infer(module, row),
        }
    }

    fn part(&mut self, row: &Type, at: usize) -> Type {
        match row {
            Type::Tuple(parts) => parts.get(at).cloned().unwrap_or(Type::Unknown),
            other => self.element(other),
        }
    }

    /// What calls of a function pass for a parameter.
    pub fn passed_in(&mut self, module: &Module, function: FunctionRef, at: usize) -> Type {
        let definition = &module.functions[function.function];
        let (param, name) = (&definition.params[at], module.slice(definition.name));
        let named = match (name, definition.class) {
            _ if definition.is_lambda || param.stars > 0 => return Type::Unknown,
            ("__init__", Some(class)) => module.slice(module.classes[class].name),
            _ if name.starts_with("__") || name.starts_with("test") => return Type::Unknown,
            _ => name,
        };
        let keyword = module.slice(param.name).to_owned();
        // `self` is not passed, but for what is no method.
        let position =
            if definition.class.is_some() && !is_static(module, definition) { at.checked_sub(1) } else { Some(at) };
        let mut files = self.python_files_with(named);
        files.sort_by_key(|path| *path != module.path);
        let mut found = Vec::new();
        for path in files.iter().take(CALLS) {
            let Some(id) = super::modules::of_path(self.program, path) else { continue };
            let caller = self.module(id);
            for call in caller.calls.get(named).into_iter().flatten() {
                if found.len() >= CALLS {
                    break;
                }
                let Kind::Call { function: called, args } = &caller.exprs[*call].kind else { continue };
                if args.iter().any(|arg| arg.stars == 1) || !self.may_call(&caller, *called, function) {
                    continue;
                }
                let by_name = args.iter().find(|arg| arg.keyword.is_some_and(|name| caller.slice(name) == keyword));
                let by_place = position.and_then(|position| args.get(position)).filter(|arg| arg.keyword.is_none());
                if let Some(arg) = by_name.or(by_place.filter(|_| !param.keyword_only)) {
                    found.push(self.infer(&caller, arg.value));
                }
            }
        }
        let found = Type::union(found.into_iter().filter(|one| *one != Type::Unknown));
        if found == Type::None { Type::Unknown } else { found }
    }

    /// Whether a call with the name of a function is one of it.
    fn may_call(&mut self, caller: &Module, called: ExprId, function: FunctionRef) -> bool {
        let module = self.module(function.module);
        let definition = &module.functions[function.function];
        let home = match definition.class {
            Some(class) if module.slice(definition.name) == "__init__" => module.classes[class].name,
            Some(class) => {
                let Kind::Attribute { object, .. } = caller.exprs[called].kind else { return false };
                let class = ClassRef { module: function.module, class };
                return match self.infer(caller, object) {
                    Type::Instance(own, _) | Type::Class(own, _) => {
                        self.is_below(own, class) || self.is_below(class, own)
                    }
                    Type::Unknown => self.classes_with(module.slice(definition.name)).len() == 1,
                    _ => false,
                };
            }
            None => definition.name,
        };
        let Some(var) = self.dotted_variable(caller, called) else { return false };
        self.definitions(&var).iter().any(|spot| spot.path == module.path && spot.offset == home.0)
    }
}

fn is_static(module: &Module, definition: &Function) -> bool {
    definition.decorators.iter().any(|decorator| module.name_of(*decorator) == Some("staticmethod"))
}

/// The words in a string, or in the strings of a list.
fn words(module: &Module, expr: ExprId) -> Vec<String> {
    let of = |expr: ExprId| module.slice(module.exprs[expr].span);
    let text = match &module.exprs[expr].kind {
        Kind::List(parts) | Kind::Tuple(parts) => parts.iter().map(|part| of(*part)).collect::<Vec<_>>().join(","),
        _ => of(expr).to_owned(),
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
