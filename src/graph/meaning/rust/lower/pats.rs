//! Patterns.

use tree_sitter::Node;

use super::super::hir::{Expr, ExprKind, Name, Pat, Path, Segment};
use super::{Lower, child, children, has_token};

impl Lower<'_> {
    pub(super) fn pat(&mut self, node: Node<'_>) -> Pat {
        self.depth += 1;
        let found = if self.depth > super::DEEPEST { Pat::Wild } else { self.pat_inner(node) };
        self.depth -= 1;
        found
    }

    fn pats(&mut self, nodes: Vec<Node<'_>>) -> Vec<Pat> {
        nodes.into_iter().filter(|node| node.kind() != "mutable_specifier").map(|node| self.pat(node)).collect()
    }

    fn pat_inner(&mut self, node: Node<'_>) -> Pat {
        match node.kind() {
            "identifier" if self.text(node) == "_" => Pat::Wild,
            "identifier" | "metavariable" => Pat::Name(self.name(node), None),
            "scoped_identifier" | "generic_pattern" | "crate" | "self" => Pat::Path(self.pattern_path(node)),
            "mut_pattern" | "ref_pattern" | "match_pattern" | "parenthesized_pattern" => {
                self.pats(children(node)).into_iter().next().unwrap_or(Pat::Wild)
            }
            "captured_pattern" => {
                let mut inner = children(node).into_iter();
                let (Some(name), sub) = (inner.next().map(|name| self.name(name)), inner.last()) else {
                    return Pat::Wild;
                };
                let sub = sub.map(|sub| Box::new(self.pat(sub)));
                Pat::Name(name, sub)
            }
            "tuple_pattern" => {
                let inner = self.pats(children(node));
                if inner.len() == 1 && !has_token(node, ",") && !matches!(inner[0], Pat::Rest) {
                    return inner.into_iter().next().unwrap_or(Pat::Wild);
                }
                Pat::Tuple(inner)
            }
            "slice_pattern" => Pat::Slice(self.pats(children(node))),
            "reference_pattern" => Pat::Ref(self.pats(children(node)).into_iter().next().unwrap_or(Pat::Wild).into()),
            "or_pattern" => Pat::Or(self.pats(children(node))),
            "remaining_field_pattern" => Pat::Rest,
            "tuple_struct_pattern" => {
                let Some(ty) = child(node, "type") else { return Pat::Wild };
                let path = self.pattern_path(ty);
                let inner = children(node).into_iter().filter(|inner| inner.id() != ty.id()).collect();
                Pat::TupleStruct(path, self.pats(inner))
            }
            "struct_pattern" => {
                let path = child(node, "type").map_or_else(Path::default, |ty| self.path(ty));
                let mut fields = Vec::new();
                for field in children(node).into_iter().filter(|field| field.kind() == "field_pattern") {
                    let Some(name) = child(field, "name").map(|name| self.name(name)) else { continue };
                    let pattern = child(field, "pattern").map(|pattern| self.pat(pattern));
                    fields.push((name, pattern));
                }
                Pat::Struct(path, fields)
            }
            "range_pattern" => {
                let ends = [child(node, "left"), child(node, "right")];
                let ends: Vec<Expr> = ends.into_iter().flatten().map(|end| self.expr(end)).collect();
                Pat::Value(Box::new(Expr { at: self.at(node), kind: ExprKind::Several(ends) }))
            }
            "const_block" | "macro_invocation" | "negative_literal" => Pat::Value(self.expr(node).into()),
            kind if kind.ends_with("literal") => Pat::Value(self.expr(node).into()),
            "ERROR" => Pat::Or(self.pats(children(node))),
            _ => Pat::Wild,
        }
    }

    fn pattern_path(&mut self, node: Node<'_>) -> Path {
        if node.kind() != "generic_pattern" {
            return self.path(node);
        }
        let mut path = Path::default();
        for inner in children(node) {
            match inner.kind() {
                "type_arguments" => self.arguments(inner, &mut path),
                _ => path = self.path(inner),
            }
        }
        path
    }

    /// A path of one name.
    pub(super) fn single(name: Name) -> Path {
        let segment = Segment { name, args: Vec::new(), bindings: Vec::new(), sugar: None };
        Path { global: false, qualified: None, segments: vec![segment] }
    }
}
