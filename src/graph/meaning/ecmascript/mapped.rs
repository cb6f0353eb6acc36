//! The members of mapped types.

use super::engine::Engine;
use super::members::{Lack, Member, Members};
use super::tree::At;
use super::types::{Env, Ty, Type, parts, substitute, ty};

impl Engine<'_, '_> {
    /// The clause of a mapped type.
    pub fn mapped(&mut self, shape: At) -> Option<At> {
        let unit = self.unit(shape.unit);
        if unit.kind(shape.node) != "object_type" {
            return None;
        }
        let signature = unit.tree.named(shape.node).find(|node| unit.tree.has(*node, "mapped_type_clause"))?;
        unit.tree.child(signature, "mapped_type_clause").map(|node| At { node, ..shape })
    }

    pub(super) fn of_mapped(&mut self, clause: At, env: &Env, name: &str) -> Members {
        let Some(keys) = self.field(clause, "type") else { return Members::lacking(Lack::Unsure) };
        let of = Some(self.mapped_type(clause, env, ty(Type::Str(name.to_owned()))));
        let renamed = self.field(clause, "alias").is_some();
        let keyed = self.evaluate(keys, env);
        if !renamed && let Some(source) = self.mapped_source(keys, env) {
            let members = self.members(&source, name);
            let allowed = match &*self.opened(&keyed) {
                Type::Union(all) => {
                    all.iter().any(|one| **one == Type::Str(name.to_owned()))
                        || !all.iter().all(|one| matches!(**one, Type::Str(_)))
                }
                Type::Str(one) => one == name,
                _ => true,
            };
            return match members.found {
                Some(found) if allowed => {
                    let of = |member: Member| Member { of: of.clone().or(member.of), ..member };
                    Members { found: Some(found.into_iter().map(of).collect()), lack: members.lack }
                }
                Some(_) => Members::lacking(Lack::Missing),
                None => members,
            };
        }
        let opened = self.opened(&keyed);
        let has = parts(&opened).iter().any(|key| match &**key {
            Type::Str(key) => key == name,
            Type::Prim(_) | Type::Unsure | Type::Any | Type::Param(_) | Type::KeyOf(_) => true,
            _ => renamed,
        });
        match of.filter(|_| has || renamed) {
            Some(of) => self.unnamed(of),
            None => Members::lacking(Lack::Missing),
        }
    }

    /// The type of the members of a mapped type, for a key.
    pub fn mapped_type(&mut self, clause: At, env: &Env, key: Ty) -> Ty {
        let unit = self.unit(clause.unit);
        let template = unit.tree.parent(clause.node).and_then(|signature| unit.tree.field(signature, "type"));
        match template {
            Some(node) => self.evaluate(At { node, ..clause }, &env.over(&[(clause, key)])),
            None => ty(Type::Any),
        }
    }

    /// The type whose members a mapped type has: `T` of `keyof T`, also where a parameter says `keyof T`.
    pub fn mapped_source(&mut self, keys: At, env: &Env) -> Option<Ty> {
        if self.kind(keys) == "index_type_query" {
            let of = self.first(keys)?;
            return Some(self.evaluate(of, env));
        }
        if self.kind(keys) == "parenthesized_type" {
            let inner = self.first(keys)?;
            return self.mapped_source(inner, env);
        }
        let parameter = self.evaluate(keys, &Env::default());
        match &*parameter {
            Type::Param(at) => {
                let constraint = self.field(*at, "constraint")?;
                let of = self.first(constraint)?;
                // `keyof any` is any key, and not those of a type.
                let source = (self.kind(of) == "index_type_query").then(|| self.mapped_source(of, env))?;
                source.filter(|source| **source != Type::Any)
            }
            Type::KeyOf(of) => Some(substitute(of, env)),
            Type::Alias(..) => match &*self.opened(&parameter) {
                Type::KeyOf(of) => Some(substitute(of, env)),
                _ => None,
            },
            _ => None,
        }
    }
}
