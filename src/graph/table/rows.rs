//! One file's definitions in as few bytes as searching them allows.

use std::collections::HashMap;

use crate::syntax::{Kind, Symbol};
use crate::workspace::RelPath;

use super::super::parsed::aside;
use super::Row;

/// Longer names are cut here, in bytes.
const LONGEST: usize = u8::MAX as usize;

/// A file's definitions, in their order.
#[derive(Debug)]
pub(super) struct Rows {
    pub path: RelPath,
    /// Whether it is beside the code proper, see [`aside`].
    pub aside: u8,
    /// Read line by line only.
    pub partial: bool,
    /// The letters of each name, see [`mask`]. Apart from the rows: a search goes over these first.
    pub masks: Box<[u32]>,
    rows: Box<[Packed]>,
    /// Where in `text` the containers are; the first one is empty.
    containers: Box<[(u32, u32)]>,
    /// Names and containers, each once.
    text: Box<str>,
}

#[derive(Debug, Clone, Copy)]
struct Packed {
    name: u32,
    line: u32,
    column: u32,
    container: u16,
    length: u8,
    kind: Kind,
}

impl Rows {
    pub fn new(path: RelPath, symbols: &[Symbol], partial: bool) -> Self {
        let mut text = String::new();
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut containers = vec![(0, 0)];
        let mut numbers: HashMap<&str, u16> = HashMap::from([("", 0)]);
        let mut rows = Vec::with_capacity(symbols.len());
        let mut masks = Vec::with_capacity(symbols.len());
        for symbol in symbols {
            let name = &symbol.name[..symbol.name.floor_char_boundary(LONGEST)];
            let at = *known.entry(name).or_insert_with(|| add(&mut text, name));
            let outer = container(symbol);
            let number = match numbers.get(outer) {
                Some(number) => *number,
                // A file with that many containers is generated; its last ones go without.
                None => u16::try_from(containers.len()).map_or(0, |number| {
                    let at = *known.entry(outer).or_insert_with(|| add(&mut text, outer));
                    containers.push((at, at + outer.len() as u32));
                    numbers.insert(outer, number);
                    number
                }),
            };
            let (line, column) = (symbol.line, symbol.column);
            rows.push(Packed {
                name: at,
                line,
                column,
                container: number,
                length: name.len() as u8,
                kind: symbol.kind,
            });
            masks.push(mask(name.as_bytes()));
        }
        Self {
            aside: aside(path.as_str()),
            path,
            partial,
            masks: masks.into(),
            rows: rows.into(),
            containers: containers.into(),
            text: text.into(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn name(&self, at: usize) -> &str {
        let row = &self.rows[at];
        let start = row.name as usize;
        &self.text[start..start + usize::from(row.length)]
    }

    pub fn kind(&self, at: usize) -> Kind {
        self.rows[at].kind
    }

    pub fn container(&self, at: usize) -> &str {
        let (start, end) = self.containers[usize::from(self.rows[at].container)];
        &self.text[start as usize..end as usize]
    }

    pub fn row(&self, at: usize) -> Row {
        Row {
            name: self.name(at).to_owned(),
            kind: self.kind(at),
            path: self.path.clone(),
            line: self.rows[at].line,
            column: self.rows[at].column,
            container: self.container(at).to_owned(),
        }
    }

    /// What it takes, with its place on the shelf.
    pub fn bytes(&self) -> usize {
        const PLACE: usize = 160;
        PLACE
            + size_of::<Self>()
            + self.path.as_str().len()
            + self.rows.len() * (size_of::<Packed>() + size_of::<u32>())
            + self.containers.len() * size_of::<(u32, u32)>()
            + self.text.len()
    }
}

/// Texts are at most 64 MiB, and what is added here are parts of one, so offsets fit.
fn add(text: &mut String, part: &str) -> u32 {
    let at = text.len() as u32;
    text.push_str(part);
    at
}

/// What a symbol is in, qualified.
fn container(symbol: &Symbol) -> &str {
    let outer = symbol.qualified.strip_suffix(symbol.name.as_str()).unwrap_or_default();
    outer.strip_suffix('.').unwrap_or(outer)
}

/// Which letters a name has, one bit each, case aside; digits, `_`, others and bytes beyond ASCII have a bit together.
/// A name has a query's letters in order only if its mask has all of the query's bits.
pub(super) fn mask(name: &[u8]) -> u32 {
    name.iter().fold(0, |mask, byte| {
        mask | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'A'..=b'Z' => 1 << (byte - b'A'),
            b'0'..=b'9' => 1 << 26,
            b'_' => 1 << 27,
            0x80.. => 1 << 28,
            _ => 1 << 29,
        }
    })
}
