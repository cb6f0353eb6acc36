//! The writing itself: new texts are laid beside the files, then put in their places, and taken back if one cannot be.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::Path;

use crate::cancel::Cancel;
use crate::workspace::{RelPath, Snapshot, WorkspaceError};

use super::ApplyError;
use super::record::{Entry, Intent, Kept, Record, State, Undone};
use super::targets::Target;

/// Writes all targets, or none. Gives the texts that somebody wrote meanwhile, and that lie beside their files.
pub(super) fn write(
    mut targets: Vec<Target>,
    now: &Snapshot,
    record: &mut Record,
    cancel: &Cancel,
) -> Result<Vec<Kept>, ApplyError> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    // Files come before they go: at no time is a text nowhere.
    targets.sort_by_key(|target| target.new.is_none());
    let intent = intend(&targets, now)?;
    record.begin(&intent)?;
    let mut touched = 0;
    let written = lay_out(&targets, &intent, now, cancel).and_then(|()| put_in_place(&intent, now, &mut touched));
    let written = written.and_then(|()| finish(&intent, now, record));
    if let Err((path, cause)) = written {
        return Err(take_back(&intent, now, record, touched, path, cause));
    }
    let kept = intent.tidy(now, false, touched);
    record.end()?;
    remove_empty_folders(&targets, now);
    Ok(kept)
}

/// Why it did not work.
#[derive(Debug)]
enum Cause {
    Io(io::Error),
    Changed,
    Cancelled,
}

type Step = Result<(), (String, Cause)>;

fn intend(targets: &[Target], now: &Snapshot) -> Result<Intent, ApplyError> {
    let roots = now.root_paths().into_iter().map(Path::to_owned).collect();
    let mut intent = Intent { roots, ..Intent::default() };
    for target in targets.iter().filter(|target| target.new.is_some() && target.old.is_none()) {
        for folder in now.missing_folders(&target.path)? {
            if !intent.folders.iter().any(|known| known == folder.as_str()) {
                intent.folders.push(folder.to_string());
            }
        }
    }
    let random = || RandomState::new().hash_one(&intent.folders);
    let entries = targets
        .iter()
        .map(|target| {
            let name = format!(".spelunk-{:016x}", random());
            Entry {
                path: target.path.to_string(),
                old: target.old.map(|hash| hash.to_hex().to_string()),
                new: target.new.as_ref().map(|new| blake3::hash(new).to_hex().to_string()),
                coming: format!("{name}.new"),
                kept: format!("{name}.old"),
            }
        })
        .collect();
    intent.entries = entries;
    Ok(intent)
}

/// Makes the folders, and lays every new text, and a second name for every old one, beside its file.
fn lay_out(targets: &[Target], intent: &Intent, now: &Snapshot, cancel: &Cancel) -> Step {
    for folder in &intent.folders {
        RelPath::parse(folder).and_then(|path| now.create_folder(&path)).map_err(|error| at(folder, error))?;
    }
    for (entry, target) in intent.entries.iter().zip(targets) {
        let path = &entry.path;
        if cancel.is_cancelled() {
            return Err((path.clone(), Cause::Cancelled));
        }
        let place = entry.place(now).map_err(|error| at(path, error))?;
        let laid_out = || -> io::Result<()> {
            if let Some(new) = &target.new {
                let like = target.like.as_ref().map(|like| now.place(like)).transpose().map_err(io::Error::other)?;
                place.beside(&entry.coming)?.create(new, like.as_ref())?;
            }
            if target.old.is_some() {
                place.keep_as(&place.beside(&entry.kept)?)?;
            }
            Ok(())
        };
        laid_out().map_err(|error| (path.clone(), Cause::Io(error)))?;
    }
    Ok(())
}

/// Puts every text in its place, as long as what is there is what was.
/// `touched` becomes how many
/// of them may have been put.
fn put_in_place(intent: &Intent, now: &Snapshot, touched: &mut usize) -> Step {
    for (at, entry) in intent.entries.iter().enumerate() {
        let path = &entry.path;
        let failed = |error| (path.clone(), Cause::Io(error));
        if entry.state(now).map_err(failed)? != State::Old {
            return Err((path.clone(), Cause::Changed));
        }
        let place = entry.place(now).map_err(|error| failed(io::Error::other(error)))?;
        *touched = at + 1;
        let put = match (&entry.old, &entry.new) {
            (_, None) => place.remove(),
            (None, Some(_)) => place.beside(&entry.coming).and_then(|coming| coming.rename_free(&place)),
            (Some(_), Some(_)) => place.beside(&entry.coming).and_then(|coming| coming.rename_over(&place)),
        };
        put.map_err(failed)?;
    }
    let folder = |entry: &'_ Entry| entry.path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let one_of_each: BTreeMap<String, &Entry> = intent.entries.iter().map(|entry| (folder(entry), entry)).collect();
    for entry in one_of_each.values() {
        let place = entry.place(now).map_err(|error| (entry.path.clone(), Cause::Io(io::Error::other(error))))?;
        place.sync_folder().map_err(|error| (entry.path.clone(), Cause::Io(error)))?;
    }
    Ok(())
}

/// Makes sure that what was replaced is what the plan was made for, and says that all is done.
fn finish(intent: &Intent, now: &Snapshot, record: &mut Record) -> Step {
    match (intent.meddled(now), intent.entries.first()) {
        (Some(entry), _) => Err((entry.path.clone(), Cause::Changed)),
        (None, Some(entry)) => record.done().map_err(|error| (entry.path.clone(), Cause::Io(error))),
        (None, None) => Ok(()),
    }
}

fn at(path: &str, error: WorkspaceError) -> (String, Cause) {
    (path.to_owned(), Cause::Io(io::Error::other(error)))
}

/// Undoes what was done, and says why.
fn take_back(
    intent: &Intent,
    now: &Snapshot,
    record: &mut Record,
    touched: usize,
    path: String,
    cause: Cause,
) -> ApplyError {
    let Undone { mut changed, stuck, .. } = intent.undo(now, touched);
    let source = |cause: Cause| match cause {
        Cause::Io(error) => error,
        Cause::Changed => io::Error::other("it was changed meanwhile"),
        Cause::Cancelled => io::ErrorKind::Interrupted.into(),
    };
    if !stuck.is_empty() {
        let left = stuck.into_iter().map(|(path, _)| path).collect();
        return ApplyError::Stuck { path, source: source(cause), left };
    }
    let kept = intent.tidy(now, true, touched);
    if let Err(error) = record.end() {
        return error;
    }
    changed.retain(|other| *other != path);
    match cause {
        cause if !changed.is_empty() || !kept.is_empty() => {
            ApplyError::Meddled { path, source: source(cause), changed, kept }
        }
        Cause::Io(source) => ApplyError::Failed { path, source },
        Cause::Changed => ApplyError::Changed { paths: vec![path] },
        Cause::Cancelled => ApplyError::Cancelled,
    }
}

/// Folders that became empty go, as they do in git.
fn remove_empty_folders(targets: &[Target], now: &Snapshot) {
    for target in targets.iter().filter(|target| target.new.is_none()) {
        let mut rest = target.path.as_str();
        while let Some((folder, _)) = rest.rsplit_once('/') {
            if !RelPath::parse(folder).is_ok_and(|folder| now.remove_empty_folder(&folder)) {
                break;
            }
            rest = folder;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::apply::record;
    use crate::workspace::Workspace;

    /// Three files: `a` is edited, `new/b` created, `c` removed.
    fn targets(root: &Path) -> Vec<Target> {
        let target = |path: &str, new: Option<&str>| {
            let old = std::fs::read(root.join(path)).ok();
            Target {
                path: RelPath::parse(path).unwrap(),
                old: old.as_deref().map(blake3::hash),
                new: new.map(|new| new.as_bytes().to_vec()),
                like: None,
            }
        };
        vec![target("a", Some("A")), target("new/b", Some("B")), target("c", None)]
    }

    fn tree(root: &Path) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                if path.is_dir() {
                    files.push((name + "/", String::new()));
                    folders.push(path);
                } else {
                    files.push((name, std::fs::read_to_string(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }

    /// Lays out, lets `meddle` do its work, goes on, and gives the outcome with the tree before and after.
    fn check(meddle: &dyn Fn(&Path), expect: &str, left: &[(&str, &str)]) {
        let (folder, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        for name in ["a", "c"] {
            std::fs::write(root.join(name), name).unwrap();
        }
        let now = Workspace::open(root).unwrap().snapshot();
        let mut record = record::open(&now, state.path()).unwrap();
        let mut all = targets(root);
        all.sort_by_key(|target| target.new.is_none());
        let intent = intend(&all, &now).unwrap();
        record.begin(&intent).unwrap();
        lay_out(&all, &intent, &now, &Cancel::new()).unwrap();
        meddle(root);
        let mut touched = 0;
        let put = put_in_place(&intent, &now, &mut touched).and_then(|()| {
            // As if it had come between the look at a file and its replacement.
            for entry in &intent.entries {
                let late = root.join(format!("late-{}", entry.path));
                if late.exists() {
                    std::fs::write(root.join(&entry.kept), std::fs::read(&late).unwrap()).unwrap();
                    std::fs::remove_file(late).unwrap();
                }
            }
            finish(&intent, &now, &mut record)
        });
        let (path, cause) = put.unwrap_err();
        let error = take_back(&intent, &now, &mut record, touched, path, cause).to_string();
        assert!(error.contains(expect), "{error}");
        let left: Vec<_> = left.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(tree(root), left);
    }

    #[test]
    fn what_was_done_is_undone_when_a_file_is_in_the_way() {
        let late = |root: &Path| std::fs::write(root.join("c"), "mine").unwrap();
        check(&late, "changed since the plan was made: c;", &[("a", "a"), ("c", "mine")]);
        let taken = |root: &Path| std::fs::write(root.join("new/b"), "mine").unwrap();
        check(
            &taken,
            "changed since the plan was made: new/b;",
            &[("a", "a"), ("c", "c"), ("new/", ""), ("new/b", "mine")],
        );
        let saved = |root: &Path| std::fs::write(root.join("late-a"), "saved").unwrap();
        check(&saved, "changed since the plan was made: a;", &[("a", "saved"), ("c", "c")]);
        let folder = |root: &Path| std::fs::create_dir(root.join("new/b")).unwrap();
        check(
            &folder,
            "changed since the plan was made: new/b;",
            &[("a", "a"), ("c", "c"), ("new/", ""), ("new/b/", "")],
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_symlink_that_is_swapped_in_is_not_written_through() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("b"), "outside").unwrap();
        let swap = |root: &Path| {
            std::fs::rename(root.join("new"), root.join("old")).unwrap();
            std::os::unix::fs::symlink(outside.path(), root.join("new")).unwrap();
            std::fs::remove_dir_all(root.join("old")).unwrap();
            std::fs::remove_file(root.join("c")).unwrap();
            std::os::unix::fs::symlink(outside.path().join("b"), root.join("c")).unwrap();
        };
        check(&swap, "new/b", &[("a", "a"), ("c", "outside"), ("new/", ""), ("new/b", "outside")]);
        assert_eq!(tree(outside.path()), [("b".to_owned(), "outside".to_owned())]);
    }
}
