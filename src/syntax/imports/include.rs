//! `#include`, read line by line: conditions around it do not matter.

use super::{Collector, Form};

pub(super) fn collect(found: &mut Collector) {
    let mut commented = false;
    let mut start = 0;
    for line in found.text.split_inclusive('\n') {
        let from = start + line.len() - line.trim_start().len();
        start += line.len();
        let inside = commented;
        commented = still_commented(line, commented);
        if inside {
            continue;
        }
        let Some(rest) = line.trim_start().strip_prefix('#').map(str::trim_start) else { continue };
        let Some(rest) = rest.strip_prefix("include_next").or_else(|| rest.strip_prefix("include")) else { continue };
        let rest = rest.trim_start();
        let (local, end) = match rest.chars().next() {
            Some('"') => (true, '"'),
            Some('<') => (false, '>'),
            _ => continue,
        };
        let Some(length) = rest[1..].find(end) else { continue };
        let to = from + (line.trim_start().len() - rest.len()) + length + 2;
        found.add(from..to, Form::Include { local }, rest[1..=length].trim(), Vec::new(), None);
    }
}

/// Whether a block comment goes on after this line.
fn still_commented(line: &str, mut commented: bool) -> bool {
    let mut rest = line;
    loop {
        let next = if commented { rest.find("*/") } else { rest.find("/*").filter(|at| !rest[..*at].contains("//")) };
        let Some(at) = next else { return commented };
        commented = !commented;
        rest = &rest[at + 2..];
    }
}
