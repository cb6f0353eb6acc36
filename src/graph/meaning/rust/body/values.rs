//! Paths as values: functions, constructors, constants, and what is reached through a type.

use super::super::convert::{Res, Scene, Sort, Taken};
use super::super::hir::{DefId, Item, Path, Segment, Type};
use super::super::resolve::{Hit, Space, Target};
use super::super::traits::{Answer, Source};
use super::super::ty::{Bound, Subst, Ty, prim};
use super::Body;

impl Body<'_> {
    /// The type of what a path in an expression names.
    pub(super) fn value_path(&mut self, path: &Path, wanted: &Ty) -> Ty {
        if let Some(qualified) = &path.qualified {
            let of = self.ty(&qualified.0);
            let bound = qualified.1.as_ref().map(|path| self.scene.bound(path, &mut Vec::new()));
            return self.relative(of, bound, &path.segments);
        }
        let Some(first) = path.segments.first() else { return Ty::Unknown };
        let word = &*first.name.word;
        if !path.global {
            if path.segments.len() == 1 {
                if word == "self" {
                    return self.self_value();
                }
                if let Some(local) = self.locals.iter().rev().find(|local| *local.word == *word) {
                    let (at, ty) = (local.at, local.ty.clone());
                    self.scene.put(&first.name, Res::At(self.scene.owner.file, at));
                    return ty;
                }
            }
            if word == "Self" {
                let of = self.scene.self_ty();
                if path.segments.len() == 1 {
                    return match &of {
                        Ty::Adt(id, args) => {
                            let subst = self.adt_subst(*id, args);
                            self.constructor(*id, &subst)
                        }
                        _ => Ty::Unknown,
                    };
                }
                return self.relative(of, None, &path.segments[1..]);
            }
            if let Some(id) = self.scene.param(word) {
                self.scene.put(&first.name, Res::Defs(vec![id]));
                return match &self.u.def(id).item {
                    Item::Param { constant: Some(ty), .. } => self.ty(ty),
                    _ => self.relative(Ty::Param(id), None, &path.segments[1..]),
                };
            }
        }
        let (hits, used) = self.scene.longest(path, Space::Value);
        if used == 0 {
            if let Some(prim) = prim(word) {
                self.scene.put(&first.name, Res::Outside);
                return self.relative(prim, None, &path.segments[1..]);
            }
            self.scene.put(&first.name, Res::Lost);
            path.segments.iter().flat_map(|segment| &segment.args).for_each(|ty| drop(self.scene.ty(ty)));
            self.lost(&path.segments[1..]);
            return Ty::Unknown;
        }
        if used == path.segments.len() && hits.iter().any(|hit| self.is_value(hit)) {
            let args: Vec<Type> = path.segments.iter().flat_map(|segment| segment.args.clone()).collect();
            let _ = wanted;
            return self.hits_value(&hits, &args);
        }
        // `u32::MAX`, where a module has the name of the type.
        if let (Some(prim), Some(Target::Def(id))) = (prim(word), hits.first().map(|hit| hit.target))
            && used == 1
            && self.u.as_module(id).is_some()
        {
            return self.relative(prim, None, &path.segments[1..]);
        }
        let args: Vec<Ty> =
            path.segments[..used].iter().flat_map(|segment| &segment.args).map(|ty| self.scene.ty(ty)).collect();
        let is_module = hits.iter().all(|hit| matches!(hit.target, Target::Def(id) if self.u.as_module(id).is_some()));
        if is_module {
            self.lost(&path.segments[used..]);
            return Ty::Unknown;
        }
        let trait_ = hits.iter().find_map(|hit| match hit.target {
            Target::Def(id) if matches!(self.u.def(id).item, Item::Trait { .. }) => Some(id),
            _ => None,
        });
        if let Some(of) = trait_ {
            let bound = Bound { of: Some(of), args: args.into(), bindings: [].into() };
            let ty = self.s.table.fresh();
            return self.relative(ty, Some(bound), &path.segments[used..]);
        }
        let ty = self.scene.hits_ty(&hits, args);
        self.relative(ty, None, &path.segments[used..])
    }

    fn lost(&mut self, segments: &[Segment]) {
        for segment in segments {
            self.scene.put(&segment.name, Res::Lost);
        }
    }

    fn is_value(&self, hit: &Hit) -> bool {
        match hit.target {
            Target::Foreign => true,
            Target::Def(id) => self.u.fits(id, Space::Value),
        }
    }

    fn self_value(&mut self) -> Ty {
        let of = self.scene.self_ty();
        for owner in self.scene.owners() {
            if let Item::Function(_) = self.u.def(owner).item {
                return match &self.u.signature(owner).receiver {
                    Some(Taken::Ref) => of.reference(),
                    Some(Taken::Typed(ty)) => self.s.normal_deep(ty),
                    _ => of,
                };
            }
        }
        of
    }

    pub(super) fn hits_value(&mut self, hits: &[Hit], args: &[Type]) -> Ty {
        let target = hits.iter().find_map(|hit| match hit.target {
            Target::Def(id) if self.u.fits(id, Space::Value) => Some(id),
            _ => None,
        });
        let args: Vec<Ty> = args.iter().map(|ty| self.ty(ty)).collect();
        let Some(id) = target else {
            return if hits.iter().any(|hit| hit.target == Target::Foreign) { Ty::Foreign } else { Ty::Unknown };
        };
        match &self.u.def(id).item {
            Item::Function(_) => self.function(id, Subst::default(), &args),
            Item::Constant { ty: Some(ty), .. } => {
                let ty = Scene::of(self.u, id, None).ty(ty);
                self.open(&ty)
            }
            Item::Struct { .. } | Item::Variant { .. } => {
                let of = if let Item::Variant { .. } = self.u.def(id).item { self.u.parent(id) } else { Some(id) };
                let params = of.map(|of| self.u.own_params(of)).unwrap_or_default();
                let mut subst = self.s.fresh(&params);
                for (slot, arg) in subst.0.iter_mut().zip(args) {
                    slot.1 = arg;
                }
                self.constructor(id, &subst)
            }
            _ => Ty::Unknown,
        }
    }

    /// A struct's or variant's constructor: a function where it has fields in brackets, else the value.
    fn constructor(&mut self, id: DefId, subst: &Subst) -> Ty {
        let signature = self.u.signature(id);
        let result = self.s.instance(&signature.result, subst);
        let has_fields = self.u.members(id).next().is_some();
        if !has_fields {
            return result;
        }
        let params = signature.params.iter().map(|ty| self.s.instance(ty, subst)).collect();
        Ty::Fn(params, result.into())
    }

    /// The type of a function, its own parameters fresh or given, its bounds noted. A method takes `self` first.
    pub(super) fn function(&mut self, id: DefId, subst: Subst, args: &[Ty]) -> Ty {
        let (params, result, receiver) = self.instantiated(id, subst, args);
        let params: Vec<Ty> = receiver.into_iter().chain(params).collect();
        Ty::Fn(params.into(), result.into())
    }

    /// Parameters, result and the type of `self` of a function.
    pub(super) fn instantiated(&mut self, id: DefId, mut subst: Subst, args: &[Ty]) -> (Vec<Ty>, Ty, Option<Ty>) {
        let signature = self.u.signature(id);
        let own = self.u.own_params(id);
        let before = subst.clone();
        for (at, param) in own.iter().enumerate() {
            let ty = match args.get(at) {
                Some(ty) => ty.clone(),
                None => self.s.table.fresh(),
            };
            subst.set(*param, ty);
        }
        let environment = self.u.environment(id);
        for (left, bound) in environment.iter() {
            let left = self.s.instance(left, &subst);
            let bound = bound.with(&subst);
            self.s.bounds.push((left, bound));
        }
        self.s.settle();
        let params = signature.params.iter().map(|ty| self.s.instance(ty, &subst)).collect();
        let result = self.s.instance(&signature.result, &subst);
        let of = self.u.parent(id).and_then(|parent| match &self.u.def(parent).item {
            Item::Trait { .. } => before.get(parent).cloned(),
            Item::Impl { .. } => {
                let header = self.u.header(parent)?;
                Some(self.s.instance(&header.self_ty, &subst))
            }
            _ => None,
        });
        let of = of.unwrap_or(Ty::Unknown);
        let receiver = signature.receiver.as_ref().map(|taken| match taken {
            Taken::Value => of.clone(),
            Taken::Ref => of.clone().reference(),
            Taken::Typed(ty) => self.s.instance(ty, &subst),
        });
        (params, result, receiver)
    }

    /// `T::name`, `T::Name::name`, of a type and perhaps one of its traits.
    fn relative(&mut self, of: Ty, bound: Option<Bound>, segments: &[Segment]) -> Ty {
        let Some((last, before)) = segments.split_last() else { return of };
        let mut of = self.open(&of);
        let mut bound = bound;
        if !before.is_empty() {
            let path = Path { segments: before.to_vec(), ..Path::default() };
            of = self.scene.relative_ty(of, bound.take(), &path.segments);
            of = self.open(&of);
        }
        let args: Vec<Ty> = last.args.iter().map(|ty| self.ty(ty)).collect();
        self.member_value(&of, bound.as_ref(), last, &args)
    }

    fn member_value(&mut self, of: &Ty, bound: Option<&Bound>, segment: &Segment, args: &[Ty]) -> Ty {
        let name = &segment.name;
        let known = self.s.shallow(of);
        if let Some(bound) = bound {
            let Some(id) = bound.of.and_then(|id| self.scene.assoc_of(id, &name.word, 0)) else {
                self.scene.put(name, Res::Outside);
                return Ty::Unknown;
            };
            return self.trait_value(&known, id, Some(&bound.args), name, args);
        }
        if let Ty::Adt(id, types) = &known {
            let variant = self.u.member(*id, &name.word);
            if let Some(variant) = variant.filter(|id| matches!(self.u.def(*id).item, Item::Variant { .. })) {
                self.scene.put(name, self.res(variant));
                let subst = self.adt_subst(*id, types);
                return self.constructor(variant, &subst);
            }
        }
        let mut found: Option<(DefId, Subst)> = None;
        let mut all = Vec::new();
        for (impl_, item) in self.u.inherent(&name.word) {
            let Some(header) = self.u.header(*impl_) else { continue };
            let mark = self.s.table.mark();
            let subst = self.s.fresh(&header.params);
            let self_ty = self.s.instance(&header.self_ty, &subst);
            if matches!(known, Ty::Var(_) | Ty::Unknown | Ty::Foreign | Ty::Param(_))
                || matches!(header.self_ty, Ty::Unknown)
                || !self.s.unify(&self_ty, &known)
            {
                self.s.table.back(mark);
                continue;
            }
            all.push(*item);
            match found {
                None => found = Some((*item, self.with_self(*impl_, subst, &known))),
                Some(_) => self.s.table.back(mark),
            }
        }
        if let Some((id, subst)) = found {
            self.scene.put(name, self.res_all(&all));
            return self.item_value(id, subst, args);
        }
        let bounds = self.s.bounds_of(&known);
        for bound in &bounds {
            if let Some(id) = bound.of.and_then(|of| self.u.member(of, &name.word)) {
                return self.trait_value(&known, id, Some(&bound.args), name, args);
            }
        }
        if let Some(candidates) = self.u.trait_items.get(&*name.word) {
            let mut maybe = Vec::new();
            for id in candidates {
                let Some(of) = self.u.parent(*id) else { continue };
                let mark = self.s.table.mark();
                let fresh: Vec<Ty> = self.u.own_params(of).iter().map(|_| self.s.table.fresh()).collect();
                let answer = self.s.implements(&known, of, &fresh, 0);
                self.s.table.back(mark);
                match answer {
                    Answer::Yes(_) => return self.trait_value(&known, *id, None, name, args),
                    Answer::Maybe => maybe.push(*id),
                    Answer::No => {}
                }
            }
            let is_known = !matches!(known, Ty::Var(_) | Ty::Unknown | Ty::Foreign);
            if let ([one], true) = (&maybe[..], is_known) {
                return self.trait_value(&known, *one, None, name, args);
            }
            if !maybe.is_empty() && !matches!(known, Ty::Foreign) {
                self.scene.put(name, Res::Member(Sort::Member, super::unknown(name)));
                return Ty::Unknown;
            }
        }
        let res = match known {
            Ty::Unknown | Ty::Var(_) => Res::Member(Sort::Member, super::unknown(name)),
            Ty::Foreign => self.foreign_member(name),
            ref known if !self.may_be_elsewhere(known) => Res::Lost,
            _ => Res::Outside,
        };
        self.scene.put(name, res);
        Ty::Unknown
    }

    /// Whether a type may have members that no text here says: derived ones, those of other crates' traits.
    pub(super) fn may_be_elsewhere(&self, _ty: &Ty) -> bool {
        true
    }

    /// What a member of another crate's type is: ours when a trait of ours is implemented for anything.
    pub(super) fn foreign_member(&self, name: &super::super::hir::Name) -> Res {
        let ours = self.u.trait_items.get(&*name.word).into_iter().flatten().filter(|id| !self.u.is_stub(**id));
        let may = ours.filter_map(|id| self.u.parent(*id)).any(|of| {
            self.u.impls_of(of).iter().filter_map(|id| self.u.header(*id)).any(|header| {
                matches!(header.self_ty, Ty::Foreign | Ty::Param(_) | Ty::Unknown)
                    || matches!(&header.self_ty, Ty::Ref(inner) if matches!(**inner, Ty::Param(_) | Ty::Foreign))
            })
        });
        if may { Res::Member(Sort::Member, "a type of another package may have it".to_owned()) } else { Res::Outside }
    }

    /// The replacement of an impl's parameters, and for numbers of `Self`.
    pub(super) fn with_self(&self, impl_: DefId, mut subst: Subst, known: &Ty) -> Subst {
        if self.u.is_number(impl_) {
            subst.set(impl_, known.clone());
        }
        subst
    }

    fn item_value(&mut self, id: DefId, subst: Subst, args: &[Ty]) -> Ty {
        match &self.u.def(id).item {
            Item::Function(_) => self.function(id, subst, args),
            Item::Constant { ty: Some(ty), .. } => {
                let ty = Scene::of(self.u, id, None).ty(ty);
                self.s.instance(&ty, &subst)
            }
            _ => Ty::Unknown,
        }
    }

    /// The function or constant of a trait, for a type.
    pub(super) fn trait_value(
        &mut self,
        of: &Ty,
        id: DefId,
        types: Option<&[Ty]>,
        name: &super::super::hir::Name,
        args: &[Ty],
    ) -> Ty {
        let Some(trait_) = self.u.parent(id) else { return Ty::Unknown };
        let mut subst = self.trait_subst(of, trait_, types);
        let wanted: Vec<Ty> = subst.0.iter().skip(1).map(|(_, ty)| ty.clone()).collect();
        let answer = self.s.implements(of, trait_, &wanted, 0);
        self.scene.put(name, self.source_res(id, &answer));
        subst.set(trait_, of.clone());
        self.item_value(id, subst, args)
    }

    /// `Self` and the parameters of a trait.
    pub(super) fn trait_subst(&mut self, of: &Ty, trait_: DefId, types: Option<&[Ty]>) -> Subst {
        let params = self.u.own_params(trait_);
        let mut subst = Subst::default();
        subst.set(trait_, of.clone());
        for (at, param) in params.into_iter().enumerate() {
            let ty = match types.and_then(|types| types.get(at)) {
                Some(ty) => self.open(ty),
                None => self.s.table.fresh(),
            };
            subst.set(param, ty);
        }
        subst
    }

    /// What the name of a trait's item means, given how the type has the trait.
    pub(super) fn source_res(&self, id: DefId, answer: &Answer) -> Res {
        if let Answer::Yes(Source::Impl(impl_, _)) = answer
            && let Some(own) = self.u.member(*impl_, &self.u.def(id).name.word)
            && !self.u.is_stub(own)
        {
            return Res::Defs(vec![own]);
        }
        self.res(id)
    }

    pub(super) fn res(&self, id: DefId) -> Res {
        if self.u.is_stub(id) { Res::Outside } else { Res::Defs(vec![id]) }
    }

    pub(super) fn res_all(&self, all: &[DefId]) -> Res {
        let ours: Vec<DefId> = all.iter().copied().filter(|id| !self.u.is_stub(*id)).collect();
        if ours.is_empty() { Res::Outside } else { Res::Defs(ours) }
    }
}
