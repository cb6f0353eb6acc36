//! Expressions and statements.

use tree_sitter::Node;

use super::super::hir::{
    Block, Expr, ExprKind, Generics, Item, Literal, Local, NOWHERE, Name, Operator, Pat, Path, Statement,
};
use super::items::is_item;
use super::{Lower, child, children, has_token, of_kind};

const INTS: [&str; 12] = ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];

impl Lower<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        self.depth += 1;
        let kind = if self.depth > super::DEEPEST { ExprKind::Missing } else { self.expr_kind(node) };
        self.depth -= 1;
        Expr { at: self.at(node), kind }
    }

    fn boxed(&mut self, node: Option<Node<'_>>) -> Box<Expr> {
        Box::new(node.map_or(Expr { at: NOWHERE, kind: ExprKind::Missing }, |node| self.expr(node)))
    }

    fn optional(&mut self, node: Option<Node<'_>>) -> Option<Box<Expr>> {
        node.map(|node| Box::new(self.expr(node)))
    }

    fn exprs(&mut self, node: Node<'_>) -> Vec<Expr> {
        let mut found = Vec::new();
        for inner in children(node) {
            match inner.kind() {
                "attribute_item" => self.attribute(inner),
                "label" => {}
                _ => found.push(self.expr(inner)),
            }
        }
        found
    }

    fn first(&mut self, node: Node<'_>) -> Box<Expr> {
        let inner = children(node)
            .into_iter()
            .find(|inner| !matches!(inner.kind(), "attribute_item" | "label" | "mutable_specifier" | "lifetime"));
        self.boxed(inner)
    }

    fn expr_kind(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "identifier"
            | "scoped_identifier"
            | "self"
            | "crate"
            | "super"
            | "metavariable"
            | "generic_function"
            | "type_identifier"
            | "scoped_type_identifier"
            | "primitive_type" => ExprKind::Path(self.path(node)),
            "call_expression" => self.call(node),
            "field_expression" => {
                let value = self.boxed(child(node, "value"));
                match child(node, "field").map(|field| self.name(field)) {
                    Some(name) => ExprKind::Field(value, name),
                    None => ExprKind::Several(vec![*value]),
                }
            }
            "index_expression" => {
                let mut inner = self.exprs(node).into_iter();
                match (inner.next(), inner.next()) {
                    (Some(value), Some(index)) => ExprKind::Index(value.into(), index.into()),
                    _ => ExprKind::Missing,
                }
            }
            "unary_expression" => {
                let operator = match self.text(node).as_bytes().first() {
                    Some(b'*') => Operator::Deref,
                    Some(b'!') => Operator::Not,
                    _ => Operator::Neg,
                };
                ExprKind::Unary(operator, self.first(node))
            }
            "binary_expression" | "compound_assignment_expr" => {
                let operator = child(node, "operator").map(|operator| self.word(operator)).unwrap_or_default();
                let left = self.boxed(child(node, "left"));
                let right = self.boxed(child(node, "right"));
                ExprKind::Binary(operator, left, right)
            }
            "assignment_expression" => {
                let left = self.boxed(child(node, "left"));
                ExprKind::Assign(left, self.boxed(child(node, "right")))
            }
            "type_cast_expression" => {
                let value = self.boxed(child(node, "value"));
                match child(node, "type").map(|ty| self.ty(ty)) {
                    Some(ty) => ExprKind::Cast(value, ty),
                    None => ExprKind::Several(vec![*value]),
                }
            }
            "reference_expression" => ExprKind::Ref(self.boxed(child(node, "value"))),
            "try_expression" => ExprKind::Try(self.first(node)),
            "await_expression" => ExprKind::Await(self.first(node)),
            "parenthesized_expression" => self.first(node).kind,
            "tuple_expression" => ExprKind::Tuple(self.exprs(node)),
            "unit_expression" => ExprKind::Tuple(Vec::new()),
            "array_expression" => match child(node, "length") {
                Some(length) => {
                    let value = children(node).into_iter().find(|inner| inner.id() != length.id());
                    let value = self.boxed(value);
                    ExprKind::Repeat(value, self.boxed(Some(length)))
                }
                None => ExprKind::Array(self.exprs(node)),
            },
            "range_expression" => self.range(node),
            "struct_expression" => self.structure(node),
            "block" => ExprKind::Block(self.block(node)),
            "unsafe_block" | "const_block" | "try_block" | "gen_block" => {
                let inner = child(node, "body").or_else(|| of_kind(node, "block"));
                self.boxed(inner).kind
            }
            "async_block" => ExprKind::Async(self.boxed(of_kind(node, "block"))),
            "if_expression" => {
                let condition = self.boxed(child(node, "condition"));
                let then = self.boxed(child(node, "consequence"));
                let other = child(node, "alternative").and_then(|clause| children(clause).into_iter().next());
                ExprKind::If(condition, then, self.optional(other))
            }
            "let_condition" => {
                let value = self.boxed(child(node, "value"));
                let pattern = child(node, "pattern").map(|pattern| self.pat(pattern));
                match pattern {
                    Some(pattern) => ExprKind::Let(pattern, value),
                    None => ExprKind::Several(vec![*value]),
                }
            }
            "let_chain" => {
                let mut inner = self.exprs(node).into_iter();
                let Some(first) = inner.next() else { return ExprKind::Missing };
                let and = |left: Expr, right: Expr| Expr {
                    at: left.at,
                    kind: ExprKind::Binary("&&".into(), left.into(), right.into()),
                };
                inner.fold(first, and).kind
            }
            "match_expression" => {
                let value = self.boxed(child(node, "value"));
                ExprKind::Match(value, child(node, "body").map(|body| self.arms(body)).unwrap_or_default())
            }
            "for_expression" => {
                let labels = self.enter(node);
                let value = self.boxed(child(node, "value"));
                let pattern = child(node, "pattern").map_or(Pat::Wild, |pattern| self.pat(pattern));
                let body = self.boxed(child(node, "body"));
                self.labels.truncate(labels);
                ExprKind::For(pattern, value, body)
            }
            "while_expression" => {
                let labels = self.enter(node);
                let condition = self.boxed(child(node, "condition"));
                let body = self.boxed(child(node, "body"));
                self.labels.truncate(labels);
                ExprKind::While(condition, body)
            }
            "loop_expression" => {
                let labels = self.enter(node);
                let body = self.boxed(child(node, "body"));
                self.labels.truncate(labels);
                ExprKind::Loop(body)
            }
            "closure_expression" => self.closure(node),
            "return_expression" | "yield_expression" => {
                let value = children(node).into_iter().next();
                ExprKind::Return(self.optional(value))
            }
            "break_expression" => {
                let mut inner = children(node);
                if let Some(at) = inner.iter().position(|inner| inner.kind() == "label") {
                    self.label(inner.remove(at));
                }
                ExprKind::Break(self.optional(inner.into_iter().next()))
            }
            "continue_expression" => {
                if let Some(label) = of_kind(node, "label") {
                    self.label(label);
                }
                ExprKind::Continue
            }
            "macro_invocation" => self.invocation(node),
            "string_literal" | "raw_string_literal" => {
                let is_bytes = self.text(node).starts_with('b');
                ExprKind::Literal(if is_bytes { Literal::Bytes } else { Literal::Str })
            }
            "char_literal" if self.text(node).starts_with('b') => ExprKind::Literal(Literal::Int(Some("u8"))),
            "char_literal" => ExprKind::Literal(Literal::Char),
            "boolean_literal" => ExprKind::Literal(Literal::Bool),
            "integer_literal" => {
                let text = self.text(node);
                let float = ["f32", "f64"].into_iter().find(|end| !text.starts_with("0x") && text.ends_with(end));
                if let Some(float) = float {
                    return ExprKind::Literal(Literal::Float(Some(float)));
                }
                ExprKind::Literal(Literal::Int(INTS.into_iter().find(|end| text.ends_with(end))))
            }
            "float_literal" => {
                let text = self.text(node);
                ExprKind::Literal(Literal::Float(["f32", "f64"].into_iter().find(|end| text.ends_with(end))))
            }
            "negative_literal" => self.first(node).kind,
            "expression_statement" => self.first(node).kind,
            "line_comment" | "block_comment" => ExprKind::Missing,
            _ => ExprKind::Several(self.exprs(node)),
        }
    }

    fn call(&mut self, node: Node<'_>) -> ExprKind {
        let Some(function) = child(node, "function") else { return ExprKind::Missing };
        let (field, turbofish) = match function.kind() {
            "field_expression" => (Some(function), None),
            "generic_function" => (
                child(function, "function").filter(|inner| inner.kind() == "field_expression"),
                child(function, "type_arguments"),
            ),
            _ => (None, None),
        };
        let name = field.and_then(|field| child(field, "field")).filter(|name| name.kind() == "field_identifier");
        if let (Some(field), Some(name)) = (field, name) {
            let receiver = self.boxed(child(field, "value"));
            let mut path = Self::single(self.name(name));
            if let Some(turbofish) = turbofish {
                self.arguments(turbofish, &mut path);
            }
            let args = child(node, "arguments").map(|args| self.exprs(args)).unwrap_or_default();
            return match path.segments.pop() {
                Some(segment) => ExprKind::Method(receiver, segment, args),
                None => ExprKind::Missing,
            };
        }
        let function = self.boxed(Some(function));
        let args = child(node, "arguments").map(|args| self.exprs(args)).unwrap_or_default();
        ExprKind::Call(function, args)
    }

    fn range(&mut self, node: Node<'_>) -> ExprKind {
        let mut cursor = node.walk();
        let mut operator = None;
        let (mut left, mut right) = (None, None);
        for inner in node.children(&mut cursor) {
            match inner.kind() {
                ".." | "..=" | "..." => operator = Some(self.word(inner)),
                "line_comment" | "block_comment" => {}
                _ if operator.is_none() => left = Some(inner),
                _ => right = Some(inner),
            }
        }
        let (left, right) = (self.optional(left), self.optional(right));
        ExprKind::Range(operator.unwrap_or_default(), left, right)
    }

    fn structure(&mut self, node: Node<'_>) -> ExprKind {
        let path = child(node, "name").map_or_else(Path::default, |name| self.path(name));
        let (mut fields, mut base) = (Vec::new(), None);
        for field in child(node, "body").map(children).unwrap_or_default() {
            for attribute in children(field).into_iter().filter(|inner| inner.kind() == "attribute_item") {
                self.attribute(attribute);
            }
            match field.kind() {
                "shorthand_field_initializer" => {
                    fields.extend(of_kind(field, "identifier").map(|name| (self.name(name), None)));
                }
                "field_initializer" => {
                    let Some(name) = child(field, "field").map(|name| self.name(name)) else { continue };
                    let value = self.boxed(child(field, "value"));
                    fields.push((name, Some(*value)));
                }
                "base_field_initializer" => base = Some(self.first(field)),
                _ => {}
            }
        }
        ExprKind::Struct(path, fields, base)
    }

    pub(super) fn arms(&mut self, body: Node<'_>) -> Vec<(Pat, Option<Expr>, Expr)> {
        let mut arms = Vec::new();
        for arm in children(body).into_iter().filter(|arm| arm.kind() == "match_arm") {
            for attribute in children(arm).into_iter().filter(|inner| inner.kind() == "attribute_item") {
                self.attribute(attribute);
            }
            let Some(pattern) = child(arm, "pattern") else { continue };
            let guard = child(pattern, "condition");
            let inner = children(pattern).into_iter().find(|inner| Some(inner.id()) != guard.map(|guard| guard.id()));
            let pat = inner.map_or(Pat::Wild, |inner| self.pat(inner));
            let guard = guard.map(|guard| self.expr(guard));
            arms.push((pat, guard, *self.boxed(child(arm, "value"))));
        }
        arms
    }

    fn closure(&mut self, node: Node<'_>) -> ExprKind {
        let mut params = Vec::new();
        for param in child(node, "parameters").map(children).unwrap_or_default() {
            match param.kind() {
                "parameter" => {
                    let ty = child(param, "type").map(|ty| self.ty(ty));
                    let pattern = child(param, "pattern").map(|pattern| self.pat(pattern));
                    params.extend(pattern.map(|pattern| (pattern, ty)));
                }
                "attribute_item" => {}
                _ => params.push((self.pat(param), None)),
            }
        }
        let result = child(node, "return_type").map(|ty| self.ty(ty));
        let is_async = has_token(node, "async");
        let body = self.boxed(child(node, "body"));
        let body = if is_async { Box::new(Expr { at: body.at, kind: ExprKind::Async(body) }) } else { body };
        ExprKind::Closure(params, result, body)
    }

    /// Binds the label of a loop or block, if it has one. Returns how many there were.
    fn enter(&mut self, node: Node<'_>) -> usize {
        let before = self.labels.len();
        let name = of_kind(node, "label").and_then(|label| of_kind(label, "identifier")).map(|name| self.name(name));
        if let Some(name) = name {
            self.out.bound.push((name.at, name.at));
            self.labels.push(Name { ..name });
        }
        before
    }

    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let labels = self.enter(node);
        let block = self.statements(children(node), node);
        self.labels.truncate(labels);
        block
    }

    fn statements(&mut self, nodes: Vec<Node<'_>>, node: Node<'_>) -> Block {
        let mut block = Block::default();
        let outer = self.scope;
        if nodes.iter().any(|inner| is_item(inner.kind())) {
            let name = Name { word: "".into(), at: NOWHERE };
            let item = Item::Module { items: Vec::new(), uses: Vec::new(), is_block: true };
            let index = self.push(name, item);
            let parent = self.parent;
            if let Some(def) = self.out.defs.get_mut(index as usize) {
                def.generics = Generics::default();
                def.parent = parent;
            }
            self.block_items(node, index);
            block.scope = Some(index);
            self.scope = index;
        }
        let last = nodes.len();
        for (at, inner) in nodes.into_iter().enumerate() {
            match inner.kind() {
                "attribute_item" | "inner_attribute_item" => self.attribute(inner),
                "label" | "empty_statement" => {}
                "let_declaration" => {
                    let ty = child(inner, "type").map(|ty| self.ty(ty));
                    let value = child(inner, "value").map(|value| self.expr(value));
                    let other = child(inner, "alternative").map(|other| self.expr(other));
                    if let Some(pattern) = child(inner, "pattern").map(|pattern| self.pat(pattern)) {
                        block.statements.push(Statement::Let(Box::new((pattern, ty, value, other))));
                    }
                }
                kind if is_item(kind) => {}
                "expression_statement" => {
                    let value = *self.first(inner);
                    // A block-like expression at the end may be the value.
                    if at + 1 == last && !self.text(inner).ends_with(';') {
                        block.tail = Some(value.into());
                    } else {
                        block.statements.push(Statement::Expr(value));
                    }
                }
                _ => {
                    let value = self.expr(inner);
                    if at + 1 == last {
                        block.tail = Some(value.into());
                    } else {
                        block.statements.push(Statement::Expr(value));
                    }
                }
            }
        }
        self.scope = outer;
        block
    }

    /// Reads only the items among a block's statements.
    fn block_items(&mut self, node: Node<'_>, of: Local) {
        let outer = std::mem::replace(&mut self.scope, of);
        let labels = std::mem::take(&mut self.labels);
        let mut uses = Vec::new();
        let items = self.only_items(node, &mut uses);
        self.labels = labels;
        self.scope = outer;
        if let Some(def) = self.out.defs.get_mut(of as usize) {
            def.item = Item::Module { items, uses, is_block: true };
        }
    }
}
