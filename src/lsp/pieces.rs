//! A text in pieces, for many changes at once: a change costs as much as a piece, however long the text is.

use tower_lsp::ls_types::{Position, TextDocumentContentChangeEvent};

use super::lines::{Encoding, line_ends};

/// A text while it is changed.
pub struct Pieces {
    pieces: Vec<Piece>,
    encoding: Encoding,
    /// Bytes that a piece has at least, when there are others; at most about twice as many.
    size: usize,
}

/// Never empty. CR LF is one line end and never in two pieces.
struct Piece {
    text: String,
    ends: u32,
    /// Columns of all of it.
    width: u64,
}

/// The piece that holds a byte, and the byte's offset there; behind the last piece for the text's end.
type Place = (usize, usize);

impl Pieces {
    pub fn new(text: &str, encoding: Encoding, size: usize) -> Self {
        Self { pieces: cut(text, encoding, size), encoding, size }
    }

    /// Applies one change; what holds for positions holds as in [`super::documents::edited`].
    pub fn apply(&mut self, change: &TextDocumentContentChangeEvent) {
        let Some(range) = change.range else {
            self.pieces = cut(&change.text, self.encoding, self.size);
            return;
        };
        let (start, end) = (self.find(range.start), self.find(range.end));
        let (start, end) = (start.min(end), start.max(end));
        // What comes before may end with a CR that gets its LF now.
        let first = if start.1 == 0 { start.0.saturating_sub(1) } else { start.0 };
        let behind = self.pieces.len().min(end.0 + 1);
        let mut text = String::new();
        for (at, piece) in self.pieces.iter().enumerate().take(start.0 + 1).skip(first) {
            text.push_str(if at == start.0 { &piece.text[..start.1] } else { &piece.text });
        }
        text.push_str(&change.text);
        if let Some(last) = self.pieces.get(end.0) {
            text.push_str(&last.text[end.1..]);
        }
        self.pieces.splice(first..behind, cut(&text, self.encoding, self.size));
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    fn find(&self, position: Position) -> Place {
        let (mut at, mut line) = (0, position.line);
        while let Some(piece) = self.pieces.get(at).filter(|piece| piece.ends < line) {
            line -= piece.ends;
            at += 1;
        }
        // The line starts in this piece, or at the next one's start.
        let start = self.pieces.get(at).and_then(|piece| line_ends(&piece.text).nth((line as usize).checked_sub(1)?));
        let (mut offset, mut left) = (start.unwrap_or(0), u64::from(position.character));
        while let Some(piece) = self.pieces.get(at) {
            if offset == 0 && piece.ends == 0 && piece.width <= left {
                left -= piece.width;
            } else {
                for (here, c) in piece.text[offset..].char_indices() {
                    let width = u64::from(self.encoding.width(c));
                    if matches!(c, '\n' | '\r') || width > left {
                        return (at, offset + here);
                    }
                    left -= width;
                }
            }
            (at, offset) = (at + 1, 0);
        }
        (at, 0)
    }
}

fn cut(mut text: &str, encoding: Encoding, size: usize) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(text.len() / size);
    while !text.is_empty() {
        let mut at = if text.len() <= 2 * size { text.len() } else { text.ceil_char_boundary(size) };
        if text[..at].ends_with('\r') && text[at..].starts_with('\n') {
            at += 1;
        }
        let (piece, rest) = text.split_at(at);
        let width = piece.chars().map(|c| u64::from(encoding.width(c))).sum();
        pieces.push(Piece { text: piece.to_owned(), ends: line_ends(piece).count() as u32, width });
        text = rest;
    }
    pieces
}
