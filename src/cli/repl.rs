//! `spelunk repl`: the model's REPL for a person, with history and multi-line input.

use std::process::ExitCode;

use clap::Args;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{MatchingBracketValidator, ValidationContext, ValidationResult, Validator};
use rustyline::{Editor, Helper};
use tokio::runtime::Runtime;

use super::progress::Live;
use super::{CliError, Overrides, Place, exit, output, setup};
use crate::agent::Session;
use crate::cancel::Cancel;
use crate::config::Config;
use crate::repl::Outcome;

#[derive(Debug, Args)]
pub struct Repl {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    overrides: Overrides,
}

/// Line editing: input goes on while brackets are open.
struct Lines {
    brackets: MatchingBracketValidator,
}

impl Validator for Lines {
    fn validate(&self, input: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        self.brackets.validate(input)
    }
}

impl Completer for Lines {
    type Candidate = String;
}

impl Hinter for Lines {
    type Hint = String;
}

impl Highlighter for Lines {}
impl Helper for Lines {}

pub fn run(args: Repl, runtime: &Runtime) -> Result<ExitCode, CliError> {
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let snapshot = runtime.block_on(setup::snapshot(&config, &args.place))?;
    let live = Live::new(false);
    live.finish();
    let session = Session::new(setup::cells(&config, snapshot, live.emit())?);
    let mut repl = runtime.block_on(session.repl())?;

    let broken = |error: ReadlineError| CliError::failed(format!("the terminal cannot be used: {error}"));
    let mut editor = Editor::<Lines, _>::new().map_err(broken)?;
    editor.set_helper(Some(Lines { brackets: MatchingBracketValidator::new() }));
    let history = config.state_dir.join("repl-history");
    // A first session has no history yet.
    drop(editor.load_history(&history));
    output::error_line("spelunk repl: `repo`, `llm`, ... (spelunk eval --help-api lists them); Ctrl-D leaves");
    let mut last = None;
    loop {
        let code = match editor.readline("> ") {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(broken(error)),
        };
        if code.trim().is_empty() {
            continue;
        }
        // History is a convenience: a full or read-only disk must not end the session.
        drop(editor.add_history_entry(code.as_str()));
        let cancel = Cancel::new();
        let outcome = runtime.block_on(async {
            let run = repl.run(&code, &cancel);
            tokio::pin!(run);
            tokio::select! {
                outcome = &mut run => outcome,
                _ = tokio::signal::ctrl_c() => {
                    cancel.cancel();
                    run.await
                }
            }
        });
        if let Some(answer) = session.take_answer(&outcome) {
            output::markdown(&answer.as_str().map_or_else(|| answer.to_string(), str::to_owned));
        }
        last = show(&outcome, cancel.is_cancelled());
    }
    if let Err(error) = editor.save_history(&history) {
        tracing::debug!(%error, "the history could not be kept");
    }
    // For scripts that pipe cells in, the last cell decides.
    Ok(last.filter(|_| !std::io::IsTerminal::is_terminal(&std::io::stdin())).map_or(ExitCode::SUCCESS, ExitCode::from))
}

/// Prints what a cell did; the exit code when it failed.
pub fn show(outcome: &Outcome, cancelled: bool) -> Option<u8> {
    if !outcome.output.is_empty() {
        output::plain(&outcome.output);
    }
    if let Some(value) = &outcome.value {
        output::plain(value);
    }
    for warning in &outcome.warnings {
        output::error_line(&format!("warning: {warning}"));
    }
    if let Some(lost) = &outcome.lost {
        output::error_line(lost);
    }
    let error = outcome.error.as_ref()?;
    output::error_line(&error.text);
    Some(if cancelled { exit::STOPPED } else { exit::FAILED })
}
