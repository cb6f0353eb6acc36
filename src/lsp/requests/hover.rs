//! `textDocument/hover`: the head of a definition, what its comment says, and where it is.

use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use super::cursor::Cursor;
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::display;
use crate::lsp::Error;
use crate::lsp::state::View;

/// Answers in Markdown, or in plain text for a client that wants that.
pub fn handle(view: &View, params: HoverParams, cancel: &Cancel) -> Result<Option<Hover>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position_params)? else { return Ok(None) };
    let found = targets(view, &cursor, cancel)?;
    let Some(best) = found.first() else { return Ok(None) };
    let client = view.client.text_document.as_ref().and_then(|client| client.hover.as_ref());
    let formats = client.and_then(|client| client.content_format.as_deref()).unwrap_or_default();
    // A client that names no format is one from before there was a choice: those render Markdown.
    let plain = formats.first() == Some(&MarkupKind::PlainText);
    let (kind, value) = if plain {
        (MarkupKind::PlainText, display::terminal(&shown(best, &found, false)).into_owned())
    } else {
        (MarkupKind::Markdown, display::markdown(&shown(best, &found, true)))
    };
    Ok(Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(cursor.text.lines.range(&cursor.text.text, cursor.range.clone(), view.encoding)),
    }))
}

fn shown(best: &Target, all: &[Target], markdown: bool) -> String {
    let symbol = best.symbol();
    let mut out = if markdown { fenced(&language_id(best), &symbol.signature) } else { symbol.signature.clone() };
    if let Some(doc) = &symbol.doc {
        out.push_str("\n\n");
        out.push_str(doc.trim());
    }
    if let Some(path) = &best.text.path {
        let place = format!("{path}:{}", symbol.line);
        out.push_str("\n\n");
        out.push_str(&if markdown { code(&place) } else { place });
        match all.len() {
            1 => {}
            2 => out.push_str(" and one more definition"),
            more => out.push_str(&format!(" and {} more definitions", more - 1)),
        }
    }
    out.push('\n');
    out
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
fn language_id(target: &Target) -> String {
    match target.text.language.map_or("", |language| language.name()) {
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
