//! Types as far as they say whose member a name is.

use std::sync::Arc;

use super::tree::At;

/// A symbol of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Sym {
    pub unit: u32,
    pub id: u32,
}

pub(super) type Ty = Arc<Type>;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Type {
    /// It could not be told.
    Unsure,
    /// The program says that it may be anything.
    Any,
    /// Something of a package that is not here.
    Foreign,
    Unknown,
    Never,
    Nullish,
    /// A primitive, by the interface that has its methods.
    Prim(&'static str),
    Str(String),
    Num(String),
    Bool(bool),
    /// What a class or an interface describes.
    Ref(Sym, Vec<Ty>),
    /// A type alias with its arguments, not yet looked into.
    Alias(Sym, Vec<Ty>),
    /// A class, an enum, a function or a namespace as a value.
    Value(Sym),
    /// A module as a value.
    Module(u32),
    /// What a node describes: an object type or literal, a function, a class expression.
    Shape(At, Env),
    /// A type parameter that stands for nothing yet.
    Param(At),
    Union(Vec<Ty>),
    Inter(Vec<Ty>),
    Tuple(Vec<Ty>),
    /// A rest element of a tuple: the array's type.
    Rest(Ty),
    KeyOf(Ty),
    Index(Ty, Ty),
    /// A conditional type whose answer depends on type parameters.
    Cond(At, Env),
}

/// What type parameters stand for. A class's own node stands for the type of `this`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Env(Option<Arc<Vec<(At, Ty)>>>);

impl Env {
    pub fn new(pairs: Vec<(At, Ty)>) -> Self {
        Self((!pairs.is_empty()).then(|| Arc::new(pairs)))
    }

    pub fn pairs(&self) -> &[(At, Ty)] {
        self.0.as_ref().map_or(&[], |pairs| pairs.as_slice())
    }

    pub fn get(&self, parameter: At) -> Option<&Ty> {
        self.pairs().iter().find(|(at, _)| *at == parameter).map(|(_, ty)| ty)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// This one, and what another one says beyond it.
    pub fn and(&self, pairs: &[(At, Ty)]) -> Self {
        let mut all = self.pairs().to_vec();
        for (at, ty) in pairs {
            if self.get(*at).is_none() {
                all.push((*at, ty.clone()));
            }
        }
        Self::new(all)
    }

    /// Like `and`, but the pairs go before what is known.
    pub fn over(&self, pairs: &[(At, Ty)]) -> Self {
        Self::new(pairs.to_vec()).and(self.pairs())
    }
}

/// More parts than this are not told apart.
const PARTS: usize = 128;

pub(super) fn ty(of: Type) -> Ty {
    Arc::new(of)
}

/// One of several.
pub(super) fn union(parts: impl IntoIterator<Item = Ty>) -> Ty {
    let mut flat: Vec<Ty> = Vec::new();
    for part in parts {
        let inner = match &*part {
            Type::Union(inner) => inner.clone(),
            Type::Never => continue,
            _ => vec![part],
        };
        for one in inner {
            if flat.len() < PARTS && !flat.contains(&one) {
                flat.push(one);
            }
        }
    }
    match flat.len() {
        0 => ty(Type::Never),
        1 => flat.remove(0),
        _ => ty(Type::Union(flat)),
    }
}

/// All of several.
pub(super) fn inter(parts: impl IntoIterator<Item = Ty>) -> Ty {
    let mut flat: Vec<Ty> = Vec::new();
    for part in parts {
        let inner = match &*part {
            Type::Inter(inner) => inner.clone(),
            Type::Unknown => continue,
            _ => vec![part],
        };
        for one in inner {
            if flat.len() < PARTS && !flat.contains(&one) {
                flat.push(one);
            }
        }
    }
    match flat.len() {
        0 => ty(Type::Unknown),
        1 => flat.remove(0),
        _ => ty(Type::Inter(flat)),
    }
}

/// The members of a union, or the type alone.
pub(super) fn parts(of: &Ty) -> Vec<Ty> {
    match &**of {
        Type::Union(parts) => parts.clone(),
        _ => vec![of.clone()],
    }
}

/// The type without `null` and `undefined`.
pub(super) fn present(of: &Ty) -> Ty {
    match &**of {
        Type::Union(_) => union(parts(of).into_iter().filter(|part| **part != Type::Nullish)),
        _ => of.clone(),
    }
}

/// Deeper types are not looked through.
const DEPTH: u8 = 12;

/// The type with its parameters replaced.
pub(super) fn substitute(of: &Ty, env: &Env) -> Ty {
    if env.is_empty() { of.clone() } else { replaced(of, env, 0) }
}

fn replaced(of: &Ty, env: &Env, depth: u8) -> Ty {
    if depth > DEPTH {
        return of.clone();
    }
    let all = |types: &[Ty]| types.iter().map(|one| replaced(one, env, depth + 1)).collect::<Vec<_>>();
    let inside = |inner: &Env| {
        let own: Vec<_> = inner.pairs().iter().map(|(at, ty)| (*at, replaced(ty, env, depth + 1))).collect();
        Env::new(own).and(env.pairs())
    };
    match &**of {
        Type::Param(at) => env.get(*at).cloned().unwrap_or_else(|| of.clone()),
        Type::Ref(sym, arguments) if !arguments.is_empty() => ty(Type::Ref(*sym, all(arguments))),
        Type::Alias(sym, arguments) if !arguments.is_empty() => ty(Type::Alias(*sym, all(arguments))),
        Type::Shape(at, inner) => ty(Type::Shape(*at, inside(inner))),
        Type::Cond(at, inner) => ty(Type::Cond(*at, inside(inner))),
        Type::Union(types) => union(all(types)),
        Type::Inter(types) => inter(all(types)),
        Type::Tuple(types) => ty(Type::Tuple(all(types))),
        Type::Rest(inner) => ty(Type::Rest(replaced(inner, env, depth + 1))),
        Type::KeyOf(inner) => ty(Type::KeyOf(replaced(inner, env, depth + 1))),
        Type::Index(object, key) => ty(Type::Index(replaced(object, env, depth + 1), replaced(key, env, depth + 1))),
        _ => of.clone(),
    }
}

/// Whether a type speaks of a parameter of these, not looking into shapes.
pub(super) fn mentions(of: &Ty, fits: &dyn Fn(At) -> bool, depth: u8) -> bool {
    let any = |types: &[Ty]| types.iter().any(|one| mentions(one, fits, depth + 1));
    depth <= DEPTH
        && match &**of {
            Type::Param(at) => fits(*at),
            Type::Ref(_, types)
            | Type::Alias(_, types)
            | Type::Union(types)
            | Type::Inter(types)
            | Type::Tuple(types) => any(types),
            Type::Rest(inner) | Type::KeyOf(inner) => mentions(inner, fits, depth + 1),
            Type::Index(object, key) => mentions(object, fits, depth + 1) || mentions(key, fits, depth + 1),
            Type::Cond(_, env) => env.pairs().iter().any(|(_, one)| mentions(one, fits, depth + 1)),
            _ => false,
        }
}
