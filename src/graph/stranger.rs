//! Uses that have a definition's name and surely mean something else.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::cancel::Cancel;
use crate::syntax::{Extracted, Family, Kind, Language, Place as Whose, Symbol, Usage, Use};
use crate::workspace::Snapshot;

use super::definition::Place;
use super::imports::{Resolver, offered};
use super::{GraphError, Symbols};

/// The definitions whose uses are sought, and what tells those from others.
pub(super) struct Asked<'a> {
    snapshot: &'a Snapshot,
    cache: &'a Symbols,
    resolver: Resolver<'a>,
    cancel: &'a Cancel,
    defined: &'a [Place],
    name: &'a str,
    /// All are members of types.
    members: bool,
    /// None is a member, and none is inside a function.
    free: bool,
    types: bool,
    /// All are seen only inside of the function around them.
    nested: bool,
    /// C's `static`: seen in its own file, and where that is included.
    file_local: bool,
    /// What modules offer under a name: whether it is one of the definitions, as far as that is known.
    offered: Mutex<HashMap<(String, String), Option<bool>>>,
}

/// A file in which the name is used.
pub(super) struct File<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub language: Language,
    pub symbols: &'a Extracted,
}

impl<'a> Asked<'a> {
    pub fn new(
        snapshot: &'a Snapshot,
        cache: &'a Symbols,
        defined: &'a [Place],
        name: &'a str,
        cancel: &'a Cancel,
    ) -> Result<Self, GraphError> {
        let all = |fits: &dyn Fn(&Place) -> bool| !defined.is_empty() && defined.iter().all(fits);
        Ok(Self {
            snapshot,
            cache,
            resolver: Resolver::new(snapshot)?,
            cancel,
            defined,
            name,
            members: all(&|place| is_member(place.symbol())),
            free: all(&|place| !is_member(place.symbol()) && !is_nested(place)),
            types: all(&|place| is_type(place.symbol().kind)),
            nested: all(&is_nested_by_scope),
            file_local: all(&is_file_local),
            offered: Mutex::default(),
        })
    }

    /// Leaves those uses in a file out that surely mean something else.
    pub fn leave_out(&self, file: &File, uses: &mut Vec<Use>) {
        let Some(family) = file.language.family() else { return };
        if self.defined.is_empty() {
            return;
        }
        if self.nested {
            let own = self.defined.iter().filter(|place| place.file.path.as_str() == file.path);
            let scopes: Vec<_> = own.filter_map(|place| scope(&place.file.symbols, place.symbol())).collect();
            uses.retain(|used| scopes.iter().any(|scope| scope.contains(&used.offset)));
        }
        if family.is_nested_by_scope() {
            self.leave_inner_out(file, uses);
        }
        if !self.defined.iter().any(is_nested) {
            uses.retain(|used| match used.place {
                Whose::Elsewhere => true,
                Whose::Local => false,
                Whose::Both => self.members,
            });
        }
        let home = self.defined.iter().any(|place| place.file.path.as_str() == file.path);
        if self.free && !home {
            let elsewhere = self.file_local && !self.includes(file) || self.imports_another(file, uses);
            let own: Vec<&Symbol> = file.symbols.symbols.iter().filter(|symbol| self.is_rival(file, symbol)).collect();
            let around = |symbol: &Symbol, used: &Use| {
                symbol.parent.is_none_or(|at| file.symbols.symbols[at].extent.contains(&used.offset))
            };
            uses.retain(|used| {
                let bare = joint(&file.text[..used.offset]) == Joint::None;
                !(bare && (elsewhere || own.iter().any(|symbol| around(symbol, used))))
            });
        }
        if self.members {
            uses.retain(|used| self.may_be_member(file, family, used));
        }
    }

    /// Leaves out what means something of that name inside of a function around it.
    fn leave_inner_out(&self, file: &File, uses: &mut Vec<Use>) {
        let is_asked = |symbol: &Symbol| {
            let is_it = |place: &Place| place.file.path.as_str() == file.path && place.symbol().offset == symbol.offset;
            self.defined.iter().any(is_it)
        };
        let home = |scope: &Range<usize>| {
            let inside =
                |place: &Place| place.file.path.as_str() == file.path && scope.contains(&place.symbol().offset);
            self.defined.iter().any(inside)
        };
        let symbols = file.symbols;
        let named = symbols.symbols.iter().filter(|symbol| symbol.name == self.name && !is_asked(symbol));
        let inner = named.filter(|symbol| !matches!(symbol.kind, Kind::Macro | Kind::Declaration));
        let inner = inner.filter(|symbol| !is_member(symbol));
        let scopes: Vec<_> = inner.filter_map(|symbol| scope(symbols, symbol)).filter(|scope| !home(scope)).collect();
        uses.retain(|used| {
            let bare = || joint(&file.text[..used.offset]) == Joint::None;
            !(scopes.iter().any(|scope| scope.contains(&used.offset)) && bare())
        });
    }

    /// Something else of that name, at the top of the file or of a module in it.
    fn is_rival(&self, file: &File, symbol: &Symbol) -> bool {
        let symbols = &file.symbols.symbols;
        let is_module = |at: usize| symbols[at].kind == Kind::Module;
        symbol.name == self.name
            && symbol.kind != Kind::Declaration
            && is_type(symbol.kind) == self.types
            && !is_member(symbol)
            && symbol.parent.is_none_or(is_module)
    }

    fn includes(&self, file: &File) -> bool {
        let imports = self.resolver.imports(file.path, file.language, file.text);
        let targets = || self.defined.iter().map(|place| place.file.path.as_str());
        imports.iter().any(|import| targets().any(|path| import.target.as_deref() == Some(path)))
    }

    /// Whether the name came into the file from somewhere else.
    fn imports_another(&self, file: &File, uses: &[Use]) -> bool {
        if !uses.iter().any(|used| used.usage == Usage::Import) {
            return false;
        }
        let imports = self.resolver.imports(file.path, file.language, file.text);
        let taken = imports.iter().flat_map(|import| import.taken.iter().map(move |taken| (import, taken)));
        let mut taken = taken.filter(|(_, taken)| taken.local == self.name || taken.name == self.name).peekable();
        taken.peek().is_some()
            && taken.all(|(import, taken)| match import.target.as_deref() {
                Some(target) => self.leads_here(target, &taken.name, file.language, &import.module) == Some(false),
                None => import.external,
            })
    }

    fn leads_here(&self, target: &str, name: &str, language: Language, module: &str) -> Option<bool> {
        let key = (format!("{target} {module}"), name.to_owned());
        let lock = || self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return *known;
        }
        let found = offered(self.snapshot, self.cache, &self.resolver, language, target, name, module, self.cancel);
        let is_one = |place: &Place| {
            let symbol = place.symbol();
            found.iter().any(|item| item.path == place.file.path.as_str() && item.line == symbol.line)
        };
        let verdict = (!found.is_empty()).then(|| self.defined.iter().any(is_one));
        lock().insert(key, verdict);
        verdict
    }

    fn may_be_member(&self, file: &File, family: Family, used: &Use) -> bool {
        let (before, behind) = (&file.text[..used.offset], &file.text[used.offset + used.name.len()..]);
        let joint = joint(before);
        let implied = family.implies_self();
        if joint == Joint::Own || joint == Joint::None && implied {
            // The type around it has such a member of its own.
            let mut outer = used.within.map(|at| file.symbols.symbols[at].qualified.as_str()).unwrap_or_default();
            while let Some((container, _)) = outer.rsplit_once('.') {
                let own = |symbol: &&Symbol| {
                    is_member(symbol)
                        && symbol.name == self.name
                        && symbol.qualified.rsplit_once('.').is_some_and(|(of, _)| of == container)
                };
                if let Some(own) = file.symbols.symbols.iter().find(own) {
                    return self.defined.iter().any(|place| place.symbol().qualified == own.qualified);
                }
                outer = container;
            }
            return true;
        }
        if joint != Joint::None || implied || used.place == Whose::Both || used.usage == Usage::Import {
            return true;
        }
        let in_class = used.within.is_some_and(|at| file.symbols.symbols[at].kind == Kind::Class);
        let variant = self.defined.iter().any(|place| place.symbol().kind == Kind::EnumMember);
        let key = behind.trim_start().starts_with(':') && !behind.trim_start().starts_with("::");
        match family {
            Family::Rust => key || variant,
            Family::Go => key,
            Family::Python => in_class || behind.starts_with('=') && !behind.starts_with("=="),
            // The keys of objects are members of whoever takes them.
            Family::JavaScript => key || in_class || before.trim_end().ends_with(['{', ',']),
            _ => true,
        }
    }
}

/// What joins a name to what stands before it.
#[derive(PartialEq, Eq)]
enum Joint {
    None,
    /// `self.` and the like.
    Own,
    Other,
}

fn joint(before: &str) -> Joint {
    let before = before.trim_end();
    let Some(left) = ["::", "->", "."].iter().find_map(|joint| before.strip_suffix(joint)) else { return Joint::None };
    if left.ends_with('.') {
        return Joint::None;
    }
    let left = left.trim_end_matches(['?', '!']).trim_end();
    let word = left.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))).next().unwrap_or(left);
    if matches!(word, "self" | "this" | "cls" | "Self") { Joint::Own } else { Joint::Other }
}

fn is_member(symbol: &Symbol) -> bool {
    matches!(symbol.kind, Kind::Method | Kind::Field | Kind::Property | Kind::Constructor | Kind::EnumMember)
}

pub(super) fn is_type(kind: Kind) -> bool {
    matches!(kind, Kind::Class | Kind::Struct | Kind::Enum | Kind::Union | Kind::Interface | Kind::Trait | Kind::Type)
}

fn is_nested(place: &Place) -> bool {
    scope(&place.file.symbols, place.symbol()).is_some() && !is_member(place.symbol())
}

fn is_nested_by_scope(place: &Place) -> bool {
    let family = Language::of(place.file.path.as_str()).and_then(Language::family);
    let scoped = !matches!(place.symbol().kind, Kind::Macro | Kind::Declaration);
    scoped && is_nested(place) && family.is_some_and(Family::is_nested_by_scope)
}

/// The innermost function around a definition.
fn scope(all: &Extracted, symbol: &Symbol) -> Option<Range<usize>> {
    let is_callable = |kind| matches!(kind, Kind::Function | Kind::Method | Kind::Constructor);
    let mut around = std::iter::successors(symbol.parent, |at| all.symbols[*at].parent).map(|at| &all.symbols[at]);
    around.find(|outer| is_callable(outer.kind)).map(|outer| outer.extent.clone())
}

fn is_file_local(place: &Place) -> bool {
    let (path, symbol) = (place.file.path.as_str(), place.symbol());
    Language::of(path).and_then(Language::family) == Some(Family::C)
        && ![".h", ".hpp", ".hh", ".inc"].iter().any(|ending| path.ends_with(ending))
        && symbol.signature.starts_with("static ")
        && !is_member(symbol)
}
