//! The definitions of all files, in memory: what `workspace/symbol` is answered from while the table is being filled.
//!
//! One file's definitions are one compact block ([`rows::Rows`]). Blocks are replaced whole, so a search holds no lock
//! while it looks. Every change takes a ticket when it starts, and what is older than the block that is there is dropped:
//! a slow reading of the disk never undoes a newer edit.

mod fill;
mod find;
mod fit;
mod gate;
mod near;
mod rows;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cancel::Cancel;
use crate::syntax::{Budget, Extracted, Kind, Language, extract};
use crate::workspace::{Mark, RelPath};

use super::parsed::aside;
pub use fill::Progress;
use gate::Gate;
pub use gate::Paused;
pub use near::near;
use rows::Rows;

/// Bytes that a table takes when nothing else is said: the definitions of the Linux kernel need about half of it.
const LIMIT: usize = 512 << 20;

/// The definitions of all files. Usable from many threads while it is being filled.
pub struct Table {
    limit: usize,
    budget: Budget,
    gate: Arc<Gate>,
    /// One filling at a time.
    filling: Mutex<()>,
    /// Files that it reads before all others.
    first: Mutex<VecDeque<Order>>,
    shelf: Mutex<Shelf>,
}

/// How far the table is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// Files whose definitions are known, and files there are, both of those in languages that have definitions.
    pub done: usize,
    pub total: usize,
    /// The last filling came to its end.
    pub complete: bool,
    /// The byte budget is spent: files are left out, the least useful ones.
    pub full: bool,
    /// Files that could only be read line by line, too big or too odd to parse.
    pub partial: usize,
    pub symbols: usize,
    /// What the table takes, about.
    pub bytes: usize,
}

/// A definition in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub kind: Kind,
    pub path: RelPath,
    /// Where the name is: both 1-based, the column in UTF-16 code units.
    pub line: u32,
    pub column: u32,
    /// What it is in, qualified (`outer.Inner`); empty at the top.
    pub container: String,
}

/// The blocks, and what is known about them.
#[derive(Default)]
struct Shelf {
    files: BTreeMap<Order, Held>,
    /// Files that went, by the ticket of the change that said so.
    gone: HashMap<RelPath, u64>,
    /// The blocks in order, made when first asked for after a change.
    listed: Option<Arc<[Arc<Rows>]>>,
    ticket: u64,
    /// What began before this ticket is not wanted any more.
    cleared: u64,
    bytes: usize,
    symbols: usize,
    partial: usize,
    /// Files of the last filling, and those of them that cannot be read.
    total: usize,
    unreadable: usize,
    complete: bool,
    full: bool,
}

struct Held {
    rows: Arc<Rows>,
    origin: Origin,
    /// Of the change that put it here.
    ticket: u64,
}

/// What a block was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Snapshot(Mark),
    /// An open buffer, which wins until it is closed.
    Buffer,
    /// A buffer that was closed: what the disk has is to be read again.
    Closed,
}

/// The order of files: own code before tests and vendored code, shallow before deep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    aside: u8,
    depth: u32,
    length: u32,
    path: RelPath,
}

impl Order {
    fn of(path: &RelPath) -> Self {
        let text = path.as_str();
        let depth = memchr::memchr_iter(b'/', text.as_bytes()).count() as u32;
        Self { aside: aside(text), depth, length: text.len() as u32, path: path.clone() }
    }
}

impl Table {
    pub fn new() -> Self {
        Self::with_limit(LIMIT)
    }

    /// A table that takes about `limit` bytes, and then leaves files out.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            budget: Budget::default(),
            gate: Arc::default(),
            filling: Mutex::default(),
            first: Mutex::default(),
            shelf: Mutex::default(),
        }
    }

    /// How far it is.
    pub fn state(&self) -> State {
        let shelf = self.shelf();
        State {
            done: (shelf.files.len() + shelf.unreadable).min(shelf.total),
            total: shelf.total,
            complete: shelf.complete,
            full: shelf.full,
            partial: shelf.partial,
            symbols: shelf.symbols,
            bytes: shelf.bytes,
        }
    }

    /// Waits while the filling is held up, for other work in the background. `false` when that was cancelled.
    pub fn passes(&self, cancel: &Cancel) -> bool {
        self.gate.pass(cancel)
    }

    /// Holds the filling up, between two files, for as long as the returned value lives. Pauses nest.
    pub fn pause(&self) -> Paused {
        Paused::new(&self.gate)
    }

    /// An open buffer's definitions, which win over the disk's until [`Self::close`]; or `None`: the file went. When two
    /// updates of one file overlap, the one that was called last counts.
    pub fn update(&self, path: &RelPath, found: Option<(Language, &Extracted)>) {
        let ticket = self.ticket();
        match found {
            Some((language, found)) => {
                let rows = Rows::new(path.clone(), &found.symbols, found.partial && language.has_grammar());
                self.shelf().put(rows, Origin::Buffer, ticket);
            }
            None => self.shelf().withdraw(path, ticket),
        }
    }

    /// Forgets everything, and drops what is being read meanwhile.
    pub fn clear(&self) {
        let ticket = self.ticket();
        let empty = Shelf { ticket, cleared: ticket, ..Shelf::default() };
        // Outside of the lock: there may be much to let go of.
        drop(std::mem::replace(&mut *self.shelf(), empty));
    }

    fn rows(&self, path: &RelPath, language: Option<Language>, text: &str) -> Rows {
        match language.filter(|language| language.has_definitions()) {
            Some(language) => {
                let found = extract(language, text, &self.budget);
                Rows::new(path.clone(), &found.symbols, found.partial && language.has_grammar())
            }
            None => Rows::new(path.clone(), &[], false),
        }
    }

    /// A number that is higher than every one before.
    fn ticket(&self) -> u64 {
        let shelf = &mut *self.shelf();
        shelf.ticket += 1;
        shelf.ticket
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // Nothing in here leaves the shelf half done.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

impl Shelf {
    /// Whether something newer is known of a file than a change with this ticket.
    fn is_outdated(&self, order: &Order, ticket: u64) -> bool {
        ticket < self.cleared
            || self.files.get(order).is_some_and(|held| held.ticket > ticket)
            || self.gone.get(&order.path).is_some_and(|gone| *gone > ticket)
    }

    fn put(&mut self, rows: Rows, origin: Origin, ticket: u64) {
        let order = Order::of(&rows.path);
        if self.is_outdated(&order, ticket) {
            return;
        }
        self.count(&rows, true);
        self.gone.remove(&rows.path);
        let held = Held { rows: Arc::new(rows), origin, ticket };
        if let Some(before) = self.files.insert(order, held) {
            self.count(&before.rows, false);
        }
        self.listed = None;
    }

    fn withdraw(&mut self, path: &RelPath, ticket: u64) {
        let order = Order::of(path);
        if self.is_outdated(&order, ticket) {
            return;
        }
        if let Some(before) = self.files.remove(&order) {
            self.count(&before.rows, false);
            self.listed = None;
        }
        self.gone.insert(path.clone(), ticket);
    }

    fn count(&mut self, rows: &Rows, more: bool) {
        let sum = |sum: usize, part: usize| if more { sum + part } else { sum - part };
        self.bytes = sum(self.bytes, rows.bytes());
        self.symbols = sum(self.symbols, rows.len());
        self.partial = sum(self.partial, usize::from(rows.partial));
    }

    fn listed(&mut self) -> Arc<[Arc<Rows>]> {
        let files = &self.files;
        Arc::clone(self.listed.get_or_insert_with(|| files.values().map(|held| Arc::clone(&held.rows)).collect()))
    }
}
