//! A plan as Markdown for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::checks::Problem;
use super::confirm::{Confirm, confirm};
use super::{Change, Document, Doubt, FileChange, Step};
use crate::display;
use crate::text::grouped;

/// How much is shown. What is cut is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Steps, files, doubtful places, problems: of each list.
    pub rows: usize,
    /// Files named with a step.
    pub names: usize,
    /// Characters of a title, a reason, a line of code.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { rows: 40, names: 6, width: 200 }
    }
}

/// Characters of the request and the summary.
const PROSE: usize = 10_000;

/// The end of what `verify` printed, in characters.
const OUTPUT: usize = 4_000;

/// The plan: its steps, files, doubtful places and risks, and what was checked and what was not.
///
/// Safe to show wherever Markdown is: what the plan's author, its paths and its code say stays inside its place.
pub fn markdown(document: &Document, options: &Options) -> String {
    let page = Page { document, options, out: String::new() };
    display::markdown(&page.text())
}

struct Page<'d> {
    document: &'d Document,
    options: &'d Options,
    out: String,
}

impl Page<'_> {
    fn text(mut self) -> String {
        self.head();
        if self.document.is_empty() {
            self.out.push_str("\nIt changes nothing.\n");
        }
        self.steps();
        self.files();
        self.executed();
        self.doubts();
        self.risks();
        self.checked();
        self.not_checked();
        self.out
    }

    fn head(&mut self) {
        let Document { request, summary, .. } = self.document;
        let title = self.words(request);
        self.line(&format!("# Plan: {title}"));
        if request.trim().contains('\n') || request.chars().count() > self.options.width {
            self.quote(request);
        }
        self.quote(summary);
        self.out.push('\n');
        let edits: usize = self.document.files.iter().map(|file| file.edits.len()).sum();
        let counts = [
            counted(self.document.steps.len(), "step"),
            counted(self.document.files.len(), "file"),
            counted(edits, "edit"),
            counted(self.document.doubts.len(), "doubtful place"),
        ];
        let fatal = self.document.problems.iter().any(|problem| problem.fatal);
        let not = if fatal { " **It must not be applied as it is.**" } else { "" };
        self.line(&format!("{}.{not} Plan `{}`.", counts.join(", "), self.document.hash()));
    }

    fn steps(&mut self) {
        self.heading("Steps", !self.document.steps.is_empty());
        let steps = &self.document.steps;
        for step in cut(steps, self.options.rows) {
            let title = self.words(&step.title);
            let blank = if std::ptr::eq(step, &steps[0]) { "" } else { "\n" };
            self.line(&format!("{blank}### {}. {title}\n", step.id));
            if !step.why.trim().is_empty() {
                let why = self.words(&step.why);
                self.line(&format!("{why}\n"));
            }
            let touched = self.touched(step);
            self.line(&touched);
        }
        self.rest(steps.len(), "step", "");
    }

    /// The files of a step, those with most edits first.
    fn touched(&self, step: &Step) -> String {
        let edits = |file: &FileChange| file.edits.iter().filter(|edit| edit.steps.contains(&step.id)).count();
        let mut files: Vec<(&FileChange, usize)> = self
            .document
            .files
            .iter()
            .filter(|file| file.all_steps().contains(&step.id))
            .map(|file| (file, edits(file)))
            .collect();
        if files.is_empty() {
            return "Touches no file.".to_owned();
        }
        files.sort_by_key(|(_, edits)| std::cmp::Reverse(*edits));
        let total = files.iter().map(|(_, edits)| edits).sum();
        let mut names: Vec<String> = cut(&files, self.options.names)
            .iter()
            .map(|(file, edits)| match self.change(file) {
                "edited" => format!("{} ({edits})", self.code(file.path())),
                change => format!("{} ({change}, {edits})", self.code(file.path())),
            })
            .collect();
        let more = files.len().saturating_sub(self.options.names);
        names.extend((more > 0).then(|| format!("and {} more", grouped(more as u64))));
        format!("{}, {}: {}", counted(files.len(), "file"), counted(total, "edit"), names.join(", "))
    }

    fn files(&mut self) {
        let mut files: Vec<(&FileChange, Confirm)> =
            self.document.files.iter().map(|file| (file, confirm(self.document, file))).collect();
        self.heading("Files", !files.is_empty());
        let rows = self.options.rows;
        if files.len() > rows {
            // What a person has to look at is not cut off.
            files.sort_by_key(|(file, confirm)| match confirm {
                Confirm::Alone(_) => 0,
                Confirm::Looked(_) => 1,
                Confirm::WithPlan => 2 + u8::from(file.change() == Change::Edited),
            });
        }
        if !files.is_empty() {
            self.line("| File | Change | Edits | Steps | Confirmation |\n|---|---|---:|---|---|");
        }
        for (file, confirm) in cut(&files, rows) {
            let steps: Vec<String> = file.all_steps().iter().map(u32::to_string).collect();
            let change = match (file.change(), &file.before) {
                (Change::Moved, Some(before)) => format!("moved from {}", self.cell(before)),
                _ => self.change(file).to_owned(),
            };
            let confirm = match confirm {
                Confirm::WithPlan => String::new(),
                Confirm::Looked(why) => format!("yes: {why}"),
                Confirm::Alone(_) => "alone: it is executed".to_owned(),
            };
            let path = self.cell(file.path());
            self.line(&format!("| {path} | {change} | {} | {} | {confirm} |", file.edits.len(), steps.join(", ")));
        }
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for (file, _) in files.iter().skip(rows) {
            *kinds.entry(self.change(file)).or_default() += 1;
        }
        let kinds: Vec<String> =
            kinds.iter().map(|(kind, count)| format!("{} {kind}", grouped(*count as u64))).collect();
        self.rest(files.len(), "file", &kinds.join(", "));
    }

    fn executed(&mut self) {
        let files: Vec<&FileChange> = self.document.files.iter().filter(|file| file.executed.is_some()).collect();
        self.heading("Executed files", !files.is_empty());
        for file in cut(&files, self.options.rows) {
            let tool = self.words(file.executed.as_deref().unwrap_or_default());
            let path = self.code(file.path());
            self.line(&format!(
                "- {path}: {tool}. It is confirmed alone, and left out of what is applied without asking."
            ));
        }
        self.rest(files.len(), "executed file", "");
    }

    fn doubts(&mut self) {
        let mut doubts: Vec<&Doubt> = self.document.doubts.iter().collect();
        self.heading("Doubtful places", !doubts.is_empty());
        doubts.sort_by_key(|doubt| doubt.step);
        let mut shown = None;
        for doubt in cut(&doubts, self.options.rows) {
            if shown != Some(doubt.step) {
                let blank = if shown.is_some() { "\n" } else { "" };
                shown = Some(doubt.step);
                let title = self.document.step(doubt.step).map_or_else(String::new, |step| self.words(&step.title));
                let count = doubts.iter().filter(|other| other.step == doubt.step).count();
                let line = format!("{blank}Step {}, {title}: {}.\n", doubt.step, counted(count, "place"));
                self.line(&line);
            }
            let (place, text) = (self.code(&format!("{}:{}", doubt.path, doubt.line)), self.code(&doubt.text));
            let why = self.words(&doubt.why);
            self.line(&format!("- {place} {text}: {why}"));
        }
        self.rest(doubts.len(), "doubtful place", "");
    }

    fn risks(&mut self) {
        let mut problems: Vec<&Problem> = self.document.problems.iter().collect();
        self.heading("Risks", !problems.is_empty());
        problems.sort_by_key(|problem| !problem.fatal);
        for problem in cut(&problems, self.options.rows) {
            let fatal = if problem.fatal { "**Must not be applied.** " } else { "" };
            let place = match (&problem.path, problem.line) {
                (Some(path), Some(line)) => format!("{} ", self.code(&format!("{path}:{line}"))),
                (Some(path), None) => format!("{} ", self.code(path)),
                (None, _) => String::new(),
            };
            let step = problem.step.map_or_else(String::new, |step| format!(", step {step}"));
            let (message, check) = (self.words(&problem.message), self.words(&problem.check));
            self.line(&format!("- {fatal}{place}{message} ({check}{step})"));
        }
        self.rest(problems.len(), "problem", "");
    }

    fn checked(&mut self) {
        let Document { checked, verified, .. } = self.document;
        self.heading("Checked", !checked.is_empty() || verified.is_some());
        if !checked.is_empty() {
            let names: Vec<String> = checked.iter().map(|check| self.words(check)).collect();
            self.line(&format!("- By the program: {}.", names.join(", ")));
        }
        let Some(verified) = verified else { return };
        let said = if verified.passed { "passed" } else { "**failed**" };
        let (command, how) = (self.code(&verified.command), self.words(&verified.how));
        let confined: Vec<String> = verified.confined.iter().map(|what| self.words(what)).collect();
        let confined =
            if confined.is_empty() { "nothing between it and the machine".to_owned() } else { confined.join(", ") };
        let other = if self.document.hash() == verified.plan { "" } else { " It ran over another state of this plan." };
        self.line(&format!("- {command} {said}: {how}, {:.1} s, with {confined}.{other}", verified.seconds));
        if !verified.missing.is_empty() {
            let missing: Vec<String> = verified.missing.iter().map(|what| self.words(what)).collect();
            self.line(&format!("- It ran without: {}.", missing.join(", ")));
        }
        match verified.before {
            Some(true) => self.line("- It passes without the plan, so the plan is the cause."),
            Some(false) => self.line("- It fails without the plan too."),
            None => {}
        }
        let output = display::terminal(&verified.output);
        let output = output.trim_matches('\n');
        if !output.trim().is_empty() {
            let skipped = output.chars().count().saturating_sub(OUTPUT);
            let end: String = output.chars().skip(skipped).collect();
            let fence = "`".repeat(longest_run(&end).max(2) + 1);
            let more = if skipped > 0 { "...\n" } else { "" };
            self.line(&format!("\n{fence}text\n{more}{end}\n{fence}"));
        }
    }

    fn not_checked(&mut self) {
        let Document { verified, doubts, files, .. } = self.document;
        if files.is_empty() {
            return;
        }
        self.heading("Not checked", true);
        let ran = verified.as_ref().filter(|verified| verified.plan == self.document.hash());
        if ran.is_none_or(|verified| !verified.passed) {
            self.line("- Types, and whether it builds: no command has passed over the tree with this plan applied.");
        }
        self.line(match ran {
            Some(_) => "- Behaviour, beyond what the command above looks at.",
            None => "- Behaviour: no tests were run.",
        });
        if !doubts.is_empty() {
            self.line(&format!("- {}: nothing is done there.", counted(doubts.len(), "doubtful place")));
        }
        self.line("- Names that are put together at run time, or stand in strings, data and other formats.");
        self.line("- Generated, ignored, secret and binary files.");
        self.line("- Other repositories that use this one.");
    }

    fn change(&self, file: &FileChange) -> &'static str {
        match file.change() {
            Change::Created => "created",
            Change::Edited => "edited",
            Change::Moved => "moved",
            Change::Removed => "removed",
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn heading(&mut self, title: &str, wanted: bool) {
        if wanted {
            let _ = writeln!(self.out, "\n## {title}\n");
        }
    }

    /// Says how many rows of a list are left out.
    fn rest(&mut self, total: usize, noun: &str, kinds: &str) {
        let Some(more) = total.checked_sub(self.options.rows).filter(|&more| more > 0) else { return };
        let kinds = if kinds.is_empty() { String::new() } else { format!(": {kinds}") };
        let plural = if more == 1 { "" } else { "s" };
        let _ = writeln!(self.out, "\n... and {} more {noun}{plural}{kinds}.", grouped(more as u64));
    }

    /// Markdown of the plan's author, where it can close nothing that it has not opened.
    fn quote(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.out.push('\n');
        let (text, cut) = shortened(text.trim(), PROSE);
        for line in display::markdown(&[text, cut].concat()).lines() {
            let _ = writeln!(self.out, "> {line}");
        }
    }

    /// Words of the plan's author in one line, where only code is marked up.
    fn words(&self, text: &str) -> String {
        let text = one_line(text);
        let (text, cut) = shortened(&text, self.options.width);
        let pieces: Vec<&str> = text.split('`').collect();
        // Each in backticks of its own, or none.
        let spans = pieces.len() % 2 == 1 && pieces.iter().skip(1).step_by(2).all(|code| !code.trim().is_empty());
        if !spans {
            return escaped(text) + cut;
        }
        let piece = |(at, piece): (usize, &&str)| if at % 2 == 1 { self.code(piece) } else { escaped(piece) };
        pieces.iter().enumerate().map(piece).collect::<String>() + cut
    }

    /// Code in one line.
    fn code(&self, text: &str) -> String {
        let text = display::terminal(text).replace('\n', "\\n");
        let (text, cut) = shortened(&text, self.options.width);
        if text.is_empty() {
            return "(empty)".to_owned();
        }
        let fence = "`".repeat(longest_run(text) + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
        format!("{fence}{pad}{text}{cut}{pad}{fence}")
    }

    /// Code in a table, where a bar would end the cell even inside of it.
    fn cell(&self, text: &str) -> String {
        if !text.contains(['|', '\\']) {
            return self.code(text);
        }
        let text = one_line(text);
        let (text, cut) = shortened(&text, self.options.width);
        escaped(text) + cut
    }
}

/// Text in one line that can be shown, its white space single.
fn one_line(text: &str) -> String {
    display::terminal(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str, width: usize) -> (&str, &'static str) {
    match text.char_indices().nth(width) {
        Some((end, _)) => (text[..end].trim_end(), " ..."),
        None => (text, ""),
    }
}

/// Text that no dialect of Markdown acts on. Underscores inside words are no markup, and stay readable.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let inside = last.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '|' => out.push_str("&#124;"),
            '_' if inside => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~' | '$' | '&' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        last = c;
    }
    out
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn cut<T>(rows: &[T], most: usize) -> &[T] {
    &rows[..rows.len().min(most)]
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count as u64))
}

#[cfg(test)]
mod tests;
