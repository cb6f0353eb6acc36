//! The other tools, each from where its name or an environment variable says it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::measure::{Ran, run};

/// A program, if it is there: what the variable names, else `name` on the path.
fn program(variable: &str, name: &str) -> Option<OsString> {
    let program = std::env::var_os(variable).unwrap_or_else(|| name.into());
    let ran = run(Command::new(&program).arg("--version"));
    ran.is_ok_and(|ran| ran.status.success()).then_some(program)
}

pub fn rg() -> Option<OsString> {
    program("SPELUNK_BENCH_RG", "rg")
}

pub fn ctags() -> Option<OsString> {
    program("SPELUNK_BENCH_CTAGS", "ctags")
}

pub fn ast_grep() -> Option<OsString> {
    program("SPELUNK_BENCH_AST_GREP", "ast-grep")
}

/// Counts matching lines.
pub fn rg_count(rg: &OsString, pattern: &str, fixed: bool, tree: &Path) -> (Ran, u64) {
    let mut command = Command::new(rg);
    command.args(["--no-config", "-c", "--no-filename"]);
    if fixed {
        command.arg("-F");
    }
    let ran = run(command.args(["-e", pattern]).arg(tree)).unwrap();
    let lines = ran.output.lines().filter_map(|line| line.parse::<u64>().ok()).sum();
    (ran, lines)
}

/// ripgrepx with its index of one tree, until dropped.
pub struct Rgx {
    program: OsString,
    tree: PathBuf,
    cache: tempfile::TempDir,
    server: std::process::Child,
    /// Processor time in seconds and wall time until its index was there.
    pub built: (f64, Duration),
}

impl Rgx {
    /// Starts the server over a tree and waits until it has its index; `None` where there is no ripgrepx.
    pub fn start(tree: &Path) -> Option<Self> {
        let program = program("SPELUNK_BENCH_RGX", "rgx")?;
        let cache = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let server = command(&program, tree, cache.path())
            .arg("--server")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut rgx = Self { program, tree: tree.to_owned(), cache, server, built: Default::default() };
        loop {
            std::thread::sleep(Duration::from_millis(50));
            let status = run(rgx.command().args(["--server", "status"])).ok()?;
            if status.output.lines().any(|line| line.split_whitespace().eq(["state", "ready"])) {
                break;
            }
            if start.elapsed() > Duration::from_secs(900) {
                return None;
            }
        }
        rgx.built = (rgx.cpu(), start.elapsed());
        Some(rgx)
    }

    /// Counts matching lines: it prints them, and counts in no other way.
    pub fn count(&self, pattern: &str) -> (Ran, u64) {
        let ran = run(self.command().args(["-F", "--", pattern, "."])).unwrap();
        let lines = ran.output.lines().count() as u64;
        (ran, lines)
    }

    fn command(&self) -> Command {
        command(&self.program, &self.tree, self.cache.path())
    }

    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.server.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        // SAFETY: asks for a number.
        let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
        (ticks(11) + ticks(12)) / per_second
    }

    /// Resident bytes of the server now.
    pub fn memory(&self) -> u64 {
        resident(self.server.id())
    }
}

impl Drop for Rgx {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn command(program: &OsString, tree: &Path, cache: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(tree).env("RGX_CACHE_DIR", cache);
    command
}

/// Resident bytes of a process.
pub fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

/// The tags of a whole tree in a file, as `ctags -R` writes them.
pub struct Tags {
    file: tempfile::NamedTempFile,
    pub built: Duration,
}

impl Tags {
    pub fn of(ctags: &OsString, tree: &Path, options: &[&str]) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        let ran = run(Command::new(ctags).arg("-R").args(options).arg("-f").arg(file.path()).arg(tree)).unwrap();
        assert!(ran.status.success(), "ctags failed");
        Self { file, built: ran.wall }
    }

    /// Looks a name up: the time that takes, and where it is defined as `path:line`.
    pub fn look_up(&self, name: &str, tree: &Path) -> Option<(Duration, Vec<String>)> {
        let ran = run(Command::new("readtags").args(["-e", "-n", "-t"]).arg(self.file.path()).arg(name)).ok()?;
        let places = ran.output.lines().filter_map(|line| {
            let path = Path::new(line.split('\t').nth(1)?).strip_prefix(tree).ok()?;
            let line = line.split('\t').find_map(|field| field.strip_prefix("line:"))?;
            Some(format!("{}:{line}", path.display()))
        });
        Some((ran.wall, places.collect()))
    }
}
