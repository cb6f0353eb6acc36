//! Writes the tree in Rust's syntax.

use std::fmt::Write;

use super::ast::{Assert, Node};
use super::set::Set;
use super::{Flags, Refused, class, halves};

/// Where a part stands: whether the text before or after its match is free.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges {
    pub(super) start: bool,
    pub(super) end: bool,
}

/// Characters of one set, repeated.
#[derive(Debug, Clone)]
pub(super) struct Units {
    pub(super) set: Set,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) lazy: bool,
}

/// A piece of a sequence in which nested sequences have been laid flat.
enum Item<'a> {
    Units(Units),
    Assert(Assert),
    Nested { node: &'a Node, flags: Flags, repeat: Option<(u32, Option<u32>, bool)> },
}

pub(super) fn print(node: &Node, flags: Flags) -> Result<String, Refused> {
    alternatives(node, flags, Edges { start: true, end: true })
}

fn alternatives(node: &Node, flags: Flags, edges: Edges) -> Result<String, Refused> {
    match node {
        Node::Alternatives(all) => {
            let all: Result<Vec<_>, _> = all.iter().map(|node| sequence(node, flags, edges)).collect();
            Ok(all?.join("|"))
        }
        Node::Flags { node, on, off } => alternatives(node, flags.with(on, off), edges),
        node => sequence(node, flags, edges),
    }
}

fn sequence(node: &Node, flags: Flags, edges: Edges) -> Result<String, Refused> {
    let mut items = Vec::new();
    flatten(node, flags, &mut items)?;
    let mut text = String::new();
    let mut at = 0;
    while at < items.len() {
        let run = if flags.unicode { 0 } else { halves_run(&items[at..]) };
        let next = at + run.max(1);
        let here = Edges { start: edges.start && at == 0, end: edges.end && next == items.len() };
        match &items[at] {
            Item::Units(_) if run > 0 => {
                let units = items[at..next].iter().filter_map(|item| match item {
                    Item::Units(units) => Some(units.clone()),
                    _ => None,
                });
                text.push_str(&halves::print(&units.collect::<Vec<_>>(), here));
            }
            Item::Units(units) => text.push_str(&repeated(&one_of(&units.set), units.min, units.max, units.lazy)),
            Item::Assert(assert) => text.push_str(match assert {
                Assert::Start => "^",
                // The line's end may be \r\n, of which ripgrep's crates take only \n away.
                Assert::End => r"(?:\r?$)",
                Assert::Boundary => r"(?-u:\b)",
                // The second half keeps it from matching between the bytes of one character.
                Assert::NotBoundary => r"(?-u:\B)(?:\b|\B)",
            }),
            Item::Nested { node, flags, repeat: None } => {
                let _ = write!(text, "(?:{})", alternatives(node, *flags, here)?);
            }
            Item::Nested { node, flags, repeat: Some((min, max, lazy)) } => {
                let inner = alternatives(node, *flags, Edges { start: false, end: false })?;
                text.push_str(&repeated(&format!("(?:{inner})"), *min, *max, *lazy));
            }
        }
        at = next;
    }
    Ok(text)
}

/// How many items from here on are sets that take halves of characters.
fn halves_run(items: &[Item<'_>]) -> usize {
    items.iter().take_while(|item| matches!(item, Item::Units(units) if units.set.has_halves())).count()
}

fn flatten<'a>(node: &'a Node, flags: Flags, items: &mut Vec<Item<'a>>) -> Result<(), Refused> {
    let once = |set: Set| Item::Units(Units { set, min: 1, max: Some(1), lazy: false });
    match node {
        Node::Sequence(nodes) => nodes.iter().try_for_each(|node| flatten(node, flags, items))?,
        Node::Flags { node, on, off } => flatten(node, flags.with(on, off), items)?,
        Node::Alternatives(_) => items.push(Item::Nested { node, flags, repeat: None }),
        Node::Repeat { node, min, max, lazy } => {
            let start = items.len();
            flatten(node, flags, items)?;
            match &mut items[start..] {
                [] => {}
                [Item::Units(units)] if units.min == 1 && units.max == Some(1) => {
                    (units.min, units.max, units.lazy) = (*min, *max, *lazy);
                }
                _ => {
                    items.truncate(start);
                    items.push(Item::Nested { node, flags, repeat: Some((*min, *max, *lazy)) });
                }
            }
        }
        Node::Assert(assert) => items.push(Item::Assert(*assert)),
        Node::Dot => items.push(once(class::dot(flags))),
        Node::Char(value) => items.push(once(class::character(*value, flags))),
        Node::Class(class) => items.push(once(class::class(class, flags)?)),
    }
    Ok(())
}

/// A set as a Rust class or a character; a set that no text can match becomes a class that is empty.
pub(super) fn one_of(set: &Set) -> String {
    let class = set.to_class();
    match class.ranges() {
        [] => "[a&&b]".to_owned(),
        [one] if one.start() == one.end() => escaped(one.start()),
        ranges => {
            let mut text = "[".to_owned();
            for range in ranges {
                text.push_str(&escaped(range.start()));
                if range.start() != range.end() {
                    let _ = write!(text, "-{}", escaped(range.end()));
                }
            }
            text + "]"
        }
    }
}

fn escaped(letter: char) -> String {
    if letter.is_ascii_alphanumeric() || letter == '_' {
        letter.to_string()
    } else {
        format!(r"\x{{{:X}}}", u32::from(letter))
    }
}

pub(super) fn repeated(atom: &str, min: u32, max: Option<u32>, lazy: bool) -> String {
    let times = match (min, max) {
        (1, Some(1)) => return atom.to_owned(),
        (0, None) => "*".to_owned(),
        (1, None) => "+".to_owned(),
        (0, Some(1)) => "?".to_owned(),
        (min, Some(max)) if min == max => format!("{{{min}}}"),
        (min, Some(max)) => format!("{{{min},{max}}}"),
        (min, None) => format!("{{{min},}}"),
    };
    format!("{atom}{times}{}", if lazy { "?" } else { "" })
}
