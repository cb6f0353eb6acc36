//! Where is it defined.

use serde::Deserialize;

use crate::cancel::Cancel;
use crate::syntax::{Kind, Symbol};
use crate::workspace::{RelPath, Snapshot};

use super::name::Name;
use super::parsed::{Parsed, aside, by_path, look};
use super::{Definition, Found, GraphError, Symbols};

/// The place that a question comes from; definitions near it come first.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Site {
    pub path: String,
    /// 1-based.
    pub line: u32,
}

/// The definitions of a name. All of them: an ambiguous name has several, real definitions before declarations.
///
/// # Errors
/// When the text is not a name, or the search behind it fails or is cancelled.
pub fn definition(
    snapshot: &Snapshot,
    cache: &Symbols,
    name: &str,
    at: Option<&Site>,
    limit: usize,
    cancel: &Cancel,
) -> Result<Found<Definition>, GraphError> {
    let name = Name::parse(name)?;
    let (mut places, mut notes) = self::places(snapshot, cache, &name, at, cancel)?;
    if let Some(call) = system_call(&name).filter(|_| places.iter().all(Place::is_doubtful)) {
        let (calls, more) = self::places(snapshot, cache, &call, at, cancel)?;
        let calls = calls.into_iter().filter(|place| place.symbol().signature.contains("SYSCALL_DEFINE"));
        places = calls.chain(places).collect();
        notes.extend(more);
    }
    let items = places.iter().map(|place| Definition::new(place.file.path.as_str(), place.symbol())).collect();
    Ok(Found::cut(items, limit, notes))
}

/// Linux defines `sys_read` as `SYSCALL_DEFINE3(read, ...)`: the name without what the macro puts before it.
fn system_call(name: &Name) -> Option<Name> {
    let prefixes = ["__x64_sys_", "__arm64_sys_", "__se_sys_", "__do_sys_", "compat_sys_", "ksys_", "sys_"];
    let last = prefixes.iter().find_map(|prefix| name.last.strip_prefix(prefix))?;
    (!last.is_empty()).then(|| Name { last: last.to_owned(), ..name.clone() })
}

/// A definition in a parsed file.
pub(super) struct Place {
    pub file: std::sync::Arc<Parsed>,
    pub index: usize,
}

impl Place {
    /// A declaration only, or beside the code proper.
    fn is_doubtful(&self) -> bool {
        self.symbol().kind == Kind::Declaration || aside(self.file.path.as_str()) > 0
    }

    pub fn is_at(&self, site: &Site) -> bool {
        self.file.path.as_str() == site.path && self.symbol().line == site.line
    }

    pub fn symbol(&self) -> &Symbol {
        &self.file.symbols.symbols[self.index]
    }
}

/// The places that define a name, in order, and what was not looked at.
pub(super) fn places(
    snapshot: &Snapshot,
    cache: &Symbols,
    name: &Name,
    at: Option<&Site>,
    cancel: &Cancel,
) -> Result<(Vec<Place>, Vec<String>), GraphError> {
    let fits = |path: &RelPath| name.fits_file(path.as_str());
    let looked = look(snapshot, cache, name.word(), fits, at.map(|site| site.path.as_str()), cancel)?;
    let mut found: Vec<Place> = Vec::new();
    for file in looked.files {
        let file = std::sync::Arc::new(file);
        // `#name` in JavaScript and `r#name` in Rust go by their plain name too.
        let named = |symbol: &Symbol| symbol.name.trim_start_matches("r#").trim_start_matches('#') == name.last;
        for (index, symbol) in file.symbols.symbols.iter().enumerate() {
            if named(symbol) {
                found.push(Place { file: std::sync::Arc::clone(&file), index });
            }
        }
    }
    if !name.qualifiers.is_empty() {
        let nested: Vec<bool> = found.iter().map(|place| name.fits_nesting(&place.symbol().qualified)).collect();
        if nested.contains(&true) {
            let mut nested = nested.into_iter();
            found.retain(|_| nested.next() == Some(true));
        } else {
            found.retain(|place| name.fits_path(place.file.path.as_str(), &place.symbol().qualified));
        }
    }
    found.sort_by(|a, b| {
        let key = |place: &Place| {
            let symbol = place.symbol();
            let near = at.is_some_and(|site| site.path == place.file.path.as_str());
            let (path, weight) = (place.file.path.as_str(), weight(symbol));
            // Code before tests, but a test's function before a field of the same name.
            (!near || weight == DECLARATION, weight.max(MACRO), aside(path), weight, is_deep(symbol))
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| by_path(a.file.path.as_str(), b.file.path.as_str()))
            .then_with(|| a.symbol().line.cmp(&b.symbol().line))
    });
    Ok((found, looked.notes))
}

const MACRO: u8 = 1;
const MEMBER: u8 = 2;
const DOUBTFUL: u8 = 3;
const DECLARATION: u8 = 4;

/// Functions and types before macros, those before members, and those before declarations.
fn weight(symbol: &Symbol) -> u8 {
    match symbol.kind {
        Kind::Declaration => DECLARATION,
        Kind::Field | Kind::Property | Kind::EnumMember => MEMBER,
        Kind::Macro => MACRO,
        Kind::Variable if is_made_by_macro(symbol) => DOUBTFUL,
        _ => 0,
    }
}

/// `DEFINE_SHOW_ATTRIBUTE(name)` defines something around `name`; locks, lists and the like do define it.
fn is_made_by_macro(symbol: &Symbol) -> bool {
    let Some((before, _)) = symbol.signature.split_once('(') else { return false };
    let sure = [
        "LOCK",
        "MUTEX",
        "HEAD",
        "PER_CPU",
        "SEMAPHORE",
        "IDA",
        "IDR",
        "STATIC_KEY",
        "TIMER",
        "HASHTABLE",
        "SRCU",
        "XARRAY",
    ];
    let made = before.contains("DEFINE_") || before.contains("DECLARE_");
    made && !before.contains(symbol.name.as_str()) && !sure.iter().any(|word| before.contains(word))
}

/// Local to a function, or far inside of types; methods and names in a namespace are as good as top-level ones.
fn is_deep(symbol: &Symbol) -> bool {
    symbol.qualified.matches('.').count() > 3
}
