//! A file in which calls stand: its definitions, the calls, and what it imports.

use std::sync::{Arc, OnceLock};

use crate::syntax::{Extracted, Family, Kind, Language, Names, Symbol, Usage, Use, extract_with_uses};
use crate::workspace::RelPath;

use super::super::imports::Resolver;
use super::super::references::shown;
use super::super::{Confidence, Import, Symbols};
use crate::graph::edges::{CallSite, Edge};

pub(super) struct Scene<'a> {
    pub path: RelPath,
    pub text: Arc<str>,
    pub language: Language,
    pub family: Family,
    pub symbols: Extracted,
    pub calls: Vec<Use>,
    pub resolver: &'a Resolver<'a>,
    imports: OnceLock<Vec<Import>>,
}

impl<'a> Scene<'a> {
    /// `None` for files that have no calls of these names, or no grammar.
    pub fn read(
        path: RelPath,
        text: Arc<str>,
        names: Names,
        cache: &Symbols,
        resolver: &'a Resolver<'a>,
    ) -> Option<Self> {
        let language = Language::detect(path.as_str(), &text)?;
        let family = language.family()?;
        let (symbols, mut calls) = extract_with_uses(language, &text, names, cache.budget());
        calls.retain(|found| found.usage == Usage::Call);
        let imports = OnceLock::new();
        (!calls.is_empty()).then_some(Self { path, text, language, family, symbols, calls, resolver, imports })
    }

    pub fn imports(&self) -> &[Import] {
        self.imports.get_or_init(|| self.resolver.imports(self.path.as_str(), self.language, &self.text))
    }

    /// The import by which a name came into this file. Of several (`try: ... except ImportError:`) one that leads to a
    /// file of the repository.
    pub fn import_of(&self, name: &str) -> Option<&Import> {
        let mut all = self.imports().iter().filter(|import| import.taken.iter().any(|taken| taken.local == name));
        let first = all.next()?;
        if first.target.is_some() { Some(first) } else { all.find(|import| import.target.is_some()).or(Some(first)) }
    }

    /// The import of a module that is called so here.
    pub fn module_called(&self, name: &str) -> Option<&Import> {
        let plain = |import: &&Import| {
            import.local.is_none()
                && import.names.is_empty()
                && match self.family {
                    Family::Go => go_name(&import.module) == name,
                    Family::Python => import.module.rsplit('.').next() == Some(name),
                    Family::Java => import.module.rsplit('.').next() == Some(name),
                    Family::Rust => import.module == name,
                    _ => false,
                }
        };
        let named = |import: &&Import| import.local.as_deref() == Some(name);
        self.imports().iter().find(named).or_else(|| self.import_of(name)).or_else(|| self.imports().iter().find(plain))
    }

    /// The function around a call.
    pub fn caller(&self, call: &Use) -> Option<&Symbol> {
        let callable = |symbol: &Symbol| {
            matches!(symbol.kind, Kind::Function | Kind::Method | Kind::Constructor | Kind::Macro)
                && symbol.line <= call.line
        };
        let holds = |symbol: &Symbol| matches!(symbol.kind, Kind::Class | Kind::Struct | Kind::Enum | Kind::Interface);
        let around = self.around(call);
        around
            .clone()
            .find(|symbol| callable(symbol))
            .or_else(|| around.clone().find(|symbol| holds(symbol) && symbol.line <= call.line))
    }

    /// The definitions around a call, innermost first.
    fn around(&self, call: &Use) -> impl Iterator<Item = &Symbol> + Clone {
        let symbols = &self.symbols.symbols;
        std::iter::successors(call.within.map(|at| &symbols[at]), move |symbol| symbol.parent.map(|at| &symbols[at]))
    }

    /// The type whose method a call stands in.
    pub fn own_type(&self, call: &Use) -> Option<&str> {
        self.around(call).find_map(|symbol| match symbol.kind {
            Kind::Method | Kind::Constructor | Kind::Field | Kind::Property => symbol.qualified.rsplit('.').nth(1),
            Kind::Class | Kind::Struct | Kind::Enum | Kind::Interface | Kind::Trait => Some(symbol.name.as_str()),
            _ => None,
        })
    }

    /// The text in which a local variable of a call is declared.
    pub fn function_text(&self, call: &Use) -> &str {
        let outermost = self
            .around(call)
            .filter(|symbol| matches!(symbol.kind, Kind::Function | Kind::Method | Kind::Constructor))
            .last();
        let start = outermost.map_or(0, |symbol| {
            let lines = symbol.from.saturating_sub(1) as usize;
            memchr::memchr_iter(b'\n', self.text.as_bytes()).nth(lines.wrapping_sub(1)).map_or(0, |at| at + 1)
        });
        self.text.get(start.min(call.offset)..call.offset).unwrap_or("")
    }

    /// The modules in braces around a call, outermost first.
    pub fn inline_modules(&self, call: &Use) -> Vec<String> {
        let around =
            |symbol: &&Symbol| symbol.kind == Kind::Module && symbol.from <= call.line && call.line <= symbol.to;
        self.symbols.symbols.iter().filter(around).map(|symbol| symbol.name.clone()).collect()
    }

    pub fn mentions(&self, word: &str) -> bool {
        crate::syntax::occurrences(&self.text, word).next().is_some()
    }

    pub fn caller_edge(&self, call: &Use) -> Edge {
        match self.caller(call) {
            Some(symbol) => Edge::to_symbol(self.path.as_str(), symbol),
            None => Edge::to_file(self.path.as_str(), &self.text),
        }
    }

    pub fn site(&self, call: &Use, confidence: Confidence) -> CallSite {
        let start = self.text[..call.offset].rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[start..].split('\n').next().unwrap_or("");
        CallSite {
            path: self.path.to_string(),
            line: call.line,
            column: call.column,
            text: shown(line, &self.text, call.offset),
            confidence,
        }
    }
}

/// The name under which Go code uses a package: the last part of its path, but for a version.
fn go_name(module: &str) -> &str {
    let mut parts = module.rsplit('/');
    let last = parts.next().unwrap_or(module);
    let is_version =
        last.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if is_version { parts.next().unwrap_or(last) } else { last }
}
