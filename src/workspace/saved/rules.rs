//! Whether a walk would list what an earlier one listed: the folders that were walked, and every file that an ignore rule
//! may come from, are what they were.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use super::files;
use super::form::{Unusable, number, put, put_text, text};
use crate::workspace::jail::Jail;
use crate::workspace::pins::Stamp;
use crate::workspace::walk::{IGNORE_FILES, Listing, Skipped};

/// What makes a folder the top of a repository.
const TOPS: [&str; 2] = [".git", ".jj"];

/// What a listing depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules {
    folders: Vec<(String, Stamp)>,
    sources: Vec<(String, Source)>,
    /// Git's file of rules for all repositories of a user.
    global: Option<String>,
    pub(super) skipped: Skipped,
}

/// What is at a path, symlinks followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Nothing,
    /// Whatever is in it.
    Folder,
    File(Stamp),
}

impl Rules {
    /// What the listing of a walk that began at `began` depends on; `None` when it could change without leaving a trace.
    pub(super) fn of(jail: &Jail, listing: &Listing, began: SystemTime) -> Option<Self> {
        // What made a folder unreadable may be inside of it.
        if listing.skipped.unreadable > 0 {
            return None;
        }
        let walked = |path: &PathBuf| {
            let stamp = folder(path)?;
            let mut sources = Vec::new();
            for name in IGNORE_FILES {
                let file = path.join(name);
                // Which are there the folder's stamp says, but not what symlinks lead to.
                if file.symlink_metadata().is_ok() {
                    sources.push(file);
                }
            }
            repository(path, &mut sources)?;
            Some(((path.to_str()?.to_owned(), stamp), sources))
        };
        let all: Vec<_> = listing.folders.par_iter().map(walked).collect::<Option<_>>()?;
        let (folders, sources): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let mut sources: Vec<PathBuf> = sources.into_iter().flatten().collect();
        for root in &jail.folders {
            for above in root.root.ancestors().skip(1) {
                sources.extend(IGNORE_FILES.iter().chain(&TOPS).map(|name| above.join(name)));
                repository(above, &mut sources)?;
            }
        }
        let global = global();
        sources.extend(global.as_ref().map(PathBuf::from));
        sources.sort_unstable();
        sources.dedup();
        let sources = sources.into_iter().map(|path| Some((path.to_str()?.to_owned(), Source::at(&path)?)));
        let sources: Vec<_> = sources.collect::<Option<_>>()?;
        let in_files = sources.iter().filter_map(|(_, source)| source.stamp());
        let is_settled = folders.iter().map(|(_, stamp)| stamp).chain(in_files).all(|stamp| stamp.is_settled(began));
        is_settled.then_some(Self { folders, sources, global, skipped: listing.skipped })
    }

    /// Whether all of it is as it was.
    pub(super) fn hold(&self) -> bool {
        let folder = |(path, stamp): &(String, Stamp)| folder(Path::new(path)).is_some_and(|now| now.is(stamp));
        let source = |(path, was): &(String, Source)| match (Source::at(Path::new(path)), was) {
            (Some(Source::File(now)), Source::File(was)) => now.is(was),
            (now, was) => now == Some(*was),
        };
        self.global == global() && self.sources.par_iter().all(source) && self.folders.par_iter().all(folder)
    }

    /// The folders that were walked.
    pub(super) fn folders(&self) -> impl Iterator<Item = PathBuf> {
        self.folders.iter().map(|(path, _)| PathBuf::from(path))
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put(out, self.folders.len() as u64);
        for (path, stamp) in &self.folders {
            put_text(out, path);
            stamp.put(out);
        }
        put(out, self.sources.len() as u64);
        for (path, source) in &self.sources {
            put_text(out, path);
            match source {
                Source::Nothing => put(out, 0),
                Source::Folder => put(out, 1),
                Source::File(stamp) => {
                    put(out, 2);
                    stamp.put(out);
                }
            }
        }
        put(out, u64::from(self.global.is_some()));
        put_text(out, self.global.as_deref().unwrap_or_default());
        let Skipped { secrets, unreadable, symlinks, special } = self.skipped;
        [secrets, unreadable, symlinks, special].into_iter().for_each(|count| put(out, count));
    }

    pub(super) fn read(rest: &mut &[u8]) -> Result<Self, Unusable> {
        let (mut folders, mut sources) = (Vec::new(), Vec::new());
        for _ in 0..number(rest)? {
            folders.push((text(rest)?.to_owned(), Stamp::take(rest)?));
        }
        for _ in 0..number(rest)? {
            let path = text(rest)?.to_owned();
            let source = match number(rest)? {
                0 => Source::Nothing,
                1 => Source::Folder,
                2 => Source::File(Stamp::take(rest)?),
                _ => return Err(Unusable::Damaged),
            };
            sources.push((path, source));
        }
        let global = (number(rest)? == 1, text(rest)?);
        let mut count = || number(rest).map(|count| count as u64);
        let skipped = Skipped { secrets: count()?, unreadable: count()?, symlinks: count()?, special: count()? };
        Ok(Self { folders, sources, global: global.0.then(|| global.1.to_owned()), skipped })
    }
}

impl Source {
    /// `None` for what is neither a file nor a folder, or cannot be told.
    fn at(path: &Path) -> Option<Self> {
        match path.metadata() {
            Ok(found) if found.is_file() => Some(Self::File(Stamp::of(&found))),
            Ok(found) if found.is_dir() => Some(Self::Folder),
            Ok(_) => None,
            Err(error) if crate::workspace::jail::is_missing(&error) => Some(Self::Nothing),
            Err(_) => None,
        }
    }

    fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::File(stamp) => Some(stamp),
            Self::Nothing | Self::Folder => None,
        }
    }
}

/// Where git's rules for all repositories are to be, as the walk asks for it.
fn global() -> Option<String> {
    ignore::gitignore::gitconfig_excludes_path().map(|path| path.to_string_lossy().into_owned())
}

/// The stamp of a folder that is no symlink. Without the time of changes (as on Windows) nothing is certain of a folder.
fn folder(path: &Path) -> Option<Stamp> {
    let found = path.symlink_metadata().ok().filter(|found| found.is_dir())?;
    Some(Stamp::of(&found)).filter(|stamp| stamp.changed != 0)
}

/// Adds what says what the repository with this top, if it is one, excludes. `None` when that cannot be told.
fn repository(folder: &Path, sources: &mut Vec<PathBuf>) -> Option<()> {
    let top = folder.join(".git");
    match Source::at(&top)? {
        Source::Nothing => {}
        Source::Folder => sources.push(top.join("info/exclude")),
        // A working tree beside the repository, as `ignore` finds its way.
        Source::File(_) => {
            let line = files::read_small(&top).ok()?;
            let git = PathBuf::from(line.lines().next()?.strip_prefix("gitdir: ")?);
            // It looks for that in the current directory.
            if git.is_relative() {
                return None;
            }
            let common = git.join("commondir");
            sources.extend([top, common.clone()]);
            if let Source::File(_) = Source::at(&common)? {
                let line = files::read_small(&common).ok()?;
                sources.push(git.join(line.lines().next()?).join("info/exclude"));
            }
        }
    }
    Some(())
}
