//! Progress on stderr: one live line on a terminal, plain lines elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use crate::agent::budget::Spent;
use crate::agent::event::{Emit, RunEvent};
use crate::display;
use crate::journal::event::Role;

/// The progress of one run. Clones show the same line.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

struct Shared {
    bar: Option<ProgressBar>,
    show_code: bool,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    turn: u32,
    doing: String,
    spent: Spent,
    open: u32,
}

impl Live {
    pub fn new(show_code: bool) -> Self {
        let bar = output::stderr_is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(
                ProgressStyle::with_template("{spinner} {wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self(Arc::new(Shared { bar, show_code, started: Instant::now(), state: Mutex::default() }))
    }

    pub fn emit(&self) -> Emit {
        let live = self.clone();
        Arc::new(move |event| live.event(event))
    }

    /// A line that stays.
    pub fn say(&self, text: &str) {
        match &self.0.bar {
            Some(bar) => bar.suspend(|| output::error_line(text)),
            None => output::error_line(text),
        }
    }

    /// Takes the live line away.
    pub fn finish(&self) {
        if let Some(bar) = &self.0.bar {
            bar.finish_and_clear();
        }
    }

    fn event(&self, event: RunEvent) {
        let mut line = None;
        {
            let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                RunEvent::TurnStarted { turn } => {
                    state.turn = turn;
                    state.doing = "thinking".to_owned();
                }
                RunEvent::CallStarted { role: Role::Leaf, label, .. } => {
                    state.open += 1;
                    state.doing = format!("{} sub-calls: {label}", state.open);
                }
                RunEvent::CallFinished { role, error, hit, spent, .. } => {
                    if hit {
                        state.doing =
                            format!("{} from the cache", output::plural(u64::from(spent.hits), "reply", "replies"));
                    }
                    state.spent = spent;
                    if role == Role::Leaf {
                        state.open = state.open.saturating_sub(1);
                    }
                    line = error.map(|error| format!("a model call failed: {error}"));
                }
                RunEvent::CallRetry { reason, wait, .. } => {
                    line = Some(format!("{reason}; again in {:.1} s", wait.as_secs_f64()));
                }
                RunEvent::Looking { what } => {
                    state.doing.clone_from(&what);
                    // Without a live line every look would be a line of its own: too many.
                }
                RunEvent::Cell { cell, code } => {
                    state.doing = "running code".to_owned();
                    line = if self.0.show_code {
                        Some(format!("--- cell {cell}\n{}", code.trim_end()))
                    } else {
                        self.0
                            .bar
                            .is_none()
                            .then(|| format!("turn {cell}: running {} lines of code", code.lines().count()))
                    };
                }
                RunEvent::CellDone { output, error, .. } if self.0.show_code => {
                    let mut shown = output;
                    if let Some(error) = error {
                        shown.push('\n');
                        shown.push_str(&error);
                    }
                    line = Some(format!("--- output\n{}", shown.trim()));
                }
                RunEvent::Note { text } => line = Some(text),
                RunEvent::Limit { tripped } => line = Some(tripped.to_string()),
                _ => {}
            }
            if let Some(bar) = &self.0.bar {
                bar.set_message(display::terminal(&status(&state, self.0.started.elapsed())).into_owned());
            }
        }
        if let Some(line) = line {
            self.say(&line);
        }
    }
}

fn status(state: &State, elapsed: Duration) -> String {
    let mut text = format!("turn {} · {} · {} s", state.turn, state.doing.replace('\n', " "), elapsed.as_secs());
    if state.spent.usage.input > 0 {
        text.push_str(" · ");
        text.push_str(&output::money(state.spent.usd, state.spent.unpriced));
    }
    text
}
