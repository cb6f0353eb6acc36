//! A parsed expression as a row of what its matches consist of: pieces of runs, and what parts them.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition};

use super::Need;
use super::atoms::Piece;
use crate::index::alphabet::{is_run, is_word};

/// Copies of a repeated part that are written out.
const MOST_COPIES: u32 = 8;

/// Ways to write a group of alternatives that are told apart.
const MOST_WAYS: usize = 64;

/// What stands at one place of a match, or between two.
pub(super) enum Token {
    /// A stretch of a run.
    Piece(Piece),
    /// One of these stretches of a run.
    Either(Vec<Vec<Piece>>),
    /// Something with no byte of a word at its ends.
    Apart,
    /// The same, or nothing.
    MaybeApart,
    /// Before this place is no byte of a word.
    NoneBefore,
    /// After this place is no byte of a word.
    NoneAfter,
    /// Neither before nor after it.
    Line,
    /// A word begins or ends here.
    Boundary,
    /// Something of which only this is known.
    Other(Need),
}

/// What the matches of an expression consist of.
pub(super) fn of(hir: &Hir) -> Vec<Token> {
    let mut tokens = Vec::new();
    add(hir, &mut tokens);
    tokens
}

fn add(hir: &Hir, out: &mut Vec<Token>) {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => out.extend(literal.0.iter().map(|&byte| match is_run(byte) {
            true => Token::Piece(Piece::Byte(byte)),
            false => Token::Apart,
        })),
        HirKind::Class(class) => out.push(match folded(class) {
            Some(piece) => Token::Piece(piece),
            None if all_run(hir) => Token::Piece(Piece::Gap(widened(hir))),
            None if no_word(hir) => Token::Apart,
            None => Token::Other(Need::Free),
        }),
        HirKind::Look(look) => out.extend(seen(*look)),
        HirKind::Capture(capture) => add(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| add(part, out)),
        HirKind::Repetition(repetition) => repeat(hir, repetition, out),
        HirKind::Alternation(_) if all_run(hir) => out.push(match ways(hir) {
            Some(ways) => Token::Either(ways),
            None => Token::Piece(Piece::Gap(widened(hir))),
        }),
        HirKind::Alternation(_) if no_word(hir) => out.push(apart(hir)),
        HirKind::Alternation(branches) => {
            out.push(Token::Other(Need::any(branches.iter().map(Need::of_hir).collect())));
        }
    }
}

fn repeat(hir: &Hir, repetition: &Repetition, out: &mut Vec<Token>) {
    if all_run(hir) {
        let copies = repetition.min.min(MOST_COPIES);
        // Copies of copies of copies would be many.
        let copies = if matches!(repetition.sub.kind(), HirKind::Literal(_) | HirKind::Class(_)) {
            copies
        } else {
            copies.min(1)
        };
        for _ in 0..copies {
            add(&repetition.sub, out);
        }
        let rest = Repetition {
            min: repetition.min - copies,
            max: repetition.max.map(|max| max - copies),
            ..repetition.clone()
        };
        if rest.max != Some(0) {
            out.push(Token::Piece(Piece::Gap(widened(&Hir::repetition(rest)))));
        }
    } else if no_word(hir) {
        out.push(apart(hir));
    } else {
        if repetition.min > 0 {
            add(&repetition.sub, out);
        }
        if (repetition.min, repetition.max) != (1, Some(1)) {
            out.push(Token::Other(Need::Free));
        }
    }
}

fn apart(hir: &Hir) -> Token {
    match hir.properties().minimum_len() {
        Some(1..) => Token::Apart,
        _ => Token::MaybeApart,
    }
}

fn seen(look: Look) -> Option<Token> {
    Some(match look {
        Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF => Token::Line,
        Look::WordAscii | Look::WordUnicode => Token::Boundary,
        Look::WordStartAscii | Look::WordStartUnicode | Look::WordStartHalfAscii | Look::WordStartHalfUnicode => {
            Token::NoneBefore
        }
        Look::WordEndAscii | Look::WordEndUnicode | Look::WordEndHalfAscii | Look::WordEndHalfUnicode => {
            Token::NoneAfter
        }
        Look::WordAsciiNegate | Look::WordUnicodeNegate => return None,
    })
}

/// The stretches that an expression of runs stands for, if they are few.
fn ways(hir: &Hir) -> Option<Vec<Vec<Piece>>> {
    let HirKind::Alternation(branches) = hir.kind() else { return ways_through(&of(hir)) };
    let mut all = Vec::new();
    for branch in branches {
        all.extend(ways(branch)?);
        if all.len() > MOST_WAYS {
            return None;
        }
    }
    Some(all)
}

/// All ways through pieces and alternatives, if they are few. Other tokens are left out, as they only forbid.
pub(super) fn ways_through(tokens: &[Token]) -> Option<Vec<Vec<Piece>>> {
    let mut ways: Vec<Vec<Piece>> = vec![Vec::new()];
    for token in tokens {
        match token {
            Token::Piece(piece) => ways.iter_mut().for_each(|way| way.push(piece.clone())),
            Token::Either(choices) => {
                if ways.len() * choices.len() > MOST_WAYS {
                    return None;
                }
                let longer =
                    |way: &Vec<Piece>| -> Vec<_> { choices.iter().map(|choice| [&way[..], choice].concat()).collect() };
                ways = ways.iter().flat_map(longer).collect();
            }
            _ => {}
        }
    }
    Some(ways)
}

/// Whether all that it matches consists of bytes of runs.
fn all_run(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().all(|&byte| is_run(byte)),
        HirKind::Class(class) => (0..0x80).all(|byte| is_run(byte) || !has(class, byte)),
        HirKind::Repetition(repetition) => all_run(&repetition.sub),
        HirKind::Capture(capture) => all_run(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(all_run),
    }
}

/// Whether nothing that it matches has a byte of a word.
fn no_word(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => !literal.0.iter().any(|&byte| is_word(byte)),
        HirKind::Class(class) => !(0..0x80).any(|byte| is_word(byte) && has(class, byte)),
        HirKind::Repetition(repetition) => no_word(&repetition.sub),
        HirKind::Capture(capture) => no_word(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(no_word),
    }
}

/// Whether a class has a byte of ASCII.
fn has(class: &Class, byte: u8) -> bool {
    match class {
        Class::Unicode(class) => {
            class.ranges().iter().any(|range| range.start() <= char::from(byte) && char::from(byte) <= range.end())
        }
        Class::Bytes(class) => class.ranges().iter().any(|range| range.start() <= byte && byte <= range.end()),
    }
}

/// A letter in either case.
fn folded(class: &Class) -> Option<Piece> {
    let mut ascii = (0..0x80).filter(|&byte| has(class, byte));
    let (upper, lower) = (ascii.next()?, ascii.next()?);
    if ascii.next().is_some() || !upper.is_ascii_uppercase() || lower != upper.to_ascii_lowercase() {
        return None;
    }
    let beyond = match class {
        Class::Unicode(class) => {
            let mut others = class.ranges().iter().filter(|range| !range.start().is_ascii());
            let other = others.next();
            if others.next().is_some()
                || class.ranges().iter().any(|range| range.start().is_ascii() && !range.end().is_ascii())
            {
                return None;
            }
            other.map(|range| (range.start(), range.end()))
        }
        Class::Bytes(class) if class.is_ascii() => None,
        Class::Bytes(_) => return None,
    };
    let foreign = match (lower, beyond) {
        (_, None) => false,
        (b'k', Some(('\u{212a}', '\u{212a}'))) | (b's', Some(('\u{17f}', '\u{17f}'))) => true,
        _ => return None,
    };
    Some(Piece::Letter { lower, foreign })
}

/// An expression of bytes that matches at least as much: without looks, and with all characters beyond ASCII alike.
fn widened(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(class) => {
            let ascii = (0..0x80).filter(|&byte| has(class, byte)).map(|byte| ClassBytesRange::new(byte, byte));
            let ascii = Hir::class(Class::Bytes(ClassBytes::new(ascii)));
            let bytes = Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0x80, 0xff)])));
            match class {
                Class::Unicode(class) if class.is_ascii() => ascii,
                Class::Bytes(class) if class.is_ascii() => ascii,
                Class::Bytes(_) => Hir::alternation(vec![ascii, bytes]),
                Class::Unicode(_) => {
                    let character = Repetition { min: 2, max: Some(4), greedy: true, sub: Box::new(bytes) };
                    Hir::alternation(vec![ascii, Hir::repetition(character)])
                }
            }
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(widened(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Capture(capture) => widened(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(widened).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(widened).collect()),
    }
}
