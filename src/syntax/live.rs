//! The definitions of a text that is being edited: its tree is kept, and after an edit only what depends on changed bytes
//! is read again.

use std::ops::Range;
use std::sync::Arc;

use tree_sitter::{InputEdit, Point, Tree};

use super::compiled::{Compiled, compiled};
use super::definitions::{self, Raw, hull, touch};
use super::extract::{Extracted, Source, extract};
use super::flat;
use super::grammars::Grammar;
use super::languages::Language;
use super::lines::Lines;
use super::parse::{Budget, lend, parse, reparse, too_deep};

/// A text's definitions, with what makes those of a text that differs little from it cheap.
pub struct Live {
    language: Language,
    found: Arc<Extracted>,
    kept: Option<Kept>,
}

/// What is kept of a text that has a tree.
struct Kept {
    tree: Tree,
    /// What was parsed.
    source: Vec<u8>,
    raws: Vec<Raw>,
    /// The tree was made from another one, and may differ from one that is made from the text alone where the text is no
    /// program.
    derived: bool,
}

impl Live {
    /// Reads a text.
    pub fn new(language: Language, text: &str, budget: &Budget) -> Self {
        Self::read(language, text, None, budget)
    }

    /// Reads a text that was made from this one by edits.
    pub fn after(&self, text: &str, budget: &Budget) -> Self {
        Self::read(self.language, text, self.kept.as_ref(), budget)
    }

    /// The definitions. Those of a text without syntax errors are the ones that [`extract`] finds; where there are errors
    /// the way by which the text came to be may count, until it is read anew.
    pub fn found(&self) -> &Arc<Extracted> {
        &self.found
    }

    /// The same with definitions that are equal to those that were found, so that who has them sees that they are.
    pub fn with_found(self, found: Arc<Extracted>) -> Self {
        Self { found, ..self }
    }

    /// Makes this tree the one that the calling thread has at hand, so that what is asked about the text next need not
    /// parse it. Not one that may differ from the tree that would be made.
    pub fn lend(&self) {
        if let (Some(kept), Some(grammar)) = (&self.kept, self.language.grammar())
            && !(kept.derived && kept.tree.root_node().has_error())
        {
            lend(&compiled(grammar).language, &kept.source, &kept.tree);
        }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the definitions were found without regard to a text before.
    pub fn is_fresh(&self) -> bool {
        self.kept.as_ref().is_none_or(|kept| !kept.derived)
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        // A tree takes ten to thirty times its text.
        self.kept.as_ref().map_or(0, |kept| 25 * kept.source.len() + kept.raws.len() * size_of::<Raw>())
    }

    fn read(language: Language, text: &str, before: Option<&Kept>, budget: &Budget) -> Self {
        let tree = language
            .grammar()
            .filter(|_| text.len() <= budget.bytes && !too_deep(text.as_bytes()))
            .and_then(|grammar| parsed(grammar, text, before, budget));
        match tree {
            Some((kept, found)) => Self { language, found: Arc::new(found), kept },
            None => Self { language, found: Arc::new(extract(language, text, budget)), kept: None },
        }
    }
}

fn parsed(
    grammar: &'static Grammar,
    text: &str,
    before: Option<&Kept>,
    budget: &Budget,
) -> Option<(Option<Kept>, Extracted)> {
    let compiled = compiled(grammar);
    let source = Source::new(grammar.family, text);
    let again = before.and_then(|before| {
        let change = Change::between(&before.source, source.bytes());
        let mut old = before.tree.clone();
        if let Some(change) = &change {
            old.edit(&change.told(&before.source, source.bytes()));
        }
        let tree = reparse(&compiled.language, source.bytes(), &old, budget)?;
        let Some(change) = change else { return Some((tree, before.raws.clone(), false)) };
        let ranges = old.changed_ranges(&tree).map(|range| range.start_byte..range.end_byte);
        let changed = hull(ranges.chain([change.new.clone()]));
        // An empty range has no byte that a definition could have in common with it.
        let changed = changed.start.saturating_sub(1)..changed.end + 1;
        let (raws, partial) = captured(compiled, &tree, source.bytes(), Some(&changed), budget);
        Some((tree, change.joined(&before.raws, raws, &changed), partial))
    });
    let derived = again.is_some();
    let (tree, raws, partial) = match again {
        Some(found) => found,
        None => {
            let tree = parse(&compiled.language, source.bytes(), budget)?;
            let (raws, partial) = captured(compiled, &tree, source.bytes(), None, budget);
            (tree, raws, partial)
        }
    };
    let symbols = source.symbols(grammar.family, &Lines::new(text), raws.clone());
    let source = source.into_bytes();
    // What was cut short is no base for anything.
    let kept = (!partial).then_some(Kept { tree, source, raws, derived });
    Some((kept, Extracted { symbols, partial }))
}

/// What is captured, everywhere or within some bytes, and whether something was left out.
fn captured(
    compiled: &Compiled,
    tree: &Tree,
    source: &[u8],
    within: Option<&Range<usize>>,
    budget: &Budget,
) -> (Vec<Raw>, bool) {
    let taken = flat::with(tree, within, compiled, budget, |nodes, meter| {
        definitions::captured(compiled, nodes, source, within, meter)
    });
    let ((raws, cut), missing) = taken;
    (raws, cut || missing)
}

/// What is different between two texts: these bytes of the old one are those bytes of the new one, all others are equal.
#[derive(Debug, PartialEq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

impl Change {
    fn between(old: &[u8], new: &[u8]) -> Option<Self> {
        if old == new {
            return None;
        }
        // Characters are not taken apart.
        let boundary = |text: &[u8], at: usize| text.get(at).is_none_or(|byte| *byte & 0xc0 != 0x80);
        let mut start = CHUNK * equal(old.chunks(CHUNK), new.chunks(CHUNK));
        start += equal(old[start..].iter(), new[start..].iter());
        while !boundary(old, start) || !boundary(new, start) {
            start -= 1;
        }
        let (old_rest, new_rest) = (&old[start..], &new[start..]);
        let mut behind = CHUNK * equal(old_rest.rchunks(CHUNK), new_rest.rchunks(CHUNK));
        let before = |text: &[u8]| text.len() - behind;
        behind += equal(old_rest[..before(old_rest)].iter().rev(), new_rest[..before(new_rest)].iter().rev());
        while !boundary(old, old.len() - behind) {
            behind -= 1;
        }
        Some(Self { old: start..old.len() - behind, new: start..new.len() - behind })
    }

    /// The change as the parser is told of it.
    fn told(&self, old: &[u8], new: &[u8]) -> InputEdit {
        InputEdit {
            start_byte: self.new.start,
            old_end_byte: self.old.end,
            new_end_byte: self.new.end,
            start_position: point(new, self.new.start),
            old_end_position: point(old, self.old.end),
            new_end_position: point(new, self.new.end),
        }
    }

    /// What was found before, moved to where it is now, with what was found again for `changed` bytes of the new text.
    fn joined(&self, before: &[Raw], again: Vec<Raw>, changed: &Range<usize>) -> Vec<Raw> {
        let (added, gone) = (self.new.end, self.old.end);
        let changed = changed.start..(changed.end + gone).saturating_sub(added);
        let moved = |at: usize| if at >= gone { at - gone + added } else { at };
        let range = |range: &Range<usize>| moved(range.start)..moved(range.end);
        let stay = before.iter().filter(|raw| !touch(&raw.whole, &changed)).map(|raw| Raw {
            name: range(&raw.name),
            extent: range(&raw.extent),
            whole: range(&raw.whole),
            qualifier: raw.qualifier.as_ref().map(range),
            what: raw.what,
            rank: raw.rank,
        });
        stay.chain(again).collect()
    }
}

/// Bytes that are compared at once.
const CHUNK: usize = 256;

fn equal<T: PartialEq>(a: impl Iterator<Item = T>, b: impl Iterator<Item = T>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn point(text: &[u8], at: usize) -> Point {
    let before = &text[..at];
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    Point { row: memchr::memchr_iter(b'\n', before).count(), column: at - start }
}

#[cfg(test)]
mod tests;
