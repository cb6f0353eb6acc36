//! Which files a conversation's variables come from, so that those whose text changed since can be called stale.
//!
//! What flows where inside JavaScript cannot be followed. Variables that a cell names, or makes, belong together from then
//! on, and with the files that the cell brought back: too much is called stale rather than too little.

use std::collections::{BTreeMap, BTreeSet};

use crate::repl::declared;

/// Stands for the list of all files, in the place of a path.
pub const LISTING: &str = "";

/// Files that are named of one variable.
const MOST_NAMED: usize = 3;

/// What tells two texts of a file apart; `None`: it could not be read.
pub type Print = Option<blake3::Hash>;

/// The cells of one question.
#[derive(Default)]
pub struct Trail {
    steps: Vec<Step>,
    /// The variables when somebody last looked.
    vars: BTreeMap<String, String>,
}

struct Step {
    code: String,
    /// What its calls brought back.
    files: BTreeSet<String>,
    /// Names that it may have left undeclared, since it did not run to its end.
    failed: bool,
    /// Variables that were new or other after it; `None` when nobody looked.
    news: Option<BTreeSet<String>>,
}

impl Trail {
    /// Begins where these variables are.
    pub fn after(vars: BTreeMap<String, String>) -> Self {
        Self { steps: Vec::new(), vars }
    }

    /// A cell that ran.
    pub fn cell(&mut self, code: &str, files: BTreeSet<String>, failed: bool) {
        self.steps.push(Step { code: code.to_owned(), files, failed, news: None });
    }

    /// The variables after the last cell.
    pub fn now(&mut self, vars: &BTreeMap<String, String>) {
        let news = self.news(vars);
        if let Some(step) = self.steps.last_mut() {
            step.news = Some(news);
        }
        self.vars.clone_from(vars);
    }

    /// Those that are new or other since somebody last looked.
    fn news(&self, vars: &BTreeMap<String, String>) -> BTreeSet<String> {
        let news = vars.iter().filter(|(name, what)| self.vars.get(*name) != Some(*what));
        news.map(|(name, _)| name.clone()).collect()
    }

    /// Everything that its cells brought back.
    pub fn files(&self) -> BTreeSet<String> {
        self.steps.iter().flat_map(|step| step.files.iter().cloned()).collect()
    }
}

/// The files behind each variable.
#[derive(Default)]
pub struct Origins(BTreeMap<String, Origin>);

#[derive(Default)]
struct Origin {
    files: BTreeMap<String, Print>,
    /// Variables that were named beside it.
    with: BTreeSet<String>,
}

impl Origins {
    /// Follows a question's cells. `vars`: the variables after them; `prints`: the files as they were for that question.
    pub fn follow(&mut self, trail: &Trail, vars: &BTreeMap<String, String>, prints: &BTreeMap<String, Print>) {
        let late = trail.news(vars);
        for step in &trail.steps {
            let news = step.news.as_ref().unwrap_or(&late);
            let declared = declared(&step.code);
            for name in news.iter().chain(&declared) {
                self.0.entry(name.clone()).or_default();
            }
            let names: BTreeSet<String> = self.0.keys().cloned().collect();
            // Such code can reach any variable without naming it.
            let anything = ["globalThis", "eval", "Function", "vars"].iter().any(|word| uses(&step.code, word) > 0);
            let named: BTreeSet<String> =
                names.into_iter().filter(|name| anything || uses(&step.code, name) > 0).collect();
            for name in declared.iter().filter(|name| !step.failed && is_fresh(&step.code, name)) {
                self.0.insert(name.clone(), Origin::default());
            }
            let reached = self.reach(&named);
            let mut files = self.files(&reached);
            for path in &step.files {
                files.insert(path.clone(), prints.get(path).copied().flatten());
            }
            for name in reached.iter().chain(news) {
                let origin = self.0.entry(name.clone()).or_default();
                // The first print counts: whether all of it was read again cannot be known.
                for (path, print) in &files {
                    origin.files.entry(path.clone()).or_insert(*print);
                }
                origin.with.extend(named.iter().filter(|other| *other != name).cloned());
            }
        }
    }

    /// Forgets all but these variables.
    pub fn retain(&mut self, is_there: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| is_there(name));
    }

    /// Every file that a variable may come from.
    pub fn paths(&self) -> BTreeSet<String> {
        self.0.values().flat_map(|origin| origin.files.keys().cloned()).collect()
    }

    /// Says which of a variable's files are not what they were; `None` when all are.
    pub fn stale(&self, name: &str, now: &BTreeMap<String, Print>) -> Option<String> {
        let files = self.files(&self.reach(&[name.to_owned()].into()));
        let same = |path: &str, print: &Print| print.is_some() && now.get(path) == Some(print);
        let mut changed: Vec<String> = files
            .iter()
            .filter(|(path, print)| !same(path, print))
            .map(|(path, _)| match path.as_str() {
                LISTING => "the list of files".to_owned(),
                // A path may hold a line break, and this stands in a line of its own.
                path => path.replace(char::is_control, "?"),
            })
            .collect();
        if changed.is_empty() {
            return None;
        }
        let more = changed.len().saturating_sub(MOST_NAMED);
        changed.truncate(MOST_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("{}{more} changed", changed.join(", ")))
    }

    /// These variables, those that were named beside them, and so on.
    fn reach(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut left: Vec<&String> = names.iter().collect();
        while let Some(name) = left.pop() {
            if reached.insert(name.clone()) {
                left.extend(self.0.get(name).into_iter().flat_map(|origin| &origin.with));
            }
        }
        reached
    }

    fn files(&self, names: &BTreeSet<String>) -> BTreeMap<String, Print> {
        let mut files: BTreeMap<String, Print> = BTreeMap::new();
        for (path, print) in names.iter().filter_map(|name| self.0.get(name)).flat_map(|origin| &origin.files) {
            // Two variables that saw a file in two states: one of them is stale, and who knows them both may be.
            let known = files.entry(path.clone()).or_insert(*print);
            if known != print {
                *known = None;
            }
        }
        files
    }
}

/// Whether code declares a name before it uses it, and not from itself.
fn is_fresh(code: &str, name: &str) -> bool {
    let Some(at) = words(code, name).next() else { return false };
    let before = code[..at].trim_end();
    if !["const", "let", "var"].iter().any(|keyword| before.ends_with(keyword)) {
        return false;
    }
    let mut depth = 0;
    let statement: String = code[at..]
        .chars()
        .take_while(|c| {
            depth += i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'));
            depth > 0 || !matches!(c, ';' | '\n')
        })
        .collect();
    uses(&statement, name) == 1
}

/// How often code has a name as a word.
fn uses(code: &str, name: &str) -> usize {
    words(code, name).count()
}

/// Where code has a name as a word.
fn words<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let whole = move |at: &usize| {
        !code[..*at].chars().next_back().is_some_and(is_word)
            && !code[at + name.len()..].chars().next().is_some_and(is_word)
    };
    code.match_indices(name).map(|(at, _)| at).filter(move |at| !name.is_empty() && whole(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prints(files: &[(&str, &str)]) -> BTreeMap<String, Print> {
        files.iter().map(|(path, text)| ((*path).to_owned(), Some(blake3::hash(text.as_bytes())))).collect()
    }

    /// Follows cells of `(code, files, new variables)`, then says what is stale when `a` has another text.
    fn check(cells: &[(&str, &[&str], &[&str])], expect: &[(&str, bool)]) {
        let (mut trail, mut vars) = (Trail::default(), BTreeMap::new());
        for (code, files, news) in cells {
            trail.cell(code, files.iter().map(|path| (*path).to_owned()).collect(), false);
            // Each in another state after every cell that makes it.
            vars.extend(news.iter().map(|name| ((*name).to_owned(), code.to_string())));
            trail.now(&vars);
        }
        let mut origins = Origins::default();
        origins.follow(&trail, &vars, &prints(&[("a", "1"), ("b", "1")]));
        let now = prints(&[("a", "2"), ("b", "1")]);
        for (name, stale) in expect {
            let expect = stale.then(|| "a changed".to_owned());
            assert_eq!(origins.stale(name, &now), expect, "{name} of {cells:?}");
        }
    }

    #[test]
    fn what_comes_from_a_changed_file_is_stale() {
        let (x, y) =
            (("const x = repo.read('a')", &["a"][..], &["x"][..]), ("const y = f('b')", &["b"][..], &["y"][..]));
        check(&[x, y], &[("x", true), ("y", false), ("z", false)]);
        check(&[x, ("const n = x.length", &[], &["n"])], &[("n", true)]);
        check(&[y, ("const n = x1.length", &[], &["n"])], &[("n", false)]);
        // In place: neither new nor of another size.
        check(&[y, ("y[0] = repo.read('a')", &["a"], &[])], &[("y", true)]);
        // Through a function, and through one that was made first.
        check(&[x, ("const f = () => x", &[], &["f"]), ("const z = f()", &[], &["z"])], &[("z", true)]);
        let first = ("var x; const f = () => x", &[][..], &["x", "f"][..]);
        check(&[first, ("x = g()", &["a"], &["x"]), ("const z = f()", &[], &["z"])], &[("z", true)]);
        check(&[x, ("const z = globalThis['x']", &[], &["z"])], &[("z", true)]);
    }

    #[test]
    fn what_is_declared_anew_is_fresh_and_what_came_from_it_is_not() {
        let x = ("const x = repo.read('a')", &["a"][..], &["x"][..]);
        check(&[x, ("const x = repo.read('b')", &["b"], &["x"])], &[("x", false)]);
        check(&[x, ("const x = x + 1", &[], &["x"])], &[("x", true)]);
        let n = ("const n = x.length", &[][..], &["n"][..]);
        check(&[x, n, ("const x = repo.read('b')", &["b"], &["x"])], &[("n", true)]);
    }

    #[test]
    fn declarations_are_fresh() {
        let check = |code: &str, expect: bool| assert_eq!(is_fresh(code, "x"), expect, "{code}");
        check("const x = repo.read('a'); x.length", true);
        check("const y = 1\nlet x = [\n  y,\n]\nx", true);
        check("const x = x + 1", false);
        check("var x = [\n  ...x,\n]", false);
        check("y = x; const x = 1", false);
        check("x = 1", false);
    }

    #[test]
    fn names_are_words() {
        let check = |code: &str, name: &str, expect: usize| assert_eq!(uses(code, name), expect, "{code} {name}");
        check("x + xx.x", "x", 2);
        check("$x", "x", 0);
        check("żx x", "x", 1);
        check("a", "", 0);
    }
}
