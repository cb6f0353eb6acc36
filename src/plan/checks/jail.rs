//! Whether a document from elsewhere may be applied at all: its paths, its numbers, and the texts it was made for.

use std::collections::BTreeSet;

use crate::plan::{Document, FileChange, MAX_FILES, MAX_TEXT, PlanError, VERSION};
use crate::workspace::{Encoding, RelPath, Sites, Snapshot};

use super::Problem;

const CHECK: &str = "jail";

/// The document with the files that are as it says, and what is wrong with the others.
///
/// # Errors
/// When the repository cannot be listed.
pub(super) fn sift(document: &Document, base: &Snapshot) -> Result<(Document, Vec<Problem>), PlanError> {
    let mut problems = Vec::new();
    let mut whole = |message: String| problems.push(Problem::new(CHECK, true, message));
    if document.version != VERSION {
        whole(format!("the plan is of version {}; this program knows version {VERSION}", document.version));
    }
    if document.files.len() > MAX_FILES {
        whole(format!("the plan changes {} files; the limit is {MAX_FILES}", document.files.len()));
        return Ok((Document { files: Vec::new(), ..document.clone() }, problems));
    }
    let text: usize =
        document.files.iter().flat_map(|file| &file.edits).map(|edit| edit.old.len() + edit.new.len()).sum();
    if text > 2 * MAX_TEXT {
        whole(format!("the plan has more than {} MiB of text", (2 * MAX_TEXT) >> 20));
        return Ok((Document { files: Vec::new(), ..document.clone() }, problems));
    }
    let ids: BTreeSet<u32> = document.steps.iter().map(|step| step.id).collect();
    if ids.len() < document.steps.len() {
        whole("two steps have one number".to_owned());
    }
    let left = document.files.iter().filter(|file| file.before != file.after);
    let vacated = left.filter_map(|file| RelPath::parse(file.before.as_deref()?).ok()).collect();
    let (mut befores, mut afters) = (BTreeSet::new(), BTreeSet::new());
    let mut files = Vec::new();
    for file in &document.files {
        let faults = [
            file.before
                .as_ref()
                .and_then(|path| (!befores.insert(path.clone())).then(|| "is in the plan twice".to_owned())),
            file.after
                .as_ref()
                .and_then(|path| (!afters.insert(path.to_lowercase())).then(|| "two files get this path".to_owned())),
            file.all_steps().iter().find(|step| !ids.contains(step)).map(|step| format!("there is no step {step}")),
            fault(file, base, &vacated)?,
        ];
        let faults: Vec<String> = faults.into_iter().flatten().collect();
        if faults.is_empty() {
            files.push(file.clone());
        }
        let step = file.all_steps().into_iter().next();
        problems.extend(faults.into_iter().map(|why| Problem::new(CHECK, true, why).step(step).path(file.path())));
    }
    Ok((Document { files, ..document.clone() }, problems))
}

/// Why a file's change cannot be what it says.
fn fault(file: &FileChange, base: &Snapshot, vacated: &BTreeSet<RelPath>) -> Result<Option<String>, PlanError> {
    let moves = file.before != file.after;
    for (path, is_new) in
        file.before.iter().map(|path| (path, false)).chain(file.after.iter().map(|path| (path, moves)))
    {
        let admitted = RelPath::parse(path).and_then(|path| match is_new {
            true => Sites::of(base).check(&path, vacated),
            false => base.writable(&path),
        });
        if let Err(error) = admitted {
            return Ok(Some(format!("no plan may write there: {error}")));
        }
        if RelPath::parse(path).is_ok_and(|parsed| parsed.as_str() != path) {
            return Ok(Some("its path is not written as paths of the workspace are".to_owned()));
        }
    }
    Ok(match (&file.before, &file.after) {
        (None, None) => Some("it is neither there before nor afterwards".to_owned()),
        (None, Some(_)) => created(file),
        (Some(before), _) => changed(file, before, base),
    })
}

fn created(file: &FileChange) -> Option<String> {
    let one =
        matches!(&file.edits[..], []) || matches!(&file.edits[..], [edit] if edit.start == 0 && edit.old.is_empty());
    (!one || file.hash.is_some()).then(|| "it is created, and says what was there before".to_owned())
}

fn changed(file: &FileChange, before: &str, base: &Snapshot) -> Option<String> {
    let path = RelPath::parse(before).ok()?;
    let text = match base.text(&path) {
        Ok(text) => text,
        Err(error) => return Some(error.to_string()),
    };
    if file.hash.as_deref() != Some(blake3::hash(text.as_bytes()).to_hex().as_str()) {
        return Some("has another text than the plan was made for; make the plan anew".to_owned());
    }
    match base.encoding(&path) {
        Ok(Encoding::Other) => return Some(PlanError::Encoding { path: before.to_owned() }.to_string()),
        Ok(encoding) if (encoding == Encoding::Utf8Bom) != file.bom => {
            return Some("the plan is wrong about its byte order mark".to_owned());
        }
        _ => {}
    }
    let mut at = 0;
    for edit in &file.edits {
        if edit.start < at {
            return Some("its edits overlap, or are not in order".to_owned());
        }
        at = edit.start.saturating_add(edit.old.len());
        if text.get(edit.start..at) != Some(edit.old.as_str()) {
            return Some(format!("the edit of line {} replaces another text than stands there", edit.line));
        }
        let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..edit.start]).count();
        if line != edit.line as usize {
            return Some(format!("the edit that says line {} is in line {line}", edit.line));
        }
    }
    let whole = matches!(&file.edits[..], [edit] if edit.old.len() == text.len() && edit.new.is_empty());
    (file.after.is_none() && !whole && !text.is_empty())
        .then(|| "it is removed, and its edits do not say so".to_owned())
}
