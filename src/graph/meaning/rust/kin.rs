//! Definitions that have one name together: a trait's item and those of its impls, and twins under `cfg`.

use std::collections::HashMap;

use super::super::Kin;
use super::hir::{DefId, Item, NOWHERE, Type, UseLeaf};
use super::resolve::{Space, Target};
use super::ty::Ty;
use super::universe::Universe;

/// The kin of a definition.
pub(super) fn kin(u: &Universe, id: DefId) -> Kin {
    let mut found = Kin::default();
    let mut members: Vec<DefId> = vec![id];
    let mut at = 0;
    while at < members.len() && members.len() < 10_000 {
        let one = members[at];
        for other in related(u, one, &mut found.bound) {
            if !members.contains(&other) {
                members.push(other);
            }
        }
        at += 1;
    }
    found.members = members.into_iter().map(|id| u.spot(id)).collect();
    found
}

fn related(u: &Universe, id: DefId, bound: &mut Option<String>) -> Vec<DefId> {
    let name = &*u.def(id).name.word;
    let mut found = twins(u, id);
    found.extend(u.import_twins().get(&id).into_iter().flatten());
    let Some(parent) = u.parent(id) else { return found };
    if let Some(Ty::Adt(of, _)) = u.header(parent).map(|header| &header.self_ty) {
        // The methods of types that take each other's place.
        let others = u.import_twins().get(of).into_iter().flatten();
        for other in others {
            let is_its = |impl_: DefId| {
                u.header(impl_).is_some_and(|header| matches!(&header.self_ty, Ty::Adt(id, _) if id == other))
            };
            found.extend(u.inherent(name).iter().filter(|(impl_, _)| is_its(*impl_)).map(|(_, item)| *item));
        }
    }
    match &u.def(parent).item {
        Item::Trait { items, .. } if items.contains(&id.index) => {
            found.extend(u.impls_of(parent).iter().filter_map(|impl_| u.member(*impl_, name)));
        }
        Item::Impl { of: Some(path), items, .. } if items.contains(&id.index) => {
            let of = u.header(parent).and_then(|header| header.of.as_ref()).and_then(|of| of.of);
            match of {
                Some(of) if !u.is_stub(of) => found.extend(u.member(of, name)),
                _ => {
                    let trait_ = path.segments.last().map(|last| last.name.word.to_string()).unwrap_or_default();
                    *bound = Some(format!("it implements `{trait_}`, which is not of this repository"));
                }
            }
        }
        _ => {}
    }
    found
}

/// Whether its name is that of something outside of the repository.
pub(super) fn is_bound(u: &Universe, id: DefId) -> bool {
    let Some(parent) = u.parent(id) else { return false };
    matches!(&u.def(parent).item, Item::Impl { of: Some(_), items, .. } if items.contains(&id.index))
        && u.header(parent).and_then(|header| header.of.as_ref()).and_then(|of| of.of).is_none_or(|of| u.is_stub(of))
}

/// Definitions of the same name, kind and place: only one of them is compiled.
fn twins(u: &Universe, id: DefId) -> Vec<DefId> {
    let def = u.def(id);
    let name = &*def.name.word;
    let same = |other: &DefId| std::mem::discriminant(&u.def(*other).item) == std::mem::discriminant(&def.item);
    let by_name = u.by_name.get(name).map_or(&[][..], Vec::as_slice);
    let others = by_name.iter().copied().filter(|other| *other != id).filter(same);
    match u.parent(id) {
        None => match &def.item {
            Item::Macro { .. } => others.filter(|other| u.root(u.scope(*other)) == u.root(u.scope(id))).collect(),
            _ => {
                let space = [Space::Type, Space::Value].into_iter().find(|space| u.fits(id, *space));
                let fits = |other: &DefId| space.is_some_and(|space| u.fits(*other, space));
                others
                    .filter(|other| other.file == id.file && u.def(*other).scope == def.scope && fits(other))
                    .filter(|other| u.parent(*other).is_none())
                    .collect()
            }
        },
        Some(parent) => {
            let is_twin = |other: &DefId| {
                let Some(around) = u.parent(*other) else { return false };
                around == parent
                    || match (&u.def(around).item, &u.def(parent).item) {
                        (Item::Impl { of: None, ty: a, .. }, Item::Impl { of: None, ty: b, .. }) => {
                            u.scope(around) == u.scope(parent) && one_ty(a, b)
                        }
                        (Item::Struct { .. }, Item::Struct { .. })
                        | (Item::Variant { .. }, Item::Variant { .. })
                        | (Item::Enum { .. }, Item::Enum { .. })
                        | (Item::Trait { .. }, Item::Trait { .. }) => {
                            u.def(around).name.word == u.def(parent).name.word && u.scope(around) == u.scope(parent)
                        }
                        _ => false,
                    }
            };
            if matches!(def.item, Item::Param { .. }) {
                return Vec::new();
            }
            others.filter(is_twin).collect()
        }
    }
}

impl Universe {
    /// Definitions that one module imports by the same name, which only goes when one of the imports is compiled.
    fn import_twins(&self) -> &HashMap<DefId, Vec<DefId>> {
        self.import_twins.get_or_init(|| {
            let mut found: HashMap<DefId, Vec<DefId>> = HashMap::new();
            for (module, uses) in self.uses() {
                let named = |leaf: &&UseLeaf| leaf.local.as_ref().is_some_and(|local| local.at == NOWHERE);
                let leaves: Vec<&UseLeaf> = uses.iter().filter(named).collect();
                let mut counts: HashMap<&str, usize> = HashMap::new();
                for local in leaves.iter().filter_map(|leaf| leaf.local.as_ref()) {
                    *counts.entry(&local.word).or_default() += 1;
                }
                for (word, _) in counts.into_iter().filter(|(_, count)| *count > 1) {
                    for space in [Space::Type, Space::Value] {
                        let hits = self.lookup(module, word, space);
                        let ids: Vec<DefId> = hits
                            .iter()
                            .filter_map(|hit| if let Target::Def(id) = hit.target { Some(id) } else { None })
                            .filter(|id| !self.is_stub(*id) && *self.def(*id).name.word == *word)
                            .collect();
                        for id in &ids {
                            let others = ids.iter().filter(|other| *other != id);
                            found.entry(*id).or_default().extend(others);
                        }
                    }
                }
            }
            found
        })
    }
}

/// Whether two types are written alike as far as their names go.
fn one_ty(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Path(a), Type::Path(b)) => {
            a.segments.len() == b.segments.len()
                && a.segments.iter().zip(&b.segments).all(|(a, b)| {
                    a.name.word == b.name.word
                        && a.args.len() == b.args.len()
                        && a.args.iter().zip(&b.args).all(|(a, b)| one_ty(a, b))
                })
        }
        (Type::Ref(a), Type::Ref(b)) | (Type::Slice(a), Type::Slice(b)) => one_ty(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| one_ty(a, b)),
        _ => false,
    }
}
