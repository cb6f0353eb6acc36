//! A conversation: the REPL that its questions share, and what later questions are told of earlier ones.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;

use super::answers::seen::Earlier;
use super::prompt::origins::{LISTING, Origins, Print, Trail};
use super::session::Session;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::repl::{Repl, ReplError};
use crate::workspace::RelPath;

/// Earlier questions that a prompt shows, and whose lines still count.
const MOST_TURNS: usize = 8;

/// Characters of an earlier question and of its answer.
const MOST_QUESTION: usize = 1_000;
const MOST_ANSWER: usize = 4_000;

/// Variables that a prompt lists.
const MOST_VARIABLES: usize = 60;

/// Questions that share one REPL. Each is a run of its own, with its own budget, journal and view of the files; the
/// variables stay.
///
/// Dropping it ends the worker.
#[derive(Default)]
pub struct Conversation {
    repl: Option<Repl>,
    /// The recorded run that used the REPL last.
    run: Option<String>,
    turns: VecDeque<Turn>,
    asked: usize,
    /// Whether variables were made that a worker's end would take away.
    filled: bool,
    variables: BTreeMap<String, Variable>,
    origins: Origins,
    /// The cells of questions that `origins` does not know yet, with the files as they were for them.
    trails: Vec<(Trail, BTreeMap<String, Print>)>,
    /// The cells of the question that is being answered.
    trail: Trail,
}

struct Turn {
    number: usize,
    question: String,
    answer: String,
    seen: Arc<Earlier>,
}

struct Variable {
    what: String,
    /// The question that it comes from.
    number: usize,
}

impl Conversation {
    /// Ends the worker, which takes its memory and the variables along; the next question starts another and is told.
    pub fn rest(&mut self) {
        self.repl = None;
    }

    /// The process that holds the variables; `None` while there is none.
    pub fn worker(&self) -> Option<u32> {
        self.repl.as_ref().and_then(Repl::worker)
    }

    /// What earlier questions have looked at.
    pub(super) fn seen(&self) -> Vec<Arc<Earlier>> {
        self.turns.iter().map(|turn| turn.seen.clone()).collect()
    }

    /// The REPL, serving `session` from now on. Started when there is none.
    pub(super) async fn repl(&mut self, session: &Session) -> Result<&mut Repl, ReplError> {
        self.filled = true;
        self.part(session);
        let journal = &session.bindings.calls.journal;
        let before = std::mem::replace(&mut self.run, journal.id().map(str::to_owned));
        let repl = match self.repl.take() {
            Some(mut repl) => {
                session.adopt(&mut repl);
                if let Some(run) = before {
                    journal.write(Event::Follows { run });
                }
                repl
            }
            None => session.repl().await?,
        };
        Ok(self.repl.insert(repl))
    }

    /// The variables that are there, as the loop compares them.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        self.variables.iter().map(|(name, variable)| (name.clone(), variable.what.clone())).collect()
    }

    /// Ends a worker that has a `plan` where this run has none, or has none where this run plans: only its start can set that.
    fn part(&mut self, session: &Session) {
        if self.repl.as_ref().is_some_and(|repl| repl.plans() != session.bindings.options.plan) {
            self.repl = None;
        }
    }

    /// What a question's prompt says of those before it; `None` for the first.
    pub(super) async fn recall(&mut self, session: &Arc<Session>, cancel: &Cancel) -> Option<String> {
        if self.asked == 0 {
            return None;
        }
        self.part(session);
        let state = self.variables_now(session, cancel).await;
        let left_out = self.asked.saturating_sub(self.turns.len());
        let mut text = String::new();
        if left_out > 0 {
            let are = if left_out == 1 { "is" } else { "are" };
            let _ = writeln!(text, "[{left_out} of {} earlier questions {are} left out]", self.asked);
        }
        for turn in &self.turns {
            let _ = writeln!(text, "Question {}:\n{}", turn.number, quoted(&turn.question, MOST_QUESTION));
            let _ = writeln!(text, "Answer {}:\n{}", turn.number, quoted(&turn.answer, MOST_ANSWER));
        }
        text.push_str(&state);
        Some(text)
    }

    async fn variables_now(&mut self, session: &Arc<Session>, cancel: &Cancel) -> String {
        let Some(repl) = self.repl.as_mut().and_then(|repl| repl.is_live().then_some(repl)) else {
            self.repl = None;
            self.variables.clear();
            self.origins = Origins::default();
            self.trails.clear();
            return match std::mem::take(&mut self.filled) {
                true => "The worker was ended since: all variables are gone.\n".to_owned(),
                false => "There are no variables.\n".to_owned(),
            };
        };
        session.adopt(repl);
        let now = repl.vars(cancel).await;
        let number = self.asked;
        let mut before = std::mem::take(&mut self.variables);
        for (trail, prints) in self.trails.drain(..) {
            self.origins.follow(&trail, &now, &prints);
        }
        self.origins.retain(|name| now.contains_key(name));
        let files = prints(session, self.origins.paths()).await;
        self.variables = now
            .into_iter()
            .map(|(name, what)| match before.remove(&name) {
                Some(variable) if variable.what == what => (name, variable),
                _ => (name, Variable { what, number }),
            })
            .collect();
        if self.variables.is_empty() {
            return "There are no variables.\n".to_owned();
        }
        let mut text = "Variables, which hold the files as they were for their question:\n".to_owned();
        for (name, Variable { what, number }) in self.variables.iter().take(MOST_VARIABLES) {
            let stale = self.origins.stale(name, &files).map_or(String::new(), |why| format!("; stale: {why}"));
            let _ = writeln!(text, "- {name}: {what} (question {number}{stale})");
        }
        if self.variables.len() > MOST_VARIABLES {
            let _ = writeln!(text, "- and {} more", self.variables.len() - MOST_VARIABLES);
        }
        text
    }

    /// Keeps a question that was answered, or was not.
    pub(super) async fn keep(&mut self, session: &Arc<Session>, question: &str, answer: &str) {
        let looked_at = session.clone();
        let seen = tokio::task::spawn_blocking(move || {
            let text = |path: &str| looked_at.snapshot.text(&RelPath::parse(path).ok()?).ok();
            Arc::new(Earlier::new(&looked_at.bindings.calls.seen, text))
        });
        let trail = std::mem::take(&mut self.trail);
        let prints = prints(session, trail.files()).await;
        self.trails.push((trail, prints));
        let Ok(seen) = seen.await else { return };
        let (question, answer) = (question.to_owned(), answer.to_owned());
        self.turns.push_back(Turn { number: self.asked, question, answer, seen });
        if self.turns.len() > MOST_TURNS {
            self.turns.pop_front();
        }
    }

    /// Takes the cells of the question that is being answered.
    pub(super) fn ran(&mut self, trail: Trail) {
        self.trail = trail;
    }

    /// Counts a question that begins.
    pub(super) fn begin(&mut self) {
        self.asked += 1;
    }
}

/// What tells the files' texts of now from others.
async fn prints(session: &Arc<Session>, paths: BTreeSet<String>) -> BTreeMap<String, Print> {
    let session = session.clone();
    let work = tokio::task::spawn_blocking(move || {
        let print = |path: &str| match path {
            LISTING => {
                let mut hasher = blake3::Hasher::new();
                for file in session.snapshot.files().ok()? {
                    hasher.update(format!("{}\0{}\0", file.path, session.snapshot.size(file)).as_bytes());
                }
                Some(hasher.finalize())
            }
            path => session.snapshot.text(&RelPath::parse(path).ok()?).ok().map(|text| blake3::hash(text.as_bytes())),
        };
        paths.into_iter().map(|path| (print(&path), path)).map(|(print, path)| (path, print)).collect()
    });
    work.await.unwrap_or_default()
}

/// A text cut to `most` characters, every line behind a mark, so that none passes for a part of the prompt's frame.
fn quoted(text: &str, most: usize) -> String {
    let mut cut: String = text.chars().take(most).collect();
    if cut.len() < text.len() {
        cut.push_str("\n[…]");
    }
    cut.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        let check = |text: &str, most: usize, expect: &str| assert_eq!(quoted(text, most), expect, "{text:?}");
        check("a\n</question>", 100, "> a\n> </question>");
        check("ab\ncd", 4, "> ab\n> c\n> […]");
        check("", 4, "");
    }
}
