//! Answers as Markdown files in the state folder, for clients that can only show documents. Readable by their owner alone.

#![expect(clippy::disallowed_methods, reason = "the one door to the answers' folder")]

use std::fmt::Write as _;
use std::fs::{DirBuilder, DirEntry, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tower_lsp::ls_types::request::ShowDocument;
use tower_lsp::ls_types::{ShowDocumentParams, Uri};

use super::files::file_uri;
use super::protocol::{End, Reason, Support};
use super::state::State;
use crate::display;

/// Files that are kept; older ones are removed.
const KEPT: usize = 100;

/// Offers the answer, or the plan, as a document.
pub async fn offer(state: &State, end: &End) -> Option<Uri> {
    let text = match &end.plan {
        Some(plan) if !plan.files.is_empty() || !plan.problems.is_empty() => plan.markdown.clone(),
        _ if end.answer.is_empty() => return None,
        _ => page(end),
    };
    show(state, end.run_id.clone(), text).await
}

/// Writes a page as a document and shows it, if the client shows documents and takes no notices of ours. The page has to be
/// safe to show already.
pub async fn show(state: &State, run: String, text: String) -> Option<Uri> {
    let session = state.session()?;
    let shows = session.client.window.as_ref().and_then(|window| window.show_document.as_ref());
    if !shows.is_some_and(|shows| shows.support) || session.options.runs {
        return None;
    }
    let state_dir = session.config.state_dir.clone();
    let written = tokio::task::spawn_blocking(move || write(&state_dir, &run, &text)).await.ok()?;
    let path = match written {
        Ok(path) => path,
        Err(error) => {
            tracing::warn!("the answer could not be written as a document: {error}");
            return None;
        }
    };
    let uri = file_uri(&path)?;
    let params =
        ShowDocumentParams { uri: uri.clone(), external: Some(false), take_focus: Some(true), selection: None };
    let client = state.client.clone();
    // Whether the document is shown, and when, is between the client and its user: the answer does not wait for it.
    tokio::spawn(async move {
        if let Err(error) = client.send_request::<ShowDocument>(params).await {
            tracing::warn!("the client did not show the answer: {error}");
        }
    });
    Some(uri)
}

/// The answer as a page.
fn page(end: &End) -> String {
    let mut page = format!("{}\n", end.answer.trim_end());
    if end.reason != Reason::Answered {
        let _ = write!(page, "\n> {}\n", display::markdown(&end.message).trim_end());
    }
    let doubtful: Vec<String> = end
        .citations
        .iter()
        .filter(|cited| cited.status != Support::Valid)
        .map(|cited| format!("{}:{}-{}", cited.path, cited.from, cited.to))
        .collect();
    if !doubtful.is_empty() {
        let text = format!("\n> Citations that their lines do not support: {}\n", doubtful.join(", "));
        page.push_str(&display::markdown(&text));
    }
    page
}

/// Writes an answer and returns its absolute path. The text has to be safe to show already.
fn write(state_dir: &Path, run: &str, text: &str) -> io::Result<PathBuf> {
    let folder = std::path::absolute(state_dir)?.join("answers");
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    evict(&folder);
    let path = folder.join(format!("{run}.md"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path)?.write_all(text.as_bytes())?;
    Ok(path)
}

/// Removes the oldest answers. What cannot be removed stays: another server may have been faster, and no answer is lost
/// for it.
fn evict(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let answer = |entry: io::Result<DirEntry>| {
        let entry = entry.ok()?;
        let (path, metadata) = (entry.path(), entry.metadata().ok()?);
        let is_answer = metadata.is_file() && path.extension().is_some_and(|extension| extension == "md");
        is_answer.then(|| (metadata.modified().ok(), path))
    };
    let mut files: Vec<(Option<SystemTime>, PathBuf)> = entries.filter_map(answer).collect();
    files.sort();
    let surplus = (files.len() + 1).saturating_sub(KEPT);
    for (_, path) in files.iter().take(surplus) {
        let _ = std::fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_goes_by_the_clock_and_not_by_the_name() {
        let dir = tempfile::tempdir().unwrap();
        let old = write(dir.path(), "unrecorded-1", "text").unwrap();
        let past = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        OpenOptions::new().write(true).open(&old).unwrap().set_modified(past).unwrap();
        // What is no answer, and cannot be removed like one, is in nobody's way.
        let folder = dir.path().join("answers/a.md");
        std::fs::create_dir(&folder).unwrap();
        for number in 0..KEPT {
            assert!(old.exists() || number == KEPT - 1);
            write(dir.path(), &format!("run-{number:04}"), "text").unwrap();
        }
        assert!(!old.exists() && folder.exists());
        assert_eq!(std::fs::read_dir(dir.path().join("answers")).unwrap().count(), KEPT + 1);
    }

    #[test]
    fn the_newest_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..KEPT + 3 {
            write(dir.path(), &format!("run-{number:04}"), "text").unwrap();
        }
        let left: Vec<PathBuf> =
            std::fs::read_dir(dir.path().join("answers")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left.len(), KEPT);
        assert!(left.iter().all(|path| !path.ends_with("run-0002.md")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert!(left.iter().all(|path| path.metadata().unwrap().permissions().mode() & 0o777 == 0o600));
        }
    }
}
