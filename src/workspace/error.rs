//! What can go wrong between a path and its text. Messages name the path and what to do next.

use super::size::Size;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    #[error("{path}: no such file or folder")]
    NotFound { path: String },
    #[error("{path}: is outside the workspace; use a path relative to its root")]
    OutsideRoot { path: String },
    #[error("{path}: is denied, it may hold secrets")]
    Secret { path: String },
    /// There is such a file, but it is ignored, or it came after the snapshot.
    #[error(
        "{path}: is not among this workspace's files: ignored by .gitignore or the like, or newer than this run; \
         a line such as `!{path}` in .spelunkignore brings it in"
    )]
    NotListed { path: String },
    #[error("{path}: is outside the scope {scope}")]
    OutOfScope { path: String, scope: String },
    /// Where a file should come to be.
    #[error("{path}: the ignore rules leave it out, so nothing is written there")]
    Ignored { path: String },
    #[error("{path}: there is {by} already")]
    Taken { path: String, by: String },
    #[error("{path}: a symlink is in the way at {at}")]
    Link { path: String, at: String },
    #[error("{path}: {at} is a file, not a folder")]
    UnderFile { path: String, at: String },
    #[error("{path}: is no name for a file: {reason}")]
    FileName { path: String, reason: &'static str },
    /// `what` is "a folder", "a pipe", ...
    #[error("{path}: is {what}, not a file with text")]
    NotAFile { path: String, what: &'static str },
    #[error("{path}: is a binary file of {}", Size(*bytes))]
    Binary { path: String, bytes: u64 },
    #[error("{path}: has {}, too much to read whole (the limit is {}); read a slice of its lines", Size(*bytes), Size(*limit))]
    TooBig { path: String, bytes: u64, limit: u64 },
    /// What was read before is no longer at hand, and the disk has something else now.
    #[error("{path}: has changed on disk since this run read it first; ask again to see the new text")]
    Changed { path: String },
    #[error("{path}: there are no lines {from} to {to}: {reason}")]
    NoSuchLines { path: String, from: u64, to: u64, reason: String },
    #[error("{path}: what git has of it cannot be told: {reason}")]
    Git { path: String, reason: String },
    #[error("bad glob {glob:?}: {reason}")]
    Glob { glob: String, reason: String },
    #[error("{path}: is not a folder; name the one it is in: {folder}")]
    NotAFolder { path: String, folder: String },
    #[error("{path}: the folder cannot be listed ({source}); check its permissions or name another one")]
    Unlistable { path: String, source: std::io::Error },
    #[error("{path}: holds the whole system, not a project; name the project's folder")]
    TooWide { path: String },
    /// Folders of one workspace need names that work as the first part of a path.
    #[error("{name:?} cannot be a workspace folder's name: {reason}")]
    FolderName { name: String, reason: &'static str },
    /// What is known of a workspace's files, for the next start.
    #[error(
        "{path}: what is known of the files could not be kept ({source}); SPELUNK_CACHE_DIR names another folder for it"
    )]
    Unkept { path: String, source: std::io::Error },
    /// An ignore file that would block or flood whoever reads it.
    #[error("{path}: is not a regular file below {}, so the ignore rules cannot be read", Size(*limit))]
    IgnoreFile { path: String, limit: u64 },
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
}
