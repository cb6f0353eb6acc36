//! The members of types: which declarations a name means, and what type it has.

use super::engine::Engine;
use super::names::Entity;
use super::tree::{At, is_class, is_function};
use super::types::{Env, Sym, Ty, Type, inter, present, substitute, ty, union};

/// A declaration of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub at: At,
    pub env: Env,
    /// Its type, where that is not what the declaration says.
    pub of: Option<Ty>,
    /// It has the name; an index signature has not.
    pub named: bool,
}

/// Why a type has no such member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lack {
    Missing,
    Foreign,
    Any,
    Unsure,
}

pub(super) struct Members {
    pub found: Option<Vec<Member>>,
    pub lack: Lack,
}

impl Members {
    pub(super) fn lacking(lack: Lack) -> Self {
        Self { found: None, lack }
    }

    fn of(found: Vec<Member>) -> Self {
        Self { found: (!found.is_empty()).then_some(found), lack: Lack::Missing }
    }

    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.found.is_some() { self } else { other() }
    }
}

impl Engine<'_, '_> {
    /// What a name means as a member of a type.
    pub fn members(&mut self, of: &Ty, name: &str) -> Members {
        self.members_of(of, name, of)
    }

    fn members_of(&mut self, of: &Ty, name: &str, this: &Ty) -> Members {
        self.deeper(|engine| engine.find_members(of, name, this)).unwrap_or(Members::lacking(Lack::Unsure))
    }

    fn find_members(&mut self, of: &Ty, name: &str, this: &Ty) -> Members {
        let of = self.opened(of);
        match &*of {
            Type::Unsure | Type::Cond(..) => Members::lacking(Lack::Unsure),
            Type::Index(object, _) => match self.constraint_of(object) {
                Some(base) => {
                    let of = self.any_member(&base);
                    self.members_of(&of, name, &of)
                }
                None => Members::lacking(Lack::Unsure),
            },
            Type::Any => Members::lacking(Lack::Any),
            Type::Foreign => Members::lacking(Lack::Foreign),
            Type::Unknown | Type::Never | Type::Nullish | Type::Rest(_) => Members::lacking(Lack::Missing),
            Type::Prim(interface) => self.of_library(interface, name),
            Type::Str(_) | Type::KeyOf(_) | Type::Alias(..) => self.of_library("String", name),
            Type::Num(_) => self.of_library("Number", name),
            Type::Bool(_) => self.of_library("Boolean", name),
            Type::Ref(sym, arguments) => self.of_instance(*sym, arguments, name, this),
            Type::Value(sym) => self.of_value(*sym, name),
            Type::Module(unit) => match self.exported(*unit, name) {
                Some(link) => self.linked(link),
                None => Members::lacking(Lack::Missing),
            },
            Type::Shape(at, env) => self.of_shape(*at, env, name),
            Type::Param(_) => match self.constraint_of(&of) {
                Some(base) => self.members_of(&base, name, this),
                None => Members::lacking(Lack::Missing),
            },
            Type::Union(all) | Type::Inter(all) => {
                let mut found: Vec<Member> = Vec::new();
                let mut lack = Lack::Missing;
                for part in all {
                    let this = if matches!(&*of, Type::Union(_)) { part } else { this };
                    let members = self.members_of(part, name, this);
                    match members.found {
                        Some(more) => found.extend(more),
                        None => lack = lack.max(members.lack),
                    }
                }
                if found.iter().any(|member| member.named) {
                    found.retain(|member| member.named);
                }
                found.dedup();
                Members { found: (!found.is_empty()).then_some(found), lack }
            }
            Type::Tuple(elements) => {
                if let Some(element) = name.parse::<usize>().ok().and_then(|index| elements.get(index)) {
                    return self.unnamed(element.clone());
                }
                let array = self.as_array(elements);
                self.members_of(&array, name, &array)
            }
        }
    }

    pub fn as_array(&mut self, elements: &[Ty]) -> Ty {
        let all: Vec<Ty> = elements
            .iter()
            .map(|element| match &**element {
                Type::Rest(inner) => self.element(inner).unwrap_or_else(|| ty(Type::Unsure)),
                _ => element.clone(),
            })
            .collect();
        self.array(union(all))
    }

    pub(super) fn unnamed(&mut self, of: Ty) -> Members {
        let at = At { unit: super::engine::LIB, node: 0 };
        Members::of(vec![Member { at, env: Env::default(), of: Some(of), named: false }])
    }

    fn of_library(&mut self, interface: &str, name: &str) -> Members {
        let of = self.library(interface, Vec::new());
        match &*of {
            Type::Ref(sym, arguments) => self.of_instance(*sym, arguments, name, &of),
            _ => Members::lacking(Lack::Missing),
        }
    }

    /// What a link to another file's name gives as a member.
    fn linked(&mut self, link: super::names::Link) -> Members {
        if matches!(link.entity, Entity::Foreign) && link.names.is_empty() {
            return Members::lacking(Lack::Foreign);
        }
        let of = self.entity_type(&link.entity);
        if link.names.is_empty() {
            return self.unnamed(of);
        }
        let member = |at: &At| Member { at: *at, env: Env::default(), of: Some(of.clone()), named: true };
        Members::of(link.names.iter().map(member).collect())
    }

    /// What stands for the type parameters inside of a declaration.
    pub fn inside(&mut self, declaration: At, arguments: &[Ty], this: &Ty) -> Env {
        let mut pairs = self.filled(declaration, arguments);
        pairs.push((declaration, this.clone()));
        Env::new(pairs)
    }

    fn of_instance(&mut self, sym: Sym, arguments: &[Ty], name: &str, this: &Ty) -> Members {
        let mut found = Vec::new();
        let mut enumeration = false;
        for declaration in self.declarations(sym) {
            enumeration |= self.kind(declaration) == "enum_declaration";
            if !is_instance(self.kind(declaration)) {
                continue;
            }
            let Some(body) = self.field(declaration, "body") else { continue };
            let unit = self.unit(body.unit);
            let members = unit.members(body.node, name);
            if !members.is_empty() {
                let env = self.inside(declaration, arguments, this);
                let member =
                    |node: &u32| Member { at: At { node: *node, ..body }, env: env.clone(), of: None, named: true };
                found.extend(members.iter().map(member));
            }
        }
        if !found.is_empty() {
            return Members::of(found);
        }
        if enumeration {
            return self.of_library("Number", name);
        }
        let mut lack = Lack::Missing;
        for base in self.bases(sym, arguments, this) {
            let members = self.members_of(&base, name, this);
            if members.found.is_some() {
                return members;
            }
            lack = lack.max(members.lack);
        }
        for declaration in self.declarations(sym) {
            let Some(body) = self.field(declaration, "body") else { continue };
            if let Some(of) = self.index_signature(body, name).filter(|_| is_instance_body(self.kind(body))) {
                let env = self.inside(declaration, arguments, this);
                let of = self.evaluate(of, &env);
                return self.unnamed(of);
            }
        }
        if lack == Lack::Missing && !self.is_object(sym) {
            return self.of_library("Object", name);
        }
        Members::lacking(lack)
    }

    fn is_object(&mut self, sym: Sym) -> bool {
        sym.unit == super::engine::LIB && self.symbol(sym, |symbol| symbol.name == "Object").unwrap_or(false)
    }

    /// The type of an index signature that takes the name.
    pub(super) fn index_signature(&mut self, body: At, name: &str) -> Option<At> {
        let unit = self.unit(body.unit);
        let numeric = name.starts_with(|c: char| c.is_ascii_digit());
        let signature = unit.tree.named(body.node).find(|node| {
            let of = unit.tree.field(*node, "index_type").map_or("", |of| unit.slice(of));
            unit.kind(*node) == "index_signature"
                && (of == "string" || of == "PropertyKey" || (of == "number") == numeric)
                && !unit.tree.has(*node, "mapped_type_clause")
        })?;
        unit.tree.field(signature, "type").map(|node| At { node, ..body })
    }

    /// The types that a class or an interface extends.
    pub fn bases(&mut self, sym: Sym, arguments: &[Ty], this: &Ty) -> Vec<Ty> {
        let mut found = Vec::new();
        for declaration in self.declarations(sym) {
            let unit = self.unit(declaration.unit);
            let at = |node| At { node, ..declaration };
            let interfaces = unit.tree.child(declaration.node, "extends_type_clause");
            let heritage = unit.tree.child(declaration.node, "class_heritage");
            if interfaces.is_none() && heritage.is_none() {
                continue;
            }
            let env = self.inside(declaration, arguments, this);
            for base in interfaces.into_iter().flat_map(|clause| unit.tree.named(clause)) {
                found.push(self.evaluate(at(base), &env));
            }
            if let Some(heritage) = heritage {
                let clause = unit.tree.child(heritage, "extends_clause").unwrap_or(heritage);
                let value = unit.tree.field(clause, "value").or_else(|| unit.tree.first(clause));
                let Some(value) = value.filter(|value| unit.kind(*value) != "implements_clause") else { continue };
                let given: Vec<Ty> = match unit.tree.field(clause, "type_arguments") {
                    Some(list) => {
                        let all: Vec<At> = unit.tree.named(list).map(at).collect();
                        all.into_iter().map(|one| self.evaluate(one, &env)).collect()
                    }
                    None => Vec::new(),
                };
                let class = self.expression(at(value));
                found.push(self.constructed(&class, &given));
            }
        }
        found
    }

    /// The types that a class says it implements.
    pub fn promises(&mut self, sym: Sym) -> Vec<Ty> {
        let mut found = Vec::new();
        for declaration in self.declarations(sym) {
            let unit = self.unit(declaration.unit);
            let heritage = unit.tree.child(declaration.node, "class_heritage");
            let clause = heritage.and_then(|heritage| unit.tree.child(heritage, "implements_clause"));
            for promised in clause.into_iter().flat_map(|clause| unit.tree.named(clause)) {
                found.push(self.evaluate(At { node: promised, ..declaration }, &Env::default()));
            }
        }
        found
    }

    fn of_value(&mut self, sym: Sym, name: &str) -> Members {
        let mut found = Vec::new();
        let mut lack = Lack::Missing;
        let plain = |at: At| Member { at, env: Env::default(), of: None, named: true };
        for declaration in self.declarations(sym) {
            let kind = self.kind(declaration);
            let body = self.field(declaration, "body");
            match (kind, body) {
                (_, Some(body)) if is_class(kind) => {
                    let unit = self.unit(body.unit);
                    let key = format!("static {name}");
                    found.extend(unit.members(body.node, &key).iter().map(|node| plain(At { node: *node, ..body })));
                    if found.is_empty() && name == "prototype" {
                        return match self.self_type(declaration) {
                            Some(this) => self.unnamed(this),
                            None => Members::lacking(Lack::Unsure),
                        };
                    }
                }
                ("enum_declaration", Some(body)) => {
                    let unit = self.unit(body.unit);
                    found.extend(unit.members(body.node, name).iter().map(|node| plain(At { node: *node, ..body })));
                }
                _ => {}
            }
        }
        if let Some(inner) = self.in_space(sym, name, super::unit::ANY) {
            let link = self.link(inner);
            found.extend(self.linked(link).found.unwrap_or_default());
        }
        if found.is_empty() {
            for declaration in self.declarations(sym).into_iter().filter(|at| at.unit == sym.unit) {
                if let Some(base) = self.class_value(declaration) {
                    let members = self.members_of(&base, name, &base);
                    if members.found.is_some() {
                        return members;
                    }
                    lack = lack.max(members.lack);
                }
            }
        }
        if found.is_empty() && lack == Lack::Missing {
            self.of_library("Function", name)
        } else {
            Members { lack, ..Members::of(found) }
        }
    }

    /// The value that a class extends.
    pub fn class_value(&mut self, declaration: At) -> Option<Ty> {
        let unit = self.unit(declaration.unit);
        let heritage = unit.tree.child(declaration.node, "class_heritage")?;
        let clause = unit.tree.child(heritage, "extends_clause").unwrap_or(heritage);
        let value = unit.tree.field(clause, "value").or_else(|| unit.tree.first(clause))?;
        let value = (unit.kind(value) != "implements_clause").then_some(value)?;
        Some(self.expression(At { node: value, ..declaration }))
    }

    /// What is spread into an object behind its own member of the name may give that member, too.
    fn spread_behind(&mut self, object: At, env: &Env, own: u32, name: &str) -> Vec<Member> {
        let unit = self.unit(object.unit);
        let behind = unit.tree.named(object.node).filter(|node| *node > own && unit.kind(*node) == "spread_element");
        let mut found = Vec::new();
        for spread in behind.filter_map(|spread| unit.tree.first(spread)).collect::<Vec<_>>() {
            let of = self.expression(At { node: spread, ..object });
            let of = present(&substitute(&of, env));
            let members = self.members_of(&of, name, &of).found.unwrap_or_default();
            found.extend(members.into_iter().filter(|one| one.named && one.at.unit != super::engine::LIB));
        }
        found
    }

    fn of_shape(&mut self, at: At, env: &Env, name: &str) -> Members {
        let unit = self.unit(at.unit);
        let kind = unit.kind(at.node);
        if is_function(kind) {
            return self.of_library("Function", name);
        }
        if let Some(mapped) = self.mapped(at) {
            return self.of_mapped(mapped, env, name);
        }
        let member = |node: &u32| Member { at: At { node: *node, ..at }, env: env.clone(), of: None, named: true };
        let found: Vec<Member> = unit.members(at.node, name).iter().map(member).collect();
        let mut found = found;
        if let (Some(last), "object") = (found.last().map(|member| member.at.node), kind) {
            found.extend(self.spread_behind(at, env, last, name));
        }
        let mut lack = Lack::Missing;
        if found.is_empty() && kind == "object" {
            let spreads: Vec<u32> =
                unit.tree.named(at.node).filter(|node| unit.kind(*node) == "spread_element").collect();
            for spread in spreads.into_iter().rev() {
                let Some(inner) = unit.tree.first(spread) else { continue };
                let of = self.expression(At { node: inner, ..at });
                let of = substitute(&of, env);
                let members = self.members_of(&of, name, &of);
                if members
                    .found
                    .as_ref()
                    .is_some_and(|all| all.iter().any(|one| one.at.unit != super::engine::LIB || !one.named))
                {
                    return members;
                }
                lack = lack.max(members.lack);
            }
        }
        if found.is_empty() && kind == "object_type" {
            if let Some(of) = self.index_signature(at, name) {
                let of = self.evaluate(of, &env.over(&[]));
                return self.unnamed(of);
            }
            if unit.tree.named(at.node).any(|node| matches!(unit.kind(node), "call_signature" | "construct_signature"))
            {
                return self.of_library("Function", name);
            }
        }
        let object = found.is_empty() && lack == Lack::Missing;
        Members { lack, ..Members::of(found) }
            .or(|| if object { self.of_library("Object", name) } else { Members::lacking(lack) })
    }

    /// The type of a member.
    pub fn property(&mut self, of: &Ty, name: &str) -> Option<Ty> {
        let of = self.opened(of);
        if let Type::Union(all) = &*of {
            let types: Vec<Ty> = all.iter().filter_map(|part| self.property(part, name)).collect();
            return (!types.is_empty()).then(|| union(types));
        }
        if let Type::Inter(all) = &*of {
            let types: Vec<Ty> = all
                .iter()
                .filter_map(|part| {
                    let members = self.members_of(part, name, &of);
                    self.members_type(members)
                })
                .collect();
            return (!types.is_empty()).then(|| inter(types));
        }
        let members = self.members(&of, name);
        self.members_type(members)
    }

    fn members_type(&mut self, members: Members) -> Option<Ty> {
        let Some(found) = members.found else {
            return match members.lack {
                Lack::Missing => None,
                Lack::Foreign => Some(ty(Type::Foreign)),
                Lack::Any => Some(ty(Type::Any)),
                Lack::Unsure => Some(ty(Type::Unsure)),
            };
        };
        let getter = found.iter().find(|member| {
            let unit = self.unit(member.at.unit);
            unit.tree.has(member.at.node, "get")
        });
        if let Some(getter) = getter.cloned() {
            return Some(self.member_type(&getter));
        }
        let types: Vec<Ty> = found.iter().map(|member| self.member_type(member)).collect();
        let methods = types.len() > 1 && types.iter().all(|one| matches!(&**one, Type::Shape(..)));
        Some(if methods { inter(types) } else { union(types) })
    }

    pub fn member_type(&mut self, member: &Member) -> Ty {
        if let Some(of) = &member.of {
            return of.clone();
        }
        let unit = self.unit(member.at.unit);
        let tree = &unit.tree;
        let (at, node) = (member.at, member.at.node);
        match unit.kind(node) {
            "method_signature" | "method_definition" | "abstract_method_signature" => {
                if tree.has(node, "get") {
                    return self.returned(at, &member.env);
                }
                if tree.has(node, "set") {
                    return match self.parameter_nodes(at).first().copied() {
                        Some(parameter) => {
                            let of = self.parameter_type(parameter);
                            substitute(&of, &member.env)
                        }
                        None => ty(Type::Unsure),
                    };
                }
                ty(Type::Shape(at, member.env.clone()))
            }
            _ => {
                if let Some(of) = self.field(at, "type") {
                    return self.evaluate(of, &member.env);
                }
                let of = self.declared(at);
                substitute(&of, &member.env)
            }
        }
    }
}

pub(super) fn is_instance(kind: &str) -> bool {
    is_class(kind) || kind == "interface_declaration"
}

fn is_instance_body(kind: &str) -> bool {
    matches!(kind, "class_body" | "interface_body" | "object_type")
}
