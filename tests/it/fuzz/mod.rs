//! Search against ripgrep on trees, changes, open buffers and questions by chance: without the text tier, with it, and with one
//! that is out of date.
//!
//! `make fuzz` asks more questions than `make test`. A difference is shown with the smallest case that still has it.

mod ask;
mod ripgrep;
mod shrink;
mod standing;
mod text;
mod words;
mod world;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ask::{Ask, Source};
use world::World;

use crate::random::Random;
use crate::search;

/// How many questions are asked of one tree.
const PER_TREE: u64 = 50;

/// Differences beyond these are probably the same.
const SHOWN: usize = 3;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What one tree was asked.
#[derive(Default)]
struct Tally {
    asked: u64,
    matched: u64,
    refused: u64,
    /// Questions that took ripgrep too long.
    unanswered: u64,
    /// Questions that the tier could help with.
    narrowed: u64,
}

#[test]
fn finds_what_ripgrep_finds_in_any_tree() {
    let program = search::ripgrep();
    let (seed, cases) = (number("SPELUNK_SEED", 1), number("SPELUNK_FUZZ_CASES", 5_000));
    let trees = cases.div_ceil(PER_TREE);
    let (next, wrong, all) = (AtomicU64::new(0), Mutex::new(Vec::new()), Mutex::new(Tally::default()));
    let work = || {
        loop {
            let tree = next.fetch_add(1, Ordering::Relaxed);
            if tree >= trees || wrong.lock().unwrap().len() >= SHOWN {
                break;
            }
            match one_tree(&program, seed, tree, PER_TREE.min(cases - tree * PER_TREE)) {
                Ok(tally) => {
                    let mut all = all.lock().unwrap();
                    all.asked += tally.asked;
                    all.matched += tally.matched;
                    all.refused += tally.refused;
                    all.unanswered += tally.unanswered;
                    all.narrowed += tally.narrowed;
                }
                Err(difference) => wrong.lock().unwrap().push(difference),
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "SPELUNK_SEED={seed}:\n\n{}", wrong.join("\n\n"));
    let Tally { asked, matched, refused, unanswered, narrowed } = all.into_inner().unwrap();
    println!(
        "{asked} asked, {matched} matched, {refused} were refused, {unanswered} took ripgrep too long, {narrowed} were for the text tier"
    );
    assert!(
        matched > asked / 3 && refused < asked / 8 && unanswered < asked / 100 && narrowed > asked / 3,
        "of {asked}: {matched} {refused} {unanswered} {narrowed}"
    );
}

fn one_tree(program: &Path, seed: u64, tree: u64, asks: u64) -> Result<Tally, String> {
    let mut random = Random::new(seed.wrapping_mul(1 << 32) + tree);
    let world = World::by_chance(&mut random);
    let source = Source::of(&world);
    let asks: Vec<Ask> = (0..asks).map(|_| source.ask(&mut random)).collect();
    standing::compare(program, &world, &asks)
        .map_err(|(ask, _)| format!("tree {tree}: {}", shrink::smallest(program, world, asks[ask].clone())))
}
