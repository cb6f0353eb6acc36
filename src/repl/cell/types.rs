//! Erasing TypeScript: what has no meaning at run time is blanked in place, what has one is refused.
//!
//! Blanking can change how lines join. A statement that ends in a blanked type gets its semicolon written out, a
//! statement that vanishes leaves one behind, and a parenthesis moves to where a blanked line break may not stand.

use oxc_ast::AstKind;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;

use super::Refusal;
use super::edits::{Edits, Rank, is_line_end};

const NO_IMPORT: &str = "a cell cannot import or export modules; everything is already there: the repository is `repo`, \
                         models are `llm` and `llmAll`";

pub(super) struct Erase<'e, 's> {
    edits: &'e mut Edits<'s>,
    refused: &'e mut Refusal,
    /// Where the declaration in the head of a `for` starts: no semicolon belongs behind it.
    head: Option<u32>,
}

impl<'e, 's> Erase<'e, 's> {
    pub fn new(edits: &'e mut Edits<'s>, refused: &'e mut Refusal) -> Self {
        Self { edits, refused, head: None }
    }

    fn blank_span(&mut self, span: Span) {
        self.edits.blank(span.start, span.end);
    }

    fn has_line_end(&self, from: u32, to: u32) -> bool {
        self.edits.text(from, to).contains(is_line_end)
    }

    /// Blanks the mark (`?` or `!`) that is the next thing after `at`.
    fn blank_mark(&mut self, at: u32, mark: u8) {
        let at = self.edits.skip_trivia(at);
        if self.edits.byte(at) == Some(mark) {
            self.edits.blank(at, at + 1);
        }
    }

    /// Blanks the modifiers of a class element that only TypeScript has.
    fn blank_modifiers(&mut self, start: u32, key: u32) {
        let mut at = self.edits.skip_trivia(start);
        while at < key {
            let word = self.edits.text(at, key);
            let len = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
            if matches!(&word[..len], "public" | "private" | "protected" | "override" | "readonly") {
                self.edits.blank(at, at + len as u32);
                if at == start {
                    self.edits.put(at, b';');
                }
            }
            at = self.edits.skip_trivia(at + (len as u32).max(1));
        }
    }

    /// Blanks what declares only for the type checker; says no to what also makes values.
    fn ambient(&mut self, span: Span, declare: bool, what: &str) {
        if declare {
            self.edits.blank_item(span);
        } else {
            self.refused.at(span.start, format!("TypeScript's {what} is not supported here; use a plain object"));
        }
    }

    fn module(&mut self, span: Span, kind: ImportOrExportKind) {
        match kind {
            ImportOrExportKind::Type => self.edits.blank_item(span),
            ImportOrExportKind::Value => self.refused.at(span.start, NO_IMPORT),
        }
    }
}

/// Where the key of a class element ends, with the bracket of a computed one.
fn key_end(edits: &Edits<'_>, key: &PropertyKey<'_>, computed: bool) -> u32 {
    let end = key.span().end;
    if computed { edits.skip_trivia(end) + 1 } else { end }
}

impl<'a> Visit<'a> for Erase<'_, '_> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::Function(f) if f.body.is_none() => self.edits.blank_item(f.span),
            AstKind::FormalParameter(p) => {
                if p.accessibility.is_some() || p.readonly || p.r#override {
                    let message = "parameter properties are not supported here; assign in the constructor's body";
                    self.refused.at(p.span.start, message);
                }
                if p.optional {
                    self.blank_mark(p.pattern.span().end, b'?');
                }
            }
            AstKind::VariableDeclarator(d) if d.definite => self.blank_mark(d.id.span().end, b'!'),
            AstKind::BinaryExpression(b) => {
                // In a script `<!--` would start a comment.
                let (from, to) = (b.left.span().end, b.right.span().start + "!--".len() as u32);
                if let Some(at) = self.edits.text(from, to).find("<!--") {
                    self.edits.insert(from + at as u32 + 1, Rank::Open, " ");
                }
            }
            _ => {}
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        let span = match kind {
            AstKind::ExpressionStatement(s) => s.span,
            AstKind::ReturnStatement(s) => s.span,
            AstKind::ThrowStatement(s) => s.span,
            AstKind::PropertyDefinition(p) => p.span,
            AstKind::VariableDeclaration(d) if self.head != Some(d.span.start) => d.span,
            _ => return,
        };
        if self.edits.ends_blank(span) {
            self.edits.end_statement(span);
        }
    }

    fn visit_for_statement_init(&mut self, it: &ForStatementInit<'a>) {
        self.head = Some(it.span().start);
        walk::walk_for_statement_init(self, it);
    }

    fn visit_for_statement_left(&mut self, it: &ForStatementLeft<'a>) {
        self.head = Some(it.span().start);
        walk::walk_for_statement_left(self, it);
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if it.declare {
            self.edits.blank_item(it.span);
        } else {
            walk::walk_variable_declaration(self, it);
        }
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        walk::walk_arrow_function_expression(self, it);
        if let Some(types) = &it.type_parameters
            && self.has_line_end(types.span.start, it.params.span.start)
        {
            self.edits.blank(it.params.span.start, it.params.span.start + 1);
            self.edits.put(types.span.start, b'(');
        }
        if let Some(returns) = &it.return_type
            && self.has_line_end(it.params.span.end, returns.span.end)
        {
            let last = self.edits.text(returns.span.start, returns.span.end).chars().next_back();
            self.edits.blank(it.params.span.end - 1, it.params.span.end);
            self.edits.put(returns.span.end - last.map_or(1, char::len_utf8) as u32, b')');
        }
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        if it.declare {
            self.edits.blank_item(it.span);
            return;
        }
        if it.r#abstract {
            self.edits.blank(it.span.start, it.span.start + "abstract".len() as u32);
        }
        if let Some(last) = it.implements.last() {
            let name = it.id.as_ref().map_or(it.span.start + "class".len() as u32, |id| id.span.end);
            let from = match (&it.heritage, &it.type_parameters) {
                (Some(h), _) => h.type_arguments.as_ref().map_or(h.expression.span().end, |t| t.span.end),
                (None, Some(types)) => types.span.end,
                (None, None) => name,
            };
            self.edits.blank(from, last.span.end);
        }
        walk::walk_class(self, it);
    }

    fn visit_ts_class_implements(&mut self, _: &TSClassImplements<'a>) {}

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        if it.value.body.is_none() {
            self.edits.blank_item(it.span);
            return;
        }
        self.blank_modifiers(it.span.start, it.key.span().start);
        if it.optional {
            self.blank_mark(key_end(self.edits, &it.key, it.computed), b'?');
        }
        walk::walk_method_definition(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        if it.declare || it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
            self.edits.blank_item(it.span);
            return;
        }
        self.blank_modifiers(it.span.start, it.key.span().start);
        let end = key_end(self.edits, &it.key, it.computed);
        if it.optional {
            self.blank_mark(end, b'?');
        }
        if it.definite {
            self.blank_mark(end, b'!');
        }
        walk::walk_property_definition(self, it);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.refused.at(it.span.start, "`accessor` fields are not supported here");
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refused.at(it.span.start, "decorators are not supported here");
    }

    fn visit_ts_index_signature(&mut self, it: &TSIndexSignature<'a>) {
        self.edits.blank_item(it.span);
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        self.blank_span(it.span);
        self.blank_mark(it.span.end, b',');
    }

    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.blank_span(it.span);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.visit_expression(&it.expression);
        self.edits.blank(it.expression.span().end, it.span.end);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.visit_expression(&it.expression);
        self.edits.blank(it.expression.span().end, it.span.end);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        self.edits.blank(it.span.start, it.expression.span().start);
        self.edits.put(it.span.start, b'(');
        self.visit_expression(&it.expression);
        self.edits.insert(it.span.end, Rank::Close, ")");
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.visit_expression(&it.expression);
        self.edits.blank(it.span.end - 1, it.span.end);
    }

    fn visit_ts_type_alias_declaration(&mut self, it: &TSTypeAliasDeclaration<'a>) {
        self.edits.blank_item(it.span);
    }

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        self.edits.blank_item(it.span);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.ambient(it.span, it.declare, "`enum`");
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.ambient(it.span, it.declare, "`namespace`");
    }

    fn visit_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        self.ambient(it.span, it.declare, "`module`");
    }

    fn visit_ts_global_declaration(&mut self, it: &TSGlobalDeclaration<'a>) {
        self.ambient(it.span, it.declare, "`global`");
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.module(it.span, it.import_kind);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.module(it.span, it.import_kind);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.module(it.span, it.export_kind);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.module(it.span, it.export_kind);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.refused.at(it.span.start, NO_IMPORT);
    }

    fn visit_ts_namespace_export_declaration(&mut self, it: &TSNamespaceExportDeclaration<'a>) {
        self.refused.at(it.span.start, NO_IMPORT);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.refused.at(it.span.start, NO_IMPORT);
    }

    fn visit_import_meta(&mut self, it: &ImportMeta) {
        self.refused.at(it.span.start, NO_IMPORT);
    }
}
