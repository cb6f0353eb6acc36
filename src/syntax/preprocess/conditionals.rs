//! Conditional compilation: which branches a parser can see together, and which have to go.

use std::ops::Range;

use super::lex::{Kind, Token};

/// Token ranges that a parser should not see. Branches stay together where each is complete in itself; where one opens
/// a bracket that it does not close, or ends inside a declaration, only the first is kept. `#if 0` is dropped.
pub(super) fn dropped(text: &[u8], tokens: &[Token]) -> Vec<Range<usize>> {
    let mut dropped = Vec::new();
    let mut stack: Vec<Group> = Vec::new();
    // Open brackets since the current branch began; what a closed group added counts for the branch around it.
    let mut depth = 0i32;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Punct(b'{' | b'(' | b'[') => depth += 1,
            Kind::Punct(b'}' | b')' | b']') => depth -= 1,
            Kind::Directive => match directive(&text[token.range()]) {
                (b"if" | b"ifdef" | b"ifndef", rest) => {
                    stack.push(Group { outer: depth, dead: rest == b"0", start: at + 1, branches: Vec::new() });
                    depth = 0;
                }
                (b"else" | b"elif" | b"elifdef" | b"elifndef", _) => {
                    if let Some(group) = stack.last_mut() {
                        group.close_branch(at, depth);
                        depth = 0;
                    }
                }
                (b"endif", _) => {
                    if let Some(mut group) = stack.pop() {
                        group.close_branch(at, depth);
                        depth = group.outer + group.settle(tokens, &mut dropped);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    dropped
}

/// The name of a directive and what follows it, trimmed.
pub(super) fn directive(line: &[u8]) -> (&[u8], &[u8]) {
    let line = line[1..].trim_ascii_start();
    let end = line.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(line.len());
    (&line[..end], line[end..].trim_ascii())
}

struct Group {
    /// Depth of the branch around the group.
    outer: i32,
    /// The first branch is never compiled.
    dead: bool,
    /// First token of the current branch.
    start: usize,
    branches: Vec<(Range<usize>, i32)>,
}

impl Group {
    fn close_branch(&mut self, at: usize, depth: i32) {
        self.branches.push((self.start..at, depth));
        self.start = at + 1;
    }

    /// Decides which branches go; returns what the group as a whole adds to the depth.
    fn settle(mut self, tokens: &[Token], dropped: &mut Vec<Range<usize>>) -> i32 {
        if self.dead {
            let (dead, _) = self.branches.remove(0);
            dropped.push(dead);
        }
        let complete = |range: &Range<usize>| {
            let last = tokens[range.clone()].iter().rev().find(|token| token.kind != Kind::Directive);
            last.is_none_or(|token| matches!(token.kind, Kind::Punct(b';' | b'}' | b'{' | b',' | b':')))
        };
        let code = |range: &Range<usize>| tokens[range.clone()].iter().any(|token| token.kind != Kind::Directive);
        self.branches.retain(|(range, _)| code(range));
        let together = self.branches.iter().all(|(range, depth)| *depth == 0 && complete(range));
        let Some((_, first)) = self.branches.first() else { return 0 };
        let first = *first;
        if !together {
            dropped.extend(self.branches.drain(1..).map(|(range, _)| range));
        }
        first
    }
}
