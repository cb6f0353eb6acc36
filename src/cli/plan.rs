//! `spelunk plan`: a refactor plan, made or taken from a run; shown, checked, written as a patch, applied, taken back.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::ask::interrupts;
use super::progress::Live;
use super::{CliError, Overrides, Place, confirm, exit, files, output, setup};
use crate::agent::kept::{self, KeptError, Note};
use crate::agent::{self, Report, Stop};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::graph::Symbols;
use crate::plan::apply::{self, Applied, ApplyError};
use crate::plan::checks::Problem;
use crate::plan::verify;
use crate::plan::{self, Document};
use crate::workspace::{RelPath, Snapshot};

#[derive(Debug, Args)]
pub struct Plan {
    /// What to do, in plain words: "rename Foo.bar to baz"
    #[arg(required_unless_present_any = ["from", "undo"])]
    request: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    overrides: Overrides,
    /// Take the plan of a recorded run instead of making one
    #[arg(long, value_name = "RUN")]
    from: Option<String>,
    /// Take back what was applied last of a run's plan
    #[arg(
        long,
        value_name = "RUN",
        conflicts_with_all = ["from", "patch", "apply", "step", "doubtful", "verify", "show_code"]
    )]
    undo: Option<String>,
    /// Write the plan as a patch for `git apply` to FILE (`-`: standard output, where nothing else goes)
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Write the planned files, all of them or none
    #[arg(long)]
    apply: bool,
    /// Only these steps, by their numbers: shown, written, verified and applied
    #[arg(long, value_name = "N", value_delimiter = ',')]
    step: Vec<u32>,
    /// Apply this file although tools execute it (may be given several times)
    #[arg(long, value_name = "PATH")]
    confirm: Vec<String>,
    /// Change the doubtful places too
    #[arg(long)]
    doubtful: bool,
    /// Run the machine's `verify` command over a copy with the plan; asks first, since that runs planned code
    #[arg(long)]
    verify: bool,
    /// The yes to --verify where nobody can be asked: the hash of the plan that was looked at
    #[arg(long, value_name = "HASH", requires = "verify")]
    approve: Option<String>,
    /// Apply although git has changes that are not committed; replace FILE of --patch
    #[arg(long)]
    force: bool,
    /// Go on, whatever it may cost; --max-usd still holds
    #[arg(long)]
    yes: bool,
    /// Print the plan as JSON (docs/plans.md), with what became of it
    #[arg(long)]
    json: bool,
    /// Show every cell and its output on stderr
    #[arg(long)]
    show_code: bool,
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Printed<'a> {
    hash: String,
    plan: &'a Document,
    /// The run that made it; empty when runs are not recorded.
    run: &'a str,
    /// How the run ended, when it was made now.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<&'a str>,
    stale: Vec<plan::Stale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<Written>,
}

/// What was written.
#[derive(Serialize)]
struct Written {
    files: Vec<String>,
    left_out: Vec<apply::LeftOut>,
    undo: Option<String>,
}

/// A plan, and where it is from.
struct Made {
    document: Document,
    run: String,
    report: Option<Report>,
}

pub async fn run(args: Plan) -> Result<ExitCode, CliError> {
    let json = args.json;
    let result = plan(args).await;
    if let (Err(error), true) = (&result, json) {
        output::json(&serde_json::json!({ "error": error.message, "hint": error.hint, "exit": error.code }));
    }
    result
}

async fn plan(mut args: Plan) -> Result<ExitCode, CliError> {
    // With a run, the first word is the folder.
    if args.from.is_some() || args.undo.is_some() {
        match args.request.take() {
            Some(_) if args.place.path.as_os_str() != "." => {
                return Err(
                    CliError::usage("a recorded run has its request already").hint("spelunk plan --from RUN PATH")
                );
            }
            Some(path) => args.place.path = path.into(),
            None => {}
        }
    }
    if args.request.as_ref().is_some_and(|request| request.trim().is_empty()) {
        return Err(
            CliError::usage("the request is empty").hint("spelunk plan \"rename Foo.bar to baz\" path/to/repository")
        );
    }
    let to_stdout = args.patch.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if to_stdout && args.json {
        return Err(CliError::usage("--patch - and --json both print to standard output").hint("--patch FILE"));
    }
    if args.verify && args.json && args.approve.is_none() {
        return Err(
            CliError::usage("with --json nothing is shown before --verify asks").hint("--approve HASH is the yes")
        );
    }
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let snapshot = setup::snapshot(&config, &args.place).await?;
    recover(&config, &snapshot)?;
    if let Some(run) = &args.undo {
        return undo(&args, &config, snapshot, run);
    }
    let mut made = match &args.from {
        Some(run) => from(&config, &snapshot, run)?,
        None => make(&args, &config, &snapshot).await?,
    };
    let stale = if made.report.is_none() { plan::stale(&made.document, &snapshot) } else { Vec::new() };
    if made.report.is_none() && stale.is_empty() {
        believed(&mut made.document, &snapshot)?;
    }
    if !args.step.is_empty() {
        made.document = apply::only_steps(&made.document, &args.step)?;
    }
    if let Some(path) = args.confirm.iter().find(|path| !made.document.files.iter().any(|file| has_path(file, path))) {
        return Err(CliError::usage(format!("--confirm {path}: the plan has no such file")));
    }
    if !args.json && !to_stdout {
        show(&made, &stale);
    }
    if made.document.is_empty() && args.patch.is_some() {
        output::error_line("nothing is planned, so no patch is written");
    } else if let Some(file) = &args.patch {
        patch(&made.document, &snapshot, file, args.force)?;
    }
    if args.verify && !made.document.is_empty() {
        verified(&args, &config, &snapshot, &mut made).await?;
    }
    let failed = made.document.verified.as_ref().is_some_and(|verified| !verified.passed);
    let written = match args.apply && !made.document.is_empty() {
        true if failed && !args.force => {
            return Err(CliError::failed("the plan was not applied: its verification failed")
                .hint("--force applies it all the same"));
        }
        true => Some(applied(&args, &config, &snapshot, &made)?),
        false => None,
    };
    if args.json {
        output::json(&Printed {
            hash: made.document.hash(),
            plan: &made.document,
            run: &made.run,
            end: made.report.as_ref().map(|report| report.end.as_str()),
            stale,
            applied: written,
        });
    } else if let Some(written) = &written {
        said(written);
    } else if !made.document.is_empty() && !args.verify && args.patch.is_none() && is_kept(&made) {
        let command = ["spelunk", "plan", "--from", &made.run, "--apply", &args.place.path.to_string_lossy()];
        output::error_line(&format!("apply it: {}", quoted(&command)));
    }
    Ok(code(&made))
}

fn has_path(file: &plan::FileChange, path: &str) -> bool {
    file.before.as_deref() == Some(path) || file.after.as_deref() == Some(path)
}

/// Whether the plan can be taken from its run again.
fn is_kept(made: &Made) -> bool {
    !made.run.is_empty() && kept::can_be_kept(&made.document)
}

/// A command for a person's shell.
fn quoted(words: &[&str]) -> String {
    let safe = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "/._-+=:,@%".contains(c));
    let word = |word: &&str| if safe(word) { (*word).to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Finishes what an interrupted apply has left here, and says so.
fn recover(config: &Config, snapshot: &Snapshot) -> Result<(), CliError> {
    if let Some(recovered) = apply::recover(snapshot, &config.state_dir)? {
        output::error_line(&recovered.to_string());
    }
    Ok(())
}

/// Takes nothing on trust that a recorded plan says of itself.
fn believed(document: &mut Document, snapshot: &Snapshot) -> Result<(), CliError> {
    let refused = |problem: &Problem| problem.check == "jail" && !problem.fatal;
    let tried: Vec<Problem> = document.problems.iter().filter(|problem| refused(problem)).cloned().collect();
    let found = plan::checks::check_document(document, snapshot, &Symbols::default(), &Cancel::new());
    document.problems = found.map_err(|error| CliError::failed(error.to_string()))?;
    document.problems.extend(tried);
    document.checked = plan::checks::CHECKS.iter().map(|check| (*check).to_owned()).collect();
    let hash = document.hash();
    document.verified.take_if(|verified| verified.plan != hash);
    Ok(())
}

/// Has a model, or `builtin`, make the plan.
async fn make(args: &Plan, config: &Config, snapshot: &Snapshot) -> Result<Made, CliError> {
    let request = args.request.as_deref().unwrap_or_default().trim().to_owned();
    let models = setup::models(config)?;
    if let Some(limit) = config.confirm_usd.filter(|_| !args.yes) {
        confirm::confirm(&confirm::estimate(config, snapshot, &models).await?, limit).await?;
    }
    let live = Live::new(args.show_code);
    let mut repl = setup::options(config, agent::setup::seed(&request))?;
    repl.plan = true;
    let journal = agent::setup::journal(config, snapshot, &request, &models, &repl);
    let setup = agent::setup::run(config, snapshot.clone(), models, repl, journal, live.emit());
    let stop = Stop::default();
    let signals = tokio::spawn(interrupts(stop.clone(), live.clone()));
    let asked = tokio::spawn(async move { agent::ask(setup, &request, &stop).await }).await;
    let result = asked.map_err(|panic| CliError::failed(format!("the run failed inside: {panic}")))?;
    signals.abort();
    live.finish();
    // Whoever answers questions now leaves by Ctrl-C at once, and an apply that is cut finishes or is taken back the next time.
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            exit::leave();
        }
    });
    let mut report = result?;
    let document = report.plan.take().map(|plan| *plan).unwrap_or_default();
    Ok(Made { document, run: report.run.clone(), report: Some(report) })
}

/// The plan of a recorded run, which has to be of this folder.
fn from(config: &Config, snapshot: &Snapshot, run: &str) -> Result<Made, CliError> {
    let kept = kept::plan(&config.state_dir, run)?;
    is_here(&kept, snapshot)?;
    Ok(Made { document: kept.document, run: kept.run, report: None })
}

fn is_here(kept: &kept::Kept, snapshot: &Snapshot) -> Result<(), CliError> {
    let here = agent::setup::root_hash(snapshot);
    match &kept.root {
        Some(root) if *root != here => Err(CliError::usage(format!(
            "the plan of run {} is for the folder {} and not for this one",
            kept.run, kept.workspace
        ))
        .hint("name its folder: spelunk plan --from RUN PATH")),
        _ => Ok(()),
    }
}

fn show(made: &Made, stale: &[plan::Stale]) {
    let tripped = made.report.as_ref().filter(|report| report.tripped.is_some());
    if let Some(report) = tripped {
        output::markdown(&format!("> Ended early: {}.\n", report.end));
    }
    output::markdown(&plan::markdown(&made.document, &plan::Options::default()));
    for stale in stale {
        output::error_line(&format!("step {} went stale: {}: {}", stale.step, stale.path, stale.why));
    }
    if let Some(report) = &made.report {
        output::error_line(&output::summary(report));
    }
}

fn reader(snapshot: &Snapshot) -> impl Fn(&str) -> Option<Arc<str>> {
    |path| snapshot.text(&RelPath::parse(path).ok()?).ok()
}

fn difference(document: &Document, snapshot: &Snapshot) -> Result<String, CliError> {
    plan::diff(document, &reader(snapshot)).map_err(|error| {
        CliError::failed(error.to_string()).hint("the files changed since the plan was made: plan again")
    })
}

fn patch(document: &Document, snapshot: &Snapshot, file: &std::path::Path, force: bool) -> Result<(), CliError> {
    let patch = difference(document, snapshot)?;
    if file.as_os_str() == "-" {
        output::raw(&patch);
        return Ok(());
    }
    files::write(file, patch.as_bytes(), force)
        .map_err(|error| CliError::failed(format!("{} cannot be written: {error}", file.display())))?;
    let command = quoted(&["git", "apply", &file.to_string_lossy()]);
    output::error_line(&format!("written to {}; `{command}` takes it", file.display()));
    Ok(())
}

/// Runs the machine's command over the plan, once the person has seen it and said yes.
async fn verified(args: &Plan, config: &Config, snapshot: &Snapshot, made: &mut Made) -> Result<(), CliError> {
    let command = verify::Command::of(config).map_err(refused)?;
    let hash = made.document.hash();
    let approved = match &args.approve {
        Some(approved) => approved.clone(),
        None => {
            // Whoever says yes has seen what will run.
            output::plain(&difference(&made.document, snapshot)?);
            let question = format!(
                "The command `{}` would run over a copy of this tree with the plan applied, and with it whatever code the plan has. Run it?",
                command.line
            );
            if !confirm::yes(&question).await {
                return Err(CliError {
                    message: "the plan was not verified: nobody said yes".to_owned(),
                    hint: Some(format!("look at the plan, then: --verify --approve {hash}")),
                    code: exit::UNCONFIRMED,
                });
            }
            hash
        }
    };
    let (cancel, live) = (Cancel::new(), Live::new(false));
    let progress = |line: &str| live.say(line);
    let outcome = {
        let work = verify::verify(&made.document, snapshot, &command, &approved, true, &cancel, &progress);
        tokio::pin!(work);
        tokio::select! {
            outcome = &mut work => outcome,
            _ = tokio::signal::ctrl_c() => {
                cancel.cancel();
                work.await
            }
        }
    };
    live.finish();
    if cancel.is_cancelled() {
        return Err(CliError { message: "stopped".to_owned(), hint: None, code: exit::STOPPED });
    }
    let outcome = outcome.map_err(refused)?;
    if !args.json {
        output::error_line(&format!("verify: {}: {}", if outcome.passed { "passed" } else { "failed" }, outcome.how));
        if !outcome.passed {
            output::error_line(outcome.output.trim_end());
        }
    }
    made.document.verified = Some(outcome);
    if is_kept(made) && args.step.is_empty() {
        note(config, made, &Note::Verified(&made.document));
    }
    Ok(())
}

fn refused(error: verify::VerifyError) -> CliError {
    CliError::failed(error.to_string())
}

/// The files that tools execute and the person agrees to, asked for one by one where somebody can be asked.
fn confirmed(args: &Plan, document: &Document, snapshot: &Snapshot) -> Result<Vec<String>, CliError> {
    let mut confirmed = args.confirm.clone();
    if args.json || !io::stdin().is_terminal() {
        return Ok(confirmed);
    }
    for file in
        document.files.iter().filter(|file| !confirmed.iter().any(|path| has_path(file, path))).collect::<Vec<_>>()
    {
        let Some(why) = &file.executed else { continue };
        let alone = Document { files: vec![file.clone()], ..document.clone() };
        output::plain(&difference(&alone, snapshot)?);
        if confirm::now(&format!("{}: {why}. Write this file too?", file.path())) {
            confirmed.push(file.path().to_owned());
        }
    }
    Ok(confirmed)
}

/// Notes what becomes of the plan in its run's journal. What cannot be noted is said: it cannot be taken back from there.
fn note(config: &Config, made: &Made, what: &Note) -> bool {
    match kept::note(&config.state_dir, &made.run, what) {
        Ok(()) => true,
        Err(error) => {
            output::error_line(&format!("spelunk: {error}"));
            false
        }
    }
}

/// Writes the plan. What is going to be written is in the journal before, so that it can be taken back whatever happens.
fn applied(args: &Plan, config: &Config, snapshot: &Snapshot, made: &Made) -> Result<Written, CliError> {
    let now = snapshot.refreshed(&[], true);
    let executed = confirmed(args, &made.document, &now)?;
    let options = apply::Options { force: args.force, executed, doubts: args.doubtful, steps: None };
    let (chosen, left_out) = apply::select(&made.document, &now, &options)?;
    if chosen.is_empty() {
        return Ok(Written { files: Vec::new(), left_out, undo: None });
    }
    let noted = is_kept(made) && kept::can_be_kept(&chosen) && note(config, made, &Note::Applied(&chosen));
    let result = apply::apply(&made.document, &now, &options, &config.state_dir, &Cancel::new());
    if noted && result.is_err() {
        note(config, made, &Note::Undone);
    }
    let Applied { document, left_out, .. } = result?;
    let command = ["spelunk", "plan", "--undo", &made.run, &args.place.path.to_string_lossy()];
    Ok(Written {
        files: document.files.iter().map(|file| file.path().to_owned()).collect(),
        left_out,
        undo: noted.then(|| quoted(&command)),
    })
}

fn said(written: &Written) {
    match written.files.len() {
        0 => output::error_line("nothing was applied"),
        files => output::error_line(&format!("applied: {}", output::plural(files as u64, "file", "files"))),
    }
    for left in &written.left_out {
        output::error_line(&format!("left out: {}: {}", left.path, left.why));
    }
    match &written.undo {
        Some(undo) => output::error_line(&format!("undo: {undo}")),
        None if written.files.is_empty() => {}
        None => output::error_line("undo: by git, since the plan is not kept in a journal"),
    }
}

/// Takes back what was applied last of a run's plan.
fn undo(args: &Plan, config: &Config, snapshot: Snapshot, run: &str) -> Result<ExitCode, CliError> {
    let kept = kept::applied(&config.state_dir, run)?;
    is_here(&kept, &snapshot)?;
    let mut inverse = kept.document.inverse(&reader(&snapshot)).map_err(|error| {
        CliError::failed(error.to_string()).hint("what was changed since cannot be taken back; git may have it")
    })?;
    inverse.problems.clear();
    let executed = confirmed(args, &inverse, &snapshot)?;
    // The tree has changes that are not committed: those that are taken back.
    let options = apply::Options { force: true, executed, ..apply::Options::default() };
    let (chosen, left_out) = apply::select(&inverse, &snapshot, &options)?;
    if !left_out.is_empty() {
        let paths: Vec<&str> = left_out.iter().map(|left| left.path.as_str()).collect();
        return Err(CliError::failed(format!(
            "tools execute {}, so it is taken back only when that is confirmed",
            paths.join(", ")
        ))
        .hint("--confirm PATH for each"));
    }
    let Applied { document, .. } = apply::apply(&chosen, &snapshot, &options, &config.state_dir, &Cancel::new())?;
    let made = Made { document, run: kept.run, report: None };
    note(config, &made, &Note::Undone);
    let files: Vec<&str> = made.document.files.iter().map(plan::FileChange::path).collect();
    if args.json {
        output::json(&serde_json::json!({ "run": made.run, "undone": files }));
    } else {
        files.iter().take(20).for_each(|file| output::error_line(&format!("  {file}")));
        output::error_line(&format!("taken back: {}", output::plural(files.len() as u64, "file", "files")));
    }
    Ok(ExitCode::SUCCESS)
}

fn code(made: &Made) -> ExitCode {
    let tripped = made.report.as_ref().is_some_and(|report| report.tripped.is_some());
    let failed = made.document.verified.as_ref().is_some_and(|verified| !verified.passed);
    let fatal = failed || made.document.problems.iter().any(|problem| problem.fatal);
    match (tripped, made.document.is_empty()) {
        (_, true) => ExitCode::from(exit::NO_ANSWER),
        (true, false) => ExitCode::from(exit::PARTIAL),
        (false, false) if fatal => ExitCode::from(exit::FAILED),
        (false, false) => ExitCode::SUCCESS,
    }
}

impl From<KeptError> for CliError {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Journal(error) => error.into(),
            other => Self::usage(other.to_string()),
        }
    }
}

impl From<ApplyError> for CliError {
    fn from(error: ApplyError) -> Self {
        Self::failed(error.to_string())
    }
}
