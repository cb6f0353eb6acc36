//! Queries, compiled once per language on first use, with the meaning of their captures looked up.

use std::sync::OnceLock;

use tree_sitter::Query;

use super::allocator;
use super::grammars::Grammar;
use super::languages::Language;
use super::patterns::Patterns;
use super::{Kind, Usage};

/// A language's grammar and queries, ready to run.
pub(super) struct Compiled {
    pub language: tree_sitter::Language,
    pub symbols: Patterns<Role>,
    pub references: Patterns<Role>,
    /// The number of the field `declarator`, and of `name`; 0 where the grammar has none.
    pub declarator: u16,
    pub name: u16,
    /// Kinds whose text is more than a name: Ruby's `:symbol`, Elixir's `A.B`.
    pub symbol: u16,
    pub alias: u16,
    local_texts: &'static [&'static str],
    locals: OnceLock<(Query, Vec<LocalRole>)>,
}

impl Compiled {
    /// The query for local names, with the roles of its captures. Compiled on first use: most files are never asked.
    pub fn locals(&self) -> &(Query, Vec<LocalRole>) {
        self.locals.get_or_init(|| {
            // A test compiles every one.
            query(&self.language, &self.local_texts.concat(), local_role).expect("queries compile")
        })
    }
}

/// What a capture says; see `queries/README.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Definition(Kind),
    Name,
    Declarator,
    Qualifier,
    Scope,
    Local,
    Reference(Usage),
    Import,
    /// Not a use.
    Skip,
    Predicate,
}

/// What a capture of `locals.scm` says; see `queries/README.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalRole {
    Scope(ScopeKind),
    Bound(Reach),
    Declarator,
    After,
    Again,
    Elsewhere(Whose),
    Name,
    Skip,
    Predicate,
}

/// What names a scope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Block,
    Function,
    /// Those bound directly inside are members.
    Type,
}

/// Which of the scopes around it a name is bound in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Innermost,
    Function,
    /// The one around what has the name.
    Outer,
}

/// Whose a name is that a function says is not its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Global,
    Outer,
}

pub(super) fn compiled(grammar: &'static Grammar) -> &'static Compiled {
    grammar.compiled.get_or_init(|| {
        // The queries are part of the program, and a test compiles every one.
        compile(grammar).expect("queries compile")
    })
}

/// Compiles a language's queries.
///
/// # Errors
/// Says which query of the language is wrong and where. `Ok` for languages without a grammar.
pub fn check_queries(language: Language) -> Result<(), String> {
    let Some(grammar) = language.grammar() else { return Ok(()) };
    let check = || {
        let compiled = compile(grammar)?;
        // What we read ourselves has to be a query for tree-sitter too, which knows what a grammar can never produce.
        query(&compiled.language, &grammar.symbols.concat(), role)?;
        query(&compiled.language, &grammar.references.concat(), role)?;
        query(&compiled.language, &grammar.locals.concat(), local_role).map(drop)
    };
    check().map_err(|problem: String| format!("{language:?}: {problem}"))
}

fn compile(grammar: &Grammar) -> Result<Compiled, String> {
    allocator::install();
    let language = tree_sitter::Language::new(grammar.parser);
    let field = |name| language.field_id_for_name(name).map_or(0, std::num::NonZero::get);
    let kind = |name| language.id_for_node_kind(name, true);
    Ok(Compiled {
        symbols: Patterns::read(&language, &grammar.symbols.concat(), role)?,
        references: Patterns::read(&language, &grammar.references.concat(), role)?,
        declarator: field("declarator"),
        name: field("name"),
        symbol: kind("simple_symbol"),
        alias: kind("alias"),
        local_texts: grammar.locals,
        locals: OnceLock::new(),
        language,
    })
}

/// Compiles a query and looks its captures up.
pub(super) fn query<R>(
    language: &tree_sitter::Language,
    text: &str,
    role: fn(&str) -> Option<R>,
) -> Result<(Query, Vec<R>), String> {
    let query = Query::new(language, text).map_err(|error| error.to_string())?;
    let roles = query
        .capture_names()
        .iter()
        .map(|name| role(name).ok_or_else(|| format!("unknown capture @{name}")))
        .collect::<Result<_, _>>()?;
    Ok((query, roles))
}

pub(super) fn role(name: &str) -> Option<Role> {
    Some(match name {
        "name" => Role::Name,
        "declarator" => Role::Declarator,
        "qualifier" => Role::Qualifier,
        "scope" => Role::Scope,
        "local" => Role::Local,
        "skip" => Role::Skip,
        "import" => Role::Import,
        _ if name.starts_with('_') => Role::Predicate,
        _ => match name.split_once('.')? {
            ("definition", kind) => Role::Definition(Kind::parse(kind)?),
            ("reference", usage) => Role::Reference(Usage::parse(usage)?),
            _ => return None,
        },
    })
}

fn local_role(name: &str) -> Option<LocalRole> {
    Some(match name {
        "scope" => LocalRole::Scope(ScopeKind::Block),
        "scope.function" => LocalRole::Scope(ScopeKind::Function),
        "scope.type" => LocalRole::Scope(ScopeKind::Type),
        "bound" => LocalRole::Bound(Reach::Innermost),
        "bound.function" => LocalRole::Bound(Reach::Function),
        "bound.outer" => LocalRole::Bound(Reach::Outer),
        "declarator" => LocalRole::Declarator,
        "after" => LocalRole::After,
        "again" => LocalRole::Again,
        "global" => LocalRole::Elsewhere(Whose::Global),
        "nonlocal" => LocalRole::Elsewhere(Whose::Outer),
        "name" => LocalRole::Name,
        "skip" => LocalRole::Skip,
        _ if name.starts_with('_') => LocalRole::Predicate,
        _ => return None,
    })
}
