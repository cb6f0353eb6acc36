//! A definition that calls may mean.

use crate::graph::definition::Place;
use crate::graph::meaning::{Program, Spot};
use crate::syntax::{Family, Kind, Language, Symbol};

pub(super) struct Callable<'a> {
    pub path: &'a str,
    pub symbol: &'a Symbol,
    /// The class of a constructor that is called by the class's name.
    pub class: Option<&'a Symbol>,
    pub family: Family,
    /// The name by which it is called: of a constructor that has a name of its own, its class's name.
    pub called: &'a str,
    /// The innermost type, namespace or function around it.
    pub container: Option<&'a str>,
    /// It is called on a value of its container's type.
    pub member: bool,
    /// It is inside of a function.
    pub nested: bool,
    /// It is a trait's or an interface's, so that other types have it too.
    pub in_trait: bool,
}

impl<'a> Callable<'a> {
    /// What a place may be called as; nothing for what cannot be called.
    pub fn all(place: &'a Place) -> Vec<Self> {
        let symbol = place.symbol();
        let path = place.file.path.as_str();
        let Some(family) = Language::of(path).and_then(Language::family) else { return Vec::new() };
        let mut outer = symbol.qualified.rsplit('.').skip(1);
        let container = outer.next();
        let plain = |called, container, member: bool| {
            let parent = symbol.parent.map(|at| &place.file.symbols.symbols[at]);
            let nested =
                parent.is_some_and(|parent| matches!(parent.kind, Kind::Function | Kind::Method | Kind::Constructor));
            let in_trait = parent.is_some_and(|parent| matches!(parent.kind, Kind::Trait | Kind::Interface));
            let class = parent.filter(|_| symbol.kind == Kind::Constructor && !member);
            Self { path, symbol, class, family, called, container, member, nested, in_trait }
        };
        let name = symbol.name.trim_start_matches("r#").trim_start_matches('#');
        match symbol.kind {
            Kind::Constructor => {
                let class = container.unwrap_or(name);
                let by_class = plain(class, outer.next(), false);
                // `super().__init__()` and the like go by the constructor's own name.
                if class == name { vec![by_class] } else { vec![by_class, plain(name, container, true)] }
            }
            // What a field holds is called through parentheses there.
            Kind::Field | Kind::Property if matches!(family, Family::Rust | Family::Java) => Vec::new(),
            Kind::Method | Kind::Field | Kind::Property | Kind::EnumMember => vec![plain(name, container, true)],
            Kind::Module | Kind::Type | Kind::Trait | Kind::Interface | Kind::Union => Vec::new(),
            _ => vec![plain(name, container, false)],
        }
    }

    pub fn is_type(&self) -> bool {
        matches!(self.symbol.kind, Kind::Class | Kind::Struct | Kind::Enum)
            || self.symbol.kind == Kind::Constructor && !self.member
    }

    /// Whether it can stand behind a value and a dot; Rust's associated functions without `self` cannot.
    pub fn takes_value(&self) -> bool {
        let takes_self = || crate::syntax::occurrences(&self.symbol.signature, "self").next().is_some();
        self.member && (self.family != Family::Rust || takes_self() || self.symbol.signature.len() >= 200)
    }

    /// C's `static`: seen in its own file only, and where that is included.
    pub fn is_file_local(&self) -> bool {
        let source = !self.path.ends_with(".h") && !self.path.ends_with(".hpp") && !self.path.ends_with(".inc");
        self.family == Family::C && source && !self.member && self.symbol.signature.starts_with("static ")
    }

    /// Where names that mean it lead: to itself, or to its class.
    pub fn spots(&self, program: &Program) -> Vec<Spot> {
        let Some(source) = program.source(self.path) else { return Vec::new() };
        // Overloads, and what is defined again under a condition, are one thing; Rust's impls may repeat a name.
        let again = |other: &&Symbol| self.family != Family::Rust && other.qualified == self.symbol.qualified;
        let again = source.symbols.symbols.iter().filter(again);
        let symbols = std::iter::once(self.symbol).chain(self.class).chain(again);
        symbols.map(|symbol| Spot::of(self.path, &source.text, symbol)).collect()
    }

    /// Definitions with one key are one thing: overloads, a class and its constructors.
    pub fn key(&self) -> (&'a str, &'a str) {
        let qualified = &self.symbol.qualified;
        if self.symbol.kind == Kind::Constructor && !self.member {
            return (qualified.rsplit_once('.').map_or(qualified.as_str(), |(class, _)| class), "");
        }
        (qualified, if self.is_type() { "" } else { self.path })
    }
}
