//! The cache folder's door: where files of workspaces are, and how they come, are replaced and go. And the one look beside
//! it: into git's small files that say where more rules are.

#![expect(clippy::disallowed_methods, reason = "the one door to the cache folder")]

use std::fs::{DirBuilder, File, FileTimes, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::mapped::Mapped;

/// How the names of files of workspaces end, and those of files that are being written.
const END: &str = ".index";
const UNFINISHED: &str = ".index.tmp";

/// What is still unfinished after this time never will be.
const GIVEN_UP: Duration = Duration::from_secs(3600);

/// A file's time says when it was used last, and need not be exact.
const RECENT: Duration = Duration::from_secs(3600);

/// The file of a workspace.
pub(super) fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{END}"))
}

/// A file as it is, whatever comes to stand in its place. Says by its time that it was used.
pub(super) fn map(path: &Path) -> io::Result<Mapped> {
    let file = OpenOptions::new().read(true).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || !is_ours(&metadata) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let now = SystemTime::now();
    let used = metadata.modified().ok().and_then(|used| now.duration_since(used).ok());
    if used.is_none_or(|used| used > RECENT) {
        // Who may not write there is not the one who removes what is old.
        let written = OpenOptions::new().write(true).open(path);
        let _ = written.and_then(|file| file.set_times(FileTimes::new().set_modified(now)));
    }
    Mapped::new(&file, metadata.len())
}

/// Whether nobody else could write to it while it is mapped.
#[cfg(unix)]
fn is_ours(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o002 == 0
}

#[cfg(not(unix))]
fn is_ours(_: &Metadata) -> bool {
    true
}

/// Writes a file beside the one that is there, if any, and puts it in its place when it is whole. Readable by its owner
/// alone, and so is the folder, which comes to be with it. Gives back the number of bytes.
pub(super) fn write(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<u64> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    if let Some(folder) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = path.with_extension(format!("{}-{count}{UNFINISHED}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::with_capacity(1 << 20, options.open(&beside)?);
    let written = fill(&mut out).and_then(|()| {
        out.flush()?;
        out.get_ref().sync_all()?;
        let bytes = out.get_ref().metadata()?.len();
        std::fs::rename(&beside, path)?;
        Ok(bytes)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Takes a file away that is of no use.
pub(super) fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!("{}: {error}", path.display());
    }
}

/// Keeps the folder within `most` bytes: those go first that were used longest ago, and before them those that `is_gone`
/// says. `but` stays, and what others are writing. Gives back how many went.
pub(super) fn prune(folder: &Path, most: u64, but: &Path, is_gone: impl Fn(&Path) -> bool) -> io::Result<usize> {
    let now = SystemTime::now();
    let (mut kept, mut removed, mut total) = (Vec::new(), 0, 0);
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let (Some(name), Ok(metadata)) = (name.to_str(), entry.metadata()) else { continue };
        let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let idle = now.duration_since(used).unwrap_or_default();
        if name.ends_with(UNFINISHED) && idle > GIVEN_UP || name.ends_with(END) && path != but && is_gone(&path) {
            remove(&path);
            removed += 1;
        } else if name.ends_with(END) {
            total += metadata.len();
            kept.push((used, metadata.len(), path));
        }
    }
    kept.sort_unstable();
    for (_, bytes, path) in kept.iter().filter(|(_, _, path)| path != but) {
        if total <= most {
            break;
        }
        remove(path);
        removed += 1;
        total -= bytes;
    }
    Ok(removed)
}

/// The first bytes of a small file that says where something of git is.
pub(super) fn read_small(path: &Path) -> io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    OpenOptions::new().read(true).open(path)?.take(4096).read_to_string(&mut text)?;
    Ok(text)
}
