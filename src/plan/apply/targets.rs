//! Every path that a plan writes, with what is there and what comes there. All that can be checked beforehand is.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Document, FileChange};
use crate::workspace::{Found, RelPath, Sites, Snapshot, WorkspaceError};

use super::ApplyError;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What becomes of one path. At least one of `old` and `new` is there.
pub(super) struct Target {
    pub(super) path: RelPath,
    /// Blake3 of the bytes before.
    pub(super) old: Option<blake3::Hash>,
    /// The bytes afterwards.
    pub(super) new: Option<Vec<u8>>,
    /// The file whose mode the new one gets.
    pub(super) like: Option<RelPath>,
}

/// In order of path.
pub(super) fn targets(document: &Document, now: &Snapshot) -> Result<Vec<Target>, ApplyError> {
    let mut all: BTreeMap<RelPath, Target> = BTreeMap::new();
    let mut arriving: BTreeSet<RelPath> = BTreeSet::new();
    let mut changed = Vec::new();
    for change in &document.files {
        let moves = change.before != change.after;
        let mut bom = change.bom;
        let mut before = None;
        let mut text = String::new();
        if let Some(path) = &change.before {
            let named = parse(path)?;
            let real = match now.settle(&named) {
                Err(WorkspaceError::NotFound { .. }) => {
                    changed.push(path.clone());
                    continue;
                }
                settled => settled?,
            };
            if real != named && moves {
                return Err(refused(path, "is a symlink, which a plan neither moves nor removes"));
            }
            let found = now.place(&real)?.read().map_err(|source| ApplyError::Failed { path: path.clone(), source })?;
            let bytes = match found {
                Found::File(bytes) if shows(now, &named, change) => bytes,
                _ => {
                    changed.push(path.clone());
                    continue;
                }
            };
            bom = bytes.starts_with(BOM);
            let plain = if bom { &bytes[BOM.len()..] } else { &bytes[..] };
            if !is_hash(change, plain) {
                changed.push(path.clone());
                continue;
            }
            text = match std::str::from_utf8(plain) {
                Ok(text) => text.to_owned(),
                Err(_) => return Err(refused(path, "is not UTF-8, so its text cannot be written back")),
            };
            let target = all.entry(real.clone()).or_insert_with(|| Target::at(&real));
            if target.old.replace(blake3::hash(&bytes)).is_some() {
                return Err(refused(path, "is changed twice by the plan"));
            }
            before = Some(real);
        }
        let Some(path) = &change.after else { continue };
        let new = change.apply(&text).ok_or_else(|| refused(path, "has edits that do not fit its text"))?;
        let new = if bom { [BOM, new.as_bytes()].concat() } else { new.into_bytes() };
        let real = match &before {
            Some(before) if !moves => before.clone(),
            _ => parse(path)?,
        };
        if moves {
            arriving.insert(real.clone());
        }
        let target = all.entry(real.clone()).or_insert_with(|| Target::at(&real));
        if target.new.replace(new).is_some() {
            return Err(refused(path, "gets two files by the plan"));
        }
        target.like = before;
    }
    if !changed.is_empty() {
        return Err(ApplyError::Changed { paths: changed });
    }
    check_arrivals(&all, &arriving, now)?;
    // A file that stays what it is need not be written.
    all.retain(|_, target| target.new.as_deref().map(blake3::hash) != target.old);
    Ok(all.into_values().collect())
}

impl Target {
    fn at(path: &RelPath) -> Self {
        Self { path: path.clone(), old: None, new: None, like: None }
    }
}

/// Whether files may come to be where the plan wants them, and none beside another that some systems take for it.
fn check_arrivals(
    all: &BTreeMap<RelPath, Target>,
    arriving: &BTreeSet<RelPath>,
    now: &Snapshot,
) -> Result<(), ApplyError> {
    let vacated: BTreeSet<RelPath> = all
        .values()
        .filter(|target| target.old.is_some())
        .filter(|t| t.new.is_none() || arriving.contains(&t.path))
        .map(|target| target.path.clone())
        .collect();
    let mut sites = Sites::of(now);
    let mut folded: BTreeMap<String, &RelPath> = BTreeMap::new();
    for path in arriving {
        sites.check(path, &vacated)?;
        if let Some(twin) = folded.insert(path.as_str().to_lowercase(), path) {
            return Err(refused(path.as_str(), &format!("differs from {twin} in letter case only")));
        }
    }
    // A file cannot be the folder of another one.
    for path in arriving {
        let mut rest = path.as_str();
        while let Some((parent, _)) = rest.rsplit_once('/') {
            if folded.contains_key(&parent.to_lowercase()) {
                return Err(refused(path.as_str(), &format!("{parent} is a file by the plan, not a folder")));
            }
            rest = parent;
        }
    }
    Ok(())
}

fn parse(path: &str) -> Result<RelPath, ApplyError> {
    let parsed = RelPath::parse(path)?;
    if parsed.as_str() == path { Ok(parsed) } else { Err(refused(path, &format!("is spelled {parsed}"))) }
}

/// Whether the workspace, with the editor's buffers, has the text that the plan was made for.
fn shows(now: &Snapshot, path: &RelPath, change: &FileChange) -> bool {
    now.text(path).is_ok_and(|text| is_hash(change, text.as_bytes()))
}

fn is_hash(change: &FileChange, text: &[u8]) -> bool {
    change.hash.as_deref() == Some(blake3::hash(text).to_hex().as_str())
}

fn refused(path: &str, reason: &str) -> ApplyError {
    ApplyError::Refused { path: path.to_owned(), reason: reason.to_owned() }
}
