//! One cell's source made into a script: what it declares persists, it may await, and its last expression is its value.
//!
//! No V8 here. The rules, beyond plain JavaScript: a `const` of one cell may be assigned or declared again, in the
//! same cell too; a directive (`'use strict'`) is a value and changes nothing; the cell's own functions are globals.

mod edits;
mod error;
mod items;
mod persist;
mod types;

#[cfg(test)]
mod tests;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ObjectPropertyKind, Program, Statement};
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::{GetSpan, SourceType};

pub use error::CellSyntaxError;

use edits::{Edits, Inserted};
use persist::Persist;
use types::Erase;

/// Bytes of source that a cell may have: more than a model writes in one reply.
const MAX_SOURCE: usize = 256 << 10;

/// Address space for the stack of the parsing thread. A level of nesting takes at least a byte of source, and up to some
/// kilobytes of stack in a debug build; only what is used becomes memory.
const STACK: usize = 2 << 20;
const STACK_PER_BYTE: usize = 8 << 10;

/// A cell that is ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// A classic, sloppy script. It evaluates to a promise of the value of the cell's last expression. Each line of
    /// the source is the same line here.
    pub code: String,
    /// The globals that the cell declares, in order, each once.
    pub names: Vec<String>,
    inserted: Vec<Inserted>,
}

impl Cell {
    /// Whether a place in the code is the cell's own, and not that of the calls which run it. Counts as V8 does, as
    /// [`Cell::source_column`].
    pub fn is_source(&self, line: u32, column: u32) -> bool {
        let ours = self.inserted.first().filter(|i| (i.line, i.column) == (0, 0)).map_or(0, |i| i.width);
        line != 1 || column > ours
    }

    /// Where a column of the code is in the source. Lines are the same in both; lines and columns count from 1, columns
    /// in UTF-16 units, as V8 counts them.
    pub fn source_column(&self, line: u32, column: u32) -> u32 {
        let column = column.saturating_sub(1);
        let mut before = 0;
        for inserted in self.inserted.iter().filter(|i| i.line + 1 == line && i.column < column) {
            before += inserted.width.min(column - inserted.column);
        }
        column - before + 1
    }
}

/// Rewrites one cell. `reserved` are the names of our own globals, which a cell can neither declare nor assign at its
/// top level.
///
/// # Errors
/// The first place that is no JavaScript (or TypeScript with types only), or that the REPL refuses, and why.
pub fn rewrite(source: &str, reserved: &[&str]) -> Result<Cell, CellSyntaxError> {
    if source.len() > MAX_SOURCE {
        let message = format!("a cell may have {MAX_SOURCE} bytes; this one has {}", source.len());
        return Err(CellSyntaxError::at("", 0, message));
    }
    // Parser and visitors recurse, and nothing but its length bounds how deeply a source nests.
    let stack = STACK + source.len() * STACK_PER_BYTE;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("cell".into()).stack_size(stack);
        let thread = thread.spawn_scoped(scope, || rewrite_here(source, reserved));
        let done = thread.ok().and_then(|thread| thread.join().ok());
        done.unwrap_or_else(|| Err(CellSyntaxError::at(source, 0, "this cell could not be parsed".into())))
    })
}

fn rewrite_here(source: &str, reserved: &[&str]) -> Result<Cell, CellSyntaxError> {
    let allocator = Allocator::default();
    let parsed = parser(&allocator, source).parse();
    if let Some(object) = object_literal(&allocator, source, &parsed) {
        return edit(source, &Body::Expression(&object), reserved);
    }
    if let Some((at, message)) = first_error(&parsed) {
        let message =
            if is_jsx(source) { "JSX is not supported here; build strings or objects".into() } else { message };
        return Err(CellSyntaxError::at(source, at, message));
    }
    edit(source, &Body::Program(&parsed.program), reserved)
}

enum Body<'t, 'a> {
    Program(&'t Program<'a>),
    Expression(&'t Expression<'a>),
}

impl Body<'_, '_> {
    /// Where the last thing that is not a comment ends.
    fn end(&self) -> u32 {
        match self {
            Self::Program(program) => {
                let statement = program.body.last().map(|s| s.span().end);
                let directive = program.directives.last().map(|d| d.span.end);
                let hashbang = program.hashbang.as_ref().map(|h| h.span.end);
                statement.or(directive).or(hashbang).unwrap_or(0)
            }
            Self::Expression(expression) => expression.span().end,
        }
    }
}

fn edit(source: &str, body: &Body<'_, '_>, reserved: &[&str]) -> Result<Cell, CellSyntaxError> {
    let mut edits = Edits::new(source);
    let mut refused = Refusal::default();
    let phase = unused_name(source);

    let mut erase = Erase::new(&mut edits, &mut refused);
    match body {
        Body::Program(program) => erase.visit_program(program),
        Body::Expression(expression) => erase.visit_expression(expression),
    }
    let mut persist = Persist::new(&mut edits, &mut refused, reserved);
    let phased = match body {
        Body::Program(program) => persist.program(program, &phase),
        Body::Expression(expression) => {
            persist.expression(expression);
            false
        }
    };
    let Persist { names, hoisted, .. } = persist;

    if let Some((at, message)) = refused.first {
        return Err(CellSyntaxError::at(source, at, message));
    }
    // The calls stand at the very start: their stack frames are then told from the cell's own by their column.
    let mut before = match phased {
        true => format!("({phase}=>({phase}(1),{phase}(0)))(async {phase}=>{{"),
        false => "($=>$())(async()=>{".into(),
    };
    if let Body::Program(program) = body {
        if let Some(hashbang) = &program.hashbang {
            edits.blank(hashbang.span.start, hashbang.span.end);
        }
        if !program.directives.is_empty() {
            before.push(';');
        }
    }
    let line = if edits.in_line_comment(body.end()) { "\n" } else { "" };
    let vars = if hoisted.is_empty() { String::new() } else { format!(";var {}", hoisted.join(",")) };
    let (code, inserted) = edits.finish(&before, &format!("{line}}}){vars}"));
    Ok(Cell { code, names, inserted })
}

/// The first place, in source order, that the REPL says no to.
#[derive(Default)]
struct Refusal {
    first: Option<(u32, String)>,
}

impl Refusal {
    fn at(&mut self, at: u32, message: impl Into<String>) {
        if self.first.as_ref().is_none_or(|(first, _)| at < *first) {
            self.first = Some((at, message.into()));
        }
    }
}

fn parser<'a>(allocator: &'a Allocator, source: &'a str) -> Parser<'a> {
    // A module for the parser, since that is where `await` is a keyword at the top level.
    Parser::new(allocator, source, SourceType::ts().with_module(true)).with_options(ParseOptions {
        allow_return_outside_function: true,
        parse_regular_expression: false,
        ..ParseOptions::default()
    })
}

fn first_error(parsed: &ParserReturn<'_>) -> Option<(u32, String)> {
    let error = parsed.diagnostics.errors().next()?;
    let at = error.labels.first().map_or(0, |label| label.offset());
    let help = error.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    Some((at, format!("{}{help}", error.message)))
}

fn is_jsx(source: &str) -> bool {
    let allocator = Allocator::default();
    source.contains('<')
        && !Parser::new(&allocator, source, SourceType::tsx().with_module(true)).parse().diagnostics.has_errors()
}

/// The object that a cell like `{a: 1}` means, though it is a block to a parser of statements.
fn object_literal<'a>(allocator: &'a Allocator, source: &'a str, parsed: &ParserReturn<'_>) -> Option<Expression<'a>> {
    if !source.trim_start().starts_with('{') {
        return None;
    }
    if parsed.diagnostics.has_errors() {
        let source = source.trim_end().trim_end_matches(';');
        return parser(allocator, source).parse_expression().ok();
    }
    let (Statement::BlockStatement(block), rest) = parsed.program.body.split_first()? else { return None };
    if !rest.iter().all(|statement| matches!(statement, Statement::EmptyStatement(_))) {
        return None;
    }
    let object = parser(allocator, source.get(..block.span.end as usize)?).parse_expression().ok()?;
    let data = matches!(&object, Expression::ObjectExpression(object)
        if object.properties.iter().all(|p| !matches!(p, ObjectPropertyKind::ObjectProperty(p) if p.method)));
    data.then_some(object)
}

/// A name that does not occur in the source.
fn unused_name(source: &str) -> String {
    let mut names = std::iter::once("$".to_string()).chain((1..).map(|n| format!("${n}")));
    names.find(|name| !source.contains(name.as_str())).unwrap_or_default()
}
