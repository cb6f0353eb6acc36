//! From types as they are written to types: names resolved, parameters known, bounds gathered.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::super::Shape;
use super::hir::{DefId, Expr, Item, NOWHERE, Name, Path, Receiver, Segment, Type};
use super::resolve::{Hit, Space, Target};
use super::ty::{Bound, Subst, Ty, prim};
use super::universe::Universe;

/// What a name can be by how it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// It is called on a value.
    Method,
    Field,
    /// Anything that is in a type, a trait or an impl.
    Member,
    /// Anything that is in a module.
    Item,
}

/// What a name means, before kinship is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Res {
    Defs(Vec<DefId>),
    /// A local, or a name given by `as`.
    At(u32, u32),
    Outside,
    /// A member of something whose type is not known.
    Member(Sort, String),
    /// A name that is found nowhere.
    Lost,
}

/// What the names of a file mean, by where they stand.
#[derive(Default)]
pub(super) struct Records(pub RefCell<HashMap<u32, Vec<(Shape, Res)>>>);

impl Records {
    pub fn put(&self, at: u32, shape: Shape, res: Res) {
        if at == NOWHERE {
            return;
        }
        let mut all = self.0.borrow_mut();
        let here = all.entry(at).or_default();
        if let Some((_, old)) = here.iter_mut().find(|(old, _)| *old == shape) {
            // What is told by a type is better than what is not.
            if matches!(old, Res::Lost | Res::Member(..)) || matches!((&*old, &res), (Res::Outside, Res::Defs(_))) {
                *old = res;
            }
            return;
        }
        here.push((shape, res));
    }
}

/// The signature of a function, in terms of its parameters.
#[derive(Debug)]
pub(super) struct Signature {
    pub params: Vec<Ty>,
    pub result: Ty,
    pub receiver: Option<Taken>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Taken {
    Value,
    Ref,
    Typed(Ty),
}

/// Where a type or path is read: inside of which item, and in which module or block.
#[derive(Clone, Copy)]
pub(super) struct Scene<'u> {
    pub u: &'u Universe,
    pub owner: DefId,
    pub scope: DefId,
    pub records: Option<&'u Records>,
    pub depth: usize,
}

/// The constants among types, to be looked through by who follows bodies.
pub(super) type Consts<'t> = &'t mut Vec<Expr>;

impl<'u> Scene<'u> {
    pub fn of(u: &'u Universe, owner: DefId, records: Option<&'u Records>) -> Self {
        Self { u, owner, scope: u.scope(owner), records, depth: 0 }
    }

    pub fn put(&self, name: &Name, res: Res) {
        if let Some(records) = self.records {
            records.put(name.at, Shape::Plain, res);
        }
    }

    pub fn tell(&self, name: &Name, hits: &[Hit]) {
        if self.records.is_some() && name.at != NOWHERE {
            self.put(name, meant(self.u, name, hits));
        }
    }

    /// The owner and the items that it is in.
    pub fn owners(&self) -> impl Iterator<Item = DefId> + use<'u> {
        let u = self.u;
        std::iter::successors(Some(self.owner), move |id| u.parent(*id)).take(16)
    }

    /// A parameter by its name.
    pub fn param(&self, word: &str) -> Option<DefId> {
        self.owners().find_map(|owner| {
            let params = &self.u.def(owner).generics.params;
            params
                .iter()
                .map(|index| DefId { file: owner.file, index: *index })
                .find(|id| &*self.u.def(*id).name.word == word)
        })
    }

    /// The type that `Self` stands for.
    pub fn self_ty(&self) -> Ty {
        for owner in self.owners() {
            match &self.u.def(owner).item {
                Item::Impl { .. } => return self.u.header(owner).map_or(Ty::Unknown, |header| header.self_ty.clone()),
                Item::Trait { .. } => return Ty::Param(owner),
                Item::Struct { .. } | Item::Enum { .. } => return self.u.own_ty(owner),
                _ => {}
            }
        }
        Ty::Unknown
    }

    fn deeper(&self) -> Option<Self> {
        (self.depth < 24).then(|| Self { depth: self.depth + 1, ..*self })
    }

    pub fn ty(&self, ty: &Type) -> Ty {
        self.ty_with(ty, &mut Vec::new())
    }

    pub fn ty_with(&self, ty: &Type, consts: Consts) -> Ty {
        let Some(scene) = self.deeper() else { return Ty::Unknown };
        match ty {
            Type::Path(path) => scene.path_ty(path, consts),
            Type::Ref(inner) => scene.ty_with(inner, consts).reference(),
            Type::Pointer(inner) => Ty::Ptr(scene.ty_with(inner, consts).into()),
            Type::Tuple(all) => Ty::Tuple(all.iter().map(|ty| scene.ty_with(ty, consts)).collect()),
            Type::Slice(inner) => Ty::Slice(scene.ty_with(inner, consts).into()),
            Type::Array(inner, length) => {
                if self.records.is_some() {
                    consts.extend(length.as_deref().cloned());
                }
                Ty::Array(scene.ty_with(inner, consts).into())
            }
            Type::Fn(params, result) => {
                let params = params.iter().map(|ty| scene.ty_with(ty, consts)).collect();
                Ty::Fn(params, scene.ty_with(result, consts).into())
            }
            Type::Dyn(bounds) => Ty::Dyn(scene.bounds(bounds, consts).into()),
            Type::Impl(bounds) => Ty::Opaque(scene.bounds(bounds, consts).into()),
            Type::Param(index) => Ty::Param(DefId { file: self.owner.file, index: *index }),
            Type::Const(value) => {
                if self.records.is_some() {
                    consts.push((**value).clone());
                }
                Ty::Unknown
            }
            Type::Never => Ty::Never,
            Type::Infer => Ty::Unknown,
        }
    }

    pub fn bounds(&self, bounds: &[Path], consts: Consts) -> Vec<Bound> {
        bounds.iter().map(|bound| self.bound(bound, consts)).collect()
    }

    /// A bound; of an unknown trait only its arguments are looked at.
    pub fn bound(&self, path: &Path, consts: Consts) -> Bound {
        let count = path.segments.len();
        // `use<T>` speaks of parameters.
        if let [only] = &path.segments[..]
            && let Some(id) = self.param(&only.name.word)
        {
            self.put(&only.name, Res::Defs(vec![id]));
            return Bound { of: None, args: Arc::new([]), bindings: Arc::new([]) };
        }
        let hits = self.walk(path, count, Space::Type);
        let of = hits.iter().find_map(|hit| match hit.target {
            Target::Def(id) if matches!(self.u.def(id).item, Item::Trait { .. }) => Some(id),
            _ => None,
        });
        let mut args: Vec<Ty> = Vec::new();
        let mut bindings = Vec::new();
        for segment in &path.segments {
            args.extend(segment.args.iter().map(|ty| self.ty_with(ty, consts)));
            for (name, ty, bounds) in &segment.bindings {
                let named = of.and_then(|of| self.assoc_of(of, &name.word, 0));
                self.put(name, named.map_or(Res::Outside, |id| Res::Defs(vec![id])));
                let inner = self.bounds(bounds, consts);
                let ty = match ty {
                    Some(ty) => self.ty_with(ty, consts),
                    None => Ty::Opaque(inner.into()),
                };
                bindings.push((name.word.clone(), ty));
            }
            if let Some((params, result)) = segment.sugar.as_deref() {
                args.push(Ty::Tuple(params.iter().map(|ty| self.ty_with(ty, consts)).collect()));
                bindings.push(("Output".into(), self.ty_with(result, consts)));
            }
        }
        if let Some(of) = of {
            let params = &self.u.def(of).generics.params;
            for index in params.iter().skip(args.len()) {
                let id = DefId { file: of.file, index: *index };
                let Item::Param { default: Some(default), .. } = &self.u.def(id).item else { continue };
                let is_self = matches!(default, Type::Path(path) if path.segments.len() == 1 && &*path.segments[0].name.word == "Self");
                args.push(if is_self {
                    Ty::Unknown
                } else {
                    Scene { records: None, ..Scene::of(self.u, of, None) }.ty(default)
                });
            }
        }
        Bound { of, args: args.into(), bindings: bindings.into() }
    }

    /// An associated item of a trait or those above it.
    pub fn assoc_of(&self, of: DefId, name: &str, depth: usize) -> Option<DefId> {
        if let Some(found) = self.u.member(of, name) {
            return Some(found);
        }
        if depth > 8 {
            return None;
        }
        self.u.supers(of).iter().filter_map(|bound| bound.of).find_map(|of| self.assoc_of(of, name, depth + 1))
    }

    /// Follows segments as far as they are modules, and tells what they are.
    pub fn walk(&self, path: &Path, count: usize, space: Space) -> Vec<Hit> {
        self.u.walk(self.scope, path, count, space, 0, &mut |step, hits| {
            if !hits.is_empty() || step == 0 {
                self.tell(&path.segments[step].name, hits);
            }
        })
    }

    /// Follows a path as far as it goes over modules: what it leads to, and how many segments that took.
    pub fn longest(&self, path: &Path, space: Space) -> (Vec<Hit>, usize) {
        let mut last = (Vec::new(), 0);
        self.u.walk(self.scope, path, path.segments.len(), space, 0, &mut |step, hits| {
            if !hits.is_empty() {
                self.tell(&path.segments[step].name, hits);
                last = (hits.to_vec(), step + 1);
            }
        });
        last
    }

    fn args(&self, segment: &Segment, consts: Consts) -> Vec<Ty> {
        segment.args.iter().map(|ty| self.ty_with(ty, consts)).collect()
    }

    fn path_ty(&self, path: &Path, consts: Consts) -> Ty {
        if let Some(qualified) = &path.qualified {
            let of = self.ty_with(&qualified.0, consts);
            let bound = qualified.1.as_ref().map(|path| self.bound(path, consts));
            return self.relative(of, bound, &path.segments, consts);
        }
        let Some(first) = path.segments.first() else { return Ty::Unknown };
        if !path.global {
            if &*first.name.word == "Self" {
                return self.relative(self.self_ty(), None, &path.segments[1..], consts);
            }
            if let Some(id) = self.param(&first.name.word) {
                self.put(&first.name, Res::Defs(vec![id]));
                return self.relative(Ty::Param(id), None, &path.segments[1..], consts);
            }
        }
        let (hits, used) = self.longest(path, Space::Type);
        let Some(last) = used.checked_sub(1).and_then(|at| path.segments.get(at)) else {
            if let Some(prim) = prim(&first.name.word) {
                self.put(&first.name, Res::Outside);
                return self.relative(prim, None, &path.segments[1..], consts);
            }
            self.put(&first.name, Res::Lost);
            path.segments.iter().for_each(|segment| drop(self.args(segment, consts)));
            return Ty::Unknown;
        };
        if prim(&first.name.word).is_some()
            && path.segments.len() == 1
            && matches!(hits.first(), Some(hit) if matches!(hit.target, Target::Def(id) if self.u.as_module(id).is_some()))
        {
            return prim(&first.name.word).unwrap_or(Ty::Unknown);
        }
        let mut args = Vec::new();
        for segment in &path.segments[..used] {
            args.extend(self.args(segment, consts));
        }
        let _ = last;
        let ty = self.hits_ty(&hits, args);
        self.relative(ty, None, &path.segments[used..], consts)
    }

    /// The type that a name stands for with these arguments.
    pub fn hits_ty(&self, hits: &[Hit], args: Vec<Ty>) -> Ty {
        let mut found = Ty::Unknown;
        for hit in hits {
            match hit.target {
                Target::Foreign => found = Ty::Foreign,
                Target::Def(id) if self.u.fits(id, Space::Type) => return self.def_ty(id, args),
                Target::Def(_) => {}
            }
        }
        found
    }

    pub fn def_ty(&self, id: DefId, mut args: Vec<Ty>) -> Ty {
        let def = self.u.def(id);
        match &def.item {
            Item::Struct { .. } | Item::Enum { .. } => {
                let params = &def.generics.params;
                for index in params.iter().skip(args.len()) {
                    let param = DefId { file: id.file, index: *index };
                    args.push(match &self.u.def(param).item {
                        Item::Param { default: Some(default), .. } => match self.deeper() {
                            Some(scene) => Scene { depth: scene.depth, ..Scene::of(self.u, id, None) }.ty(default),
                            None => Ty::Unknown,
                        },
                        _ => Ty::Unknown,
                    });
                }
                args.truncate(params.len());
                Ty::Adt(id, args.into())
            }
            Item::Alias { ty: Some(ty), .. } => {
                let Some(scene) = self.deeper() else { return Ty::Unknown };
                let target = Scene { depth: scene.depth, ..Scene::of(self.u, id, None) }.ty(ty);
                let mut subst = Subst::default();
                for (at, index) in def.generics.params.iter().enumerate() {
                    let ty = args.get(at).cloned().unwrap_or(Ty::Unknown);
                    subst.set(DefId { file: id.file, index: *index }, ty);
                }
                target.with(&subst)
            }
            Item::Trait { .. } => {
                Ty::Dyn(Arc::new([Bound { of: Some(id), args: args.into(), bindings: Arc::new([]) }]))
            }
            Item::Param { .. } => Ty::Param(id),
            Item::Variant { .. } => self.u.parent(id).map_or(Ty::Unknown, |parent| self.def_ty(parent, args)),
            _ => Ty::Unknown,
        }
    }

    /// `T::Name::Other`, of a type.
    fn relative(&self, of: Ty, bound: Option<Bound>, segments: &[Segment], consts: Consts) -> Ty {
        let mut ty = of;
        let mut bound = bound;
        for segment in segments {
            segment.args.iter().for_each(|ty| drop(self.ty_with(ty, consts)));
            ty = self.assoc_ty(ty, bound.take(), &segment.name);
        }
        ty
    }

    /// `T::Name::Other`, of a type and perhaps one of its traits.
    pub fn relative_ty(&self, of: Ty, bound: Option<Bound>, segments: &[Segment]) -> Ty {
        self.relative(of, bound, segments, &mut Vec::new())
    }

    fn assoc_ty(&self, of: Ty, bound: Option<Bound>, name: &Name) -> Ty {
        if let Some(bound) = bound {
            let Some(id) = bound.of.and_then(|id| self.assoc_of(id, &name.word, 0)) else {
                self.put(name, Res::Outside);
                return Ty::Foreign;
            };
            self.put(name, Res::Defs(vec![id]));
            return Ty::Assoc(of.into(), id, bound.args);
        }
        // In an impl its own come first.
        for owner in self.owners() {
            if let Item::Impl { of: trait_, .. } = &self.u.def(owner).item
                && self.depth < 20
                && of == self.self_ty()
            {
                if let Some(id) = self.u.member(owner, &name.word)
                    && let Item::Alias { ty: Some(ty), .. } = &self.u.def(id).item
                {
                    self.put(name, Res::Defs(vec![id]));
                    return Scene { depth: self.depth + 1, ..Scene::of(self.u, id, None) }.ty(ty);
                }
                let header = trait_.as_ref().and_then(|_| self.u.header(owner)).and_then(|header| header.of.clone());
                if let Some(of_trait) = header
                    && let Some(id) = of_trait.of.and_then(|id| self.assoc_of(id, &name.word, 0))
                {
                    self.put(name, Res::Defs(vec![id]));
                    return Ty::Assoc(of.into(), id, of_trait.args);
                }
            }
        }
        let (found, foreign) = self.bounds_with(&of, &name.word);
        if let Some((id, args)) = found {
            self.put(name, Res::Defs(vec![id]));
            return Ty::Assoc(of.into(), id, args);
        }
        // An enum's variant by an alias or `Self`.
        if let Ty::Adt(id, _) = &of
            && let Some(variant) = self.u.member(*id, &name.word)
            && matches!(self.u.def(variant).item, Item::Variant { .. })
        {
            self.put(name, Res::Defs(vec![variant]));
            return of;
        }
        let is_foreign = foreign || matches!(of, Ty::Foreign);
        self.put(
            name,
            if is_foreign { Res::Outside } else { Res::Member(Sort::Member, "the type before it is not known".into()) },
        );
        if is_foreign { Ty::Foreign } else { Ty::Unknown }
    }

    /// The associated type of this name among what a type is bounded by; and whether it has bounds of other crates.
    fn bounds_with(&self, of: &Ty, name: &str) -> (Option<(DefId, super::ty::List)>, bool) {
        let mut foreign = false;
        if let Ty::Param(id) = of
            && matches!(self.u.def(*id).item, Item::Trait { .. })
            && let Some(found) = self.assoc_of(*id, name, 0)
        {
            let args = self.u.own_params(*id).into_iter().map(Ty::Param).collect();
            return (Some((found, args)), false);
        }
        let mut seen = Vec::new();
        for owner in self.owners() {
            let def = self.u.def(owner);
            for (left, bounds) in &def.generics.bounds {
                let scene = Scene { records: None, depth: self.depth + 4, ..*self };
                // A bound on something else is not followed: it may need this very name.
                let is_it = match (left, of) {
                    (Type::Param(index), Ty::Param(id)) => *id == DefId { file: owner.file, index: *index },
                    (Type::Path(path), Ty::Param(id)) if path.segments.len() == 1 => {
                        scene.param(&path.segments[0].name.word) == Some(*id)
                            || (&*path.segments[0].name.word == "Self" && scene.self_ty() == *of)
                    }
                    (Type::Path(path), Ty::Assoc(..)) if path.segments.len() > 1 || path.qualified.is_some() => {
                        self.depth < 12 && scene.ty(left) == *of
                    }
                    _ => false,
                };
                if is_it {
                    for path in bounds {
                        let hits = scene.walk(path, path.segments.len(), Space::Type);
                        let id = hits.iter().find_map(|hit| match hit.target {
                            Target::Def(id) => Some(id),
                            Target::Foreign => None,
                        });
                        match id {
                            Some(id) => seen.push((id, path, scene)),
                            None => foreign = true,
                        }
                    }
                }
            }
        }
        for (id, path, scene) in &seen {
            if let Some(found) = self.assoc_of(*id, name, 0) {
                let is_own = self.u.parent(found) == Some(*id);
                let args = if is_own && self.depth < 18 {
                    let scene = Scene { depth: self.depth + 6, ..*scene };
                    scene.bound(path, &mut Vec::new()).args
                } else {
                    Arc::new([])
                };
                return (Some((found, args)), foreign);
            }
        }
        if let Ty::Assoc(_, id, _) = of
            && let Item::Alias { bounds, .. } = &self.u.def(*id).item
        {
            let scene = Scene { depth: self.depth + 6, ..Scene::of(self.u, *id, None) };
            for path in bounds {
                let bound = if self.depth < 12 { scene.bound(path, &mut Vec::new()) } else { break };
                match bound.of {
                    Some(of) => {
                        if let Some(found) = self.assoc_of(of, name, 0) {
                            return (Some((found, bound.args)), foreign);
                        }
                    }
                    None => foreign = true,
                }
            }
        }
        (None, foreign)
    }
}

/// What the hits of a name say about it.
pub(super) fn meant(u: &Universe, name: &Name, hits: &[Hit]) -> Res {
    let alias = hits.iter().find_map(|hit| hit.alias);
    if let Some((file, at)) = alias {
        let target = hits.iter().find_map(|hit| if let Target::Def(id) = hit.target { Some(id) } else { None });
        if target.is_none_or(|id| u.def(id).name.word != name.word) {
            return Res::At(file, at);
        }
    }
    let mut defs: Vec<DefId> = Vec::new();
    for hit in hits {
        if let Target::Def(id) = hit.target
            && !u.is_stub(id)
            && u.def(id).name.word == name.word
            && u.def(id).name.at != NOWHERE
        {
            defs.push(id);
        }
    }
    // An import of a function and the module of its name is for the function.
    if defs.iter().any(|id| u.as_module(*id).is_none()) {
        defs.retain(|id| u.as_module(*id).is_none());
    }
    if !defs.is_empty() {
        return Res::Defs(defs);
    }
    if hits.is_empty() { Res::Lost } else { Res::Outside }
}

impl Universe {
    pub fn own_params(&self, id: DefId) -> Vec<DefId> {
        self.def(id).generics.params.iter().map(|index| DefId { file: id.file, index: *index }).collect()
    }

    /// A struct or enum with its own parameters as arguments.
    pub fn own_ty(&self, id: DefId) -> Ty {
        Ty::Adt(id, self.own_params(id).into_iter().map(Ty::Param).collect())
    }

    /// The traits above a trait.
    pub fn supers(&self, of: DefId) -> Vec<Bound> {
        let Item::Trait { bounds, .. } = &self.def(of).item else { return Vec::new() };
        let scene = Scene { depth: 12, ..Scene::of(self, of, None) };
        let mut found = scene.bounds(bounds, &mut Vec::new());
        for (left, bounds) in &self.def(of).generics.bounds {
            if matches!(left, Type::Path(path) if path.segments.len() == 1 && &*path.segments[0].name.word == "Self") {
                found.extend(scene.bounds(bounds, &mut Vec::new()));
            }
        }
        found
    }

    /// What is known of parameters inside of an item.
    pub fn environment(&self, owner: DefId) -> Arc<Vec<(Ty, Bound)>> {
        let lock = || self.environments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&owner) {
            return Arc::clone(known);
        }
        let mut found = Vec::new();
        let scene = Scene::of(self, owner, None);
        for id in scene.owners() {
            let def = self.def(id);
            let scene = Scene::of(self, id, None);
            if let Item::Trait { .. } = def.item {
                let args = self.own_params(id).into_iter().map(Ty::Param).collect();
                found.push((Ty::Param(id), Bound { of: Some(id), args, bindings: Arc::new([]) }));
            }
            for (left, bounds) in &def.generics.bounds {
                let ty = scene.ty(left);
                found.extend(scene.bounds(bounds, &mut Vec::new()).into_iter().map(|bound| (ty.clone(), bound)));
            }
        }
        let found = Arc::new(found);
        lock().insert(owner, Arc::clone(&found));
        found
    }

    pub fn signature(&self, id: DefId) -> Arc<Signature> {
        let lock = || self.signatures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&id) {
            return Arc::clone(known);
        }
        let scene = Scene::of(self, id, None);
        let signature = match &self.def(id).item {
            Item::Function(function) => {
                let result = function.result.as_ref().map_or_else(Ty::unit, |ty| scene.ty(ty));
                let result = if function.is_async { self.future(result) } else { result };
                Signature {
                    params: function.params.iter().map(|(_, ty)| scene.ty(ty)).collect(),
                    result,
                    receiver: function.receiver.as_ref().map(|receiver| match receiver {
                        Receiver::Value => Taken::Value,
                        Receiver::Ref => Taken::Ref,
                        Receiver::Typed(ty) => Taken::Typed(scene.ty(ty)),
                    }),
                }
            }
            Item::Struct { .. } | Item::Variant { .. } => {
                let params = self.members(id).map(|field| self.field_ty(field)).collect();
                let of = if matches!(self.def(id).item, Item::Variant { .. }) { self.parent(id) } else { Some(id) };
                Signature { params, result: of.map_or(Ty::Unknown, |of| self.own_ty(of)), receiver: None }
            }
            _ => Signature { params: Vec::new(), result: Ty::Unknown, receiver: None },
        };
        let signature = Arc::new(signature);
        lock().insert(id, Arc::clone(&signature));
        signature
    }

    /// What an `async` gives.
    pub fn future(&self, output: Ty) -> Ty {
        let of = self.std_item(&["future", "Future"]);
        Ty::Opaque(Arc::new([Bound { of, args: Arc::new([]), bindings: Arc::new([("Output".into(), output)]) }]))
    }

    pub fn field_ty(&self, field: DefId) -> Ty {
        let Item::Field { ty } = &self.def(field).item else { return Ty::Unknown };
        Scene::of(self, field, None).ty(ty)
    }

    /// An item of the stubs.
    pub fn std_item(&self, path: &[&str]) -> Option<DefId> {
        let mut at = self.crate_named("std", DefId { file: super::universe::STUB, index: 0 })?;
        for part in path {
            at = *self.named(at, part).first()?;
        }
        Some(at)
    }
}
