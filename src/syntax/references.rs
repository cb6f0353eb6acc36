//! Uses of names inside one file.

use std::ops::Range;

use super::Usage;
use super::compiled::{Compiled, Role};
use super::flat::Flat;
use super::parse::Meter;

/// A use of a name, before it is located for a reader.
#[derive(Debug, Clone)]
pub(super) struct RawUse {
    pub name: Range<usize>,
    pub usage: Usage,
}

/// Runs the references query: the uses in their order. The flag says whether something was left out.
pub(super) fn captured(
    compiled: &Compiled,
    nodes: &[Flat],
    text: &[u8],
    wanted: impl Fn(&[u8]) -> bool,
    meter: &mut Meter,
) -> (Vec<RawUse>, bool) {
    let mut found: Vec<(usize, Range<usize>, Option<Usage>)> = Vec::new();
    let mut imports: Vec<Range<usize>> = Vec::new();
    let cut = compiled.references.find(nodes, text, None, meter, |matched| {
        for (role, at) in matched.captures() {
            let node = &nodes[at as usize];
            let mut range = node.range();
            if node.kind == compiled.symbol && compiled.symbol != 0 {
                range.start += 1;
            }
            if node.kind == compiled.alias && compiled.alias != 0 {
                range.start += memchr::memrchr(b'.', &text[range.clone()]).map_or(0, |dot| dot + 1);
            }
            match role {
                Role::Import => imports.push(range),
                Role::Reference(usage) if wanted(&text[range.clone()]) => {
                    found.push((matched.pattern, range, Some(usage)));
                }
                Role::Skip => found.push((matched.pattern, range, None)),
                _ => {}
            }
        }
    });
    found.sort_by_key(|(rank, name, _)| (name.start, *rank));
    found.dedup_by_key(|(_, name, _)| name.start);
    imports.sort_by_key(|range| range.start);
    let mut before = 0;
    let uses = found
        .into_iter()
        .filter_map(|(_, name, usage)| {
            while imports.get(before).is_some_and(|range| range.start <= name.start) {
                before += 1;
            }
            let imported = before.checked_sub(1).is_some_and(|at| name.end <= imports[at].end);
            let usage = if imported { usage.map(|_| Usage::Import) } else { usage }?;
            Some(RawUse { name, usage })
        })
        .collect();
    (uses, cut)
}
