//! What a run is doing at the moment, in few words: for the one line that people see while they wait.

use std::collections::BTreeSet;

use serde_json::Value;

use super::calls::budget::Spent;
use super::event::RunEvent;
use crate::journal::event::Role;

/// Hears a run's events, its children's included.
#[derive(Debug, Default)]
pub struct Activity {
    /// The root's.
    pub turn: u32,
    pub spent: Spent,
    doing: String,
    /// Those under way.
    children: BTreeSet<u64>,
    /// Sub-calls under way.
    leaves: usize,
}

impl Activity {
    pub fn hear(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Of { event, .. } => match &**event {
                // The line counts the root's.
                RunEvent::TurnStarted { .. } => "thinking".clone_into(&mut self.doing),
                event => self.hear(event),
            },
            RunEvent::TurnStarted { turn } => {
                self.turn = *turn;
                "thinking".clone_into(&mut self.doing);
            }
            RunEvent::CallStarted { role, label, .. } => {
                self.leaves += usize::from(*role == Role::Leaf);
                // The label of a turn's own call says no more than the start of the turn.
                if *role == Role::Leaf || !label.starts_with("turn ") {
                    self.doing.clone_from(label);
                }
            }
            RunEvent::CallFinished { role, hit, spent, .. } => {
                if *hit {
                    let replies = if spent.hits == 1 { "reply" } else { "replies" };
                    self.doing = format!("{} {replies} from the cache", spent.hits);
                }
                self.spent.clone_from(spent);
                self.leaves = self.leaves.saturating_sub(usize::from(*role == Role::Leaf));
            }
            RunEvent::CallRetry { reason, .. } => self.doing = format!("trying again: {reason}"),
            RunEvent::Cell { .. } => "running code".clone_into(&mut self.doing),
            RunEvent::Looking { what } => self.doing.clone_from(what),
            RunEvent::Note { text } => text.lines().next().unwrap_or_default().clone_into(&mut self.doing),
            RunEvent::Limit { tripped } => self.doing = tripped.to_string(),
            RunEvent::AgentStarted { agent, .. } => drop(self.children.insert(*agent)),
            RunEvent::AgentEnded { agent, .. } => drop(self.children.remove(agent)),
            RunEvent::Started { .. } | RunEvent::CallText { .. } | RunEvent::CellDone { .. } => {}
        }
    }

    /// `3 children, 5 sub-calls: repo.search "parse"`; on one line, and not safe to show yet.
    pub fn words(&self) -> String {
        let counts = [(self.children.len(), "child", "children"), (self.leaves, "sub-call", "sub-calls")];
        let mut words = String::new();
        for (count, one, many) in counts.into_iter().filter(|(count, ..)| *count > 0) {
            let comma = if words.is_empty() { "" } else { ", " };
            words.push_str(&format!("{comma}{count} {}", if count == 1 { one } else { many }));
        }
        if !words.is_empty() && !self.doing.is_empty() {
            words.push_str(": ");
        }
        words + &self.doing.replace('\n', " ")
    }
}

/// `repo.search "schedule"`: what code asks the repository for, by the call's name and its first argument.
pub fn looking(name: &str, args: &str) -> String {
    let args: Vec<Value> = serde_json::from_str(args).unwrap_or_default();
    let first = match args.first() {
        Some(Value::Object(fields)) => fields.values().next().cloned(),
        Some(Value::Null) | None => None,
        Some(value) => Some(value.clone()),
    };
    let mut text = first.map_or(name.to_owned(), |first| format!("{name} {first}"));
    if let Some((at, _)) = text.char_indices().nth(80) {
        text.truncate(at);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let mut activity = Activity::default();
        let mut check = |agent: u64, event: RunEvent, expect: &str| {
            let event = if agent == 0 { event } else { RunEvent::Of { agent, event: Box::new(event) } };
            activity.hear(&event);
            assert_eq!(format!("{} {}", activity.turn, activity.words()), expect);
        };
        let starts =
            |agent| RunEvent::AgentStarted { agent, parent: 0, depth: 1, question: "a\nb".into(), scope: Vec::new() };
        let asks = |role, label: &str| RunEvent::CallStarted { call: 1, role, label: label.into() };
        let asked = || RunEvent::CallFinished {
            call: 1,
            role: Role::Leaf,
            usage: crate::model::Usage::default(),
            usd: None,
            error: None,
            hit: false,
            spent: Spent::default(),
        };
        check(0, RunEvent::TurnStarted { turn: 2 }, "2 thinking");
        check(0, asks(Role::Root, "turn 2"), "2 thinking");
        check(0, RunEvent::Cell { cell: 1, code: "1".into() }, "2 running code");
        check(0, starts(1), "2 1 child: running code");
        check(0, starts(2), "2 2 children: running code");
        check(2, RunEvent::TurnStarted { turn: 1 }, "2 2 children: thinking");
        check(2, RunEvent::Looking { what: "repo.search \"x\"".into() }, "2 2 children: repo.search \"x\"");
        check(1, asks(Role::Leaf, "one\ntwo"), "2 2 children, 1 sub-call: one two");
        check(0, asks(Role::Leaf, "three"), "2 2 children, 2 sub-calls: three");
        check(1, asked(), "2 2 children, 1 sub-call: three");
        check(0, RunEvent::AgentEnded { agent: 1, error: None }, "2 1 child, 1 sub-call: three");
        check(0, RunEvent::AgentEnded { agent: 2, error: Some("no".into()) }, "2 1 sub-call: three");
        check(0, asked(), "2 three");
        check(0, asks(Role::Root, "best answer"), "2 best answer");
    }
}
