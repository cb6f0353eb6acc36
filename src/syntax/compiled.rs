//! Queries, compiled once per language on first use, with the meaning of their captures looked up.

use tree_sitter::Query;

use super::grammars::Grammar;
use super::languages::Language;
use super::rooted::rooted;
use super::{Kind, Usage};

/// A language's grammar and queries, ready to run.
pub(super) struct Compiled {
    pub language: tree_sitter::Language,
    pub symbols: Query,
    pub references: Query,
    pub locals: Query,
    /// Roles of the captures of `symbols`, then of `references` and `locals`, by capture index.
    pub symbol_roles: Vec<Role>,
    pub reference_roles: Vec<Role>,
    pub local_roles: Vec<LocalRole>,
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
    language.grammar().map_or(Ok(()), |grammar| compile(grammar).map(drop).map_err(|e| format!("{language:?}: {e}")))
}

fn compile(grammar: &Grammar) -> Result<Compiled, String> {
    let language = tree_sitter::Language::new(grammar.parser);
    let (symbols, symbol_roles) = query(&language, &rooted(&grammar.symbols.concat()), role)?;
    let (references, reference_roles) = query(&language, &grammar.references.concat(), role)?;
    let (locals, local_roles) = query(&language, &grammar.locals.concat(), local_role)?;
    Ok(Compiled { symbols, references, locals, symbol_roles, reference_roles, local_roles, language })
}

/// Compiles a query and looks its captures up.
fn query<R>(
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

fn role(name: &str) -> Option<Role> {
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
