//! The file that an import leads to, for a cursor on the import.

use tower_lsp::ls_types::{Location, Range};

use super::cursor::Cursor;
use super::target::Target;
use crate::cancel::Cancel;
use crate::graph::imports;
use crate::lsp::Error;
use crate::lsp::state::View;
use crate::syntax::Kind;
use crate::workspace::RelPath;

/// The start of the file that the cursor's line imports. `None` where definitions were `found`, unless they say no more
/// than that there is such a file.
pub fn imported(view: &View, cursor: &Cursor, found: &[Target], cancel: &Cancel) -> Result<Option<Location>, Error> {
    let is_said_only = |target: &Target| {
        let symbol = target.symbol();
        matches!(symbol.kind, Kind::Module | Kind::Declaration) && symbol.from == symbol.to
    };
    if cursor.local.is_some() || !found.iter().all(is_said_only) {
        return Ok(None);
    }
    let Some(path) = &cursor.text.path else { return Ok(None) };
    let imports = imports(&view.snapshot, path.as_str(), cancel)?.items;
    let line = cursor.line();
    let here = || imports.iter().filter(|import| import.line == line);
    let best = here().find(|import| import.module.contains(&cursor.name)).or_else(|| here().next());
    let target = best.and_then(|import| RelPath::parse(import.target.as_deref()?).ok());
    let Some(target) = target.filter(|target| view.snapshot.contains(target).unwrap_or(false)) else { return Ok(None) };
    Ok(view.uri(&target).map(|uri| Location { uri, range: Range::default() }))
}
