//! What the names inside of bodies mean: types of expressions are inferred in order, closures last.

mod calls;
mod exprs;
mod given;
mod methods;
mod pats;
mod values;

use std::sync::Arc;

use super::super::Shape;
use super::convert::{Records, Res, Scene, Sort};
use super::hir::{DefId, Expr, Item, Name, Segment, Word};
use super::traits::Solver;
use super::ty::{Subst, Ty};
use super::universe::Universe;

struct Variable {
    word: Word,
    at: u32,
    ty: Ty,
}

/// A member of something whose type was not known yet.
struct Deferred {
    receiver: Ty,
    segment: Segment,
    /// `None` for a field.
    args: Option<Vec<Ty>>,
    result: Ty,
}

/// One body that is followed.
pub(super) struct Body<'u> {
    u: &'u Universe,
    s: Solver<'u>,
    scene: Scene<'u>,
    locals: Vec<Variable>,
    /// What `return` gives.
    result: Ty,
    /// What `break` gives.
    broken: Vec<Ty>,
    deferred: Vec<Deferred>,
    depth: usize,
}

/// Nesting beyond which nothing is followed.
const DEEPEST: usize = 150;

/// Finds out what the names in everything that a file defines mean.
pub(super) fn follow(u: &Universe, file: u32) -> Records {
    let records = Records::default();
    let data = &u.files[file as usize].defs;
    for at in &data.outside {
        records.put(*at, Shape::Plain, Res::Outside);
    }
    for (at, bound) in &data.bound {
        records.put(*at, Shape::Plain, Res::At(file, *bound));
    }
    for index in 0..data.defs.len() as u32 {
        item(u, DefId { file, index }, &records);
    }
    records
}

fn item(u: &Universe, id: DefId, records: &Records) {
    let def = u.def(id);
    let scene = Scene::of(u, id, Some(records));
    if !def.name.word.is_empty() {
        records.put(def.name.at, Shape::Plain, Res::Defs(vec![id]));
    }
    let mut consts = Vec::new();
    for (left, bounds) in &def.generics.bounds {
        scene.ty_with(left, &mut consts);
        scene.bounds(bounds, &mut consts);
    }
    let run = |value: &Expr, wanted: Ty| Body::new(u, id, records).run(value, &wanted);
    match &def.item {
        Item::Module { uses, .. } => {
            for leaf in uses {
                let scene = Scene { scope: id, ..scene };
                u.import(id, leaf, 0, &mut |step, hits| scene.tell(&leaf.path.segments[step].name, hits));
                if let Some(local) = &leaf.local {
                    scene.put(local, Res::At(id.file, local.at));
                }
            }
        }
        Item::Function(function) => {
            let mut body = Body::new(u, id, records);
            let signature = u.signature(id);
            let types: Vec<Ty> = function.params.iter().map(|(_, ty)| scene.ty_with(ty, &mut consts)).collect();
            if let Some(super::hir::Receiver::Typed(ty)) = &function.receiver {
                scene.ty_with(ty, &mut consts);
            }
            if let Some(result) = &function.result {
                scene.ty_with(result, &mut consts);
            }
            for ((pat, _), ty) in function.params.iter().zip(&types) {
                let ty = body.s.normal_deep(ty);
                body.pat(pat, &ty);
            }
            if let Some(value) = &function.body {
                let result = match (&signature.result, function.is_async) {
                    (Ty::Opaque(bounds), true) => bounds
                        .first()
                        .and_then(|bound| bound.bindings.first())
                        .map_or(Ty::Unknown, |(_, ty)| ty.clone()),
                    (result, _) => result.clone(),
                };
                let result = body.s.normal_deep(&result);
                body.result = result.clone();
                body.run(value, &result);
            }
        }
        Item::Struct { .. }
        | Item::Enum { .. }
        | Item::Declared { .. }
        | Item::ExternCrate { .. }
        | Item::Macro { .. } => {}
        Item::Variant { value, .. } => {
            if let Some(value) = value {
                run(value, Ty::Unknown);
            }
        }
        Item::Field { ty } => drop(scene.ty_with(ty, &mut consts)),
        Item::Trait { bounds, .. } => drop(scene.bounds(bounds, &mut consts)),
        Item::Impl { of, ty, .. } => {
            if let Some(of) = of {
                scene.bound(of, &mut consts);
            }
            scene.ty_with(ty, &mut consts);
        }
        Item::Alias { bounds, ty } => {
            scene.bounds(bounds, &mut consts);
            if let Some(ty) = ty {
                scene.ty_with(ty, &mut consts);
            }
        }
        Item::Constant { ty, value } => {
            let ty = ty.as_ref().map_or(Ty::Unknown, |ty| scene.ty_with(ty, &mut consts));
            if let Some(value) = value {
                run(value, ty);
            }
        }
        Item::Param { default, constant } => {
            for ty in [default, constant].into_iter().flatten() {
                scene.ty_with(ty, &mut consts);
            }
        }
        Item::Loose(value) => run(value, Ty::Unknown),
    }
    for value in consts {
        Body::new(u, id, records).run(&value, &Ty::Unknown);
    }
}

impl<'u> Body<'u> {
    fn new(u: &'u Universe, owner: DefId, records: &'u Records) -> Self {
        Self {
            u,
            s: Solver::new(u, owner),
            scene: Scene::of(u, owner, Some(records)),
            locals: Vec::new(),
            result: Ty::Unknown,
            broken: Vec::new(),
            deferred: Vec::new(),
            depth: 0,
        }
    }

    fn run(mut self, value: &Expr, wanted: &Ty) {
        let found = self.expr(value, wanted);
        self.s.coerce(&found, wanted);
        self.finish();
    }

    /// Looks at what could not be told again, now that all is read.
    fn finish(&mut self) {
        for _ in 0..6 {
            self.s.settle();
            let before = self.deferred.len();
            for deferred in std::mem::take(&mut self.deferred) {
                self.again(deferred);
            }
            if self.deferred.is_empty() || self.deferred.len() == before {
                break;
            }
        }
        for deferred in std::mem::take(&mut self.deferred) {
            let sort = if deferred.args.is_some() { Sort::Method } else { Sort::Field };
            self.scene.put(&deferred.segment.name, Res::Member(sort, unknown(&deferred.segment.name)));
        }
    }

    fn again(&mut self, deferred: Deferred) {
        let known = self.s.shallow(&deferred.receiver);
        if matches!(known, Ty::Var(at) if self.s.table.kind(at) == super::ty::VarKind::Any) {
            self.deferred.push(deferred);
            return;
        }
        let found = match &deferred.args {
            None => self.field(&known, &deferred.segment.name),
            Some(args) => {
                let (params, result) = self.method(&known, &deferred.segment, args.len());
                for (arg, param) in args.iter().zip(&params) {
                    self.s.coerce(arg, param);
                }
                result
            }
        };
        self.s.unify(&found, &deferred.result);
    }

    /// A fresh variable for each part of a type that is left open.
    fn open(&mut self, ty: &Ty) -> Ty {
        let ty = ty.map(&mut |ty| (*ty == Ty::Unknown).then(|| self.s.table.fresh()));
        self.s.normal_deep(&ty)
    }

    fn ty(&mut self, ty: &super::hir::Type) -> Ty {
        let mut consts = Vec::new();
        let found = self.scene.ty_with(ty, &mut consts);
        for value in consts {
            self.expr(&value, &Ty::Unknown);
        }
        self.open(&found)
    }

    fn std_ty(&self, path: &[&str], args: Vec<Ty>) -> Ty {
        self.u.std_item(path).map_or(Ty::Unknown, |id| {
            let mut args = args;
            args.resize(self.u.def(id).generics.params.len(), Ty::Unknown);
            Ty::Adt(id, args.into())
        })
    }

    fn is_std(&self, id: DefId, path: &[&str]) -> bool {
        self.u.is_stub(id) && self.u.std_item(path) == Some(id)
    }

    /// The parameters of a struct or enum as its arguments.
    fn adt_subst(&self, id: DefId, args: &[Ty]) -> Subst {
        Subst(self.u.own_params(id).into_iter().zip(args.iter().cloned()).collect())
    }

    fn str_ref() -> Ty {
        Ty::Prim("str").reference()
    }

    fn bool() -> Ty {
        Ty::Prim("bool")
    }

    fn locals_put(&mut self, name: &Name, ty: Ty) {
        self.locals.push(Variable { word: Arc::clone(&name.word), at: name.at, ty });
    }
}

fn unknown(name: &Name) -> String {
    format!("the type of what `{}` is taken from is not known", name.word)
}
