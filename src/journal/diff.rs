//! Where two runs part: their steps side by side, turn by turn, and the first difference of each kind.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::blobs::Blobs;
use super::event::{Body, Event, Outcome, Role};
use super::reader::Run;

/// Lines of each side that an excerpt shows, and lines around them.
const MOST_LINES: usize = 20;
const CONTEXT: usize = 2;

/// What is compared, in the order in which a person wants to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Question,
    Models,
    /// What the model was first told.
    Prompt,
    Reply,
    Cell,
    HostCall,
    HostResult,
    Output,
    Limit,
    Answer,
    End,
}

/// Two texts at one place that are not the same; `None` where a run has nothing there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub kind: Kind,
    /// 0 is the root.
    pub agent: u64,
    /// 0: before the first turn, or after the last.
    pub turn: u32,
    pub left: Option<String>,
    pub right: Option<String>,
}

/// How two runs compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    pub left: String,
    pub right: String,
    /// Where they part, and then the first difference of every other kind; none when they are the same.
    pub differences: Vec<Difference>,
}

/// Compares what two runs were asked, did and answered. Times, prices and numbers of calls do not count.
pub fn diff(left: &Run, right: &Run, blobs: &Blobs) -> Diff {
    let (a, b) = (steps(left, blobs), steps(right, blobs));
    let (in_a, in_b) = (by_place(&a), by_place(&b));
    let mut first: BTreeMap<Kind, (usize, Difference)> = BTreeMap::new();
    let ours = a.iter().map(|step| (step, Some(&step.text), in_b.get(&step.place).copied()));
    let theirs = b.iter().map(|step| (step, in_a.get(&step.place).copied(), Some(&step.text)));
    for (at, (step, left, right)) in ours.enumerate().chain(theirs.enumerate()) {
        if left == right || first.get(&step.place.kind).is_some_and(|(earlier, _)| *earlier <= at) {
            continue;
        }
        let Place { agent, turn, kind, .. } = step.place;
        let difference = Difference { kind, agent, turn, left: left.cloned(), right: right.cloned() };
        first.insert(kind, (at, difference));
    }
    let mut differences: Vec<_> = first.into_values().collect();
    // The answers come last: everybody wants to see them.
    differences.sort_by_key(|(at, difference)| (matches!(difference.kind, Kind::Answer | Kind::End), *at));
    let differences = differences.into_iter().map(|(_, difference)| difference).collect();
    Diff { left: left.id.clone(), right: right.id.clone(), differences }
}

/// Both sides of a difference, without the lines that they begin and end with alike: `-` is the left one.
pub fn excerpt(left: &str, right: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    let mut put = |mark: &str, lines: &[&str]| lines.iter().for_each(|line| text.push_str(&format!("{mark} {line}\n")));
    let from = head.saturating_sub(CONTEXT);
    if from > 0 {
        put(" ", &[&format!("[{from} lines alike]")]);
    }
    put(" ", &a[from..head]);
    for (mark, lines) in [("-", &a[head..a.len() - tail]), ("+", &b[head..b.len() - tail])] {
        put(mark, &lines[..lines.len().min(MOST_LINES)]);
        if lines.len() > MOST_LINES {
            put(mark, &[&format!("[{} more lines]", lines.len() - MOST_LINES)]);
        }
    }
    let after = &a[a.len() - tail..];
    put(" ", &after[..tail.min(CONTEXT)]);
    if tail > CONTEXT {
        put(" ", &[&format!("[{} lines alike]", tail - CONTEXT)]);
    }
    if left != right && a == b {
        text.push_str("  [they differ in line ends only]\n");
    }
    text
}

/// Where something happened: the n-th of its kind in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    agent: u64,
    turn: u32,
    kind: Kind,
    number: usize,
}

struct Step {
    place: Place,
    text: String,
}

fn by_place(steps: &[Step]) -> HashMap<Place, &String> {
    steps.iter().map(|step| (step.place, &step.text)).collect()
}

fn steps(run: &Run, blobs: &Blobs) -> Vec<Step> {
    // A text that is gone still has a hash to compare.
    let text = |body: &Body| match (blobs.text(body), body) {
        (Ok(text), _) => text.into_owned(),
        (Err(_), Body::Blob { blob: hash, bytes } | Body::Omitted { omitted: hash, bytes }) => {
            format!("[{bytes} bytes that are gone, hash {hash}]")
        }
        (Err(error), Body::Text(_)) => error.to_string(),
    };
    let result = |outcome: &Outcome<Body, super::event::HostError>| match outcome {
        Outcome::Ok(body) => text(body),
        Outcome::Error(error) => format!("{}: {}", error.name, error.message),
    };
    let (mut turns, mut counts) = (HashMap::<u64, u32>::new(), HashMap::<(u64, u32, Kind), usize>::new());
    // Whose calls count as replies, and where host calls stand, so that results are compared call by call.
    let (mut roots, mut hosts) = (HashMap::new(), HashMap::new());
    let mut steps = Vec::new();
    for line in &run.lines {
        let agent = line.agent;
        // How a run ends is compared wherever it ends.
        let ends = matches!(
            line.event,
            Event::Limit { .. } | Event::Answer { held: false, .. } | Event::AgentEnded { .. } | Event::End { .. }
        );
        let turn = turns.get(&agent).copied().filter(|_| !ends).unwrap_or_default();
        let mut step = |kind, text: Cow<'_, str>| {
            let count = counts.entry((agent, turn, kind)).or_default();
            *count += 1;
            steps.push(Step { place: Place { agent, turn, kind, number: *count }, text: text.into_owned() });
            *count
        };
        match &line.event {
            Event::Header(header) => {
                step(Kind::Question, Cow::Borrowed(&header.question));
                step(Kind::Models, Cow::Owned(format!("root {}, leaf {}", header.models.root, header.models.leaf)));
            }
            Event::AgentStarted(child) => drop(step(Kind::Question, Cow::Owned(text(&child.question)))),
            Event::TurnStarted { turn } => drop(turns.insert(agent, *turn)),
            Event::CallStarted { call, parent: None, role: Role::Root, request, .. } => {
                let first = !roots.values().any(|whose| *whose == agent);
                roots.insert(*call, agent);
                if first {
                    let prompt: Vec<String> = request.messages.iter().map(|message| text(&message.content)).collect();
                    step(Kind::Prompt, Cow::Owned(prompt.join("\n")));
                }
            }
            Event::CallFinished { call, outcome, .. } if roots.contains_key(call) => {
                let reply = match outcome {
                    Outcome::Ok(reply) => {
                        let calls = reply.tool_calls.iter().map(|call| text(&call.arguments));
                        std::iter::once(text(&reply.text)).chain(calls).collect::<Vec<_>>().join("\n")
                    }
                    Outcome::Error(error) => format!("failed: {error}"),
                };
                step(Kind::Reply, Cow::Owned(reply));
            }
            Event::Cell { code, .. } => drop(step(Kind::Cell, Cow::Owned(text(code)))),
            Event::HostCall { host, name, args, .. } => {
                let number = step(Kind::HostCall, Cow::Owned(format!("{name}{}", text(args))));
                hosts.insert(*host, (turn, number));
            }
            Event::HostReply { host, outcome } => {
                if let Some(&(turn, number)) = hosts.get(host) {
                    let place = Place { agent, turn, kind: Kind::HostResult, number };
                    steps.push(Step { place, text: result(outcome) });
                }
            }
            Event::CellDone { output, value, error, warnings, .. } => {
                let parts = [Some(output), value.as_ref(), error.as_ref().map(|error| &error.text)];
                let parts = parts.into_iter().flatten().map(text).chain(warnings.iter().cloned());
                let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
                step(Kind::Output, Cow::Owned(parts.join("\n")));
            }
            Event::Limit { detail, .. } => drop(step(Kind::Limit, Cow::Borrowed(detail))),
            Event::Answer { value, .. } => {
                let json = text(value);
                // Markdown is for reading.
                let markdown = serde_json::from_str::<String>(&json).unwrap_or(json);
                step(Kind::Answer, Cow::Owned(markdown));
            }
            Event::AgentEnded { reason, detail } | Event::End { reason, detail, .. } => {
                step(Kind::End, Cow::Owned(format!("{reason:?} {detail}").trim_end().to_lowercase()));
            }
            _ => {}
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::event::{EndReason, Header, Totals};
    use crate::journal::{Journal, find, read};
    use expect_test::{Expect, expect};

    fn run(dir: &std::path::Path, question: &str, cells: &[(&str, &str)], answer: &str) -> Run {
        let header = Header { question: question.into(), ..Header::default() };
        let journal = Journal::create(dir, |text| Cow::Borrowed(text), header);
        for (turn, (code, output)) in (1..).zip(cells) {
            journal.write(Event::TurnStarted { turn });
            journal.write(Event::Cell { cell: u64::from(turn), code: (*code).into() });
            journal.write(Event::CellDone {
                cell: u64::from(turn),
                output: (*output).into(),
                value: None,
                error: None,
                warnings: Vec::new(),
                computed_ms: u64::from(turn),
                lost: None,
            });
        }
        let value = serde_json::Value::from(answer).to_string();
        journal.write(Event::Answer {
            value: value.into(),
            citations: vec![],
            dropped: Vec::new(),
            held: false,
            problems: vec![],
        });
        journal.write(Event::End { reason: EndReason::Answered, detail: String::new(), totals: Totals::default() });
        read(&find(dir, journal.id().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn runs_part_at_their_first_difference() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let a = run(dir.path(), "q", &[("1", "x"), ("2", "y")], "two");
        let check = |question: &str, cells: &[(&str, &str)], answer: &str, expect: Expect| {
            let b = run(dir.path(), question, cells, answer);
            let diff = diff(&a, &b, &blobs);
            let line = |d: &Difference| format!("turn {} {:?}: {:?} {:?}\n", d.turn, d.kind, d.left, d.right);
            expect.assert_eq(&diff.differences.iter().map(line).collect::<String>());
        };
        check("q", &[("1", "x"), ("2", "y")], "two", expect![""]);
        check(
            "q",
            &[("1", "z"), ("3", "y")],
            "three",
            expect![[r#"
                turn 1 Output: Some("x") Some("z")
                turn 2 Cell: Some("2") Some("3")
                turn 0 Answer: Some("two") Some("three")
            "#]],
        );
        check(
            "other",
            &[("1", "x")],
            "two",
            expect![[r#"
                turn 0 Question: Some("q") Some("other")
                turn 2 Cell: Some("2") None
                turn 2 Output: Some("y") None
            "#]],
        );
    }

    #[test]
    fn excerpts() {
        let check = |left: &str, right: &str, expect: &str| assert_eq!(excerpt(left, right), expect);
        check(
            "a\nb\nc\nd\ne\nf\ng",
            "a\nb\nc\nX\nY\ne\nf\ng",
            "  [1 lines alike]\n  b\n  c\n- d\n+ X\n+ Y\n  e\n  f\n  [1 lines alike]\n",
        );
        check("a\na", "a", "  a\n- a\n");
        check("", "new", "+ new\n");
        check("a\n", "a", "  a\n  [they differ in line ends only]\n");
        check("a", "a", "  a\n");
    }
}
