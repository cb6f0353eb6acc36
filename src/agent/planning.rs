//! `plan.*`: the plan of a run, as its code makes it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::host::{RepoHost, Symbols, Target};
use crate::plan::checks::{self, Problem};
use crate::plan::{Change, Document, Plan, PlanError, refactor};
use crate::repl::{Arguments, Call, CallError, to_json};
use crate::workspace::{FileEntry, RelPath, Snapshot};

/// A plan that is being made, shared between the cells of a run.
pub struct Planning {
    plan: Mutex<Plan>,
    symbols: Arc<Symbols>,
    checker: checks::Checker,
}

/// A list as code gets it.
#[derive(Serialize)]
struct List<T> {
    items: Vec<T>,
    total: usize,
    truncated: bool,
}

impl<T> List<T> {
    fn of(items: Vec<T>) -> Self {
        Self { total: items.len(), items, truncated: false }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DoubtRow {
    id: usize,
    step: u32,
    path: String,
    line: u32,
    text: String,
    why: String,
    editable: bool,
}

#[derive(Serialize)]
struct FileRow {
    path: String,
    before: Option<String>,
    change: &'static str,
    edits: usize,
    steps: Vec<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplaceOptions {
    #[serde(default)]
    all: bool,
}

impl Planning {
    /// An empty plan.
    pub fn new(base: Snapshot, symbols: Arc<Symbols>) -> Self {
        Self { plan: Mutex::new(Plan::new(base, "")), symbols, checker: checks::Checker::default() }
    }

    /// Says what the plan is for.
    pub fn begin(&self, request: &str) {
        self.lock().set_request(request);
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        // What fails is done on a copy, so a panic leaves the plan as it was.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the checks find wrong with it now.
    ///
    /// # Errors
    /// When they cannot be made, or are cancelled.
    pub fn problems(&self, cancel: &Cancel) -> Result<Vec<Problem>, PlanError> {
        let plan = self.lock().clone();
        let mut problems = self.checker.check(&plan, &self.symbols, cancel)?;
        for refused in plan.refused() {
            if !problems.contains(refused) {
                problems.push(refused.clone());
            }
        }
        problems.sort_by_key(|problem| !problem.fatal);
        Ok(problems)
    }

    /// What its author is told before the plan goes to a person.
    pub fn told(&self) -> Vec<String> {
        let problems = match self.problems(&Cancel::new()) {
            Ok(problems) => problems,
            Err(error) => return vec![format!("the plan could not be checked: {error}")],
        };
        let fatal = problems.iter().filter(|problem| problem.fatal);
        let mut told: Vec<String> = fatal.map(|problem| format!("the plan: {}: {problem}", problem.check)).collect();
        if self.lock().is_empty() {
            told.push("the plan is empty: nothing would change; if that is right, answer again and say why".to_owned());
        }
        told
    }

    /// The plan as it is kept, with what the checks say.
    pub fn document(&self, summary: &str, cancel: &Cancel) -> Document {
        let mut document = self.lock().document();
        document.summary = summary.to_owned();
        match self.problems(cancel) {
            Ok(problems) => {
                document.problems = problems;
                document.checked = checks::CHECKS.iter().map(|check| (*check).to_owned()).collect();
            }
            Err(error) => document.problems.push(Problem {
                check: "all".to_owned(),
                fatal: true,
                step: None,
                path: None,
                line: None,
                message: format!("the plan could not be checked: {error}"),
            }),
        }
        document
    }

    /// Answers one call with JSON. Blocks. A call that fails changes nothing.
    pub fn call(&self, call: &Call, cancel: &Cancel) -> Result<String, CallError> {
        let mut args = Arguments::parse(call)?;
        match call.name.as_str() {
            "plan.read" | "plan.search" => self.look(call, cancel),
            "plan.files" => to_json(&List::of(self.files())),
            "plan.doubts" => to_json(&List::of(self.doubts())),
            "plan.problems" => to_json(&List::of(self.problems(cancel).map_err(|error| failure(call, &error))?)),
            "plan.diff" => {
                let path: Option<String> = args.next("path")?;
                to_json(&self.diff(path.as_deref()).map_err(|message| CallError { name: "Error", message })?)
            }
            _ => {
                let mut plan = self.lock();
                let mut next = plan.clone();
                let done = self.change(&mut next, call, &mut args, cancel);
                match done {
                    Ok(done) => {
                        *plan = next;
                        Ok(done)
                    }
                    Err(error) => {
                        plan.heed(next);
                        Err(error)
                    }
                }
            }
        }
    }

    fn change(&self, plan: &mut Plan, call: &Call, args: &mut Arguments, cancel: &Cancel) -> Result<String, CallError> {
        let failed = |error: PlanError| failure(call, &error);
        let tools = refactor::Tools { symbols: &self.symbols, cancel };
        match call.name.as_str() {
            "plan.step" => {
                let title: String = args.next("title")?;
                let why: Option<String> = args.next("why")?;
                if title.trim().is_empty() {
                    return Err(CallError { name: "TypeError", message: "plan.step: a step needs a title".to_owned() });
                }
                to_json(&plan.step(&title, why.as_deref().unwrap_or_default()))
            }
            "plan.rename" => {
                let asked = asked(args.next("symbol")?);
                let name: String = args.next("newName")?;
                to_json(&refactor::rename(plan, tools, &asked, &name).map_err(failed)?)
            }
            "plan.move" => {
                let what: Target = args.next("what")?;
                let to: String = args.next("to")?;
                if let Target::Name(path) = &what
                    && is_path(plan, path)
                {
                    plan.admits(&to).map_err(failed)?;
                    return to_json(&refactor::rename_file(plan, tools, path, &to).map_err(failed)?);
                }
                to_json(&refactor::relocate(plan, tools, &asked(what), &to).map_err(failed)?)
            }
            "plan.remove" => {
                let what: Target = args.next("what")?;
                if let Target::Name(path) = &what
                    && is_path(plan, path)
                {
                    plan.remove(path).map_err(failed)?;
                    let step = plan.current();
                    return to_json(&refactor::Done { step, edits: 1, files: 1, ..Default::default() });
                }
                to_json(&refactor::remove_dead(plan, tools, &asked(what)).map_err(failed)?)
            }
            "plan.replaceCalls" => {
                let of: Target = args.next("of")?;
                let by: String = args.next("by")?;
                to_json(&refactor::replace_calls(plan, tools, &asked(of), &by).map_err(failed)?)
            }
            "plan.extract" => {
                let path: String = args.next("path")?;
                let (from, to) = (args.next("from")?, args.next("to")?);
                let name: String = args.next("name")?;
                to_json(&refactor::extract(plan, tools, &path, from, to, &name).map_err(failed)?)
            }
            "plan.replace" => {
                let path: String = args.next("path")?;
                let old: String = args.next("oldText")?;
                let new: String = args.next("newText")?;
                let options: ReplaceOptions = args.or_default("options")?;
                to_json(&plan.replace(&path, &old, &new, options.all).map_err(failed)?)
            }
            "plan.edit" => {
                let path: String = args.next("path")?;
                let (from, to) = (args.next("from")?, args.next("to")?);
                let text: String = args.next("text")?;
                plan.edit(&path, from, to, &text).map_err(failed)?;
                Ok("null".to_owned())
            }
            "plan.create" => {
                let path: String = args.next("path")?;
                let text: String = args.next("text")?;
                plan.create(&path, &text).map_err(failed)?;
                Ok("null".to_owned())
            }
            "plan.accept" => {
                let ids: Vec<usize> = args.next("ids")?;
                to_json(&plan.accept(&ids).map_err(failed)?)
            }
            "plan.drop" => {
                let step: u32 = args.next("step")?;
                plan.drop_step(step).map_err(failed)?;
                Ok("null".to_owned())
            }
            other => Err(CallError { name: "ReferenceError", message: format!("there is no binding {other:?}") }),
        }
    }

    /// `repo.read` and `repo.search` over the repository as planned.
    fn look(&self, call: &Call, cancel: &Cancel) -> Result<String, CallError> {
        let snapshot = self.lock().snapshot();
        // Planned text is nobody's to cite.
        let host = RepoHost::new(snapshot, self.symbols.clone(), Arc::new(|_| {}));
        let name = call.name.replacen("plan.", "repo.", 1);
        host.call(&Call { name, args: call.args.clone() }, cancel)
    }

    fn files(&self) -> Vec<FileRow> {
        let document = self.lock().document();
        let row = |file: &crate::plan::FileChange| FileRow {
            path: file.path().to_owned(),
            before: file.before.clone(),
            change: match file.change() {
                Change::Created => "created",
                Change::Edited => "edited",
                Change::Moved => "moved",
                Change::Removed => "removed",
            },
            edits: file.edits.len(),
            steps: file.all_steps().into_iter().collect(),
        };
        document.files.iter().map(row).collect()
    }

    fn doubts(&self) -> Vec<DoubtRow> {
        let plan = self.lock();
        let row = |(at, doubt): (usize, &crate::plan::Doubt)| DoubtRow {
            id: at + 1,
            step: doubt.step,
            path: doubt.path.clone(),
            line: doubt.line,
            text: doubt.text.clone(),
            why: doubt.why.clone(),
            editable: doubt.edit.is_some(),
        };
        plan.doubts().iter().enumerate().map(row).collect()
    }

    fn diff(&self, path: Option<&str>) -> Result<String, String> {
        let plan = self.lock().clone();
        let mut document = plan.document();
        if let Some(path) = path {
            let named = |file: &crate::plan::FileChange| {
                file.before.as_deref() == Some(path) || file.after.as_deref() == Some(path)
            };
            let there: Vec<String> = document.files.iter().map(|file| file.path().to_owned()).collect();
            document.files.retain(named);
            if document.files.is_empty() {
                return Err(format!("plan.diff: {path} is not in the plan, which {}", changes(&there)));
            }
        }
        crate::plan::diff(&document, &|path| plan.text_before(path)).map_err(|error| error.to_string())
    }
}

/// `changes a, b and 3 more files`
fn changes(paths: &[String]) -> String {
    const NAMED: usize = 20;
    match paths.len() {
        0 => "changes nothing so far".to_owned(),
        all @ 1..=NAMED => format!("changes {}", paths[..all].join(", ")),
        all => format!("changes {} and {} more files; plan.files() has them", paths[..NAMED].join(", "), all - NAMED),
    }
}

/// Whether a name is that of a file or a folder with files, as planned.
fn is_path(plan: &Plan, name: &str) -> bool {
    let Ok(path) = RelPath::parse(name) else { return name.contains('/') && !name.contains('#') };
    let snapshot = plan.snapshot();
    let is_file = snapshot.contains(&path).unwrap_or(false);
    let below = format!("{path}/");
    let in_folder = |file: &FileEntry| file.path.as_str().starts_with(&below);
    is_file || snapshot.files().is_ok_and(|files| files.iter().any(in_folder))
}

/// What a refactoring is asked to work on.
fn asked(target: Target) -> refactor::Asked {
    match target {
        Target::Name(name) => refactor::Asked { name, path: None, line: None },
        Target::Place { path, line, name } => refactor::Asked { name, path: Some(path), line: Some(line) },
        Target::Definition { path, qualified, line } => refactor::Asked { name: qualified, path: Some(path), line },
    }
}

fn failure(call: &Call, error: &PlanError) -> CallError {
    let name = match error {
        PlanError::Cancelled => "Cancelled",
        PlanError::Lines { .. } => "RangeError",
        _ => "Error",
    };
    CallError { name, message: format!("{}: {error}", call.name) }
}
