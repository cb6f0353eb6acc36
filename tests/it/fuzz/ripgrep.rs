//! What ripgrep says of a tree.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::ask::Ask;

/// Lines by path and number.
pub type Lines = BTreeMap<(String, u64), Line>;

pub struct Line {
    /// Whether it matches, or stands around a line that does.
    pub matches: bool,
    /// In UTF-16 code units, from 1. ripgrep has none for some empty matches.
    pub column: Option<u64>,
    pub text: String,
}

/// How long ripgrep may take. To show all matches of an odd pattern in a long line takes it the square of that length.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lines of the files that `lists` takes, `None` when that takes ripgrep too long; or why it refuses the question.
///
/// Ignored files are searched when a glob names them, and hidden ones when a glob happens to match them. A workspace does not do
/// that: who asks with globs gets those of its files that they select.
pub fn search(program: &Path, root: &Path, ask: &Ask, lists: impl Fn(&str) -> bool) -> Result<Option<Lines>, String> {
    let mut command = command(program, root);
    command.args(["-nH0", "--column", "--no-heading", "--no-context-separator"]);
    command.args([r"--field-match-separator=\x00:", r"--field-context-separator=\x00-"]);
    for (wanted, flag) in [
        (ask.literal, "-F"),
        (ask.word, "-w"),
        (ask.ignore_case, "-i"),
        (ask.hidden || !ask.globs.is_empty(), "--hidden"),
    ] {
        command.args(wanted.then_some(flag));
    }
    for glob in &ask.globs {
        command.args(["-g", glob]);
    }
    command.args(["-C", &ask.context.to_string(), "-e", &ask.pattern, "./"]);
    let Some(output) = output_in_time(&mut command) else { return Ok(None) };
    if output.status.code() == Some(2) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let lines = output.stdout.split(|&byte| byte == b'\n').filter_map(parse);
    Ok(Some(lines.filter(|((path, _), _)| lists(path)).collect()))
}

fn output_in_time(command: &mut Command) -> Option<Output> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("rg runs");
    let mut pipe = child.stdout.take().expect("it is piped");
    let (read, all) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        let _ = read.send(bytes);
    });
    let bytes = all.recv_timeout(PATIENCE).ok();
    if bytes.is_none() {
        child.kill().expect("it is ours");
    }
    reader.join().expect("it does not panic");
    let output = child.wait_with_output().expect("rg runs");
    bytes.map(|stdout| Output { stdout, ..output })
}

/// The files that ripgrep would search, without what a workspace denies.
pub fn files(program: &Path, root: &Path, hidden: bool) -> BTreeSet<String> {
    let mut command = command(program, root);
    command.args(["--files", "-0"]).args(hidden.then_some("--hidden")).arg("./");
    let output = command.output().expect("rg runs");
    let paths = output.stdout.split(|&byte| byte == 0).filter(|path| !path.is_empty()).map(spelled);
    paths.filter(|path| !is_denied(path)).collect()
}

/// One thread in path order: how far a binary file is searched depends on the lines that the same thread has read before it.
fn command(program: &Path, root: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).args(["--no-config", "--color=never", "--sort=path"]);
    command
}

fn is_denied(path: &str) -> bool {
    path.split('/').any(|name| [".git", ".ssh", ".env", "id_rsa", "server.pem"].contains(&name))
}

/// A line of output: path, number, column (of a match) and text, after NULs and what says which. The line that says that a file
/// is binary has no NUL.
fn parse(line: &[u8]) -> Option<((String, u64), Line)> {
    let mut fields = line.split(|&byte| byte == 0);
    let (path, number) = (spelled(fields.next()?), self::number(fields.next()?)?);
    let fields: Vec<&[u8]> = fields.collect();
    let text = fields.last()?;
    let matches = text.starts_with(b":");
    // A line's end is no part of it, be it of one byte or of two.
    let text = text[1..].strip_suffix(b"\r").unwrap_or(&text[1..]);
    let units = |column: u64| {
        let before = &text[..text.len().min(column as usize - 1)];
        String::from_utf8_lossy(before).encode_utf16().count() as u64 + 1
    };
    let column = if fields.len() == 2 { Some(units(self::number(&fields[0][1..])?)) } else { None };
    let text = String::from_utf8_lossy(text).into_owned();
    Some(((path, number), Line { matches, column, text }))
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A path as a workspace spells it.
fn spelled(path: &[u8]) -> String {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let chunks = path.utf8_chunks();
    chunks
        .map(|chunk| {
            chunk.valid().to_owned() + &chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>()
        })
        .collect()
}
