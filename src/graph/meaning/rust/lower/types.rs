//! Types, paths and bounds.

use tree_sitter::Node;

use super::super::hir::{Generics, Item, Local, Name, Path, Segment, Type};
use super::{Lower, child, children, has_token, of_kind};

fn segment(name: Name) -> Segment {
    Segment { name, args: Vec::new(), bindings: Vec::new(), sugar: None }
}

impl Lower<'_> {
    pub(super) fn ty(&mut self, node: Node<'_>) -> Type {
        self.depth += 1;
        let found = if self.depth > super::DEEPEST { Type::Infer } else { self.ty_inner(node) };
        self.depth -= 1;
        found
    }

    fn ty_inner(&mut self, node: Node<'_>) -> Type {
        match node.kind() {
            "type_identifier" | "identifier" | "primitive_type" if self.text(node) == "_" => Type::Infer,
            "type_identifier"
            | "scoped_type_identifier"
            | "generic_type"
            | "primitive_type"
            | "identifier"
            | "scoped_identifier"
            | "generic_type_with_turbofish"
            | "qualified_type"
            | "bracketed_type"
            | "metavariable"
            | "self"
            | "super"
            | "crate" => Type::Path(self.path(node)),
            "reference_type" | "pointer_type" => {
                children(node).into_iter().filter(|child| child.kind() == "lifetime").for_each(|at| self.lifetime(at));
                let inner = child(node, "type").map_or(Type::Infer, |inner| self.ty(inner));
                if node.kind() == "reference_type" { Type::Ref(inner.into()) } else { Type::Pointer(inner.into()) }
            }
            "tuple_type" => Type::Tuple(children(node).into_iter().map(|child| self.ty(child)).collect()),
            "unit_type" => Type::Tuple(Vec::new()),
            "parenthesized_type" => children(node).first().map_or(Type::Infer, |inner| self.ty(*inner)),
            "array_type" => {
                let element = child(node, "element").map_or(Type::Infer, |inner| self.ty(inner));
                match child(node, "length") {
                    Some(length) => Type::Array(element.into(), Some(self.expr(length).into())),
                    None => Type::Slice(element.into()),
                }
            }
            "function_type" => {
                if let Some(trait_) = child(node, "trait") {
                    return Type::Path(self.sugared(node, trait_));
                }
                let (params, result) = self.signature(node);
                Type::Fn(params, result.into())
            }
            "dynamic_type" | "abstract_type" => {
                let bounds = child(node, "trait").map_or(Vec::new(), |bounds| self.bounds(bounds));
                if node.kind() == "dynamic_type" { Type::Dyn(bounds) } else { Type::Impl(bounds) }
            }
            "bounded_type" => Type::Dyn(self.bounds(node)),
            "never_type" => Type::Never,
            "macro_invocation" => Type::Const(self.expr(node).into()),
            kind if kind.ends_with("literal") || kind == "block" => Type::Const(self.expr(node).into()),
            "removed_trait_bound" | "higher_ranked_trait_bound" | "use_bounds" => Type::Dyn(self.bounds(node)),
            _ => Type::Infer,
        }
    }

    fn signature(&mut self, node: Node<'_>) -> (Vec<Type>, Type) {
        let mut params = Vec::new();
        for param in child(node, "parameters").map(children).unwrap_or_default() {
            match param.kind() {
                "attribute_item" => {}
                "parameter" => params.extend(child(param, "type").map(|inner| self.ty(inner))),
                _ => params.push(self.ty(param)),
            }
        }
        let result = child(node, "return_type").map_or(Type::Tuple(Vec::new()), |result| self.ty(result));
        (params, result)
    }

    /// `Fn(A) -> B`.
    fn sugared(&mut self, node: Node<'_>, trait_: Node<'_>) -> Path {
        let mut path = self.path(trait_);
        let signature = self.signature(node);
        if let Some(last) = path.segments.last_mut() {
            last.sugar = Some(Box::new(signature));
        }
        path
    }

    /// The traits that something is bounded by. Lifetimes are recorded and left out.
    pub(super) fn bounds(&mut self, node: Node<'_>) -> Vec<Path> {
        match node.kind() {
            "trait_bounds" | "bounded_type" | "removed_trait_bound" => {
                let mut found = Vec::new();
                for inner in children(node) {
                    found.extend(self.bounds(inner));
                }
                found
            }
            "lifetime" => {
                self.lifetime(node);
                Vec::new()
            }
            "higher_ranked_trait_bound" => {
                let before = self.lifetimes.len();
                if let Some(params) = child(node, "type_parameters") {
                    for lifetime in children(params) {
                        self.bind_lifetime(lifetime);
                    }
                }
                let found = child(node, "type").map_or(Vec::new(), |inner| self.bounds(inner));
                self.lifetimes.truncate(before);
                found
            }
            "function_type" => {
                let before = self.lifetimes.len();
                for lifetime in of_kind(node, "for_lifetimes").map(children).unwrap_or_default() {
                    self.bind_lifetime(lifetime);
                }
                let found = child(node, "trait").map(|trait_| self.sugared(node, trait_)).into_iter().collect();
                self.lifetimes.truncate(before);
                found
            }
            "abstract_type" | "dynamic_type" => child(node, "trait").map_or(Vec::new(), |inner| self.bounds(inner)),
            "tuple_type" | "parenthesized_type" => {
                children(node).first().map_or(Vec::new(), |inner| self.bounds(*inner))
            }
            "use_bounds" => {
                let inner = children(node);
                inner.iter().filter(|inner| inner.kind() == "lifetime").for_each(|inner| self.lifetime(*inner));
                let types = inner.iter().filter(|inner| inner.kind() == "type_identifier");
                types.map(|inner| self.path(*inner)).collect()
            }
            "type_identifier" | "scoped_type_identifier" | "generic_type" => vec![self.path(node)],
            _ => Vec::new(),
        }
    }

    pub(super) fn bind_lifetime(&mut self, node: Node<'_>) {
        let lifetime = if node.kind() == "lifetime" { Some(node) } else { child(node, "name") };
        let name = lifetime.and_then(|lifetime| of_kind(lifetime, "identifier"));
        if let Some(name) = name.map(|name| self.name(name)) {
            self.out.bound.push((name.at, name.at));
            self.lifetimes.push(name);
        }
        for bounds in children(node).into_iter().filter(|child| child.kind() == "trait_bounds") {
            self.bounds(bounds);
        }
    }

    pub(super) fn path(&mut self, node: Node<'_>) -> Path {
        let mut path = Path::default();
        self.depth += 1;
        if self.depth <= super::DEEPEST {
            self.extend(node, &mut path);
        }
        self.depth -= 1;
        path
    }

    fn extend(&mut self, node: Node<'_>, path: &mut Path) {
        match node.kind() {
            "scoped_identifier" | "scoped_type_identifier" | "scoped_use_list" | "use_wildcard" => {
                match child(node, "path") {
                    Some(before) => self.extend(before, path),
                    None => path.global |= has_token(node, "::"),
                }
                if let Some(name) = child(node, "name") {
                    path.segments.push(segment(self.name(name)));
                }
            }
            "generic_type" | "generic_type_with_turbofish" | "generic_function" => {
                if let Some(inner) = child(node, "type").or_else(|| child(node, "function")) {
                    self.extend(inner, path);
                }
                if let Some(args) = child(node, "type_arguments") {
                    self.arguments(args, path);
                }
            }
            "bracketed_type" => {
                let Some(inner) = children(node).into_iter().next() else { return };
                let qualified = if inner.kind() == "qualified_type" {
                    let ty = child(inner, "type").map_or(Type::Infer, |ty| self.ty(ty));
                    (ty, child(inner, "alias").map(|alias| self.path(alias)))
                } else {
                    (self.ty(inner), None)
                };
                path.qualified = Some(Box::new(qualified));
            }
            "qualified_type" => {
                let ty = child(node, "type").map_or(Type::Infer, |ty| self.ty(ty));
                path.qualified = Some(Box::new((ty, child(node, "alias").map(|alias| self.path(alias)))));
            }
            _ => path.segments.push(segment(self.name(node))),
        }
    }

    pub(super) fn arguments(&mut self, args: Node<'_>, path: &mut Path) {
        let mut last = match path.segments.pop() {
            Some(last) => last,
            None => return,
        };
        for arg in children(args) {
            match arg.kind() {
                "lifetime" => self.lifetime(arg),
                "type_binding" => {
                    let Some(name) = child(arg, "name").map(|name| self.name(name)) else { continue };
                    let ty = child(arg, "type").map(|ty| self.ty(ty));
                    last.bindings.push((name, ty, Vec::new()));
                }
                "trait_bounds" => {
                    // `Item: Bound` follows the name as if it were an argument of its own.
                    let bounds = self.bounds(arg);
                    if let Some(Type::Path(mut named)) = last.args.pop()
                        && let Some(named) = named.segments.pop()
                    {
                        last.bindings.push((named.name, None, bounds));
                    }
                }
                _ => {
                    let ty = self.ty(arg);
                    last.args.push(ty);
                }
            }
        }
        path.segments.push(last);
    }

    /// The parameters and `where` clauses of an item; lifetimes stay bound until the caller cuts them off.
    pub(super) fn generics(&mut self, node: Node<'_>) -> Generics {
        let mut generics = Generics::default();
        let before = self.lifetimes.len();
        let params = child(node, "type_parameters").map(children).unwrap_or_default();
        for param in params.iter().filter(|param| param.kind() == "lifetime_parameter") {
            self.bind_lifetime(*param);
        }
        for param in params {
            let Some(name) = child(param, "name").map(|name| self.name(name)) else { continue };
            let item = match param.kind() {
                "type_parameter" => {
                    let default = child(param, "default_type").map(|ty| self.ty(ty));
                    Item::Param { default, constant: None }
                }
                "const_parameter" => {
                    let constant = child(param, "type").map(|ty| self.ty(ty));
                    if let Some(value) = child(param, "value") {
                        self.loose(value);
                    }
                    Item::Param { default: None, constant }
                }
                _ => continue,
            };
            let index = self.push(name.clone(), item);
            generics.params.push(index);
            if let Some(bounds) = child(param, "bounds") {
                let bounds = self.bounds(bounds);
                generics.bounds.push((Type::Param(index), bounds));
            }
        }
        for predicate in of_kind(node, "where_clause").map(children).unwrap_or_default() {
            let Some(left) = child(predicate, "left") else { continue };
            let at = self.lifetimes.len();
            let ty = match left.kind() {
                "lifetime" => {
                    self.lifetime(left);
                    Type::Infer
                }
                "higher_ranked_trait_bound" => {
                    for lifetime in child(left, "type_parameters").map(children).unwrap_or_default() {
                        self.bind_lifetime(lifetime);
                    }
                    child(left, "type").map_or(Type::Infer, |ty| self.ty(ty))
                }
                _ => self.ty(left),
            };
            let bounds = child(predicate, "bounds").map_or(Vec::new(), |bounds| self.bounds(bounds));
            self.lifetimes.truncate(at);
            generics.bounds.push((ty, bounds));
        }
        generics.lifetimes = self.lifetimes[before..].to_vec();
        generics
    }

    /// Makes parameters of the `impl Bounds` in an argument's type.
    pub(super) fn lifted(&mut self, ty: Type, generics: &mut Generics) -> Type {
        let mut lift = |this: &mut Self, ty: Box<Type>| Box::new(this.lifted(*ty, generics));
        match ty {
            Type::Ref(inner) => Type::Ref(lift(self, inner)),
            Type::Pointer(inner) => Type::Pointer(lift(self, inner)),
            Type::Slice(inner) => Type::Slice(lift(self, inner)),
            Type::Array(inner, length) => Type::Array(lift(self, inner), length),
            Type::Tuple(all) => Type::Tuple(all.into_iter().map(|ty| self.lifted(ty, generics)).collect()),
            Type::Path(mut path) => {
                for segment in &mut path.segments {
                    let args = std::mem::take(&mut segment.args);
                    segment.args = args.into_iter().map(|ty| self.lifted(ty, generics)).collect();
                }
                Type::Path(path)
            }
            Type::Impl(bounds) => {
                let name = Name { word: "".into(), at: super::NOWHERE };
                let index: Local = self.push(name, Item::Param { default: None, constant: None });
                generics.params.push(index);
                generics.bounds.push((Type::Param(index), bounds));
                Type::Param(index)
            }
            other => other,
        }
    }
}
