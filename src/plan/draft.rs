//! The text of one file while it is planned: pieces of the text before and of what steps wrote, so that any step can be taken back.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::Edit;

/// Where the bytes of a piece come from: the text before, or what a splice wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Base,
    Splice(usize),
}

#[derive(Debug, Clone)]
struct Piece {
    origin: Origin,
    range: Range<usize>,
    /// The splice that took it away. Such pieces stay, to be given back.
    gone: Option<usize>,
}

/// A replacement, told by the pieces around it, so that it can be made again without those before it.
#[derive(Debug, Clone)]
struct Splice {
    step: u32,
    /// What it takes away, in order.
    gone: Vec<(Origin, Range<usize>)>,
    /// The byte before it and the byte behind it; `None` at the ends of the text.
    left: Option<(Origin, usize)>,
    right: Option<(Origin, usize)>,
    new: Arc<str>,
}

/// A text with edits composed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    base: Arc<str>,
    pieces: Vec<Piece>,
    splices: Vec<Splice>,
    text: Arc<str>,
}

/// The line ends of a text, counted as far as they were asked for.
struct Counted {
    to: usize,
    /// The line of `to`, from 1.
    line: u32,
}

impl Counted {
    /// The line of an offset, which is not before the last that was asked for.
    fn line_at(&mut self, offset: usize, text: &str) -> u32 {
        let lines = memchr::memchr_iter(b'\n', &text.as_bytes()[self.to..offset]).count();
        (self.to, self.line) = (offset, self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)));
        self.line
    }
}

/// Another step has changed the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overlap {
    pub step: u32,
}

impl Draft {
    pub fn new(base: Arc<str>) -> Self {
        let whole = Piece { origin: Origin::Base, range: 0..base.len(), gone: None };
        let pieces = if base.is_empty() { Vec::new() } else { vec![whole] };
        Self { text: base.clone(), base, pieces, splices: Vec::new() }
    }

    /// The text as planned so far.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text before.
    pub fn base(&self) -> &Arc<str> {
        &self.base
    }

    /// The steps that wrote something here.
    pub fn steps(&self) -> BTreeSet<u32> {
        self.splices.iter().map(|splice| splice.step).collect()
    }

    /// Replaces ranges of the planned text, which are in order and do not overlap.
    pub fn splice(&mut self, step: u32, edits: &[(Range<usize>, String)]) {
        for (range, new) in edits.iter().rev() {
            self.one(step, range.clone(), new.as_str().into());
        }
        self.text = self.render();
    }

    /// Replaces a range of the text before, none of which has been changed yet.
    pub fn edit(&mut self, step: u32, range: Range<usize>, new: &str) -> Result<(), Overlap> {
        let planned = self.planned(&range)?;
        self.one(step, planned, new.into());
        self.text = self.render();
        Ok(())
    }

    /// Where an unchanged range of the text before is now.
    fn planned(&self, range: &Range<usize>) -> Result<Range<usize>, Overlap> {
        let mut at = 0;
        let mut found: Option<Range<usize>> = None;
        for piece in &self.pieces {
            let length = if piece.gone.is_none() { piece.range.len() } else { 0 };
            let here = at;
            at += length;
            if piece.origin != Origin::Base {
                let inside = found.as_ref().is_some_and(|found| found.len() < range.len());
                if let Some(Origin::Splice(by)) = (inside && length > 0).then_some(piece.origin) {
                    return Err(Overlap { step: self.splices[by].step });
                }
                continue;
            }
            let common = piece.range.start.max(range.start)..piece.range.end.min(range.end);
            let touches = if range.is_empty() {
                piece.range.start <= range.start && range.start <= piece.range.end
            } else {
                common.start < common.end
            };
            if !touches {
                continue;
            }
            if let Some(by) = piece.gone {
                let inside = !range.is_empty() || piece.range.start < range.start && range.start < piece.range.end;
                if inside {
                    return Err(Overlap { step: self.splices[by].step });
                }
                continue;
            }
            let start = here + (range.start.max(piece.range.start) - piece.range.start);
            let end = start + common.len();
            match &mut found {
                None => found = Some(start..end),
                Some(found) if !range.is_empty() => found.end = end,
                Some(_) => {}
            }
        }
        match found {
            Some(found) => Ok(found),
            // An insertion where all the text around was taken away, or into an empty text.
            None if range.is_empty() && self.base.is_empty() => Ok(0..0),
            None => {
                let near = |piece: &&Piece| {
                    piece.origin == Origin::Base && piece.range.start <= range.start && range.start <= piece.range.end
                };
                let by = self.pieces.iter().filter(near).find_map(|piece| piece.gone);
                Err(Overlap { step: by.map_or(0, |by| self.splices[by].step) })
            }
        }
    }

    /// Where an unchanged range of the planned text was in the text before.
    pub fn origin(&self, range: &Range<usize>) -> Option<usize> {
        let mut at = 0;
        for piece in self.pieces.iter().filter(|piece| piece.gone.is_none()) {
            let end = at + piece.range.len();
            if at <= range.start && range.end <= end && piece.origin == Origin::Base {
                return Some(piece.range.start + range.start - at);
            }
            at = end;
        }
        None
    }

    fn one(&mut self, step: u32, range: Range<usize>, new: Arc<str>) {
        let first = self.split(range.start);
        let behind = self.split(range.end);
        let by = self.splices.len();
        let last = self.pieces[..first].iter().rev().find(|piece| piece.gone.is_none());
        let left = last.map(|piece| (piece.origin, piece.range.end - 1));
        let next = self.pieces[behind..].iter().find(|piece| piece.gone.is_none());
        let right = next.map(|piece| (piece.origin, piece.range.start));
        let mut gone = Vec::new();
        for piece in &mut self.pieces[first..behind] {
            if piece.gone.is_none() {
                piece.gone = Some(by);
                gone.push((piece.origin, piece.range.clone()));
            }
        }
        if !new.is_empty() {
            let piece = Piece { origin: Origin::Splice(by), range: 0..new.len(), gone: None };
            self.pieces.insert(behind, piece);
        }
        self.splices.push(Splice { step, gone, left, right, new });
    }

    /// The index behind the live piece that ends at this offset of the planned text, which is cut there.
    fn split(&mut self, offset: usize) -> usize {
        let mut at = 0;
        if offset == 0 {
            return 0;
        }
        for index in 0..self.pieces.len() {
            let piece = &mut self.pieces[index];
            if piece.gone.is_some() {
                continue;
            }
            let length = piece.range.len();
            if at + length >= offset {
                let cut = piece.range.start + (offset - at);
                if cut < piece.range.end {
                    let rest = Piece { origin: piece.origin, range: cut..piece.range.end, gone: None };
                    piece.range.end = cut;
                    self.pieces.insert(index + 1, rest);
                }
                return index + 1;
            }
            at += length;
        }
        self.pieces.len()
    }

    fn bytes(&self, piece: &Piece) -> &str {
        match piece.origin {
            Origin::Base => &self.base[piece.range.clone()],
            Origin::Splice(by) => &self.splices[by].new[piece.range.clone()],
        }
    }

    fn render(&self) -> Arc<str> {
        let live = self.pieces.iter().filter(|piece| piece.gone.is_none());
        live.map(|piece| self.bytes(piece)).collect::<String>().into()
    }

    /// The same without what a step did.
    ///
    /// # Errors
    /// The steps that build on its text.
    pub fn without(&self, step: u32) -> Result<Self, BTreeSet<u32>> {
        let mut new = Self::new(self.base.clone());
        // Splices keep their numbers, which the others name; those of the step come to nothing.
        let mut built_on = BTreeSet::new();
        for splice in &self.splices {
            if splice.step == step {
                let nothing = Splice { gone: Vec::new(), new: "".into(), ..splice.clone() };
                new.splices.push(nothing);
                continue;
            }
            match new.place(splice) {
                Some(range) => new.one(splice.step, range, splice.new.clone()),
                None => {
                    built_on.insert(splice.step);
                    new.splices.push(Splice { gone: Vec::new(), new: "".into(), ..splice.clone() });
                }
            }
        }
        if !built_on.is_empty() {
            return Err(built_on);
        }
        new.splices.iter_mut().filter(|splice| splice.step == step).for_each(|splice| splice.step = 0);
        new.text = new.render();
        Ok(new)
    }

    /// Where a splice goes in this text, which may lack what others wrote.
    fn place(&self, splice: &Splice) -> Option<Range<usize>> {
        if let (Some(first), Some(last)) = (splice.gone.first(), splice.gone.last()) {
            let start = self.offset((first.0, first.1.start))?;
            let end = self.offset((last.0, last.1.end - 1))? + 1;
            let length: usize = splice.gone.iter().map(|(_, range)| range.len()).sum();
            return (end.checked_sub(start)? == length).then_some(start..end);
        }
        let behind = splice.left.map(|byte| self.offset(byte).map(|at| at + 1));
        let before = splice.right.map(|byte| self.offset(byte));
        let at = match (behind, before) {
            (None, None) => self.text_len().eq(&0).then_some(0)?,
            (Some(Some(at)), _) | (_, Some(Some(at))) => at,
            (None, Some(None)) => 0,
            (Some(None), None) => self.text_len(),
            (Some(None), Some(None)) => return None,
        };
        Some(at..at)
    }

    fn text_len(&self) -> usize {
        self.pieces.iter().filter(|piece| piece.gone.is_none()).map(|piece| piece.range.len()).sum()
    }

    /// The offset of a byte in the planned text, if it is there.
    fn offset(&self, (origin, byte): (Origin, usize)) -> Option<usize> {
        let mut at = 0;
        for piece in self.pieces.iter().filter(|piece| piece.gone.is_none()) {
            if piece.origin == origin && piece.range.contains(&byte) {
                return Some(at + byte - piece.range.start);
            }
            at += piece.range.len();
        }
        None
    }

    /// What it takes to get from the text before to the planned one: in order, without overlap, split by step where that can be.
    pub fn edits(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        let (mut at, mut run) = (0, Vec::new());
        let mut counted = Counted { to: 0, line: 1 };
        for piece in &self.pieces {
            if piece.origin == Origin::Base && piece.gone.is_none() {
                self.close(at, &mut run, &mut counted, &mut edits);
                at = piece.range.end;
            } else {
                run.push(piece);
            }
        }
        self.close(at, &mut run, &mut counted, &mut edits);
        edits
    }

    /// Edits for the changed pieces between two unchanged ones, of which the first ends at an offset of the text before.
    fn close(&self, mut at: usize, run: &mut Vec<&Piece>, counted: &mut Counted, edits: &mut Vec<Edit>) {
        let step = |by: usize| self.splices[by].step;
        let steps = |piece: &Piece| -> BTreeSet<u32> {
            let wrote = match piece.origin {
                Origin::Splice(by) => Some(step(by)),
                Origin::Base => None,
            };
            wrote.into_iter().chain(piece.gone.map(step)).collect()
        };
        let shared = run.iter().any(|piece| steps(piece).len() > 1);
        let mut groups: Vec<(BTreeSet<u32>, Vec<&Piece>)> = Vec::new();
        for piece in run.drain(..) {
            let own = steps(piece);
            match groups.last_mut() {
                Some((all, pieces)) if shared || *all == own => {
                    all.extend(own);
                    pieces.push(piece);
                }
                _ => groups.push((own, vec![piece])),
            }
        }
        for (steps, pieces) in groups {
            let (mut old, mut new) = (String::new(), String::new());
            for piece in pieces {
                match (piece.origin, piece.gone) {
                    (Origin::Base, _) => old.push_str(self.bytes(piece)),
                    (_, None) => new.push_str(self.bytes(piece)),
                    (_, Some(_)) => {}
                }
            }
            let start = at;
            at += old.len();
            if old != new {
                let line = counted.line_at(start, &self.base);
                edits.push(Edit { start, line, old, new, steps: steps.into_iter().collect() });
            }
        }
    }
}

#[cfg(test)]
mod tests;
