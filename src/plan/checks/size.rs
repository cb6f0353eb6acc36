//! How much of a file a step writes anew, and how much the plan changes in all.

use crate::text::grouped;

use super::Problem;
use super::view::{File, View};

const CHECK: &str = "size";

/// Shorter files may be written anew.
const LONG: usize = 200;

/// More files, or lines, than a person reads with care.
const FILES: usize = 300;
const LINES: usize = 20_000;

pub(super) fn problems(file: &File) -> Vec<Problem> {
    let total = file.old.lines().count();
    let (Some(_), Some(path)) = (&file.before, &file.after) else { return Vec::new() };
    if total <= LONG {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for step in file.change.all_steps() {
        let own = file.change.edits.iter().filter(|edit| edit.steps.contains(&step));
        let (mut old, mut new, mut first) = (0, 0, None);
        for edit in own {
            old += edit.old.lines().count();
            new += edit.new.lines().count();
            first = first.or(Some(edit.line));
        }
        // Many small edits of one word each are no retyping.
        let kept = kept_lines(file, step);
        let message = if 2 * old > total && new >= old / 2 && kept * 2 > old {
            format!(
                "replaces {} of the file's {} lines, {} of which are the same afterwards; replace only what changes",
                grouped(old as u64),
                grouped(total as u64),
                grouped(kept as u64)
            )
        } else if old > new && 10 * (old - new) > 3 * total {
            let (fewer, total) = (grouped((old - new) as u64), grouped(total as u64));
            format!("leaves {fewer} fewer of the file's {total} lines; see that nothing is lost that is still needed")
        } else {
            continue;
        };
        let problem = Problem::new(CHECK, false, message).step(Some(step)).path(path);
        problems.push(match first {
            Some(line) => problem.line(line),
            None => problem,
        });
    }
    problems
}

/// Lines that a step replaces by themselves.
fn kept_lines(file: &File, step: u32) -> usize {
    let own = file.change.edits.iter().filter(|edit| edit.steps.contains(&step));
    let kept = |old: &str, new: &str| {
        let new: std::collections::HashSet<&str> = new.lines().collect();
        old.lines().filter(|line| new.contains(line)).count()
    };
    own.map(|edit| kept(&edit.old, &edit.new)).sum()
}

/// Says so when the plan is more than a person reads.
pub(super) fn whole(view: &View) -> Option<Problem> {
    let edits = view.files.iter().flat_map(|file| &file.change.edits);
    let lines: usize = edits.map(|edit| edit.new.lines().count().max(edit.old.lines().count())).sum();
    (view.files.len() > FILES || lines > LINES).then(|| {
        let (files, lines) = (grouped(view.files.len() as u64), grouped(lines as u64));
        let message =
            format!("the plan changes {files} files and {lines} lines, more than a person reads; plan in parts");
        Problem::new(CHECK, false, message)
    })
}
