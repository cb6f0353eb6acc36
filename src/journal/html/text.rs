//! Texts of a journal on the page: escaped, cut with their true length, each shown once, within the page's limits.

use std::collections::HashMap;

use super::super::blobs::Blobs;
use super::super::event::Body;
use crate::display::html;
use crate::text::grouped;

/// Bytes that the texts of turns may take on the page, escaped.
pub(super) const TURNS: usize = 6 << 20;
/// Bytes that the texts of children's turns may take, escaped.
pub(super) const CHILDREN: usize = 6 << 20;
/// Bytes that the texts of sub-calls may take, escaped.
pub(super) const SUB_CALLS: usize = 6 << 20;
/// Bytes of one text of a turn that are shown, half from its start and half from its end.
pub(super) const TURN_TEXT: usize = 20_000;
/// The same of a sub-call's.
pub(super) const SUB_CALL_TEXT: usize = 4_000;
/// The same of the answer.
pub(super) const ANSWER_TEXT: usize = 1 << 20;
/// A text with more lines or bytes than these is folded.
const OPEN: (usize, usize) = (40, 4_000);
/// A text of no more bytes is repeated rather than pointed at, and one line if it has but one.
const REPEATED: u64 = 200;

/// Texts of which the page says that it is too full for them, each in its place.
const NAMED: usize = 2_000;

/// Whose text it is, which says how much of it there may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Turn,
    Child,
    SubCall,
}

/// Whether a text can be seen without a click.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// Unless it is long.
    Open,
    Closed,
}

pub(super) struct Texts<'a> {
    blobs: &'a Blobs,
    /// Bytes left for each owner.
    left: [usize; 3],
    /// Texts that are on the page already: the text itself or its hash, and the number of its anchor.
    shown: HashMap<&'a str, usize>,
    /// Texts that were left out because the page was full.
    pub left_out: usize,
}

impl<'a> Texts<'a> {
    pub fn new(blobs: &'a Blobs) -> Self {
        Self { blobs, left: [TURNS, CHILDREN, SUB_CALLS], shown: HashMap::new(), left_out: 0 }
    }

    /// Adds a text below its title.
    pub fn body(&mut self, out: &mut String, title: &str, body: &'a Body, owner: Owner, fold: Fold) {
        let bytes = body.bytes();
        let key = match body {
            Body::Text(text) => text.as_str(),
            Body::Blob { blob: hash, .. } | Body::Omitted { omitted: hash, .. } => hash,
        };
        let title = head(title, bytes);
        if self.left[owner as usize] == 0 {
            self.put(out, owner, "");
            return;
        }
        if bytes > REPEATED
            && let Some(anchor) = self.shown.get(key)
        {
            self.put(out, owner, &format!("<p class=text>{title} <a href=\"#text-{anchor}\">shown before</a></p>"));
            return;
        }
        match self.blobs.text(body) {
            Ok(text) => {
                let mut id = String::new();
                if bytes > REPEATED {
                    let anchor = self.shown.len() + 1;
                    self.shown.insert(key, anchor);
                    id = format!(" id=\"text-{anchor}\"");
                }
                self.block(out, &title, &text, owner, fold, &id);
            }
            Err(error) => {
                let reason = line(&error.to_string(), 300);
                self.put(out, owner, &format!("<p class=text>{title} <em>{reason}</em></p>"));
            }
        }
    }

    /// Adds a text that stands in the journal's line; a short one stays on the page's.
    pub fn plain(&mut self, out: &mut String, title: &str, text: &str, owner: Owner) {
        if text.len() as u64 <= REPEATED && !text.contains('\n') {
            self.put(out, owner, &format!("<p class=text><b>{}</b> {}</p>", line(title, 200), html(text)));
        } else {
            self.block(out, &head(title, text.len() as u64), text, owner, Fold::Open, "");
        }
    }

    fn block(&mut self, out: &mut String, title: &str, text: &str, owner: Owner, fold: Fold, id: &str) {
        let limit = match owner {
            Owner::Turn | Owner::Child => TURN_TEXT,
            Owner::SubCall => SUB_CALL_TEXT,
        };
        let long = text.len() > OPEN.1 || text.lines().count() > OPEN.0;
        let open = if fold == Fold::Open && !long { " open" } else { "" };
        // The line's end behind `<pre>` is not shown, so that one of the text's own is.
        let shown = if self.left[owner as usize] == 0 { String::new() } else { cut(text, limit) };
        self.put(
            out,
            owner,
            &format!("<details class=text{id}{open}><summary>{title}</summary><pre>\n{shown}</pre></details>"),
        );
    }

    /// Adds a piece of the page at the cost of its owner. On a full page the first ones are named, the rest counted.
    fn put(&mut self, out: &mut String, owner: Owner, piece: &str) {
        let left = &mut self.left[owner as usize];
        if *left == 0 {
            self.left_out += 1;
            if self.left_out <= NAMED {
                out.push_str("<p class=text><em>a text is left out, the page is full</em></p>");
            }
            return;
        }
        *left = left.saturating_sub(piece.len());
        out.push_str(piece);
    }

    /// The first words of a text, for one line; empty when it cannot be had cheaply.
    pub fn beginning(&self, body: &Body) -> String {
        match body {
            Body::Text(text) => line(text, 120),
            Body::Blob { .. } | Body::Omitted { .. } => String::new(),
        }
    }
}

fn head(title: &str, bytes: u64) -> String {
    let unit = if bytes == 1 { "byte" } else { "bytes" };
    format!("{} <small>{} {unit}</small>", line(title, 200), grouped(bytes))
}

/// A text as HTML. Of one longer than `limit` bytes start and end are shown, and between them how much is not.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.len() <= limit {
        return html(text);
    }
    let start = &text[..text.floor_char_boundary(limit / 2)];
    let end = &text[text.ceil_char_boundary(text.len() - limit / 2)..];
    let hidden = grouped((text.len() - start.len() - end.len()) as u64);
    format!("{}<span class=cut>\n… {hidden} bytes are not shown …\n</span>{}", html(start), html(end))
}

/// The beginning of a text, on one line, as HTML.
pub(super) fn line(text: &str, characters: usize) -> String {
    let text = text.trim_start();
    let (end, more) = text.char_indices().nth(characters).map_or((text.len(), ""), |(end, _)| (end, "…"));
    let words: Vec<&str> = text[..end].split_whitespace().collect();
    format!("{}{more}", html(&words.join(" ")))
}
