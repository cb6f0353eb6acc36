//! Expressions.

use tree_sitter::Node;

use super::super::tree::*;
use super::targets::Source;
use super::{DEPTH, Reader, fields, has_word, parts};
use crate::syntax::walk;

impl Reader {
    /// An expression that is read as a type: strings in it are code.
    pub(super) fn annotation(&mut self, node: Node) -> ExprId {
        let quoting = std::mem::replace(&mut self.quoting, true);
        let id = self.expr(node);
        self.quoting = quoting;
        id
    }

    pub(super) fn expr(&mut self, node: Node) -> ExprId {
        if self.depth > DEPTH {
            self.names_below(node);
            return self.push(self.span(node), Kind::Other);
        }
        self.depth += 1;
        let id = self.expression(node);
        self.depth -= 1;
        id
    }

    /// The names in code that nests too deep to be understood.
    pub(super) fn names_below(&mut self, node: Node) {
        let mut names = Vec::new();
        walk(node, |cursor| {
            if cursor.node().kind() == "identifier" {
                names.push(cursor.node());
            }
            true
        });
        for name in names {
            let span = self.span(name);
            let id = self.push(span, Kind::Other);
            self.place(span, PlaceKind::Attribute(id));
        }
    }

    fn all(&mut self, nodes: Vec<Node>) -> Vec<ExprId> {
        nodes.into_iter().map(|node| self.expr(node)).collect()
    }

    fn field(&mut self, node: Node, name: &str) -> ExprId {
        match node.child_by_field_name(name) {
            Some(child) => self.expr(child),
            None => self.push(self.span(node), Kind::Other),
        }
    }

    fn expression(&mut self, node: Node) -> ExprId {
        let span = self.span(node);
        let kind = match node.kind() {
            "identifier" | "keyword_identifier" => {
                let id = self.push(span, Kind::Name);
                self.place(span, PlaceKind::Name(id));
                return id;
            }
            "parenthesized_expression" | "type" | "member_type_" => {
                let inner = parts(node);
                if let [inner] = inner[..] {
                    return self.expr(inner);
                }
                Kind::Tuple(self.all(inner))
            }
            "attribute" | "member_type" => return self.attribute(node),
            "call" => return self.call(node),
            "subscript" => {
                let object = self.field(node, "value");
                let named = self.module.dotted(object).unwrap_or_default();
                let quoting = match named.rsplit('.').next().unwrap_or_default() {
                    "Literal" => false,
                    "Union" | "Optional" | "Callable" | "List" | "Dict" | "Type" | "Tuple" => true,
                    _ => self.quoting,
                };
                let quoting = std::mem::replace(&mut self.quoting, quoting);
                let indices = self.all(fields(node, "subscript"));
                self.quoting = quoting;
                if let [index] = indices[..] {
                    self.key(index, object, false);
                }
                Kind::Subscript { object, indices }
            }
            "generic_type" => {
                let parts = parts(node);
                let Some((object, rest)) = parts.split_first() else { return self.push(span, Kind::Other) };
                let object = self.expr(*object);
                let literal = self.module.name_of(object) == Some("Literal");
                let quoting = self.quoting;
                self.quoting = quoting && !literal;
                let indices = rest.iter().flat_map(|part| super::parts(*part)).map(|part| self.expr(part)).collect();
                self.quoting = quoting;
                Kind::Subscript { object, indices }
            }
            "union_type" => match self.all(parts(node))[..] {
                [left, right] => Kind::Binary { left, operator: "|", right },
                _ => Kind::Other,
            },
            "string" | "concatenated_string" => return self.string(node),
            "integer" => Kind::Int,
            "float" => Kind::Float,
            "true" | "false" => Kind::Bool,
            "none" => Kind::None,
            "ellipsis" => Kind::Ellipsis,
            "list" => Kind::List(self.all(parts(node))),
            "set" => Kind::Set(self.all(parts(node))),
            "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" => Kind::Tuple(self.all(parts(node))),
            "dictionary" => {
                let (mut keys, mut values) = (Vec::new(), Vec::new());
                for pair in parts(node) {
                    if pair.kind() == "pair" {
                        keys.push(self.field(pair, "key"));
                        values.push(self.field(pair, "value"));
                    } else {
                        self.expr(pair);
                    }
                }
                Kind::Dict { keys, values }
            }
            "list_comprehension" => return self.comprehension(node, Collected::List),
            "set_comprehension" => return self.comprehension(node, Collected::Set),
            "dictionary_comprehension" => return self.comprehension(node, Collected::Dict),
            "generator_expression" => return self.comprehension(node, Collected::Generator),
            "lambda" => return self.lambda(node),
            "binary_operator" => {
                let (left, right) = (self.field(node, "left"), self.field(node, "right"));
                let operator = node.child_by_field_name("operator").map_or("", |operator| operator_of(operator.kind()));
                Kind::Binary { left, operator, right }
            }
            "boolean_operator" => {
                let and = has_word(node, "and");
                let left = self.field(node, "left");
                let guard = self.guard;
                self.guarded(left, and);
                let right = self.field(node, "right");
                self.guard = guard;
                if and { Kind::And(left, right) } else { Kind::Or(left, right) }
            }
            "not_operator" => Kind::Not(self.field(node, "argument")),
            "comparison_operator" => self.comparison(node),
            "unary_operator" => Kind::Unary(self.field(node, "argument")),
            "conditional_expression" => return self.conditional(node),
            "await" => match self.all(parts(node))[..] {
                [inner] => Kind::Await(inner),
                _ => Kind::Other,
            },
            "yield" => return self.yielded(node),
            "list_splat" | "dictionary_splat" | "splat_type" | "list_splat_pattern" => {
                match self.all(parts(node))[..] {
                    [inner] => Kind::Starred(inner),
                    _ => Kind::Other,
                }
            }
            "named_expression" => {
                let value = self.field(node, "value");
                let scope = self.scope;
                while self.module.scopes[self.scope].kind == ScopeKind::Comprehension {
                    self.scope = self.module.scopes[self.scope].parent.unwrap_or(0);
                }
                let target = self.module.exprs.len();
                if let Some(name) = node.child_by_field_name("name") {
                    self.target(name, &Source::Value(value));
                }
                self.scope = scope;
                let target = target.min(self.module.exprs.len().saturating_sub(1));
                Kind::Walrus { target, value }
            }
            "slice" => {
                self.all(parts(node));
                Kind::Slice
            }
            "as_pattern" => {
                // Only in code that is not a `with` as the grammar knows it.
                let value = node.named_child(0).map(|value| self.expr(value));
                let target = node.child_by_field_name("alias").and_then(|target| target.named_child(0));
                if let (Some(context), Some(target)) = (value, target) {
                    self.target(target, &Source::With { context, is_async: false });
                }
                Kind::Other
            }
            _ => {
                self.below(node);
                Kind::Other
            }
        };
        self.push(span, kind)
    }

    fn attribute(&mut self, node: Node) -> ExprId {
        let span = self.span(node);
        let parts = parts(node);
        let (Some(object), Some(name)) = (parts.first(), parts.last().filter(|_| parts.len() > 1)) else {
            self.below(node);
            return self.push(span, Kind::Other);
        };
        let object = self.expr(*object);
        let name = self.span(*name);
        let id = self.push(span, Kind::Attribute { object, name });
        self.place(name, PlaceKind::Attribute(id));
        id
    }

    fn call(&mut self, node: Node) -> ExprId {
        let function = self.field(node, "function");
        let called = self.module.dotted(function).unwrap_or_default();
        let called = called.rsplit('.').next().unwrap_or_default().to_owned();
        let mut args = Vec::new();
        let mut keywords = Vec::new();
        let arguments = node.child_by_field_name("arguments");
        let given = match arguments {
            Some(arguments) if arguments.kind() == "generator_expression" => vec![arguments],
            Some(arguments) => parts(arguments),
            None => Vec::new(),
        };
        for (at, part) in given.into_iter().enumerate() {
            let keyword = part.child_by_field_name("name").filter(|_| part.kind() == "keyword_argument");
            let stars = match part.kind() {
                "list_splat" => 1,
                "dictionary_splat" => 2,
                _ => 0,
            };
            let value = match keyword {
                Some(_) => part.child_by_field_name("value"),
                None if stars > 0 => part.named_child(0),
                None => Some(part),
            };
            let Some(value) = value else { continue };
            let is_type = match called.as_str() {
                "cast" | "NewType" => at == usize::from(called == "NewType"),
                "TypeVar" => keyword.is_some() || at > 0,
                _ => false,
            };
            let quoting = std::mem::replace(&mut self.quoting, is_type);
            let value = self.expr(value);
            self.quoting = quoting;
            let keyword = keyword.map(|keyword| self.span(keyword));
            keywords.extend(keyword);
            args.push(Arg { keyword, value, stars });
        }
        self.named_by_strings(&called, function, &args);
        let lambdas: Vec<(FunctionId, usize)> = args
            .iter()
            .enumerate()
            .filter_map(|(at, arg)| match self.module.exprs[arg.value].kind {
                Kind::Lambda(function) => Some((function, at)),
                _ => None,
            })
            .collect();
        let call = self.push(self.span(node), Kind::Call { function, args });
        self.module.lambdas.extend(lambdas.into_iter().map(|(function, at)| (function, (call, at))));
        self.module.calls.entry(called).or_default().push(call);
        for keyword in keywords {
            self.place(keyword, PlaceKind::Keyword { call });
        }
        call
    }

    fn comprehension(&mut self, node: Node, of: Collected) -> ExprId {
        let outer = self.scope;
        self.scope = self.open_scope(ScopeKind::Comprehension);
        let guard = self.guard;
        let mut first = true;
        for clause in parts(node) {
            match clause.kind() {
                "for_in_clause" => {
                    // The first iterable is evaluated outside.
                    let inner = self.scope;
                    if first {
                        self.scope = outer;
                    }
                    let right: Vec<ExprId> =
                        fields(clause, "right").into_iter().map(|right| self.expr(right)).collect();
                    self.scope = inner;
                    first = false;
                    if let (Some(left), Some(of)) = (clause.child_by_field_name("left"), right.first()) {
                        self.target(left, &Source::Each { of: *of, is_async: has_word(clause, "async") });
                    }
                }
                "if_clause" => {
                    for condition in parts(clause) {
                        let condition = self.expr(condition);
                        self.guarded(condition, true);
                    }
                }
                _ => {}
            }
        }
        let body = node.child_by_field_name("body");
        let (element, value) = match body {
            Some(pair) if pair.kind() == "pair" => (self.field(pair, "key"), Some(self.field(pair, "value"))),
            _ => (self.field(node, "body"), None),
        };
        self.guard = guard;
        self.scope = outer;
        self.push(self.span(node), Kind::Comprehension { of, element, value })
    }

    fn lambda(&mut self, node: Node) -> ExprId {
        let span = self.span(node);
        let function = self.open_function((span.0, span.0), Vec::new());
        self.module.functions[function].is_lambda = true;
        if let Some(params) = node.child_by_field_name("parameters") {
            self.params(params, function);
        }
        let scope = self.module.functions[function].scope;
        let outer = std::mem::replace(&mut self.scope, scope);
        let body = self.field(node, "body");
        self.scope = outer;
        self.module.functions[function].results.push(body);
        self.push(span, Kind::Lambda(function))
    }

    fn comparison(&mut self, node: Node) -> Kind {
        let operands = self.all(parts(node));
        let operator = fields_of_any(node);
        match (&operands[..], operator.as_deref()) {
            ([left, right], Some(operator)) => {
                let operator = match operator {
                    "is" => Compared::Is,
                    "is not" => Compared::IsNot,
                    "==" => Compared::Equal,
                    "!=" => Compared::NotEqual,
                    _ => Compared::Other,
                };
                Kind::Compare { left: *left, operator, right: *right }
            }
            ([left, .., right], _) => Kind::Compare { left: *left, operator: Compared::Other, right: *right },
            _ => Kind::Other,
        }
    }

    fn conditional(&mut self, node: Node) -> ExprId {
        let span = self.span(node);
        let [then, condition, other] = parts(node)[..] else {
            self.below(node);
            return self.push(span, Kind::Other);
        };
        let guard = self.guard;
        let condition = self.expr(condition);
        self.guarded(condition, true);
        let then = self.expr(then);
        self.guard = guard;
        self.guarded(condition, false);
        let other = self.expr(other);
        self.guard = guard;
        self.push(span, Kind::Conditional { then, other })
    }

    fn yielded(&mut self, node: Node) -> ExprId {
        let values = self.all(parts(node));
        let from = has_word(node, "from");
        if let Some(function) = self.functions.last().copied() {
            let function = &mut self.module.functions[function];
            function.is_generator = true;
            if !from {
                function.yields.extend(values.first());
            }
        }
        let kind = match values.first() {
            Some(_) if from => Kind::YieldFrom,
            _ => Kind::Yield,
        };
        self.push(self.span(node), kind)
    }
}

/// Operators that have a method of their own.
fn operator_of(written: &str) -> &'static str {
    let all = ["+", "-", "*", "/", "//", "%", "|", "&", "^", "@", "**", "<<", ">>"];
    all.into_iter().find(|operator| *operator == written).unwrap_or("")
}

/// The only operator of a comparison.
fn fields_of_any(node: Node) -> Option<String> {
    let mut cursor = node.walk();
    let mut operators = node.children_by_field_name("operators", &mut cursor);
    let first = operators.next()?.kind().to_owned();
    operators.next().is_none().then_some(first)
}
