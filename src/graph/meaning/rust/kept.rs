//! Texts that were read already, kept for the run by their content: a plan asks about nearly the same files often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::syntax::Budget;

use super::hir::FileDefs;
use super::lower::lower;

/// Bytes of text whose definitions are kept; they take about twenty times as much.
const BYTES: usize = 16 << 20;

/// What Rust texts define. Safe to share between threads; two threads may read the same text once each.
#[derive(Default)]
pub(in crate::graph) struct Kept(Mutex<Texts>);

#[derive(Default)]
struct Texts {
    by_text: HashMap<[u8; 32], Arc<FileDefs>>,
    bytes: usize,
}

impl Kept {
    /// What a text defines: nothing where it cannot be parsed.
    pub(super) fn of(&self, text: &str, budget: &Budget) -> Arc<FileDefs> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = *blake3::hash(text.as_bytes()).as_bytes();
        if let Some(known) = lock().by_text.get(&key) {
            return Arc::clone(known);
        }
        let Some(found) = lower(text, budget).map(Arc::new) else { return Arc::default() };
        let mut kept = lock();
        if kept.bytes + text.len() > BYTES {
            *kept = Texts::default();
        }
        kept.bytes += text.len();
        kept.by_text.insert(key, Arc::clone(&found));
        found
    }
}
