//! The row of a child: its question, its turns, its answer and its end.

use std::fmt::Write as _;

use super::super::super::show::{plural, seconds};
use super::super::super::tree::Agent;
use super::super::axis::{Kind, bars, times};
use super::super::text::{Fold, Owner, line};
use super::{Rows, state, used};

impl<'p, 'a> Rows<'p, 'a> {
    /// A child, with all that it did.
    pub(super) fn agent(&mut self, agent: &'p Agent<'a>) {
        if !self.room() {
            return;
        }
        let (length, texts) = (self.tree.length, &self.texts);
        let mut label = format!("<b>Child {}</b>", agent.number);
        if agent.state() != "answered" {
            let _ = write!(label, " {}", state(agent.state()));
        }
        if let Some(started) = agent.started {
            for scope in started.scope.iter().take(3) {
                let _ = write!(label, " <code>{}</code>", line(scope, 60));
            }
            let more = if started.scope.len() > 3 { "…" } else { "" };
            let _ = write!(label, "{more} <q>{}</q>", texts.beginning(&started.question));
        }
        let turns = agent.turns.iter().filter(|turn| turn.number.is_some()).count() as u64;
        let (took, used) = (seconds(agent.span.duration(length)), used(self.tree.calls_below(agent)));
        let facts = format!("{took}, {}, {used}", plural(turns, "turn"));
        let bar = bars(length, if agent.failed() { Kind::Failed } else { Kind::Child }, [agent.span].into_iter());
        self.begin("child", &format!("child-{}", agent.number), false, &label, &facts, &bar);
        match agent.started {
            Some(started) => {
                let scope = match started.scope.len() {
                    0 => "no files".to_owned(),
                    _ => line(&started.scope.join(", "), 1_000),
                };
                let _ = write!(
                    self.out,
                    "<p class=text>depth {}, item {} of host call {}, {}, over {scope}</p>",
                    started.depth,
                    started.item + 1,
                    started.host,
                    times(agent.span, length)
                );
                self.texts.body(&mut self.out, "question", &started.question, Owner::Child, Fold::Open);
            }
            None => self.out.push_str("<p class=warn>its beginning is not in the journal</p>"),
        }
        self.turns(agent);
        if let Some(answer) = agent.answer.as_ref().filter(|answer| !answer.held) {
            self.texts.body(&mut self.out, "answer", answer.value, Owner::Child, Fold::Open);
        }
        match agent.end {
            Some((_, "")) => {}
            Some((_, detail)) => self.texts.plain(&mut self.out, agent.state(), detail, Owner::Child),
            None => self.out.push_str("<p class=warn>no end of this child is in the journal</p>"),
        }
        self.end();
    }
}
