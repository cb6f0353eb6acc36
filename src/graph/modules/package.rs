//! Packages by their manifests: which folders are some, and what they are called.

use std::collections::HashSet;

use crate::workspace::{RelPath, Snapshot};

const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "package.json",
    "go.mod",
    "pyproject.toml",
    "setup.py",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "mix.exs",
    "__init__.py",
];

/// The folders that have a manifest.
pub(super) fn packages<'a>(files: impl Iterator<Item = &'a str>) -> HashSet<&'a str> {
    let split = files.filter_map(|path| path.rsplit_once('/'));
    split.filter(|(_, name)| MANIFESTS.contains(name)).map(|(folder, _)| folder).collect()
}

/// What a folder's manifest calls it.
pub(super) fn name(snapshot: &Snapshot, folder: &str) -> Option<String> {
    let read = |manifest: &str| {
        let path = if folder.is_empty() { manifest.to_owned() } else { format!("{folder}/{manifest}") };
        snapshot.glance(&RelPath::parse(&path).ok()?).ok().map(|(text, _)| text)
    };
    let field = |table: &toml::Table, key: &str| Some(table.get(key)?.get("name")?.as_str()?.to_owned());
    if let Some(text) = read("Cargo.toml") {
        return field(&text.parse().ok()?, "package");
    }
    if let Some(text) = read("package.json") {
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        return Some(json.get("name")?.as_str()?.to_owned());
    }
    if let Some(text) = read("go.mod") {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
        return Some(line.split("//").next()?.trim().trim_matches('"').to_owned());
    }
    field(&read("pyproject.toml")?.parse().ok()?, "project")
}
