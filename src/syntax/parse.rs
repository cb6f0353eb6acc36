//! Parsing under a budget: one parser per thread, counted steps, a hard time-out behind them.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, Parser, QueryCursor, Tree};

/// What one file may cost. Steps make a stop repeatable; the clock is only there for what steps do not see.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Texts above this many bytes get no tree.
    pub bytes: usize,
    /// Calls of tree-sitter's progress callback, for the parse and for each query.
    pub steps: u64,
    /// Nothing goes on past this.
    pub time: Duration,
}

impl Default for Budget {
    /// Four times the steps that 2 MiB of ordinary code takes: about two seconds. Three seconds of clock.
    fn default() -> Self {
        Self { bytes: 2 << 20, steps: 40_000, time: Duration::from_secs(3) }
    }
}

/// Patterns in flight at once; more would make some texts quadratic.
pub(super) const MATCH_LIMIT: u32 = 256;

/// Counts down one activity's steps.
pub(super) struct Meter {
    left: u64,
    until: Instant,
    pub exhausted: bool,
}

impl Meter {
    pub fn new(budget: &Budget) -> Self {
        Self { left: budget.steps, until: Instant::now() + budget.time, exhausted: false }
    }

    pub fn step(&mut self) -> ControlFlow<()> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || Instant::now() > self.until {
            self.exhausted = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Brackets open at once beyond which a text is no program: recovering from a missing one takes quadratic time.
const DEEPEST: usize = 2_000;

/// Whether brackets nest too deep to parse. Angles count within one statement of one line: where `a<` may begin types,
/// parsers spend seconds on thousands of them without asking whether to go on.
pub(super) fn too_deep(text: &[u8]) -> bool {
    let (mut depth, mut angles) = (0usize, 0usize);
    text.iter().any(|byte| {
        match byte {
            b'(' | b'[' => depth += 1,
            b'{' => (depth, angles) = (depth + 1, 0),
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => (depth, angles) = (depth.saturating_sub(1), 0),
            b'<' => angles += 1,
            b'>' => angles = angles.saturating_sub(1),
            b';' | b'\n' => angles = 0,
            _ => {}
        }
        depth > DEEPEST || angles > DEEPEST
    })
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
    static CURSOR: RefCell<QueryCursor> = RefCell::new(QueryCursor::new());
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// The last tree that a thread made. What is asked about a place in a text takes several looks at one tree.
struct Last {
    language: tree_sitter::Language,
    text: blake3::Hash,
    tree: Tree,
}

/// Trees of longer texts are not kept: they take up to thirty times the text's bytes, on every thread that parses.
const KEPT: usize = 512 << 10;

/// Parses the text; `None` when the budget ran out. The same text again costs nothing on the same thread.
pub(super) fn parse(language: &tree_sitter::Language, text: &[u8], budget: &Budget) -> Option<Tree> {
    if text.len() > KEPT {
        return parsed(language, text, budget);
    }
    let hash = blake3::hash(text);
    LAST.with_borrow_mut(|last| {
        if let Some(last) = last.as_ref().filter(|last| last.text == hash && last.language == *language) {
            return Some(last.tree.clone());
        }
        // The old tree goes before the new one comes.
        *last = None;
        let tree = parsed(language, text, budget)?;
        *last = Some(Last { language: language.clone(), text: hash, tree: tree.clone() });
        Some(tree)
    })
}

/// Has a text's tree at hand on this thread, as if it had been parsed here.
pub(super) fn lend(language: &tree_sitter::Language, text: &[u8], tree: &Tree) {
    if text.len() <= KEPT {
        let (language, text, tree) = (language.clone(), blake3::hash(text), tree.clone());
        LAST.set(Some(Last { language, text, tree }));
    }
}

/// Parses a text again after edits that the old tree was told of; what they did not touch is taken over. `None` also when
/// the parser is lost for more than so many steps, see [`Budget::steps`]: it never is in a text without errors.
pub(super) fn reparse(
    language: &tree_sitter::Language,
    text: &[u8],
    old: &Tree,
    lost: Option<u64>,
    budget: &Budget,
) -> Option<Tree> {
    run(language, text, Some((old, lost)), budget)
}

fn parsed(language: &tree_sitter::Language, text: &[u8], budget: &Budget) -> Option<Tree> {
    run(language, text, None, budget)
}

fn run(
    language: &tree_sitter::Language,
    text: &[u8],
    again: Option<(&Tree, Option<u64>)>,
    budget: &Budget,
) -> Option<Tree> {
    let (old, mut lost) = again.map_or((None, None), |(old, lost)| (Some(old), lost));
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(language).ok()?;
        let mut meter = Meter::new(budget);
        let mut progress = |state: &tree_sitter::ParseState| {
            let Some(lost) = lost.as_mut().filter(|_| state.has_error()) else { return meter.step() };
            *lost = lost.saturating_sub(1);
            if *lost == 0 { ControlFlow::Break(()) } else { meter.step() }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let tree = parser.parse_with_options(&mut |at, _| text.get(at..).unwrap_or_default(), old, Some(options));
        if tree.is_none() {
            // Without this the next parse would resume this one.
            parser.reset();
        }
        tree
    })
}

/// Lends this thread's query cursor.
pub(super) fn with_cursor<T>(work: impl FnOnce(&mut QueryCursor) -> T) -> T {
    CURSOR.with_borrow_mut(|cursor| {
        cursor.set_match_limit(MATCH_LIMIT);
        work(cursor)
    })
}
