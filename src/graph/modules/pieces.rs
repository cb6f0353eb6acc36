//! Line ranges of a file that is too big for one bundle.

use super::survey::numbering;
use crate::text;

/// Lines of a file, 1-based and inclusive, with the tokens of their text with line numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub from: u64,
    pub to: u64,
    pub tokens: u64,
}

/// About as many pieces as are needed, of about one size, none above `most` but where a single line is. They end before a
/// line that begins something, if one is near.
pub(super) fn pieces(path: &str, text: &str, most: u64) -> Vec<Piece> {
    let lines: Vec<&str> = text.lines().collect();
    // Characters that the number takes: that of the last line is the longest.
    let number = lines.len().max(1).ilog10() as u64 + 3;
    let cost: Vec<u64> = lines.iter().map(|line| 4 * text::tokens(line) + number).collect();
    let room = (most.saturating_sub(numbering(path, lines.len() as u64, 1)) * 4).max(1);
    let mut left: u64 = cost.iter().sum();
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < lines.len() {
        let aim = left / left.div_ceil(room);
        let (mut end, mut sum) = (from, 0);
        let mut best = None;
        while end < lines.len() && (end == from || sum + cost[end] <= room) {
            if end > from && sum * 10 >= aim * 9 && sum * 10 <= aim * 11 {
                best = best.max(Some((begins(&lines, end), std::cmp::Reverse(sum.abs_diff(aim)), end)));
            }
            sum += cost[end];
            end += 1;
        }
        if let (true, Some((_, _, at))) = (end < lines.len(), best) {
            end = at;
            sum = cost[from..end].iter().sum();
        }
        let tokens = sum.div_ceil(4) + numbering(path, lines.len() as u64, 1);
        pieces.push(Piece { from: from as u64 + 1, to: end as u64, tokens });
        left -= sum;
        from = end;
    }
    pieces
}

/// How much a line looks like the first of something.
fn begins(lines: &[&str], at: usize) -> u8 {
    let is_outer = lines[at].starts_with(|c: char| !c.is_whitespace() && !matches!(c, '}' | ')' | ']'));
    u8::from(is_outer) + u8::from(lines[at - 1].trim().is_empty())
}
