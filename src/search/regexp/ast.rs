//! The tree of a JavaScript regular expression, as far as lines can tell: groups have no numbers or names.

/// A pattern or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Alternatives(Vec<Node>),
    Sequence(Vec<Node>),
    /// `x*`, `x{2,5}?` and the like; `max` is `None` for no end.
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        lazy: bool,
    },
    /// `(?i-s:x)`: flags that change inside.
    Flags {
        node: Box<Node>,
        on: Vec<char>,
        off: Vec<char>,
    },
    Assert(Assert),
    Dot,
    /// A code point with the `u` or `v` flag, a UTF-16 code unit without.
    Char(u32),
    Class(Class),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Assert {
    Start,
    End,
    Boundary,
    NotBoundary,
}

/// What one character may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Class {
    Range(u32, u32),
    Digit {
        negated: bool,
    },
    Space {
        negated: bool,
    },
    Word {
        negated: bool,
    },
    Property {
        name: String,
        negated: bool,
    },
    Union {
        parts: Vec<Class>,
        negated: bool,
    },
    Intersection {
        parts: Vec<Class>,
        negated: bool,
    },
    /// The first without all others.
    Difference {
        parts: Vec<Class>,
        negated: bool,
    },
}
