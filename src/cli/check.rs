//! `spelunk trace RUN --check`: the citations of an answer, beside the files as they are now.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::{CliError, exit, output};
use crate::agent::answers::answer::Citation;
use crate::agent::answers::citations::Status;
use crate::agent::answers::drift::{Drift, Drifts};
use crate::journal::{Event, Run, event};
use crate::workspace::Workspace;

/// A citation, and how it stands.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    cited: Citation,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Citation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

/// Prints the citations of a run's answer. Fails when one is stale.
pub fn run(run: &Run, path: &Path, json: bool) -> Result<ExitCode, CliError> {
    let answer = run.lines.iter().rev().find_map(|line| match &line.event {
        Event::Answer { citations, held: false, .. } if line.agent == 0 => Some(citations),
        _ => None,
    });
    let Some(citations) = answer else {
        return Err(CliError::failed(format!("run {} has no answer whose citations could be checked", run.id)));
    };
    let snapshot = Workspace::open(path)?.snapshot();
    if let Some(header) = run.header().filter(|header| header.workspace != snapshot.name()) {
        let names = format!("the run was over {}, and this is {}", header.workspace, snapshot.name());
        output::error_line(&format!("spelunk: {names}; --check PATH names the folder"));
    }
    let mut drifts = Drifts::new(&snapshot);
    let rows: Vec<Row> = citations.iter().map(|cited| row(cited, &mut drifts)).collect();
    if json {
        output::json(&rows);
    } else {
        for row in &rows {
            output::plain(&row.line());
        }
        if rows.is_empty() {
            output::error_line("the answer has no citations");
        }
    }
    let is_stale = rows.iter().any(|row| row.status == Status::Stale.name());
    Ok(if is_stale { ExitCode::from(exit::FAILED) } else { ExitCode::SUCCESS })
}

fn row(cited: &event::Citation, drifts: &mut Drifts<'_>) -> Row {
    let event::Citation { path, from, to, status, hash, .. } = cited;
    let cited = Citation { path: path.clone(), from: *from, to: *to };
    let (status, moved, changed) = match drifts.of(&cited, hash) {
        // What was said of the lines when they were cited still holds.
        Some(Drift::Same) => (status.as_str(), None, None),
        Some(Drift::Moved(to)) => (Status::Moved.name(), Some(to), None),
        Some(Drift::Stale(why)) => (Status::Stale.name(), None, Some(why)),
        None => (Status::Stale.name(), None, Some("the file cannot be read as text now".to_owned())),
    };
    Row { cited, status: status.to_owned(), moved, changed }
}

impl Row {
    fn line(&self) -> String {
        let place = |at: &Citation| format!("{}:{}-{}", at.path, at.from, at.to);
        let mut line = format!("{:<12}{}", self.status, place(&self.cited));
        if let Some(to) = &self.moved {
            line.push_str(&format!(" -> {}", place(to)));
        }
        if let Some(why) = &self.changed {
            line.push_str(&format!(": {why}"));
        }
        line
    }
}
