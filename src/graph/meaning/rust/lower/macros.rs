//! What the grammar keeps as mere tokens: the arguments of macros, the rules of macros, attributes, format strings.
//!
//! A part of the text is parsed between other words ("snippets"), first as what it most likely is.

use std::ops::Range;

use tree_sitter::Node;

use super::super::hir::{Expr, ExprKind, Item, Local, NOWHERE, Name, Pat};
use super::{Lower, child, children, of_kind};
use crate::syntax::{Language, Parsed};

/// The standard macros whose strings have names in braces.
const FORMATS: [&str; 22] = [
    "format",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "unreachable",
    "todo",
    "unimplemented",
    "format_args",
    "trace",
    "debug",
    "info",
    "warn",
];

/// What stands around a snippet to parse it as one thing.
struct Frame {
    before: &'static str,
    after: &'static str,
    /// Kind of the node whose children are the snippet's.
    holder: &'static str,
}

const ARGUMENTS: Frame = Frame { before: "fn f(){f(", after: "\n)}", holder: "arguments" };
const ARRAY: Frame = Frame { before: "fn f(){[", after: "\n]}", holder: "array_expression" };
const BLOCK: Frame = Frame { before: "fn f(){", after: "\n}", holder: "block" };
const ITEMS: Frame = Frame { before: "mod m{", after: "\n}", holder: "declaration_list" };
const MEMBERS: Frame = Frame { before: "impl X{", after: "\n}", holder: "declaration_list" };
const ARMS: Frame = Frame { before: "fn f(){match x{", after: "\n}}", holder: "match_block" };
const PATTERN: Frame = Frame { before: "fn f(){match x{", after: "\n=>{}}}", holder: "match_block" };
const FIELDS: Frame = Frame { before: "fn f(){X{", after: "\n}}", holder: "field_initializer_list" };
const TYPE: Frame = Frame { before: "fn f(x:(", after: "\n)){}", holder: "tuple_type" };

impl Lower<'_> {
    /// Names in attributes are not of this program, but for paths in `macro_rules` and `cfg_attr`, which stay open.
    pub(super) fn attribute(&mut self, node: Node<'_>) {
        let mut outside = Vec::new();
        crate::syntax::walk(node, |cursor| {
            let inner = cursor.node();
            if matches!(inner.kind(), "identifier" | "self" | "crate" | "super") {
                outside.push(self.at(inner));
            }
            true
        });
        self.out.outside.extend(outside);
    }

    pub(super) fn invocation(&mut self, node: Node<'_>) -> ExprKind {
        let path = child(node, "macro").map(|name| self.path(name)).unwrap_or_default();
        let Some(tokens) = of_kind(node, "token_tree") else { return ExprKind::Macro(path, Vec::new()) };
        let name = path.segments.last().map(|last| last.name.word.clone()).unwrap_or_default();
        let inside = tokens.start_byte() + 1..(tokens.end_byte().max(tokens.start_byte() + 2) - 1);
        let args = match &*name {
            "matches" | "assert_matches" => self.matches(inside),
            "vec" => self
                .snippet(&ARRAY, inside.clone(), |this, holder| vec![this.expr(holder)])
                .unwrap_or_else(|| self.anything(inside)),
            "concat" | "stringify" | "compile_error" | "env" | "include_str" | "include" | "include_bytes" | "cfg"
            | "line" | "file" | "module_path" | "option_env" => Vec::new(),
            _ => self.anything(inside),
        };
        let args = if FORMATS.contains(&&*name) { self.formatted(tokens, args) } else { args };
        ExprKind::Macro(path, args)
    }

    /// Parses a part of the text within a frame, and reads it when it has no mistake.
    fn snippet<T>(
        &mut self,
        frame: &Frame,
        range: Range<usize>,
        read: impl FnOnce(&mut Lower<'_>, Node<'_>) -> T,
    ) -> Option<T> {
        let inner = self.text.get(range.clone())?;
        let text = format!("{}{inner}{}", frame.before, frame.after);
        let parsed = Parsed::new(Language::of("lib.rs")?, &text, self.budget)?;
        let root = parsed.tree.root_node();
        if root.has_error() || self.depth > super::DEEPEST {
            return None;
        }
        let mut holder = root.descendant_for_byte_range(frame.before.len(), frame.before.len() + inner.len())?;
        while holder.kind() != frame.holder || holder.start_byte() >= frame.before.len() {
            holder = holder.parent()?;
        }
        if holder.end_byte() < frame.before.len() + inner.len() {
            return None;
        }
        let text = String::from_utf8_lossy(&parsed.source);
        let mut lower = Lower {
            text: &text,
            delta: self.delta + range.start as i64 - frame.before.len() as i64,
            out: self.out,
            scope: self.scope,
            parent: self.parent,
            depth: self.depth + 1,
            lifetimes: self.lifetimes.clone(),
            labels: self.labels.clone(),
            budget: self.budget,
        };
        Some(read(&mut lower, holder))
    }

    /// Whatever the arguments of an unknown macro are.
    fn anything(&mut self, range: Range<usize>) -> Vec<Expr> {
        self.depth += 1;
        let found = self.some(range);
        self.depth -= 1;
        found
    }

    fn some(&mut self, range: Range<usize>) -> Vec<Expr> {
        if self.text.get(range.clone()).is_none_or(|text| text.trim().is_empty()) || self.depth > 100 {
            return Vec::new();
        }
        let one = |expr: ExprKind| vec![Expr { at: NOWHERE, kind: expr }];
        if let Some(args) = self.snippet(&ARGUMENTS, range.clone(), |this, holder| {
            children(holder).into_iter().map(|arg| this.expr(arg)).collect()
        }) {
            return args;
        }
        if let Some(block) = self.snippet(&BLOCK, range.clone(), |this, holder| this.block(holder)) {
            return one(ExprKind::Block(block));
        }
        if let Some(items) = self.snippet(&ITEMS, range.clone(), |this, holder| this.items(holder, &mut Vec::new())) {
            self.join(items);
            return Vec::new();
        }
        if let Some(fields) = self.snippet(&FIELDS, range.clone(), |this, holder| {
            let fields = children(holder);
            fields.iter().filter_map(|field| child(*field, "value")).map(|value| this.expr(value)).collect()
        }) {
            return fields;
        }
        let pieces = pieces(self.text, range.clone());
        if pieces.len() > 1 {
            return pieces.into_iter().flat_map(|piece| self.anything(piece)).collect();
        }
        if let Some(arms) = self.snippet(&ARMS, range.clone(), |this, holder| this.arms(holder)) {
            return one(ExprKind::Match(Expr { at: NOWHERE, kind: ExprKind::Missing }.into(), arms));
        }
        if let Some(pat) = self.pattern(range.clone()) {
            return one(ExprKind::Let(pat, Expr { at: NOWHERE, kind: ExprKind::Missing }.into()));
        }
        if let Some(ty) = self.snippet(&TYPE, range, |this, holder| this.ty(holder)) {
            return one(ExprKind::Cast(Expr { at: NOWHERE, kind: ExprKind::Missing }.into(), ty));
        }
        Vec::new()
    }

    /// Adds items that a macro's arguments hold to the module around it.
    fn join(&mut self, items: Vec<Local>) {
        if let Some(def) = self.out.defs.get_mut(self.scope as usize)
            && let Item::Module { items: all, .. } = &mut def.item
        {
            all.extend(items);
        }
    }

    fn pattern(&mut self, range: Range<usize>) -> Option<Pat> {
        let arms = self.snippet(&PATTERN, range, |this, holder| this.arms(holder))?;
        arms.into_iter().next().map(|(pat, ..)| pat)
    }

    /// `matches!(value, pattern if condition)`.
    fn matches(&mut self, range: Range<usize>) -> Vec<Expr> {
        let pieces = pieces(self.text, range.clone());
        let Some(first) = pieces.first().cloned() else { return Vec::new() };
        let Some(comma) = pieces.get(1).map(|second| second.start) else { return self.anything(range) };
        let value = self.anything(first).into_iter().next();
        let value = value.unwrap_or(Expr { at: NOWHERE, kind: ExprKind::Missing });
        let end = match pieces.get(2..) {
            Some([last]) if self.text.get(last.clone()).is_some_and(|text| text.trim().is_empty()) => {
                last.start.saturating_sub(1)
            }
            _ => pieces.get(1).map_or(range.end, |second| second.end),
        };
        let arms = self.snippet(&PATTERN, comma..end, |this, holder| this.arms(holder)).unwrap_or_default();
        vec![Expr { at: value.at, kind: ExprKind::Match(value.into(), arms) }]
    }

    /// Adds the names in the format string, and takes `name = value` for its value.
    fn formatted(&mut self, tokens: Node<'_>, args: Vec<Expr>) -> Vec<Expr> {
        let mut named: Vec<Name> = Vec::new();
        let mut found: Vec<Expr> = Vec::new();
        for arg in args {
            match arg.kind {
                ExprKind::Assign(left, right) => {
                    if let ExprKind::Path(path) = &left.kind
                        && let [segment] = &path.segments[..]
                    {
                        named.push(segment.name.clone());
                    }
                    found.push(*right);
                }
                _ => found.push(arg),
            }
        }
        let strings = children(tokens).into_iter().filter(|inner| inner.kind().ends_with("string_literal"));
        for string in strings {
            let base = string.start_byte();
            for range in placeholders(self.text(string)) {
                let Some(word) = self.text.get(base + range.start..base + range.end) else { continue };
                let at = u32::try_from((base + range.start) as i64 + self.delta).unwrap_or(NOWHERE);
                match named.iter().find(|name| &*name.word == word) {
                    Some(name) => self.out.bound.extend([(at, name.at), (name.at, name.at)]),
                    None => {
                        let path = Self::single(Name { word: word.into(), at });
                        found.push(Expr { at, kind: ExprKind::Path(path) });
                    }
                }
            }
        }
        self.out.bound.extend(named.iter().map(|name| (name.at, name.at)));
        found
    }

    /// The rules of a macro: what each gives, as items or as code. Those that give code.
    pub(super) fn rules(&mut self, node: Node<'_>, found: &mut Vec<Local>) -> Vec<Local> {
        let mut code = Vec::new();
        for rule in children(node).into_iter().filter(|inner| inner.kind() == "macro_rule") {
            let Some(right) = child(rule, "right") else { continue };
            let range = right.start_byte() + 1..(right.end_byte().max(right.start_byte() + 2) - 1);
            let Some(inner) = self.text.get(range.clone()) else { continue };
            let plain = without_fragments(inner);
            // As long as the original, so that offsets stay.
            let mut text = self.text.as_bytes().to_vec();
            text.splice(range.clone(), plain);
            let text = String::from_utf8_lossy(&text).into_owned();
            let mut lower = Lower {
                text: &text,
                delta: self.delta,
                out: self.out,
                scope: self.scope,
                parent: self.parent,
                depth: self.depth + 1,
                lifetimes: Vec::new(),
                labels: Vec::new(),
                budget: self.budget,
            };
            code.extend(lower.rule(range, found));
        }
        code
    }

    fn rule(&mut self, range: Range<usize>, found: &mut Vec<Local>) -> Option<Local> {
        let mut uses = Vec::new();
        let items = self.snippet(&ITEMS, range.clone(), |this, holder| this.items(holder, &mut uses));
        let members =
            |this: &mut Self| this.snippet(&MEMBERS, range.clone(), |this, holder| this.items(holder, &mut Vec::new()));
        if let Some(items) = items.or_else(|| members(self)) {
            found.extend(items);
            return None;
        }
        let exprs = self.anything(range);
        let value = Expr { at: NOWHERE, kind: ExprKind::Several(exprs) };
        let index = self.push(Name { word: "".into(), at: NOWHERE }, Item::Loose(value.into()));
        found.push(index);
        Some(index)
    }
}

/// Splits at the commas, semicolons and `=>` outside of brackets and strings.
fn pieces(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut depth, mut start, mut at) = (0usize, range.start, range.start);
    let mut found = Vec::new();
    while at < range.end {
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                at += 1;
                while at < range.end && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\\') && bytes.get(at + 3) == Some(&b'\'') => at += 3,
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while at < range.end && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            b',' | b';' if depth == 0 => {
                found.push(start..at);
                start = at + 1;
            }
            b'=' if depth == 0 && bytes.get(at + 1) == Some(&b'>') => {
                found.push(start..at);
                start = at + 2;
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    found.push(start.min(range.end)..range.end);
    found
}

/// The names in braces of a format string.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_word =
        |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte > 127);
    let word = |from: usize| {
        let mut end = from;
        while is_word(end) {
            end += 1;
        }
        from..end
    };
    let is_name = |range: &Range<usize>| !range.is_empty() && !bytes[range.start].is_ascii_digit();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'{' {
            at += 1;
            continue;
        }
        if bytes.get(at + 1) == Some(&b'{') {
            at += 2;
            continue;
        }
        let name = word(at + 1);
        at = name.end;
        if is_name(&name) && matches!(bytes.get(at), Some(b'}' | b':')) {
            found.push(name);
        }
        while at < bytes.len() && bytes[at] != b'}' {
            if is_word(at) {
                let inner = word(at);
                at = inner.end;
                if is_name(&inner) && bytes.get(at) == Some(&b'$') {
                    found.push(inner);
                }
            } else {
                at += 1;
            }
        }
    }
    found
}

/// A macro's rule as plain code of the same length: `$x` is a name, repetitions lose their brackets.
fn without_fragments(text: &str) -> Vec<u8> {
    let mut out = text.as_bytes().to_vec();
    // Whether each open bracket is a repetition's.
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < out.len() {
        match out[at] {
            b'$' if out[at + 1..].starts_with(b"crate") => out[at] = b' ',
            b'$' if out.get(at + 1) == Some(&b'(') => {
                out[at] = b' ';
                out[at + 1] = b' ';
                open.push(true);
                at += 1;
            }
            b'$' => out[at] = b'_',
            b'(' | b'[' | b'{' => open.push(false),
            b')' | b']' | b'}' => {
                let is_repetition = open.pop() == Some(true);
                if is_repetition {
                    out[at] = b' ';
                    // The separator stays where it can stand in a list.
                    for next in at + 1..(at + 3).min(out.len()) {
                        match out[next] {
                            b'*' | b'+' | b'?' => {
                                out[next] = b' ';
                                break;
                            }
                            b',' | b';' => {}
                            byte if byte.is_ascii() => out[next] = b' ',
                            _ => {}
                        }
                    }
                }
            }
            b'"' => {
                at += 1;
                while at < out.len() && out[at] != b'"' {
                    at += if out[at] == b'\\' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        at += 1;
    }
    out
}
