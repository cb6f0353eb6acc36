//! Modules by name or path in the languages whose modules stand where their names say, more or less.

use crate::syntax::{Family, Language};

use super::paths::{folder, joined};
use super::resolve::{Resolver, Target};

impl Resolver<'_> {
    /// A file by its path: beside the importing one, or wherever a path ends like that.
    pub(super) fn beside(&self, path: &str, module: &str) -> Target {
        let endings: &[&str] = match family(path) {
            Some(Family::Ruby) => &["", ".rb"],
            Some(Family::Lua) => &["", ".lua"],
            _ => &[""],
        };
        let tail = module.trim_start_matches("./");
        let beside = endings.iter().filter_map(|ending| joined(folder(path), &format!("{tail}{ending}")));
        if let Some(found) = self.paths.first(beside) {
            return Target::Here(found.to_owned());
        }
        let tail = tail.rsplit("../").next().unwrap_or(tail);
        self.by_tails(path, endings.iter().map(|ending| format!("{tail}{ending}"))).unwrap_or(Target::Lost)
    }

    /// A module by its name, and what is taken out of it, which may be a file of its own.
    pub(super) fn by_name(&self, path: &str, module: &str, name: Option<&str>) -> Target {
        let Some(family) = family(path) else { return Target::External };
        let separator = if family == Family::Php { '\\' } else { '.' };
        let parts: Vec<&str> = module.split(separator).filter(|part| !part.is_empty()).collect();
        let name = name.filter(|name| *name != "*");
        let tails = match family {
            Family::Lua => vec![format!("{}.lua", parts.join("/")), format!("{}/init.lua", parts.join("/"))],
            Family::Ruby => vec![format!("{module}.rb")],
            Family::Haskell => vec![format!("{}.hs", parts.join("/"))],
            // A module is a file, and what is below it is in it.
            Family::OCaml => {
                parts.first().map(|first| vec![format!("{}.ml", uncapitalised(first))]).unwrap_or_default()
            }
            Family::Elixir => {
                let all: Vec<String> = parts.iter().copied().chain(name).map(snake).collect();
                shortened(&all, ".ex")
            }
            Family::Php => shortened(&owned(&parts, name), ".php"),
            Family::Kotlin => {
                let all = owned(&parts, name);
                [shortened(&all, ".kt"), shortened(&all, ".java")].concat()
            }
            Family::Scala => {
                let all = owned(&parts, name);
                [
                    shortened(&all, ".scala"),
                    shortened(&parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>(), ".scala"),
                ]
                .concat()
            }
            _ => Vec::new(),
        };
        if let Some(found) = self.by_tails(path, tails) {
            return found;
        }
        let folder = match family {
            Family::Swift => format!("Sources/{module}"),
            Family::CSharp | Family::Kotlin | Family::Scala if parts.len() > 1 => parts.join("/"),
            _ => return Target::External,
        };
        let folders = self.paths.folders_ending(&folder);
        match self.paths.closest(path, &folders) {
            Some(found) => Target::Here(found.to_owned()),
            None if folders.is_empty() => Target::External,
            None => Target::Lost,
        }
    }

    /// What the first of the tails that any file ends with leads to.
    fn by_tails(&self, path: &str, tails: impl IntoIterator<Item = String>) -> Option<Target> {
        let found = tails.into_iter().map(|tail| self.paths.ending(&tail)).find(|found| !found.is_empty())?;
        let closest = self.paths.closest(path, &found);
        Some(closest.map_or(Target::Lost, |found| Target::Here(found.to_owned())))
    }
}

fn family(path: &str) -> Option<Family> {
    Language::of(path).and_then(Language::family)
}

fn owned(parts: &[&str], name: Option<&str>) -> Vec<String> {
    parts.iter().copied().chain(name).map(str::to_owned).collect()
}

/// The path, and the path without its first folders, which may be those of a root; at least two parts.
fn shortened(parts: &[String], ending: &str) -> Vec<String> {
    let last = parts.len().saturating_sub(2);
    (0..=last).map(|from| format!("{}{ending}", parts[from..].join("/"))).collect()
}

/// `MyApp` is in `my_app`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for c in name.chars() {
        if c.is_uppercase() && before != '_' && !before.is_uppercase() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        before = c;
    }
    out
}

fn uncapitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}
