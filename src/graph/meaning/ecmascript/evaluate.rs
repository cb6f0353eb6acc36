//! From types as written to types.

use super::engine::{Engine, LIB};
use super::names::Entity;
use super::tree::At;
use super::types::{Env, Sym, Ty, Type, inter, mentions, parts, substitute, ty, union};

/// How often aliases are looked through for one type.
const ALIASES: u8 = 40;

impl Engine<'_, '_> {
    /// A type node's type.
    pub fn evaluate(&mut self, at: At, env: &Env) -> Ty {
        self.deeper(|engine| engine.written(at, env)).unwrap_or_else(|| ty(Type::Unsure))
    }

    fn written(&mut self, at: At, env: &Env) -> Ty {
        let unit = self.unit(at.unit);
        let tree = &unit.tree;
        let inner = |node| At { node, ..at };
        let unsure = || ty(Type::Unsure);
        match unit.kind(at.node) {
            "type_annotation"
            | "parenthesized_type"
            | "readonly_type"
            | "optional_type"
            | "constraint"
            | "default_type"
            | "opting_type_annotation"
            | "omitting_type_annotation"
            | "adding_type_annotation"
            | "type_arguments" => match tree.named(at.node).last() {
                Some(node) => self.evaluate(inner(node), env),
                None => unsure(),
            },
            "predefined_type" => match unit.slice(at.node) {
                "any" => ty(Type::Any),
                "unknown" => ty(Type::Unknown),
                "never" => ty(Type::Never),
                "string" => ty(Type::Prim("String")),
                "number" => ty(Type::Prim("Number")),
                "boolean" => ty(Type::Prim("Boolean")),
                "bigint" => ty(Type::Prim("BigInt")),
                "object" => ty(Type::Prim("Object")),
                "void" | "undefined" | "null" => ty(Type::Nullish),
                _ => ty(Type::Prim("Symbol")),
            },
            "literal_type" => tree.first(at.node).map_or_else(|| ty(Type::Nullish), |node| self.literal(inner(node))),
            "template_literal_type" => ty(Type::Prim("String")),
            "string" | "number" | "true" | "false" | "null" | "undefined" | "unary_expression" => self.literal(at),
            "type_identifier" | "nested_type_identifier" | "identifier" => self.referred(at, None, env),
            "generic_type" => {
                let (name, arguments) = (tree.field(at.node, "name"), tree.field(at.node, "type_arguments"));
                name.map_or_else(unsure, |name| self.referred(inner(name), arguments.map(inner), env))
            }
            "union_type" => {
                let all: Vec<_> = tree.named(at.node).collect();
                union(all.into_iter().map(|node| self.evaluate(inner(node), env)).collect::<Vec<_>>())
            }
            "intersection_type" => {
                let all: Vec<_> = tree.named(at.node).collect();
                inter(all.into_iter().map(|node| self.evaluate(inner(node), env)).collect::<Vec<_>>())
            }
            "array_type" => {
                let element = tree.first(at.node).map_or_else(unsure, |node| self.evaluate(inner(node), env));
                self.array(element)
            }
            "tuple_type" => {
                let all: Vec<_> = tree.named(at.node).collect();
                let elements = all.into_iter().map(|node| {
                    let rest = unit.kind(node) == "rest_type"
                        || tree.field(node, "name").is_some_and(|name| unit.kind(name) == "rest_pattern");
                    let of = tree.field(node, "type").or_else(|| tree.first(node)).filter(|_| {
                        matches!(unit.kind(node), "rest_type" | "required_parameter" | "optional_parameter")
                    });
                    let of = self.evaluate(inner(of.unwrap_or(node)), env);
                    if rest { ty(Type::Rest(of)) } else { of }
                });
                ty(Type::Tuple(elements.collect()))
            }
            "object_type" | "function_type" | "constructor_type" => ty(Type::Shape(at, env.clone())),
            "index_type_query" => {
                let of = tree.first(at.node).map_or_else(unsure, |node| self.evaluate(inner(node), env));
                ty(Type::KeyOf(of))
            }
            "lookup_type" => {
                let mut named = tree.named(at.node);
                match (named.next(), named.next()) {
                    (Some(object), Some(key)) => {
                        let object = self.evaluate(inner(object), env);
                        let key = self.evaluate(inner(key), env);
                        ty(Type::Index(object, key))
                    }
                    _ => unsure(),
                }
            }
            "type_query" => match tree.first(at.node) {
                Some(node) if unit.kind(node) == "instantiation_expression" => {
                    tree.first(node).map_or_else(unsure, |node| self.expression(inner(node)))
                }
                Some(node) if unit.kind(node) == "call_expression" => {
                    let entity = self.entity_of_path(inner(node));
                    self.entity_type(&entity)
                }
                Some(node) => {
                    let of = self.expression(inner(node));
                    substitute(&of, env)
                }
                None => unsure(),
            },
            "member_expression" | "call_expression" => {
                let entity = self.entity_of_path(at);
                self.entity_as_type(&entity, Vec::new())
            }
            "conditional_type" => ty(Type::Cond(at, env.clone())),
            "infer_type" => env.get(at).cloned().unwrap_or_else(|| ty(Type::Param(at))),
            "this_type" | "this" => self.this_of(at, env),
            "type_predicate" | "type_predicate_annotation" => ty(Type::Prim("Boolean")),
            "asserts" | "asserts_annotation" => ty(Type::Nullish),
            _ => unsure(),
        }
    }

    fn this_of(&mut self, at: At, env: &Env) -> Ty {
        let unit = self.unit(at.unit);
        let declares = |kind: &str| super::tree::is_class(kind) || kind == "interface_declaration";
        let Some(node) = unit.tree.around(at.node, declares) else { return ty(Type::Unsure) };
        let owner = At { node, ..at };
        match env.get(owner) {
            Some(this) => this.clone(),
            None => self.self_type(owner).map_or_else(|| ty(Type::Unsure), |of| substitute(&of, env)),
        }
    }

    /// The symbol of a class or an interface by the node that declares it.
    pub fn declared_symbol(&mut self, declaration: At) -> Option<Sym> {
        let unit = self.unit(declaration.unit);
        let name = unit.tree.field(declaration.node, "name");
        let text = name.map_or("", |name| unit.slice(name));
        let found = unit.own(declaration.node, text).or_else(|| {
            let from = unit.tree.parent(declaration.node)?;
            unit.lookup(from, text, super::unit::ANY).map(|(_, id)| id)
        });
        found.map(|id| Sym { unit: declaration.unit, id })
    }

    /// A class's or interface's type as it is inside of it.
    pub fn self_type(&mut self, declaration: At) -> Option<Ty> {
        let sym = self.declared_symbol(declaration)?;
        let parameters = self.parameters(declaration);
        Some(ty(Type::Ref(sym, parameters.into_iter().map(|at| ty(Type::Param(at))).collect())))
    }

    /// The type parameters of a declaration.
    pub fn parameters(&mut self, declaration: At) -> Vec<At> {
        let unit = self.unit(declaration.unit);
        let Some(list) = unit.tree.field(declaration.node, "type_parameters") else { return Vec::new() };
        let all = unit.tree.named(list).filter(|node| unit.kind(*node) == "type_parameter");
        all.map(|node| At { node, ..declaration }).collect()
    }

    /// The arguments for a declaration's type parameters, with what is left out filled in.
    pub fn filled(&mut self, declaration: At, given: &[Ty]) -> Vec<(At, Ty)> {
        let parameters = self.parameters(declaration);
        let mut pairs: Vec<(At, Ty)> = Vec::new();
        for (index, parameter) in parameters.into_iter().enumerate() {
            let argument = match given.get(index) {
                Some(argument) => argument.clone(),
                None => {
                    let env = Env::new(pairs.clone());
                    match self.field(parameter, "value").or_else(|| self.field(parameter, "constraint")) {
                        Some(default) => self.evaluate(default, &env),
                        None => ty(Type::Unknown),
                    }
                }
            };
            pairs.push((parameter, argument));
        }
        pairs
    }

    fn referred(&mut self, name: At, arguments: Option<At>, env: &Env) -> Ty {
        let text = self.text(name);
        if text == "const" {
            return ty(Type::Unsure);
        }
        let arguments: Vec<Ty> = match arguments {
            Some(list) => self.named(list).into_iter().map(|one| self.evaluate(one, env)).collect(),
            None => Vec::new(),
        };
        let Some(link) = self.link_of_path(name) else { return ty(Type::Foreign) };
        if let Entity::Symbol(sym) = link.entity {
            for declaration in self.declarations(sym) {
                if matches!(self.kind(declaration), "type_parameter" | "infer_type" | "mapped_type_clause") {
                    return env.get(declaration).cloned().unwrap_or_else(|| ty(Type::Param(declaration)));
                }
            }
        }
        self.entity_as_type(&link.entity, arguments)
    }

    /// What an entity's name means where a type is wanted.
    pub fn entity_as_type(&mut self, entity: &Entity, arguments: Vec<Ty>) -> Ty {
        match entity {
            Entity::Symbol(sym) => {
                for declaration in self.declarations(*sym) {
                    match self.kind(declaration) {
                        "type_alias_declaration" => {
                            let filled = self.filled(declaration, &arguments);
                            return ty(Type::Alias(*sym, filled.into_iter().map(|(_, one)| one).collect()));
                        }
                        "interface_declaration" | "class_declaration" | "abstract_class_declaration" | "class" => {
                            let filled = self.filled(declaration, &arguments);
                            return ty(Type::Ref(*sym, filled.into_iter().map(|(_, one)| one).collect()));
                        }
                        "enum_declaration" => return ty(Type::Ref(*sym, Vec::new())),
                        _ => {}
                    }
                }
                ty(Type::Unsure)
            }
            Entity::Value(at) => match self.kind(*at) {
                "class" | "class_declaration" => self.self_type(*at).unwrap_or_else(|| ty(Type::Unsure)),
                _ => self.declared(*at),
            },
            Entity::Module(unit) => ty(Type::Module(*unit)),
            Entity::Foreign => ty(Type::Foreign),
            Entity::Missing => ty(Type::Unsure),
        }
    }

    pub fn library(&mut self, name: &str, arguments: Vec<Ty>) -> Ty {
        match self.unit(LIB).own(0, name) {
            Some(id) => self.entity_as_type(&Entity::Symbol(Sym { unit: LIB, id }), arguments),
            None => ty(Type::Unsure),
        }
    }

    pub fn array(&mut self, element: Ty) -> Ty {
        self.library("Array", vec![element])
    }

    fn literal(&mut self, at: At) -> Ty {
        let unit = self.unit(at.unit);
        match unit.kind(at.node) {
            "string" => ty(Type::Str(unit.literal(at.node).unwrap_or("").to_owned())),
            "number" | "unary_expression" => ty(Type::Num(unit.slice(at.node).to_owned())),
            "true" => ty(Type::Bool(true)),
            "false" => ty(Type::Bool(false)),
            "null" | "undefined" => ty(Type::Nullish),
            _ => ty(Type::Prim("String")),
        }
    }

    /// Looks through aliases and operators until the type's own form shows.
    pub fn opened(&mut self, of: &Ty) -> Ty {
        let mut of = of.clone();
        for _ in 0..ALIASES {
            let next = match &*of {
                Type::Alias(sym, arguments) => self.deeper(|engine| engine.alias(*sym, arguments)),
                Type::Index(object, key) => self.deeper(|engine| engine.indexed(object, key)),
                Type::KeyOf(inner) => self.deeper(|engine| engine.keys(inner)),
                Type::Cond(at, env) => self.deeper(|engine| engine.conditional(*at, env)),
                Type::Union(types) if types.iter().any(is_closed) => {
                    let types = types.clone();
                    self.deeper(|engine| union(types.iter().map(|one| engine.opened(one)).collect::<Vec<_>>()))
                }
                _ => return of,
            };
            match next {
                Some(next) if next != of => of = next,
                _ => return of,
            }
        }
        of
    }

    fn alias(&mut self, sym: Sym, arguments: &[Ty]) -> Ty {
        for declaration in self.declarations(sym) {
            if let Some(value) = self.field(declaration, "value") {
                let env = Env::new(self.filled(declaration, arguments));
                return self.evaluate(value, &env);
            }
        }
        ty(Type::Unsure)
    }

    /// `keyof of`; stays what it is where the members are not known.
    fn keys(&mut self, of: &Ty) -> Ty {
        let opened = self.opened(of);
        match &*opened {
            Type::Param(_) | Type::Unsure | Type::Index(..) | Type::Cond(..) => ty(Type::KeyOf(opened.clone())),
            Type::Union(_) => ty(Type::Prim("String")),
            _ => match self.member_names(&opened) {
                Some(names) if !names.is_empty() => union(names.into_iter().map(|name| ty(Type::Str(name)))),
                _ => ty(Type::Prim("String")),
            },
        }
    }

    /// `object[key]` as a type.
    pub fn indexed(&mut self, object: &Ty, key: &Ty) -> Ty {
        let key = self.opened(key);
        let mut found = Vec::new();
        for part in parts(&key) {
            found.push(match &*part {
                Type::Str(name) => self.property(object, name).unwrap_or_else(|| ty(Type::Unsure)),
                Type::Num(number) => self.property(object, number).unwrap_or_else(|| ty(Type::Unsure)),
                Type::Prim(_) | Type::KeyOf(_) | Type::Param(_) => {
                    let base = self.opened(object);
                    if matches!(&*base, Type::Param(_)) || matches!(&*part, Type::Param(_)) {
                        return match self.constraint_of(&base).filter(|_| !matches!(&*part, Type::Param(_))) {
                            Some(base) => self.indexed(&base, &key),
                            None => ty(Type::Index(base, part)),
                        };
                    }
                    self.any_member(&base)
                }
                Type::Any => ty(Type::Any),
                _ => ty(Type::Unsure),
            });
        }
        union(found)
    }

    /// The type of whatever member an unknown key may have.
    pub fn any_member(&mut self, of: &Ty) -> Ty {
        let of = &self.opened(of);
        if let Some(element) = self.element(of) {
            return element;
        }
        if let Type::Shape(at, env) = &**of
            && let Some(clause) = self.mapped(*at)
        {
            return self.mapped_type(clause, env, ty(Type::Prim("String")));
        }
        match self.member_names(of) {
            Some(names) if names.len() <= 64 => {
                let types: Vec<Ty> = names.iter().filter_map(|name| self.property(of, name)).collect();
                if types.is_empty() { ty(Type::Any) } else { union(types) }
            }
            _ => ty(Type::Unsure),
        }
    }

    /// What a type parameter has to be.
    pub fn constraint_of(&mut self, of: &Ty) -> Option<Ty> {
        let Type::Param(at) = &**of else { return None };
        if self.kind(*at) == "mapped_type_clause" {
            let keys = self.field(*at, "type")?;
            return Some(self.evaluate(keys, &Env::default()));
        }
        let constraint = self.field(*at, "constraint")?;
        Some(self.evaluate(constraint, &Env::default()))
    }

    fn conditional(&mut self, at: At, env: &Env) -> Ty {
        let branches = |engine: &mut Self, env: &Env, which: [bool; 2]| {
            let mut found = Vec::new();
            for (field, wanted) in ["consequence", "alternative"].into_iter().zip(which) {
                if let Some(branch) = engine.field(at, field).filter(|_| wanted) {
                    found.push(engine.evaluate(branch, env));
                }
            }
            union(found)
        };
        let (Some(left), Some(right)) = (self.field(at, "left"), self.field(at, "right")) else {
            return ty(Type::Unsure);
        };
        let checked = self.evaluate(left, env);
        let checked = self.opened(&checked);
        let naked = match self.kind(left) {
            "type_identifier" => self.evaluate(left, &Env::default()),
            _ => ty(Type::Unsure),
        };
        if let (Type::Union(all), Type::Param(parameter)) = (&*checked, &*naked) {
            let each = all.iter().map(|part| self.conditional(at, &env.over(&[(*parameter, part.clone())])));
            return union(each.collect::<Vec<_>>());
        }
        if matches!(&*checked, Type::Never) && matches!(&*naked, Type::Param(_)) {
            return checked;
        }
        let wanted = self.evaluate(right, env);
        let mut bindings = Vec::new();
        let free = mentions(&checked, &|_| true, 0);
        let verdict = self.fits(&checked, &wanted, &mut bindings).filter(|_| !free);
        let bound: Vec<(At, Ty)> = self.inferred_here(at, bindings);
        let env = env.over(&bound);
        match verdict {
            Some(true) => branches(self, &env, [true, false]),
            Some(false) => branches(self, &env, [false, true]),
            None => branches(self, &env, [true, true]),
        }
    }

    /// What the `infer`s of a conditional type are bound to; unknown where nothing was found.
    fn inferred_here(&mut self, at: At, bindings: Vec<(At, Ty)>) -> Vec<(At, Ty)> {
        let unit = self.unit(at.unit);
        let own = |id: &super::tree::Id| unit.kind(*id) == "infer_type";
        let mut bound: Vec<(At, Ty)> = Vec::new();
        let Some(right) = unit.tree.field(at.node, "right") else { return bound };
        let infers: Vec<At> =
            std::iter::once(right).chain(unit.tree.below(right)).filter(own).map(|node| At { node, ..at }).collect();
        for infer in &infers {
            let name = unit.tree.first(infer.node).map_or("", |name| unit.slice(name));
            let same: Vec<&At> = infers
                .iter()
                .filter(|other| unit.tree.first(other.node).is_some_and(|other| unit.slice(other) == name))
                .collect();
            let found: Vec<Ty> =
                bindings.iter().filter(|(at, _)| same.contains(&at)).map(|(_, ty)| ty.clone()).collect();
            bound.push((*infer, if found.is_empty() { ty(Type::Unsure) } else { union(found) }));
        }
        bound
    }
}

fn is_closed(of: &Ty) -> bool {
    matches!(&**of, Type::Alias(..) | Type::Index(..) | Type::KeyOf(_) | Type::Cond(..))
}
