//! What a name means by the imports of its file: something in another file, also when that only passes it on.

use std::collections::HashSet;

use crate::cancel::Cancel;
use crate::graph::{Definition, GraphError, Symbols};
use crate::syntax::{Family, Kind, Language, Symbol, occurrences};
use crate::workspace::{RelPath, Snapshot};

use super::Import;
use super::paths::{folder, last};
use super::resolve::Resolver;

/// A name where it is used.
pub struct Named<'a> {
    /// The file, which need not be one of the snapshot's.
    pub path: &'a str,
    pub text: &'a str,
    pub language: Language,
    pub name: &'a str,
    /// What stands before it: `["a", "b"]` of `a::b::name`.
    pub qualifiers: &'a [&'a str],
    /// The inline modules around it, outermost first.
    pub within: Vec<String>,
    /// The line, 1-based, where the name stands in an import statement.
    pub import: Option<u32>,
}

/// Where a file's imports say that a name comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// They do not say it, or it is not there.
    Unknown,
    /// From outside of the repository.
    Outside,
    /// These are its definitions; none for a module's own name.
    Here(Vec<Definition>),
}

/// Where a name comes from, by the imports of its file.
///
/// # Errors
/// When the files cannot be listed, or the question is cancelled.
pub fn origin(snapshot: &Snapshot, cache: &Symbols, named: &Named, cancel: &Cancel) -> Result<Origin, GraphError> {
    let Some(family) = named.language.family().filter(|family| *family != Family::C) else {
        return Ok(Origin::Unknown);
    };
    let resolver = Resolver::new(snapshot)?;
    let imports = resolver.imports(named.path, named.language, named.text);
    let mut trail = Trail { snapshot, cache, resolver: &resolver, family, cancel, seen: HashSet::new() };
    let found = match named.qualifiers {
        [] => trail.bare(&imports, named),
        [only] if family != Family::Rust => trail.member(&imports, only, named.name),
        [first, ..] if family != Family::Rust => trail.dotted(&imports, first, named),
        _ => trail.path(&imports, named),
    };
    if cancel.is_cancelled() { Err(GraphError::Cancelled) } else { Ok(found) }
}

/// The definitions that a file, or a package's folder, offers to others under a name.
#[expect(clippy::too_many_arguments, reason = "all are needed to follow what is passed on")]
pub(in crate::graph) fn offered(
    snapshot: &Snapshot,
    cache: &Symbols,
    resolver: &Resolver,
    language: Language,
    target: &str,
    name: &str,
    module: &str,
    cancel: &Cancel,
) -> Vec<Definition> {
    let Some(family) = language.family() else { return Vec::new() };
    let mut trail = Trail { snapshot, cache, resolver, family, cancel, seen: HashSet::new() };
    trail.find(target, name, Some(module))
}

/// Files that are looked at for one name.
const FILES: usize = 64;

/// What is followed from file to file.
struct Trail<'a, 'r> {
    snapshot: &'a Snapshot,
    cache: &'a Symbols,
    resolver: &'a Resolver<'r>,
    family: Family,
    cancel: &'a Cancel,
    /// Files, with the name that was sought there.
    seen: HashSet<(String, String)>,
}

impl Trail<'_, '_> {
    fn bare(&mut self, imports: &[Import], named: &Named) -> Origin {
        let on_line = |import: &&Import| named.import.is_some_and(|line| import.line <= line);
        let last_line = imports.iter().filter(on_line).map(|import| import.line).max();
        let statement = imports.iter().filter(|import| Some(import.line) == last_line);
        let written = statement.flat_map(|import| import.taken.iter().map(move |taken| (import, taken)));
        let written = written.into_iter().find(|(_, taken)| taken.name == named.name || taken.local == named.name);
        if let Some((import, taken)) = written.or_else(|| taken_as(imports, named.name)) {
            return self.taken(import, &taken.name);
        }
        if named.import.is_some() {
            return Origin::Unknown;
        }
        if let Some(import) = self.module(imports, named.name) {
            return match (self.family, import.target.as_deref()) {
                _ if is_outside(import, self.family) => Origin::Outside,
                (Family::Java, Some(target)) => self.sought(target, named.name, None),
                (Family::JavaScript, Some(target)) => self.sought(target, "default", None),
                (_, Some(_)) => Origin::Here(Vec::new()),
                (_, None) => Origin::Unknown,
            };
        }
        let found = self.by_star(imports, named.name);
        if found.is_empty() { Origin::Unknown } else { Origin::Here(found) }
    }

    /// A name that a statement takes out of a module.
    fn taken(&mut self, import: &Import, name: &str) -> Origin {
        if is_outside(import, self.family) {
            return Origin::Outside;
        }
        match import.target.as_deref() {
            Some(target) if !is_module(target, name) => self.sought(target, name, Some(&import.module)),
            _ => Origin::Unknown,
        }
    }

    /// `qualifier.name`, where the qualifier is a module or a type.
    fn member(&mut self, imports: &[Import], qualifier: &str, name: &str) -> Origin {
        let taken = taken_as(imports, qualifier).map(|(import, taken)| (import, Some(taken.name.as_str())));
        let module = || self.module(imports, qualifier).map(|import| (import, None));
        let Some((import, of)) = taken.or_else(module) else { return Origin::Unknown };
        if is_outside(import, self.family) {
            return Origin::Outside;
        }
        let Some(target) = import.target.as_deref() else { return Origin::Unknown };
        let of = if self.family == Family::Java && of.is_none() { last_part(&import.module) } else { of };
        match of {
            Some(of) if !is_module(target, of) => {
                let owners = self.find(target, of, Some(&import.module));
                let found = owners.iter().flat_map(|owner| self.members(owner, name)).collect();
                known(found)
            }
            _ => self.sought(target, name, None),
        }
    }

    /// `a.b.name`, where `a.b` may be a module.
    fn dotted(&mut self, imports: &[Import], first: &str, named: &Named) -> Origin {
        let whole = named.qualifiers.join(".");
        if let Some(import) = imports.iter().find(|import| import.names.is_empty() && import.module == whole) {
            return match import.target.as_deref() {
                _ if is_outside(import, self.family) => Origin::Outside,
                Some(target) => self.sought(target, named.name, None),
                None => Origin::Unknown,
            };
        }
        let first = taken_as(imports, first).map(|(import, _)| import).or_else(|| {
            let begins = |import: &&Import| {
                import.local.is_none() && import.names.is_empty() && import.module.split('.').next() == Some(first)
            };
            self.module(imports, first).or_else(|| imports.iter().find(begins))
        });
        if first.is_some_and(|import| is_outside(import, self.family)) { Origin::Outside } else { Origin::Unknown }
    }

    /// `a::b::name` in Rust.
    fn path(&mut self, imports: &[Import], named: &Named) -> Origin {
        let [first, rest @ ..] = named.qualifiers else { return Origin::Unknown };
        if matches!(*first, "std" | "core" | "alloc") {
            return Origin::Outside;
        }
        let mut parts: Vec<&str> = named.qualifiers.to_vec();
        if let Some((import, taken)) = taken_as(imports, first) {
            if is_outside(import, self.family) {
                return Origin::Outside;
            }
            let own = if taken.name == "self" { None } else { Some(taken.name.as_str()) };
            parts = import.module.split("::").chain(own).chain(rest.iter().copied()).collect();
        }
        let module = parts.join("::");
        let Self { resolver, .. } = self;
        let target = resolver.rust_path(named.path, named.text, &module, named.name, named.within.clone());
        let Some(target) = target.filter(|target| !is_module(target, named.name)) else { return Origin::Unknown };
        let Some(of) = parts.last().copied() else { return Origin::Unknown };
        if of.starts_with(char::is_uppercase) {
            let around = parts[..parts.len() - 1].join("::");
            let owners = self.find(&target, of, Some(&around));
            let found = owners.iter().flat_map(|owner| self.members(owner, named.name)).collect();
            return known(found);
        }
        self.sought(&target, named.name, Some(&module))
    }

    fn sought(&mut self, target: &str, name: &str, module: Option<&str>) -> Origin {
        known(self.find(target, name, module))
    }

    /// The import of a module that is called so.
    fn module<'i>(&self, imports: &'i [Import], name: &str) -> Option<&'i Import> {
        let plain = |import: &&Import| {
            import.local.is_none()
                && import.names.is_empty()
                && match self.family {
                    Family::Go => go_name(&import.module) == name,
                    Family::Python => import.module == name,
                    Family::Java => last_part(&import.module) == Some(name),
                    _ => false,
                }
        };
        let called = |import: &&Import| import.local.as_deref() == Some(name);
        imports.iter().find(called).or_else(|| imports.iter().find(plain))
    }

    /// The definitions of a name that a file, or a package's folder, offers to others. `module` is the path under which it
    /// was asked for.
    fn find(&mut self, target: &str, name: &str, module: Option<&str>) -> Vec<Definition> {
        let is_new = self.seen.insert((target.to_owned(), name.to_owned()));
        if !is_new || self.seen.len() > FILES || self.cancel.is_cancelled() {
            return Vec::new();
        }
        let Some((text, language)) = self.read(target) else { return self.in_folder(target, name) };
        let symbols = self.cache.of(language, &text);
        let symbols = &symbols.symbols;
        let offered = offered_as(self.family, &text, name);
        let name = offered.as_deref().unwrap_or(name);
        let around = module.and_then(|module| module.rsplit([':', '.', '/']).next());
        let named: Vec<&Symbol> = symbols.iter().filter(|symbol| symbol.name == name && !is_mod(symbol)).collect();
        let container = |symbol: &Symbol| symbol.qualified.rsplit('.').nth(1).map(str::to_owned);
        let inside = |symbol: &&Symbol| around.is_some() && container(symbol).as_deref() == around;
        let is_free = |symbol: &&Symbol| {
            let mut outer = symbol.parent;
            while let Some(at) = outer.filter(|at| symbols[*at].kind == Kind::Module) {
                outer = symbols[at].parent;
            }
            outer.is_none() && !is_member(symbol)
        };
        let top = |symbol: &&Symbol| !symbol.qualified.contains('.');
        for fits in [
            &(|symbol: &&Symbol| is_free(symbol) && inside(symbol)) as &dyn Fn(&&Symbol) -> bool,
            &(|symbol| is_free(symbol) && top(symbol)),
        ] {
            let found = real(named.iter().copied().filter(fits), target);
            if !found.is_empty() {
                return found;
            }
        }
        let imports = self.resolver.imports(target, language, &text);
        let passed = imports.iter().flat_map(|import| import.taken.iter().map(move |taken| (import, taken)));
        for (import, taken) in passed.filter(|(_, taken)| taken.local == name && taken.name != "*") {
            if let Some(next) = import.target.as_deref() {
                let found = self.find(next, &taken.name, Some(&import.module));
                if !found.is_empty() {
                    return found;
                }
            }
        }
        let found = self.by_star(&imports, name);
        if !found.is_empty() {
            return found;
        }
        // Variants, static members, and what an object of exports holds.
        let found = real(named.iter().copied().filter(inside), target);
        if !found.is_empty() || !matches!(self.family, Family::Java | Family::JavaScript | Family::Rust) {
            return found;
        }
        let fits = |symbol: &&Symbol| if self.family == Family::Rust { is_free(symbol) } else { is_shallow(symbol) };
        real(named.iter().copied().filter(fits), target)
    }

    /// Everything of some module was imported, or is passed on.
    fn by_star(&mut self, imports: &[Import], name: &str) -> Vec<Definition> {
        let is_star =
            |import: &&Import| import.names.iter().any(|name| name == "*") || import.local.as_deref() == Some(".");
        for import in imports.iter().filter(is_star).filter(|_| name != "default") {
            let Some(target) = import.target.as_deref() else { continue };
            let found = if self.family == Family::Java && self.read(target).is_none() {
                self.find(&format!("{target}/{name}.java"), name, None)
            } else {
                self.find(target, name, Some(&import.module))
            };
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// A package of Go is the files of one folder.
    fn in_folder(&mut self, target: &str, name: &str) -> Vec<Definition> {
        if self.family != Family::Go {
            return Vec::new();
        }
        let at = if target == "." { "" } else { target };
        let files: Vec<String> = self
            .resolver
            .paths
            .below(at)
            .filter(|path| path.ends_with(".go") && folder(path) == at && !path.ends_with("_test.go"))
            .map(str::to_owned)
            .collect();
        let mut found = Vec::new();
        for file in files {
            let Some((text, language)) = self.read(&file) else { continue };
            if occurrences(&text, name).next().is_none() {
                continue;
            }
            let symbols = self.cache.of(language, &text);
            let top = |symbol: &&Symbol| symbol.name == name && !symbol.qualified.contains('.');
            found.extend(real(symbols.symbols.iter().filter(top), &file));
        }
        found
    }

    /// The members of that name of a type.
    fn members(&self, owner: &Definition, name: &str) -> Vec<Definition> {
        let Some((text, language)) = self.read(&owner.path) else { return Vec::new() };
        let whole = format!("{}.{name}", owner.qualified);
        let symbols = self.cache.of(language, &text);
        real(symbols.symbols.iter().filter(|symbol| symbol.qualified == whole), &owner.path)
    }

    fn read(&self, path: &str) -> Option<(std::sync::Arc<str>, Language)> {
        let text = self.snapshot.text(&RelPath::parse(path).ok()?).ok()?;
        let language = Language::detect(path, &text).filter(|language| language.has_grammar())?;
        Some((text, language))
    }
}

fn known(found: Vec<Definition>) -> Origin {
    if found.is_empty() { Origin::Unknown } else { Origin::Here(found) }
}

/// The import by which a name came into a file. Of several (`try: ... except ImportError:`) one that leads to a file.
fn taken_as<'i>(imports: &'i [Import], name: &str) -> Option<(&'i Import, &'i crate::syntax::Taken)> {
    let all = imports.iter().flat_map(|import| import.taken.iter().map(move |taken| (import, taken)));
    let mut all = all.filter(|(_, taken)| taken.local == name && taken.name != "*");
    let first = all.next()?;
    if first.0.target.is_some() { Some(first) } else { all.find(|(import, _)| import.target.is_some()).or(Some(first)) }
}

/// Whether an import leads out of the repository. A bundler may have names of its own for what is inside.
fn is_outside(import: &Import, family: Family) -> bool {
    let may_be_alias =
        family == Family::JavaScript && (import.module.starts_with("@/") || import.module.starts_with(['~', '#', '$']));
    import.external && !may_be_alias
}

/// Definitions, without the announcements of such.
fn real<'s>(symbols: impl Iterator<Item = &'s Symbol>, path: &str) -> Vec<Definition> {
    let mut all: Vec<&Symbol> = symbols.collect();
    if all.iter().any(|symbol| symbol.kind != Kind::Declaration) {
        all.retain(|symbol| symbol.kind != Kind::Declaration);
    }
    all.into_iter().map(|symbol| Definition::new(path, symbol)).collect()
}

/// `mod name;`
fn is_mod(symbol: &Symbol) -> bool {
    symbol.kind == Kind::Declaration && symbol.signature.trim_end_matches(&*symbol.name).trim_end().ends_with("mod")
}

fn is_member(symbol: &Symbol) -> bool {
    matches!(symbol.kind, Kind::Method | Kind::Field | Kind::Property | Kind::Constructor | Kind::EnumMember)
}

fn is_shallow(symbol: &Symbol) -> bool {
    symbol.qualified.matches('.').count() < 2
}

/// Whether a file is the module of that name itself.
fn is_module(target: &str, name: &str) -> bool {
    let stem = last(target).split('.').next().unwrap_or_default();
    let own = matches!(stem, "mod" | "__init__") && last(folder(target)) == name;
    own || (target.ends_with(".rs") || target.ends_with(".py") || target.ends_with(".pyi")) && stem == name
}

fn last_part(module: &str) -> Option<&str> {
    module.rsplit('.').next()
}

/// The name under which Go code uses a package: the last part of its path, but for a version.
fn go_name(module: &str) -> &str {
    let mut parts = module.rsplit('/');
    let last = parts.next().unwrap_or(module);
    let is_version =
        last.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if is_version { parts.next().unwrap_or(last) } else { last }
}

/// What a script's file itself calls what others take from it under a name, where that is another one.
fn offered_as(family: Family, text: &str, name: &str) -> Option<String> {
    if family != Family::JavaScript {
        return None;
    }
    if name == "default" {
        return ["export default", "module.exports ="].iter().find_map(|head| {
            let mut rest = text.split_once(head)?.1.trim_start();
            for word in ["abstract ", "async ", "new ", "function*", "function", "class "] {
                rest = rest.strip_prefix(word).unwrap_or(rest).trim_start_matches(['*', ' ']);
            }
            identifier_at_start(rest)
        });
    }
    occurrences(text, name).find_map(|found| {
        let before = text[..found.start].trim_end().strip_suffix("as")?;
        let (head, inside) = before.rsplit_once('{')?;
        let own = inside.rsplit([',', ' ', '\n']).find(|part| !part.trim().is_empty())?.trim();
        head.trim_end().ends_with("export").then(|| own.to_owned())
    })
}

fn identifier_at_start(text: &str) -> Option<String> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}
