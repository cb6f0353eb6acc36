//! What git knows of a folder: branch and commit. Read through `gix`; git itself never runs.

use std::fmt;
use std::path::Path;

/// How much of a commit's id is shown.
const ID_LENGTH: usize = 12;

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
    // A pipe or a device in place of these would hang whoever opens it.
    let odd = |file: &Path| file.metadata().is_ok_and(|found| !found.is_file());
    for parent in folder.ancestors() {
        let git = parent.join(".git");
        if git.exists() && ["HEAD", "config", "packed-refs", "commondir"].iter().any(|name| odd(&git.join(name))) {
            return None;
        }
    }
    let isolated = gix::open::Options::isolated;
    let trust = gix::sec::trust::Mapping { full: isolated(), reduced: isolated() };
    let repository =
        gix::ThreadSafeRepository::discover_opts(folder, gix::discover::upwards::Options::default(), trust);
    let repository = repository.ok()?.to_thread_local();
    let head = repository.head().ok()?;
    let branch = head.referent_name().map(|name| name.shorten().to_string());
    let commit = head.id().map(|id| id.to_hex_with_len(ID_LENGTH).to_string());
    Some(Revision { commit, branch })
}
