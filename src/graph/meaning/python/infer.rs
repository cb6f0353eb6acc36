//! The types of expressions.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::classes::Line;
use super::modules::Led;
use super::scopes::Var;
use super::tree::*;
use super::types::{ClassRef, FunctionRef, Type};
use crate::graph::meaning::Program;

/// Expressions lead to expressions no further.
const DEPTH: usize = 40;

/// One question to inference. Answers that do not depend on where it was cut short are kept for all questions.
pub(super) struct Infer<'p, 'a> {
    pub program: &'p Program<'a>,
    modules: HashMap<usize, Arc<Module>>,
    pub targets: HashMap<(String, String, Option<String>), Led>,
    active: Vec<Asked>,
    known: HashMap<Asked, Type>,
    /// Depth of the outermost question that an answer was needed for before it was there.
    pub cut: usize,
    pub lines: HashMap<(ClassRef, Arc<[Type]>), Line>,
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    Expr(usize, ExprId),
    Annotation(usize, ExprId),
    Bound(usize, ScopeId, Arc<str>, usize),
    Result(FunctionRef),
    Parameter(FunctionRef, usize),
    Decorated(FunctionRef),
    Member(ClassRef, Arc<str>),
}

impl<'p, 'a> Infer<'p, 'a> {
    pub fn new(program: &'p Program<'a>) -> Self {
        Self {
            program,
            modules: HashMap::new(),
            targets: HashMap::new(),
            active: Vec::new(),
            known: HashMap::new(),
            cut: usize::MAX,
            lines: HashMap::new(),
        }
    }

    pub fn module(&mut self, id: usize) -> Arc<Module> {
        self.modules.entry(id).or_insert_with(|| self.program.python.modules.get(id)).clone()
    }

    /// Answers once, and without going round in circles.
    pub fn once(&mut self, asked: Asked, answer: impl FnOnce(&mut Self) -> Type) -> Type {
        if let Some(known) = self.known.get(&asked) {
            return known.clone();
        }
        if let Some(known) = self.program.python.types.lock().unwrap_or_else(PoisonError::into_inner).get(&asked) {
            return known.clone();
        }
        if let Some(at) = self.active.iter().position(|active| *active == asked) {
            self.cut = self.cut.min(at);
            return Type::Unknown;
        }
        if self.active.len() >= DEPTH || self.program.cancel.is_cancelled() {
            self.cut = 0;
            return Type::Unknown;
        }
        let depth = self.active.len();
        let outer = std::mem::replace(&mut self.cut, usize::MAX);
        self.active.push(asked.clone());
        let found = answer(self);
        self.active.pop();
        if self.cut >= depth {
            let mut types = self.program.python.types.lock().unwrap_or_else(PoisonError::into_inner);
            types.insert(asked, found.clone());
            self.cut = outer;
        } else {
            // Good enough for this question, but it may be less than what there is to know.
            if depth > 0 {
                self.known.insert(asked, found.clone());
            }
            self.cut = self.cut.min(outer);
        }
        found
    }

    /// What an expression is.
    pub fn infer(&mut self, module: &Module, expr: ExprId) -> Type {
        match module.exprs[expr].kind {
            Kind::Str => self.builtin("str"),
            Kind::Bytes => self.builtin("bytes"),
            Kind::Int => self.builtin("int"),
            Kind::Float => self.builtin("float"),
            Kind::Bool => self.builtin("bool"),
            Kind::None => Type::None,
            Kind::Ellipsis | Kind::Slice | Kind::Other | Kind::Yield => Type::Unknown,
            Kind::Not(_) => self.builtin("bool"),
            Kind::Lambda(function) => Type::function(FunctionRef { module: module.id, function }),
            _ => self.once(Asked::Expr(module.id, expr), |infer| infer.expression(module, expr)),
        }
    }

    fn expression(&mut self, module: &Module, expr: ExprId) -> Type {
        match &module.exprs[expr].kind {
            Kind::Name => {
                let name = module.name_of(expr).unwrap_or_default();
                let Some(var) = self.variable(module, module.exprs[expr].scope, name) else { return Type::Unknown };
                let found = self.variable_at(&var, module, expr);
                self.narrowed(module, expr, found)
            }
            Kind::Attribute { object, name } => {
                let object = self.infer(module, *object);
                let found = self.attribute(&object, module.slice(*name));
                self.narrowed(module, expr, found)
            }
            Kind::Call { function, args } => {
                let callee = self.infer(module, *function);
                self.call(module, expr, *function, &callee, args)
            }
            Kind::Subscript { object, indices } => {
                let of = self.infer(module, *object);
                let found = self.subscript(module, expr, &of, indices);
                self.narrowed(module, expr, found)
            }
            Kind::List(elements) => self.collection("list", module, elements),
            Kind::Set(elements) => self.collection("set", module, elements),
            Kind::Tuple(elements) => {
                if elements.iter().any(|element| matches!(module.exprs[*element].kind, Kind::Starred(_))) {
                    return self.collection("tuple", module, elements);
                }
                Type::Tuple(elements.iter().map(|element| self.infer(module, *element)).collect())
            }
            Kind::Dict { keys, values } => {
                let keys = Type::union(keys.iter().take(8).map(|key| self.infer(module, *key)).collect::<Vec<_>>());
                let values = values.iter().take(24).map(|value| self.infer(module, *value)).collect::<Vec<_>>();
                self.generic("dict", vec![keys, Type::union(values)])
            }
            Kind::Comprehension { of, element, value } => {
                let element = self.infer(module, *element);
                match (of, value) {
                    (Collected::List, _) => self.generic("list", vec![element]),
                    (Collected::Set, _) => self.generic("set", vec![element]),
                    (Collected::Generator, _) => self.typing("Generator", vec![element]),
                    (Collected::Dict, value) => {
                        let value = value.map_or(Type::Unknown, |value| self.infer(module, value));
                        self.generic("dict", vec![element, value])
                    }
                }
            }
            Kind::Binary { left, operator, right } => {
                let left = self.infer(module, *left);
                let right_type = self.infer(module, *right);
                self.binary(&left, operator, &right_type)
            }
            Kind::And(left, right) => {
                let left = self.infer(module, *left);
                let right = self.infer(module, *right);
                // What is false on the left is seldom more than `None`.
                match left.parts().contains(&Type::None) {
                    true => Type::union([right, Type::None]),
                    false => right,
                }
            }
            Kind::Or(left, right) => {
                let left = self.infer(module, *left).without_none();
                let right = self.infer(module, *right);
                if left == Type::None { right } else { Type::union([left, right]) }
            }
            Kind::Compare { .. } => self.builtin("bool"),
            Kind::Unary(inner) | Kind::Starred(inner) | Kind::Quoted(inner) => self.infer(module, *inner),
            Kind::Conditional { then, other } => {
                let then = self.infer(module, *then);
                Type::union([then, self.infer(module, *other)])
            }
            Kind::Await(inner) => {
                let awaited = self.infer(module, *inner);
                self.awaited(&awaited)
            }
            Kind::Walrus { value, .. } => self.infer(module, *value),
            _ => Type::Unknown,
        }
    }

    fn collection(&mut self, class: &str, module: &Module, elements: &[ExprId]) -> Type {
        let mut found = Vec::new();
        for element in elements.iter().take(24) {
            let one = self.infer(module, *element);
            found.push(match module.exprs[*element].kind {
                Kind::Starred(_) => self.element(&one),
                _ => one,
            });
        }
        self.generic(class, vec![Type::union(found)])
    }

    fn binary(&mut self, left: &Type, operator: &str, right: &Type) -> Type {
        let method = match operator {
            "+" => ("__add__", "__radd__"),
            "-" => ("__sub__", "__rsub__"),
            "*" => ("__mul__", "__rmul__"),
            "/" => ("__truediv__", "__rtruediv__"),
            "//" => ("__floordiv__", "__rfloordiv__"),
            "%" => ("__mod__", "__rmod__"),
            "|" => ("__or__", "__ror__"),
            "&" => ("__and__", "__rand__"),
            "^" => ("__xor__", "__rxor__"),
            _ => return left.clone(),
        };
        let given = [right.clone()];
        let found = self.call_method(left, method.0, &given);
        if found.is_known() {
            return found;
        }
        self.call_method(right, method.1, std::slice::from_ref(left))
    }

    /// A variable where it is used.
    fn variable_at(&mut self, var: &Var, module: &Module, expr: ExprId) -> Type {
        let (home, bindings) = self.bindings(var);
        let used = &module.exprs[expr];
        let inside = home.id == module.id && self.flows_into(module, var.scope, used.scope);
        let reaching = if inside { reaching(module, &bindings, used) } else { (0..bindings.len()).collect() };
        let declared = bindings.iter().position(|binding| matches!(binding.bound, Bound::Annotated { .. }));
        let mut found = Vec::new();
        let mut functions: Vec<FunctionRef> = Vec::new();
        for at in reaching {
            match &bindings[at].bound {
                // Several with one name: overloads, or the same in other words.
                Bound::Function(function) if self.is_overload(&home, *function) => {
                    functions.push(FunctionRef { module: home.id, function: *function });
                }
                Bound::Function(_) if !functions.is_empty() => {}
                Bound::Augmented => {}
                _ => found.push(self.bound(var, at)),
            }
        }
        if !functions.is_empty() {
            found.insert(0, Type::Function(Arc::new(super::types::Callee { functions, ..Default::default() })));
        }
        let found = Type::union(found);
        match declared {
            Some(at) if !found.is_known() => self.bound(var, at),
            _ => found,
        }
    }

    fn is_overload(&self, module: &Module, function: FunctionId) -> bool {
        module.functions[function].decorators.iter().any(|decorator| {
            module.dotted(*decorator).is_some_and(|name| name == "overload" || name.ends_with(".overload"))
        })
    }

    /// What one binding of a variable gives it.
    pub fn bound(&mut self, var: &Var, at: usize) -> Type {
        self.once(Asked::Bound(var.module, var.scope, var.name.clone(), at), |infer| {
            let module = infer.module(var.module);
            let binding = module.scopes[var.scope].bindings.get(&*var.name).and_then(|bindings| bindings.get(at));
            binding.map_or(Type::Unknown, |binding| infer.binding(&module, binding, var))
        })
    }

    fn binding(&mut self, module: &Module, binding: &Binding, var: &Var) -> Type {
        match &binding.bound {
            Bound::Function(function) => self.decorated(FunctionRef { module: module.id, function: *function }),
            Bound::Class(class) => Type::Class(ClassRef { module: module.id, class: *class }, Arc::new([])),
            Bound::Parameter(function, at) => {
                self.parameter(FunctionRef { module: module.id, function: *function }, *at)
            }
            Bound::Value { value, path } => {
                let value = self.infer(module, *value);
                self.taken_apart(value, path)
            }
            Bound::Annotated { annotation, value } => {
                let declared = self.annotation(module, *annotation);
                match value {
                    Some(value) if !declared.is_known() => self.infer(module, *value),
                    _ => declared,
                }
            }
            Bound::Augmented => Type::Unknown,
            Bound::Each { of, path, is_async } => {
                let of = self.infer(module, *of);
                let element = if *is_async { self.async_element(&of) } else { self.element(&of) };
                self.taken_apart(element, path)
            }
            Bound::With { context, path, is_async } => {
                let context = self.infer(module, *context);
                let entered = self.call_method(&context, if *is_async { "__aenter__" } else { "__enter__" }, &[]);
                let entered = if *is_async { self.awaited(&entered) } else { entered };
                self.taken_apart(entered, path)
            }
            Bound::Caught(class) => {
                let class = self.infer(module, *class);
                self.instance_of(&class)
            }
            Bound::Import(import) => {
                let import = &module.imports[*import];
                if let Some(name) = &import.name
                    && let Some(taken) = self.taken(module, &import.module, name)
                    && taken != *var
                {
                    return self.whole(&taken);
                }
                self.imported_module(module, import)
            }
            Bound::Alias(value) => self.infer(module, *value),
            Bound::TypeVar(bound) => {
                let bound = bound.map(|bound| Arc::new(self.annotation(module, bound)));
                Type::Var(var.name.clone(), bound)
            }
            Bound::Pattern(class) => {
                let class = class.map(|class| self.infer(module, class));
                class.map_or(Type::Unknown, |class| self.instance_of(&class))
            }
        }
    }

    /// A variable as another file sees it.
    pub fn whole(&mut self, var: &Var) -> Type {
        let (module, bindings) = self.bindings(var);
        let mut functions = Vec::new();
        let mut found = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            match binding.bound {
                Bound::Function(function) if self.is_overload(&module, function) => {
                    functions.push(FunctionRef { module: module.id, function });
                }
                Bound::Function(_) if !functions.is_empty() => {}
                Bound::Annotated { .. } => {
                    let declared = self.bound(var, at);
                    if declared.is_known() {
                        return declared;
                    }
                }
                Bound::Augmented => {}
                _ => found.push(self.bound(var, at)),
            }
        }
        if !functions.is_empty() {
            found.push(Type::Function(Arc::new(super::types::Callee { functions, ..Default::default() })));
        }
        Type::union(found.into_iter().filter(|one| *one != Type::Unknown))
    }

    fn taken_apart(&mut self, mut value: Type, path: &[Step]) -> Type {
        for step in path {
            value = match (*step, value) {
                (Step::At(at), Type::Tuple(parts)) => parts.get(at).cloned().unwrap_or(Type::Unknown),
                (Step::At(at), value) => {
                    let parts = value.parts().to_vec();
                    let each: Vec<Type> = parts
                        .iter()
                        .map(|part| match part {
                            Type::Tuple(parts) => parts.get(at).cloned().unwrap_or(Type::Unknown),
                            Type::Instance(class, _) => match self.named_tuple_field(*class, at) {
                                Some(field) => field,
                                None => self.element(part),
                            },
                            other => self.element(other),
                        })
                        .collect();
                    Type::union(each)
                }
                (Step::Rest, value) => {
                    let element = self.element(&value);
                    self.generic("list", vec![element])
                }
            };
        }
        value
    }

    /// Whether code in one scope runs in the order in which it stands to code of another.
    fn flows_into(&self, module: &Module, outer: ScopeId, mut inner: ScopeId) -> bool {
        while inner != outer {
            match (module.scopes[inner].kind, module.scopes[inner].parent) {
                (ScopeKind::Comprehension, Some(parent)) => inner = parent,
                _ => return false,
            }
        }
        true
    }
}

/// Which bindings of a variable a use may see.
fn reaching(module: &Module, bindings: &[Binding], used: &Expr) -> Vec<usize> {
    let at = used.span.0;
    let mut around = Vec::new();
    let mut block = Some(used.block);
    while let Some(id) = block {
        around.push(id);
        block = module.blocks[id].parent;
    }
    let before = |binding: &Binding| binding.from <= at || binding.name.0 == at;
    let surely = (0..bindings.len())
        .filter(|at| before(&bindings[*at]) && around.contains(&bindings[*at].block))
        .filter(|at| !matches!(bindings[*at].bound, Bound::Augmented))
        .max_by_key(|at| bindings[*at].from);
    let from = surely.map_or(0, |at| bindings[at].from);
    let loops = around.iter().map(|id| &module.blocks[*id]).filter(|block| block.is_loop);
    let loops: Vec<Span> = loops.map(|block| block.span).collect();
    let reached = (0..bindings.len()).filter(|index| {
        let binding = &bindings[*index];
        if Some(*index) == surely {
            return true;
        }
        if before(binding) {
            return binding.from > from && !module.blocks[binding.block].ends;
        }
        // Of the round before.
        loops.iter().any(|span| {
            span.0 <= binding.from
                && binding.from < span.1
                && (from < span.0 || !around.contains(&bindings[surely.unwrap_or(0)].block))
        })
    });
    let found: Vec<usize> = reached.collect();
    if found.is_empty() { (0..bindings.len()).collect() } else { found }
}
