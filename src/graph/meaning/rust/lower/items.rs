//! Items: functions, types, traits, impls, modules and `use` trees.

use tree_sitter::Node;

use super::super::hir::{Function, Generics, Item, Local, NOWHERE, Name, Pat, Path, Receiver, Type, UseKind, UseLeaf};
use super::{Lower, child, children, of_kind};

pub(super) fn is_item(kind: &str) -> bool {
    kind.ends_with("_item") && !matches!(kind, "attribute_item" | "inner_attribute_item")
        || matches!(kind, "use_declaration" | "extern_crate_declaration" | "macro_definition" | "associated_type")
}

impl Lower<'_> {
    /// Reads the items of a module's or block's node into the definition that is the module.
    pub(super) fn module(&mut self, node: Node<'_>, of: Local) {
        let outer = std::mem::replace(&mut self.scope, of);
        let parent = self.parent.take();
        let mut uses = Vec::new();
        let items = self.items(node, &mut uses);
        (self.scope, self.parent) = (outer, parent);
        if let Some(def) = self.out.defs.get_mut(of as usize)
            && let Item::Module { items: all, uses: leaves, .. } = &mut def.item
        {
            all.extend(items);
            leaves.extend(uses);
        }
    }

    pub(super) fn items(&mut self, node: Node<'_>, uses: &mut Vec<UseLeaf>) -> Vec<Local> {
        self.items_where(node, uses, |_| true)
    }

    /// The items among the statements of a block.
    pub(super) fn only_items(&mut self, node: Node<'_>, uses: &mut Vec<UseLeaf>) -> Vec<Local> {
        self.items_where(node, uses, is_item)
    }

    fn items_where(&mut self, node: Node<'_>, uses: &mut Vec<UseLeaf>, wanted: fn(&str) -> bool) -> Vec<Local> {
        let mut found = Vec::new();
        self.depth += 1;
        let (mut path, mut conditional) = (None, false);
        if self.depth <= super::DEEPEST {
            for item in children(node) {
                if matches!(item.kind(), "attribute_item" | "inner_attribute_item") {
                    self.attribute(item);
                    let text = self.text(item);
                    if let Some(at) = text.strip_prefix("#[path").and_then(|rest| rest.split('"').nth(1)) {
                        path = Some(at.to_owned());
                    }
                    conditional |= text.starts_with("#[cfg(");
                    continue;
                }
                if !wanted(item.kind()) {
                    continue;
                }
                let before = uses.len();
                self.item(item, path.take(), uses, &mut found);
                uses[before..].iter_mut().for_each(|leaf| leaf.conditional = conditional);
                conditional = false;
            }
        }
        self.depth -= 1;
        found
    }

    /// `path`: what an attribute before it says.
    fn item(&mut self, node: Node<'_>, path: Option<String>, uses: &mut Vec<UseLeaf>, found: &mut Vec<Local>) {
        let lifetimes = self.lifetimes.len();
        if let Some(visibility) = of_kind(node, "visibility_modifier")
            && let Some(inside) = children(visibility).into_iter().find(|at| at.kind() == "scoped_identifier")
        {
            let path = self.path(inside);
            uses.push(UseLeaf { path, kind: UseKind::Name, local: None, conditional: false });
        }
        let name = child(node, "name").map(|name| self.name(name));
        let unnamed = Name { word: "".into(), at: NOWHERE };
        match (node.kind(), name) {
            ("use_declaration", _) => {
                if let Some(argument) = child(node, "argument") {
                    self.use_tree(argument, &Path::default(), uses);
                }
            }
            ("extern_crate_declaration", Some(name)) => {
                let alias = child(node, "alias").map(|alias| self.name(alias));
                self.out.outside.push(name.at);
                let item = Item::ExternCrate { local: name.word.clone() };
                found.push(self.push(alias.unwrap_or(Name { at: NOWHERE, ..name }), item));
            }
            ("function_item" | "function_signature_item", Some(name)) => found.push(self.function(node, name)),
            ("struct_item" | "union_item", Some(name)) => {
                let index = self.push(name, Item::Struct { fields: Vec::new(), is_tuple: false });
                self.within(index, |this| {
                    let generics = this.generics(node);
                    let (fields, is_tuple) = this.fields(child(node, "body"));
                    (Item::Struct { fields, is_tuple }, generics)
                });
                found.push(index);
            }
            ("enum_item", Some(name)) => {
                let index = self.push(name, Item::Enum { variants: Vec::new() });
                self.within(index, |this| {
                    let generics = this.generics(node);
                    let variants = this.variants(child(node, "body"));
                    (Item::Enum { variants }, generics)
                });
                found.push(index);
            }
            ("trait_item", Some(name)) => {
                let index = self.push(name, Item::Trait { bounds: Vec::new(), items: Vec::new() });
                self.within(index, |this| {
                    let generics = this.generics(node);
                    let bounds = child(node, "bounds").map_or(Vec::new(), |bounds| this.bounds(bounds));
                    let items = child(node, "body").map_or(Vec::new(), |body| this.items(body, &mut Vec::new()));
                    (Item::Trait { bounds, items }, generics)
                });
                found.push(index);
            }
            ("impl_item", _) => {
                let index = self.push(unnamed, Item::Impl { of: None, ty: Type::Infer, items: Vec::new() });
                self.within(index, |this| {
                    let generics = this.generics(node);
                    let of = child(node, "trait").map(|of| this.path(of));
                    let ty = child(node, "type").map_or(Type::Infer, |ty| this.ty(ty));
                    let items = child(node, "body").map_or(Vec::new(), |body| this.items(body, &mut Vec::new()));
                    (Item::Impl { of, ty, items }, generics)
                });
                found.push(index);
            }
            ("type_item" | "associated_type", Some(name)) => {
                let index = self.push(name, Item::Alias { bounds: Vec::new(), ty: None });
                self.within(index, |this| {
                    let generics = this.generics(node);
                    let bounds = child(node, "bounds").map_or(Vec::new(), |bounds| this.bounds(bounds));
                    (Item::Alias { bounds, ty: child(node, "type").map(|ty| this.ty(ty)) }, generics)
                });
                found.push(index);
            }
            ("const_item" | "static_item", Some(name)) => {
                let index = self.push(name, Item::Constant { ty: None, value: None });
                self.within(index, |this| {
                    let ty = child(node, "type").map(|ty| this.ty(ty));
                    let value = child(node, "value").map(|value| Box::new(this.expr(value)));
                    (Item::Constant { ty, value }, Generics::default())
                });
                found.push(index);
            }
            ("mod_item", Some(name)) => match child(node, "body") {
                Some(body) => {
                    let item = Item::Module { items: Vec::new(), uses: Vec::new(), is_block: false };
                    let index = self.push(name, item);
                    self.module(body, index);
                    found.push(index);
                }
                None => found.push(self.push(name, Item::Declared { path })),
            },
            ("foreign_mod_item", _) => {
                if let Some(body) = child(node, "body") {
                    found.extend(self.items(body, uses));
                }
            }
            ("macro_definition", Some(name)) => {
                let index = self.push(name, Item::Macro { rules: Vec::new() });
                let rules = self.rules(node, found);
                self.out.defs[index as usize].item = Item::Macro { rules };
                found.push(index);
            }
            ("macro_invocation", _) => {
                let value = self.expr(node);
                found.push(self.push(unnamed, Item::Loose(value.into())));
            }
            ("expression_statement", _) => {
                if let Some(inner) = children(node).first() {
                    let value = self.expr(*inner);
                    found.push(self.push(unnamed, Item::Loose(value.into())));
                }
            }
            ("ERROR", _) => found.extend(self.items(node, uses)),
            _ => {}
        }
        self.lifetimes.truncate(lifetimes);
    }

    /// Fills a definition in whose parameters and members have it as their parent.
    fn within(&mut self, index: Local, fill: impl FnOnce(&mut Self) -> (Item, Generics)) {
        let outer = self.parent.replace(index);
        let lifetimes = self.lifetimes.len();
        let (item, generics) = fill(self);
        self.parent = outer;
        self.lifetimes.truncate(lifetimes);
        if let Some(def) = self.out.defs.get_mut(index as usize) {
            def.item = item;
            def.generics = generics;
        }
    }

    /// Code that is checked on its own.
    pub(super) fn loose(&mut self, node: Node<'_>) {
        let value = self.expr(node);
        self.push(Name { word: "".into(), at: NOWHERE }, Item::Loose(value.into()));
    }

    fn function(&mut self, node: Node<'_>, name: Name) -> Local {
        let index = self.push(name, Item::Function(Box::default()));
        self.within(index, |this| {
            let mut generics = this.generics(node);
            let mut function = Function::default();
            let modifiers = of_kind(node, "function_modifiers");
            function.is_async = modifiers.is_some_and(|modifiers| this.text(modifiers).contains("async"));
            for param in child(node, "parameters").map(children).unwrap_or_default() {
                match param.kind() {
                    "attribute_item" => this.attribute(param),
                    "self_parameter" => {
                        children(param)
                            .into_iter()
                            .filter(|at| at.kind() == "lifetime")
                            .for_each(|at| this.lifetime(at));
                        let is_ref = this.text(param).starts_with('&');
                        function.receiver = Some(if is_ref { Receiver::Ref } else { Receiver::Value });
                    }
                    "parameter" => {
                        let ty = child(param, "type").map_or(Type::Infer, |ty| this.ty(ty));
                        let Some(pattern) = child(param, "pattern") else { continue };
                        if pattern.kind() == "self" {
                            function.receiver = Some(match ty {
                                Type::Path(path) if is_self(&path) => Receiver::Value,
                                Type::Ref(inner) if matches!(&*inner, Type::Path(path) if is_self(path)) => {
                                    Receiver::Ref
                                }
                                ty => Receiver::Typed(ty),
                            });
                            continue;
                        }
                        let pattern = this.pat(pattern);
                        let ty = this.lifted(ty, &mut generics);
                        function.params.push((pattern, ty));
                    }
                    "variadic_parameter" => {}
                    _ => {
                        let ty = this.ty(param);
                        function.params.push((Pat::Wild, ty));
                    }
                }
            }
            function.result = child(node, "return_type").map(|result| this.ty(result));
            let labels = std::mem::take(&mut this.labels);
            function.body = child(node, "body").map(|body| this.expr(body));
            this.labels = labels;
            (Item::Function(Box::new(function)), generics)
        });
        index
    }

    fn fields(&mut self, body: Option<Node<'_>>) -> (Vec<Local>, bool) {
        let Some(body) = body else { return (Vec::new(), true) };
        let is_tuple = body.kind() == "ordered_field_declaration_list";
        let mut found = Vec::new();
        for field in children(body) {
            match field.kind() {
                "attribute_item" => self.attribute(field),
                "visibility_modifier" => {}
                "field_declaration" => {
                    let Some(name) = child(field, "name").map(|name| self.name(name)) else { continue };
                    let ty = child(field, "type").map_or(Type::Infer, |ty| self.ty(ty));
                    found.push(self.push(name, Item::Field { ty }));
                }
                _ if is_tuple => {
                    let ty = self.ty(field);
                    let name = Name { word: found.len().to_string().into(), at: NOWHERE };
                    found.push(self.push(name, Item::Field { ty }));
                }
                _ => {}
            }
        }
        (found, is_tuple)
    }

    fn variants(&mut self, body: Option<Node<'_>>) -> Vec<Local> {
        let mut found = Vec::new();
        for variant in body.map(children).unwrap_or_default() {
            if variant.kind() == "attribute_item" {
                self.attribute(variant);
            }
            let Some(name) = child(variant, "name").map(|name| self.name(name)) else { continue };
            let index = self.push(name, Item::Variant { fields: Vec::new(), value: None });
            self.within(index, |this| {
                let (fields, _) = this.fields(child(variant, "body"));
                let value = child(variant, "value").map(|value| Box::new(this.expr(value)));
                (Item::Variant { fields, value }, Generics::default())
            });
            found.push(index);
        }
        found
    }

    fn use_tree(&mut self, node: Node<'_>, before: &Path, leaves: &mut Vec<UseLeaf>) {
        let mut path = before.clone();
        let joined = |path: &mut Path, more: Path| {
            path.global |= path.segments.is_empty() && more.global;
            path.segments.extend(more.segments);
        };
        match node.kind() {
            "use_list" => children(node).into_iter().for_each(|inner| self.use_tree(inner, before, leaves)),
            "scoped_use_list" => {
                let more = match child(node, "path") {
                    Some(inner) => self.path(inner),
                    None => Path { global: true, ..Path::default() },
                };
                joined(&mut path, more);
                if let Some(list) = child(node, "list") {
                    self.use_tree(list, &path, leaves);
                }
            }
            "use_wildcard" => {
                if let Some(inner) = children(node).first() {
                    let more = self.path(*inner);
                    joined(&mut path, more);
                }
                leaves.push(UseLeaf { path, kind: UseKind::Glob, local: None, conditional: false });
            }
            kind => {
                let (inner, alias) = match kind {
                    "use_as_clause" => (child(node, "path"), child(node, "alias")),
                    _ => (Some(node), None),
                };
                let Some(inner) = inner else { return };
                let more = self.path(inner);
                let is_self = more.segments.len() == 1 && &*more.segments[0].name.word == "self";
                if !is_self || before.segments.is_empty() {
                    joined(&mut path, more);
                }
                let local = match alias.map(|alias| self.name(alias)) {
                    Some(alias) if &*alias.word == "_" => None,
                    Some(alias) => Some(alias),
                    None => path.segments.last().map(|last| Name { word: last.name.word.clone(), at: NOWHERE }),
                };
                leaves.push(UseLeaf { path, kind: UseKind::Name, local, conditional: false });
            }
        }
    }
}

fn is_self(path: &Path) -> bool {
    path.segments.len() == 1 && &*path.segments[0].name.word == "Self" && path.qualified.is_none()
}
