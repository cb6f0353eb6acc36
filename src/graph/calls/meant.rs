//! Whether a call means a definition by what its name means there: asked where the text around the call leaves a doubt.

use std::collections::HashMap;

use crate::graph::Confidence;
use crate::graph::meaning::{Meaning, Occurrence, Program, Spot};
use crate::syntax::{Family, Kind, Symbol, Use, occurrences};

use super::callable::Callable;
use super::receiver::{Receiver, receiver};
use super::scene::Scene;

/// The meanings of names in one file, as far as they were asked for.
pub(super) struct Meant<'p, 'a> {
    program: &'p Program<'a>,
    known: HashMap<String, Vec<Occurrence>>,
}

impl<'p, 'a> Meant<'p, 'a> {
    /// `None` where a meaning says no more than the text.
    pub fn new(program: &'p Program<'a>, family: Family) -> Option<Self> {
        program.follows_types(family).then(|| Self { program, known: HashMap::new() })
    }

    /// How sure it is that a call means the target, when its text alone says `judged`.
    pub fn settled(
        &mut self,
        scene: &Scene,
        call: &Use,
        target: &Callable,
        judged: Option<Confidence>,
    ) -> Option<Confidence> {
        let receiver = receiver(&scene.text, call.offset);
        // What the text says of a value's type is a guess, and modules inside of a Rust file have names of their own; the rest
        // is certain.
        let guessed = matches!(receiver, Receiver::Value { .. } | Receiver::Made(_)) || scene.family == Family::Rust;
        if judged == Some(Confidence::Exact) && !guessed {
            return judged;
        }
        let word = call.name.trim_start_matches("r#").trim_start_matches('#');
        let path = scene.path.as_str();
        if !self.known.contains_key(word) {
            self.known.insert(word.to_owned(), self.program.occurrences(path, word));
        }
        let at = call.offset + (call.name.len() - word.len());
        let meaning = self.known[word].iter().find(|item| item.range.start == at).map(|item| &item.meaning);
        match meaning {
            Some(Meaning::These(spots)) => self.among(spots, target, receiver != Receiver::Super),
            Some(Meaning::Outside) => None,
            Some(Meaning::Unknown { .. }) | None => judged,
        }
    }

    /// Whether the target is among what is meant; `open` when a method below what is named may run as well.
    fn among(&self, meant: &[Spot], target: &Callable, open: bool) -> Option<Confidence> {
        let own = target.spots(self.program);
        if meant.iter().any(|spot| own.contains(spot)) {
            let only = meant.iter().all(|spot| own.contains(spot));
            return Some(if only { Confidence::Exact } else { Confidence::Likely });
        }
        (open && target.member && meant.iter().any(|spot| self.may_run(spot, &own, target)))
            .then_some(Confidence::Possible)
    }

    /// Whether a call that names one method may run the target, which stands below it.
    fn may_run(&self, named: &Spot, own: &[Spot], target: &Callable) -> bool {
        let Some((base, _)) = self.owner(named) else { return false };
        let members = self.program.kin(named).members;
        if !members.iter().any(|member| own.contains(member)) {
            return false;
        }
        if matches!(base.kind, Kind::Trait | Kind::Interface) {
            return true;
        }
        let owners: Vec<(Symbol, String)> = members.iter().filter_map(|member| self.owner(member)).collect();
        let mut reached: Vec<&str> = target.container.into_iter().collect();
        let mut next = 0;
        while let Some(name) = reached.get(next).copied() {
            if name == base.name {
                return true;
            }
            let heads = owners.iter().filter(|(owner, _)| owner.name == name).map(|(_, head)| head);
            let heads: Vec<&String> = heads.collect();
            for (above, _) in &owners {
                let is_above = heads.iter().any(|head| occurrences(head, &above.name).next().is_some());
                if is_above && !reached.contains(&above.name.as_str()) {
                    reached.push(&above.name);
                }
            }
            next += 1;
        }
        false
    }

    /// The type that a method is in, with what its head says besides its name.
    fn owner(&self, spot: &Spot) -> Option<(Symbol, String)> {
        let source = self.program.source(&spot.path)?;
        let symbols = &source.symbols.symbols;
        let method = symbols.iter().find(|symbol| Spot::of(&source.path, &source.text, symbol) == *spot)?;
        let owner = &symbols[method.parent?];
        let head = owner.signature.replacen(&owner.name, "", 1);
        matches!(owner.kind, Kind::Class | Kind::Trait | Kind::Interface).then(|| (owner.clone(), head))
    }
}
