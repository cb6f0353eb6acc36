//! Statements: branches, loops, imports.

use tree_sitter::Node;

use super::super::tree::*;
use super::targets::Source;
use super::{DEPTH, Flow, Reader, fields, has_word, parts};

impl Reader {
    /// The statements of a block, in the block that is open.
    pub(super) fn statements(&mut self, node: Node) -> Flow {
        let mut flow = Flow::Next;
        for statement in parts(node) {
            let one = self.statement(statement);
            if flow == Flow::Next {
                flow = one;
            }
        }
        flow
    }

    /// A block of its own.
    pub(super) fn suite(&mut self, node: Node, is_loop: bool) -> Flow {
        let (block, guard) = (self.block, self.guard);
        let span = self.span(node);
        self.module.blocks.push(Block { parent: Some(block), span, is_loop, ends: false });
        self.block = self.module.blocks.len() - 1;
        let flow = self.statements(node);
        self.module.blocks[self.block].ends = flow == Flow::End;
        (self.block, self.guard) = (block, guard);
        flow
    }

    fn statement(&mut self, node: Node) -> Flow {
        if self.depth > DEPTH {
            self.names_below(node);
            return Flow::Next;
        }
        self.depth += 1;
        let flow = self.one(node);
        self.depth -= 1;
        flow
    }

    fn one(&mut self, node: Node) -> Flow {
        match node.kind() {
            "return_statement" => {
                let values: Vec<ExprId> = parts(node).into_iter().map(|value| self.expr(value)).collect();
                if let Some(function) = self.functions.last().copied() {
                    let function = &mut self.module.functions[function];
                    match values.first() {
                        Some(value) => function.results.push(*value),
                        None => function.falls_through = true,
                    }
                }
                return Flow::End;
            }
            "raise_statement" => {
                self.below(node);
                return Flow::End;
            }
            "break_statement" | "continue_statement" => return Flow::Jump,
            "if_statement" => return self.branches(node),
            "while_statement" => {
                let condition = node.child_by_field_name("condition").map(|condition| self.expr(condition));
                let guard = self.guard;
                if let Some(condition) = condition {
                    self.guarded(condition, true);
                }
                if let Some(body) = node.child_by_field_name("body") {
                    self.suite(body, true);
                }
                self.guard = guard;
                self.otherwise(node);
            }
            "for_statement" => {
                let right = node.child_by_field_name("right").map(|right| self.expr(right));
                if let (Some(left), Some(of)) = (node.child_by_field_name("left"), right) {
                    self.target(left, &Source::Each { of, is_async: has_word(node, "async") });
                }
                if let Some(body) = node.child_by_field_name("body") {
                    self.suite(body, true);
                }
                self.otherwise(node);
            }
            "try_statement" => return self.attempt(node),
            "with_statement" => {
                let is_async = has_word(node, "async");
                let clauses: Vec<Node> = parts(node).into_iter().filter(|part| part.kind() == "with_clause").collect();
                for item in clauses.into_iter().flat_map(parts) {
                    self.with_item(item, is_async);
                }
                return node.child_by_field_name("body").map_or(Flow::Next, |body| self.statements(body));
            }
            "match_statement" => self.matched(node),
            "function_definition" => self.function(node, &[]),
            "class_definition" => self.class(node, &[]),
            "decorated_definition" => self.decorated(node),
            "global_statement" | "nonlocal_statement" => {
                let global = node.kind() == "global_statement";
                for name in parts(node) {
                    let text = self.text(name).to_owned();
                    let scope = &mut self.module.scopes[self.scope];
                    if global {
                        scope.globals.insert(text)
                    } else {
                        scope.nonlocals.insert(text)
                    };
                    self.place(self.span(name), PlaceKind::Elsewhere(self.scope));
                }
            }
            "import_statement" | "import_from_statement" => self.import(node),
            "future_import_statement" => {}
            "assert_statement" => {
                let parts = parts(node);
                let conditions: Vec<ExprId> = parts.into_iter().map(|part| self.expr(part)).collect();
                if let Some(condition) = conditions.first() {
                    self.guarded(*condition, true);
                }
            }
            "type_alias_statement" => {
                let right = node.child_by_field_name("right").map(|right| self.annotation(right));
                let left = node.child_by_field_name("left").and_then(|left| first_identifier(left));
                if let (Some(left), Some(right)) = (left, right) {
                    let span = self.span(left);
                    self.bind(span, Bound::Alias(right));
                    self.place(span, PlaceKind::Bound(self.scope));
                }
            }
            "expression_statement" => {
                for part in parts(node) {
                    match part.kind() {
                        "assignment" => self.assignment(part),
                        "augmented_assignment" => self.augmented(part),
                        _ => _ = self.expr(part),
                    }
                }
            }
            "block" => return self.statements(node),
            _ => self.below(node),
        }
        Flow::Next
    }

    /// Expressions, and in broken code statements, below a node.
    pub(super) fn below(&mut self, node: Node) {
        for part in parts(node) {
            if part.kind().ends_with("_statement") || part.kind().ends_with("_definition") || part.kind() == "block" {
                self.statement(part);
            } else {
                self.expr(part);
            }
        }
    }

    /// The `else` of a loop.
    fn otherwise(&mut self, node: Node) {
        for clause in fields(node, "alternative") {
            if let Some(body) = clause.child_by_field_name("body") {
                self.suite(body, false);
            }
        }
    }

    fn branches(&mut self, node: Node) -> Flow {
        let before = self.guard;
        let mut conditions = Vec::new();
        let mut flows = Vec::new();
        let mut complete = false;
        let alternatives = fields(node, "alternative");
        for branch in std::iter::once(node).chain(alternatives) {
            if let Some(condition) = branch.child_by_field_name("condition") {
                let condition = self.expr(condition);
                let guard = self.guard;
                self.guarded(condition, true);
                if let Some(body) = branch.child_by_field_name("consequence") {
                    flows.push(self.suite(body, false));
                }
                self.guard = guard;
                self.guarded(condition, false);
                conditions.push(condition);
            } else if let Some(body) = branch.child_by_field_name("body") {
                flows.push(self.suite(body, false));
                complete = true;
            }
        }
        self.guard = before;
        for (condition, flow) in conditions.iter().zip(&flows) {
            if *flow == Flow::Next {
                break;
            }
            self.guarded(*condition, false);
        }
        if let ([condition], [Flow::Next, last]) = (&conditions[..], &flows[..])
            && *last != Flow::Next
        {
            self.guarded(*condition, true);
        }
        joined(&flows, complete)
    }

    fn attempt(&mut self, node: Node) -> Flow {
        let mut first = node.child_by_field_name("body").map_or(Flow::Next, |body| self.suite(body, false));
        let mut flows = Vec::new();
        let mut last = Flow::Next;
        for clause in parts(node) {
            match clause.kind() {
                "except_clause" => flows.push(self.handler(clause)),
                "else_clause" => {
                    if let Some(body) = clause.child_by_field_name("body") {
                        first = self.suite(body, false);
                    }
                }
                "finally_clause" => {
                    for body in parts(clause) {
                        last = self.suite(body, false);
                    }
                }
                _ => {}
            }
        }
        flows.push(first);
        if last == Flow::Next { joined(&flows, true) } else { last }
    }

    fn handler(&mut self, clause: Node) -> Flow {
        let alias = clause.child_by_field_name("alias");
        let mut caught = None;
        let mut flow = Flow::Next;
        for part in parts(clause) {
            if part.kind() == "block" {
                flow = self.suite(part, false);
            } else if Some(part) == alias {
                if let Some(caught) = caught {
                    self.target(part, &Source::Caught(caught));
                }
            } else if part.kind() == "as_pattern" {
                let value = part.named_child(0).map(|value| self.expr(value));
                let target = part.child_by_field_name("alias").and_then(|target| target.named_child(0));
                if let (Some(value), Some(target)) = (value, target) {
                    self.target(target, &Source::Caught(value));
                }
            } else {
                caught = Some(self.expr(part));
            }
        }
        flow
    }

    fn with_item(&mut self, item: Node, is_async: bool) {
        let Some(value) = item.child_by_field_name("value") else { return };
        // `with (a as b, c as d):` may be read as a tuple.
        let values = match value.kind() {
            "tuple" | "parenthesized_expression" if parts(value).iter().any(|part| part.kind() == "as_pattern") => {
                parts(value)
            }
            _ => vec![value],
        };
        for value in values {
            let target = value.child_by_field_name("alias").and_then(|target| target.named_child(0));
            match (value.kind(), target, value.named_child(0)) {
                ("as_pattern", Some(target), Some(context)) => {
                    let context = self.expr(context);
                    self.target(target, &Source::With { context, is_async });
                }
                _ => _ = self.expr(value),
            }
        }
    }

    fn matched(&mut self, node: Node) {
        for subject in fields(node, "subject") {
            self.expr(subject);
        }
        for case in node.child_by_field_name("body").into_iter().flat_map(parts) {
            for part in parts(case) {
                match part.kind() {
                    "case_pattern" => self.pattern(part),
                    "if_clause" => self.below(part),
                    "block" => _ = self.suite(part, false),
                    _ => {}
                }
            }
        }
    }

    fn import(&mut self, node: Node) {
        let whole = node.kind() == "import_statement";
        let from = node.child_by_field_name("module_name");
        let module: String = from.map(|from| self.text(from).split_whitespace().collect()).unwrap_or_default();
        if let Some(from) = from {
            self.dotted_places(from);
        }
        for item in fields(node, "name") {
            let (name, alias) = match (item.child_by_field_name("name"), item.child_by_field_name("alias")) {
                (Some(name), Some(alias)) => (name, Some(alias)),
                _ => (item, None),
            };
            let text = self.text(name).to_owned();
            let renamed = alias.is_some_and(|alias| self.text(alias) != text);
            let record = if whole {
                Import { module: text, name: None, renamed: alias.is_some() }
            } else {
                Import { module: module.clone(), name: Some(text), renamed }
            };
            self.module.imports.push(record);
            let import = self.module.imports.len() - 1;
            let bound = alias.or_else(|| if whole { name.named_child(0) } else { Some(name) });
            if let Some(bound) = bound {
                self.bind(self.span(bound), Bound::Import(import));
            }
            if whole {
                self.dotted_places(name);
            } else {
                self.place(self.span(name), PlaceKind::Imported { import });
            }
            if let Some(alias) = alias {
                self.place(self.span(alias), PlaceKind::Bound(self.scope));
            }
        }
        if parts(node).iter().any(|part| part.kind() == "wildcard_import") {
            self.module.imports.push(Import { module, name: Some("*".to_owned()), renamed: false });
            let import = self.module.imports.len() - 1;
            self.module.scopes[self.scope].stars.push(import);
        }
    }

    fn dotted_places(&mut self, node: Node) {
        let dotted = match node.kind() {
            "relative_import" => parts(node).into_iter().find(|part| part.kind() == "dotted_name"),
            _ => Some(node),
        };
        for name in dotted.into_iter().flat_map(parts) {
            self.place(self.span(name), PlaceKind::Module);
        }
    }
}

/// How control leaves a choice between branches.
fn joined(flows: &[Flow], complete: bool) -> Flow {
    if !complete || flows.contains(&Flow::Next) {
        return Flow::Next;
    }
    if flows.iter().all(|flow| *flow == Flow::End) { Flow::End } else { Flow::Jump }
}

/// The first name in a node.
fn first_identifier(node: Node<'_>) -> Option<Node<'_>> {
    if node.kind() == "identifier" {
        return Some(node);
    }
    first_identifier(node.named_child(0)?)
}
