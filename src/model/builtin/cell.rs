//! Cells of JavaScript: the playbooks with a question's facts filled in as a literal.

use super::intent::{Ask, Intent};
use super::refactoring::Refactoring;

const COMMON: &str = include_str!("playbooks/common.js");
const EVIDENCE: &str = include_str!("playbooks/evidence.js");

/// The reply with the playbook for this question.
pub fn playbook(ask: &Ask) -> String {
    let program = match ask.intent {
        Intent::Where { .. } => include_str!("playbooks/where.js"),
        Intent::Uses { .. } => include_str!("playbooks/uses.js"),
        Intent::Contents { .. } => include_str!("playbooks/contents.js"),
        Intent::How { .. } => include_str!("playbooks/how.js"),
        Intent::Overview => include_str!("playbooks/overview.js"),
        Intent::Text { .. } => include_str!("playbooks/text.js"),
        Intent::Imports { .. } => include_str!("playbooks/imports.js"),
        Intent::Count { .. } => include_str!("playbooks/count.js"),
        Intent::Project { .. } => include_str!("playbooks/project.js"),
        Intent::Evidence => "const play = evidence;\n",
    };
    let facts = literal(ask);
    fenced(&format!("(() => {{\nconst ask = {facts};\n{COMMON}\n{EVIDENCE}\n{program}\nrun(play);\n}})();"))
}

/// The reply that plans what was asked for.
pub fn plan(request: &Refactoring) -> String {
    let program = include_str!("playbooks/plan.js");
    let (title, request) = (literal(&request.title()), literal(request));
    fenced(&format!("(() => {{\nconst request = {request}, title = {title};\n{program}}})();"))
}

/// The reply that confirms an answer that was held back.
pub fn confirmation() -> String {
    fenced("answer();")
}

/// The reply that answers with a text.
pub fn saying(text: &str) -> String {
    fenced(&format!("answer({});", literal(&text)))
}

/// The reply after the search for evidence failed too.
pub fn apology(question: &str) -> String {
    let text = format!(
        "The question could not be answered: looking through the repository failed twice; the trace of this run has the \
         errors.\n\nThe question was: {question}\n\nNo language model was used. `spelunk doctor` shows how to set one."
    );
    saying(&text)
}

/// A JavaScript literal that no text in it can end early, nor the fence around the cell.
fn literal(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    json.chars().fold(String::with_capacity(json.len()), |mut out, c| {
        match c {
            '`' | '<' | '>' | '\u{2028}' | '\u{2029}' | '\u{7f}'..='\u{9f}' => {
                out += &format!("\\u{:04x}", u32::from(c))
            }
            _ => out.push(c),
        }
        out
    })
}

fn fenced(code: &str) -> String {
    format!("```js\n{code}\n```\n")
}
