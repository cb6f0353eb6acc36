//! What implements what: headers of impls, the choice among them, associated types, and dereferencing.

use std::collections::HashMap;
use std::sync::Arc;

use super::convert::Scene;
use super::hir::{DefId, Item, Type, Word};
use super::ty::{ANY_FLOAT, ANY_INT, Bound, Subst, Table, Ty, VarKind};
use super::universe::Universe;

/// How deep the conditions of impls are followed.
const DEEPEST: usize = 6;

/// The head of an impl.
#[derive(Debug)]
pub(super) struct Header {
    pub params: Vec<DefId>,
    pub self_ty: Ty,
    /// The trait; `of` in it is `None` for another crate's.
    pub of: Option<Bound>,
}

/// All impls, by what they are asked for.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub list: HashMap<DefId, Header>,
    pub by_trait: HashMap<DefId, Vec<DefId>>,
    /// Impl and function of the functions that belong to no trait.
    pub inherent: HashMap<Word, Vec<(DefId, DefId)>>,
}

/// Why a type has a trait.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Impl(DefId, Subst),
    Bound(Bound),
    /// A function or closure with this result.
    Call(Ty),
    /// It is derived.
    Derived,
}

#[derive(Debug, Clone)]
pub(super) enum Answer {
    Yes(Source),
    No,
    /// The type is not known well enough.
    Maybe,
}

thread_local! {
    static BUILDING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

const DERIVED: [&str; 9] = ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];

impl Universe {
    fn build_headers(&self) -> Headers {
        let mut headers = Headers::default();
        for id in &self.impls {
            headers.list.insert(*id, self.read_header(*id));
        }
        headers
    }

    fn read_header(&self, id: DefId) -> Header {
        let scene = Scene { depth: 4, ..Scene::of(self, id, None) };
        let (self_ty, params) = match &self.def(id).item {
            Item::Impl { ty, .. } => (scene.ty(ty), self.own_params(id)),
            _ => (Ty::Unknown, Vec::new()),
        };
        Header { params, self_ty, of: None }
    }

    /// Reads the headers, on the deep stack of who loads.
    pub fn read_headers(&self) {
        self.headers();
    }

    fn headers(&self) -> &Headers {
        self.headers.get_or_init(|| {
            BUILDING.set(true);
            let mut headers = self.build_headers();
            // With the types of `Self` known, the traits can be read, which may speak of it.
            for id in &self.impls {
                let Item::Impl { of, ty, items } = &self.def(*id).item else { continue };
                let Some(header) = headers.list.get(id) else { continue };
                let self_ty = header.self_ty.clone();
                let Some(path) = of else {
                    for item in items {
                        let item = DefId { file: id.file, index: *item };
                        let name = self.def(item).name.word.clone();
                        headers.inherent.entry(name).or_default().push((*id, item));
                    }
                    continue;
                };
                let _ = ty;
                let scene = Scene { depth: 4, ..Scene::of(self, *id, None) };
                let bound = scene.bound(path, &mut Vec::new());
                let own = |ty: &Ty| ty.map(&mut |ty| (*ty == Ty::Unknown).then(|| self_ty.clone()));
                let args = bound.args.iter().map(own).collect();
                if let Some(of) = bound.of {
                    headers.by_trait.entry(of).or_default().push(*id);
                }
                if let Some(header) = headers.list.get_mut(id) {
                    header.of = Some(Bound { args, ..bound });
                }
            }
            BUILDING.set(false);
            headers
        })
    }

    /// `None` while the headers are being read.
    pub fn header(&self, id: DefId) -> Option<&Header> {
        if BUILDING.get() { None } else { self.headers().list.get(&id) }
    }

    pub fn impls_of(&self, of: DefId) -> &[DefId] {
        self.headers().by_trait.get(&of).map_or(&[], Vec::as_slice)
    }

    pub fn inherent(&self, name: &str) -> &[(DefId, DefId)] {
        self.headers().inherent.get(name).map_or(&[], Vec::as_slice)
    }

    /// The type of `Self` of an impl as its signatures use it, and what an impl for every number stands for.
    pub fn is_number(&self, id: DefId) -> bool {
        matches!(&self.def(id).item, Item::Impl { ty: Type::Path(path), .. }
            if path.segments.len() == 1 && matches!(&*path.segments[0].name.word, ANY_INT | ANY_FLOAT))
    }
}

/// A place where types are compared: what is known of parameters, and of variables.
pub(super) struct Solver<'u> {
    pub u: &'u Universe,
    pub env: Arc<Vec<(Ty, Bound)>>,
    pub table: Table,
    /// Projections that wait for their type: what, and the variable that stands for it.
    pub waiting: Vec<(Ty, Ty)>,
    /// Bounds that wait for their type.
    pub bounds: Vec<(Ty, Bound)>,
    pub steps: usize,
}

impl<'u> Solver<'u> {
    pub fn new(u: &'u Universe, owner: DefId) -> Self {
        let env = u.environment(owner);
        Self { u, env, table: Table::default(), waiting: Vec::new(), bounds: Vec::new(), steps: 0 }
    }

    pub fn shallow(&mut self, ty: &Ty) -> Ty {
        let known = self.table.shallow(ty);
        match &known {
            Ty::Assoc(..) => self.normal(&known, 0),
            _ => known,
        }
    }

    /// The header's parameters as fresh variables.
    pub fn fresh(&mut self, params: &[DefId]) -> Subst {
        Subst(params.iter().map(|id| (*id, self.table.fresh())).collect())
    }

    /// A bound and those above its trait.
    pub fn with_supers(&self, of: &Ty, bound: &Bound) -> Vec<Bound> {
        let mut found = vec![bound.clone()];
        let mut at = 0;
        while at < found.len() && found.len() < 24 {
            if let Some(id) = found[at].of {
                let mut subst = Subst::default();
                subst.set(id, of.clone());
                for (param, ty) in self.u.own_params(id).into_iter().zip(found[at].args.iter()) {
                    subst.set(param, ty.clone());
                }
                for above in self.u.supers(id) {
                    let above = above.with(&subst);
                    if !found.contains(&above) {
                        found.push(above);
                    }
                }
            }
            at += 1;
        }
        found
    }

    /// What a parameter, an opaque type or a trait object is bounded by.
    pub fn bounds_of(&mut self, ty: &Ty) -> Vec<Bound> {
        let mut found = Vec::new();
        match ty {
            Ty::Dyn(bounds) | Ty::Opaque(bounds) => {
                bounds.iter().for_each(|bound| found.extend(self.with_supers(ty, bound)));
            }
            Ty::Param(_) | Ty::Assoc(..) | Ty::Adt(..) => {
                let env = Arc::clone(&self.env);
                for (left, bound) in env.iter() {
                    let is_it = left == ty
                        || matches!((left, ty), (Ty::Assoc(..), Ty::Assoc(..)) | (Ty::Adt(..), Ty::Adt(..))) && {
                            let mark = self.table.mark();
                            let same = self.table.unify(left, ty);
                            self.table.back(mark);
                            same
                        };
                    if is_it {
                        found.extend(self.with_supers(ty, bound));
                    }
                }
                if let Ty::Assoc(of, id, args) = ty
                    && let Item::Alias { bounds, .. } = &self.u.def(*id).item
                {
                    let scene = Scene { depth: 8, ..Scene::of(self.u, *id, None) };
                    let mut subst = Subst::default();
                    if let Some(parent) = self.u.parent(*id) {
                        subst.set(parent, (**of).clone());
                        self.u
                            .own_params(parent)
                            .into_iter()
                            .zip(args.iter())
                            .for_each(|(id, ty)| subst.set(id, ty.clone()));
                    }
                    for bound in scene.bounds(bounds, &mut Vec::new()) {
                        found.extend(self.with_supers(ty, &bound.with(&subst)));
                    }
                    // Bounds on it that the items above its trait write in their `where`.
                    let more: Vec<Bound> = env
                        .iter()
                        .filter(|(left, _)| matches!(left, Ty::Assoc(other, other_id, _) if other_id == id && **other == **of))
                        .map(|(_, bound)| bound.clone())
                        .collect();
                    more.iter().for_each(|bound| found.extend(self.with_supers(ty, bound)));
                }
            }
            _ => {}
        }
        found
    }

    pub fn implements(&mut self, ty: &Ty, of: DefId, args: &[Ty], depth: usize) -> Answer {
        self.steps += 1;
        if depth > DEEPEST || self.steps > 200_000 {
            return Answer::Maybe;
        }
        let ty = self.shallow(ty);
        match &ty {
            Ty::Var(var) if self.table.kind(*var) == VarKind::Any => return Answer::Maybe,
            Ty::Unknown | Ty::Never => return Answer::Maybe,
            _ => {}
        }
        let bounds = self.bounds_of(&ty);
        let mut matching: Vec<Bound> = bounds.into_iter().filter(|bound| bound.of == Some(of)).collect();
        if matching.len() > 1 && !args.is_empty() {
            matching.retain(|bound| {
                let mark = self.table.mark();
                let fits = bound.args.iter().zip(args).all(|(a, b)| self.table.unify(a, b));
                self.table.back(mark);
                fits
            });
        }
        if let Some(bound) = matching.into_iter().next() {
            bound.args.iter().zip(args).for_each(|(a, b)| {
                self.table.unify(a, b);
            });
            return Answer::Yes(Source::Bound(bound));
        }
        let name = self.u.def(of).name.word.clone();
        if self.u.is_stub(of) && matches!(&*name, "FnOnce" | "FnMut" | "Fn") {
            let callee = match &ty {
                Ty::Ref(inner) => self.shallow(inner),
                other => other.clone(),
            };
            return match callee {
                Ty::Fn(params, result) => {
                    if let Some(wanted) = args.first() {
                        self.unify(wanted, &Ty::Tuple(params));
                    }
                    Answer::Yes(Source::Call((*result).clone()))
                }
                Ty::Foreign => Answer::Maybe,
                _ if matches!(&ty, Ty::Ref(_)) => match &ty {
                    Ty::Ref(inner) => self.implements(inner, of, args, depth + 1),
                    _ => Answer::No,
                },
                other => {
                    // A bound by another of the three.
                    let three = ["FnOnce", "FnMut", "Fn"];
                    let bounds = self.bounds_of(&other);
                    let by_name = bounds.into_iter().find(|bound| {
                        bound.of.is_some_and(|id| self.u.is_stub(id) && three.contains(&&*self.u.def(id).name.word))
                    });
                    by_name.map_or(Answer::No, |bound| {
                        bound.args.iter().zip(args).for_each(|(a, b)| {
                            self.table.unify(a, b);
                        });
                        Answer::Yes(Source::Bound(bound))
                    })
                }
            };
        }
        let mut maybe = None;
        let mut maybes = 0;
        for id in self.u.impls_of(of) {
            let mark = self.table.mark();
            match self.matches(*id, &ty, args, depth) {
                (true, subst) => return Answer::Yes(Source::Impl(*id, subst)),
                (false, subst)
                    if (!subst.0.is_empty() || self.u.header(*id).is_some_and(|header| header.params.is_empty()))
                        && self.possible(*id, &ty, args) =>
                {
                    maybes += 1;
                    maybe = Some(*id);
                }
                _ => {}
            }
            self.table.back(mark);
        }
        if maybes == 1
            && let Some(id) = maybe
            && let Some(header) = self.u.header(id)
        {
            let subst = self.fresh(&header.params);
            let (self_ty, of) = (header.self_ty.with(&subst), header.of.clone());
            self.unify(&self_ty, &ty);
            if let Some(of) = of {
                of.with(&subst).args.iter().zip(args).for_each(|(a, b)| {
                    self.unify(a, b);
                });
            }
            return Answer::Yes(Source::Impl(id, subst));
        }
        if maybes > 0 || matches!(ty, Ty::Foreign) {
            return Answer::Maybe;
        }
        if self.u.is_stub(of)
            && DERIVED.contains(&&*name)
            && matches!(ty, Ty::Adt(..) | Ty::Prim(_) | Ty::Tuple(_) | Ty::Ref(_) | Ty::Array(_) | Ty::Fn(..))
        {
            return Answer::Yes(Source::Derived);
        }
        Answer::No
    }

    /// Whether an impl may be for a type when its conditions are left aside.
    fn possible(&mut self, id: DefId, ty: &Ty, args: &[Ty]) -> bool {
        let Some(header) = self.u.header(id) else { return false };
        let mark = self.table.mark();
        let subst = self.fresh(&header.params);
        let self_ty = header.self_ty.with(&subst);
        let mut fits = self.table.unify(&self_ty, ty);
        if let Some(of) = &header.of {
            fits &= of.with(&subst).args.iter().zip(args).all(|(a, b)| self.table.unify(a, b));
        }
        let no = fits && self.conditions(id, &subst, DEEPEST - 1) == Some(false);
        self.table.back(mark);
        fits && !no
    }

    /// Whether an impl is surely for a type and arguments; keeps what it finds out on the way.
    fn matches(&mut self, id: DefId, ty: &Ty, args: &[Ty], depth: usize) -> (bool, Subst) {
        let Some(header) = self.u.header(id) else { return (false, Subst::default()) };
        let subst = self.fresh(&header.params);
        let self_ty = self.instance(&header.self_ty, &subst);
        if !self.unify(&self_ty, ty) {
            return (false, Subst::default());
        }
        if let Some(of) = &header.of {
            for (own, wanted) in of.args.iter().zip(args) {
                let own = self.instance(own, &subst);
                if !self.unify(&own, wanted) {
                    return (false, Subst::default());
                }
            }
        }
        (self.conditions(id, &subst, depth) == Some(true), subst)
    }

    /// Whether the conditions of an impl hold: `None` when it cannot be told.
    fn conditions(&mut self, id: DefId, subst: &Subst, depth: usize) -> Option<bool> {
        let environment = self.u.environment(id);
        let mut sure = true;
        for (left, bound) in environment.iter() {
            let Some(of) = bound.of else { continue };
            let left = self.instance(left, subst);
            let bound = bound.with(subst);
            // Bounds on what is known as yet only.
            match self.implements(&left, of, &bound.args, depth + 1) {
                Answer::No => return Some(false),
                Answer::Maybe => {
                    let known = self.shallow(&left);
                    sure &= !matches!(known, Ty::Var(_) | Ty::Foreign);
                }
                Answer::Yes(source) => self.bind(&source, &left, &bound, depth + 1),
            }
        }
        if sure { Some(true) } else { None }
    }

    /// Makes the associated types of a bound those of the impl.
    pub fn bind(&mut self, source: &Source, of: &Ty, bound: &Bound, depth: usize) {
        for (name, ty) in bound.bindings.iter() {
            let Some(id) = bound.of.and_then(|of| self.u.member(of, name)) else {
                if let (Source::Call(result), "Output") = (source, &**name) {
                    self.coerce(&result.clone(), ty);
                }
                continue;
            };
            let found = self.assoc_of(source, of, id, name, depth);
            if let Some(found) = found {
                match ty {
                    Ty::Opaque(_) => {}
                    _ => {
                        let ty = self.normal_deep(ty);
                        self.unify(&found, &ty);
                    }
                }
            }
        }
    }

    /// The associated type that a source of a trait gives.
    fn assoc_of(&mut self, source: &Source, of: &Ty, id: DefId, name: &str, depth: usize) -> Option<Ty> {
        if depth > DEEPEST + 4 {
            return None;
        }
        match source {
            Source::Call(result) => Some(result.clone()),
            Source::Derived => None,
            Source::Bound(bound) => bound.bindings.iter().find(|(known, _)| &**known == name).map(|(_, ty)| ty.clone()),
            Source::Impl(impl_, subst) => {
                if let Some(alias) = self.u.member(*impl_, name) {
                    let Item::Alias { ty: Some(ty), .. } = &self.u.def(alias).item else { return None };
                    let ty = Scene { depth: 4, ..Scene::of(self.u, alias, None) }.ty(ty);
                    return Some(self.instance(&ty, subst));
                }
                let Item::Alias { ty: Some(ty), .. } = &self.u.def(id).item else { return None };
                let ty = Scene { depth: 4, ..Scene::of(self.u, id, None) }.ty(ty);
                let mut subst = Subst::default();
                subst.set(self.u.parent(id)?, of.clone());
                Some(self.instance(&ty, &subst))
            }
        }
    }

    /// A type with parameters replaced and its projections worked out, or waiting behind a variable.
    pub fn instance(&mut self, ty: &Ty, subst: &Subst) -> Ty {
        let ty = ty.with(subst);
        self.normal_deep(&ty)
    }

    pub fn normal_deep(&mut self, ty: &Ty) -> Ty {
        if !ty.mentions(&|ty| matches!(ty, Ty::Assoc(..))) {
            return ty.clone();
        }
        ty.map(&mut |ty| match ty {
            Ty::Assoc(of, id, args) => {
                let of = self.normal_deep(of);
                let args = args.iter().map(|ty| self.normal_deep(ty)).collect();
                Some(self.normal(&Ty::Assoc(of.into(), *id, args), 0))
            }
            _ => None,
        })
    }

    /// What a projection is; a variable that waits where its type is not known; itself where it is rigid.
    pub fn normal(&mut self, ty: &Ty, depth: usize) -> Ty {
        let Ty::Assoc(of, id, args) = ty else { return ty.clone() };
        let Some(trait_) = self.u.parent(*id) else { return Ty::Unknown };
        if depth > DEEPEST {
            return Ty::Unknown;
        }
        let name = self.u.def(*id).name.word.clone();
        let known = self.table.shallow(of);
        let known = self.normal(&known, depth + 1);
        match self.implements(&known, trait_, args, depth) {
            Answer::Yes(source) => {
                let rigid = matches!(source, Source::Bound(_));
                match self.assoc_of(&source, &known, *id, &name, depth) {
                    Some(found) => self.normal_deep(&found),
                    None if rigid => Ty::Assoc(known.into(), *id, args.clone()),
                    None => Ty::Unknown,
                }
            }
            Answer::Maybe
                if matches!(known, Ty::Var(_))
                    || args.iter().any(|ty| matches!(self.table.shallow(ty), Ty::Var(_))) =>
            {
                let var = self.table.fresh();
                self.waiting.push((Ty::Assoc(known.into(), *id, args.clone()), var.clone()));
                var
            }
            Answer::Maybe if matches!(known, Ty::Foreign) => Ty::Unknown,
            _ if matches!(known, Ty::Param(_) | Ty::Assoc(..)) => Ty::Assoc(known.into(), *id, args.clone()),
            _ => Ty::Unknown,
        }
    }

    pub fn unify(&mut self, a: &Ty, b: &Ty) -> bool {
        self.table.unify(a, b)
    }

    /// Unifies where it fits, and keeps nothing where it does not.
    pub fn try_unify(&mut self, a: &Ty, b: &Ty) -> bool {
        let mark = self.table.mark();
        let fits = self.table.unify(a, b);
        if !fits {
            self.table.back(mark);
        }
        fits
    }

    /// Makes a value fit what is wanted, over dereferences where it has to.
    pub fn coerce(&mut self, actual: &Ty, wanted: &Ty) {
        let (actual, wanted) = (self.shallow(actual), self.shallow(wanted));
        if let (Ty::Ref(inner), Ty::Ref(target)) = (&actual, &wanted) {
            let target = self.shallow(target);
            if matches!(target, Ty::Dyn(_) | Ty::Unknown) {
                return;
            }
            for step in self.derefs(inner) {
                if self.try_unify(&step, &target) {
                    return;
                }
                if let (Ty::Array(one), Ty::Slice(other)) = (&step, &target)
                    && self.try_unify(one, other)
                {
                    return;
                }
            }
            return;
        }
        if !self.try_unify(&actual, &wanted)
            && let (Ty::Adt(x, xs), Ty::Adt(y, ys)) = (&actual, &wanted)
            && x == y
        {
            // `Box<T>` to `Box<dyn Trait>`: the other arguments still fit.
            for (a, b) in xs.iter().zip(ys.iter()) {
                self.try_unify(a, b);
            }
        }
    }

    /// A type, and what it dereferences to, step by step.
    pub fn derefs(&mut self, ty: &Ty) -> Vec<Ty> {
        let mut found = vec![self.shallow(ty)];
        while found.len() < 12 {
            let Some(next) = self.deref(&found[found.len() - 1].clone()) else { break };
            found.push(next);
        }
        found
    }

    pub fn deref(&mut self, ty: &Ty) -> Option<Ty> {
        match ty {
            Ty::Ref(inner) | Ty::Ptr(inner) => Some(self.shallow(inner)),
            Ty::Adt(..) | Ty::Param(_) | Ty::Opaque(_) | Ty::Assoc(..) => {
                let deref = self.u.std_item(&["ops", "Deref"])?;
                let target = self.u.member(deref, "Target")?;
                let Answer::Yes(source) = self.implements(ty, deref, &[], 1) else { return None };
                let found = self.assoc_of(&source, ty, target, "Target", 0)?;
                Some(self.shallow(&found))
            }
            _ => None,
        }
    }

    /// Works off what has been waiting for a type.
    pub fn settle(&mut self) {
        for _ in 0..8 {
            let mut moved = false;
            for (projection, var) in std::mem::take(&mut self.waiting) {
                let Ty::Assoc(of, ..) = &projection else { continue };
                if let Ty::Var(at) = self.table.shallow(of)
                    && self.table.kind(at) == VarKind::Any
                {
                    self.waiting.push((projection, var));
                    continue;
                }
                let before = self.waiting.len();
                let found = self.normal(&projection, 0);
                // Still waiting, behind a variable of its own.
                moved |= self.waiting.len() == before;
                self.unify(&var, &found);
            }
            for (ty, bound) in std::mem::take(&mut self.bounds) {
                let known = self.shallow(&ty);
                if matches!(known, Ty::Var(at) if self.table.kind(at) == VarKind::Any) {
                    self.bounds.push((ty, bound));
                    continue;
                }
                let Some(of) = bound.of else { continue };
                let mark = self.table.mark();
                match self.implements(&known, of, &bound.args, 1) {
                    Answer::Yes(source) => {
                        moved = true;
                        self.bind(&source, &known, &bound, 0);
                    }
                    _ => {
                        self.table.back(mark);
                        if matches!(known, Ty::Var(_)) {
                            self.bounds.push((ty, bound));
                        }
                    }
                }
            }
            if !moved {
                break;
            }
        }
    }
}
