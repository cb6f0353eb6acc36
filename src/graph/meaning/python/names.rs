//! What a word means at each place of a file.

use super::infer::Infer;
use super::tree::*;
use super::types::{ClassRef, Type};
use crate::graph::meaning::{Meaning, Spot};

/// What was found about a member of a value.
#[derive(Default)]
struct Members {
    spots: Vec<Spot>,
    /// It is nothing of the program.
    outside: bool,
    /// A class that is described has it.
    library: bool,
    /// Nothing is known about some value.
    unknown: bool,
}

impl Infer<'_, '_> {
    /// What a name means where it stands.
    pub fn meaning(&mut self, module: &Module, place: &Place) -> Meaning {
        let word = module.slice(place.span).to_owned();
        match &place.kind {
            PlaceKind::Name(expr) => {
                let scope = module.exprs[*expr].scope;
                self.variable_meaning(module, scope, &word)
            }
            PlaceKind::Bound(scope) | PlaceKind::Elsewhere(scope) => self.variable_meaning(module, *scope, &word),
            PlaceKind::Parameter(function) => {
                let scope = module.functions[*function].scope;
                self.variable_meaning(module, scope, &word)
            }
            PlaceKind::Argument(function) => {
                let scope = module.functions[*function].scope;
                if module.scopes[scope].bindings.contains_key(&word) {
                    return self.variable_meaning(module, scope, &word);
                }
                match self.fixture_from(module, Some(*function), &word) {
                    Some(fixture) => these(self.definitions(&fixture)),
                    None => Meaning::Outside,
                }
            }
            PlaceKind::Imported { import } => {
                let from = &module.imports[*import];
                match self.taken(module, &from.module, &word) {
                    Some(var) => these(self.definitions(&var)),
                    None => Meaning::Outside,
                }
            }
            PlaceKind::Module | PlaceKind::ClassKeyword => Meaning::Outside,
            PlaceKind::Exported => {
                let var = self.variable(module, 0, &word);
                var.map_or(Meaning::Outside, |var| these(self.definitions(&var)))
            }
            PlaceKind::Slot(class) => {
                let class = ClassRef { module: module.id, class: *class };
                let line = self.line(class, &[]);
                match self.owner(&line, &word) {
                    Some((owner, _)) => these(self.member_spots(owner, &word)),
                    None => Meaning::These(vec![Spot { path: module.path.clone(), offset: place.span.0 }]),
                }
            }
            PlaceKind::Attribute(expr) => match module.exprs[*expr].kind {
                Kind::Attribute { object, .. } => {
                    let of = self.described(module, object);
                    self.member_meaning(&of, &word, &shown(module, object))
                }
                _ => Meaning::Unknown { why: "the code around it nests too deep".to_owned() },
            },
            PlaceKind::Member(object) | PlaceKind::PatternKey(object) => {
                let of = self.infer(module, *object);
                self.member_meaning(&of, &word, &shown(module, *object))
            }
            PlaceKind::Key { of, declared } => {
                let of = if *declared { self.annotation(module, *of) } else { self.infer(module, *of) };
                these(self.key_spots(&of, &word))
            }
            PlaceKind::Path(span) => self.path(module, *span, &word),
            PlaceKind::Keyword { call } => self.keyword(module, *call, &word),
        }
    }

    /// What an expression is, for its members: `attr.fields(C)` has those of the class.
    fn described(&mut self, module: &Module, expr: ExprId) -> Type {
        if let Kind::Call { function, args } = &module.exprs[expr].kind
            && let [Arg { keyword: None, value, stars: 0 }] = args[..]
            && module.dotted(*function).is_some_and(|name| name == "fields" || name.ends_with(".fields"))
            && let class @ Type::Class(..) = self.infer(module, value)
        {
            return class;
        }
        self.infer(module, expr)
    }

    fn variable_meaning(&mut self, module: &Module, scope: ScopeId, word: &str) -> Meaning {
        let Some(var) = self.variable(module, scope, word) else { return Meaning::Outside };
        // A name of a class is a member.
        let home = self.module(var.module);
        if let ScopeKind::Class(class) = home.scopes[var.scope].kind {
            return these(self.member_spots(ClassRef { module: var.module, class }, word));
        }
        these(self.definitions(&var))
    }

    /// A member of a value.
    pub fn member_meaning(&mut self, of: &Type, word: &str, shown: &str) -> Meaning {
        let mut found = Members::default();
        self.members(of, word, &mut found, 0);
        found.spots.sort();
        found.spots.dedup();
        if !found.spots.is_empty() && found.library {
            return Meaning::Unknown { why: format!("`{shown}` may be a library's, which has this name too") };
        }
        if !found.spots.is_empty() {
            return Meaning::These(found.spots);
        }
        if found.outside && !found.unknown {
            return Meaning::Outside;
        }
        self.by_name(word, &format!("the type of `{shown}` is not known"))
    }

    fn members(&mut self, of: &Type, word: &str, found: &mut Members, depth: usize) {
        if depth > 8 {
            return;
        }
        match of {
            Type::Union(parts) => parts.iter().for_each(|part| self.members(part, word, found, depth + 1)),
            Type::None => found.outside |= of == &Type::None && depth == 0,
            Type::Foreign => found.outside = true,
            Type::Module(id) => match self.member_of_module(*id, word) {
                Some(var) => {
                    let spots = self.definitions(&var);
                    found.outside |= spots.is_empty();
                    found.spots.extend(spots);
                }
                None => found.outside = true,
            },
            Type::Folder(_) => found.outside = true,
            Type::Instance(class, args) | Type::Class(class, args) => {
                if let Some(class) = self.as_class_object(of) {
                    return self.members(&class, word, found, depth + 1);
                }
                let line = self.line(*class, args);
                match self.owner(&line, word) {
                    Some((owner, _)) => {
                        let spots = self.member_spots(owner, word);
                        found.outside |= spots.is_empty();
                        found.library |= self.is_described(owner);
                        found.spots.extend(spots);
                    }
                    None => {
                        let outside = self.module(class.module).stub || line.foreign;
                        let below = if outside { Vec::new() } else { self.members_below(*class, word) };
                        found.outside |= outside;
                        found.unknown |= !outside && below.is_empty();
                        found.spots.extend(below);
                    }
                }
            }
            Type::Tuple(_) => {
                let tuple = self.as_tuple(of);
                self.members(&tuple, word, found, depth + 1);
            }
            Type::Var(_, Some(bound)) => self.members(&bound.clone(), word, found, depth + 1),
            Type::Super(class, _) => {
                let mut line = self.line(*class, &[]);
                line.classes.remove(0);
                match self.owner(&line, word) {
                    Some((owner, _)) => {
                        let spots = self.member_spots(owner, word);
                        found.outside |= spots.is_empty();
                        found.spots.extend(spots);
                    }
                    None => found.outside = true,
                }
            }
            Type::Function(_) => {
                found.unknown = true;
            }
            Type::Unknown | Type::Var(_, None) => found.unknown = true,
        }
    }

    /// Where nothing is known about a value: what has the name at all.
    pub fn by_name(&mut self, word: &str, why: &str) -> Meaning {
        if word.starts_with("__") && word.ends_with("__") {
            return Meaning::Outside;
        }
        let members = self.members_named(word);
        if members.is_empty() {
            return Meaning::Outside;
        }
        let unknown = Meaning::Unknown { why: why.to_owned() };
        if self.is_common(word) {
            return unknown;
        }
        let kin = self.kin_of(&members[0]);
        if members.iter().all(|other| kin.members.contains(other)) { Meaning::These(members) } else { unknown }
    }

    /// Whether a described class of a library has such a member.
    pub fn is_common(&mut self, word: &str) -> bool {
        ["builtins", "typing", "library", "pytest"].iter().any(|name| {
            let Some(id) = super::modules::stub(self.program, name) else { return false };
            let module = self.module(id);
            module.classes.iter().any(|class| module.scopes[class.scope].bindings.contains_key(word))
        })
    }

    /// A member that only classes below have: what is taken for the one above is one of those.
    fn members_below(&mut self, class: ClassRef, word: &str) -> Vec<Spot> {
        let mut found = Vec::new();
        for (module, other) in self.classes_with(word) {
            let other = ClassRef { module, class: other };
            if self.is_below(other, class) {
                found.extend(self.member_spots(other, word));
            }
        }
        found
    }

    /// Every member of a class in the program that has the name.
    pub fn members_named(&mut self, word: &str) -> Vec<Spot> {
        let mut found = Vec::new();
        for (module, class) in self.classes_with(word) {
            found.extend(self.member_spots(ClassRef { module, class }, word));
        }
        found.sort();
        found.dedup();
        found
    }

    /// The classes of the program that have a member of the name.
    pub fn classes_with(&mut self, word: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for path in self.python_files_with(word) {
            let Some(id) = super::modules::of_path(self.program, &path) else { continue };
            let module = self.module(id);
            for class in 0..module.classes.len() {
                if self.declares(ClassRef { module: id, class }, word) {
                    found.push((id, class));
                }
            }
        }
        found
    }

    /// `a.b.name` in a string.
    fn path(&mut self, module: &Module, span: Span, word: &str) -> Meaning {
        let path = module.slice(span);
        let Some((before, _)) = path.rsplit_once('.') else { return Meaning::Outside };
        let mut parts = before.split('.');
        let first = parts.next().unwrap_or_default();
        let start = Import { module: first.to_owned(), name: None, renamed: false };
        let mut at = self.imported_module(module, &start);
        if at == Type::Foreign {
            return Meaning::Outside;
        }
        for part in parts {
            at = match self.submodule(&at, part) {
                Some(module) => module,
                None => self.attribute(&at, part),
            };
        }
        self.member_meaning(&at, word, before)
    }
}

/// What is meant, if it is anything of the program.
pub(super) fn these(spots: Vec<Spot>) -> Meaning {
    if spots.is_empty() { Meaning::Outside } else { Meaning::These(spots) }
}

/// An expression for people: cut short if it is long.
fn shown(module: &Module, expr: ExprId) -> String {
    let text = module.slice(module.exprs[expr].span);
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}
