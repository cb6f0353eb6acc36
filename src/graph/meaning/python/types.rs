//! What a value may be.

use std::collections::HashMap;
use std::sync::Arc;

/// A class of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ClassRef {
    pub module: usize,
    pub class: usize,
}

/// A function of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FunctionRef {
    pub module: usize,
    pub function: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Unknown,
    /// Something of a library that nothing is said about: its members are none of the repository's.
    Foreign,
    None,
    Module(usize),
    /// A folder that is a package without a file of its own.
    Folder(Arc<str>),
    /// The class itself.
    Class(ClassRef, Arc<[Type]>),
    Instance(ClassRef, Arc<[Type]>),
    Tuple(Arc<[Type]>),
    Function(Arc<Callee>),
    Union(Arc<[Type]>),
    /// A type parameter, with its bound.
    Var(Arc<str>, Option<Arc<Type>>),
    /// `super()` in a method of the class, for an object.
    Super(ClassRef, Arc<Type>),
}

/// Something that can be called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Callee {
    /// Overloads; none for what is only known by what it gives back.
    pub functions: Vec<FunctionRef>,
    /// What its first parameter is bound to.
    pub receiver: Option<Type>,
    /// What it gives back, where that is not what the functions say.
    pub result: Option<Type>,
    /// What it takes, where only that is known.
    pub takes: Vec<Type>,
}

/// Type parameters with what stands for them.
pub(super) type Given = HashMap<Arc<str>, Type>;

impl Type {
    pub fn callable(takes: Vec<Type>, result: Type) -> Self {
        Self::Function(Arc::new(Callee { takes, result: Some(result), ..Callee::default() }))
    }

    pub fn function(function: FunctionRef) -> Self {
        Self::Function(Arc::new(Callee { functions: vec![function], ..Callee::default() }))
    }

    /// All of them at once; what is the same is one.
    pub fn union(types: impl IntoIterator<Item = Type>) -> Self {
        let mut found: Vec<Type> = Vec::new();
        for one in types {
            for part in one.parts() {
                if !found.contains(part) && found.len() < 24 {
                    found.push(part.clone());
                }
            }
        }
        match found.len() {
            0 => Self::Unknown,
            1 => found.swap_remove(0),
            _ => Self::Union(found.into()),
        }
    }

    /// The members of a union, or the type itself.
    pub fn parts(&self) -> &[Type] {
        match self {
            Self::Union(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// Without the members that are not wanted.
    pub fn filtered(&self, keep: impl Fn(&Type) -> bool) -> Self {
        Self::union(self.parts().iter().filter(|part| keep(part)).cloned())
    }

    pub fn without_none(&self) -> Self {
        match self {
            Self::Union(_) => self.filtered(|part| *part != Self::None),
            other => other.clone(),
        }
    }

    pub fn is_known(&self) -> bool {
        self.parts().iter().any(|part| !matches!(part, Self::Unknown | Self::None))
    }

    /// With type parameters replaced.
    pub fn with(&self, given: &Given) -> Self {
        self.with_at(given, 0)
    }

    fn with_at(&self, given: &Given, depth: usize) -> Self {
        if given.is_empty() || depth > 12 {
            return self.clone();
        }
        let all = |types: &[Type]| -> Vec<Type> { types.iter().map(|one| one.with_at(given, depth + 1)).collect() };
        match self {
            Self::Var(name, _) => given.get(name).cloned().unwrap_or_else(|| self.clone()),
            Self::Class(class, args) => Self::Class(*class, all(args).into()),
            Self::Instance(class, args) => Self::Instance(*class, all(args).into()),
            Self::Tuple(args) => Self::Tuple(all(args).into()),
            Self::Union(parts) => Self::union(all(parts)),
            Self::Function(callee) => Self::Function(Arc::new(Callee {
                functions: callee.functions.clone(),
                receiver: callee.receiver.as_ref().map(|one| one.with_at(given, depth + 1)),
                result: callee.result.as_ref().map(|one| one.with_at(given, depth + 1)),
                takes: all(&callee.takes),
            })),
            other => other.clone(),
        }
    }
}
