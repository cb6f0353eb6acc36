//! Calls under another name: `import { name as other }`, `from m import name as other`, `use m::name as other`.

use std::sync::Arc;

use crate::graph::imports::Resolver;
use crate::graph::{Confidence, Symbols};
use crate::syntax::{Language, Names, Use, occurrences};
use crate::workspace::RelPath;

use super::callable::Callable;
use super::meant::Meant;
use super::receiver::{Receiver, receiver};
use super::scene::Scene;

/// The calls in a file by the names that imports give to `word` there: a scene per name.
pub(super) fn scenes<'a>(
    path: &RelPath,
    text: &Arc<str>,
    word: &str,
    cache: &Symbols,
    resolver: &'a Resolver<'a>,
) -> Vec<Scene<'a>> {
    let renamed = |at: std::ops::Range<usize>| text[at.end..].starts_with(" as ");
    let Some(language) = Language::detect(path.as_str(), text).filter(|_| occurrences(text, word).any(renamed)) else {
        return Vec::new();
    };
    let imports = resolver.imports(path.as_str(), language, text);
    let taken = imports.iter().flat_map(|import| &import.taken);
    let mut locals: Vec<&str> =
        taken.filter(|taken| taken.name == word && taken.local != word).map(|taken| taken.local.as_str()).collect();
    locals.sort_unstable();
    locals.dedup();
    let scene = |local| Scene::read(path.clone(), Arc::clone(text), Names::Only(local), cache, resolver);
    locals.into_iter().filter_map(scene).collect()
}

/// How sure it is that a call by such a name means the target.
pub(super) fn judge(scene: &Scene, call: &Use, target: &Callable, meant: Option<&mut Meant>) -> Option<Confidence> {
    if target.member || scene.family != target.family || receiver(&scene.text, call.offset) != Receiver::Bare {
        return None;
    }
    let import = scene.import_of(&call.name)?;
    if !import.taken.iter().any(|taken| taken.local == call.name && taken.name == target.called) {
        return None;
    }
    let judged = match import.target.as_deref() {
        Some(path) if path == target.path => Some(Confidence::Exact),
        Some(_) => Some(Confidence::Possible),
        None => (!import.external).then_some(Confidence::Possible),
    };
    match meant {
        Some(meant) => meant.settled(scene, call, target, judged),
        None => judged,
    }
}
