//! A file as code: its tree, what is declared in which scope, and which members stand in which body.

use std::collections::HashMap;
use std::sync::Arc;

use crate::syntax::{Language, Parsed};

use super::tree::{Id, Tree, is_class, is_function};

/// What a declaration declares, as bits.
pub(super) const VALUE: u8 = 1;
pub(super) const TYPE: u8 = 2;
pub(super) const SPACE: u8 = 4;
pub(super) const ANY: u8 = 7;

/// A name with everything that declares it in one scope.
pub(super) struct Symbol {
    pub name: String,
    /// Its names, in order, each with the node that declares it (for what a pattern binds, the name itself).
    pub names: Vec<(Id, Id)>,
    pub meanings: u8,
    /// It is an import's or an export's name for something else.
    pub alias: bool,
}

/// A file.
pub(super) struct Unit {
    pub path: String,
    pub text: Arc<str>,
    pub tree: Tree,
    pub typed: bool,
    pub symbols: Vec<Symbol>,
    /// By scope node, then by name.
    scopes: HashMap<Id, HashMap<String, u32>>,
    /// The declarations of members by the body that they stand in and by name. Static ones have `static ` before their name.
    members: HashMap<Id, HashMap<String, Vec<Id>>>,
    /// It imports or exports something, so that its names are its own.
    pub is_module: bool,
}

impl Unit {
    pub fn new(path: &str, text: Arc<str>, language: Language, parsed: &Parsed) -> Self {
        let typed = matches!(language.name(), "TypeScript" | "TSX");
        let mut unit = Self {
            path: path.to_owned(),
            tree: Tree::new(parsed),
            text,
            typed,
            symbols: Vec::new(),
            scopes: HashMap::new(),
            members: HashMap::new(),
            is_module: false,
        };
        for id in 0..unit.tree.len() {
            unit.declare(id);
            unit.member(id);
        }
        unit
    }

    /// A unit without anything in it.
    pub fn bare() -> Self {
        Self {
            path: String::new(),
            text: "".into(),
            tree: Tree::bare(),
            typed: true,
            symbols: Vec::new(),
            scopes: HashMap::new(),
            members: HashMap::new(),
            is_module: false,
        }
    }

    pub fn slice(&self, id: Id) -> &str {
        self.text.get(self.tree.range(id)).unwrap_or("")
    }

    pub fn kind(&self, id: Id) -> &'static str {
        self.tree.kind(id)
    }

    /// The symbol of a name in a scope itself.
    pub fn own(&self, scope: Id, name: &str) -> Option<u32> {
        self.scopes.get(&scope)?.get(name).copied()
    }

    pub fn all(&self, scope: Id) -> impl Iterator<Item = (&str, u32)> {
        self.scopes.get(&scope).into_iter().flatten().map(|(name, symbol)| (name.as_str(), *symbol))
    }

    /// The symbol that a name means at a node, of those with one of the meanings.
    pub fn lookup(&self, from: Id, name: &str, meanings: u8) -> Option<(Id, u32)> {
        std::iter::once(from).chain(self.tree.above(from)).find_map(|scope| {
            let id = self.own(scope, name).filter(|id| self.symbols[*id as usize].meanings & meanings != 0)?;
            Some((scope, id))
        })
    }

    /// The member declarations of a body, by name.
    pub fn members(&self, body: Id, name: &str) -> &[Id] {
        self.members.get(&body).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    pub fn member_names(&self, body: Id) -> impl Iterator<Item = &str> {
        self.members.get(&body).into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The text of a string node.
    pub fn literal(&self, id: Id) -> Option<&str> {
        match self.kind(id) {
            "string" => Some(self.tree.child(id, "string_fragment").map_or("", |inner| self.slice(inner))),
            "template_string" if !self.tree.has(id, "template_substitution") => Some(self.slice(id).trim_matches('`')),
            "string_fragment" => Some(self.slice(id)),
            _ => None,
        }
    }

    /// The node that is the name of what a node declares.
    pub fn name_of(&self, declaration: Id) -> Id {
        let tree = &self.tree;
        match self.kind(declaration) {
            "identifier"
            | "property_identifier"
            | "shorthand_property_identifier"
            | "string"
            | "type_identifier"
            | "shorthand_property_identifier_pattern"
            | "private_property_identifier" => declaration,
            "pair" => tree.field(declaration, "key").unwrap_or(declaration),
            "member_expression" | "field_definition" => tree.field(declaration, "property").unwrap_or(declaration),
            "required_parameter" | "optional_parameter" => tree.field(declaration, "pattern").unwrap_or(declaration),
            _ => tree.field(declaration, "name").unwrap_or(declaration),
        }
    }

    /// What a member's name node names; computed names that are no literals keep their brackets.
    pub fn key(&self, name: Id) -> String {
        let name = if self.kind(name) == "computed_property_name" {
            match self.tree.first(name) {
                Some(inner) if self.literal(inner).is_some() || self.kind(inner) == "number" => inner,
                Some(inner) => return format!("[{}]", self.slice(inner)),
                None => name,
            }
        } else {
            name
        };
        self.literal(name).unwrap_or_else(|| self.slice(name)).to_owned()
    }

    /// Where a name begins, behind a quote or `#`.
    pub fn offset(&self, name: Id) -> usize {
        let name = match self.kind(name) {
            "computed_property_name" => self.tree.first(name).unwrap_or(name),
            _ => name,
        };
        let start = self.tree.range(name).start;
        start + usize::from(matches!(self.kind(name), "string" | "private_property_identifier" | "template_string"))
    }

    fn bind(&mut self, scope: Id, name: Id, declaration: Id, meanings: u8) {
        self.bind_as(scope, name, declaration, meanings, self.slice(name).to_owned());
    }

    fn bind_as(&mut self, scope: Id, name: Id, declaration: Id, meanings: u8, text: String) {
        let next = self.symbols.len() as u32;
        let known = *self.scopes.entry(scope).or_default().entry(text.clone()).or_insert(next);
        if known == next {
            self.symbols.push(Symbol { name: text, names: Vec::new(), meanings: 0, alias: false });
        }
        let symbol = &mut self.symbols[known as usize];
        symbol.meanings |= meanings;
        if !symbol.names.iter().any(|(other, _)| *other == name) {
            symbol.names.push((name, declaration));
        }
    }

    /// The scope that a declaration which stands at a node belongs to.
    fn scope(&self, id: Id) -> Id {
        self.tree.around(id, is_scope).unwrap_or(0)
    }

    /// The scope of the function around a node, for `var`.
    fn hoisted(&self, id: Id) -> Id {
        let mut last = id;
        for above in self.tree.above(id) {
            if is_function(self.kind(above)) {
                return if self.kind(last) == "statement_block" { last } else { above };
            }
            if matches!(self.kind(above), "internal_module" | "module" | "class_static_block") {
                return last;
            }
            last = above;
        }
        0
    }

    fn declare(&mut self, id: Id) {
        let kind = self.kind(id);
        let name = self.tree.field(id, "name");
        match kind {
            "import_statement" | "export_statement" if self.tree.parent(id) == Some(0) => self.is_module = true,
            _ => {}
        }
        match kind {
            "function_declaration" | "generator_function_declaration" | "function_signature" => {
                if let Some(name) = name {
                    self.bind(self.scope(id), name, id, VALUE);
                }
            }
            "class_declaration" | "abstract_class_declaration" => {
                if let Some(name) = name {
                    self.bind(self.scope(id), name, id, VALUE | TYPE);
                }
            }
            "function_expression" | "generator_function" | "class" => {
                if name.is_none() && kind == "class" {
                    self.bind_as(id, id, id, VALUE | TYPE, String::new());
                }
                if let Some(name) = name {
                    // `export default class A {}` may come as an expression.
                    let exported = self.tree.parent(id).filter(|up| self.kind(*up) == "export_statement");
                    let scope = exported.map_or(id, |up| self.scope(up));
                    self.bind(scope, name, id, if kind == "class" { VALUE | TYPE } else { VALUE });
                }
            }
            "interface_declaration" | "type_alias_declaration" => {
                if let Some(name) = name {
                    self.bind(self.scope(id), name, id, TYPE);
                }
            }
            "enum_declaration" => {
                if let Some(name) = name {
                    self.bind(self.scope(id), name, id, VALUE | TYPE | SPACE);
                }
            }
            "internal_module" | "module" => {
                if let Some(name) = name.filter(|name| self.kind(*name) == "identifier") {
                    self.bind(self.scope(id), name, id, VALUE | SPACE);
                }
            }
            "type_parameter" => {
                if let Some(name) = name {
                    let owner = self.tree.parent(id).and_then(|list| self.tree.parent(list)).unwrap_or(0);
                    self.bind(owner, name, id, TYPE);
                }
            }
            "infer_type" => {
                let owner = self.tree.around(id, |kind| kind == "conditional_type").unwrap_or(0);
                if let Some(name) = self.tree.first(id) {
                    self.bind(owner, name, id, TYPE);
                }
            }
            "mapped_type_clause" => {
                if let (Some(name), Some(owner)) = (name, self.tree.parent(id)) {
                    self.bind(owner, name, id, TYPE);
                }
            }
            "variable_declarator" => {
                let list = self.tree.parent(id).unwrap_or(0);
                let scope = if self.kind(list) == "variable_declaration" { self.hoisted(id) } else { self.scope(id) };
                if let Some(name) = name {
                    self.pattern(scope, name);
                }
            }
            "for_in_statement" => {
                if let (Some(kind), Some(left)) = (self.tree.field(id, "kind"), self.tree.field(id, "left")) {
                    let scope = if self.slice(kind) == "var" { self.hoisted(id) } else { id };
                    self.pattern(scope, left);
                }
            }
            "catch_clause" => {
                if let Some(parameter) = self.tree.field(id, "parameter") {
                    self.pattern(id, parameter);
                }
            }
            "required_parameter" | "optional_parameter" => {
                let owner = self.tree.around(id, |kind| is_function(kind) || kind == "tuple_type").unwrap_or(0);
                let pattern = self.tree.field(id, "pattern");
                if let Some(pattern) = pattern.filter(|_| self.kind(owner) != "tuple_type") {
                    self.pattern(owner, pattern);
                }
            }
            "formal_parameters" if !self.typed => {
                let owner = self.tree.parent(id).unwrap_or(0);
                let patterns: Vec<Id> = self.tree.named(id).collect();
                for pattern in patterns {
                    self.pattern(owner, pattern);
                }
            }
            "arrow_function" => {
                if let Some(parameter) = self.tree.field(id, "parameter") {
                    self.pattern(id, parameter);
                }
            }
            "import_specifier" => {
                if let Some(name) = self.tree.field(id, "alias").or(name) {
                    self.bind(0, name, id, ANY);
                    self.alias(name);
                }
            }
            "import_clause" | "namespace_import" | "import_require_clause" => {
                if let Some(name) = self.tree.child(id, "identifier") {
                    self.bind(0, name, id, ANY);
                    self.alias(name);
                }
            }
            "import_alias" => {
                if let Some(name) = self.tree.child(id, "identifier") {
                    let scope = self.scope(id);
                    self.bind(scope, name, id, ANY);
                    if let Some(symbol) = self.own(scope, self.slice(name)) {
                        self.symbols[symbol as usize].alias = true;
                    }
                }
            }
            _ => {}
        }
    }

    fn alias(&mut self, name: Id) {
        if let Some(symbol) = self.own(0, self.slice(name)) {
            self.symbols[symbol as usize].alias = true;
        }
    }

    /// Binds every name in a pattern.
    fn pattern(&mut self, scope: Id, pattern: Id) {
        let mut todo = vec![pattern];
        while let Some(node) = todo.pop() {
            let tree = &self.tree;
            match self.kind(node) {
                "identifier" | "shorthand_property_identifier_pattern" => self.bind(scope, node, node, VALUE),
                "pair_pattern" => todo.extend(tree.field(node, "value")),
                "object_assignment_pattern" | "assignment_pattern" => todo.extend(tree.field(node, "left")),
                "object_pattern" | "array_pattern" | "rest_pattern" => todo.extend(tree.named(node)),
                "required_parameter" | "optional_parameter" => {}
                _ => {}
            }
        }
    }

    fn member(&mut self, id: Id) {
        let Some(parent) = self.tree.parent(id) else { return };
        let (kind, body) = (self.kind(id), self.kind(parent));
        let (declares, body) = match body {
            "class_body" | "interface_body" | "object_type" => (
                matches!(
                    kind,
                    "method_definition"
                        | "public_field_definition"
                        | "field_definition"
                        | "method_signature"
                        | "abstract_method_signature"
                        | "property_signature"
                ),
                parent,
            ),
            "object" => (matches!(kind, "pair" | "shorthand_property_identifier" | "method_definition"), parent),
            "enum_body" => (matches!(kind, "property_identifier" | "enum_assignment" | "string"), parent),
            "formal_parameters" => {
                let modified = self.tree.has(id, "accessibility_modifier") || self.tree.has(id, "readonly");
                let class = self.tree.around(id, |kind| kind == "class_body");
                let method = self.tree.parent(parent).unwrap_or(0);
                match class.filter(|_| modified && self.kind(method) == "method_definition") {
                    Some(class) => (true, class),
                    None => return,
                }
            }
            "assignment_expression" if !self.typed && kind == "member_expression" && self.tree.role(id) == "left" => {
                let object = self.tree.field(id, "object").unwrap_or(0);
                let class = self.tree.around(id, |kind| kind == "class_body" || is_plain(kind));
                match class.filter(|class| self.kind(object) == "this" && self.kind(*class) == "class_body") {
                    Some(class) => (true, class),
                    None => return,
                }
            }
            _ => return,
        };
        if !declares {
            return;
        }
        let key = self.key(self.name_of(id));
        let key = if self.tree.has(id, "static") { format!("static {key}") } else { key };
        self.members.entry(body).or_default().entry(key).or_default().push(id);
    }
}

fn is_plain(kind: &str) -> bool {
    matches!(kind, "function_declaration" | "function_expression")
}

fn is_scope(kind: &str) -> bool {
    is_function(kind)
        || is_class(kind)
        || matches!(
            kind,
            "program"
                | "statement_block"
                | "for_statement"
                | "for_in_statement"
                | "switch_body"
                | "catch_clause"
                | "interface_declaration"
                | "type_alias_declaration"
                | "class_static_block"
        )
}
