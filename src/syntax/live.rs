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
        let parsed = language.grammar().filter(|_| can_be_parsed(text, budget)).and_then(|grammar| {
            let (compiled, source) = (compiled(grammar), Source::new(grammar.family, text));
            let tree = parse(&compiled.language, source.bytes(), budget)?;
            let (raws, partial) = captured(compiled, &tree, source.bytes(), None, budget);
            Some(Self::with(language, grammar, source, (tree, raws, partial), false))
        });
        parsed.unwrap_or_else(|| Self { language, found: Arc::new(extract(language, text, budget)), kept: None })
    }

    fn with(
        language: Language,
        grammar: &'static Grammar,
        source: Source,
        (tree, raws, partial): (Tree, Vec<Raw>, bool),
        derived: bool,
    ) -> Self {
        let symbols = source.symbols(grammar.family, Some(&tree), &Lines::new(source.text), raws.clone());
        let found = Arc::new(Extracted { symbols, partial });
        // What was cut short is no base for anything.
        let kept = (!partial).then(|| Kept { tree, source: source.into_bytes(), raws, derived });
        Self { language, found, kept }
    }

    /// Reads a text that was made from this one by edits.
    pub fn after(&self, text: &str, budget: &Budget) -> Self {
        match self.next_within(
            None,
            text,
            |_, _, _| Patience { steps: budget.steps, lost: None, much: usize::MAX },
            budget,
        ) {
            Next::Read(live) => live,
            Next::Moved(_) => Self::new(self.language, text, budget),
        }
    }

    /// Reads a text that was made from this one by edits; or from `sound`, a text before this one that had no errors,
    /// where little has changed since: what mends a text is often near what broke it. Some texts that are no programs
    /// take seconds to parse: there, what was found before has to do. `was_lost` says that this happened to the last one:
    /// the next one is likely to be no better, and is given up sooner, unless it is read from `sound`.
    pub fn next(&self, sound: Option<&Self>, text: &str, was_lost: bool, budget: &Budget) -> Next {
        let patience = |change: usize, whole: usize, mends: bool| Patience {
            steps: LOST + if was_lost && !mends { change / 50 } else { whole / 100 } as u64,
            lost: Some(LOST / 2),
            much: MUCH,
        };
        self.next_within(sound, text, patience, budget)
    }

    fn next_within(
        &self,
        sound: Option<&Self>,
        text: &str,
        patience: impl FnOnce(usize, usize, bool) -> Patience,
        budget: &Budget,
    ) -> Next {
        let grammar = self.language.grammar().filter(|_| can_be_parsed(text, budget));
        let (Some(grammar), Some(kept)) = (grammar, &self.kept) else {
            return Next::Read(Self::new(self.language, text, budget));
        };
        let source = Source::new(grammar.family, text);
        let change = |kept: &Kept| Change::between(&kept.source, source.bytes());
        let sound = sound.and_then(|sound| sound.kept.as_ref()).map(|kept| (kept, change(kept)));
        let sound = sound.filter(|(_, change)| change.as_ref().is_none_or(Change::is_small));
        let mends = sound.is_some();
        let (kept, change) = sound.unwrap_or_else(|| (kept, change(kept)));
        let patience = patience(change.as_ref().map_or(0, |change| change.new.len()), text.len(), mends);
        match Kept::after(grammar, kept, change.as_ref(), &source, &patience, budget) {
            Some(read) => Next::Read(Self::with(self.language, grammar, source, read, true)),
            None => {
                let raws = change.map_or_else(|| kept.raws.clone(), |change| change.carried(&kept.raws));
                let symbols = source.symbols(grammar.family, None, &Lines::new(text), raws);
                Next::Moved(Arc::new(Extracted { symbols, partial: true }))
            }
        }
    }

    /// Whether the text has a tree without errors.
    pub fn is_sound(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| !kept.tree.root_node().has_error())
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
}

fn can_be_parsed(text: &str, budget: &Budget) -> bool {
    text.len() <= budget.bytes && !too_deep(text.as_bytes())
}

impl Kept {
    /// The tree and the definitions after a change. `None` when the parser is lost for too long, or in too much.
    fn after(
        grammar: &'static Grammar,
        before: &Self,
        change: Option<&Change>,
        source: &Source,
        patience: &Patience,
        budget: &Budget,
    ) -> Option<(Tree, Vec<Raw>, bool)> {
        let Some(change) = change else { return Some((before.tree.clone(), before.raws.clone(), false)) };
        let (compiled, text) = (compiled(grammar), source.bytes());
        let mut old = before.tree.clone();
        old.edit(&change.told(&before.source, text));
        let soon = Budget { steps: patience.steps.min(budget.steps), ..*budget };
        let tree = reparse(&compiled.language, text, &old, patience.lost, &soon)?;
        let ranges = old.changed_ranges(&tree).map(|range| range.start_byte..range.end_byte);
        let changed = hull(ranges.chain([change.new.clone()]));
        if changed.len() > patience.much && tree.root_node().has_error() {
            return None;
        }
        // An empty range has no byte that a definition could have in common with it.
        let changed = changed.start.saturating_sub(1)..changed.end + 1;
        let (raws, partial) = captured(compiled, &tree, text, Some(&changed), budget);
        Some((tree, change.joined(&before.raws, raws, &changed), partial))
    }
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

/// What a text is read in: the definitions, or where those before are now.
pub enum Next {
    Read(Live),
    /// Marked partial.
    Moved(Arc<Extracted>),
}

/// How long it is tried to read a text after another one.
struct Patience {
    /// Steps of the parser, see [`Budget::steps`].
    steps: u64,
    /// Those of them in which it does not know what it is in.
    lost: Option<u64>,
    /// Bytes that may have another meaning while there are errors.
    much: usize,
}

/// Steps that take about ten milliseconds. All of a text takes one for 200 bytes, if it has no errors.
const LOST: u64 = 200;

/// Bytes that an error may give another meaning.
const MUCH: usize = 64 << 10;

/// Bytes that an error and what mends it are apart, at most.
const SMALL: usize = 4 << 10;

impl Change {
    fn is_small(&self) -> bool {
        self.old.len().max(self.new.len()) <= SMALL
    }

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

    /// What was found before and has its name still, moved to where it is now.
    fn carried(&self, before: &[Raw]) -> Vec<Raw> {
        let moved = |at: usize, is_start: bool| match at {
            at if at > self.old.end || at == self.old.end && is_start => self.behind(at),
            at if at <= self.old.start => at,
            _ => self.new.end,
        };
        let range = |range: &Range<usize>| moved(range.start, true)..moved(range.end, false);
        let apart = |range: &Range<usize>| range.end < self.old.start || self.old.end < range.start;
        let has_name = |raw: &&Raw| apart(&raw.name) && raw.qualifier.as_ref().is_none_or(apart);
        before.iter().filter(has_name).map(|raw| raw.with(range)).collect()
    }

    /// Where what is behind the change is now.
    fn behind(&self, at: usize) -> usize {
        at - self.old.end + self.new.end
    }

    /// What was found before, moved to where it is now, with what was found again for `changed` bytes of the new text.
    fn joined(&self, before: &[Raw], again: Vec<Raw>, changed: &Range<usize>) -> Vec<Raw> {
        let changed = changed.start..(changed.end + self.old.end).saturating_sub(self.new.end);
        let moved = |at: usize| if at >= self.old.end { self.behind(at) } else { at };
        let stay = before.iter().filter(|raw| !touch(&raw.whole, &changed));
        let stay = stay.map(|raw| raw.with(|range| moved(range.start)..moved(range.end)));
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
