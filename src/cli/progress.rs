//! Progress on stderr: one live line on a terminal, plain lines elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use crate::agent::activity::Activity;
use crate::agent::event::{Emit, RunEvent};
use crate::display;

/// The progress of one run. Clones show the same line.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

struct Shared {
    bar: Option<ProgressBar>,
    show_code: bool,
    started: Instant,
    activity: Mutex<Activity>,
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
        Self(Arc::new(Shared { bar, show_code, started: Instant::now(), activity: Mutex::default() }))
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
        {
            let mut activity = self.0.activity.lock().unwrap_or_else(PoisonError::into_inner);
            activity.hear(&event);
            if let Some(bar) = &self.0.bar {
                bar.set_message(display::terminal(&status(&activity, self.0.started.elapsed())).into_owned());
            }
        }
        let (agent, event) = match event {
            RunEvent::Of { agent, event } => (agent, *event),
            event => (0, event),
        };
        if let Some(line) = self.line(agent, event) {
            self.say(&line);
        }
    }

    /// What is said of an event in a line that stays.
    fn line(&self, agent: u64, event: RunEvent) -> Option<String> {
        let Shared { show_code, bar, .. } = &*self.0;
        // Lines of a child begin with its number.
        let of = if agent > 0 { format!("child {agent}: ") } else { String::new() };
        Some(match event {
            RunEvent::CallFinished { error: Some(error), .. } => format!("{of}a model call failed: {error}"),
            RunEvent::CallRetry { reason, wait, .. } => format!("{of}{reason}; again in {:.1} s", wait.as_secs_f64()),
            RunEvent::Cell { cell, code } if *show_code => format!("--- {of}cell {cell}\n{}", code.trim_end()),
            RunEvent::Cell { cell, code } if bar.is_none() => {
                format!("{of}turn {cell}: running {} lines of code", code.lines().count())
            }
            RunEvent::CellDone { output, error, .. } if *show_code => {
                let error = error.map_or(String::new(), |error| format!("\n{error}"));
                format!("--- {of}output\n{}", format!("{output}{error}").trim())
            }
            RunEvent::AgentStarted { agent, question, scope, .. } if *show_code || bar.is_none() => {
                let over = if scope.is_empty() { String::new() } else { format!(" over {}", scope.join(", ")) };
                format!("child {agent}{over}: {}", question.lines().next().unwrap_or_default())
            }
            RunEvent::AgentEnded { agent, error: Some(error) } => format!("child {agent} ended: {error}"),
            RunEvent::AgentEnded { agent, error: None } if *show_code || bar.is_none() => {
                format!("child {agent} answered")
            }
            RunEvent::Note { text } => format!("{of}{text}"),
            RunEvent::Limit { tripped } => format!("{of}{tripped}"),
            _ => return None,
        })
    }
}

fn status(activity: &Activity, elapsed: Duration) -> String {
    let mut text = format!("turn {} · {} · {} s", activity.turn, activity.words(), elapsed.as_secs());
    if activity.spent.usage.input > 0 {
        text.push_str(" · ");
        text.push_str(&output::money(activity.spent.usd, activity.spent.unpriced));
    }
    text
}
