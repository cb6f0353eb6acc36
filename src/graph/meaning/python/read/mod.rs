//! From the syntax tree of a file to what inference wants: scopes, bindings, expressions, and where names stand.

mod definitions;
mod expressions;
mod statements;
mod strings;
mod targets;

use std::sync::Arc;

use tree_sitter::Node;

use crate::syntax::{Language, Parsed};

use super::tree::*;

/// Deeper nesting is only searched for names.
const DEPTH: usize = 250;

/// Reads a parsed text.
pub(super) fn read(id: usize, path: &str, text: Arc<str>, stub: bool, language: Language, tree: &Parsed) -> Module {
    let module = Module {
        id,
        path: path.to_owned(),
        text,
        stub,
        exprs: Vec::new(),
        scopes: vec![Scope::new(ScopeKind::Module, None)],
        blocks: vec![Block { parent: None, span: (0, usize::MAX), is_loop: false, ends: false }],
        guards: Vec::new(),
        functions: Vec::new(),
        classes: Vec::new(),
        imports: Vec::new(),
        calls: Default::default(),
        lambdas: Default::default(),
        places: Vec::new(),
    };
    let mut reader = Reader {
        module,
        language,
        shift: 0,
        scope: 0,
        block: 0,
        guard: None,
        functions: Vec::new(),
        class: None,
        quoting: false,
        depth: 0,
    };
    reader.statements(tree.tree.root_node());
    reader.module.places.sort_by_key(|place| place.span);
    reader.module
}

impl Scope {
    fn new(kind: ScopeKind, parent: Option<ScopeId>) -> Self {
        Self {
            kind,
            parent,
            bindings: Default::default(),
            globals: Default::default(),
            nonlocals: Default::default(),
            stars: Vec::new(),
        }
    }
}

/// What is known while reading.
struct Reader {
    module: Module,
    language: Language,
    /// What to add to a node's offsets: strings are read as texts of their own.
    shift: usize,
    scope: ScopeId,
    block: BlockId,
    guard: Option<GuardId>,
    /// Functions around this place, innermost last.
    functions: Vec<FunctionId>,
    /// The class whose body this is.
    class: Option<ClassId>,
    /// Strings are types here.
    quoting: bool,
    depth: usize,
}

/// How control leaves a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    /// To the loop around it.
    Jump,
    /// Out of the function.
    End,
}

impl Reader {
    fn span(&self, node: Node) -> Span {
        (node.start_byte() + self.shift, node.end_byte() + self.shift)
    }

    fn text(&self, node: Node) -> &str {
        self.module.slice(self.span(node))
    }

    fn place(&mut self, span: Span, kind: PlaceKind) {
        self.module.places.push(Place { span, kind });
    }

    fn push(&mut self, span: Span, kind: Kind) -> ExprId {
        let (scope, block, guard) = (self.scope, self.block, self.guard);
        self.module.exprs.push(Expr { span, kind, scope, block, guard });
        self.module.exprs.len() - 1
    }

    /// Something that holds (or not) from here on.
    fn guarded(&mut self, condition: ExprId, holds: bool) {
        self.module.guards.push(Guard { before: self.guard, condition, holds });
        self.guard = Some(self.module.guards.len() - 1);
    }

    fn open_scope(&mut self, kind: ScopeKind) -> ScopeId {
        self.module.scopes.push(Scope::new(kind, Some(self.scope)));
        self.module.scopes.len() - 1
    }

    /// Binds a name in the scope that is open, or the one that it was said to be of.
    fn bind(&mut self, name: Span, bound: Bound) {
        self.bind_in(self.scope, name, name.1, bound);
    }

    fn bind_in(&mut self, scope: ScopeId, name: Span, from: usize, bound: Bound) {
        let text = self.module.slice(name).to_owned();
        let mut scope = scope;
        if self.module.scopes[scope].globals.contains(&text) {
            scope = 0;
        } else if self.module.scopes[scope].nonlocals.contains(&text) {
            scope = self.function_scope(self.module.scopes[scope].parent.unwrap_or(0));
        }
        let block = self.block;
        self.module.scopes[scope].bindings.entry(text).or_default().push(Binding { name, block, from, bound });
    }

    /// The innermost scope that is no comprehension's and no class's.
    fn function_scope(&self, mut scope: ScopeId) -> ScopeId {
        while let (ScopeKind::Comprehension | ScopeKind::Class(_), Some(parent)) =
            (self.module.scopes[scope].kind, self.module.scopes[scope].parent)
        {
            scope = parent;
        }
        scope
    }
}

/// The children of a node that are no comments and no punctuation.
fn parts<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

/// The children of a node that have a field's name.
fn fields<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(Node::is_named).collect()
}

/// Whether a word of the language stands among the children of a node.
fn has_word(node: Node, word: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == word)
}
