//! The files that matter while one of them is open: those that it imports, and those beside it.

use crate::cancel::Cancel;
use crate::graph::{GraphError, imports};
use crate::syntax::Language;
use crate::workspace::{RelPath, Snapshot};

/// Files of one folder that count as near, at most.
const BESIDE: usize = 100;

/// The files near a file, nearest first.
///
/// # Errors
/// When the file cannot be read, or the question is cancelled.
pub fn near(snapshot: &Snapshot, path: &RelPath, cancel: &Cancel) -> Result<Vec<RelPath>, GraphError> {
    let files = snapshot.files()?;
    let inside = |folder: &str| -> Vec<RelPath> {
        let parent = |path: &RelPath| path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let known = |path: &RelPath| Language::of(path.as_str()).is_some_and(Language::has_definitions);
        let here = files.iter().map(|file| &file.path).filter(|path| parent(path) == folder && known(path));
        here.take(BESIDE).cloned().collect()
    };
    let mut found = Vec::new();
    for import in imports(snapshot, path.as_str(), cancel)?.items {
        let Some(target) = import.target.and_then(|target| RelPath::parse(&target).ok()) else { continue };
        match snapshot.mark(&target) {
            Ok(_) => found.push(target),
            Err(_) => found.extend(inside(target.as_str())),
        }
    }
    found.extend(inside(path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder)));
    let mut seen = std::collections::HashSet::from([path.clone()]);
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn imported_files_come_before_those_of_the_folder() {
        let tree = tempfile::tempdir().unwrap();
        let files = [
            ("app/main.py", "from lib import far\nimport app.other\nimport os\n"),
            ("app/other.py", ""),
            ("app/beside.py", ""),
            ("app/notes.txt", ""),
            ("app/deep/x.py", ""),
            ("lib/__init__.py", ""),
            ("lib/far.py", ""),
            ("elsewhere.py", ""),
        ];
        for (name, text) in files {
            std::fs::create_dir_all(tree.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(tree.path().join(name), text).unwrap();
        }
        let snapshot = Workspace::open(tree.path()).unwrap().snapshot();
        let found = near(&snapshot, &RelPath::parse("app/main.py").unwrap(), &Cancel::new()).unwrap();
        let found: Vec<&str> = found.iter().map(RelPath::as_str).collect();
        assert_eq!(found, ["lib/far.py", "app/other.py", "app/beside.py"]);
    }
}
