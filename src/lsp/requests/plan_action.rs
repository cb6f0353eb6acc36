//! Code actions that plan: each leads to a plan for the person to look at, or is worked out when it is chosen.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tower_lsp::jsonrpc::ErrorCode;
use tower_lsp::ls_types::{CodeAction, CodeActionKind, Range, Uri};

use super::rename::{checked, prepared};
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::ask::lines;
use crate::lsp::convert::name_of;
use crate::lsp::edits::Prepared;
use crate::lsp::state::{Text, View};
use crate::plan::Plan;
use crate::plan::refactor::{self, Tools};
use crate::syntax::{Family, Kind, Symbol};
use crate::workspace::RelPath;

/// A symbol gets a file of its own.
pub const MOVE: CodeActionKind = CodeActionKind::new("refactor.move");

/// A symbol goes.
pub const REMOVE: CodeActionKind = CodeActionKind::new("refactor.rewrite");

/// Lines become a function.
pub const EXTRACT: CodeActionKind = CodeActionKind::REFACTOR_EXTRACT;

/// A request for a plan, to be offered.
pub struct Offer {
    pub title: String,
    pub kind: CodeActionKind,
    /// What leads to the plan, in words.
    pub request: String,
    /// From this the edit can be worked out instead.
    pub lines: Option<Lines>,
}

/// Lines of a document that become a function.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    extract: Uri,
    from: u64,
    to: u64,
    name: String,
    /// Of the text that was looked at.
    version: Option<i32>,
}

/// What can be planned at a cursor or for a selection. Cheap: whether it can be done is found out when it is chosen.
pub fn offers(view: &View, uri: &Uri, text: &Text, range: Range) -> Vec<Offer> {
    let Some(path) = text.path.as_ref().filter(|path| is_plain(path.as_str())) else { return Vec::new() };
    let Some(family) = text.language.and_then(|language| language.family()) else { return Vec::new() };
    let knows = matches!(family, Family::Rust | Family::JavaScript | Family::Python);
    if range.start != range.end && knows {
        return extract(view, uri, text, path, range).into_iter().collect();
    }
    let offset = text.lines.offset(&text.text, range.start, view.encoding);
    let Some(language) = text.language else { return Vec::new() };
    let symbols = text.definitions(language, &view.symbols);
    let is_here = |symbol: &&Symbol| {
        let name = name_of(symbol);
        name.start <= offset && offset <= name.end
    };
    let Some(symbol) = symbols.symbols.iter().find(is_here).filter(|symbol| is_word(&symbol.name)) else {
        return Vec::new();
    };
    let mut offers = Vec::new();
    let (name, whole) = (&symbol.name, format!("{path}#{}", symbol.qualified));
    if !matches!(symbol.kind, Kind::Module | Kind::EnumMember | Kind::Constructor) {
        let title = format!("Plan: remove unused `{name}`");
        offers.push(Offer { title, kind: REMOVE, request: format!("remove unused `{whole}`"), lines: None });
    }
    let has_own = symbol.parent.is_none() && !matches!(symbol.kind, Kind::Module | Kind::Macro);
    if let Some(to) = own_file(view, path, name, family).filter(|_| has_own && knows) {
        let title = format!("Plan: move `{name}` to its own file");
        offers.push(Offer { title, kind: MOVE, request: format!("move `{whole}` to `{to}`"), lines: None });
    }
    offers
}

/// Works out the edit of an action. `None` for one that needs none.
///
/// # Errors
/// Why it cannot be done; -32801 when the text has changed since.
pub fn resolve(view: &View, action: &CodeAction, cancel: &Cancel) -> Result<Option<Prepared>, Error> {
    let Some(data) = &action.data else { return Ok(None) };
    let lines: Lines = serde_json::from_value(data.clone())
        .map_err(|error| Error::params(format!("the data of the action is not what it was: {error}")))?;
    let Lines { extract, from, to, name, version } = lines;
    if view.documents.get(&extract).map(|document| document.version) != version {
        let message = format!("{} was changed since; choose the lines again", extract.as_str());
        return Err(Error { code: ErrorCode::ContentModified, message });
    }
    let path = view.path(&extract).ok_or_else(|| Error::params("the lines are not of this workspace"))?;
    let mut plan = Plan::new(view.snapshot.clone(), &format!("extract {path}:{from}-{to} to {name}"));
    plan.step(&format!("Extract lines {from} to {to} to {name}"), "");
    let tools = Tools { symbols: &view.symbols, cancel };
    refactor::extract(&mut plan, tools, path.as_str(), from, to, &name)?;
    Ok(Some(prepared(view, &checked(&plan, tools)?)?))
}

/// The request for an action, as the argument of the command.
pub fn argument(offer: &Offer, uri: &Uri, range: Range) -> serde_json::Value {
    json!({ "request": offer.request, "at": { "uri": uri, "range": range } })
}

/// Whole lines, and more than nothing in them.
fn extract(view: &View, uri: &Uri, text: &Text, path: &RelPath, range: Range) -> Option<Offer> {
    let offset = |position| text.lines.offset(&text.text, position, view.encoding);
    let (start, end) = (offset(range.start), offset(range.end));
    let inside = text.text.get(start..end).filter(|inside| !inside.trim().is_empty())?;
    let before = text.text[..start].rsplit('\n').next().unwrap_or_default();
    let behind = text.text[end..].split('\n').next().unwrap_or_default();
    let is_whole = before.trim().is_empty() && (behind.trim().is_empty() || inside.ends_with('\n'));
    if !is_whole {
        return None;
    }
    let (from, to) = lines(text, range, view.encoding);
    let free = |name: &String| crate::syntax::occurrences(&text.text, name).next().is_none();
    let names = std::iter::once("extracted".to_owned()).chain((2..100).map(|number| format!("extracted{number}")));
    let name = names.into_iter().find(free)?;
    let version = view.documents.get(uri).map(|document| document.version);
    Some(Offer {
        title: "Extract to function".to_owned(),
        kind: EXTRACT,
        request: format!("extract {path}:{from}-{to} to {name}"),
        lines: Some(Lines { extract: uri.clone(), from, to, name, version }),
    })
}

/// The file that a symbol would have to itself, beside the one that it is in. `None` when that is there already.
fn own_file(view: &View, path: &RelPath, name: &str, family: Family) -> Option<String> {
    let (folder, file) = path.as_str().rsplit_once('/').map_or(("", path.as_str()), |(folder, file)| (folder, file));
    let (_, ending) = file.split_once('.')?;
    let stem = if family == Family::JavaScript { name.to_owned() } else { snake(name) };
    let to = if folder.is_empty() { format!("{stem}.{ending}") } else { format!("{folder}/{stem}.{ending}") };
    let is_free = !view.snapshot.contains(&RelPath::parse(&to).ok()?).ok()?;
    is_free.then_some(to)
}

/// `HttpServer` as `http_server`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for c in name.chars() {
        if c.is_uppercase() && lower {
            out.push('_');
        }
        lower = c.is_lowercase() || c.is_numeric();
        out.extend(c.to_lowercase());
    }
    out
}

/// Whether a path can stand in a request, which counts as the person's own words: no sentence fits into it.
fn is_plain(path: &str) -> bool {
    const LONGEST: usize = 200;
    path.len() <= LONGEST && path.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'))
}

fn is_word(name: &str) -> bool {
    const LONGEST: usize = 80;
    name.len() <= LONGEST && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (name, expect) in [
            ("HttpServer", "http_server"),
            ("parse", "parse"),
            ("HTTP", "http"),
            ("a2B", "a2_b"),
            ("already_so", "already_so"),
        ] {
            assert_eq!(snake(name), expect);
        }
    }
}
