//! `import` and `from ... import`.

use tree_sitter::Node;

use super::{Collector, Form, Taken};

pub(super) fn visit(node: Node, found: &mut Collector) -> bool {
    let mut cursor = node.walk();
    match node.kind() {
        "import_statement" => {
            for name in node.children_by_field_name("name", &mut cursor) {
                let (module, local) = renamed(name, found);
                let local = (local != module).then(|| local.to_owned());
                found.add(node.byte_range(), Form::Python, module, Vec::new(), local);
            }
            true
        }
        "import_from_statement" | "future_import_statement" => {
            let module = node.child_by_field_name("module_name").map_or("__future__", |name| found.slice(name));
            let module: String = module.split_whitespace().collect();
            let mut names: Vec<Taken> = node
                .children_by_field_name("name", &mut cursor)
                .map(|name| {
                    let (name, local) = renamed(name, found);
                    Taken::named(name, local)
                })
                .collect();
            if node.children(&mut cursor).any(|child| child.kind() == "wildcard_import") {
                names.push(Taken::new("*"));
            }
            found.add(node.byte_range(), Form::Python, &module, names, None);
            true
        }
        _ => false,
    }
}

/// A name and what it is called from here on.
fn renamed<'a>(node: Node, found: &Collector<'a>) -> (&'a str, &'a str) {
    match (node.child_by_field_name("name"), node.child_by_field_name("alias")) {
        (Some(name), Some(alias)) => (found.slice(name), found.slice(alias)),
        _ => (found.slice(node), found.slice(node)),
    }
}
