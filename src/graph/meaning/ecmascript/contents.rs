//! What types have as a whole: the names of all members, the elements that iterating gives.

use super::engine::Engine;
use super::tree::At;
use super::types::{Ty, Type, parts, present, ty, union};

impl Engine<'_, '_> {
    /// The names of a type's members, where they can be listed.
    pub fn member_names(&mut self, of: &Ty) -> Option<Vec<String>> {
        self.deeper(|engine| {
            let of = engine.opened(of);
            let mut names: Vec<String> = Vec::new();
            match &*of {
                Type::Ref(sym, arguments) => {
                    for declaration in engine.declarations(*sym) {
                        let Some(body) = engine.field(declaration, "body") else { continue };
                        let unit = engine.unit(body.unit);
                        names
                            .extend(unit.member_names(body.node).filter(|name| !name.contains(' ')).map(str::to_owned));
                    }
                    for base in engine.bases(*sym, arguments, &of) {
                        names.extend(engine.member_names(&base)?);
                    }
                }
                Type::Shape(at, env) => {
                    if let Some(clause) = engine.mapped(*at) {
                        let keys = engine.field(clause, "type")?;
                        let keys = engine.evaluate(keys, env);
                        let keys = engine.opened(&keys);
                        for key in parts(&keys) {
                            let Type::Str(key) = &*key else { return None };
                            names.push(key.clone());
                        }
                        return Some(names);
                    }
                    let unit = engine.unit(at.unit);
                    names.extend(unit.member_names(at.node).map(str::to_owned));
                    let spreads: Vec<u32> =
                        unit.tree.named(at.node).filter(|node| unit.kind(*node) == "spread_element").collect();
                    for spread in spreads {
                        let inner = engine.first(At { node: spread, ..*at })?;
                        let inner = engine.expression(inner);
                        names.extend(engine.member_names(&inner)?);
                    }
                }
                Type::Value(sym) => {
                    for declaration in engine.declarations(*sym) {
                        let Some(body) = engine.field(declaration, "body") else { continue };
                        let unit = engine.unit(body.unit);
                        if unit.kind(declaration.node) == "enum_declaration" {
                            names.extend(unit.member_names(body.node).map(str::to_owned));
                        } else {
                            names.extend(unit.all(body.node).map(|(name, _)| name.to_owned()));
                            let statics = unit.member_names(body.node).filter_map(|name| name.strip_prefix("static "));
                            names.extend(statics.map(str::to_owned));
                        }
                    }
                }
                Type::Inter(all) => {
                    for part in all {
                        names.extend(engine.member_names(part)?);
                    }
                }
                Type::Tuple(elements) => names.extend((0..elements.len()).map(|index| index.to_string())),
                _ => return None,
            }
            names.sort();
            names.dedup();
            Some(names)
        })?
    }

    /// The elements that iterating over a type gives.
    pub fn element(&mut self, of: &Ty) -> Option<Ty> {
        let of = self.opened(&present(of));
        match &*of {
            Type::Any => Some(ty(Type::Any)),
            Type::Foreign => Some(ty(Type::Foreign)),
            Type::Str(_) | Type::Prim("String") => Some(ty(Type::Prim("String"))),
            Type::Tuple(elements) => match &*self.as_array(elements) {
                Type::Ref(_, arguments) => arguments.first().cloned(),
                _ => None,
            },
            Type::Union(all) => {
                let found: Vec<Ty> = all.iter().filter_map(|part| self.element(part)).collect();
                (!found.is_empty()).then(|| union(found))
            }
            Type::Inter(all) => all.iter().find_map(|part| self.element(part)),
            Type::Param(_) => {
                let base = self.constraint_of(&of)?;
                self.element(&base)
            }
            Type::Ref(sym, arguments) => {
                if sym.unit == super::engine::LIB && !arguments.is_empty() {
                    let name = self.symbol(*sym, |symbol| symbol.name.clone())?;
                    match name.as_str() {
                        "Map" | "ReadonlyMap" if arguments.len() == 2 => {
                            return Some(ty(Type::Tuple(arguments.clone())));
                        }
                        "Promise" | "PromiseLike" | "WeakMap" | "Partial" => return None,
                        _ => return arguments.first().cloned(),
                    }
                }
                let iterator =
                    self.property(&of, "[Symbol.iterator]").or_else(|| self.property(&of, "[Symbol.asyncIterator]"));
                if let Some(iterator) = iterator {
                    let made = self.called(&iterator)?;
                    return match &*self.opened(&made) {
                        Type::Ref(_, arguments) => arguments.first().cloned(),
                        _ => None,
                    };
                }
                let bases = self.bases(*sym, arguments, &of);
                bases.iter().find_map(|base| self.element(base))
            }
            Type::Shape(at, env) => {
                let of = self.index_signature(*at, "0")?;
                Some(self.evaluate(of, env))
            }
            _ => None,
        }
    }
}
