//! What a file offers to others.

use std::collections::HashMap;

use super::tree::Id;
use super::unit::Unit;

/// Something that a file exports under a name.
#[derive(Debug, Clone)]
pub(super) enum Export {
    /// A symbol of the file.
    Local(u32),
    /// `export { local as name }`, or without `as` where both are one node.
    Specifier { local: Id, name: Id },
    /// `export { theirs as name } from "module"`.
    From { module: String, theirs: String, name: Id, renamed: bool },
    /// `export * as name from "module"`.
    Space { module: String, name: Id },
    /// A value without a name of its own; `name` is what stands for one, if anything does.
    Value { value: Id, name: Option<Id> },
}

/// All that a file exports. `default` and `export=` are names too.
#[derive(Debug, Default)]
pub(super) struct Exports {
    pub named: HashMap<String, Export>,
    /// The modules whose names are all passed on.
    pub stars: Vec<String>,
}

impl Exports {
    pub fn of(unit: &Unit) -> Self {
        let mut exports = Self::default();
        for statement in unit.tree.named(0) {
            match unit.kind(statement) {
                "export_statement" => exports.statement(unit, statement),
                "expression_statement" if !unit.typed => exports.common(unit, statement),
                _ => {}
            }
        }
        exports
    }

    fn statement(&mut self, unit: &Unit, statement: Id) {
        let tree = &unit.tree;
        let module = tree.field(statement, "source").and_then(|source| unit.literal(source)).map(str::to_owned);
        let value = tree.field(statement, "value").or_else(|| tree.field(statement, "declaration"));
        if tree.has(statement, "default") {
            let value = value.or_else(|| tree.named(statement).last());
            let Some(value) = value else { return };
            let name = tree.field(value, "name").filter(|_| unit.kind(value) != "call_expression");
            let own = name.and_then(|name| unit.own(0, unit.slice(name)));
            let identifier = (unit.kind(value) == "identifier").then_some(value);
            let export = match (own, identifier) {
                (Some(own), _) => Export::Local(own),
                (None, _) => Export::Value { value, name: None },
            };
            self.named.insert("default".to_owned(), export);
            return;
        }
        if let Some(clause) = tree.child(statement, "export_clause") {
            for specifier in tree.named(clause).filter(|part| unit.kind(*part) == "export_specifier") {
                let Some(theirs) = tree.field(specifier, "name") else { continue };
                let name = tree.field(specifier, "alias").unwrap_or(theirs);
                let key = unit.key(name);
                let export = match &module {
                    Some(module) => {
                        Export::From { module: module.clone(), theirs: unit.key(theirs), name, renamed: name != theirs }
                    }
                    None => Export::Specifier { local: theirs, name },
                };
                self.named.insert(key, export);
            }
            return;
        }
        if let Some(space) = tree.child(statement, "namespace_export") {
            if let (Some(name), Some(module)) = (tree.first(space), module) {
                self.named.insert(unit.key(name), Export::Space { module, name });
            }
            return;
        }
        if let Some(module) = module {
            self.stars.push(module);
            return;
        }
        if tree.has(statement, "=") {
            if let Some(value) = tree.named(statement).last() {
                self.named.insert("export=".to_owned(), Export::Value { value, name: None });
            }
            return;
        }
        if let Some(declaration) = value.or_else(|| tree.named(statement).last()) {
            self.declared(unit, declaration);
        }
    }

    /// Every name that an exported declaration binds.
    fn declared(&mut self, unit: &Unit, declaration: Id) {
        for (name, symbol) in unit.all(0) {
            let inside = |(_, at): &(Id, Id)| unit.tree.is_within(*at, declaration);
            if unit.symbols[symbol as usize].names.iter().any(inside) {
                self.named.entry(name.to_owned()).or_insert(Export::Local(symbol));
            }
        }
    }

    /// `module.exports = value` and `exports.name = value`.
    fn common(&mut self, unit: &Unit, statement: Id) {
        let tree = &unit.tree;
        let Some(assignment) = tree.first(statement).filter(|inner| unit.kind(*inner) == "assignment_expression")
        else {
            return;
        };
        let (Some(left), Some(value)) = (tree.field(assignment, "left"), tree.field(assignment, "right")) else {
            return;
        };
        if unit.slice(left) == "module.exports" {
            self.named.insert("export=".to_owned(), Export::Value { value, name: None });
            return;
        }
        let (Some(object), Some(name)) = (tree.field(left, "object"), tree.field(left, "property")) else { return };
        if matches!(unit.slice(object), "exports" | "module.exports") {
            self.named.insert(unit.key(name), Export::Value { value, name: Some(name) });
        }
    }
}
