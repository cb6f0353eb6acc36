//! Types, substitution, and the table of what is not known yet.

use std::sync::Arc;

use super::hir::{DefId, Word};

/// Levels of a type, as it is written or inferred; deeper ones are cut.
const DEEPEST_TYPE: usize = 40;

/// Variables that stand for each other's parts; see [`Table::deep`].
const DEEPEST: usize = 24;

pub(super) type List = Arc<[Ty]>;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ty {
    /// Nothing is known.
    Unknown,
    /// Of a crate whose text is not here.
    Foreign,
    Never,
    Var(u32),
    /// A struct, enum or union with its arguments.
    Adt(DefId, List),
    Prim(&'static str),
    Ref(Arc<Ty>),
    Ptr(Arc<Ty>),
    Slice(Arc<Ty>),
    Array(Arc<Ty>),
    Tuple(List),
    Fn(List, Arc<Ty>),
    /// A parameter; the definition of a trait stands for its `Self`.
    Param(DefId),
    Dyn(Arc<[Bound]>),
    Opaque(Arc<[Bound]>),
    /// `<T as Trait<Args>>::Name`.
    Assoc(Arc<Ty>, DefId, List),
}

/// `Trait<Args, Name = Ty>`; no trait for one of another crate.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    pub of: Option<DefId>,
    pub args: List,
    pub bindings: Arc<[(Word, Ty)]>,
}

pub(super) const PRIMS: [&str; 17] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char", "str",
];

/// What the stubs call every integer and every float.
pub(super) const ANY_INT: &str = "__int";
pub(super) const ANY_FLOAT: &str = "__float";

pub(super) fn prim(name: &str) -> Option<Ty> {
    let known = PRIMS.into_iter().chain([ANY_INT, ANY_FLOAT]).find(|prim| *prim == name)?;
    Some(Ty::Prim(known))
}

pub(super) fn is_int(prim: &str) -> bool {
    prim == ANY_INT || (prim.starts_with(['u', 'i']) && prim != "unit")
}

pub(super) fn is_float(prim: &str) -> bool {
    prim == ANY_FLOAT || prim.starts_with('f')
}

impl Ty {
    pub fn unit() -> Self {
        Self::Tuple(Arc::new([]))
    }

    pub fn reference(self) -> Self {
        Self::Ref(Arc::new(self))
    }

    /// The type with every part that `change` gives something for replaced, outermost first.
    pub fn map(&self, change: &mut dyn FnMut(&Self) -> Option<Self>) -> Self {
        self.mapped(change, 0)
    }

    fn mapped(&self, change: &mut dyn FnMut(&Self) -> Option<Self>, depth: usize) -> Self {
        if let Some(changed) = change(self) {
            return changed;
        }
        if depth > DEEPEST_TYPE {
            return Self::Unknown;
        }
        let depth = depth + 1;
        match self {
            Self::Adt(id, args) if !args.is_empty() => Self::Adt(*id, list(args, change, depth)),
            Self::Ref(inner) => Self::Ref(inner.mapped(change, depth).into()),
            Self::Ptr(inner) => Self::Ptr(inner.mapped(change, depth).into()),
            Self::Slice(inner) => Self::Slice(inner.mapped(change, depth).into()),
            Self::Array(inner) => Self::Array(inner.mapped(change, depth).into()),
            Self::Tuple(all) => Self::Tuple(list(all, change, depth)),
            Self::Fn(params, result) => Self::Fn(list(params, change, depth), result.mapped(change, depth).into()),
            Self::Dyn(bounds) => Self::Dyn(bounds.iter().map(|bound| bound.mapped(change, depth)).collect()),
            Self::Opaque(bounds) => Self::Opaque(bounds.iter().map(|bound| bound.mapped(change, depth)).collect()),
            Self::Assoc(of, id, args) => Self::Assoc(of.mapped(change, depth).into(), *id, list(args, change, depth)),
            other => other.clone(),
        }
    }

    /// The type with its parameters replaced.
    pub fn with(&self, subst: &Subst) -> Self {
        if subst.0.is_empty() {
            return self.clone();
        }
        self.map(&mut |ty| match ty {
            Self::Param(id) => subst.get(*id).cloned(),
            _ => None,
        })
    }

    pub fn mentions(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.map(&mut |ty| {
            found |= wanted(ty);
            found.then_some(Self::Unknown)
        });
        found
    }
}

fn list(all: &[Ty], change: &mut dyn FnMut(&Ty) -> Option<Ty>, depth: usize) -> List {
    all.iter().map(|ty| ty.mapped(change, depth)).collect()
}

impl Bound {
    fn mapped(&self, change: &mut dyn FnMut(&Ty) -> Option<Ty>, depth: usize) -> Self {
        Self {
            of: self.of,
            args: list(&self.args, change, depth),
            bindings: self.bindings.iter().map(|(name, ty)| (name.clone(), ty.mapped(change, depth))).collect(),
        }
    }

    pub fn map(&self, change: &mut dyn FnMut(&Ty) -> Option<Ty>) -> Self {
        self.mapped(change, 0)
    }

    pub fn with(&self, subst: &Subst) -> Self {
        self.map(&mut |ty| match ty {
            Ty::Param(id) => subst.get(*id).cloned(),
            _ => None,
        })
    }
}

/// What parameters stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Subst(pub Vec<(DefId, Ty)>);

impl Subst {
    pub fn get(&self, id: DefId) -> Option<&Ty> {
        self.0.iter().rev().find(|(param, _)| *param == id).map(|(_, ty)| ty)
    }

    pub fn set(&mut self, id: DefId, ty: Ty) {
        self.0.push((id, ty));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VarKind {
    Any,
    Int,
    Float,
}

/// What is known of each variable. Can go back to an earlier state.
#[derive(Default)]
pub(super) struct Table {
    vars: Vec<(VarKind, Option<Ty>)>,
    trail: Vec<u32>,
}

impl Table {
    pub fn fresh(&mut self) -> Ty {
        self.fresh_of(VarKind::Any)
    }

    pub fn fresh_of(&mut self, kind: VarKind) -> Ty {
        self.vars.push((kind, None));
        Ty::Var(self.vars.len() as u32 - 1)
    }

    pub fn mark(&self) -> usize {
        self.trail.len()
    }

    pub fn back(&mut self, mark: usize) {
        for var in self.trail.drain(mark..) {
            self.vars[var as usize].1 = None;
        }
    }

    fn bind(&mut self, var: u32, ty: Ty) {
        self.vars[var as usize].1 = Some(ty);
        self.trail.push(var);
    }

    /// The type itself, where a variable stands for one.
    pub fn shallow(&self, ty: &Ty) -> Ty {
        let mut ty = ty;
        while let Ty::Var(var) = ty {
            match self.vars.get(*var as usize).and_then(|(_, bound)| bound.as_ref()) {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        ty.clone()
    }

    pub fn kind(&self, var: u32) -> VarKind {
        self.vars.get(var as usize).map_or(VarKind::Any, |(kind, _)| *kind)
    }

    /// The type with all that is known of its variables. What nests deeper than anyone writes is unknown: inference over
    /// code that does not compile can make types that never end.
    pub fn deep(&self, ty: &Ty) -> Ty {
        self.deep_at(ty, 0)
    }

    fn deep_at(&self, ty: &Ty, depth: usize) -> Ty {
        ty.map(&mut |ty| match ty {
            Ty::Var(_) if depth == DEEPEST => Some(Ty::Unknown),
            Ty::Var(_) => {
                let known = self.shallow(ty);
                (!matches!(known, Ty::Var(_))).then(|| self.deep_at(&known, depth + 1))
            }
            _ => None,
        })
    }

    fn occurs(&self, var: u32, ty: &Ty) -> bool {
        self.deep(ty).mentions(&|ty| *ty == Ty::Var(var))
    }

    /// Makes two types one. What was found is kept even when it fails: go back to a mark.
    pub fn unify(&mut self, a: &Ty, b: &Ty) -> bool {
        self.unify_at(a, b, 0)
    }

    fn unify_at(&mut self, a: &Ty, b: &Ty, depth: usize) -> bool {
        if depth > DEEPEST_TYPE {
            return true;
        }
        let depth = depth + 1;
        let (a, b) = (self.shallow(a), self.shallow(b));
        match (&a, &b) {
            (Ty::Var(x), Ty::Var(y)) if x == y => true,
            (Ty::Var(x), Ty::Var(y)) => {
                let (x, y) = (*x, *y);
                match (self.kind(x), self.kind(y)) {
                    (VarKind::Any, _) => self.bind(x, b),
                    (_, VarKind::Any) => self.bind(y, a),
                    (one, other) if one == other => self.bind(x, b),
                    _ => return false,
                }
                true
            }
            (Ty::Var(var), other) | (other, Ty::Var(var)) => {
                let fits = match (self.kind(*var), other) {
                    (_, Ty::Unknown | Ty::Never) => return true,
                    (VarKind::Any, _) => !self.occurs(*var, other),
                    (VarKind::Int, Ty::Prim(prim)) => is_int(prim),
                    (VarKind::Float, Ty::Prim(prim)) => is_float(prim),
                    _ => false,
                };
                if fits && !matches!(other, Ty::Prim(ANY_INT | ANY_FLOAT)) {
                    let (var, other) = (*var, other.clone());
                    self.bind(var, other);
                }
                fits
            }
            (Ty::Unknown | Ty::Never, _) | (_, Ty::Unknown | Ty::Never) => true,
            (Ty::Prim(x), Ty::Prim(y)) => {
                x == y
                    || (*x == ANY_INT && is_int(y))
                    || (*y == ANY_INT && is_int(x))
                    || (*x == ANY_FLOAT && is_float(y))
                    || (*y == ANY_FLOAT && is_float(x))
            }
            (Ty::Adt(x, xs), Ty::Adt(y, ys)) => x == y && self.all(xs, ys, depth),
            (Ty::Ref(x), Ty::Ref(y))
            | (Ty::Ptr(x), Ty::Ptr(y))
            | (Ty::Slice(x), Ty::Slice(y))
            | (Ty::Array(x), Ty::Array(y)) => self.unify_at(x, y, depth),
            (Ty::Tuple(xs), Ty::Tuple(ys)) => xs.len() == ys.len() && self.all(xs, ys, depth),
            (Ty::Fn(xs, x), Ty::Fn(ys, y)) => {
                xs.len() == ys.len() && self.all(xs, ys, depth) && self.unify_at(x, y, depth)
            }
            (Ty::Dyn(xs), Ty::Dyn(ys)) => {
                let of = |all: &[Bound]| all.first().and_then(|bound| bound.of);
                if of(xs) == of(ys)
                    && let (Some(x), Some(y)) = (xs.first(), ys.first())
                {
                    return self.all(&x.args, &y.args, depth);
                }
                of(xs) == of(ys)
            }
            (Ty::Assoc(x, a, _), Ty::Assoc(y, b, _)) => a == b && self.unify_at(x, y, depth),
            (x, y) => x == y,
        }
    }

    fn all(&mut self, xs: &[Ty], ys: &[Ty], depth: usize) -> bool {
        xs.iter().zip(ys).all(|(x, y)| self.unify_at(x, y, depth))
    }
}
