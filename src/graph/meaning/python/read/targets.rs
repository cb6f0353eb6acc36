//! What assignments, loops and patterns bind.

use tree_sitter::Node;

use super::super::tree::*;
use super::{Reader, parts};

/// Where the value of a target comes from.
pub(super) enum Source {
    Value(ExprId),
    Annotated { annotation: ExprId, value: Option<ExprId> },
    Each { of: ExprId, is_async: bool },
    With { context: ExprId, is_async: bool },
    Caught(ExprId),
    Augmented,
}

impl Source {
    fn bound(&self, path: &[Step]) -> Bound {
        let path = path.to_vec();
        match *self {
            Self::Value(value) => Bound::Value { value, path },
            Self::Annotated { annotation, value } => Bound::Annotated { annotation, value },
            Self::Each { of, is_async } => Bound::Each { of, path, is_async },
            Self::With { context, is_async } => Bound::With { context, path, is_async },
            Self::Caught(caught) => Bound::Caught(caught),
            Self::Augmented => Bound::Augmented,
        }
    }
}

impl Reader {
    pub(super) fn assignment(&mut self, node: Node) {
        let mut targets = Vec::new();
        let mut at = node;
        let mut annotation = None;
        let value = loop {
            targets.extend(at.child_by_field_name("left"));
            if let Some(kind) = at.child_by_field_name("type") {
                annotation = Some(self.annotation(kind));
            }
            match at.child_by_field_name("right") {
                Some(right) if right.kind() == "assignment" => at = right,
                Some(right) if right.kind() == "augmented_assignment" => {
                    self.augmented(right);
                    break None;
                }
                right => break right,
            }
        };
        let names: Vec<String> = targets.iter().map(|target| self.text(*target).to_owned()).collect();
        let is_alias = annotated_as_alias(self, annotation);
        let quoting = std::mem::replace(&mut self.quoting, is_alias);
        let end = value.map(|value| self.span(value).1);
        let value = value.map(|value| self.expr(value));
        self.quoting = quoting;
        if let Some(value) = value {
            self.listed_names(&names, value);
        }
        if let (Some(annotation), Some(value)) = (annotation, value)
            && let Kind::Dict { keys, .. } = &self.module.exprs[value].kind
        {
            for key in keys.clone() {
                self.key(key, annotation, true);
            }
        }
        let source = match (annotation, value) {
            (Some(annotation), value) => Source::Annotated { annotation, value },
            (None, Some(value)) => Source::Value(value),
            (None, None) => Source::Augmented,
        };
        for target in targets {
            self.target_from(target, &source, end);
        }
    }

    pub(super) fn augmented(&mut self, node: Node) {
        let names: Vec<String> =
            node.child_by_field_name("left").map(|left| self.text(left).to_owned()).into_iter().collect();
        let value = node.child_by_field_name("right").map(|right| self.expr(right));
        if let Some(value) = value {
            self.listed_names(&names, value);
        }
        if let Some(left) = node.child_by_field_name("left") {
            self.target(left, &Source::Augmented);
        }
    }

    pub(super) fn target(&mut self, node: Node, source: &Source) {
        self.target_from(node, source, None);
    }

    fn target_from(&mut self, node: Node, source: &Source, from: Option<usize>) {
        let mut path = Vec::new();
        self.target_at(node, source, &mut path, from);
    }

    fn target_at(&mut self, node: Node, source: &Source, path: &mut Vec<Step>, from: Option<usize>) {
        match node.kind() {
            "identifier" | "keyword_identifier" => {
                let span = self.span(node);
                let from = from.unwrap_or(span.1).max(span.1);
                self.bind_in(self.scope, span, from, source.bound(path));
                let id = self.push(span, Kind::Name);
                self.place(span, PlaceKind::Name(id));
            }
            "attribute" => {
                let id = self.expr(node);
                self.attribute_set(id, source, path);
            }
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                for (at, part) in parts(node).into_iter().enumerate() {
                    let rest = matches!(part.kind(), "list_splat_pattern" | "list_splat");
                    path.push(if rest { Step::Rest } else { Step::At(at) });
                    self.target_at(part, source, path, from);
                    path.pop();
                }
            }
            "list_splat_pattern" | "list_splat" | "parenthesized_expression" | "as_pattern_target" => {
                for part in parts(node) {
                    self.target_at(part, source, path, from);
                }
            }
            _ => _ = self.expr(node),
        }
    }

    /// `self.x = ...` in a method.
    fn attribute_set(&mut self, id: ExprId, source: &Source, path: &[Step]) {
        let Kind::Attribute { object, name } = self.module.exprs[id].kind else { return };
        let Some(owner) = self.module.name_of(object) else { return };
        let method = self.functions.iter().rev().copied().find(|function| {
            let function = &self.module.functions[*function];
            let is_static = function.decorators.iter().any(|at| self.module.name_of(*at) == Some("staticmethod"));
            let first = function.params.first().filter(|first| first.stars == 0);
            function.class.is_some() && !is_static && first.is_some_and(|first| self.module.slice(first.name) == owner)
        });
        let Some(class) = method.and_then(|at| self.module.functions[at].class) else { return };
        let (annotation, value) = match *source {
            Source::Value(value) => (None, Some((value, path.to_vec()))),
            Source::Annotated { annotation, value } => (Some(annotation), value.map(|value| (value, Vec::new()))),
            _ => (None, None),
        };
        let text = self.module.slice(name).to_owned();
        let set = Attribute { name, annotation, value };
        self.module.classes[class].attributes.entry(text).or_default().push(set);
    }

    /// A pattern of a `case`.
    pub(super) fn pattern(&mut self, node: Node) {
        match node.kind() {
            "dotted_name" => {
                let names = parts(node);
                if let [name] = names[..] {
                    self.captured(name, None);
                } else {
                    self.dotted(node);
                }
            }
            "as_pattern" => {
                let parts = parts(node);
                if let [inner, name] = parts[..] {
                    self.pattern(inner);
                    let class = inner.named_child(0).filter(|inner| inner.kind() == "class_pattern");
                    let class = class.and_then(|class| class.named_child(0)).and_then(|class| self.dotted(class));
                    self.captured(name, class);
                }
            }
            "class_pattern" => {
                let mut parts = parts(node).into_iter();
                let class = parts.next().and_then(|class| self.dotted(class));
                for part in parts {
                    let inner = part.named_child(0).filter(|inner| inner.kind() == "keyword_pattern");
                    match (inner, class) {
                        (Some(keyword), Some(class)) => {
                            for (at, part) in super::parts(keyword).into_iter().enumerate() {
                                if at == 0 {
                                    self.place(self.span(part), PlaceKind::PatternKey(class));
                                } else {
                                    self.pattern(part);
                                }
                            }
                        }
                        _ => self.pattern(part),
                    }
                }
            }
            "splat_pattern" => {
                if let Some(name) = parts(node).into_iter().find(|part| part.kind() == "identifier") {
                    self.captured(name, None);
                }
            }
            "identifier" => self.captured(node, None),
            "string" | "concatenated_string" => _ = self.expr(node),
            _ => {
                for part in parts(node) {
                    self.pattern(part);
                }
            }
        }
    }

    fn captured(&mut self, name: Node, class: Option<ExprId>) {
        let span = self.span(name);
        if self.module.slice(span) != "_" {
            self.bind(span, Bound::Pattern(class));
            self.place(span, PlaceKind::Bound(self.scope));
        }
    }

    /// `a.b.c` that the grammar gives as one name.
    pub(super) fn dotted(&mut self, node: Node) -> Option<ExprId> {
        let mut whole: Option<ExprId> = None;
        for name in parts(node) {
            let span = self.span(name);
            whole = Some(match whole {
                None => {
                    let id = self.push(span, Kind::Name);
                    self.place(span, PlaceKind::Name(id));
                    id
                }
                Some(object) => {
                    let id =
                        self.push((self.module.exprs[object].span.0, span.1), Kind::Attribute { object, name: span });
                    self.place(span, PlaceKind::Attribute(id));
                    id
                }
            });
        }
        whole
    }
}

/// `X: TypeAlias = "..."`.
fn annotated_as_alias(reader: &Reader, annotation: Option<ExprId>) -> bool {
    annotation.and_then(|annotation| reader.module.dotted(annotation)).is_some_and(|name| name.ends_with("TypeAlias"))
}
