//! Imports that name a module and what is taken out of it, as C#, Kotlin, Scala, Swift, Haskell, Elixir, OCaml and PHP
//! write them. Their statements are short, so they are taken apart as text.

use tree_sitter::Node;

use super::super::grammars::Family;
use super::{Collector, Form, Taken};

pub(super) fn visit(family: Family, node: Node, found: &mut Collector) -> bool {
    let text = found.slice(node);
    match (family, node.kind()) {
        (Family::CSharp, "using_directive") => csharp(node, text, found),
        (Family::Kotlin, "import") if node.is_named() => {
            let path = text.trim_start_matches("import").trim();
            let (path, alias) = path.split_once(" as ").map_or((path, None), |(path, alias)| (path, Some(alias)));
            one(node, path, '.', alias, found);
        }
        (Family::Scala, "import_declaration") => {
            let path = text.trim_start_matches("import").trim();
            group(node, path, '.', &["=>", " as "], found);
        }
        (Family::Swift, "import_declaration") => {
            let module = text.split_whitespace().last().unwrap_or_default();
            let module = module.split('.').next().unwrap_or_default();
            found.add(node.byte_range(), Form::Named, module, vec![Taken::new("*")], None);
        }
        (Family::Haskell, "import") if node.is_named() => haskell(node, text, found),
        (Family::Elixir, "call") => return elixir(node, text, found),
        (Family::OCaml, "open_module") => {
            let module = text.trim_start_matches("open").trim_start_matches('!').trim();
            found.add(node.byte_range(), Form::Named, module, vec![Taken::new("*")], None);
        }
        (Family::Php, "namespace_use_declaration") => {
            let path = text.trim_start_matches("use").trim().trim_end_matches(';');
            let path = path.strip_prefix("function ").or(path.strip_prefix("const ")).unwrap_or(path);
            group(node, path.trim(), '\\', &[" as "], found);
        }
        _ => return false,
    }
    true
}

fn csharp(node: Node, text: &str, found: &mut Collector) {
    let path = text.trim_start_matches("global ").trim_start_matches("using").trim().trim_end_matches(';').trim();
    let path = path.strip_prefix("static ").map_or(path, str::trim);
    match path.split_once('=') {
        Some((local, path)) => {
            found.add(node.byte_range(), Form::Named, path.trim(), Vec::new(), Some(local.trim().to_owned()));
        }
        None => found.add(node.byte_range(), Form::Named, path, vec![Taken::new("*")], None),
    }
}

/// `a.b.C`, where the last part is what is taken; `_` and `*` are all.
fn one(node: Node, path: &str, separator: char, alias: Option<&str>, found: &mut Collector) {
    let path: String = path.split_whitespace().collect();
    let (module, name) = path.rsplit_once(separator).unwrap_or(("", &path));
    let name = if matches!(name, "_" | "given") { "*" } else { name };
    let local = alias.map_or(name, str::trim);
    found.add(node.byte_range(), Form::Named, module, vec![Taken::named(name, local)], None);
}

/// `a.b.{C => D, E}`, and several paths with commas between.
fn group(node: Node, path: &str, separator: char, renames: &[&str], found: &mut Collector) {
    let renamed = |part: &str| {
        let split = renames.iter().find_map(|word| part.split_once(word));
        split.map_or((part.trim().to_owned(), None), |(name, alias)| {
            (name.trim().to_owned(), Some(alias.trim().to_owned()))
        })
    };
    let Some((module, rest)) = path.split_once('{') else {
        for path in path.split(',') {
            let (path, alias) = renamed(path);
            one(node, path.trim_start_matches(separator), separator, alias.as_deref(), found);
        }
        return;
    };
    let module = module.trim().trim_matches(separator);
    let mut names = Vec::new();
    for part in rest.trim_end().trim_end_matches('}').split(',').filter(|part| !part.trim().is_empty()) {
        let (name, alias) = renamed(part);
        match name.rsplit_once(separator) {
            // PHP's groups may name modules below.
            Some((below, name)) => {
                let module = format!("{module}{separator}{below}");
                let taken = Taken::named(name, alias.as_deref().unwrap_or(name));
                found.add(node.byte_range(), Form::Named, &module, vec![taken], None);
            }
            None if matches!(name.as_str(), "_" | "given") => names.push(Taken::new("*")),
            None => names.push(Taken::named(&name, alias.as_deref().unwrap_or(&name))),
        }
    }
    if !names.is_empty() {
        found.add(node.byte_range(), Form::Named, module, names, None);
    }
}

fn haskell(node: Node, text: &str, found: &mut Collector) {
    let Some(module) = node.child_by_field_name("module") else { return };
    let local = node.child_by_field_name("alias").map(|alias| found.slice(alias).to_owned());
    let hides = text.split_whitespace().any(|word| word == "hiding");
    let names = match node.child_by_field_name("names").filter(|_| !hides) {
        Some(list) => {
            let mut cursor = list.walk();
            let plain = |name: Node| {
                let text = found.slice(name);
                let text = text.split('(').find(|part| !part.trim().is_empty()).unwrap_or(text);
                Taken::new(text.trim_end_matches(')').trim())
            };
            list.children_by_field_name("name", &mut cursor).map(plain).collect()
        }
        None if text.split_whitespace().any(|word| word == "qualified") => Vec::new(),
        None => vec![Taken::new("*")],
    };
    found.add(node.byte_range(), Form::Named, found.slice(module), names, local);
}

/// `alias A.{B, C}`, `alias A.B, as: C`, `import A, only: [f: 1]`, `use A`, `require A`.
fn elixir(node: Node, text: &str, found: &mut Collector) -> bool {
    let Some(word) = ["alias", "import", "require", "use"]
        .into_iter()
        .find(|word| text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '('])))
    else {
        return false;
    };
    let rest = text[word.len()..].trim_start_matches([' ', '(']).trim_end_matches(')');
    let module = &rest[..rest.find([',', ' ', '\n']).unwrap_or(rest.len())];
    if !module.starts_with(|c: char| c.is_uppercase() || c == '_') {
        return true;
    }
    if rest.contains(".{") && word == "alias" {
        group(node, rest, '.', &[], found);
        return true;
    }
    let alias = rest.split_once("as:").map(|(_, alias)| alias.trim());
    match word {
        "alias" => one(node, module, '.', alias, found),
        "import" => {
            let only = rest.split_once("only:").and_then(|(_, list)| list.trim_start().strip_prefix('['));
            let names = match only {
                Some(list) => {
                    list.split(',').filter_map(|pair| Some(Taken::new(pair.split_once(':')?.0.trim()))).collect()
                }
                None => vec![Taken::new("*")],
            };
            found.add(node.byte_range(), Form::Named, module, names, None);
        }
        _ => found.add(node.byte_range(), Form::Named, module, Vec::new(), None),
    }
    true
}
