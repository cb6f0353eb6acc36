//! Which definitions a name at a cursor means.

use std::ops::Range;
use std::sync::Arc;

use tower_lsp::ls_types::{Location, Uri};

use super::cursor::{Before, Cursor, Role};
use crate::cancel::Cancel;
use crate::graph::{Definition, GraphError, Named, Origin, Site, definition, origin};
use crate::lsp::Error;
use crate::lsp::convert::{name_of, whole_of};
use crate::lsp::state::{Text, View};
use crate::syntax::{Budget, Extracted, Family, Kind, Language, Symbol, Usage, binding};
use crate::workspace::RelPath;

/// Definitions of one name that a client is shown.
const MOST: usize = 100;

/// A definition in the text that the request sees.
pub struct Target {
    pub uri: Uri,
    pub text: Text,
    symbols: Arc<Extracted>,
    index: usize,
}

impl Target {
    pub fn symbol(&self) -> &Symbol {
        &self.symbols.symbols[self.index]
    }

    /// The bytes of the name.
    pub fn name(&self) -> Range<usize> {
        name_of(self.symbol())
    }

    /// The bytes of the whole definition.
    pub fn whole(&self) -> Range<usize> {
        whole_of(&self.text.text, self.symbol())
    }

    /// Where the name is.
    pub fn location(&self, view: &View) -> Location {
        let range = self.text.lines.range(&self.text.text, self.name(), view.encoding);
        Location { uri: self.uri.clone(), range }
    }

    /// The name by which the repository knows this very definition; `None` outside of the workspace.
    pub fn full_name(&self) -> Option<String> {
        Some(format!("{}#{}", self.text.path.as_ref()?, self.symbol().qualified))
    }

    /// Where it is, in the repository.
    pub fn site(&self) -> Option<Site> {
        Some(Site { path: self.text.path.as_ref()?.to_string(), line: self.symbol().line })
    }

    fn folder(&self) -> Option<&str> {
        folder_of(&self.text)
    }

    fn own(cursor: &Cursor, index: usize) -> Self {
        let (uri, text, symbols) = (cursor.uri.clone(), cursor.text.clone(), cursor.symbols.clone());
        Self { uri, text, symbols, index }
    }

    /// Finds a definition of the repository in its file. `None` when it is not there any more.
    pub fn find(view: &View, path: &str, line: u32, name: &str) -> Option<Self> {
        let path = RelPath::parse(path).ok()?;
        let text = view.file(&path).ok()?;
        let symbols = text.definitions(text.language?, &view.symbols);
        let index = symbols.symbols.iter().position(|symbol| symbol.line == line && symbol.name == name)?;
        Some(Self { uri: view.uri(&path)?, text, symbols, index })
    }
}

/// The definitions that a name means, best first. None for the name of something local, and for what is defined outside
/// of the repository as far as can be told.
pub fn targets(view: &View, cursor: &Cursor, cancel: &Cancel) -> Result<Vec<Target>, Error> {
    if let Some(local) = &cursor.local {
        let is_it = |at: &usize| name_of(&cursor.symbols.symbols[*at]) == local.definition;
        let nested = (0..cursor.symbols.symbols.len()).find(is_it);
        return Ok(nested.map(|at| Target::own(cursor, at)).into_iter().collect());
    }
    if let Role::Definition(at) = cursor.role {
        let own = Target::own(cursor, at);
        if own.symbol().kind != Kind::Declaration {
            return Ok(vec![own]);
        }
        // A prototype leads to what it announces.
        let mut all = candidates(view, cursor, &own.symbol().qualified, cancel)?;
        all.retain(|target| target.symbol().kind != Kind::Declaration);
        return Ok(if all.is_empty() { vec![own] } else { all });
    }
    if !cursor.is_code() {
        return Ok(Vec::new());
    }
    let mut found = match &cursor.before {
        Before::Nothing if let Some(owner) = literal_of(cursor) => {
            let mut all = match owner {
                "Self" => own_members(cursor),
                owner => candidates(view, cursor, &format!("{owner}.{}", cursor.name), cancel)?,
            };
            if all.is_empty() {
                all = candidates(view, cursor, &cursor.name, cancel)?;
            }
            all.retain(|target| target.symbol().kind == Kind::Field);
            all
        }
        _ if let Some(all) = by_import(view, cursor, cancel)? => all,
        Before::Itself => {
            let mut all = own_members(cursor);
            if all.is_empty() {
                all = candidates(view, cursor, &cursor.name, cancel)?;
                all.retain(|target| is_member(target.symbol()));
            }
            all
        }
        Before::Name(qualifier) => {
            let mut all = candidates(view, cursor, &format!("{qualifier}.{}", cursor.name), cancel)?;
            if all.is_empty() {
                all = candidates(view, cursor, &cursor.name, cancel)?;
                // Something of the receiver's, whose type is not known, or of a module that goes by another name here.
                // A type that is named has no members but its own.
                let is_type = qualifier.starts_with(char::is_uppercase);
                let text = &cursor.text.text;
                all.retain(|target| !is_type && is_member(target.symbol()) || is_named_in(text, target));
            }
            all
        }
        Before::Value => {
            let mut all = candidates(view, cursor, &cursor.name, cancel)?;
            all.retain(|target| is_member(target.symbol()));
            all
        }
        Before::Nothing => {
            let mut all = candidates(view, cursor, &cursor.name, cancel)?;
            // A bare name is rarely a member's, unless nothing else has it.
            if all.iter().any(|target| !is_member(target.symbol())) || !may_be_bare_member(cursor) {
                all.retain(|target| !is_member(target.symbol()) || target.symbol().kind == Kind::EnumMember);
            }
            // What the file itself defines at its top hides the rest of the world.
            let here = |target: &Target| target.text.path == cursor.text.path && target.symbol().parent.is_none();
            if all.iter().any(|target| here(target) && target.symbol().kind != Kind::Declaration) {
                all.retain(here);
            }
            // A package of Go is one folder.
            let beside = |target: &Target| target.folder() == folder_of(&cursor.text) && !is_member(target.symbol());
            if cursor.text.language.and_then(Language::family) == Some(Family::Go) && all.iter().any(beside) {
                all.retain(beside);
            }
            all
        }
    };
    let member = cursor.before != Before::Nothing;
    // What cannot be used in that way is only shown when nothing else can.
    if let Role::Use(usage) = cursor.role
        && found.iter().any(|target| fits(usage, member, target.symbol().kind))
    {
        found.retain(|target| fits(usage, member, target.symbol().kind));
    }
    Ok(found)
}

/// The type whose field is named by `name:` in a literal or a pattern of Rust.
fn literal_of(cursor: &Cursor) -> Option<&str> {
    let behind = cursor.text.text[cursor.range.end..].trim_start();
    let is_rust = cursor.text.language.and_then(Language::family) == Some(Family::Rust);
    if !is_rust || !behind.starts_with(':') || behind.starts_with("::") {
        return None;
    }
    let before = &cursor.text.text[..cursor.range.start];
    let mut depth = 0;
    let open = before.bytes().rposition(|byte| {
        match byte {
            b'}' | b')' | b']' => depth += 1,
            b'{' | b'(' | b'[' => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    let head = before[..open.filter(|at| before[*at..].starts_with('{'))?].trim_end();
    let start = head.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let owner = head.get(start..).filter(|owner| owner.starts_with(char::is_uppercase))?;
    Some(owner)
}

/// What the imports of the file say that the name is; `None` when they do not.
fn by_import(view: &View, cursor: &Cursor, cancel: &Cancel) -> Result<Option<Vec<Target>>, Error> {
    let (Some(path), Some(language)) = (&cursor.text.path, cursor.text.language) else { return Ok(None) };
    let text = &*cursor.text.text;
    let qualifiers: Vec<&str> =
        cursor.path.split(['.', ':', '>', '-', '?', '!']).filter(|part| !part.is_empty()).collect();
    let import = (cursor.role == Role::Use(Usage::Import)).then(|| cursor.line());
    match cursor.before {
        // What the file defines itself is no other's.
        Before::Nothing if qualifiers.is_empty() => {
            let own = |symbol: &Symbol| symbol.qualified == cursor.name && symbol.kind != Kind::Declaration;
            if import.is_none() && cursor.symbols.symbols.iter().any(own) {
                return Ok(None);
            }
        }
        Before::Nothing | Before::Name(_) if !qualifiers.is_empty() => {
            let first = cursor.range.start - cursor.path.len();
            if !cursor.path.starts_with(qualifiers[0]) || binding(language, text, first, &Budget::default()).is_some() {
                return Ok(None);
            }
        }
        _ => return Ok(None),
    }
    let around = |symbol: &&Symbol| symbol.kind == Kind::Module && symbol.extent.contains(&cursor.range.start);
    let within = cursor.symbols.symbols.iter().filter(around).map(|symbol| symbol.name.clone()).collect();
    let (path, name) = (path.as_str(), cursor.name.as_str());
    let named = Named { path, text, language, name, qualifiers: &qualifiers, within, import };
    Ok(match origin(&view.snapshot, &view.symbols, &named, cancel)? {
        Origin::Unknown => None,
        Origin::Outside => Some(Vec::new()),
        Origin::Here(all) => {
            Some(all.iter().filter_map(|item| Target::find(view, &item.path, item.line, &item.name)).collect())
        }
    })
}

/// The repository's definitions of a name; for a document outside of it, its own.
fn candidates(view: &View, cursor: &Cursor, name: &str, cancel: &Cancel) -> Result<Vec<Target>, Error> {
    let Some(path) = cursor.text.path.as_ref().filter(|_| !cursor.is_unlisted(view)) else {
        let named = |at: &usize| cursor.symbols.symbols[*at].name == cursor.name;
        let own: Vec<_> = (0..cursor.symbols.symbols.len()).filter(named).map(|at| Target::own(cursor, at)).collect();
        if !own.is_empty() || cursor.text.path.is_none() {
            return Ok(own);
        }
        return in_repository(view, cursor, None, name, cancel);
    };
    in_repository(view, cursor, Some(path), name, cancel)
}

fn in_repository(
    view: &View,
    cursor: &Cursor,
    path: Option<&RelPath>,
    name: &str,
    cancel: &Cancel,
) -> Result<Vec<Target>, Error> {
    let site = path.map(|path| Site { path: path.to_string(), line: cursor.line() });
    match definition(&view.snapshot, &view.symbols, name, site.as_ref(), MOST, cancel) {
        Ok(found) => {
            let target = |item: Definition| Target::find(view, &item.path, item.line, &item.name);
            // A namesake in another language is a stranger.
            let family = |text: &Text| text.language.and_then(Language::family);
            let own = family(&cursor.text);
            let is_kin = |target: &Target| own.is_none() || family(&target.text).is_none_or(|other| Some(other) == own);
            let items = found.items.into_iter().take_while(|_| !cancel.is_cancelled());
            Ok(items.filter_map(target).filter(is_kin).collect())
        }
        Err(GraphError::Name { .. }) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn folder_of(text: &Text) -> Option<&str> {
    text.path.as_ref().map(|path| path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder))
}

/// Members of that name of the type around the cursor.
fn own_members(cursor: &Cursor) -> Vec<Target> {
    let symbols = &cursor.symbols.symbols;
    // `impl` blocks are no definitions: the qualified name knows the type.
    let mut outer = cursor.within.as_deref().unwrap_or_default();
    while let Some((container, _)) = outer.rsplit_once('.') {
        let member = |symbol: &Symbol| {
            symbol.name == cursor.name && symbol.qualified.rsplit_once('.').is_some_and(|(of, _)| of == container)
        };
        let found: Vec<usize> = (0..symbols.len()).filter(|at| member(&symbols[*at])).collect();
        if !found.is_empty() {
            return found.into_iter().map(|at| Target::own(cursor, at)).collect();
        }
        outer = container;
    }
    Vec::new()
}

/// Whether a name with nothing before it can be a member's: where the object goes without saying, and in `Type { name: 1 }`.
fn may_be_bare_member(cursor: &Cursor) -> bool {
    let behind = cursor.text.text[cursor.range.end..].trim_start();
    let is_key = behind.starts_with(':') && !behind.starts_with("::");
    is_key || cursor.text.language.and_then(Language::family).is_none_or(Family::implies_self)
}

fn is_member(symbol: &Symbol) -> bool {
    matches!(symbol.kind, Kind::Method | Kind::Field | Kind::Property | Kind::Constructor | Kind::EnumMember)
}

/// Whether a text names the module that a definition is in.
fn is_named_in(text: &str, target: &Target) -> bool {
    let Some(path) = &target.text.path else { return true };
    let mut parts = path.as_str().rsplit('/');
    let stem = parts.next().and_then(|file| file.split('.').next()).unwrap_or_default();
    let module = if matches!(stem, "mod" | "lib" | "main" | "index" | "__init__") { parts.next() } else { Some(stem) };
    module.is_some_and(|module| crate::syntax::occurrences(text, module).next().is_some())
}

/// Whether a use, perhaps of a member, can mean a definition of that kind.
fn fits(usage: Usage, member: bool, kind: Kind) -> bool {
    let of_type = matches!(
        kind,
        Kind::Class | Kind::Struct | Kind::Enum | Kind::Union | Kind::Interface | Kind::Trait | Kind::Type
    );
    let called = matches!(
        kind,
        Kind::Function | Kind::Method | Kind::Constructor | Kind::Macro | Kind::EnumMember | Kind::Declaration
    );
    let value = matches!(kind, Kind::Field | Kind::Property | Kind::Variable | Kind::Constant | Kind::EnumMember);
    match usage {
        Usage::Type => of_type || kind == Kind::Module,
        Usage::Call => called || of_type,
        Usage::Write => value,
        // Functions and classes are values too, but a member without arguments is rather a field.
        Usage::Read => value || !member,
        Usage::Import => true,
    }
}
