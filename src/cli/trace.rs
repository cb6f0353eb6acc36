//! `spelunk trace`: the runs that were recorded, and one of them readably.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, output};
use crate::config::Config;
use crate::journal::{self, Blobs, JournalError, Summary};

#[derive(Debug, Args)]
pub struct Trace {
    /// A run's id, or its beginning; without it, the runs are listed
    run: Option<String>,
    /// Nothing is cut, host calls are listed one by one
    #[arg(long)]
    full: bool,
    /// How many runs to list
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::NotFound { .. } | JournalError::Ambiguous { .. } => Self::usage(error.to_string()),
            other => Self::failed(other.to_string()),
        }
    }
}

pub fn run(args: Trace) -> Result<ExitCode, CliError> {
    let config = Config::load()?;
    match &args.run {
        Some(prefix) => {
            let run = journal::read(&journal::find(&config.state_dir, prefix)?)?;
            output::plain(&journal::show::show(&run, &Blobs::new(&config.state_dir), args.full));
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

fn line(summary: &Summary) -> String {
    let (question, model) = match &summary.header {
        Some(header) => (header.question.replace('\n', " "), header.models.root.as_str()),
        None => ("(damaged header)".to_owned(), "?"),
    };
    let end = summary.end.map_or("unfinished".to_owned(), |end| format!("{end:?}").to_lowercase());
    let usd = summary.totals.usd.map_or(String::new(), |usd| format!(" ${usd:.4}"));
    let seconds = summary.duration_ms as f64 / 1e3;
    format!("{}  {end:<10} {seconds:>7.1} s{usd}  {model}  {question}", summary.id)
}
