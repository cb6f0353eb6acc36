//! Making what a cell declares at its top level outlive the cell.
//!
//! Declarations become assignments to globals at the place where they stand, so that everything before a throw stays.
//! Functions are assigned to globals too, not kept local, so that a later cell can replace one for its old callers.

use oxc_ast::AstKind;
use oxc_ast::ast::*;
use oxc_ast_visit::{VisitJs, walk_js};
use oxc_span::GetSpan;

use super::Refusal;
use super::edits::{Edits, Rank};
use super::items::{Item, Role};

/// What `Object.prototype` has: a bare assignment could meet a setter or a frozen property there.
const INHERITED: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

pub(super) struct Persist<'e, 's> {
    edits: &'e mut Edits<'s>,
    refused: &'e mut Refusal,
    reserved: &'e [&'e str],
    /// What the cell declares, in order.
    pub names: Vec<String>,
    /// Those that have to exist before the cell runs.
    pub hoisted: Vec<String>,
    /// How many functions are around the current node.
    functions: usize,
    /// Reserved names that the scopes around the current node declare anew.
    shadows: Vec<Vec<String>>,
}

impl<'e, 's> Persist<'e, 's> {
    pub fn new(edits: &'e mut Edits<'s>, refused: &'e mut Refusal, reserved: &'e [&'e str]) -> Self {
        Self { edits, refused, reserved, names: Vec::new(), hoisted: Vec::new(), functions: 0, shadows: Vec::new() }
    }

    /// A cell that is one expression.
    pub fn expression(&mut self, expression: &Expression<'_>) {
        self.value(expression.span());
        self.visit_expression(expression);
    }

    /// A cell of statements. True when functions are declared behind other code: the code is then in two parts, to be
    /// run with `phase` true for the functions and false for the rest.
    pub fn program(&mut self, program: &Program<'_>, phase: &str) -> bool {
        let items = Item::all(program);
        let roles: Vec<_> = items.iter().map(Item::role).collect();
        let last = roles.iter().rposition(|role| *role == Role::Code);
        let code = roles.iter().position(|role| *role == Role::Code).unwrap_or(roles.len());
        let phased = roles[code..].contains(&Role::Function);

        let mut open = None;
        for (index, (item, role)) in items.iter().zip(&roles).enumerate() {
            let span = item.span();
            if phased && *role != Role::Nothing && open != Some(*role) {
                if open.is_some() {
                    self.edits.insert(items[index - 1].span().end, Rank::GroupEnd, "}");
                }
                let not = if *role == Role::Function { "" } else { "!" };
                self.edits.insert(span.start, Rank::GroupStart, format!("if({not}{phase}){{"));
                open = Some(*role);
            }
            self.item(item, last == Some(index));
        }
        if let (Some(_), Some(item)) = (open, items.last()) {
            self.edits.insert(item.span().end, Rank::GroupEnd, "}");
        }
        phased
    }

    fn item(&mut self, item: &Item<'_, '_>, last: bool) {
        let statement = match item {
            Item::Directive(directive) if last => return self.value(directive.expression.span),
            Item::Directive(_) => return,
            Item::Statement(statement) => statement,
        };
        match statement {
            Statement::ExpressionStatement(s) => {
                if last {
                    self.value(s.expression.span());
                }
                self.visit_expression(&s.expression);
            }
            Statement::ExportDeclaration(e) => {
                self.edits.blank(e.span.start, e.declaration.span().start);
                self.declaration(&e.declaration);
            }
            Statement::ExportDefaultDeclaration(e) => self.export_default(e, last),
            Statement::ExportNamedDeclaration(e) => self.edits.blank_item(e.span),
            _ => match statement.as_declaration() {
                Some(declaration) => self.declaration(declaration),
                None => self.visit_statement(statement),
            },
        }
    }

    /// Makes an expression the value of the cell.
    fn value(&mut self, span: Span) {
        self.edits.insert(span.start, Rank::Open, "return (");
        self.edits.insert(span.end, Rank::Close, ")");
    }

    fn declaration(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::VariableDeclaration(d) => self.variables(d),
            Declaration::FunctionDeclaration(f) => self.function(f),
            Declaration::ClassDeclaration(c) => self.class(c),
            _ => {}
        }
    }

    fn export_default(&mut self, export: &ExportDefaultDeclaration<'_>, last: bool) {
        let value = export.declaration.span();
        self.edits.blank(export.span.start, value.start);
        match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(f) if f.id.is_some() => self.function(f),
            ExportDefaultDeclarationKind::ClassDeclaration(c) if c.id.is_some() => self.class(c),
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => {}
            kind => {
                self.edits.put(export.span.start, b';');
                self.edits.insert(value.start, Rank::Open, if last { "return (" } else { "(" });
                match kind {
                    ExportDefaultDeclarationKind::FunctionDeclaration(f) => {
                        self.functions += 1;
                        self.visit_formal_parameters(&f.params);
                        f.body.iter().for_each(|body| self.visit_function_body(body));
                        self.functions -= 1;
                    }
                    ExportDefaultDeclarationKind::ClassDeclaration(c) => self.visit_class(c),
                    _ => kind.as_expression().into_iter().for_each(|e| self.visit_expression(e)),
                }
                self.edits.insert(value.end, Rank::Close, ")");
                self.edits.end_statement(Span::new(export.span.start, export.span.end.max(value.end)));
            }
        }
    }

    /// `let a, {b} = c` at the top level, or a `var` anywhere outside functions: assignments in the same place.
    fn variables(&mut self, declaration: &VariableDeclaration<'_>) {
        if declaration.declare {
            return;
        }
        if matches!(declaration.kind, VariableDeclarationKind::Using | VariableDeclarationKind::AwaitUsing) {
            let message = "`using` is not supported at the top level of a cell; put it into a block";
            return self.refused.at(declaration.span.start, message);
        }
        self.declare_all(declaration);
        let is_var = declaration.kind == VariableDeclarationKind::Var;
        let keyword = Span::sized(declaration.span.start, declaration.kind.as_str().len() as u32);
        self.edits.blank(keyword.start, keyword.end);
        let destructures = declaration.declarations.iter().any(|d| !d.id.is_binding_identifier());
        if destructures {
            // Neither a block nor the arguments of a call on the line before, and as wide as the keyword.
            for (at, ch) in (keyword.end - 3..).zip(*b"0,(") {
                self.edits.put(at, ch);
            }
        }
        for declarator in &declaration.declarations {
            if declarator.init.is_none() && !is_var {
                self.edits.insert(declarator.span.end, Rank::Value, " = void 0");
            }
            self.visit_variable_declarator(declarator);
        }
        if destructures && let Some(last) = declaration.declarations.last() {
            self.edits.insert(last.span.end, Rank::Close, ")");
        }
        self.edits.end_statement(declaration.span);
    }

    /// A `var` in the head of a `for`.
    fn head(&mut self, declaration: &VariableDeclaration<'_>, each: bool) {
        self.declare_all(declaration);
        self.edits.blank(declaration.span.start, declaration.span.start + 3);
        for declarator in &declaration.declarations {
            if each && declarator.init.is_some() {
                self.refused.at(declarator.span.start, "the variable of a for-in loop cannot have a value of its own");
            }
            // `for (async of` and `for (let` mean something else.
            if each && declarator.id.get_identifier_name().is_some_and(|n| matches!(n.as_str(), "async" | "let")) {
                self.edits.insert(declarator.span.start, Rank::Open, "(");
                self.edits.insert(declarator.span.end, Rank::Close, ")");
            }
            self.visit_variable_declarator(declarator);
        }
    }

    /// `function f() {}` becomes `f=function  () {};`, which keeps its name and leaves calls of `f` in it to the global.
    fn function(&mut self, function: &Function<'_>) {
        let (Some(id), Some(body)) = (&function.id, &function.body) else { return };
        self.declare(id.name.as_str(), id.span.start, false);
        self.edits.insert(function.span.start, Rank::Open, format!("{}=", id.name));
        self.edits.blank(id.span.start, id.span.end);
        self.functions += 1;
        self.shadows.push(Vec::new());
        self.visit_formal_parameters(&function.params);
        self.visit_function_body(body);
        self.shadows.pop();
        self.functions -= 1;
        self.edits.end_statement(function.span);
    }

    fn class(&mut self, class: &Class<'_>) {
        let Some(id) = class.id.as_ref().filter(|_| !class.declare) else { return };
        self.declare(id.name.as_str(), id.span.start, false);
        self.edits.insert(class.span.start, Rank::Open, format!("{}=", id.name));
        self.visit_class(class);
        self.edits.end_statement(class.span);
    }

    fn declare_all(&mut self, declaration: &VariableDeclaration<'_>) {
        let is_var = declaration.kind == VariableDeclarationKind::Var;
        let mut bound = Vec::new();
        declaration.declarations.iter().for_each(|d| bound_names(&d.id, &mut bound));
        for (name, at) in bound {
            self.declare(name, at, is_var);
        }
    }

    fn declare(&mut self, name: &str, at: u32, hoist: bool) {
        if self.reserved.contains(&name) {
            let other = self.other_name(name);
            self.refused.at(at, format!("`{name}` is one of the built-in names; use another name, e.g. `{other}`"));
        }
        let push = |list: &mut Vec<String>| {
            if !list.iter().any(|known| known == name) {
                list.push(name.to_string());
            }
        };
        push(&mut self.names);
        if hoist || INHERITED.contains(&name) {
            push(&mut self.hoisted);
        }
    }

    fn other_name(&self, name: &str) -> String {
        let mut names = (1..).map(|n| format!("{name}{n}"));
        names.find(|other| !self.reserved.contains(&other.as_str())).unwrap_or_default()
    }

    fn assign(&mut self, name: &str, at: u32) {
        let shadowed = self.shadows.iter().flatten().any(|known| known == name);
        if self.reserved.contains(&name) && !shadowed {
            let other = self.other_name(name);
            let message = format!("`{name}` is built in and cannot be assigned; use another name, e.g. `{other}`");
            self.refused.at(at, message);
        }
    }
}

fn bound_names<'t>(pattern: &'t BindingPattern<'_>, out: &mut Vec<(&'t str, u32)>) {
    match pattern {
        BindingPattern::BindingIdentifier(id) => out.push((id.name.as_str(), id.span.start)),
        BindingPattern::ObjectPattern(object) => {
            object.properties.iter().for_each(|p| bound_names(&p.value, out));
            object.rest.iter().for_each(|r| bound_names(&r.argument, out));
        }
        BindingPattern::ArrayPattern(array) => {
            array.elements.iter().flatten().for_each(|e| bound_names(e, out));
            array.rest.iter().for_each(|r| bound_names(&r.argument, out));
        }
        BindingPattern::AssignmentPattern(assignment) => bound_names(&assignment.left, out),
    }
}

fn is_function(kind: &AstKind<'_>) -> bool {
    matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) | AstKind::StaticBlock(_))
}

fn is_scope(kind: &AstKind<'_>) -> bool {
    is_function(kind)
        || matches!(
            kind,
            AstKind::BlockStatement(_)
                | AstKind::ForStatement(_)
                | AstKind::ForInStatement(_)
                | AstKind::ForOfStatement(_)
                | AstKind::SwitchStatement(_)
                | AstKind::CatchClause(_)
                | AstKind::Class(_)
        )
}

impl<'a> VisitJs<'a> for Persist<'_, '_> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        self.functions += usize::from(is_function(&kind));
        if is_scope(&kind) {
            self.shadows.push(Vec::new());
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        self.functions -= usize::from(is_function(&kind));
        if is_scope(&kind) {
            self.shadows.pop();
        }
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        if let Some(scope) = self.shadows.last_mut()
            && self.reserved.contains(&it.name.as_str())
        {
            scope.push(it.name.to_string());
        }
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if it.kind == VariableDeclarationKind::Var && self.functions == 0 {
            self.variables(it);
        } else if !it.declare {
            walk_js::walk_variable_declaration(self, it);
        }
    }

    fn visit_for_statement_init(&mut self, it: &ForStatementInit<'a>) {
        match it {
            ForStatementInit::VariableDeclaration(d)
                if d.kind == VariableDeclarationKind::Var && self.functions == 0 =>
            {
                self.head(d, false);
            }
            _ => walk_js::walk_for_statement_init(self, it),
        }
    }

    fn visit_for_statement_left(&mut self, it: &ForStatementLeft<'a>) {
        match it {
            ForStatementLeft::VariableDeclaration(d)
                if d.kind == VariableDeclarationKind::Var && self.functions == 0 =>
            {
                self.head(d, true);
            }
            _ => walk_js::walk_for_statement_left(self, it),
        }
    }

    fn visit_simple_assignment_target(&mut self, it: &SimpleAssignmentTarget<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(id) = it {
            self.assign(id.name.as_str(), id.span.start);
        }
        walk_js::walk_simple_assignment_target(self, it);
    }

    fn visit_assignment_target_property_identifier(&mut self, it: &AssignmentTargetPropertyIdentifier<'a>) {
        self.assign(it.binding.name.as_str(), it.binding.span.start);
        walk_js::walk_assignment_target_property_identifier(self, it);
    }

    fn visit_ts_namespace_declaration(&mut self, _: &TSNamespaceDeclaration<'a>) {}

    fn visit_ts_external_module_declaration(&mut self, _: &TSExternalModuleDeclaration<'a>) {}

    fn visit_ts_global_declaration(&mut self, _: &TSGlobalDeclaration<'a>) {}
}
