//! What runs a loop's cells: a REPL, or whatever stands in for one.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::cancel::Cancel;
use crate::repl::{Outcome, Repl};

/// A REPL as the loop uses it.
pub trait Cells: Send + Sync {
    /// How many cells have run.
    fn cells(&self) -> u64;

    fn run<'a>(&'a mut self, code: &'a str, cancel: &'a Cancel) -> BoxFuture<'a, Outcome>;

    /// The variables so far, each with its type and size.
    fn vars<'a>(&'a mut self, cancel: &'a Cancel) -> BoxFuture<'a, BTreeMap<String, String>>;
}

impl Cells for Repl {
    fn cells(&self) -> u64 {
        Repl::cells(self)
    }

    fn run<'a>(&'a mut self, code: &'a str, cancel: &'a Cancel) -> BoxFuture<'a, Outcome> {
        Repl::run(self, code, cancel).boxed()
    }

    fn vars<'a>(&'a mut self, cancel: &'a Cancel) -> BoxFuture<'a, BTreeMap<String, String>> {
        Repl::vars(self, cancel).boxed()
    }
}
