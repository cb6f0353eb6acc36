//! `spelunk index`: reads a repository once, keeps what searches need to know of it, and says what that came to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{CliError, exit, output};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::text::grouped;
use crate::workspace::{Kept, Skipped, Snapshot, Workspace, WorkspaceError};

/// Files that are named of those that every search opens.
const NAMED: usize = 10;

/// How long the end may take after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub struct Index {
    /// Folder of the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What came of it. Times are in seconds, sizes in bytes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    files: usize,
    bytes: u64,
    listed_in: f64,
    read_in: f64,
    written_in: f64,
    binary: usize,
    always_opened: Vec<Opened>,
    left_out: LeftOut,
    sizes: BTreeMap<&'static str, usize>,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    file_size: u64,
}

#[derive(Debug, Serialize)]
struct Opened {
    path: String,
    why: String,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    secrets: u64,
    unreadable: u64,
    symlinks: u64,
    special: u64,
}

/// What the reading gave, and what became of keeping it.
struct Done {
    account: Account,
    unkept: Option<WorkspaceError>,
}

pub async fn run(args: Index) -> Result<ExitCode, CliError> {
    let config = Config::load()?;
    let workspace = Workspace::open(&args.path)?.kept_anew_in(&config.cache_dir, config.index_size);
    let snapshot = workspace.snapshot();
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let mut work = tokio::task::spawn_blocking(move || read(&snapshot, &stop));
    let done = tokio::select! {
        done = &mut work => done.map_err(|error| CliError::failed(error.to_string()))??,
        _ = tokio::signal::ctrl_c() => {
            // It ends before the next file; what is being written is not waited for, and not where it would count.
            cancel.cancel();
            let _ = tokio::time::timeout(PATIENCE, work).await;
            None
        }
    };
    let Some(Done { account, unkept }) = done else { return Ok(ExitCode::from(exit::STOPPED)) };
    if args.json {
        output::json(&account);
    } else {
        output::plain(&account.to_string());
    }
    Ok(match unkept {
        Some(error) => {
            output::error_line(&format!("spelunk: {error}"));
            ExitCode::from(exit::FAILED)
        }
        None => ExitCode::SUCCESS,
    })
}

/// Blocks. `None` when it was cancelled.
fn read(snapshot: &Snapshot, cancel: &Cancel) -> Result<Option<Done>, CliError> {
    let start = Instant::now();
    let files = snapshot.files()?;
    let listed = start.elapsed();
    let bytes = snapshot.total_size(files);
    let bar = Bar::new(files.len());
    snapshot.index_anew(&|| {
        bar.step();
        !cancel.is_cancelled()
    })?;
    drop(bar);
    let read = start.elapsed();
    if cancel.is_cancelled() {
        return Ok(None);
    }
    let indexed = snapshot.indexed().ok_or_else(|| CliError::failed("the files could not be read; try again"))?;
    let (kept, unkept) = match snapshot.keep() {
        Ok(kept) => (kept, None),
        Err(error) => (None, Some(error)),
    };
    let written = start.elapsed();
    let Skipped { secrets, unreadable, symlinks, special } = snapshot.skipped(false)?;
    let always = indexed.always.iter();
    let (file, file_size) = kept.map_or((None, 0), |Kept { path, bytes }| (Some(path), bytes));
    let account = Account {
        files: indexed.files,
        bytes,
        listed_in: listed.as_secs_f64(),
        read_in: (read - listed).as_secs_f64(),
        written_in: (written - read).as_secs_f64(),
        binary: indexed.binary,
        always_opened: always.map(|(path, why)| Opened { path: path.to_string(), why: why.to_string() }).collect(),
        left_out: LeftOut { secrets, unreadable, symlinks, special },
        size: indexed.sizes.iter().map(|(_, size)| size).sum(),
        sizes: indexed.sizes.into_iter().collect(),
        file,
        file_size,
    };
    Ok(Some(Done { account, unkept }))
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rate = mega(self.bytes) / self.read_in.max(1e-3);
        let files = output::plural(self.files as u64, "file", "files");
        writeln!(f, "{files}, {}, read in {:.2} s: {rate:.0} MB/s", megabytes(self.bytes), self.read_in)?;
        writeln!(f, "  listed in {:.2} s, written in {:.2} s", self.listed_in, self.written_in)?;
        let mut sizes: Vec<_> = self.sizes.iter().collect();
        sizes.sort_by_key(|(_, size)| std::cmp::Reverse(**size));
        for (name, size) in sizes {
            writeln!(f, "  {name:<12} {:>12}", megabytes(*size as u64))?;
        }
        let share = self.size as f64 / self.bytes.max(1) as f64;
        writeln!(
            f,
            "  {:<12} {:>12}, {share:.3} bytes for each byte of source",
            "in all",
            megabytes(self.size as u64)
        )?;
        if self.binary > 0 {
            writeln!(
                f,
                "  {}, searched up to the first NUL byte",
                output::plural(self.binary as u64, "binary file", "binary files")
            )?;
        }
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for Opened { path, why } in &self.always_opened {
            reasons.entry(why).or_default().push(path);
        }
        for (why, paths) in reasons {
            let more = paths.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {} more", grouped(more as u64)) } else { String::new() };
            let named = paths[..paths.len().min(NAMED)].join(", ");
            writeln!(f, "  opened by every search, {why}: {named}{more}")?;
        }
        let LeftOut { secrets, unreadable, symlinks, special } = self.left_out;
        for (count, one, more) in [
            (secrets, "file or folder that may hold secrets", "files and folders that may hold secrets"),
            (unreadable, "folder that cannot be listed", "folders that cannot be listed"),
            (symlinks, "symlink", "symlinks"),
            (special, "pipe, socket or device", "pipes, sockets and devices"),
        ] {
            if count > 0 {
                writeln!(f, "  left out: {}", output::plural(count, one, more))?;
            }
        }
        match &self.file {
            Some(file) => write!(f, "  kept in {} ({})", file.display(), megabytes(self.file_size)),
            None => write!(f, "  kept nowhere; index_mib and SPELUNK_CACHE_DIR say where it could be"),
        }
    }
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// `137.2 MB`.
fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 { format!("{} B", grouped(bytes)) } else { format!("{:.1} MB", mega(bytes)) }
}

/// How far the reading is, on a terminal. Goes away when dropped.
struct Bar {
    bar: Option<ProgressBar>,
    steps: Arc<AtomicUsize>,
}

impl Bar {
    fn new(files: usize) -> Self {
        let bar = output::stderr_is_terminal().then(|| {
            let bar = ProgressBar::new(files as u64);
            if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} files, {eta}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, steps: Arc::default() }
    }

    fn step(&self) {
        let steps = self.steps.fetch_add(1, Ordering::Relaxed);
        if let Some(bar) = &self.bar
            && steps.is_multiple_of(64)
        {
            bar.set_position(steps as u64);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
