//! Uses of names inside one file.

use std::ops::Range;

use tree_sitter::{QueryCursorOptions, StreamingIterator, Tree};

use super::Usage;
use super::compiled::{Compiled, Role};
use super::parse::{Budget, Meter, with_cursor};

/// A use of a name, before it is located for a reader.
#[derive(Debug, Clone)]
pub(super) struct RawUse {
    pub name: Range<usize>,
    pub usage: Usage,
}

/// Runs the references query. The flag says whether something was left out.
pub(super) fn captured(
    compiled: &Compiled,
    tree: &Tree,
    text: &[u8],
    wanted: impl Fn(&[u8]) -> bool,
    budget: &Budget,
) -> (Vec<RawUse>, bool) {
    let mut found: Vec<(usize, Range<usize>, Option<Usage>)> = Vec::new();
    let mut imports: Vec<Range<usize>> = Vec::new();
    let mut meter = Meter::new(budget);
    let exceeded = with_cursor(|cursor| {
        let mut progress = |_: &tree_sitter::QueryCursorState| meter.step();
        let options = QueryCursorOptions::new().progress_callback(&mut progress);
        let mut matches = cursor.matches_with_options(&compiled.references, tree.root_node(), text, options);
        while let Some(matched) = matches.next() {
            for capture in matched.captures() {
                let mut range = capture.node.byte_range();
                // A symbol of Ruby's names a method without its colon.
                if capture.node.kind() == "simple_symbol" {
                    range.start += 1;
                }
                // Elixir's `A.B` is one word to its grammar.
                if capture.node.kind() == "alias" {
                    range.start += memchr::memrchr(b'.', &text[range.clone()]).map_or(0, |dot| dot + 1);
                }
                match compiled.reference_roles[capture.index as usize] {
                    Role::Import => imports.push(range),
                    Role::Reference(usage) if wanted(&text[range.clone()]) => {
                        found.push((matched.pattern_index, range, Some(usage)));
                    }
                    Role::Skip => found.push((matched.pattern_index, range, None)),
                    _ => {}
                }
            }
        }
        drop(matches);
        cursor.did_exceed_match_limit()
    });
    found.sort_by_key(|(rank, name, _)| (name.start, *rank));
    found.dedup_by_key(|(_, name, _)| name.start);
    imports.sort_by_key(|range| range.start);
    let uses = found
        .into_iter()
        .filter_map(|(_, name, usage)| {
            let before = imports.partition_point(|range| range.start <= name.start);
            let imported = before.checked_sub(1).is_some_and(|at| name.end <= imports[at].end);
            let usage = if imported { usage.map(|_| Usage::Import) } else { usage }?;
            Some(RawUse { name, usage })
        })
        .collect();
    (uses, exceeded || meter.exhausted)
}
