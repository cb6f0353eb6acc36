//! The time axis: bars beside the rows, and the overview of the whole run above them. SVG, in percent of the run.

use std::fmt::Write as _;

use super::super::show::seconds;
use super::super::tree::{Agent, Host, Span, Tree};
use super::rows::id;

/// Lanes of children and of sub-calls in the overview; those above are in the last one.
const LANES: usize = 48;
/// Bars of one kind in the overview, and in one row.
const MAX_BARS: usize = 4_000;
const MAX_ROW_BARS: usize = 200;
/// Pixels: where the lanes begin, and the heights of a lane, of a child's and of a sub-call's.
const TOP: usize = 32;
const LANE: usize = 16;
const CHILD_LANE: usize = 14;
const SUB_LANE: usize = 8;
/// Percent of the run below which two bars are one, and a bar's least width.
const THIN: f64 = 0.1;

/// What a bar stands for; its name is its class on the page.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Turn,
    Model,
    Code,
    Host,
    Child,
    Sub,
    Failed,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Model => "model",
            Self::Code => "code",
            Self::Host => "host",
            Self::Child => "child",
            Self::Sub => "sub",
            Self::Failed => "bad",
        }
    }
}

/// The bars of a row.
pub(super) fn bars(length: u64, kind: Kind, spans: impl Iterator<Item = Span>) -> String {
    let mut out = "<svg class=bar aria-hidden=true>".to_owned();
    for (x, width) in joined(spans, length).into_iter().take(MAX_ROW_BARS) {
        let _ = write!(out, "<rect class={} x=\"{x:.2}%\" width=\"{width:.2}%\" height=\"100%\"/>", kind.class());
    }
    out + "</svg>"
}

/// Everything at once: the root's turns, calls, cells and host calls, then children and sub-calls in as many lanes as there
/// were at once. A child's lane has its calls above its cells.
pub(super) fn overview(tree: &Tree<'_>) -> String {
    let children = lanes(tree, tree.agents[1..].iter().map(|agent| agent.span));
    let subs: Vec<_> = tree.calls.iter().filter(|call| call.parent.is_some()).take(MAX_BARS).collect();
    let sub_lanes = lanes(tree, subs.iter().map(|call| call.span));
    let count = |lanes: &[usize]| lanes.iter().map(|lane| lane + 1).max().unwrap_or(0);
    let child_top = TOP + 3 * LANE + 2;
    let sub_top = child_top + count(&children) * CHILD_LANE + 2;
    let height = sub_top + count(&sub_lanes) * SUB_LANE + 4;
    let mut out = format!("<svg class=all height={height} role=group aria-label=\"Time axis\">");
    ticks(&mut out, tree.length);
    let mut labelled = f64::MIN;
    for turn in tree.root().turns.iter().take(MAX_BARS) {
        let Some(number) = turn.number else { continue };
        let (x, _) = place(turn.span, tree.length);
        // Labels that would cover each other are left out.
        if x - labelled > 2.5 {
            labelled = x;
            let _ = write!(out, "<a href=\"#turn-{number}\"><text x=\"{x:.2}%\" dx=3 y=27>turn {number}</text></a>");
        }
        let _ = write!(out, "<line class=turn x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=16 y2=\"100%\"/>");
    }
    for (agent, lane) in tree.agents[1..].iter().zip(&children).take(MAX_BARS) {
        frame(&mut out, tree, agent, child_top + lane * CHILD_LANE);
    }
    // Where the calls and the cells of an agent stand, and how high they are.
    let rows = |agent: usize| match agent.checked_sub(1).map(|child| child_top + children[child] * CHILD_LANE) {
        None => [(TOP, LANE - 2), (TOP + LANE, LANE - 2)],
        Some(top) => [(top + 2, 4), (top + 7, 4)],
    };
    for call in tree.calls.iter().filter(|call| call.parent.is_none()).take(MAX_BARS) {
        let title = format!("model call {}, {}, {}", call.number, call.state(), times(call.span, tree.length));
        let kind = if call.failed() { Kind::Failed } else { Kind::Model };
        linked(&mut out, tree, call.span, kind, rows(call.agent)[0], &format!("call-{}", call.number), &title);
    }
    for cell in tree.cells.iter().take(MAX_BARS) {
        let title = format!("cell {}, {}", cell.number, times(cell.span, tree.length));
        let id = id("cell", &tree.agents[cell.agent], cell.number);
        linked(&mut out, tree, cell.span, Kind::Code, rows(cell.agent)[1], &id, &title);
    }
    let own = |host: &&Host<'_>| host.agent == 0 && host.calls.is_empty() && host.agents.is_empty();
    let plain = tree.hosts.iter().filter(own).map(|host| host.span);
    for (x, width) in joined(plain, tree.length).into_iter().take(MAX_BARS) {
        let (y, height) = (TOP + 2 * LANE, LANE - 2);
        let _ = write!(out, "<rect class=host x=\"{x:.2}%\" width=\"{width:.2}%\" y={y} height={height} />");
    }
    for (call, lane) in subs.into_iter().zip(sub_lanes) {
        let title = format!("sub-call {}, {}, {}", call.number, call.state(), times(call.span, tree.length));
        let at = (sub_top + lane * SUB_LANE, SUB_LANE - 2);
        let kind = if call.failed() { Kind::Failed } else { Kind::Sub };
        linked(&mut out, tree, call.span, kind, at, &format!("call-{}", call.number), &title);
    }
    out + "</svg>"
}

/// A child from its beginning to its end, with its number before it where there is room.
fn frame(out: &mut String, tree: &Tree<'_>, agent: &Agent<'_>, top: usize) {
    let kind = if agent.failed() { Kind::Failed } else { Kind::Child };
    let number = agent.number;
    let title = format!("child {number}, {}, {}", agent.state(), times(agent.span, tree.length));
    out.push_str("<g class=frame>");
    linked(out, tree, agent.span, kind, (top, CHILD_LANE - 1), &format!("child-{number}"), &title);
    out.push_str("</g>");
    let (x, _) = place(agent.span, tree.length);
    if x > 3.0 {
        let y = top + CHILD_LANE - 3;
        let _ = write!(out, "<text class=child x=\"{x:.2}%\" dx=-3 y={y}>{number}</text>");
    }
}

/// A bar that leads to its row. Not by Tab: the rows are reached that way, and there are fewer of them.
fn linked(
    out: &mut String,
    tree: &Tree<'_>,
    span: Span,
    kind: Kind,
    (y, height): (usize, usize),
    id: &str,
    title: &str,
) {
    let (x, width) = place(span, tree.length);
    let class = kind.class();
    let _ = write!(
        out,
        "<a href=\"#{id}\" tabindex=-1><rect class={class} x=\"{x:.2}%\" width=\"{width:.2}%\" y={y} height={height}>\
         <title>{title}</title></rect></a>"
    );
}

/// `0.100 s to 0.250 s`.
pub(super) fn times(span: Span, length: u64) -> String {
    match span.end {
        Some(end) => format!("{} to {}", seconds(span.start), seconds(end)),
        None => format!("{} to {} without an end", seconds(span.start), seconds(length)),
    }
}

/// For each span, in the order of their starts, the first lane that is free when it begins.
fn lanes(tree: &Tree<'_>, spans: impl Iterator<Item = Span>) -> Vec<usize> {
    let mut free: Vec<u64> = Vec::new();
    spans
        .map(|span| {
            let lane = free.iter().position(|end| *end <= span.start).unwrap_or(free.len()).min(LANES - 1);
            let end = span.end.unwrap_or(tree.length).max(span.start + 1);
            match free.get_mut(lane) {
                Some(until) => *until = end,
                None => free.push(end),
            }
            lane
        })
        .collect()
}

/// Lines and times: about eight, and finer ones that show when the overview is stretched.
fn ticks(out: &mut String, length: u64) {
    let step = step(length);
    let fine = (step / 20).max(1);
    for at in (0..=length / fine).map(|n| n * fine) {
        let class = match at {
            at if at % step == 0 => "t1",
            at if at % (step / 4).max(1) == 0 => "t4",
            _ => "t20",
        };
        let (x, _) = place(Span::from(at), length);
        let text = if fine >= 1000 { format!("{} s", at / 1000) } else { seconds(at) };
        let _ = write!(
            out,
            "<g class={class}><line x1=\"{x:.3}%\" x2=\"{x:.3}%\" y2=\"100%\"/><text x=\"{x:.3}%\" dx=3 y=11>{text}</text></g>"
        );
    }
}

/// The first of 20 ms, 40 ms, 100 ms, 200 ms, ... that goes into the run at most eight times.
fn step(length: u64) -> u64 {
    let (mut step, mut factors) = (20_u64, [(2, 1), (5, 2), (2, 1)].into_iter().cycle());
    while length / step > 8 {
        let (by, over) = factors.next().unwrap_or((2, 1));
        step = step.saturating_mul(by) / over;
    }
    step
}

/// Start and width of a span in percent.
fn place(span: Span, length: u64) -> (f64, f64) {
    let percent = |at: u64| at as f64 * 100.0 / length.max(1) as f64;
    let x = percent(span.start).min(100.0 - THIN);
    (x, (percent(span.end.unwrap_or(length)) - x).max(THIN))
}

/// The same of many, as few bars as show it.
fn joined(spans: impl Iterator<Item = Span>, length: u64) -> Vec<(f64, f64)> {
    let mut places: Vec<(f64, f64)> = spans.map(|span| place(span, length)).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (x, width) in places {
        match joined.last_mut() {
            Some(last) if x <= last.0 + last.1 + THIN => last.1 = last.1.max(x + width - last.0),
            _ => joined.push((x, width)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for (length, expect) in [
            (0, 20),
            (160, 20),
            (200, 40),
            (1_000, 200),
            (2_000, 400),
            (12_345, 2_000),
            (60_000, 10_000),
            (1_200_000, 200_000),
            (u64::MAX / 2, 2_000_000_000_000_000_000),
        ] {
            assert_eq!(step(length), expect, "{length}");
        }
    }

    #[test]
    fn bars_that_touch_are_one() {
        let spans = [(0, Some(10)), (10, Some(20)), (5, Some(8)), (50, Some(50)), (90, None), (200, Some(300))];
        let spans = spans.into_iter().map(|(start, end)| Span { start, end });
        assert_eq!(joined(spans, 100), [(0.0, 20.0), (50.0, 0.1), (90.0, 210.0)]);
    }
}
