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
use crate::agent::kept::{self, KeptError};
use crate::agent::{self, Report, Stop};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::plan::apply::{self, Applied, ApplyError};
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
    #[arg(long, value_name = "RUN", conflicts_with = "undo")]
    from: Option<String>,
    /// Take back what was applied of a run's plan
    #[arg(long, value_name = "RUN")]
    undo: Option<String>,
    /// Write the plan as a patch for `git apply` to FILE (`-`: standard output, and nothing else there)
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Write the planned files, all of them or none
    #[arg(long)]
    apply: bool,
    /// Only these steps, by their numbers
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
    if (args.from.is_some() || args.undo.is_some())
        && let Some(path) = args.request.take()
    {
        args.place.path = path.into();
    }
    if args.request.as_ref().is_some_and(|request| request.trim().is_empty()) {
        return Err(
            CliError::usage("the request is empty").hint("spelunk plan \"rename Foo.bar to baz\" path/to/repository")
        );
    }
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let snapshot = setup::snapshot(&args.place).await?;
    if let Some(run) = &args.undo {
        return undo(&args, &config, snapshot, run);
    }
    let mut made = match &args.from {
        Some(run) => from(&config, &snapshot, run)?,
        None => make(&args, &config, &snapshot).await?,
    };
    let stale = if made.report.is_none() { plan::stale(&made.document, &snapshot) } else { Vec::new() };
    let to_stdout = args.patch.as_deref().is_some_and(|path| path.as_os_str() == "-");
    if !args.json && !to_stdout {
        show(&made, &stale);
    }
    if let Some(file) = &args.patch {
        patch(&made.document, &snapshot, file, args.force)?;
    }
    if args.verify {
        verified(&args, &config, &snapshot, &mut made).await?;
    }
    let applied = if args.apply { Some(applied(&args, &config, &snapshot, &made)?) } else { None };
    if args.json {
        output::json(&Printed {
            hash: made.document.hash(),
            plan: &made.document,
            run: &made.run,
            end: made.report.as_ref().map(|report| report.end.as_str()),
            stale,
            applied,
        });
    } else if let Some(written) = &applied {
        said(written);
    } else if !made.document.is_empty() && args.patch.is_none() && !made.run.is_empty() {
        output::error_line(&format!(
            "apply it: spelunk plan --from {} --apply {}",
            made.run,
            args.place.path.display()
        ));
    }
    Ok(code(&made))
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

fn patch(document: &Document, snapshot: &Snapshot, file: &std::path::Path, force: bool) -> Result<(), CliError> {
    let patch = plan::diff(document, &reader(snapshot)).map_err(|error| {
        CliError::failed(error.to_string()).hint("the files changed since the plan was made: plan again")
    })?;
    if file.as_os_str() == "-" {
        output::raw(&patch);
        return Ok(());
    }
    files::write(file, patch.as_bytes(), force)
        .map_err(|error| CliError::failed(format!("{} cannot be written: {error}", file.display())))?;
    output::error_line(&format!("written to {}; `git apply {}` takes it", file.display(), file.display()));
    Ok(())
}

/// Runs the machine's command over the plan, once the person has seen it and said yes.
async fn verified(args: &Plan, config: &Config, snapshot: &Snapshot, made: &mut Made) -> Result<(), CliError> {
    let command = verify::Command::of(config).map_err(refused)?;
    let hash = made.document.hash();
    let approved = match &args.approve {
        Some(approved) => approved.clone(),
        None => {
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
    Ok(())
}

fn refused(error: verify::VerifyError) -> CliError {
    CliError::failed(error.to_string())
}

/// Writes the plan, asking for each file that tools execute.
fn applied(args: &Plan, config: &Config, snapshot: &Snapshot, made: &Made) -> Result<Written, CliError> {
    if made.document.verified.as_ref().is_some_and(|verified| !verified.passed && verified.before != Some(false))
        && !args.force
    {
        return Err(CliError::failed("the plan was not applied: its verification failed")
            .hint("--force applies it all the same"));
    }
    let mut executed = args.confirm.clone();
    if io::stdin().is_terminal() && !args.json {
        for file in &made.document.files {
            let Some(why) = file.executed.as_ref().filter(|_| !executed.iter().any(|path| path == file.path())) else {
                continue;
            };
            if confirm::now(&format!("{}: {why}. Apply this file too?", file.path())) {
                executed.push(file.path().to_owned());
            }
        }
    }
    let steps = (!args.step.is_empty()).then(|| args.step.clone());
    let options = apply::Options { force: args.force, executed, doubts: args.doubtful, steps };
    let Applied { document, left_out, .. } =
        apply::apply(&made.document, &snapshot.refreshed(&[], true), &options, &config.state_dir, &Cancel::new())?;
    let kept = !made.run.is_empty() && kept::note_applied(&config.state_dir, &made.run, &document).is_ok();
    Ok(Written {
        files: document.files.iter().map(|file| file.path().to_owned()).collect(),
        left_out,
        undo: kept.then(|| format!("spelunk plan --undo {} {}", made.run, args.place.path.display())),
    })
}

fn said(written: &Written) {
    output::error_line(&format!("applied: {}", output::plural(written.files.len() as u64, "file", "files")));
    for left in &written.left_out {
        output::error_line(&format!("left out: {}: {}", left.path, left.why));
    }
    match &written.undo {
        Some(undo) => output::error_line(&format!("undo: {undo}")),
        None => output::error_line("undo: by git, since the run is not recorded"),
    }
}

/// Takes back what was applied of a run's plan.
fn undo(args: &Plan, config: &Config, snapshot: Snapshot, run: &str) -> Result<ExitCode, CliError> {
    let kept = kept::applied(&config.state_dir, run)?;
    is_here(&kept, &snapshot)?;
    let inverse = kept.document.inverse(&reader(&snapshot)).map_err(|error| {
        CliError::failed(error.to_string()).hint("what was changed since cannot be taken back; git may have it")
    })?;
    let executed = inverse.files.iter().map(|file| file.path().to_owned()).collect();
    // The tree has changes that are not committed: those that are taken back.
    let options = apply::Options { force: true, executed, ..apply::Options::default() };
    let Applied { document, .. } = apply::apply(&inverse, &snapshot, &options, &config.state_dir, &Cancel::new())?;
    let files: Vec<&str> = document.files.iter().map(plan::FileChange::path).collect();
    if args.json {
        output::json(&serde_json::json!({ "run": kept.run, "undone": files }));
    } else {
        output::error_line(&format!("taken back: {}", output::plural(files.len() as u64, "file", "files")));
    }
    Ok(ExitCode::SUCCESS)
}

fn code(made: &Made) -> ExitCode {
    let tripped = made.report.as_ref().is_some_and(|report| report.tripped.is_some());
    let fatal = made.document.problems.iter().any(|problem| problem.fatal);
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
