//! The notices of one run, kept or made so that they can be told again: numbered anew, and the text of a call in one piece.

use crate::lsp::protocol::{Event, RunNotice};

/// Events of `looking` that are kept: code may look at the repository without end.
const MOST_LOOKING: usize = 2_000;

/// What was told of a run, in order.
#[derive(Debug, Default)]
pub struct Told {
    /// With the agents that they are of; 0 is the run's own.
    events: Vec<(u64, Event)>,
    looking: usize,
}

impl Told {
    /// Takes the next event of an agent.
    pub fn push(&mut self, agent: u64, event: Event) {
        match &event {
            Event::Text { call, text } => {
                if let Some(so_far) = self.text_of(*call) {
                    so_far.push_str(text);
                    return;
                }
            }
            Event::Looking { .. } if self.looking >= MOST_LOOKING => return,
            Event::Looking { .. } => self.looking += 1,
            _ => {}
        }
        self.events.push((agent, event));
    }

    /// The text that a call has said since it was sent.
    fn text_of(&mut self, of: u64) -> Option<&mut String> {
        let of_call = |event: &Event| match event {
            Event::Text { call, .. } | Event::Retry { call, .. } | Event::CallStarted { call, .. } => *call == of,
            _ => false,
        };
        match self.events.iter_mut().rev().find(|(_, event)| of_call(event)) {
            Some((_, Event::Text { text, .. })) => Some(text),
            _ => None,
        }
    }

    /// All of it as notices of this run.
    pub fn notices(&self, run_id: &str) -> Vec<RunNotice> {
        let notice = |(seq, (agent, event)): (u64, &(u64, Event))| RunNotice {
            run_id: run_id.to_owned(),
            seq,
            agent: Some(*agent).filter(|agent| *agent > 0),
            event: event.clone(),
        };
        (0..).zip(&self.events).map(notice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_its_text_once_for_each_time_it_was_sent() {
        let text = |call, text: &str| Event::Text { call, text: text.into() };
        let mut told = Told::default();
        told.push(0, text(1, "a"));
        told.push(2, text(2, "x"));
        told.push(0, text(1, "b"));
        told.push(0, Event::Retry { call: 1, reason: "slow".into(), wait_ms: 1 });
        told.push(2, text(2, "y"));
        told.push(0, text(1, "c"));
        for _ in 0..MOST_LOOKING + 1 {
            told.push(0, Event::Looking { what: "repo.files".into() });
        }
        let notices = told.notices("r");
        let shown: Vec<String> = notices
            .iter()
            .filter_map(|notice| match &notice.event {
                Event::Text { text, .. } => Some(format!("{} {:?} {text}", notice.seq, notice.agent)),
                _ => None,
            })
            .collect();
        assert_eq!(shown, ["0 None ab", "1 Some(2) xy", "3 None c"]);
        assert_eq!(notices.len(), 4 + MOST_LOOKING);
    }
}
