//! Rust as data: items, types, patterns and expressions, with where each name stands. Nothing is resolved here.

use std::sync::Arc;

/// A word of the program.
pub(super) type Word = Arc<str>;

/// The index of a definition in its file.
pub(super) type Local = u32;

/// A definition: its file among the loaded ones, and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct DefId {
    pub file: u32,
    pub index: Local,
}

/// A name and the byte where it stands, behind `r#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub word: Word,
    pub at: u32,
}

/// What stands nowhere.
pub(super) const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    /// It begins with `::`.
    pub global: bool,
    /// `<T as Trait>` before it.
    pub qualified: Option<Box<(Type, Option<Path>)>>,
    pub segments: Vec<Segment>,
}

#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub name: Name,
    pub args: Vec<Type>,
    /// `Item = T`, `Item: Bound`.
    pub bindings: Vec<(Name, Option<Type>, Vec<Path>)>,
    /// `Fn(A) -> B`.
    pub sugar: Option<Box<(Vec<Type>, Type)>>,
}

#[derive(Debug, Clone)]
pub(super) enum Type {
    Path(Path),
    Ref(Box<Type>),
    Pointer(Box<Type>),
    Tuple(Vec<Type>),
    Slice(Box<Type>),
    Array(Box<Type>, Option<Box<Expr>>),
    Fn(Vec<Type>, Box<Type>),
    Dyn(Vec<Path>),
    /// Something opaque; in an argument it is a parameter.
    Impl(Vec<Path>),
    /// A parameter without a name.
    Param(Local),
    /// A constant in the place of a type.
    Const(Box<Expr>),
    Never,
    Infer,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Generics {
    /// Definitions of type and constant parameters, in order.
    pub params: Vec<Local>,
    /// `where` clauses; bounds of the parameters too.
    pub bounds: Vec<(Type, Vec<Path>)>,
    /// Lifetimes by name.
    pub lifetimes: Vec<Name>,
}

/// How a method takes `self`.
#[derive(Debug, Clone)]
pub(super) enum Receiver {
    Value,
    Ref,
    Typed(Type),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Function {
    pub receiver: Option<Receiver>,
    pub params: Vec<(Pat, Type)>,
    pub result: Option<Type>,
    pub body: Option<Expr>,
    pub is_async: bool,
}

#[derive(Debug, Clone)]
pub(super) enum UseKind {
    Name,
    Glob,
}

/// One leaf of a `use` tree.
#[derive(Debug, Clone)]
pub(super) struct UseLeaf {
    pub path: Path,
    pub kind: UseKind,
    /// As what it is known; `None` for `_` and globs.
    pub local: Option<Name>,
    /// It stands under a `#[cfg(...)]`.
    pub conditional: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A module in braces, a file, or a block that has items.
    Module {
        items: Vec<Local>,
        uses: Vec<UseLeaf>,
        is_block: bool,
    },
    /// `mod x;`
    Declared {
        path: Option<String>,
    },
    ExternCrate {
        local: Word,
    },
    Function(Box<Function>),
    Struct {
        fields: Vec<Local>,
        is_tuple: bool,
    },
    Enum {
        variants: Vec<Local>,
    },
    Variant {
        fields: Vec<Local>,
        value: Option<Box<Expr>>,
    },
    Field {
        ty: Type,
    },
    Trait {
        bounds: Vec<Path>,
        items: Vec<Local>,
    },
    Impl {
        of: Option<Path>,
        ty: Type,
        items: Vec<Local>,
    },
    Alias {
        bounds: Vec<Path>,
        ty: Option<Type>,
    },
    Constant {
        ty: Option<Type>,
        value: Option<Box<Expr>>,
    },
    Param {
        default: Option<Type>,
        constant: Option<Type>,
    },
    Macro {
        /// What each rule gives that is code.
        rules: Vec<Local>,
    },
    /// Code without a name: arguments of a macro between items.
    Loose(Box<Expr>),
}

#[derive(Debug, Clone)]
pub(super) struct Def {
    pub name: Name,
    pub item: Item,
    pub generics: Generics,
    /// The item it is in: of a method the impl or trait, of a field the struct or variant, of a parameter its owner.
    pub parent: Option<Local>,
    /// The module or block with items around it.
    pub scope: Local,
}

/// What a file defines; the first is the module that the file is.
#[derive(Debug, Default)]
pub(super) struct FileDefs {
    pub defs: Vec<Def>,
    /// Places of names that mean nothing of this program: attributes, fragments of macros.
    pub outside: Vec<u32>,
    /// Uses of lifetimes and labels, each with where it is bound.
    pub bound: Vec<(u32, u32)>,
}

#[derive(Debug, Clone)]
pub(super) struct Expr {
    pub at: u32,
    pub kind: ExprKind,
}

#[derive(Debug, Clone)]
pub(super) enum ExprKind {
    Path(Path),
    Literal(Literal),
    Call(Box<Expr>, Vec<Expr>),
    Method(Box<Expr>, Segment, Vec<Expr>),
    Field(Box<Expr>, Name),
    Index(Box<Expr>, Box<Expr>),
    Unary(Operator, Box<Expr>),
    Binary(Word, Box<Expr>, Box<Expr>),
    Assign(Box<Expr>, Box<Expr>),
    Cast(Box<Expr>, Type),
    Ref(Box<Expr>),
    Try(Box<Expr>),
    Await(Box<Expr>),
    Tuple(Vec<Expr>),
    Array(Vec<Expr>),
    Repeat(Box<Expr>, Box<Expr>),
    Range(Word, Option<Box<Expr>>, Option<Box<Expr>>),
    Struct(Path, Vec<(Name, Option<Expr>)>, Option<Box<Expr>>),
    Block(Block),
    Async(Box<Expr>),
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    Let(Pat, Box<Expr>),
    Match(Box<Expr>, Vec<(Pat, Option<Expr>, Expr)>),
    For(Pat, Box<Expr>, Box<Expr>),
    While(Box<Expr>, Box<Expr>),
    Loop(Box<Expr>),
    Closure(Vec<(Pat, Option<Type>)>, Option<Type>, Box<Expr>),
    Return(Option<Box<Expr>>),
    Break(Option<Box<Expr>>),
    Continue,
    Macro(Path, Vec<Expr>),
    /// Several of which nothing is known but that they are there.
    Several(Vec<Expr>),
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    Str,
    Bytes,
    Char,
    Bool,
    Int(Option<&'static str>),
    Float(Option<&'static str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Deref,
    Neg,
    Not,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// The definition of the block as a module, where it has items.
    pub scope: Option<Local>,
    pub statements: Vec<Statement>,
    pub tail: Option<Box<Expr>>,
}

/// Pattern, type, value, `else` of a `let`.
pub(super) type Binding = (Pat, Option<Type>, Option<Expr>, Option<Expr>);

#[derive(Debug, Clone)]
pub(super) enum Statement {
    Let(Box<Binding>),
    Expr(Expr),
}

#[derive(Debug, Clone)]
pub(super) enum Pat {
    Wild,
    /// A name: a binding, or a constant or variant.
    Name(Name, Option<Box<Pat>>),
    Path(Path),
    TupleStruct(Path, Vec<Pat>),
    /// Fields by name; without a pattern the name binds itself.
    Struct(Path, Vec<(Name, Option<Pat>)>),
    Tuple(Vec<Pat>),
    Slice(Vec<Pat>),
    Ref(Box<Pat>),
    Or(Vec<Pat>),
    Rest,
    Value(Box<Expr>),
}
