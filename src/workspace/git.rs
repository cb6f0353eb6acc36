//! What git knows of a folder: branch and commit. Read through `gix`; git itself never runs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// How much of a commit's id is shown.
const ID_LENGTH: usize = 12;

/// How deep repositories in repositories are looked into.
const NESTED: usize = 4;

/// Where a repository stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Revision {
    /// The first twelve digits of HEAD's commit; `None` before the first commit.
    commit: Option<String>,
    /// `None` when HEAD is detached.
    branch: Option<String>,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.branch, &self.commit) {
            (Some(branch), Some(commit)) => write!(f, "{branch} {commit}"),
            (Some(branch), None) => write!(f, "{branch} (no commit yet)"),
            (None, Some(commit)) => f.write_str(commit),
            (None, None) => f.write_str("(no commit yet)"),
        }
    }
}

/// The revision of the repository that a folder is in; `None` outside of git, and for a repository that cannot be read.
pub(super) fn revision(folder: &Path) -> Option<Revision> {
    let repository = open(folder, isolated())?;
    let head = repository.head().ok()?;
    let branch = head.referent_name().map(|name| name.shorten().to_string());
    let commit = head.id().map(|id| id.to_hex_with_len(ID_LENGTH).to_string());
    Some(Revision { commit, branch })
}

/// Files with changes that are not committed in the repository that a folder is in, by their absolute paths: staged ones,
/// those that differ from the index, and those of `touched` that git does not have at all. Repositories inside, submodules among them, are looked into when `touched` files are in them.
///
/// # Errors
/// `Ok` without a file outside of git; an error for a repository that cannot be read.
pub(super) fn uncommitted(folder: &Path, touched: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    uncommitted_below(folder, touched, NESTED)
}

fn uncommitted_below(folder: &Path, touched: &[PathBuf], depth: usize) -> Result<Vec<PathBuf>, String> {
    // Filters are programs that the repository's configuration names. None of them is to run.
    let options = isolated().filter_config_section(|_| false);
    if !folder.ancestors().any(|parent| parent.join(".git").exists()) {
        return Ok(Vec::new());
    }
    let unreadable = || "the repository cannot be read".to_owned();
    let repository = open(folder, options).ok_or_else(unreadable)?;
    let root = repository.workdir().ok_or_else(unreadable)?.canonicalize().map_err(|error| error.to_string())?;
    let told = |error: gix::Error| error.to_string();
    let status = repository
        .status(gix::progress::Discard)
        .map_err(told)?
        .untracked_files(gix::status::UntrackedFiles::None)
        .index_worktree_submodules(None);
    let mut changed = Vec::new();
    for item in status.into_iter(None).map_err(told)? {
        let item = item.map_err(told)?;
        if let gix::status::Item::IndexWorktree(item) = &item
            && item.summary().is_none()
        {
            continue;
        }
        changed.push(root.join(gix::path::from_bstr(item.location()).map_err(told)?));
    }
    let index = repository.index_or_empty().map_err(told)?;
    let mut nested: BTreeMap<&Path, Vec<PathBuf>> = BTreeMap::new();
    for path in touched {
        let Ok(inside) = path.strip_prefix(&root) else { continue };
        let name = gix::path::to_unix_separators_on_windows(gix::path::into_bstr(inside).map_err(told)?);
        if index.entry_by_path(&name).is_some() {
            continue;
        }
        let between = path.ancestors().skip(1).take_while(|parent| *parent != root);
        match between.into_iter().filter(|parent| depth > 0 && parent.join(".git").exists()).last() {
            Some(repository) => nested.entry(repository).or_default().push(path.clone()),
            None => changed.push(path.clone()),
        }
    }
    for (folder, touched) in nested {
        changed.extend(uncommitted_below(folder, &touched, depth - 1)?);
    }
    changed.sort();
    changed.dedup();
    Ok(changed)
}

fn isolated() -> gix::open::Options {
    gix::open::Options::isolated()
}

fn open(folder: &Path, options: gix::open::Options) -> Option<gix::Repository> {
    // A pipe or a device in place of these would hang whoever opens it.
    let odd = |file: &Path| file.metadata().is_ok_and(|found| !found.is_file());
    for parent in folder.ancestors() {
        let git = parent.join(".git");
        let files = ["HEAD", "config", "index", "packed-refs", "commondir"];
        if git.exists() && files.iter().any(|name| odd(&git.join(name))) {
            return None;
        }
    }
    let trust = gix::sec::trust::Mapping { full: options.clone(), reduced: options };
    let repository =
        gix::ThreadSafeRepository::discover_opts(folder, gix::discover::upwards::Options::default(), trust);
    Some(repository.ok()?.to_thread_local())
}
