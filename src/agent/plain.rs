//! The short cut for small scopes: everything in one prompt, one plain call, no code.

use std::fmt::Write as _;

use super::answers::answer::HeldAnswer;
use super::calls::budget::Purpose;
use super::calls::entire::entire;
use super::calls::fitted::{self, Reply};
use super::calls::{Ask, CallFailure};
use super::code;
use super::prompt::fence::fence;
use super::prompt::{self, Asked};
use super::session::Session;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::Role as CallRole;
use crate::model::{Role, tokens};
use crate::workspace::{RelPath, WorkspaceError};

/// More files than this make a scope worth exploring, however small they are.
const MOST_FILES: u64 = 60;

/// Whether so much may go into one prompt, as far as can be said without reading it.
pub(super) fn is_small(files: u64, bytes: u64, plain_below: u64) -> bool {
    (1..=MOST_FILES).contains(&files) && bytes <= plain_below
}

/// The files of a small scope as one text with numbered lines; `None` when the scope is not small.
pub fn whole_scope(session: &Session) -> Option<String> {
    let files = session.snapshot.files().ok()?;
    if !is_small(files.len() as u64, session.snapshot.total_size(files), session.plain_below) {
        return None;
    }
    let mut text = String::new();
    for file in files {
        // A file that cannot be shown whole makes the short cut wrong: the loop can say more about it.
        show(&mut text, &file.path, &session.snapshot.text(&file.path).ok()?);
    }
    let window = session.bindings.calls.window(CallRole::Root);
    (tokens::estimate(&text) <= window / 2).then_some(text)
}

/// All text files of a scope as one text with numbered lines; `None` when it has more than `most` tokens.
pub fn everything(session: &Session, most: u64) -> Result<Option<String>, WorkspaceError> {
    let mut text = String::new();
    let mut tokens = 0;
    for file in session.snapshot.files()? {
        let from = text.len();
        match session.snapshot.text(&file.path) {
            Ok(content) => show(&mut text, &file.path, &content),
            // Nobody can read these as text, the loop no more than this.
            Err(WorkspaceError::Binary { .. }) => continue,
            Err(WorkspaceError::TooBig { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        tokens += crate::text::tokens(&text[from..]);
        if tokens > most {
            return Ok(None);
        }
    }
    Ok(Some(text))
}

fn show(text: &mut String, path: &RelPath, content: &str) {
    let _ = writeln!(text, "==> {path}");
    for (at, line) in content.lines().enumerate() {
        let _ = writeln!(text, "{}: {line}", at + 1);
    }
}

/// Answers from `scope` in one call; `None` when the model wants to look for itself, says nothing,
/// or its reply does not satisfy the schema.
pub async fn answer(
    session: &Session,
    asked: &Asked<'_>,
    scope: &str,
    cancel: &Cancel,
) -> Result<Option<HeldAnswer>, CallFailure> {
    let calls = &session.bindings.calls;
    calls.journal.write(Event::Note { text: "The whole scope fits into one prompt: one plain call.".to_owned() });
    let key = &session.bindings.key;
    let mut user = format!("{}The files:\n{}", asked.text(key), fence(key, "files", scope));
    if let Some(schema) = &session.bindings.schema {
        let _ = write!(user, "\n\n{}", prompt::reply_must_satisfy(key, schema.value()));
    }
    let ask = Ask {
        role: CallRole::Root,
        purpose: Purpose::Work,
        messages: vec![prompt::message(Role::System, prompt::PLAIN), prompt::message(Role::User, user)],
        tools: Vec::new(),
        max_tokens: calls.leaf_output(CallRole::Root, None),
        schema: None,
        parent: None,
        label: "one plain call over the whole scope".to_owned(),
    };
    let answer = match &session.bindings.schema {
        Some(schema) => match fitted::complete(calls, ask, schema, cancel).await? {
            Reply::Fits(value) => HeldAnswer::computed(value),
            Reply::Unfit(_) => return Ok(None),
        },
        None => {
            let (reply, _) = entire(calls, ask, cancel).await?;
            if reply.text.trim().is_empty() || code::is_cell(&reply.text) {
                return Ok(None);
            }
            HeldAnswer::text(reply.text)
        }
    };
    for file in session.snapshot.files().unwrap_or_default() {
        if let Ok(text) = session.snapshot.text(&file.path) {
            calls.seen.found(file.path.as_str(), 1..=text.lines().count().max(1) as u64);
        }
    }
    Ok(Some(answer))
}
