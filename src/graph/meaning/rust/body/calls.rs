//! Calls and closures: what is passed where, and what comes back.

use super::super::hir::{Expr, ExprKind, Pat, Segment, Type};
use super::super::traits::Answer;
use super::super::ty::{Bound, List, Ty, VarKind};
use super::{Body, Deferred};

impl Body<'_> {
    pub(super) fn call(&mut self, function: &Expr, args: &[Expr], wanted: &Ty) -> Ty {
        let found = match &function.kind {
            ExprKind::Path(path) => self.value_path(path, wanted),
            _ => self.expr(function, &Ty::Unknown),
        };
        for step in self.s.derefs(&found) {
            if let Some((params, result)) = self.callable(&step, args.len()) {
                self.expect(&result, wanted);
                self.args(args, &params);
                return result;
            }
        }
        self.args(args, &[]);
        Ty::Unknown
    }

    /// What a value takes and gives when it is called.
    fn callable(&mut self, ty: &Ty, count: usize) -> Option<(List, Ty)> {
        match ty {
            Ty::Fn(params, result) => Some((params.clone(), (**result).clone())),
            Ty::Var(_) => {
                let found = self.closure_bound(ty)?;
                Some(found)
            }
            Ty::Param(_) | Ty::Opaque(_) | Ty::Dyn(_) | Ty::Assoc(..) => {
                let bounds = self.s.bounds_of(ty);
                bounds.iter().find_map(|bound| self.fn_bound(bound))
            }
            _ => {
                let _ = count;
                None
            }
        }
    }

    fn fn_bound(&self, bound: &Bound) -> Option<(List, Ty)> {
        let of = bound.of.filter(|of| self.u.is_stub(*of))?;
        if !matches!(&*self.u.def(of).name.word, "Fn" | "FnMut" | "FnOnce") {
            return None;
        }
        let Some(Ty::Tuple(params)) = bound.args.first().map(|ty| self.s.table.shallow(ty)) else { return None };
        let result = bound.bindings.first().map_or(Ty::Unknown, |(_, ty)| ty.clone());
        Some((params, result))
    }

    /// What a variable that will be a closure is bounded by.
    fn closure_bound(&mut self, ty: &Ty) -> Option<(List, Ty)> {
        let known = self.s.table.shallow(ty);
        let bounds: Vec<Bound> = self
            .s
            .bounds
            .iter()
            .filter(|(of, _)| self.s.table.shallow(of) == known)
            .map(|(_, bound)| bound.clone())
            .collect();
        if let Some(found) = bounds.iter().find_map(|bound| self.fn_bound(bound)) {
            let (params, result) = found;
            let params = params.iter().map(|ty| self.s.normal_deep(ty)).collect();
            let result = self.s.normal_deep(&result);
            return Some((params, result));
        }
        // A trait of ours that is implemented for whatever can be called.
        for bound in &bounds {
            let Some(of) = bound.of.filter(|of| !self.u.is_stub(*of)) else { continue };
            for above in self.s.with_supers(&known, bound) {
                if let Some(found) = self.fn_bound(&above) {
                    return Some(found);
                }
            }
            for id in self.u.impls_of(of) {
                let Some(header) = self.u.header(*id).filter(|header| matches!(header.self_ty, Ty::Param(_))) else {
                    continue;
                };
                let environment = self.u.environment(*id);
                let subst = self.s.fresh(&header.params);
                if let Some(own) = &header.of {
                    let own = own.with(&subst);
                    own.args.iter().zip(bound.args.iter()).for_each(|(a, b)| {
                        self.s.try_unify(a, b);
                    });
                }
                for (left, bound) in environment.iter() {
                    if *left == header.self_ty
                        && let Some((params, result)) = self.fn_bound(bound)
                    {
                        let params = params.iter().map(|ty| self.s.instance(ty, &subst)).collect();
                        return Some((params, self.s.instance(&result, &subst)));
                    }
                }
            }
        }
        None
    }

    /// What is wanted of a result helps to know it, unless it does not fit.
    pub(super) fn expect(&mut self, result: &Ty, wanted: &Ty) {
        let known = self.s.shallow(wanted);
        let is_open = |ty: &Ty| ty.mentions(&|ty| matches!(ty, Ty::Var(_)));
        if matches!(known, Ty::Unknown | Ty::Var(_) | Ty::Dyn(_)) || !is_open(result) {
            return;
        }
        if known.mentions(&|ty| matches!(ty, Ty::Dyn(_) | Ty::Opaque(_))) {
            return;
        }
        self.s.try_unify(result, &known);
    }

    pub(super) fn args(&mut self, args: &[Expr], params: &[Ty]) {
        let is_closure = |arg: &Expr| matches!(arg.kind, ExprKind::Closure(..));
        for (at, arg) in args.iter().enumerate().filter(|(_, arg)| !is_closure(arg)) {
            let param = params.get(at).cloned().unwrap_or(Ty::Unknown);
            let found = self.expr(arg, &param);
            self.s.coerce(&found, &param);
        }
        self.s.settle();
        for (at, arg) in args.iter().enumerate().filter(|(_, arg)| is_closure(arg)) {
            let param = params.get(at).cloned().unwrap_or(Ty::Unknown);
            let found = self.expr(arg, &param);
            self.s.try_unify(&found, &param);
            self.s.settle();
        }
    }

    pub(super) fn method_call(&mut self, receiver: &Expr, segment: &Segment, args: &[Expr], wanted: &Ty) -> Ty {
        let found = self.expr(receiver, &Ty::Unknown);
        let found = self.known(&found);
        let last = self.s.derefs(&found).pop().unwrap_or(Ty::Unknown);
        if matches!(last, Ty::Var(at) if self.s.table.kind(at) == VarKind::Any) {
            let types = args.iter().map(|arg| self.expr(arg, &Ty::Unknown)).collect();
            let result = self.s.table.fresh();
            let (receiver, segment) = (found, segment.clone());
            self.deferred.push(Deferred { receiver, segment, args: Some(types), result: result.clone() });
            return result;
        }
        let (params, result) = self.method(&found, segment, args.len());
        self.expect(&result, wanted);
        self.args(args, &params);
        result
    }

    /// A type, after what waits has been looked at when it is a variable.
    pub(super) fn known(&mut self, ty: &Ty) -> Ty {
        let known = self.s.shallow(ty);
        let inner = match &known {
            Ty::Ref(inner) => self.s.shallow(inner),
            other => other.clone(),
        };
        if matches!(inner, Ty::Var(_)) {
            self.s.settle();
            return self.s.shallow(ty);
        }
        known
    }

    pub(super) fn closure(
        &mut self,
        params: &[(Pat, Option<Type>)],
        result: Option<&Type>,
        body: &Expr,
        wanted: &Ty,
    ) -> Ty {
        let known = self.s.shallow(wanted);
        let expected = match &known {
            Ty::Ref(inner) => {
                let inner = self.s.shallow(inner);
                self.callable(&inner, params.len())
            }
            Ty::Adt(_, args) if args.len() == 1 => args.first().cloned().and_then(|inner| {
                let inner = self.s.shallow(&inner);
                self.callable(&inner, params.len())
            }),
            known => self.callable(&known.clone(), params.len()),
        };
        let locals = self.locals.len();
        let mut types = Vec::new();
        for (at, (pat, ty)) in params.iter().enumerate() {
            let given = match ty {
                Some(ty) => self.ty(ty),
                None => self.s.table.fresh(),
            };
            if let Some(ty) = expected.as_ref().and_then(|(params, _)| params.get(at)) {
                let ty = self.open(ty);
                if !self.s.try_unify(&given, &ty) {
                    self.s.coerce(&ty, &given);
                }
            }
            self.pat(pat, &given);
            types.push(given);
        }
        let gives = match result {
            Some(ty) => self.ty(ty),
            None => self.s.table.fresh(),
        };
        if let Some((_, expected)) = &expected {
            let expected = self.open(expected);
            if !expected.mentions(&|ty| matches!(ty, Ty::Dyn(_) | Ty::Opaque(_))) {
                self.s.try_unify(&gives, &expected);
            }
        }
        let outer = std::mem::replace(&mut self.result, gives.clone());
        let broken = std::mem::take(&mut self.broken);
        let found = self.expr(body, &gives);
        self.s.coerce(&found, &gives);
        (self.result, self.broken) = (outer, broken);
        self.locals.truncate(locals);
        Ty::Fn(types.into(), gives.into())
    }

    /// What an associated type of a standard trait is for a type.
    pub(super) fn projected(&mut self, ty: &Ty, path: &[&str], name: &str) -> Ty {
        let Some(of) = self.u.std_item(path) else { return Ty::Unknown };
        let Some(id) = self.u.member(of, name) else { return Ty::Unknown };
        let known = self.s.shallow(ty);
        if let Answer::No = self.s.implements(&known, of, &[], 0) {
            return Ty::Unknown;
        }
        self.s.normal(&Ty::Assoc(known.into(), id, [].into()), 0)
    }
}
