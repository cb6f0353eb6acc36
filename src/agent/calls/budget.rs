//! One budget for a whole run: reserve before a call is sent, settle after it, so that no batch can overshoot.
//!
//! A share is kept back from the start for the one salvage call that a tripped limit is owed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::model::Usage;

/// For each call that a run may make, as many replies may come from the cache.
const HITS_PER_CALL: u32 = 10;

/// Upper bounds of a run, the salvage call included.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Cells that the root may run; a child at depth d has a 2^d-th of them, and at least four.
    pub turns: u32,
    /// Requests to models, root and leaf together. Ten times as many replies may come from the cache.
    pub calls: u32,
    /// Input and output tokens together.
    pub tokens: u64,
    /// Money in US dollars; unknown prices count as nothing.
    pub usd: Option<f64>,
    pub wall: Duration,
    /// Model requests in flight at once.
    pub concurrency: usize,
    /// Tokens that a prompt of a loop and its reply may have together; 0: what the model's window has.
    pub context: u64,
    /// Levels of children below the root.
    pub depth: u32,
    /// Workers that live at once, the root's included; at least one for each level.
    pub workers: usize,
    /// Writable memory of all of them together, in bytes.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            turns: 24,
            calls: 120,
            tokens: 4_000_000,
            usd: Some(2.0),
            wall: Duration::from_secs(20 * 60),
            concurrency: 8,
            context: 0,
            depth: 2,
            workers: 6,
            memory: 4 << 30,
        }
    }
}

impl Limits {
    /// Cells of an agent at this depth.
    pub fn turns_at(&self, depth: u32) -> u32 {
        self.turns.checked_shr(depth).unwrap_or(0).max(4).min(self.turns)
    }
}

/// Which limit ended something, as it stands in answers and journals.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "tripped")]
pub enum Tripped {
    #[error("the limit of {limit} turns was reached")]
    Turns { limit: u32 },
    #[error("the limit of {limit} model calls was reached")]
    Calls { limit: u32 },
    #[error("the limit of {limit} levels of children was reached")]
    Depth { limit: u32 },
    #[error("the next call could exceed the limit of {limit} tokens ({left} left)")]
    Tokens { limit: u64, left: u64 },
    #[error("the next call could exceed the limit of {} ({} left)", money(*limit), money(*left))]
    Usd { limit: f64, left: f64 },
    #[error("the time limit of {limit_s} s was reached")]
    Wall { limit_s: u64 },
    #[error("the model wrote no code {times} times in a row")]
    NoCode { times: u32 },
    #[error("the model repeated the same cell {times} times")]
    Repeated { times: u32 },
    #[error("the last {times} cells all showed the same")]
    Circles { times: u32 },
    #[error("stopped by the user")]
    AnswerNow,
    #[error("the model could not be reached: {reason}")]
    Model { reason: String },
}

/// Dollars, with as many digits as small amounts take.
fn money(usd: f64) -> String {
    if usd < 0.1 && usd > 0.0 { format!("${usd:.6}") } else { format!("${usd:.2}") }
}

/// What is left, as `budget()` shows it to the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Left {
    pub turns: u32,
    pub calls: u32,
    pub tokens: u64,
    pub usd: Option<f64>,
    pub seconds: u64,
    /// Levels of children below whoever asks.
    pub depth: u32,
}

/// What a run has used so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Spent {
    pub turns: u32,
    pub calls: u32,
    pub usage: Usage,
    /// Money for the calls with a known price.
    pub usd: f64,
    /// Calls whose model has no known price.
    pub unpriced: u32,
    /// Replies that were there already. They are no calls, and cost nothing.
    pub hits: u32,
}

/// The ledger that all calls of one run share.
#[derive(Clone)]
pub struct Ledger(Arc<Shared>);

struct Shared {
    limits: Limits,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    spent: Spent,
    root_turns: u32,
    reserved_calls: u32,
    reserved_tokens: u64,
    reserved_usd: f64,
}

/// What a call may cost at most.
#[derive(Debug, Clone, Copy, Default)]
pub struct Estimate {
    pub input: u64,
    pub output: u64,
    /// `None` when the model's price is unknown.
    pub usd: Option<f64>,
}

/// Whose call it is, which decides what has to be left for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The root's work, and its leaves'.
    Work,
    /// A child's, at this depth: something is kept back for each level above it, so that those who wait for it can still
    /// use what it finds.
    Below(u32),
    /// The last call of the run.
    Salvage,
}

impl Purpose {
    /// The work of an agent at this depth.
    pub fn at(depth: u32) -> Self {
        if depth == 0 { Self::Work } else { Self::Below(depth) }
    }

    /// The last call of an agent at this depth.
    pub fn salvage_at(depth: u32) -> Self {
        depth.checked_sub(1).map_or(Self::Salvage, Self::at)
    }
}

/// A promise of budget to one call. Dropped unsettled, it gives everything back.
pub struct Reservation {
    ledger: Ledger,
    purpose: Purpose,
    estimate: Estimate,
    /// What failed attempts used; set aside beside the estimate.
    lost: Mutex<Estimate>,
    /// Whether it still counts as reserved.
    held: bool,
}

impl Ledger {
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared { limits, started: Instant::now(), state: Mutex::default() }))
    }

    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// Time until work has to stop so that the salvage call still fits.
    pub fn work_time_left(&self) -> Duration {
        let kept = (self.0.limits.wall / 5).min(Duration::from_secs(60));
        (self.0.limits.wall - kept).saturating_sub(self.elapsed())
    }

    /// Time until the run has to be over.
    pub fn time_left(&self) -> Duration {
        self.0.limits.wall.saturating_sub(self.elapsed())
    }

    /// The tokens that are kept back for the salvage call.
    pub fn salvage_tokens(&self) -> u64 {
        (self.0.limits.tokens / 5).min(24_000)
    }

    /// Starts the next turn of an agent that has had `before`, if one is left. Returns its number.
    pub fn turn(&self, before: u32, depth: u32) -> Result<u32, Tripped> {
        self.check_time()?;
        let limit = self.0.limits.turns_at(depth);
        if before >= limit {
            return Err(Tripped::Turns { limit });
        }
        let mut state = self.state();
        state.spent.turns += 1;
        state.root_turns += u32::from(depth == 0);
        Ok(before + 1)
    }

    fn check_time(&self) -> Result<(), Tripped> {
        if self.work_time_left().is_zero() {
            return Err(Tripped::Wall { limit_s: self.0.limits.wall.as_secs() });
        }
        Ok(())
    }

    /// Sets budget aside for one call, or says which limit it could exceed.
    pub fn reserve(&self, estimate: Estimate, purpose: Purpose) -> Result<Reservation, Tripped> {
        let limits = &self.0.limits;
        let (calls_kept, _, _) = self.kept(purpose);
        if purpose != Purpose::Salvage {
            self.check_time()?;
        }
        let mut state = self.state();
        let calls = state.spent.calls + state.reserved_calls;
        if calls + 1 + calls_kept > limits.calls.max(1 + calls_kept) {
            return Err(Tripped::Calls { limit: limits.calls });
        }
        self.check_room(&state, estimate, purpose)?;
        state.reserved_calls += 1;
        state.set_aside(estimate);
        Ok(Reservation { ledger: self.clone(), purpose, estimate, lost: Mutex::default(), held: true })
    }

    /// What a call of this purpose leaves for others: calls, tokens, and the share of the money that it may use.
    fn kept(&self, purpose: Purpose) -> (u32, u64, f64) {
        let limits = &self.0.limits;
        let above = match purpose {
            Purpose::Salvage => return (0, 0, 1.0),
            Purpose::Work => 0,
            Purpose::Below(depth) => depth,
        };
        let calls = 1 + above.saturating_mul((limits.calls / 20).max(1));
        let tokens = self.salvage_tokens() + u64::from(above) * (limits.tokens / 20);
        (calls, tokens, (0.9 - 0.05 * f64::from(above)).max(0.0))
    }

    /// Whether there are tokens and money enough.
    fn check_room(&self, state: &State, estimate: Estimate, purpose: Purpose) -> Result<(), Tripped> {
        let limits = &self.0.limits;
        let (_, tokens_kept, usd_share) = self.kept(purpose);
        let tokens = state.spent.usage.input + state.spent.usage.output + state.reserved_tokens;
        let wanted = estimate.input + estimate.output;
        if tokens + wanted + tokens_kept > limits.tokens {
            let left = limits.tokens.saturating_sub(tokens + tokens_kept);
            return Err(Tripped::Tokens { limit: limits.tokens, left });
        }
        if let (Some(limit), Some(usd)) = (limits.usd, estimate.usd) {
            let used = state.spent.usd + state.reserved_usd;
            if used + usd > limit * usd_share {
                return Err(Tripped::Usd { limit, left: (limit * usd_share - used).max(0.0) });
            }
        }
        Ok(())
    }

    /// Counts a reply that was there already. They cost nothing, but code that does nothing else has to end some time.
    pub fn hit(&self, purpose: Purpose) -> Result<(), Tripped> {
        let limit = self.0.limits.calls;
        let mut state = self.state();
        if purpose != Purpose::Salvage && state.spent.hits >= limit.saturating_mul(HITS_PER_CALL) {
            return Err(Tripped::Calls { limit });
        }
        state.spent.hits += 1;
        Ok(())
    }

    pub fn spent(&self) -> Spent {
        self.state().spent.clone()
    }

    /// What is left for an agent at this depth that has had so many turns.
    pub fn left_at(&self, depth: u32, turns: u32) -> Left {
        let limits = &self.0.limits;
        let turns = limits.turns_at(depth).saturating_sub(turns);
        Left { turns, depth: limits.depth.saturating_sub(depth), ..self.left_for(Purpose::at(depth)) }
    }

    pub fn left(&self) -> Left {
        self.left_for(Purpose::Work)
    }

    fn left_for(&self, purpose: Purpose) -> Left {
        let limits = &self.0.limits;
        let (calls_kept, tokens_kept, usd_share) = self.kept(purpose);
        let state = self.state();
        let tokens = state.spent.usage.input + state.spent.usage.output + state.reserved_tokens + tokens_kept;
        Left {
            turns: limits.turns.saturating_sub(state.root_turns),
            calls: limits.calls.saturating_sub(state.spent.calls + state.reserved_calls + calls_kept),
            tokens: limits.tokens.saturating_sub(tokens),
            usd: limits.usd.map(|usd| (usd * usd_share - state.spent.usd - state.reserved_usd).max(0.0)),
            seconds: self.work_time_left().as_secs(),
            depth: limits.depth,
        }
    }

    /// The smallest share that is left of any limit, from 0 to 1, for an agent at this depth that has had so many turns.
    pub fn share_left(&self, depth: u32, turns: u32) -> f64 {
        let (limits, left) = (&self.0.limits, self.left_at(depth, turns));
        let share = |left: f64, limit: f64| if limit > 0.0 { left / limit } else { 1.0 };
        [
            share(f64::from(left.turns), f64::from(limits.turns_at(depth))),
            share(f64::from(left.calls), f64::from(limits.calls)),
            share(left.tokens as f64, limits.tokens as f64),
            share(left.seconds as f64, limits.wall.as_secs_f64()),
            limits.usd.map_or(1.0, |usd| share(left.usd.unwrap_or(usd), usd)),
        ]
        .into_iter()
        .fold(1.0, f64::min)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set_aside(&mut self, estimate: Estimate) {
        self.reserved_tokens += estimate.input + estimate.output;
        self.reserved_usd += estimate.usd.unwrap_or(0.0);
    }

    fn give_back(&mut self, estimate: Estimate) {
        self.reserved_tokens -= estimate.input + estimate.output;
        self.reserved_usd -= estimate.usd.unwrap_or(0.0);
    }
}

impl Reservation {
    /// Sets aside what a failed attempt of the call used, since another one follows; or says which limit both together
    /// could exceed. `settle` then gets the usage of all attempts.
    pub fn again(&self, used: Usage, usd: Option<f64>) -> Result<(), Tripped> {
        let more = Estimate { input: used.input, output: used.output, usd };
        let mut lost = self.lost();
        let mut state = self.ledger.state();
        let room = self.ledger.check_room(&state, more, self.purpose);
        // Refused or not, it was used.
        state.set_aside(more);
        lost.input += more.input;
        lost.output += more.output;
        lost.usd = usd.map_or(lost.usd, |usd| Some(lost.usd.unwrap_or(0.0) + usd));
        room
    }

    /// Whether failed attempts used something.
    pub fn has_lost(&self) -> bool {
        let Estimate { input, output, .. } = *self.lost();
        input + output > 0
    }

    fn lost(&self) -> MutexGuard<'_, Estimate> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books what the call really used.
    pub fn settle(mut self, usage: Usage, usd: Option<f64>) {
        let ledger = self.ledger.clone();
        let mut state = ledger.state();
        // In one step, lest another call be refused for what is counted twice.
        self.release(&mut state);
        let spent = &mut state.spent;
        spent.calls += 1;
        spent.usage.input += usage.input;
        spent.usage.cached += usage.cached;
        spent.usage.written += usage.written;
        spent.usage.output += usage.output;
        spent.usage.reasoning += usage.reasoning;
        spent.usage.estimated |= usage.estimated;
        match usd {
            Some(usd) => spent.usd += usd,
            None => spent.unpriced += 1,
        }
    }

    /// Books the input of a call that was sent and brought nothing back, and what its earlier attempts used.
    pub fn settle_lost(self) {
        let Estimate { input, output, usd } = self.estimate;
        let share = input as f64 / (input + output).max(1) as f64;
        self.settle_attempts(input, usd.map(|usd| usd * share));
    }

    /// Books what the attempts used of a call for which `again` left no room, or whose last attempt was turned away.
    pub fn settle_refused(self) {
        let usd = self.estimate.usd.map(|_| 0.0);
        self.settle_attempts(0, usd);
    }

    fn release(&mut self, state: &mut State) {
        if std::mem::replace(&mut self.held, false) {
            state.reserved_calls -= 1;
            state.give_back(self.estimate);
            state.give_back(*self.lost());
        }
    }

    fn settle_attempts(self, input: u64, usd: Option<f64>) {
        let lost = *self.lost();
        let usage = Usage { input: input + lost.input, output: lost.output, estimated: true, ..Usage::default() };
        self.settle(usage, usd.map(|usd| usd + lost.usd.unwrap_or(0.0)));
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let ledger = self.ledger.clone();
        self.release(&mut ledger.state());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { calls: 5, tokens: 10_000, usd: Some(1.0), ..Limits::default() }
    }

    fn estimate(tokens: u64, usd: f64) -> Estimate {
        Estimate { input: tokens / 2, output: tokens - tokens / 2, usd: Some(usd) }
    }

    #[test]
    fn a_batch_cannot_overshoot() {
        let ledger = Ledger::new(limits());
        let held: Vec<_> = (0..64).filter_map(|_| ledger.reserve(estimate(100, 0.01), Purpose::Work).ok()).collect();
        assert_eq!(held.len(), 4, "one of five calls is kept for the salvage");
        for reservation in held {
            reservation.settle(Usage { input: 50, output: 50, ..Usage::default() }, Some(0.01));
        }
        assert!(matches!(ledger.reserve(estimate(1, 0.0), Purpose::Work), Err(Tripped::Calls { limit: 5 })));
        assert!(ledger.reserve(estimate(1, 0.0), Purpose::Salvage).is_ok());
    }

    #[test]
    fn each_limit_is_named() {
        let check = |estimate, expect: Tripped| {
            let got = Ledger::new(limits()).reserve(estimate, Purpose::Work).err();
            assert_eq!(got, Some(expect));
        };
        check(estimate(9_000, 0.0), Tripped::Tokens { limit: 10_000, left: 8_000 });
        check(estimate(10, 0.95), Tripped::Usd { limit: 1.0, left: 0.9 });
    }

    #[test]
    fn hits_have_a_bound_of_their_own() {
        let ledger = Ledger::new(limits());
        for _ in 0..50 {
            assert_eq!(ledger.hit(Purpose::Work), Ok(()));
        }
        assert_eq!(ledger.hit(Purpose::Below(1)), Err(Tripped::Calls { limit: 5 }));
        assert_eq!(ledger.hit(Purpose::Salvage), Ok(()));
        let spent = ledger.spent();
        assert_eq!((spent.hits, spent.calls), (51, 0));
    }

    #[test]
    fn what_is_not_settled_comes_back() {
        let ledger = Ledger::new(limits());
        let before = ledger.left().tokens;
        drop(ledger.reserve(estimate(1_000, 0.1), Purpose::Work));
        assert_eq!(ledger.left().tokens, before);
        assert_eq!(ledger.spent(), Spent::default());
    }

    #[test]
    fn a_lost_call_costs_its_input() {
        let ledger = Ledger::new(limits());
        ledger.reserve(estimate(1_000, 0.1), Purpose::Work).unwrap().settle_lost();
        assert_eq!(ledger.spent().usage.input, 500);
        assert_eq!(ledger.spent().usd, 0.05);
    }

    #[test]
    fn failed_attempts_need_room_of_their_own() {
        let ledger = Ledger::new(Limits { usd: None, ..limits() });
        let used = Usage { input: 2_000, output: 1_000, ..Usage::default() };
        let call = ledger.reserve(estimate(4_000, 0.1), Purpose::Work).unwrap();
        assert_eq!(call.again(used, Some(0.05)), Ok(()));
        assert_eq!(ledger.left().tokens, 1_000);
        assert_eq!(call.again(used, Some(0.05)), Err(Tripped::Tokens { limit: 10_000, left: 1_000 }));
        call.settle_refused();
        let spent = ledger.spent();
        assert_eq!((spent.calls, spent.usage.input, spent.usage.output, spent.usd), (1, 4_000, 2_000, 0.1));
        assert_eq!(ledger.left().tokens, 2_000, "nothing stays reserved");
    }

    #[test]
    fn something_is_left_for_those_above() {
        let limits = Limits { calls: 40, tokens: 1_000_000, usd: Some(1.0), ..Limits::default() };
        let check = |purpose, expect: usize| {
            let ledger = Ledger::new(limits.clone());
            let held: Vec<_> = (0..64).map_while(|_| ledger.reserve(estimate(100, 0.001), purpose).ok()).collect();
            assert_eq!(held.len(), expect, "{purpose:?}");
        };
        check(Purpose::Salvage, 40);
        check(Purpose::Work, 39);
        check(Purpose::Below(1), 37);
        check(Purpose::Below(2), 35);
        assert_eq!([0, 1, 2].map(Purpose::salvage_at), [Purpose::Salvage, Purpose::Work, Purpose::Below(1)]);
    }

    #[test]
    fn turns_run_out() {
        let ledger = Ledger::new(Limits { turns: 2, ..limits() });
        assert_eq!(ledger.turn(0, 0), Ok(1));
        assert_eq!(ledger.turn(1, 0), Ok(2));
        assert_eq!(ledger.turn(2, 0), Err(Tripped::Turns { limit: 2 }));
        assert_eq!(ledger.turn(0, 1), Ok(1), "a child has turns of its own");
        assert_eq!((ledger.spent().turns, ledger.left().turns), (3, 0));
    }
}
