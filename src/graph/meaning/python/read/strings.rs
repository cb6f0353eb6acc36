//! Strings: what is code in them, and those that name something.

use tree_sitter::Node;

use super::super::tree::*;
use super::{Reader, parts};
use crate::syntax::{Budget, Parsed};

impl Reader {
    pub(super) fn string(&mut self, node: Node) -> ExprId {
        let span = self.span(node);
        let text = self.module.slice(span);
        let prefix = text.find(['"', '\'']).map_or("", |at| &text[..at]).to_ascii_lowercase();
        let is_code = self.quoting && prefix.is_empty() && node.kind() == "string" && !text.contains('\\');
        if is_code && let Some(inner) = self.quoted(node) {
            return self.push(span, Kind::Quoted(inner));
        }
        let quoting = std::mem::take(&mut self.quoting);
        self.interpolations(node);
        self.quoting = quoting;
        self.push(span, if prefix.contains('b') { Kind::Bytes } else { Kind::Str })
    }

    fn interpolations(&mut self, node: Node) {
        for part in parts(node) {
            match part.kind() {
                "interpolation" | "format_specifier" | "format_expression" => {
                    for inner in parts(part) {
                        match inner.kind() {
                            "type_conversion" => {}
                            "format_specifier" | "interpolation" => self.interpolations(inner),
                            _ => _ = self.expr(inner),
                        }
                    }
                }
                "string" => self.interpolations(part),
                _ => {}
            }
        }
    }

    /// The code in a string.
    fn quoted(&mut self, node: Node) -> Option<ExprId> {
        let (start, end) = self.content(node)?;
        let text = self.module.text.clone();
        let parsed = Parsed::new(self.language, text.get(start..end)?, &Budget::default())?;
        let root = parsed.tree.root_node();
        let statement = root.named_child(0).filter(|_| root.named_child_count() == 1 && !root.has_error())?;
        let inner = statement.named_child(0).filter(|_| statement.kind() == "expression_statement")?;
        let shift = std::mem::replace(&mut self.shift, start);
        let id = self.expr(inner);
        self.shift = shift;
        Some(id)
    }

    /// What stands between the quotes.
    fn content(&self, node: Node) -> Option<Span> {
        let (mut start, mut end) = self.span(node);
        for part in parts(node) {
            match part.kind() {
                "string_start" => start = self.span(part).1,
                "string_end" => end = self.span(part).0,
                _ => {}
            }
        }
        (start <= end).then_some((start, end))
    }

    /// The words of a string literal, if it is a plain one.
    fn words_of(&self, id: ExprId) -> Vec<Span> {
        let span = self.module.exprs[id].span;
        let text = self.module.slice(span);
        if !matches!(self.module.exprs[id].kind, Kind::Str) || !text.starts_with(['"', '\'']) {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices() {
            let is_word = c.is_alphanumeric() || c == '_';
            match (is_word, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    found.push((span.0 + from, span.0 + at));
                    start = None;
                }
                _ => {}
            }
        }
        found
    }

    fn elements(&self, id: ExprId) -> Vec<ExprId> {
        match &self.module.exprs[id].kind {
            Kind::List(elements) | Kind::Tuple(elements) | Kind::Set(elements) => elements.clone(),
            Kind::Dict { keys, .. } => keys.clone(),
            Kind::Binary { left, operator: "+", right } => [self.elements(*left), self.elements(*right)].concat(),
            _ => vec![id],
        }
    }

    /// `__all__ = [...]`, `__slots__ = (...)`.
    pub(super) fn listed_names(&mut self, names: &[String], value: ExprId) {
        let kind = match self.class {
            None if self.scope == 0 && names.iter().any(|name| name == "__all__") => PlaceKind::Exported,
            Some(class) if names.iter().any(|name| matches!(name.as_str(), "__slots__" | "__match_args__")) => {
                PlaceKind::Slot(class)
            }
            _ => return,
        };
        for element in self.elements(value) {
            for word in self.words_of(element) {
                self.place(word, kind.clone());
            }
        }
    }

    /// `@pytest.mark.parametrize("a, b", ...)`: parameters of the function below it.
    pub(super) fn parametrized(&mut self, decorator: ExprId, function: FunctionId) {
        let Kind::Call { function: called, args } = &self.module.exprs[decorator].kind else { return };
        let called = self.module.dotted(*called).unwrap_or_default();
        let names = match called.rsplit('.').next() {
            Some("parametrize") => args.first().map(|first| self.elements(first.value)).unwrap_or_default(),
            Some("usefixtures") => args.iter().map(|arg| arg.value).collect(),
            _ => return,
        };
        for name in names {
            for word in self.words_of(name) {
                self.place(word, PlaceKind::Argument(function));
            }
        }
    }

    /// `"{name}".format(**globals())`: names of the module, or with `locals()` of the function.
    fn formatted(&mut self, function: ExprId, args: &[Arg]) {
        let Kind::Attribute { object, name } = self.module.exprs[function].kind else { return };
        let [Arg { stars: 2, value, .. }] = args else { return };
        let Kind::Call { function: scope, .. } = self.module.exprs[*value].kind else { return };
        let scope = match self.module.name_of(scope) {
            Some("globals") => 0,
            Some("locals" | "vars") => self.scope,
            _ => return,
        };
        if self.module.slice(name) != "format" || !matches!(self.module.exprs[object].kind, Kind::Str) {
            return;
        }
        let span = self.module.exprs[object].span;
        let text = self.module.slice(span).to_owned();
        for (at, _) in text.match_indices('{') {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            if end > 0 && rest[end..].starts_with(['}', ':', '!', '.', '[']) {
                let start = span.0 + at + 1;
                self.place((start, start + end), PlaceKind::Bound(scope));
            }
        }
    }

    /// A string that may be the key of a typed dictionary.
    pub(super) fn key(&mut self, string: ExprId, of: ExprId, declared: bool) {
        if let [word] = self.words_of(string)[..] {
            let span = self.module.exprs[string].span;
            // The whole string, not a word in it.
            if word.0 == span.0 + 1 && word.1 + 1 == span.1 {
                self.place(word, PlaceKind::Key { of, declared });
            }
        }
    }

    /// `getattr(x, "name")`, `monkeypatch.setattr(x, "name", y)`, `mock.patch("a.b.name")`.
    pub(super) fn named_by_strings(&mut self, called: &str, function: ExprId, args: &[Arg]) {
        if called.is_empty() || called == "format" {
            self.formatted(function, args);
        }
        let [first, rest @ ..] = args else { return };
        if let Kind::Attribute { object, .. } = self.module.exprs[function].kind
            && matches!(called, "get" | "pop" | "setdefault")
        {
            self.key(first.value, object, false);
        }
        let member = matches!(called, "getattr" | "setattr" | "hasattr" | "delattr" | "object" | "methodcaller");
        match (self.words_of(first.value).as_slice(), rest.first()) {
            ([_, .., _], _) if matches!(called, "setattr" | "delattr" | "patch") => {
                let words = self.words_of(first.value);
                let start = words[0].0;
                for word in words {
                    self.place(word, PlaceKind::Path((start, word.1)));
                }
            }
            (_, Some(second)) if member => {
                let is_patch =
                    called != "object" || self.module.dotted(function).is_some_and(|at| at.contains("patch"));
                if let ([word], true) = (self.words_of(second.value).as_slice(), is_patch) {
                    self.place(*word, PlaceKind::Member(first.value));
                }
            }
            _ => {}
        }
    }
}
