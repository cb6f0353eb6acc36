//! JavaScript's and TypeScript's modules: relative paths, path mappings, packages of the same repository.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::paths::{Paths, ancestors, folder, joined, last};
use super::resolve::{Resolver, Target};

/// The endings that may be left out, in the order in which they are tried.
const ENDINGS: [&str; 12] =
    [".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte"];

/// Package names and their folders.
pub(in crate::graph) struct Packages(HashMap<String, String>);

/// The part of a tsconfig.json that says where modules are.
pub(in crate::graph) struct TsConfig {
    base: Option<String>,
    /// Patterns with at most one `*`, and the paths that they stand for.
    paths: Vec<(String, Vec<String>)>,
}

impl Resolver<'_> {
    pub(super) fn script(&self, path: &str, module: &str) -> Target {
        let specifier = module.split(['?', '!']).next().unwrap_or(module);
        if specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..") {
            let found = joined(folder(path), specifier).and_then(|path| self.script_file(&path));
            return found.map_or(Target::Lost, Target::Here);
        }
        if specifier.contains(':') {
            return Target::External;
        }
        if let Some(absolute) = specifier.strip_prefix('/') {
            return self.script_file(absolute).map_or(Target::Lost, Target::Here);
        }
        let mapped = self.ts_config(path).and_then(|config| {
            let by_pattern =
                config.paths.iter().filter_map(|(pattern, paths)| Some((rest(pattern, specifier)?, paths)));
            let mut by_pattern =
                by_pattern.flat_map(|(rest, paths)| paths.iter().map(move |path| path.replacen('*', rest, 1)));
            by_pattern
                .find_map(|path| self.script_file(&path))
                .or_else(|| self.script_file(&joined(config.base.as_deref()?, specifier)?))
        });
        if let Some(found) = mapped {
            return Target::Here(found);
        }
        // Plain scripts name files beside them without a dot.
        let looks_like_file = ENDINGS.iter().any(|ending| specifier.ends_with(ending));
        if let Some(found) =
            joined(folder(path), specifier).filter(|_| looks_like_file).and_then(|path| self.paths.file(&path))
        {
            return Target::Here(found.to_owned());
        }
        self.package(specifier)
    }

    /// A module by its path without ending, or a folder with an index.
    fn script_file(&self, path: &str) -> Option<String> {
        let path = path.trim_end_matches('/');
        let with = |path: &str| ENDINGS.map(|ending| format!("{path}{ending}"));
        let exact = self.paths.file(path).filter(|path| path.contains('.'));
        let swapped = || {
            let swap = |from: &str, to: [&str; 2]| {
                let stem = path.strip_suffix(from)?;
                self.paths.first(to.map(|ending| format!("{stem}{ending}")))
            };
            swap(".js", [".ts", ".tsx"])
                .or_else(|| swap(".mjs", [".mts", ".d.mts"]))
                .or_else(|| swap(".cjs", [".cts", ".d.cts"]))
                .or_else(|| swap(".jsx", [".tsx", ".ts"]))
                .or_else(|| swap(".js", [".d.ts", ".jsx"]))
        };
        let index =
            || self.paths.first(with(&if path.is_empty() { "index".to_owned() } else { format!("{path}/index") }));
        let found = exact.or_else(|| self.paths.first(with(path))).or_else(swapped).or_else(index);
        found.map(str::to_owned).or_else(|| self.entry(path))
    }

    /// What a folder's package.json says that its module is.
    fn entry(&self, at: &str) -> Option<String> {
        let manifest = self.paths.file(&joined(at, "package.json")?)?;
        let json: Value = serde_json::from_str(&self.paths.read(manifest)?).ok()?;
        ["source", "types", "module", "main"]
            .iter()
            .filter_map(|key| joined(at, json.get(key)?.as_str()?))
            .filter(|path| path != at)
            .find_map(|path| {
                self.paths
                    .file(&path)
                    .map(str::to_owned)
                    .or_else(|| self.paths.first(ENDINGS.map(|ending| format!("{path}{ending}"))).map(str::to_owned))
            })
            .or_else(|| {
                // The entry is often built from here.
                let stems = [joined(at, "src/index"), joined(at, "src/main"), joined(at, "lib/index")];
                let stems = stems.into_iter().flatten();
                stems
                    .flat_map(|stem| ENDINGS.map(|ending| format!("{stem}{ending}")))
                    .find_map(|path| self.paths.file(&path))
                    .map(str::to_owned)
            })
    }

    fn packages(&self) -> &Packages {
        self.packages.get_or_init(|| Packages::read(&self.paths))
    }

    /// The last parts of the names of packages that a file is in, or whose folder this is.
    pub(super) fn package_names(&self, path: &str) -> Vec<String> {
        let around = self.packages().0.iter().filter(|(_, at)| ancestors(path).any(|folder| folder == at.as_str()));
        around.map(|(name, _)| last(name).to_owned()).collect()
    }

    fn package(&self, specifier: &str) -> Target {
        let packages = self.packages();
        let cut = specifier
            .match_indices('/')
            .nth(usize::from(specifier.starts_with('@')))
            .map_or(specifier.len(), |(at, _)| at);
        let (name, inside) = specifier.split_at(cut);
        let Some(at) = packages.0.get(name) else { return Target::External };
        let inside = inside.trim_start_matches('/');
        if inside.is_empty() {
            return self.script_file(at).or_else(|| self.entry(at)).map_or(Target::Lost, Target::Here);
        }
        let found = joined(at, inside).and_then(|path| self.script_file(&path));
        let found = found.or_else(|| joined(at, &format!("src/{inside}")).and_then(|path| self.script_file(&path)));
        found.map_or(Target::Lost, Target::Here)
    }

    /// The closest tsconfig.json or jsconfig.json around a file.
    fn ts_config(&self, path: &str) -> Option<Arc<TsConfig>> {
        ancestors(path).find_map(|at| {
            let mut known = self.ts_configs.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(config) = known.get(at) {
                return config.clone();
            }
            let names = ["tsconfig.json", "jsconfig.json"];
            let file = names.iter().find_map(|name| self.paths.file(&joined(at, name)?));
            let config = file.and_then(|file| self.read_ts_config(file, 0)).map(Arc::new);
            known.insert(at.to_owned(), config.clone());
            config
        })
    }

    fn read_ts_config(&self, file: &str, depth: usize) -> Option<TsConfig> {
        let json: Value = serde_json::from_str(&plain_json(&self.paths.read(file)?)).ok()?;
        let at = folder(file);
        let extended = json.get("extends").and_then(Value::as_str).filter(|path| path.starts_with('.') && depth < 4);
        let extended = extended.and_then(|path| joined(at, path)).and_then(|path| {
            let file = self.paths.first([path.clone(), format!("{path}.json")])?;
            self.read_ts_config(file, depth + 1)
        });
        let mut config = extended.unwrap_or(TsConfig { base: None, paths: Vec::new() });
        let Some(options) = json.get("compilerOptions") else { return Some(config) };
        if let Some(base) = options.get("baseUrl").and_then(Value::as_str) {
            config.base = joined(at, base);
        }
        if let Some(paths) = options.get("paths").and_then(Value::as_object) {
            let base = config.base.clone().unwrap_or_else(|| at.to_owned());
            let targets = |value: &Value| {
                let all = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                all.filter_map(|path| joined(&base, path)).collect()
            };
            config.paths = paths.iter().map(|(pattern, value)| (pattern.clone(), targets(value))).collect();
        }
        Some(config)
    }
}

impl Packages {
    fn read(paths: &Paths) -> Self {
        let read = |manifest: &&str| {
            let json: Value = serde_json::from_str(&paths.read(manifest)?).ok()?;
            Some((json.get("name")?.as_str()?.to_owned(), folder(manifest).to_owned()))
        };
        // The shallowest of several with one name is the project's.
        let mut manifests: Vec<&str> = paths.named("package.json").to_vec();
        manifests.sort_by_key(|path| std::cmp::Reverse(path.matches('/').count()));
        Self(manifests.iter().filter_map(read).collect())
    }
}

/// What a specifier has in the place of a pattern's `*`.
fn rest<'a>(pattern: &str, specifier: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        Some((before, after)) => specifier.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == specifier).then_some(""),
    }
}

/// JSON without the comments and trailing commas that people put into configurations.
fn plain_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '/' if !quoted && chars.peek() == Some(&'/') => {
                chars.by_ref().find(|c| *c == '\n');
                continue;
            }
            '/' if !quoted && chars.peek() == Some(&'*') => {
                let mut last = ' ';
                chars.next();
                chars.by_ref().find(|c| std::mem::replace(&mut last, *c) == '*' && *c == '/');
                continue;
            }
            '}' | ']' if !quoted => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
            }
            _ => {}
        }
        out.push(c);
    }
    out
}
