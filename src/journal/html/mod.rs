//! One run as a page that needs nothing else: no network, no other file, no script for reading it.
//!
//! Everything of the journal is hostile. It is escaped by [`display::html`](crate::display::html), stands only in
//! elements and in attributes of ours, and the page's policy forbids whatever is not its own style and script.

mod axis;
mod rows;
mod text;

use std::fmt::Write as _;

use super::blobs::Blobs;
use super::event::{Citation, Header};
use super::export::damages;
use super::id::date;
use super::reader::Run;
use super::show::{money, plural, seconds};
use super::tree::{Answer, Span, Tree, at_once};
use crate::text::grouped;
use rows::Rows;
use text::Texts;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page of a run.
pub fn page(run: &Run, blobs: &Blobs) -> String {
    let tree = Tree::of(run);
    let body = body(run, &tree, blobs);
    // Nothing in the page can know a hash that depends on all of it.
    let nonce = &blake3::hash(body.as_bytes()).to_hex()[..32];
    let title = text::line(tree.header.map_or("", |header| header.question.as_str()), 80);
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; \
         style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=referrer content=no-referrer>\n<meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} - spelunk</title>\n<style nonce={nonce}>\n{STYLE}</style>\n{body}\n<script nonce={nonce}>\n{SCRIPT}</script>\n</html>\n"
    )
}

fn body(run: &Run, tree: &Tree<'_>, blobs: &Blobs) -> String {
    let mut out = "<main>\n".to_owned();
    head(&mut out, run, tree);
    if let Some(answer) = &tree.root().answer {
        self::answer(&mut out, answer, blobs);
    }
    out.push_str(
        "\n<section id=time><h2>Time</h2>\n<p class=legend><span class=model>model</span> <span class=code>code</span> \
         <span class=host>host calls</span> <span class=child>children</span> <span class=sub>sub-calls</span> \
         <span class=bad>failed</span></p>\n<fieldset class=zoom><legend>Stretch</legend>",
    );
    for (zoom, checked) in [(1, " checked"), (4, ""), (20, "")] {
        let _ = write!(out, "<label><input type=radio name=zoom id=zoom-{zoom}{checked}> {zoom} ×</label> ");
    }
    let _ = write!(out, "</fieldset>\n<div class=scroll tabindex=0>{}</div></section>\n", axis::overview(tree));
    out.push_str(
        "\n<section id=calls><h2>Turns</h2>\n<p id=tools hidden><label>Only with <input type=search id=filter></label> \
         <button type=button id=open>Open all</button> <button type=button id=close>Close all</button></p>",
    );
    out.push_str(&Rows::new(tree, Texts::new(blobs)).finish());
    out.push_str("</section>\n</main>");
    out
}

fn head(out: &mut String, run: &Run, tree: &Tree<'_>) {
    let none = Header::default();
    let header = tree.header.unwrap_or(&none);
    let question = if tree.header.is_some() { text::cut(&header.question, 4_000) } else { "A run".to_owned() };
    let _ = write!(out, "<header><h1>{question}</h1>\n<p>{}</p>\n<dl>", ending(tree));
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = write!(out, "<div><dt>{name}<dd>{value}</div>");
        }
    };
    fact("time", seconds(tree.length));
    if let Some(totals) = &tree.totals {
        fact("cost", totals.usd.map_or("price unknown".to_owned(), money));
        fact("turns", grouped(totals.turns.into()));
        fact("model calls", grouped(totals.calls));
        let cached = if totals.cached > 0 { format!(" ({} cached)", grouped(totals.cached)) } else { String::new() };
        fact("tokens", format!("{} in{cached}, {} out", grouped(totals.input), grouped(totals.output)));
    }
    let mut several = |name: &str, spans: Vec<Span>| {
        if !spans.is_empty() {
            let most = grouped(at_once(spans.iter().copied()) as u64);
            fact(name, format!("{}, at most {most} at once", grouped(spans.len() as u64)));
        }
    };
    several("children", tree.agents[1..].iter().map(|agent| agent.span).collect());
    several("sub-calls", tree.calls.iter().filter(|call| call.parent.is_some()).map(|call| call.span).collect());
    let hits = tree.calls.iter().filter(|call| call.hit).count();
    if hits > 0 {
        fact("from the cache", grouped(hits as u64));
    }
    fact("host calls", grouped(tree.hosts.len() as u64));
    fact("root model", text::line(&header.models.root, 200));
    fact("leaf model", text::line(&header.models.leaf, 200));
    fact("workspace", text::line(&header.workspace, 200));
    fact("revision", header.revision.as_deref().map_or(String::new(), |revision| text::line(revision, 60)));
    if tree.header.is_some() {
        fact("started", date(header.started));
    }
    fact("spelunk", text::line(&header.spelunk, 60));
    fact("run", text::line(&run.id, 200));
    out.push_str("</dl>\n");
    let mut problems = damages(run);
    if tree.unknown > 0 {
        problems.push(format!("{} that this version does not know", plural(tree.unknown as u64, "event")));
    }
    if tree.header.is_none() {
        problems.push("the header cannot be read".to_owned());
    }
    if !problems.is_empty() {
        out.push_str("<ul class=warn>");
        for problem in problems.iter().take(50) {
            let _ = write!(out, "<li>{}", text::line(problem, 300));
        }
        if problems.len() > 50 {
            let _ = write!(out, "<li>and {} more", grouped(problems.len() as u64 - 50));
        }
        out.push_str("</ul>\n");
    }
    if !header.config.is_null() {
        let config = serde_json::to_string_pretty(&header.config).unwrap_or_default();
        let config = text::cut(&config, text::TURN_TEXT);
        let _ = writeln!(out, "<details class=text><summary>configuration</summary><pre>{config}</pre></details>");
    }
    out.push_str("</header>\n");
}

/// How the run ended, and why.
fn ending(tree: &Tree<'_>) -> String {
    let Some((_, detail)) = tree.root().end else {
        return format!("{} the run was killed, or still goes on", rows::state("unfinished"));
    };
    format!("{} {}", rows::state(tree.root().state()), text::cut(detail, 4_000))
}

fn answer(out: &mut String, answer: &Answer<'_>, blobs: &Blobs) {
    let held = if answer.held { rows::state("held") } else { String::new() };
    let text = match blobs.text(answer.value) {
        Ok(json) => match serde_json::from_str(&json) {
            Ok(serde_json::Value::String(markdown)) => markdown,
            Ok(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
            Err(_) => json.into_owned(),
        },
        Err(error) => error.to_string(),
    };
    let _ = write!(
        out,
        "\n<section id=answer><h2>Answer {held}</h2>\n<pre>\n{}</pre>\n",
        text::cut(&text, text::ANSWER_TEXT)
    );
    for problem in answer.problems.iter().take(50) {
        let _ = writeln!(out, "<p class=warn>{}</p>", text::line(problem, 1_000));
    }
    if !answer.citations.is_empty() {
        out.push_str("<table><tr><th>citation<th>state</tr>");
        for Citation { path, from, to, status, .. } in answer.citations.iter().take(rows::MAX_ROWS) {
            let lines = if from == to { from.to_string() } else { format!("{from}-{to}") };
            let _ =
                write!(out, "<tr><td><code>{}:{lines}</code><td>{}</tr>", text::line(path, 500), rows::state(status));
        }
        out.push_str("</table>");
    }
    out.push_str("</section>\n");
}
