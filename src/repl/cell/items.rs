//! The statements at a cell's top level, and when each of them has something to do.

use oxc_ast::ast::*;
use oxc_span::GetSpan;

/// Part of the cell's body: statements at the top level, in order.
pub(super) enum Item<'t, 'a> {
    Directive(&'t Directive<'a>),
    Statement(&'t Statement<'a>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Declares a function: comes first at run time.
    Function,
    /// Does nothing at run time.
    Nothing,
    Code,
}

impl<'t, 'a> Item<'t, 'a> {
    pub fn all(program: &'t Program<'a>) -> Vec<Self> {
        let directives = program.directives.iter().map(Self::Directive);
        directives.chain(program.body.iter().map(Self::Statement)).collect()
    }

    pub fn span(&self) -> Span {
        match self {
            Self::Directive(directive) => directive.span,
            Self::Statement(statement) => statement.span(),
        }
    }

    pub fn role(&self) -> Role {
        let Self::Statement(statement) = self else { return Role::Code };
        match statement {
            Statement::EmptyStatement(_)
            | Statement::TSTypeAliasDeclaration(_)
            | Statement::TSInterfaceDeclaration(_)
            | Statement::ExportNamedDeclaration(_) => Role::Nothing,
            Statement::FunctionDeclaration(f) => function_role(f),
            Statement::ExportDeclaration(e) => match &e.declaration {
                Declaration::FunctionDeclaration(f) => function_role(f),
                Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_) => Role::Nothing,
                _ => Role::Code,
            },
            Statement::ExportDefaultDeclaration(e) => match &e.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(f) if f.id.is_some() => function_role(f),
                ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => Role::Nothing,
                _ => Role::Code,
            },
            _ => Role::Code,
        }
    }
}

fn function_role(function: &Function<'_>) -> Role {
    if function.body.is_some() { Role::Function } else { Role::Nothing }
}
