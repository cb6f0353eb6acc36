//! Functions, their parameters, classes.

use tree_sitter::Node;

use super::super::tree::*;
use super::{Flow, Reader, fields, has_word, parts};

impl Reader {
    pub(super) fn decorated(&mut self, node: Node) {
        let mut decorators = Vec::new();
        for decorator in parts(node).into_iter().filter(|part| part.kind() == "decorator") {
            decorators.extend(parts(decorator).into_iter().map(|value| self.expr(value)));
        }
        match node.child_by_field_name("definition") {
            Some(inner) if inner.kind() == "class_definition" => self.class(inner, &decorators),
            Some(inner) => self.function(inner, &decorators),
            None => {}
        }
    }

    pub(super) fn function(&mut self, node: Node, decorators: &[ExprId]) {
        let Some(name) = node.child_by_field_name("name") else { return self.below(node) };
        let name = self.span(name);
        let function = self.open_function(name, decorators.to_vec());
        self.module.functions[function].class = self.class;
        self.module.functions[function].is_async = has_word(node, "async");
        self.bind(name, Bound::Function(function));
        self.place(name, PlaceKind::Bound(self.scope));
        for decorator in decorators {
            self.parametrized(*decorator, function);
        }
        let scope = self.module.functions[function].scope;
        self.type_params(node, scope);
        if let Some(params) = node.child_by_field_name("parameters") {
            self.params(params, function);
        }
        let outer = std::mem::replace(&mut self.scope, scope);
        self.module.functions[function].returns =
            node.child_by_field_name("return_type").map(|kind| self.annotation(kind));
        self.scope = outer;
        let Some(body) = node.child_by_field_name("body") else { return };
        self.module.functions[function].is_empty = is_empty(self, body);
        let (guard, class, outer) = (self.guard.take(), self.class.take(), std::mem::replace(&mut self.scope, scope));
        self.functions.push(function);
        let flow = self.suite(body, false);
        self.functions.pop();
        (self.guard, self.class, self.scope) = (guard, class, outer);
        if flow == Flow::Next {
            self.module.functions[function].falls_through = true;
        }
    }

    pub(super) fn open_function(&mut self, name: Span, decorators: Vec<ExprId>) -> FunctionId {
        let function = self.module.functions.len();
        let scope = self.open_scope(ScopeKind::Function(function));
        self.module.functions.push(Function {
            name,
            params: Vec::new(),
            returns: None,
            decorators,
            scope,
            class: None,
            outer: self.scope,
            is_async: false,
            is_lambda: false,
            results: Vec::new(),
            yields: Vec::new(),
            is_generator: false,
            falls_through: false,
            is_empty: false,
        });
        function
    }

    /// Parameters, with annotations and defaults read in the scope around the function.
    pub(super) fn params(&mut self, node: Node, function: FunctionId) {
        let mut keyword_only = false;
        for part in parts(node) {
            let (mut name, mut stars): (Option<Node>, u8) = (None, 0);
            let (mut annotation, mut default) = (None, None);
            match part.kind() {
                "identifier" => name = Some(part),
                "default_parameter" | "typed_default_parameter" => {
                    name = part.child_by_field_name("name");
                    default = part.child_by_field_name("value");
                    annotation = part.child_by_field_name("type");
                }
                "typed_parameter" => {
                    annotation = part.child_by_field_name("type");
                    name = part.named_child(0);
                }
                "list_splat_pattern" | "dictionary_splat_pattern" => name = Some(part),
                "keyword_separator" => keyword_only = true,
                _ => {}
            }
            if let Some(splat) = name.filter(|name| name.kind().ends_with("splat_pattern")) {
                stars = if splat.kind() == "list_splat_pattern" { 1 } else { 2 };
                name = splat.named_child(0);
            }
            let scope = self.module.functions[function].scope;
            let default = default.map(|value| self.expr(value));
            let outer = std::mem::replace(&mut self.scope, scope);
            let annotation = annotation.map(|kind| self.annotation(kind));
            if let Some(name) = name {
                let span = self.span(name);
                let at = self.module.functions[function].params.len();
                self.bind(span, Bound::Parameter(function, at));
                self.place(span, PlaceKind::Parameter(function));
                let param = Param { name: span, annotation, default, stars, keyword_only: keyword_only && stars == 0 };
                self.module.functions[function].params.push(param);
            }
            self.scope = outer;
            keyword_only |= stars == 1;
        }
    }

    /// `[T: Bound]` of functions and classes; bound in the scope.
    fn type_params(&mut self, node: Node, scope: ScopeId) -> Vec<String> {
        let mut names = Vec::new();
        for part in node.child_by_field_name("type_parameters").into_iter().flat_map(parts) {
            let outer = std::mem::replace(&mut self.scope, scope);
            let inner = part.named_child(0).unwrap_or(part);
            let (name, bound) = match inner.kind() {
                "constrained_type" => (inner.named_child(0), inner.named_child(1)),
                _ => (Some(inner), None),
            };
            let bound = bound.map(|bound| self.annotation(bound));
            let mut name = name;
            while let Some(inner) = name.filter(|name| name.kind() != "identifier") {
                name = inner.named_child(0);
            }
            if let Some(name) = name {
                let span = self.span(name);
                self.bind(span, Bound::TypeVar(bound));
                self.place(span, PlaceKind::Bound(scope));
                names.push(self.module.slice(span).to_owned());
            }
            self.scope = outer;
        }
        names
    }

    pub(super) fn class(&mut self, node: Node, decorators: &[ExprId]) {
        let Some(name) = node.child_by_field_name("name") else { return self.below(node) };
        let name = self.span(name);
        let class = self.module.classes.len();
        let outer = self.scope;
        // Type parameters are seen in the methods too, so they have a scope of their own.
        let generic = node.child_by_field_name("type_parameters").is_some();
        let around = if generic { self.open_scope(ScopeKind::Comprehension) } else { outer };
        self.scope = around;
        let scope = self.open_scope(ScopeKind::Class(class));
        self.scope = outer;
        self.module.classes.push(Class {
            name,
            bases: Vec::new(),
            keywords: Vec::new(),
            decorators: decorators.to_vec(),
            type_params: Vec::new(),
            scope,
            outer: self.scope,
            attributes: Default::default(),
        });
        self.bind(name, Bound::Class(class));
        self.place(name, PlaceKind::Bound(self.scope));
        self.module.classes[class].type_params = self.type_params(node, around);
        self.scope = around;
        for base in node.child_by_field_name("superclasses").into_iter().flat_map(parts) {
            if base.kind() == "keyword_argument" {
                let (name, value) = (fields(base, "name"), fields(base, "value"));
                if let (Some(name), Some(value)) = (name.first(), value.first()) {
                    let value = self.expr(*value);
                    let name = self.span(*name);
                    self.place(name, PlaceKind::ClassKeyword);
                    self.module.classes[class].keywords.push((name, value));
                }
            } else {
                let base = self.annotation(base);
                self.module.classes[class].bases.push(base);
            }
        }
        self.scope = outer;
        let Some(body) = node.child_by_field_name("body") else { return };
        let (outer, around) = (std::mem::replace(&mut self.scope, scope), self.class.replace(class));
        self.suite(body, false);
        (self.scope, self.class) = (outer, around);
    }
}

/// Whether there is no code in a body, so that it says nothing about what it gives back.
fn is_empty(reader: &Reader, body: Node) -> bool {
    parts(body).into_iter().all(|statement| match statement.kind() {
        "pass_statement" => true,
        "raise_statement" => reader.text(statement).contains("NotImplementedError"),
        "expression_statement" => {
            parts(statement).iter().all(|part| matches!(part.kind(), "string" | "concatenated_string" | "ellipsis"))
        }
        _ => false,
    })
}
