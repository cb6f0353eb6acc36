//! `import a.b.C;`, static and with a star.

use tree_sitter::Node;

use super::{Collector, Form, Taken};

pub(super) fn visit(node: Node, found: &mut Collector) -> bool {
    if node.kind() != "import_declaration" {
        return node.kind() != "program";
    }
    let text = found.slice(node).trim().trim_end_matches(';').trim();
    let path = text.strip_prefix("import").unwrap_or(text).trim_start();
    let (fixed, path) = match path.strip_prefix("static").filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => (true, rest),
        None => (false, path),
    };
    let path: String = path.split_whitespace().collect();
    let (module, names) = match path.rsplit_once('.') {
        Some((module, name)) if fixed || name == "*" => (module, vec![Taken::new(name)]),
        _ => (path.as_str(), Vec::new()),
    };
    found.add(node.byte_range(), Form::Java { fixed }, module, names, None);
    true
}
