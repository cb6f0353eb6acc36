//! Sites: whether a file may come to be at a path where none is.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use super::jail::open_folder;
use super::secrets::{self, fold};
use super::walk::{Rules, is_hidden};
use super::{RelPath, Snapshot, WorkspaceError};

/// The longest path in bytes; Linux takes none that is longer.
const MAX_BYTES: usize = 4_096;

/// The most components of a path.
const MAX_DEPTH: usize = 128;

/// What Windows takes for a device, whatever extension follows.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];

/// Answers for many paths; what is known of a folder is kept.
pub struct Sites<'s> {
    snapshot: &'s Snapshot,
    /// By the folder of the workspace and whether the path is hidden.
    rules: HashMap<(*const PathBuf, bool), Rules<'s>>,
    /// The names in a folder on disk, by their folded spelling.
    names: HashMap<PathBuf, HashMap<String, Vec<String>>>,
}

impl<'s> Sites<'s> {
    pub fn of(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, rules: HashMap::new(), names: HashMap::new() }
    }

    /// Whether a file may be created here: inside, listed as soon as it is there, no secret, nothing of this name in any
    /// letter case (apart from files in `vacated`), and every parent a folder, or nothing yet.
    pub fn check(&mut self, path: &RelPath, vacated: &BTreeSet<RelPath>) -> Result<(), WorkspaceError> {
        let shown = || path.to_string();
        if path.as_str().len() > MAX_BYTES || path.as_str().split('/').nth(MAX_DEPTH).is_some() {
            let start: String = path.as_str().chars().take(60).collect();
            let reason = "it is longer than 4,096 bytes, or deeper than 128 folders";
            return Err(WorkspaceError::FileName { path: format!("{start}…"), reason });
        }
        if let Some(reason) = path.as_str().split('/').find_map(bad_name) {
            return Err(WorkspaceError::FileName { path: shown(), reason });
        }
        self.snapshot.in_scope(path)?;
        let (folder, name) = self.snapshot.base().jail.locate(path)?;
        if secrets::is_secret(&name.to_string_lossy()) || path.as_str().split('/').any(is_git) {
            return Err(WorkspaceError::Secret { path: shown() });
        }
        if name.components().any(|component| !matches!(component, Component::Normal(_))) {
            return Err(WorkspaceError::OutsideRoot { path: shown() });
        }
        let mut parent = PathBuf::new();
        for component in name.components() {
            let exact = component.as_os_str().to_string_lossy();
            let here = parent.join(component);
            let is_last = here == name;
            match folder.kind(&here) {
                Some(kind) if kind.is_symlink() => {
                    return Err(WorkspaceError::Link { path: shown(), at: here.display().to_string() });
                }
                Some(kind) if !is_last && !kind.is_dir() => {
                    return Err(WorkspaceError::UnderFile { path: shown(), at: here.display().to_string() });
                }
                _ => {}
            }
            let absolute = folder.root.join(&parent);
            let names = self.names.entry(absolute).or_insert_with(|| match open_folder(&folder.dir, &parent) {
                Ok(dir) => {
                    let mut names: HashMap<String, Vec<String>> = HashMap::new();
                    for entry in dir.entries().into_iter().flatten().flatten() {
                        let name = entry.file_name().to_string_lossy().into_owned();
                        names.entry(fold(&name)).or_default().push(name);
                    }
                    names
                }
                // It is not there yet.
                Err(_) => HashMap::new(),
            });
            let twins = names.get(&fold(&exact)).map(Vec::as_slice).unwrap_or_default();
            let stays = |twin: &&String| {
                let twin = RelPath::from_disk(folder.prefix.as_deref(), &parent.join(twin.as_str()));
                !twin.is_some_and(|twin| vacated.contains(&twin))
            };
            let is_there = twins.iter().any(|twin| *twin == exact);
            let other = if is_last { twins.iter().find(stays) } else { twins.first().filter(|_| !is_there) };
            if let Some(other) = other {
                let by = parent.join(other).display().to_string();
                return Err(WorkspaceError::Taken { path: shown(), by });
            }
            // The system finds it under a spelling that no entry has: it does not tell letter cases apart.
            if is_last && folder.kind(&here).is_some() && !is_there {
                let by = "the same name in other letters, which this file system cannot tell apart".to_owned();
                return Err(WorkspaceError::Taken { path: shown(), by });
            }
            parent = here;
        }
        let hidden = is_hidden(&name);
        let rules = self.rules.entry((&raw const folder.root, hidden)).or_insert_with(|| Rules::of(folder, hidden));
        // A folder that is left out takes all in it along.
        let parents = name.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
        if !rules.list(&name, false) || parents.into_iter().any(|parent| !rules.list(parent, true)) {
            return Err(WorkspaceError::Ignored { path: shown() });
        }
        Ok(())
    }
}

/// Why no file should get a component of this name.
fn bad_name(name: &str) -> Option<&'static str> {
    if name.chars().any(char::is_control) {
        Some("it has control characters")
    } else if name.chars().any(is_format) {
        Some("it has characters that cannot be seen")
    } else if name.contains(['*', '?', '<', '>', '|', '"']) {
        Some("it has one of * ? < > | \", which some systems do not take")
    } else if is_device(name) {
        Some("it is a device's name on Windows")
    } else if name.contains('\\') {
        Some("it has a backslash, which is a separator elsewhere")
    } else if name.ends_with([' ', '.']) || name.starts_with(' ') {
        Some("it begins or ends with a space or a dot, which some systems drop")
    } else if name.contains(':') {
        Some("it has a colon, which names a part of a file elsewhere")
    } else if name.len() > 255 {
        Some("it is longer than 255 bytes")
    } else {
        None
    }
}

/// Characters of Unicode's category Cf, with variation selectors and other blanks: they turn, hide or join what is shown.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str())
        || numbered.is_some_and(|rest| {
            matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
}

/// Spellings of `.git` that only some systems take for it.
fn is_git(name: &str) -> bool {
    let name = fold(name);
    name == ".git" || name.strip_prefix("git~").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Snapshot {
    /// The folders above a path that are not there yet, the outermost first.
    pub fn missing_folders(&self, path: &RelPath) -> Result<Vec<RelPath>, WorkspaceError> {
        let (folder, name) = self.base().jail.locate(path)?;
        let parents = name.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
        let missing = parents.take_while(|parent| !folder.has(parent));
        let mut missing: Vec<_> =
            missing.filter_map(|parent: &Path| RelPath::from_disk(folder.prefix.as_deref(), parent)).collect();
        missing.reverse();
        Ok(missing)
    }
}
