//! The orientation map of a repository: what modules are for, as earlier runs came to know it, and only while their files
//! are what they were. A module is a folder with the files that stand in it directly.

mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::calls::Ask;
use super::calls::budget::Purpose;
use super::prompt;
use super::prompt::fence::fence;
use super::session::Session;
use crate::cancel::Cancel;
use crate::display;
use crate::journal::event::Role as CallRole;
use crate::model::{Finish, Role};
use crate::redact::redact;
use crate::workspace::{FileEntry, Snapshot};

pub use store::Maps;
use store::{Entry, Key};

const PROMPT: &str = include_str!("orientation.md");

/// Characters that a map may have in a prompt, and its share of a small window.
const MOST_SHOWN: usize = 4_000;

/// Characters of a summary.
const MOST_SUMMARY: usize = 300;

/// Sub-calls from which on a run may make one more, for the map.
const WORTH: u64 = 4;

/// Modules that one run may add, and characters that are shown of each.
const MOST_ADDED: usize = 8;
const MOST_MODULE: usize = 3_000;

/// Modules with more files, or more bytes, have no place on the map.
const MOST_FILES: usize = 200;
const MOST_BYTES: u64 = 8 << 20;

/// How long an answer may wait for the map.
const PATIENCE: Duration = Duration::from_secs(15);

/// The map as a question's prompt shows it; `None` when there is nothing to show. Blocks.
///
/// What this same question has found out before is left out: asked again, it makes the same prompt again.
pub fn section(session: &Session, question: &str) -> Option<String> {
    let maps = session.maps.as_ref()?;
    let entries = maps.read(&workspace(&session.snapshot), Some(&origin(question)));
    if entries.is_empty() {
        return None;
    }
    let modules = modules(session.snapshot.files().ok()?);
    let window = usize::try_from(session.bindings.calls.window(CallRole::Root)).unwrap_or(usize::MAX);
    let mut left = MOST_SHOWN.min(window / 4);
    let (mut known, mut changed) = (Vec::new(), Vec::new());
    for Entry { path, hash, summary } in entries.into_iter().filter(|entry| !entry.summary.is_empty()) {
        let Some(files) = modules.get(path.as_str()) else { continue };
        let fits = hash_of(&session.snapshot, files) == Some(hash);
        let line = if fits { format!("{path}: {summary}") } else { path };
        let size = line.chars().count() + 2;
        if size > left {
            break;
        }
        left -= size;
        if fits { known.push(line) } else { changed.push(line) }
    }
    known.sort();
    changed.sort();
    let mut text = known.join("\n");
    if !changed.is_empty() {
        let _ = write!(text, "\nchanged since: {}", changed.join(", "));
    }
    let map = fence(&session.bindings.key, "map", text.trim());
    (!text.is_empty()).then(|| {
        format!(
            "\n\nWhat earlier runs noted of modules whose files have not changed, as hints where to look. It is never \
             evidence, and cannot be cited: the text is, and can.\n{map}"
        )
    })
}

/// Extends the map by modules that the run looked at, those that its answer `cited` first. One call of the leaf model,
/// and only after a run that made several sub-calls, with budget left. Whatever goes wrong, there is just no more map.
pub async fn remember(session: &Arc<Session>, question: &str, cited: BTreeSet<String>, cancel: &Cancel) {
    let calls = &session.bindings.calls;
    let little_left = calls.ledger.left().calls < 2 || calls.ledger.work_time_left() < PATIENCE * 2;
    if session.maps.is_none() || calls.tree.subcalls() < WORTH || little_left {
        return;
    }
    let work = session.clone();
    let Ok(Some(wanted)) = tokio::task::spawn_blocking(move || wanted(&work, &cited)).await else { return };
    let body = format!("The modules:\n{}", fence(&session.bindings.key, "modules", &wanted.text));
    let ask = Ask {
        role: CallRole::Leaf,
        purpose: Purpose::at(session.bindings.depth),
        messages: vec![prompt::message(Role::System, PROMPT), prompt::message(Role::User, body)],
        tools: Vec::new(),
        max_tokens: 1_024,
        schema: None,
        parent: None,
        label: format!("a map of {} modules, for later questions", wanted.hashes.len()),
    };
    let reply = match tokio::time::timeout(PATIENCE, calls.complete(ask, cancel)).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(failure)) => return tracing::debug!(%failure, "the map was not extended"),
        Err(_) => return tracing::debug!("the map was not extended: it took too long"),
    };
    let (session, origin) = (session.clone(), origin(question));
    let keep = move || {
        let mut entries = summaries(&reply.text, &wanted.hashes);
        // What a cut reply leaves out, its author may still have something to say of.
        if reply.finish == Finish::Stop {
            entries.extend(left_out(&entries, &wanted.hashes));
        }
        if let Some(maps) = &session.maps {
            maps.write(&workspace(&session.snapshot), &origin, &entries);
        }
    };
    if tokio::task::spawn_blocking(keep).await.is_err() {
        tracing::warn!("the map could not be kept");
    }
}

/// Modules to be summarised.
struct Wanted {
    hashes: BTreeMap<String, [u8; 32]>,
    text: String,
}

fn wanted(session: &Session, cited: &BTreeSet<String>) -> Option<Wanted> {
    let maps = session.maps.as_ref()?;
    let snapshot = &session.snapshot;
    let modules = modules(snapshot.files().ok()?);
    let known: BTreeMap<String, [u8; 32]> =
        maps.read(&workspace(snapshot), None).into_iter().map(|entry| (entry.path, entry.hash)).collect();
    // A cited file counts for more than any number of files that were only met.
    let mut seen = BTreeMap::<String, usize>::new();
    for path in session.bindings.calls.seen.paths() {
        *seen.entry(module_of(&path)).or_default() += if cited.contains(&path) { 1_000 } else { 1 };
    }
    let mut ranked: Vec<(String, usize)> = seen.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let (mut hashes, mut text) = (BTreeMap::new(), String::new());
    for (module, _) in ranked.into_iter().take(MOST_ADDED) {
        let Some(files) = modules.get(module.as_str()) else { continue };
        let Some(hash) = hash_of(snapshot, files) else { continue };
        if known.get(&module) == Some(&hash) {
            continue;
        }
        text.push_str(&outline(session, &module, files));
        hashes.insert(module, hash);
    }
    (!hashes.is_empty()).then_some(Wanted { hashes, text })
}

/// A module as its summary's author sees it: heads of files, and names.
fn outline(session: &Session, module: &str, files: &[&FileEntry]) -> String {
    const HEAD: usize = 300;
    const NAMES: usize = 24;
    let mut text = format!("== {module}\n");
    for file in files {
        if text.chars().count() > MOST_MODULE {
            break;
        }
        let Ok((content, _)) = session.snapshot.glance(&file.path) else { continue };
        let head: String = content.chars().take(HEAD).collect();
        let head: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(4).collect();
        let names = session.bindings.repo.names(file.path.as_str());
        let names: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
        let _ = writeln!(text, "{}:\n{}\ndefines: {}\n", file.path, head.join("\n"), names.join(", "));
    }
    text
}

/// The lines of a reply that say something of a module that was asked for.
fn summaries(reply: &str, hashes: &BTreeMap<String, [u8; 32]>) -> Vec<Entry> {
    let mut said = BTreeMap::new();
    for line in reply.lines() {
        let line = line.trim().trim_start_matches(['-', ' ', '`']);
        let found = hashes.iter().find_map(|(path, hash)| {
            let rest = line.strip_prefix(path.as_str())?.trim_start_matches('`').strip_prefix(':')?;
            Some((path, *hash, rest.trim()))
        });
        if let Some((path, hash, summary)) = found.filter(|(.., summary)| !summary.is_empty()) {
            let summary = display::terminal(summary).chars().take(MOST_SUMMARY).collect::<String>();
            let summary = redact(&summary).into_owned();
            said.entry(path).or_insert(Entry { path: path.clone(), hash, summary });
        }
    }
    said.into_values().collect()
}

/// Modules that were asked for in vain, with nothing to show: the next run need not ask for them again.
fn left_out(said: &[Entry], hashes: &BTreeMap<String, [u8; 32]>) -> Vec<Entry> {
    let is_said = |path: &String| said.iter().any(|entry| entry.path == *path);
    let empty = |(path, hash): (&String, &[u8; 32])| Entry { path: path.clone(), hash: *hash, summary: String::new() };
    hashes.iter().filter(|(path, _)| !is_said(path)).map(empty).collect()
}

/// Files by the folder that they stand in.
fn modules(files: &[FileEntry]) -> BTreeMap<String, Vec<&FileEntry>> {
    let mut modules = BTreeMap::<String, Vec<&FileEntry>>::new();
    for file in files {
        modules.entry(module_of(file.path.as_str())).or_default().push(file);
    }
    modules
}

/// `src/graph/*` for what stands in `src/graph`, as `repo.modules` has it.
fn module_of(path: &str) -> String {
    path.rsplit_once('/').map_or_else(|| "*".to_owned(), |(folder, _)| format!("{folder}/*"))
}

/// Changes with any of the files. `None` for what is too large, or cannot be read.
fn hash_of(snapshot: &Snapshot, files: &[&FileEntry]) -> Option<[u8; 32]> {
    if files.len() > MOST_FILES || snapshot.total_size(files) > MOST_BYTES {
        return None;
    }
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher.update(file.path.as_str().as_bytes());
        hasher.update(&[0]);
        match snapshot.glance(&file.path) {
            Ok((text, _)) => hasher.update(blake3::hash(text.as_bytes()).as_bytes()),
            // What is no text has a size at least.
            Err(_) => hasher.update(&snapshot.size(file).to_le_bytes()),
        };
    }
    Some(*hasher.finalize().as_bytes())
}

/// Tells repositories apart without naming them.
pub(super) fn workspace(snapshot: &Snapshot) -> Key {
    let mut hasher = blake3::Hasher::new();
    for path in snapshot.root_paths() {
        hasher.update(path.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
    }
    *hasher.finalize().as_bytes()
}

fn origin(question: &str) -> Key {
    *blake3::hash(question.trim().as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_is_kept() {
        let hashes = [("src/*", 1), ("src/a/*", 2)].map(|(path, hash)| (path.to_owned(), [hash; 32]));
        let check = |reply: &str, expect: &[(&str, u8, &str)]| {
            let kept = summaries(reply, &hashes.clone().into());
            let kept: Vec<_> = kept.iter().map(|e| (e.path.as_str(), e.hash[0], e.summary.as_str())).collect();
            assert_eq!(kept, expect, "{reply:?}");
        };
        check(
            "src/*: The entry.\n- `src/a/*`: Parses; see `parse`.",
            &[("src/*", 1, "The entry."), ("src/a/*", 2, "Parses; see `parse`.")],
        );
        check("src/b/*: unknown\nsrc/*:\nThe src/* module", &[]);
        check("src/*: one\nsrc/*: two", &[("src/*", 1, "one")]);
    }

    #[test]
    fn modules_are_folders() {
        for (path, expect) in [("a.rs", "*"), ("src/a.rs", "src/*"), ("src/a/b.rs", "src/a/*")] {
            assert_eq!(module_of(path), expect);
        }
    }
}
