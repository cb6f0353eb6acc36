//! Calls on values and modules: what the text around says of what stands before the dot.

use std::collections::HashSet;

use crate::graph::{Confidence, Import};
use crate::syntax::Family;

use super::callable::Callable;
use super::common::is_common;
use super::receiver::types_of;
use super::verdict::{Case, folder};
use Confidence::{Exact, Likely, Possible};

impl Case<'_, '_> {
    pub(super) fn value(&self, name: &str, field: bool) -> Option<Confidence> {
        let Self { scene, call, target, others } = self;
        let may_be_module = match scene.family {
            Family::Python => true,
            Family::Rust | Family::C => false,
            _ => !field,
        };
        let module = scene.module_called(name).filter(|_| may_be_module);
        if let Some(import) = module {
            return self.on_module(import, name);
        }
        if !field && target.container == Some(name) {
            return self.on_type(name);
        }
        if !field && name.starts_with(char::is_uppercase) && others.iter().any(|other| other.container == Some(name)) {
            return None;
        }
        if !target.member {
            let is_object = scene.family == Family::JavaScript && self.unique() && !target.nested;
            return is_object.then_some(Possible);
        }
        if !target.takes_value() {
            return None;
        }
        let text = if field { &scene.text[..] } else { scene.function_text(call) };
        let (types, typed) = types_of(text, name, scene.family);
        self.made(&types, typed)
    }

    /// `module.name()`
    fn on_module(&self, import: &Import, name: &str) -> Option<Confidence> {
        let target = self.target;
        let taken = import.taken.iter().any(|taken| taken.local == name);
        if target.member {
            // A class, or a value that was imported.
            return match (target.container == Some(name), import.external) {
                (true, _) => self.imported(import),
                (_, true) => None,
                _ if self.others.iter().any(|other| other.container == Some(name)) => None,
                _ if taken => self.unknown(),
                _ => None,
            };
        }
        if taken && self.scene.family == Family::JavaScript {
            // A value that was imported, or a module that another module passes on as a value.
            return Some(self.sole(Possible));
        }
        match import.target.as_deref() {
            Some(path) if path == target.path || path == folder(target.path) && self.scene.family == Family::Go => {
                Some(Exact)
            }
            Some(path) if path == folder(target.path) => Some(self.sole(Possible)),
            Some(path) if self.others.iter().any(|other| other.path == path) => None,
            Some(_) if self.scene.family == Family::Go => None,
            _ => self.imported(import),
        }
    }

    /// On a value about whose type these words are known; `typed` when its type is among them.
    pub(super) fn made(&self, words: &HashSet<String>, typed: bool) -> Option<Confidence> {
        if !self.target.takes_value() {
            return None;
        }
        let container = self.target.container.unwrap_or("");
        if words.contains(container) {
            let namesakes = self.others.iter().any(|other| other.container == Some(container));
            return Some(if namesakes && !self.same_file() { Likely } else { Exact });
        }
        let rival = |other: &&Callable| other.member && other.container.is_some_and(|outer| words.contains(outer));
        if self.others.iter().any(rival) {
            return None;
        }
        let verdict = self.unknown()?;
        // A type is known, and it is another one: below this one, or something else altogether.
        Some(if typed { Possible } else { verdict })
    }

    pub(super) fn unknown(&self) -> Option<Confidence> {
        if !self.target.takes_value() {
            return None;
        }
        if is_common(self.target.called) {
            return Some(Possible);
        }
        let members: HashSet<_> =
            self.others.iter().filter(|other| other.member).map(|other| other.container).collect();
        if members.is_empty() || members.len() == 1 && members.contains(&self.target.container) {
            return Some(Likely);
        }
        let here = self.target.container.is_some_and(|outer| self.scene.mentions(outer));
        let rivals =
            members.iter().flatten().any(|outer| Some(*outer) != self.target.container && self.scene.mentions(outer));
        Some(if here && !rivals { Likely } else { Possible })
    }
}
