//! `repo.text`: whatever `repo.*` returned, as text with `path:line` headers and numbered lines, ready for a prompt.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{RepoHost, Sighting, failure};
use crate::cancel::Cancel;
use crate::graph;
use crate::repl::CallError;
use crate::workspace::{RelPath, WorkspaceError};

/// Bytes of text that one call builds; more is refused with its size.
const MOST: usize = 8 << 20;

impl RepoHost {
    pub(super) fn text(&self, what: &Value, context: u64, cancel: &Cancel) -> Result<String, CallError> {
        let mut out = String::new();
        self.write(&mut out, what, context, cancel)?;
        let trimmed = out.trim_end();
        Ok(if trimmed.is_empty() { "(nothing)".to_owned() } else { format!("{trimmed}\n") })
    }

    fn write(&self, out: &mut String, what: &Value, context: u64, cancel: &Cancel) -> Result<(), CallError> {
        if cancel.is_cancelled() {
            return Err(CallError { name: "Cancelled", message: "repo.text: cancelled".to_owned() });
        }
        match what {
            Value::Array(items) => {
                merged(items, context).iter().try_for_each(|item| self.write(out, item, context, cancel))?
            }
            Value::String(text) => match RelPath::parse(text) {
                Ok(path) if self.snapshot.contains(&path).unwrap_or(false) => self.lines(out, &path, 1, u64::MAX)?,
                _ => {
                    out.push_str(text);
                    out.push('\n');
                }
            },
            Value::Object(fields) => {
                let number = |name: &str| fields.get(name).and_then(Value::as_u64);
                if let Some(files) = fields.get("files").filter(|files| files.is_array()) {
                    return self.write_all(out, fields.get("parts").unwrap_or(files), cancel);
                }
                let Some(path) = fields.get("path").and_then(Value::as_str) else {
                    return Err(unknown(what));
                };
                if let Some(calls) = fields.get("calls").filter(|calls| calls.is_array()) {
                    return self.write(out, calls, context, cancel);
                }
                let inside = graph::module_files(self.snapshot.files().map_err(failure)?, path);
                if !inside.is_empty() {
                    let inside = inside.iter().map(|file| Value::from(file.path.as_str())).collect();
                    return self.write_all(out, &inside, cancel);
                }
                let path = self.file(path)?;
                let range = match (number("from"), number("to"), number("line")) {
                    (Some(from), Some(to), _) => Some((from, to)),
                    (_, _, Some(line)) => {
                        let around = |side: &str| fields.get(side).and_then(Value::as_array).map_or(0, Vec::len) as u64;
                        Some((line.saturating_sub(around("before")), line + around("after")))
                    }
                    _ => None,
                };
                match range {
                    // A list of single lines reads best as a list.
                    Some((from, to)) if from == to && context == 0 => {
                        let by_name = fields.get("confidence").is_some_and(|confidence| confidence == "possible");
                        self.line(out, &path, from, if by_name { "  (possible)" } else { "" })?;
                    }
                    Some((from, to)) => self.lines(out, &path, from.saturating_sub(context).max(1), to + context)?,
                    None => self.lines(out, &path, 1, u64::MAX)?,
                }
            }
            other => return Err(unknown(other)),
        }
        fits(out)
    }

    /// The files of a module or a bundle. What has no text is named.
    fn write_all(&self, out: &mut String, files: &Value, cancel: &Cancel) -> Result<(), CallError> {
        for file in files.as_array().into_iter().flatten() {
            let path = file.as_str().and_then(|path| RelPath::parse(path).ok());
            match path.map(|path| (self.snapshot.text(&path), path)) {
                Some((Err(WorkspaceError::Binary { bytes, .. } | WorkspaceError::TooBig { bytes, .. }), path)) => {
                    out.push_str(&format!("==> {path}: no text, {bytes} bytes\n\n"));
                }
                Some((Err(error), _)) => return Err(failure(error)),
                Some((Ok(_), path)) => self.lines(out, &path, 1, u64::MAX)?,
                None => self.write(out, file, 0, cancel)?,
            }
            if cancel.is_cancelled() {
                return Err(CallError { name: "Cancelled", message: "repo.text: cancelled".to_owned() });
            }
            fits(out)?;
        }
        Ok(())
    }

    fn line(&self, out: &mut String, path: &RelPath, line: u64, remark: &str) -> Result<(), CallError> {
        let slice = self.snapshot.lines(path, line, line).map_err(failure)?;
        let text = slice.text.trim_end_matches(['\n', '\r']);
        (self.sighted)(Sighting::Read { path: path.as_str(), from: line, text });
        out.push_str(&format!("{path}:{line}: {text}{remark}\n"));
        Ok(())
    }

    fn lines(&self, out: &mut String, path: &RelPath, from: u64, to: u64) -> Result<(), CallError> {
        let slice = if from == 1 && to == u64::MAX {
            let text = self.snapshot.text(path).map_err(failure)?;
            (text.to_string(), 1)
        } else {
            let slice = self.snapshot.lines(path, from, to).map_err(failure)?;
            (slice.text, slice.from)
        };
        let (text, from) = slice;
        (self.sighted)(Sighting::Read { path: path.as_str(), from, text: &text });
        let count = text.lines().count() as u64;
        out.push_str(&format!("==> {path}:{from}-{}\n", (from + count).saturating_sub(1).max(from)));
        for (at, line) in text.lines().enumerate() {
            out.push_str(&format!("{}: {line}\n", from + at as u64));
        }
        out.push('\n');
        Ok(())
    }
}

/// Neighbours of a list that would show lines of one file twice, as one: excerpts with context overlap.
fn merged(items: &[Value], context: u64) -> Vec<Cow<'_, Value>> {
    let mut merged: Vec<Cow<'_, Value>> = Vec::with_capacity(items.len());
    let mut last: Option<(&str, u64, u64)> = None;
    for item in items {
        let here = excerpt(item, context);
        match (last, here) {
            (Some((path, from, to)), Some((same, start, end))) if path == same && start <= to + 1 && from <= start => {
                let to = to.max(end);
                merged.pop();
                // The context is in it already.
                let (from, to_shown) = (from + context, to.saturating_sub(context));
                merged.push(Cow::Owned(json!({ "path": path, "from": from, "to": to_shown })));
                last = Some((path, from - context, to));
            }
            _ => {
                merged.push(Cow::Borrowed(item));
                last = here;
            }
        }
    }
    merged
}

/// The lines that an item of a list shows beside its own; `None` where nothing can overlap.
fn excerpt(item: &Value, context: u64) -> Option<(&str, u64, u64)> {
    let fields = item.as_object()?;
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    let path = fields.get("path")?.as_str()?;
    let line = number("line")
        .filter(|_| context > 0 && !["from", "before", "calls"].iter().any(|name| fields.contains_key(*name)))?;
    Some((path, line.saturating_sub(context).max(1), line + context))
}

fn fits(out: &str) -> Result<(), CallError> {
    if out.len() <= MOST {
        return Ok(());
    }
    let message =
        format!("repo.text: more than {MOST} bytes; pass fewer items, slices of them, or bundles of repo.partition");
    Err(CallError { name: "RangeError", message })
}

fn unknown(what: &Value) -> CallError {
    let shown: String = what.to_string().chars().take(80).collect();
    CallError {
        name: "TypeError",
        message: format!("repo.text: {shown} has no path; pass what repo.* returned, a path, or an array of these"),
    }
}
