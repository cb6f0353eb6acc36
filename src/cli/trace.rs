//! `spelunk trace`: the runs that were recorded, and one of them readably.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{CliError, check, files, output};
use crate::config::Config;
use crate::journal::{self, Blobs, JournalError, Run, Summary};

#[derive(Debug, Args)]
pub struct Trace {
    /// A run's id, or its beginning; without it, the runs are listed
    run: Option<String>,
    /// Nothing is cut, host calls are listed one by one
    #[arg(long)]
    full: bool,
    /// Write the run as one HTML page that needs nothing else, to FILE (`-`: standard output; else RUN.html here)
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["full", "export"])]
    html: Option<Option<PathBuf>>,
    /// Replace FILE if it is there already
    #[arg(long, requires = "html")]
    force: bool,
    /// Print one line per model turn, for programs: docs/trajectories.md
    #[arg(long, value_name = "FORMAT", requires = "run", conflicts_with = "full")]
    export: Option<Format>,
    /// Compare the answer's citations with the files as they are now, in the folder PATH (else here)
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = ".", requires = "run", conflicts_with_all = ["full", "export", "html"])]
    check: Option<PathBuf>,
    /// With --check: print JSON
    #[arg(long, requires = "check")]
    json: bool,
    /// How many runs to list
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// JSON Lines
    Jsonl,
}

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::NotFound { .. } | JournalError::Ambiguous { .. } => Self::usage(error.to_string()),
            other => Self::failed(other.to_string()),
        }
    }
}

impl Trace {
    /// `--html RUN`: what follows the flag is the run, when there is no other.
    fn with_run(mut self) -> Self {
        if self.run.is_none() {
            let named = self.html.as_mut().and_then(Option::take);
            self.run = named.map(|name| name.to_string_lossy().into_owned());
        }
        self
    }
}

pub fn run(args: Trace) -> Result<ExitCode, CliError> {
    let config = Config::load()?;
    let args = args.with_run();
    if args.html.is_some() && args.run.is_none() {
        return Err(
            CliError::usage("--html makes a page of one run, and none is named").hint("spelunk trace RUN --html")
        );
    }
    match &args.run {
        Some(prefix) => {
            let run = journal::read(&journal::find(&config.state_dir, prefix)?)?;
            let blobs = Blobs::new(&config.state_dir);
            if let Some(path) = &args.check {
                return check::run(&run, path, args.json);
            }
            match (&args.html, args.export) {
                (Some(file), _) => page(&run, &blobs, file.as_deref(), args.force)?,
                (None, Some(Format::Jsonl)) => lines(&run, &blobs),
                (None, None) => output::plain(&journal::show::show(&run, &blobs, args.full)),
            }
        }
        None => {
            let runs = journal::list(&config.state_dir)?;
            if runs.is_empty() {
                output::error_line("no runs are recorded yet");
            }
            for summary in runs.iter().take(args.limit) {
                output::plain(&line(summary));
            }
            if runs.len() > args.limit {
                output::error_line(&format!("{} more; --limit shows them", runs.len() - args.limit));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the page and prints where it is.
fn page(run: &Run, blobs: &Blobs, file: Option<&Path>, force: bool) -> Result<(), CliError> {
    let page = journal::html::page(run, blobs);
    let named = PathBuf::from(format!("{}.html", run.id));
    let file = file.unwrap_or(&named);
    if file == Path::new("-") {
        output::raw(&page);
        return Ok(());
    }
    files::write(file, page.as_bytes(), force)
        .map_err(|error| CliError::failed(format!("{} cannot be written: {error}", file.display())))?;
    output::plain(&file.display().to_string());
    Ok(())
}

fn lines(run: &Run, blobs: &Blobs) {
    // A reader that went away needs no more of them.
    let lost = journal::export::export(run, blobs, |line| if output::raw(line) { Ok(()) } else { Err(()) });
    for lost in lost.unwrap_or_default() {
        output::error_line(&format!("spelunk: {lost}"));
    }
}

fn line(summary: &Summary) -> String {
    let (question, model) = match &summary.header {
        Some(header) => (header.question.replace('\n', " "), header.models.root.as_str()),
        None => ("(damaged header)".to_owned(), "?"),
    };
    const WIDTH: usize = 120;
    let question = match question.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", &question[..at]),
        None => question,
    };
    let end = summary.end.map_or("unfinished".to_owned(), |end| format!("{end:?}").to_lowercase());
    let usd = summary.totals.usd.map_or(String::new(), |usd| format!(" ${usd:.4}"));
    let seconds = summary.duration_ms as f64 / 1e3;
    format!("{}  {end:<10} {seconds:>7.1} s{usd}  {model}  {question}", summary.id)
}
