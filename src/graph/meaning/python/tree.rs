//! A file of Python as inference wants it: expressions, scopes with what is bound in them, functions, classes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Bytes of a text.
pub(super) type Span = (usize, usize);
pub(super) type ExprId = usize;
pub(super) type ScopeId = usize;
pub(super) type BlockId = usize;
pub(super) type GuardId = usize;
pub(super) type FunctionId = usize;
pub(super) type ClassId = usize;

/// A parsed file.
pub(super) struct Module {
    /// Its place in the world.
    pub id: usize,
    /// In the repository; of a stub `<name>`.
    pub path: String,
    pub text: Arc<str>,
    /// It only says what a library has.
    pub stub: bool,
    pub exprs: Vec<Expr>,
    pub scopes: Vec<Scope>,
    pub blocks: Vec<Block>,
    pub guards: Vec<Guard>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub imports: Vec<Import>,
    /// Calls, by the last name of what is called.
    pub calls: HashMap<String, Vec<ExprId>>,
    /// Lambdas that are arguments: of which call, and at which place among them.
    pub lambdas: HashMap<FunctionId, (ExprId, usize)>,
    /// Every name in the code.
    pub places: Vec<Place>,
}

impl Module {
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.0..span.1).unwrap_or_default()
    }

    /// The name that an expression is, if it is one.
    pub fn name_of(&self, id: ExprId) -> Option<&str> {
        matches!(self.exprs[id].kind, Kind::Name).then(|| self.slice(self.exprs[id].span))
    }

    /// `a.b.c` as it is written; `None` for other expressions.
    pub fn dotted(&self, id: ExprId) -> Option<String> {
        match &self.exprs[id].kind {
            Kind::Name => Some(self.slice(self.exprs[id].span).to_owned()),
            Kind::Attribute { object, name } => Some(format!("{}.{}", self.dotted(*object)?, self.slice(*name))),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct Expr {
    pub span: Span,
    pub kind: Kind,
    pub scope: ScopeId,
    pub block: BlockId,
    /// What is known to hold where it stands.
    pub guard: Option<GuardId>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Name,
    Attribute {
        object: ExprId,
        name: Span,
    },
    Call {
        function: ExprId,
        args: Vec<Arg>,
    },
    Subscript {
        object: ExprId,
        indices: Vec<ExprId>,
    },
    Str,
    Bytes,
    Int,
    Float,
    Bool,
    None,
    Ellipsis,
    List(Vec<ExprId>),
    Set(Vec<ExprId>),
    Tuple(Vec<ExprId>),
    Dict {
        keys: Vec<ExprId>,
        values: Vec<ExprId>,
    },
    Comprehension {
        of: Collected,
        element: ExprId,
        value: Option<ExprId>,
    },
    Lambda(FunctionId),
    Binary {
        left: ExprId,
        operator: &'static str,
        right: ExprId,
    },
    And(ExprId, ExprId),
    Or(ExprId, ExprId),
    Not(ExprId),
    Compare {
        left: ExprId,
        operator: Compared,
        right: ExprId,
    },
    Unary(ExprId),
    Conditional {
        then: ExprId,
        other: ExprId,
    },
    Await(ExprId),
    Yield,
    YieldFrom,
    Starred(ExprId),
    Walrus {
        target: ExprId,
        value: ExprId,
    },
    Slice,
    /// A string that is read as code where a type is wanted.
    Quoted(ExprId),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collected {
    List,
    Set,
    Dict,
    Generator,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Is,
    IsNot,
    Equal,
    NotEqual,
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Arg {
    pub keyword: Option<Span>,
    pub value: ExprId,
    /// 1 for `*x`, 2 for `**x`.
    pub stars: u8,
}

/// A condition that holds (or not) behind a branch.
#[derive(Debug)]
pub(super) struct Guard {
    pub before: Option<GuardId>,
    pub condition: ExprId,
    pub holds: bool,
}

#[derive(Debug)]
pub(super) struct Block {
    pub parent: Option<BlockId>,
    pub span: Span,
    pub is_loop: bool,
    /// Nothing comes behind it: it returns or raises.
    pub ends: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class(ClassId),
    Function(FunctionId),
    Comprehension,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    pub bindings: HashMap<String, Vec<Binding>>,
    pub globals: HashSet<String>,
    pub nonlocals: HashSet<String>,
    /// Imports of everything.
    pub stars: Vec<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub name: Span,
    pub block: BlockId,
    /// From which byte on it is bound.
    pub from: usize,
    pub bound: Bound,
}

#[derive(Debug, Clone)]
pub(super) enum Bound {
    Function(FunctionId),
    Class(ClassId),
    Parameter(FunctionId, usize),
    Value {
        value: ExprId,
        path: Vec<Step>,
    },
    Annotated {
        annotation: ExprId,
        value: Option<ExprId>,
    },
    Augmented,
    Each {
        of: ExprId,
        path: Vec<Step>,
        is_async: bool,
    },
    With {
        context: ExprId,
        path: Vec<Step>,
        is_async: bool,
    },
    Caught(ExprId),
    /// Of the imports, and of `import a, b` the module that is meant.
    Import(usize),
    /// `type X = ...`.
    Alias(ExprId),
    /// `class X[T]`.
    TypeVar(Option<ExprId>),
    /// Bound by a pattern: the class of it if it is known.
    Pattern(Option<ExprId>),
}

/// One step into a value that is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    At(usize),
    Rest,
}

#[derive(Debug)]
pub(super) struct Function {
    pub name: Span,
    pub params: Vec<Param>,
    pub returns: Option<ExprId>,
    pub decorators: Vec<ExprId>,
    pub scope: ScopeId,
    /// The class whose body it stands in.
    pub class: Option<ClassId>,
    pub outer: ScopeId,
    pub is_async: bool,
    pub is_lambda: bool,
    /// What it gives back.
    pub results: Vec<ExprId>,
    pub yields: Vec<ExprId>,
    pub is_generator: bool,
    /// Its end can be reached, so it gives back `None`.
    pub falls_through: bool,
    /// There is no code in it but `...`, `pass`, a raise of `NotImplementedError`.
    pub is_empty: bool,
}

#[derive(Debug)]
pub(super) struct Param {
    pub name: Span,
    pub annotation: Option<ExprId>,
    pub default: Option<ExprId>,
    /// 1 for `*x`, 2 for `**x`.
    pub stars: u8,
    pub keyword_only: bool,
}

#[derive(Debug)]
pub(super) struct Class {
    pub name: Span,
    pub bases: Vec<ExprId>,
    pub keywords: Vec<(Span, ExprId)>,
    pub decorators: Vec<ExprId>,
    pub type_params: Vec<String>,
    pub scope: ScopeId,
    pub outer: ScopeId,
    /// What methods set on `self` (or `cls`).
    pub attributes: HashMap<String, Vec<Attribute>>,
}

#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub name: Span,
    pub annotation: Option<ExprId>,
    pub value: Option<(ExprId, Vec<Step>)>,
}

#[derive(Debug)]
pub(super) struct Import {
    /// As written, with the dots.
    pub module: String,
    /// What is taken out of it; `None` for `import module`.
    pub name: Option<String>,
    /// The name is given another one.
    pub renamed: bool,
}

/// A name in the code.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub span: Span,
    pub kind: PlaceKind,
}

#[derive(Debug, Clone)]
pub(super) enum PlaceKind {
    /// A name that is read or written.
    Name(ExprId),
    /// A name that is bound in a scope by other means than an expression.
    Bound(ScopeId),
    /// A parameter; the default value stands outside.
    Parameter(FunctionId),
    Attribute(ExprId),
    Keyword {
        call: ExprId,
    },
    /// The keyword of a class definition.
    ClassKeyword,
    /// What is taken out of a module; bound under this name if it is not renamed.
    Imported {
        import: usize,
    },
    /// Part of a module's path.
    Module,
    /// `global x`, `nonlocal x`.
    Elsewhere(ScopeId),
    /// A string that names something of the module.
    Exported,
    /// A string that names a member of what the expression is: `getattr(x, "name")`.
    Member(ExprId),
    /// A string that names a member of the class.
    Slot(ClassId),
    /// A string that is a key of what the expression is, or of what it says if it is an annotation.
    Key {
        of: ExprId,
        declared: bool,
    },
    /// A dotted path in a string, up to and with this name.
    Path(Span),
    /// A string that names parameters of the function that it decorates.
    Argument(FunctionId),
    /// The name of a member in a pattern of a class.
    PatternKey(ExprId),
}
