//! `textDocument/hover`: the head of a definition, what its comment says, and where it is.

use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use super::cursor::Cursor;
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::display;
use crate::lsp::Error;
use crate::lsp::state::{Text, View};
use crate::syntax::{Binding, doc, head};

/// Answers in Markdown, or in plain text for a client that wants that.
pub fn handle(view: &View, params: HoverParams, cancel: &Cancel) -> Result<Option<Hover>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position_params)? else { return Ok(None) };
    let found = targets(view, &cursor, cancel)?;
    let shown = match (found.first(), &cursor.local) {
        (Some(best), _) => Shown::of(best, found.len()),
        (None, Some(local)) => Shown::local(&cursor, local),
        (None, None) => return Ok(None),
    };
    let client = view.client.text_document.as_ref().and_then(|client| client.hover.as_ref());
    let formats = client.and_then(|client| client.content_format.as_deref()).unwrap_or_default();
    // A client that names no format is one from before there was a choice: those render Markdown.
    let plain = formats.first() == Some(&MarkupKind::PlainText);
    let (kind, value) = if plain {
        (MarkupKind::PlainText, display::terminal(&shown.plain()).into_owned())
    } else {
        (MarkupKind::Markdown, display::markdown(&shown.markdown()))
    };
    Ok(Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(cursor.text.lines.range(&cursor.text.text, cursor.range.clone(), view.encoding)),
    }))
}

/// What a hover says.
struct Shown {
    language: String,
    head: String,
    doc: Option<String>,
    place: Option<String>,
    /// Definitions beside this one.
    others: usize,
}

impl Shown {
    fn of(target: &Target, found: usize) -> Self {
        let (symbol, text) = (target.symbol(), &target.text);
        let (head, doc) = match text.language {
            Some(language) => (head(language, &text.text, symbol), doc(language, &text.text, symbol)),
            None => (symbol.signature.clone(), None),
        };
        let place = text.path.as_ref().map(|path| format!("{path}:{}", symbol.line));
        Self { language: language_id(text), head, doc, place, others: found.saturating_sub(1) }
    }

    /// The line that binds it.
    fn local(cursor: &Cursor, local: &Binding) -> Self {
        let text = &cursor.text;
        let (line, start) = text.lines.line(local.definition.start);
        let head = text.text[start..].lines().next().unwrap_or_default().trim();
        let head: String = head.chars().take(LONGEST).collect();
        let place = text.path.as_ref().map(|path| format!("{path}:{}", line + 1));
        Self { language: language_id(text), head, doc: None, place, others: 0 }
    }

    fn markdown(&self) -> String {
        let doc = self.doc.as_deref().map(closed);
        self.joined(fenced(&self.language, &self.head), doc, self.place.as_deref().map(code))
    }

    fn plain(&self) -> String {
        self.joined(self.head.clone(), self.doc.clone(), self.place.clone())
    }

    fn joined(&self, head: String, doc: Option<String>, place: Option<String>) -> String {
        let place = place.map(|place| match self.others {
            0 => place,
            1 => format!("{place} and one more definition"),
            more => format!("{place} and {more} more definitions"),
        });
        let mut parts: Vec<String> = vec![head];
        parts.extend(doc);
        parts.extend(place);
        parts.join("\n\n") + "\n"
    }
}

/// Characters of a line that binds a local name.
const LONGEST: usize = 200;

/// A comment whose last code block, if it was left open, ends with it.
fn closed(doc: &str) -> String {
    let mut open: Option<&str> = None;
    for line in doc.lines().map(str::trim_start) {
        let fence = &line[..line.len() - line.trim_start_matches(['`', '~']).len()];
        match open {
            None if fence.len() >= 3 => open = Some(fence),
            Some(begun) if fence.len() >= begun.len() && line.trim_end() == fence => open = None,
            _ => {}
        }
    }
    open.map_or_else(|| doc.to_owned(), |fence| format!("{}\n{fence}", doc.trim_end()))
}

/// A code block that nothing in the code can close.
fn fenced(language: &str, code: &str) -> String {
    let fence = "`".repeat(longest_run(code).max(2) + 1);
    format!("{fence}{language}\n{code}\n{fence}")
}

/// A code span that nothing in the code can close.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let quote = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{quote}{space}{text}{space}{quote}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// The name of the language as renderers of code blocks know it.
fn language_id(text: &Text) -> String {
    match text.language.map_or("", |language| language.name()) {
        "C++" => "cpp".to_owned(),
        "C#" => "csharp".to_owned(),
        "Shell" => "sh".to_owned(),
        name => name.to_lowercase().replace(' ', "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_inside() {
        assert_eq!(closed("Text.\n\n```python\nx"), "Text.\n\n```python\nx\n```");
        assert_eq!(closed("```\nx\n```\n~~~~\n```"), "```\nx\n```\n~~~~\n```\n~~~~");
        assert_eq!(closed("```\nx\n```"), "```\nx\n```");
        assert_eq!(fenced("rust", "fn a()"), "```rust\nfn a()\n```");
        assert_eq!(fenced("js", "x = ```"), "````js\nx = ```\n````");
        assert_eq!(code("a.rs:1"), "`a.rs:1`");
        assert_eq!(code("`a``b"), "``` `a``b ```");
        for hostile in ["`a`", "``` \n# x", "[x](command:y)"] {
            let once = display::markdown(&format!("{}\n\n{}\n", fenced("c", hostile), code(hostile)));
            assert_eq!(display::markdown(&once), once);
        }
    }
}
