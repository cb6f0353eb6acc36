//! Whether a call means a definition: by what stands before the name, what the file imports, and who else has the name.

use crate::graph::{Confidence, Import};
use crate::syntax::{Family, Kind, Place, Use};

use super::callable::Callable;
use super::receiver::{Receiver, receiver};
use super::scene::Scene;
use Confidence::{Exact, Likely, Possible};

/// How sure it is that the call means the target, of `all` with the name; `None` when it surely means something else.
pub(super) fn judge(scene: &Scene, call: &Use, target: &Callable, all: &[Callable]) -> Option<Confidence> {
    if scene.family != target.family || call.name.trim_start_matches('#') != target.called {
        return None;
    }
    // A parameter or a local variable of that name.
    if call.place == Place::Local && !target.nested {
        return None;
    }
    let others: Vec<&Callable> =
        all.iter().filter(|other| other.key() != target.key() && other.called == target.called).collect();
    let case = Case { scene, call, target, others };
    match receiver(&scene.text, call.offset) {
        Receiver::Bare => case.bare(),
        Receiver::Own => case.own(),
        Receiver::Super => case.inherited(),
        Receiver::Path(parts) => case.path(&parts),
        Receiver::Value { name, field } => case.value(&name, field),
        Receiver::Made(words) => {
            // Whatever a function in lower case gives back.
            let is_type = words.iter().any(|word| word.starts_with(char::is_uppercase));
            case.made(&words.into_iter().collect(), is_type)
        }
        Receiver::Literal => None,
        Receiver::Unknown => case.unknown(),
    }
}

pub(super) struct Case<'a, 's> {
    pub scene: &'a Scene<'s>,
    pub call: &'a Use,
    pub target: &'a Callable<'a>,
    /// Other things with the name.
    pub others: Vec<&'a Callable<'a>>,
}

impl Case<'_, '_> {
    pub(super) fn same_file(&self) -> bool {
        self.scene.path.as_str() == self.target.path
    }

    /// Nothing else has the name.
    pub(super) fn unique(&self) -> bool {
        self.others.is_empty()
    }

    pub(super) fn sole(&self, otherwise: Confidence) -> Confidence {
        if self.unique() { Likely } else { otherwise }
    }

    fn bare(&self) -> Option<Confidence> {
        let Self { scene, call, target, others } = self;
        let implicit_this = scene.family.implies_self();
        if target.member {
            if implicit_this && target.symbol.kind == Kind::Method {
                return self.through_this();
            }
            let import = scene.import_of(&call.name)?;
            return (target.symbol.kind == Kind::EnumMember).then(|| self.imported(import))?;
        }
        if let Some(import) = scene.import_of(&call.name) {
            return self.imported_here(import);
        }
        if scene.family == Family::Rust && target.symbol.kind != Kind::Macro && self.is_attribute() {
            return None;
        }
        if target.nested {
            let inside = self.same_file() && self.is_in_scope(target);
            return inside.then_some(Exact);
        }
        let shadowed = |other: &&Callable| {
            other.path == scene.path.as_str() && !other.member && (!other.nested || self.is_in_scope(other))
        };
        if implicit_this && let Some(own) = scene.own_type(call) {
            let is_method = |other: &&Callable| other.member && other.container == Some(own);
            if others.iter().any(is_method) {
                return None;
            }
        }
        if self.same_file() {
            return Some(Exact);
        }
        if others.iter().any(shadowed) {
            return None;
        }
        match scene.family {
            Family::Rust if target.symbol.kind == Kind::Macro => Some(self.sole(Possible)),
            Family::Rust | Family::Python => self.by_star(),
            Family::Go => {
                (folder(scene.path.as_str()) == folder(target.path)).then_some(Exact).or_else(|| self.by_star())
            }
            Family::Java if folder(scene.path.as_str()) == folder(target.path) => Some(Exact),
            Family::Java => self.by_star().or(Some(self.sole(Possible))),
            Family::JavaScript => {
                let is_module = !scene.imports().is_empty() || target.symbol.signature.starts_with("export");
                (!is_module).then(|| self.sole(Possible))
            }
            Family::C if !self.sees_namespace() => self.linked().map(|_| Possible),
            Family::C => self.linked(),
            _ => self.by_star().or(Some(self.sole(Possible))),
        }
    }

    /// `#[test]` is the language's, whatever functions are called so.
    fn is_attribute(&self) -> bool {
        let before = &self.scene.text[..self.call.offset];
        before.ends_with("#[") || before.ends_with("#![")
    }

    /// Whether C++ code sees the target's namespace without naming it; its arguments' types may still do that.
    fn sees_namespace(&self) -> bool {
        let Some((namespace, _)) = self.target.symbol.qualified.rsplit_once('.') else { return true };
        let caller = self.scene.caller(self.call).map_or("", |caller| caller.qualified.as_str());
        let inside = caller.strip_prefix(namespace).is_some_and(|rest| rest.starts_with('.'));
        inside || self.scene.text.contains("using ")
    }

    /// C's functions are known everywhere, unless they are static.
    fn linked(&self) -> Option<Confidence> {
        let Self { scene, target, others, .. } = self;
        if target.is_file_local() && !scene.imports().iter().any(|import| import.target.as_deref() == Some(target.path))
        {
            return None;
        }
        // Inside of a type a method from above may be meant as well.
        let in_type = scene.own_type(self.call).is_some();
        let rivals = others.iter().filter(|other| {
            (!other.member || in_type) && !other.is_file_local() && other.symbol.kind != Kind::Declaration
        });
        let rivals: Vec<&&Callable> = rivals.collect();
        if rivals.is_empty() {
            return Some(Exact);
        }
        let includes = |path: &str| scene.imports().iter().any(|import| import.target.as_deref() == Some(path));
        let at = folder(scene.path.as_str());
        let near = |path: &str| includes(path) || folder(path) == at;
        let others_near = rivals.iter().any(|other| near(other.path));
        match near(target.path) {
            true => Some(if others_near { Possible } else { Likely }),
            false => (!others_near).then_some(Possible),
        }
    }

    /// A method that is called without a receiver, by its own type's code or by that of a type below it.
    fn through_this(&self) -> Option<Confidence> {
        let own = self.scene.own_type(self.call);
        let own = own.or_else(|| {
            // `void Foo::bar() {}` outside of the class.
            let caller = self.scene.caller(self.call)?;
            caller.qualified.rsplit('.').nth(1)
        })?;
        if self.target.container == Some(own) {
            return Some(Exact);
        }
        let is_own =
            |other: &&Callable| other.container == Some(own) || !other.member && other.path == self.scene.path.as_str();
        if self.others.iter().any(is_own) {
            return None;
        }
        if let Some(import) = self.scene.import_of(&self.call.name) {
            return self.imported_here(import);
        }
        self.inherited()
    }

    fn is_in_scope(&self, nested: &Callable) -> bool {
        let outer = nested.symbol.qualified.rsplit_once('.').map(|(outer, _)| outer);
        let around = self.scene.symbols.symbols.iter().filter(|symbol| Some(symbol.qualified.as_str()) == outer);
        let line = self.call.line;
        around.into_iter().any(|symbol| symbol.from <= line && line <= symbol.to)
    }

    /// The called name came by this import, which may take another name and call it so.
    fn imported_here(&self, import: &Import) -> Option<Confidence> {
        let taken = import.taken.iter().find(|taken| taken.local == self.call.name);
        taken.is_none_or(|taken| taken.name == self.target.called).then(|| self.imported(import))?
    }

    /// The name came by this import.
    pub(super) fn imported(&self, import: &Import) -> Option<Confidence> {
        match import.target.as_deref() {
            Some(target) if target == self.target.path => Some(Exact),
            // The import of a definition's own file by itself: an inline module's `use super::name`.
            Some(target) if self.others.iter().any(|other| other.path == target) => None,
            // Passed on from somewhere else.
            Some(_) => Some(self.sole(Possible)),
            None if import.external => None,
            None => Some(self.sole(Possible)),
        }
    }

    /// Everything of some module was imported.
    fn by_star(&self) -> Option<Confidence> {
        let stars = self
            .scene
            .imports()
            .iter()
            .filter(|import| import.names.iter().any(|name| name == "*") || import.local.as_deref() == Some("."));
        let stars: Vec<&Import> = stars.filter(|import| !import.external).collect();
        let leads = |path: &str| {
            let holds = |target: &str| target == path || target == folder(path) && !target.ends_with(".rs");
            stars.iter().any(|import| import.target.as_deref().is_some_and(holds))
        };
        if leads(self.target.path) {
            return Some(if self.unique() { Exact } else { Likely });
        }
        let other_leads = self.others.iter().any(|other| leads(other.path));
        (!stars.is_empty() && !other_leads && self.unique()).then_some(Possible)
    }

    fn own(&self) -> Option<Confidence> {
        if !self.target.member {
            return None;
        }
        let Some(own) = self.scene.own_type(self.call) else { return Some(Possible) };
        if self.target.container == Some(own) {
            let same_type = self.others.iter().filter(|other| other.container == Some(own));
            let elsewhere = same_type.clone().any(|other| other.path == self.scene.path.as_str());
            return match (self.same_file(), same_type.count()) {
                (true, _) | (_, 0) => Some(Exact),
                _ if elsewhere => None,
                _ => Some(Possible),
            };
        }
        if self
            .others
            .iter()
            .any(|other| other.member && other.container == Some(own) && other.path == self.scene.path.as_str())
        {
            return None;
        }
        self.inherited()
    }

    /// From a type above, or a trait.
    fn inherited(&self) -> Option<Confidence> {
        let container = self.target.container.filter(|_| self.target.member)?;
        let rival = |other: &&Callable| other.container.is_some_and(|outer| self.scene.mentions(outer));
        Some(match (self.scene.mentions(container), self.others.iter().any(rival)) {
            (true, false) => Likely,
            (false, true) => return self.others.is_empty().then_some(Possible),
            _ => Possible,
        })
    }

    fn path(&self, parts: &[String]) -> Option<Confidence> {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return self.unknown() };
        if self.target.container == Some(last.as_str()) && (self.target.member || self.scene.family == Family::C) {
            return self.on_type(last);
        }
        if matches!(first.as_str(), "std" | "core" | "alloc") {
            return None;
        }
        if self.others.iter().any(|other| other.container == Some(last.as_str())) {
            return None;
        }
        if last.starts_with(char::is_uppercase) {
            // A trait's method, or that of a class above, by another type's name.
            let above = matches!(self.scene.family, Family::C) || self.target.in_trait;
            let outside = self.scene.import_of(last).is_some_and(|import| import.external);
            return (above && self.target.member && !outside).then_some(Possible);
        }
        if self.target.member {
            // A type parameter or an alias in lower case.
            return (self.scene.family == Family::C && self.unique()).then_some(Possible);
        }
        if self.scene.family != Family::Rust {
            return Some(self.sole(Possible));
        }
        let import = self.scene.import_of(first).or_else(|| self.scene.module_called(first));
        if parts.len() == 1
            && let Some(import) = import
        {
            return self.imported(import);
        }
        let module = match import {
            Some(import) => format!("{}::{}", import.module, parts.join("::")),
            None => parts.join("::"),
        };
        let Self { scene, call, .. } = self;
        let within = scene.inline_modules(call);
        let target = scene.resolver.rust_path(scene.path.as_str(), &scene.text, &module, &call.name, within);
        match target {
            Some(path) if path == self.target.path => Some(Exact),
            Some(path) if self.others.iter().any(|other| other.path == path) => None,
            Some(_) => Some(self.sole(Possible)),
            None => None,
        }
    }

    /// `Type::name()` and `Type.name()` where the type's name is the container's.
    pub(super) fn on_type(&self, name: &str) -> Option<Confidence> {
        let namesakes: Vec<_> = self.others.iter().filter(|other| other.container == Some(name)).collect();
        if self.same_file() || namesakes.is_empty() {
            let foreign = self.scene.import_of(name).is_some_and(|import| import.external);
            return (self.same_file() || !foreign).then_some(Exact);
        }
        if namesakes.iter().any(|other| other.path == self.scene.path.as_str()) {
            return None;
        }
        match self.scene.import_of(name) {
            Some(import) => self.imported(import),
            None => Some(Possible),
        }
    }
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
