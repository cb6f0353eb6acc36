//! Patterns: what they bind, and which constants, variants and fields they name.

use super::super::super::Shape;
use super::super::convert::{Res, Sort};
use super::super::hir::{DefId, ExprKind, Item, Name, Pat, Path};
use super::super::resolve::{Space, Target};
use super::super::ty::Ty;
use super::Body;

impl Body<'_> {
    pub(super) fn pat(&mut self, pat: &Pat, ty: &Ty) {
        let since = self.locals.len();
        self.bind(pat, ty, false, since);
    }

    /// `by_ref`: the value is looked at through a reference. `since`: the first binding of the whole pattern.
    fn bind(&mut self, pat: &Pat, ty: &Ty, by_ref: bool, since: usize) {
        self.depth += 1;
        if self.depth < super::DEEPEST {
            self.bind_inner(pat, ty, by_ref, since);
        }
        self.depth -= 1;
    }

    /// The type below references, and whether there were any.
    fn below(&mut self, ty: &Ty, by_ref: bool) -> (Ty, bool) {
        let mut ty = self.s.shallow(ty);
        let mut by_ref = by_ref;
        while let Ty::Ref(inner) = &ty {
            ty = self.s.shallow(inner);
            by_ref = true;
        }
        (ty, by_ref)
    }

    fn bind_inner(&mut self, pat: &Pat, ty: &Ty, by_ref: bool, since: usize) {
        match pat {
            Pat::Wild | Pat::Rest => {}
            Pat::Name(name, sub) => {
                if sub.is_none() && self.constant(name, ty) {
                    return;
                }
                self.variable(name, ty, by_ref, since);
                if let Some(sub) = sub {
                    self.bind(sub, ty, by_ref, since);
                }
            }
            Pat::Path(path) => {
                let found = self.value_path(path, &Ty::Unknown);
                let (ty, _) = self.below(ty, by_ref);
                self.s.try_unify(&found, &ty);
            }
            Pat::TupleStruct(path, inner) => {
                let (ty, by_ref) = self.below(ty, by_ref);
                let function = self.value_path(path, &Ty::Unknown);
                match self.s.shallow(&function) {
                    Ty::Fn(params, result) => {
                        self.s.try_unify(&result, &ty);
                        self.sequence(inner, &params, by_ref, since);
                    }
                    _ => inner.iter().for_each(|pat| self.bind(pat, &Ty::Unknown, by_ref, since)),
                }
            }
            Pat::Struct(path, fields) => {
                let (ty, by_ref) = self.below(ty, by_ref);
                let (of, found) = self.structure(path);
                self.s.try_unify(&found, &ty);
                for (name, pat) in fields {
                    let field = self.named_field(of, &found, name, pat.is_none());
                    match pat {
                        Some(pat) => self.bind(pat, &field, by_ref, since),
                        None => self.variable(name, &field, by_ref, since),
                    }
                }
            }
            Pat::Tuple(inner) => {
                let (ty, by_ref) = self.below(ty, by_ref);
                match &ty {
                    Ty::Tuple(all) => self.sequence(inner, all, by_ref, since),
                    Ty::Var(_) if !inner.iter().any(|pat| matches!(pat, Pat::Rest)) => {
                        let all: Vec<Ty> = inner.iter().map(|_| self.s.table.fresh()).collect();
                        self.s.unify(&ty, &Ty::Tuple(all.clone().into()));
                        self.sequence(inner, &all, by_ref, since);
                    }
                    _ => inner.iter().for_each(|pat| self.bind(pat, &Ty::Unknown, by_ref, since)),
                }
            }
            Pat::Slice(inner) => {
                let (ty, by_ref) = self.below(ty, by_ref);
                let element = match &ty {
                    Ty::Slice(element) | Ty::Array(element) => (**element).clone(),
                    _ => Ty::Unknown,
                };
                for pat in inner {
                    match pat {
                        // `rest @ ..` is a slice of them.
                        Pat::Name(name, Some(sub)) if matches!(**sub, Pat::Rest) => {
                            self.variable(name, &Ty::Slice(element.clone().into()), by_ref, since);
                        }
                        pat => self.bind(pat, &element, by_ref, since),
                    }
                }
            }
            Pat::Ref(inner) => {
                let ty = match self.s.shallow(ty) {
                    Ty::Ref(inner) => (*inner).clone(),
                    other => {
                        let target = self.s.table.fresh();
                        self.s.try_unify(&other, &target.clone().reference());
                        target
                    }
                };
                self.bind(inner, &ty, false, since);
            }
            Pat::Or(all) => all.iter().for_each(|pat| self.bind(pat, ty, by_ref, since)),
            Pat::Value(value) => {
                let (below, _) = self.below(ty, by_ref);
                match &value.kind {
                    ExprKind::Several(all) => {
                        for value in all {
                            let found = self.expr(value, &below);
                            self.s.try_unify(&found, &below);
                        }
                    }
                    _ => {
                        let found = self.expr(value, ty);
                        let (found, _) = self.below(&found, false);
                        self.s.try_unify(&found, &below);
                    }
                }
            }
        }
    }

    fn sequence(&mut self, pats: &[Pat], types: &[Ty], by_ref: bool, since: usize) {
        let rest = pats.iter().position(|pat| matches!(pat, Pat::Rest));
        for (at, pat) in pats.iter().enumerate() {
            let at = match rest {
                Some(rest) if at > rest => (types.len() + at).checked_sub(pats.len()),
                _ => Some(at),
            };
            let ty = at.and_then(|at| types.get(at)).cloned().unwrap_or(Ty::Unknown);
            self.bind(pat, &ty, by_ref, since);
        }
    }

    fn variable(&mut self, name: &Name, ty: &Ty, by_ref: bool, since: usize) {
        let ty = if by_ref { ty.clone().reference() } else { ty.clone() };
        let ty = self.open(&ty);
        let file = self.scene.owner.file;
        // Another arm of an or-pattern has bound it.
        let before = self.locals.get(since..).and_then(|new| new.iter().find(|local| local.word == name.word));
        if let Some((at, known)) = before.map(|local| (local.at, local.ty.clone())) {
            self.s.try_unify(&ty, &known);
            self.record_value(name, Res::At(file, at));
            return;
        }
        self.record_value(name, Res::At(file, name.at));
        self.locals_put(name, ty);
    }

    /// Records a variable; where its name is a field's as well, it is the second half.
    fn record_value(&self, name: &Name, res: Res) {
        let Some(records) = self.scene.records else { return };
        let has_key =
            records.0.borrow().get(&name.at).is_some_and(|all| all.iter().any(|(shape, _)| *shape == Shape::Key));
        records.put(name.at, if has_key { Shape::Value } else { Shape::Plain }, res);
    }

    /// Whether a name in a pattern is a constant's or a variant's, which is recorded.
    fn constant(&mut self, name: &Name, ty: &Ty) -> bool {
        let hits = self.u.first(self.scene.scope, &name.word, Space::Value, 0);
        let is_constant = |id: DefId| match &self.u.def(id).item {
            Item::Constant { .. } | Item::Variant { .. } => true,
            Item::Struct { is_tuple, .. } => *is_tuple,
            _ => false,
        };
        let found = hits.iter().any(|hit| matches!(hit.target, Target::Def(id) if is_constant(id)));
        if found {
            self.scene.tell(name, &hits);
            let found = self.hits_value(&hits, &[]);
            let (ty, _) = self.below(ty, false);
            self.s.try_unify(&found, &ty);
        }
        found
    }

    /// The struct or variant that a path names, and the type it is of.
    pub(super) fn structure(&mut self, path: &Path) -> (Option<DefId>, Ty) {
        let args: Vec<Ty> =
            path.segments.iter().flat_map(|segment| &segment.args).map(|ty| self.scene.ty(ty)).collect();
        let first = path.segments.first();
        let is_self = first.is_some_and(|first| &*first.name.word == "Self") || path.qualified.is_some();
        if !is_self {
            let (hits, used) = self.scene.longest(path, Space::Type);
            let target = hits.iter().find_map(|hit| match hit.target {
                Target::Def(id) if self.u.fits(id, Space::Type) => Some(id),
                _ => None,
            });
            if used == path.segments.len()
                && let Some(id) = target
            {
                let ty = self.scene.def_ty(id, args);
                let ty = self.open(&ty);
                let of = match (&self.u.def(id).item, &ty) {
                    (Item::Variant { .. } | Item::Struct { .. }, _) => Some(id),
                    (_, Ty::Adt(id, _)) => Some(*id),
                    _ => None,
                };
                return (of, ty);
            }
            if hits.iter().any(|hit| hit.target == Target::Foreign) {
                return (None, Ty::Foreign);
            }
        }
        let ty = self.scene.ty(&super::super::hir::Type::Path(path.clone()));
        let ty = self.open(&ty);
        let Ty::Adt(id, _) = &ty else { return (None, ty) };
        let last = path.segments.last().filter(|_| path.segments.len() > 1);
        let variant = last.and_then(|last| self.u.member(*id, &last.name.word));
        let variant = variant.filter(|variant| matches!(self.u.def(*variant).item, Item::Variant { .. }));
        (variant.or(Some(*id)), ty)
    }

    /// The type of a field that is named in a pattern or a struct's expression; records the name.
    pub(super) fn named_field(&mut self, of: Option<DefId>, ty: &Ty, name: &Name, is_both: bool) -> Ty {
        let field = of.and_then(|of| self.u.member(of, &name.word));
        let res = match field {
            Some(id) if self.u.is_stub(id) => Res::Outside,
            Some(id) => Res::Defs(vec![id]),
            None if matches!(ty, Ty::Foreign) => Res::Outside,
            None => Res::Member(Sort::Field, "the struct is not known".to_owned()),
        };
        if let Some(records) = self.scene.records {
            records.put(name.at, if is_both { Shape::Key } else { Shape::Plain }, res);
        }
        let (Some(field), Ty::Adt(id, args)) = (field, ty) else { return Ty::Unknown };
        let subst = self.adt_subst(*id, args);
        let field = self.u.field_ty(field);
        self.s.instance(&field, &subst)
    }
}
