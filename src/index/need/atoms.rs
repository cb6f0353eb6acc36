//! From tokens to what has to stand in one run each.

use regex_syntax::hir::Hir;

use super::Need;
use super::tokens::{self, Token};
use crate::index::REACH;
use crate::index::alphabet::is_word;
use crate::index::blocks::{EDGE, Gram, KELVIN, LONG_S};

/// A stretch of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This byte.
    Byte(u8),
    /// A letter of ASCII in either case, and if `foreign`, the character beyond ASCII that is the same letter.
    Letter { lower: u8, foreign: bool },
    /// What an expression of bytes matches.
    Gap(Hir),
}

impl Piece {
    fn ends_a_word(&self) -> bool {
        match self {
            Self::Byte(byte) => is_word(*byte),
            Self::Letter { foreign, .. } => !foreign,
            Self::Gap(_) => false,
        }
    }

    /// The most bytes that it can be.
    fn longest(&self) -> Option<usize> {
        match self {
            Self::Byte(_) => Some(1),
            Self::Letter { foreign, .. } => Some(if *foreign { KELVIN.len() } else { 1 }),
            Self::Gap(hir) => hir.properties().maximum_len(),
        }
    }

    /// What the `regex` crate reads as this, when it is not in Unicode mode.
    fn pattern(&self) -> String {
        let escaped = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect::<String>();
        match self {
            Self::Byte(byte) => escaped(&[*byte]),
            Self::Letter { lower, foreign: false } => format!("(?i:{})", char::from(*lower)),
            Self::Letter { lower, foreign: true } => {
                let other = if *lower == b'k' { KELVIN } else { LONG_S };
                format!("(?:(?i:{})|{})", char::from(*lower), escaped(other))
            }
            Self::Gap(hir) => format!("(?:{hir})"),
        }
    }
}

/// Pieces that have to stand beside each other in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The first and the last one are not gaps.
    pieces: Vec<Piece>,
    /// Whether no byte of a word stands before it.
    left: bool,
    /// Whether no byte of a word stands behind it.
    right: bool,
}

impl Run {
    /// `None` if it would be found nearly everywhere, or be sought at length.
    fn new(pieces: &[Piece], mut left: bool, mut right: bool) -> Option<Self> {
        let gap = |piece: &Piece| matches!(piece, Piece::Gap(_));
        let from = pieces.iter().position(|piece| !gap(piece))?;
        let mut to = pieces.iter().rposition(|piece| !gap(piece))? + 1;
        left &= from == 0;
        right &= to == pieces.len();
        let mut pieces = &pieces[from..to];
        // A window may end within something longer.
        while !pieces.iter().any(gap) && longest(pieces).is_none_or(|longest| longest > REACH) {
            to = pieces.len() - 1;
            pieces = &pieces[..to];
            right = false;
        }
        let run = Self { pieces: pieces.to_vec(), left, right };
        (!run.grams().is_empty() || run.pieces.len() > 1 && run.plain().is_some()).then_some(run)
    }

    pub(in crate::index) fn left(&self) -> bool {
        self.left
    }

    pub(in crate::index) fn right(&self) -> bool {
        self.right
    }

    /// The bytes, if there is only one way to write them.
    pub(in crate::index) fn plain(&self) -> Option<Vec<u8>> {
        let byte = |piece: &Piece| match piece {
            Piece::Byte(byte) => Some(*byte),
            _ => None,
        };
        self.pieces.iter().map(byte).collect()
    }

    /// What the `regex` crate reads as this, when it is not in Unicode mode.
    pub(in crate::index) fn pattern(&self) -> String {
        let edge = |is| if is { "[^0-9A-Za-z_]" } else { "" };
        let pieces: String = self.pieces.iter().map(Piece::pattern).collect();
        format!("{}{pieces}{}", edge(self.left), edge(self.right))
    }

    /// Whether a match of it can be longer than what every window shows.
    pub(in crate::index) fn outreaches(&self) -> bool {
        longest(&self.pieces).is_none_or(|longest| longest > REACH)
    }

    /// What a block with such a run has.
    pub(in crate::index) fn grams(&self) -> Vec<Gram> {
        let symbol = |piece: &Piece| match piece {
            Piece::Byte(byte) => Some((*byte, false)),
            Piece::Letter { lower, foreign } => Some((*lower, *foreign)),
            Piece::Gap(_) => None,
        };
        let edge = |is: bool| is.then_some(Some((EDGE, false)));
        let symbols: Vec<_> =
            edge(self.left).into_iter().chain(self.pieces.iter().map(symbol)).chain(edge(self.right)).collect();
        let gram = |window: &[Option<(u8, bool)>]| {
            let &[Some(a), Some(b), Some(c)] = window else { return None };
            Some(Gram::new([a.0, b.0, c.0], a.1 | b.1 | c.1))
        };
        symbols.windows(3).filter_map(gram).collect()
    }
}

fn longest(pieces: &[Piece]) -> Option<usize> {
    pieces.iter().map(Piece::longest).sum()
}

/// What tokens require, one need for each stretch that lies in one run.
pub(super) fn needs(tokens: Vec<Token>) -> Vec<Need> {
    let joins = |token: &Token| matches!(token, Token::Piece(_) | Token::Either(_));
    let mut needs = Vec::new();
    let mut from = 0;
    while from < tokens.len() {
        if let Token::Other(need) = &tokens[from] {
            needs.push(need.clone());
        }
        if !joins(&tokens[from]) {
            from += 1;
            continue;
        }
        let to = tokens[from..].iter().position(|token| !joins(token)).map_or(tokens.len(), |length| from + length);
        needs.push(need(&tokens, from, to));
        from = to;
    }
    needs
}

/// What the stretch `from..to` requires, given what stands around it.
fn need(tokens: &[Token], from: usize, to: usize) -> Need {
    let Some(ways) = tokens::ways_through(&tokens[from..to]) else {
        // Each of its stretches between alternatives, at least.
        let parts = tokens[from..to].split(|token| matches!(token, Token::Either(_)));
        let part = |part: &[Token]| match tokens::ways_through(part).as_deref() {
            Some([way]) => Run::new(way, false, false).map_or(Need::Free, Need::Run),
            _ => Need::Free,
        };
        return Need::all(parts.map(part).collect());
    };
    let way = |way: &Vec<Piece>| {
        let ends = |piece: Option<&Piece>| piece.is_some_and(Piece::ends_a_word);
        let left = apart(tokens[..from].iter().rev(), ends(way.first()), false);
        let right = apart(tokens[to..].iter(), ends(way.last()), true);
        Run::new(way, left, right).map_or(Need::Free, Need::Run)
    };
    Need::any(ways.iter().map(way).collect())
}

/// Whether no byte of a word stands beside a stretch, by the tokens from there on; `word` says whether the stretch ends
/// with a byte of a word.
fn apart<'t>(beside: impl Iterator<Item = &'t Token>, word: bool, after: bool) -> bool {
    let mut close = true;
    for token in beside {
        match token {
            Token::Apart | Token::Line => return true,
            Token::NoneAfter if after => return true,
            Token::NoneBefore if !after => return true,
            Token::Boundary if close && word => return true,
            // These say nothing about this side, and nothing lies between.
            Token::Boundary | Token::NoneAfter | Token::NoneBefore => {}
            Token::MaybeApart => close = false,
            Token::Piece(_) | Token::Either(_) | Token::Other(_) => return false,
        }
    }
    false
}
