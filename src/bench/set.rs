//! A set of tasks: `tasks.toml` in a folder, its questions joined with the trees that they are about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use toml::{Table, Value};

use super::check::{Checks, Choice, Number};
use super::place::Place;
use super::{BenchError, files};
use crate::cancel::Cancel;
use crate::search::{Pattern, Query, search};
use crate::workspace::{Snapshot, Workspace};

/// The name of the file that makes a folder a set.
const FILE: &str = "tasks.toml";

/// A folder of questions.
pub struct Set {
    /// As the file says, else the folder's name.
    pub name: String,
    pub folder: PathBuf,
    /// blake3 of the file.
    pub hash: String,
    pub tasks: Vec<Task>,
}

/// A question, what it is about, and what its answer has to be.
pub struct Task {
    pub id: String,
    pub question: String,
    pub snapshot: Snapshot,
    pub checks: Checks,
    /// blake3 of what a model can see: the question and the files it is about.
    pub hash: String,
}

/// Where a task's files are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Scope {
    /// Relative to the set's folder.
    path: String,
    globs: Vec<String>,
}

impl Set {
    /// Reads the set in `folder` and looks at all the files that its tasks are about.
    pub fn read(folder: &Path) -> Result<Self, BenchError> {
        let file = folder.join(FILE);
        let path = file.display().to_string();
        let bad = |reason: String| BenchError::File { path: path.clone(), reason };
        let text = files::read(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => bad(format!("no such file; a set of tasks is a folder with a {FILE}")),
            _ => bad(error.to_string()),
        })?;
        let folder = files::canonical(folder);
        let table: Table = toml::from_str(&text).map_err(|error| bad(error.to_string().trim_end().to_owned()))?;
        let mut set = Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            folder,
            hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
            tasks: Vec::new(),
        };
        let mut scope = Scope { path: ".".to_owned(), globs: Vec::new() };
        let mut tasks = Vec::new();
        for (key, value) in table {
            let field = |expected: &str| bad(format!("{key}: expected {expected}"));
            match key.as_str() {
                "name" => set.name = string(&value).ok_or_else(|| field("a name"))?,
                "about" => drop(string(&value).ok_or_else(|| field("a text"))?),
                "path" => scope.path = string(&value).ok_or_else(|| field("a folder"))?,
                "scope" => scope.globs = strings(&value).ok_or_else(|| field("a list of globs"))?,
                "task" => tasks = value.try_into().map_err(|_| field("tables that begin with [[task]]"))?,
                _ => return Err(bad(format!("{key}: unknown; there are name, about, path, scope and [[task]]"))),
            }
        }
        if tasks.is_empty() {
            return Err(bad("there is no [[task]]".to_owned()));
        }
        let (mut trees, mut ids) = (BTreeMap::new(), BTreeSet::new());
        for (at, table) in tasks.into_iter().enumerate() {
            let task = Draft::read(&path, at + 1, table, &scope)?.open(&set.folder, &mut trees)?;
            if !ids.insert(task.id.clone()) {
                let reason = "there are two of this id".to_owned();
                return Err(BenchError::Task { path, task: task.id, reason });
            }
            set.tasks.push(task);
        }
        Ok(set)
    }
}

/// A task as written; what it says of files is not looked up yet.
struct Draft<'a> {
    file: &'a str,
    id: String,
    question: String,
    scope: Scope,
    checks: Checks,
    /// The number is that of the lines that match.
    lines: Option<(String, Vec<String>)>,
    places: Option<Vec<String>>,
}

/// What files a scope has, and the hash of them all.
type Trees = BTreeMap<Scope, (Snapshot, String)>;

impl<'a> Draft<'a> {
    fn read(file: &'a str, number: usize, table: Table, scope: &Scope) -> Result<Self, BenchError> {
        let id = table.get("id").and_then(string);
        let task = id.clone().unwrap_or_else(|| format!("number {number}"));
        let mut draft = Self {
            file,
            id: task.clone(),
            question: String::new(),
            scope: scope.clone(),
            checks: Checks::default(),
            lines: None,
            places: None,
        };
        for (key, value) in table {
            let field = |expected: &str| draft_error(file, &task, &key, format!("expected {expected}"));
            let texts = || one_or_more(&value).ok_or_else(|| field("a text, or a list of texts, none of them empty"));
            match key.as_str() {
                "id" => drop(id.as_ref().ok_or_else(|| field("a text that is not empty"))?),
                "question" => draft.question = string(&value).ok_or_else(|| field("a text that is not empty"))?,
                "path" => draft.scope.path = string(&value).ok_or_else(|| field("a folder"))?,
                "scope" => draft.scope.globs = strings(&value).ok_or_else(|| field("a list of globs"))?,
                "exact" => draft.checks.exact = Some(texts()?),
                "contains" => draft.checks.contains = Some(texts()?),
                "citation" => draft.places = Some(texts()?),
                "set" => draft.checks.set = Some(strings(&value).ok_or_else(|| field("a list of texts"))?),
                "number" => {
                    let expected = "a number, { is, within }, or { lines, glob }";
                    draft.number(&value).ok_or_else(|| field(expected))?;
                }
                "choice" => {
                    let choice = choice(&value).ok_or_else(|| field("{ of = [...], is = one of them }"))?;
                    draft.checks.choice = Some(choice);
                }
                _ => {
                    let known = "id, question, path, scope, exact, number, choice, set, contains and citation";
                    return Err(draft_error(file, &task, &key, format!("unknown; there are {known}")));
                }
            }
        }
        let missing =
            |what: &str| BenchError::Task { path: file.to_owned(), task: task.clone(), reason: what.to_owned() };
        if id.is_none() {
            return Err(missing("id is missing"));
        }
        if draft.question.is_empty() {
            return Err(missing("question is missing"));
        }
        if draft.checks.is_empty() && draft.lines.is_none() && draft.places.is_none() {
            return Err(missing("nothing says what is right: exact, number, choice, set, contains or citation"));
        }
        Ok(draft)
    }

    fn number(&mut self, value: &Value) -> Option<()> {
        let plain = |value: &Value| value.as_float().or_else(|| value.as_integer().map(|number| number as f64));
        if let Some(is) = plain(value) {
            self.checks.number = Some(Number { is, within: 0.0 });
            return Some(());
        }
        let table = value.as_table()?;
        let known = |keys: &[&str]| table.keys().all(|key| keys.contains(&key.as_str()));
        if let Some(pattern) = table.get("lines") {
            let globs = table.get("glob").map_or(Some(Vec::new()), one_or_more)?;
            self.lines = known(&["lines", "glob"]).then_some((string(pattern)?, globs));
            return self.lines.as_ref().map(|_| ());
        }
        let within = table.get("within").map_or(Some(0.0), plain)?;
        self.checks.number = known(&["is", "within"]).then_some(Number { is: plain(table.get("is")?)?, within });
        self.checks.number.map(|_| ())
    }

    fn open(self, folder: &Path, trees: &mut Trees) -> Result<Task, BenchError> {
        let Self { file, id, question, scope, mut checks, lines, places } = self;
        let (snapshot, tree) = match trees.get(&scope) {
            Some(tree) => tree.clone(),
            None => {
                let tree = look(folder, &scope).map_err(|reason| draft_error(file, &id, "path", reason))?;
                trees.insert(scope, tree.clone());
                tree
            }
        };
        if let Some((pattern, glob)) = lines {
            let is = count(&snapshot, pattern, glob).map_err(|reason| draft_error(file, &id, "number", reason))?;
            checks.number = Some(Number { is: is as f64, within: 0.0 });
        }
        if let Some(places) = places {
            let places: Result<Vec<_>, _> = places.iter().map(|place| Place::find(place, &snapshot)).collect();
            checks.citation = Some(places.map_err(|reason| draft_error(file, &id, "citation", reason))?);
        }
        let hash = blake3::hash(format!("{tree}\n{question}").as_bytes()).to_hex().to_string();
        Ok(Task { id, question, snapshot, checks, hash })
    }
}

fn draft_error(file: &str, task: &str, field: &str, reason: String) -> BenchError {
    BenchError::Field { path: file.to_owned(), task: task.to_owned(), field: field.to_owned(), reason }
}

/// Opens a tree and hashes all that it holds.
fn look(folder: &Path, scope: &Scope) -> Result<(Snapshot, String), String> {
    let path = folder.join(&scope.path);
    let whole = Workspace::open(&path).map_err(|error| error.to_string())?.snapshot();
    let snapshot = whole.scoped(&scope.globs).map_err(|error| error.to_string())?;
    let files = snapshot.files().map_err(|error| error.to_string())?;
    if files.is_empty() {
        return Err(format!("{} has no files to ask about", path.display()));
    }
    let hashes: Vec<String> = files
        .par_iter()
        .map(|file| {
            let content = match snapshot.glance(&file.path) {
                Ok((text, _)) => blake3::hash(text.as_bytes()).to_hex().to_string(),
                // What cannot be read as text cannot be asked about; its size is as much as a model learns of it.
                Err(_) => snapshot.size(file).to_string(),
            };
            format!("{}\0{content}\n", file.path)
        })
        .collect();
    Ok((snapshot.clone(), blake3::hash(hashes.concat().as_bytes()).to_hex().to_string()))
}

fn count(snapshot: &Snapshot, pattern: String, glob: Vec<String>) -> Result<u64, String> {
    let query = Query {
        pattern: Pattern::Rust(pattern),
        glob,
        literal: false,
        word: false,
        ignore_case: None,
        hidden: false,
        context: 0,
        limit: 1,
    };
    search(snapshot, &query, &Cancel::new()).map(|found| found.total).map_err(|error| error.to_string())
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(string).collect()
}

fn one_or_more(value: &Value) -> Option<Vec<String>> {
    match string(value) {
        Some(one) => Some(vec![one]),
        None => strings(value).filter(|texts| !texts.is_empty()),
    }
}

fn choice(value: &Value) -> Option<Choice> {
    let table = value.as_table().filter(|table| table.len() == 2)?;
    let choice = Choice { of: strings(table.get("of")?)?, is: string(table.get("is")?)? };
    choice.of.contains(&choice.is).then_some(choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Set, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("tree")).unwrap();
        std::fs::write(dir.path().join("tree/a.rs"), "fn one() {}\nfn two() {}\n").unwrap();
        std::fs::write(dir.path().join(FILE), text).unwrap();
        Set::read(dir.path()).map_err(|error| error.to_string().replace(&format!("{}/", dir.path().display()), ""))
    }

    #[test]
    fn errors_name_the_file_the_task_and_the_field() {
        let check = |text: &str, expect: &str| {
            let error = read(text).err().unwrap_or_default();
            assert!(error.starts_with(expect), "{error}\ninstead of\n{expect}");
        };
        let task = "path = 'tree'\n[[task]]\nid = 'a'\nquestion = 'How many?'\n";
        check("", "tasks.toml: there is no [[task]]");
        check("[[task]", "tasks.toml: TOML parse error at line 1");
        check("tasks = 1", "tasks.toml: tasks: unknown; there are name, about, path");
        check("task = 1", "tasks.toml: task: expected tables that begin with [[task]]");
        check("[[task]]\nquestion = 'x'\nnumber = 1", "tasks.toml: task \"number 1\": id is missing");
        check("[[task]]\nid = 'a'\nnumber = 1", "tasks.toml: task \"a\": question is missing");
        check(task, "tasks.toml: task \"a\": nothing says what is right");
        let field =
            |line: &str, expect: &str| check(&format!("{task}{line}"), &format!("tasks.toml: task \"a\": {expect}"));
        field("nummer = 1", "nummer: unknown; there are id, question");
        field("number = 'x'", "number: expected a number, { is, within }, or { lines, glob }");
        field("number = { is = 1, around = 2 }", "number: expected a number");
        field("number = { lines = '(' }", "number: bad regular expression");
        field("choice = { of = ['x'], is = 'y' }", "choice: expected { of = [...], is = one of them }");
        field("set = 'x'", "set: expected a list of texts");
        field("exact = []", "exact: expected a text, or a list of texts");
        field("citation = 'b.rs:1'", "citation: b.rs: no such file");
        field("citation = 'a.rs: fn three'", "citation: no line of a.rs holds");
        field("path = 'nowhere'\nnumber = 1", "path: ");
        field("scope = ['*.py']\nnumber = 1", "path: ");
        check(
            &format!("{task}number = 1\n[[task]]\nid = 'a'\nquestion = 'x'\nnumber = 1"),
            "tasks.toml: task \"a\": there are two",
        );
    }

    #[test]
    fn expectations_come_from_the_files() {
        let text =
            "path = 'tree'\n[[task]]\nid = 'a'\nquestion = 'q'\nnumber = { lines = '^fn ' }\ncitation = 'a.rs: fn two'";
        let set = read(text).unwrap();
        let checks = &set.tasks[0].checks;
        assert_eq!(checks.number, Some(Number { is: 2.0, within: 0.0 }));
        assert_eq!(checks.citation, Some(vec![Place { path: "a.rs".to_owned(), from: 2, to: 2 }]));
    }

    #[test]
    fn the_hash_is_of_what_a_model_sees() {
        let hash = |path: &str, question: &str, check: &str| {
            let text = format!("path = '{path}'\n[[task]]\nid = 'a'\nquestion = '{question}'\n{check}");
            read(&text).unwrap().tasks.remove(0).hash
        };
        let base = hash("tree", "q", "number = 1");
        assert_eq!(hash("tree", "q", "number = 2"), base);
        assert_ne!(hash("tree", "r", "number = 1"), base);
        assert_ne!(hash(".", "q", "number = 1"), base);
    }
}
