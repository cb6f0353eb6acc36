//! Growing selections: from the word under the cursor out to the whole text.

use std::ops::Range;

use super::Language;
use super::name_at::letters_at;
use super::parse::Budget;
use super::tree::Parsed;

/// The ranges of bytes around an offset that make sense as a selection, innermost first, each bigger than the one before,
/// the last one the whole text.
pub fn selection(language: Language, text: &str, offset: usize, budget: &Budget) -> Vec<Range<usize>> {
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let mut grown = Grown { offset, ranges: Vec::new() };
    if let Some(word) = letters_at(language, text, offset) {
        grown.add(word);
    }
    match Parsed::new(language, text, budget) {
        Some(parsed) => {
            let start = grown.ranges.first().map_or(offset..offset, Range::clone);
            let mut node = parsed.at(&start);
            while let Some(at) = node {
                // Between brackets comes before the brackets.
                let (first, last) = (at.child(0), at.child(at.child_count().saturating_sub(1)));
                if let (Some(first), Some(last)) = (first, last)
                    && matches!((first.kind(), last.kind()), ("{", "}") | ("[", "]") | ("(", ")"))
                    && first.end_byte() <= start.start
                    && start.end <= last.start_byte()
                {
                    grown.add(trimmed(text, first.end_byte()..last.start_byte()));
                }
                grown.add(at.byte_range());
                node = at.parent();
            }
        }
        None => by_line(text, offset, &mut grown),
    }
    grown.add(0..text.len());
    grown.ranges
}

struct Grown {
    offset: usize,
    ranges: Vec<Range<usize>>,
}

impl Grown {
    /// Adds a range if it is around the offset and the last range, and bigger.
    fn add(&mut self, range: Range<usize>) {
        let around = |inner: &Range<usize>| range.start <= inner.start && inner.end <= range.end && range != *inner;
        let grows = self.ranges.last().is_none_or(around);
        if grows && range.start <= self.offset && self.offset <= range.end {
            self.ranges.push(range);
        }
    }
}

/// Without the white space at both ends; as it is when there is nothing else.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(inside) = text.get(range.clone()) else { return range };
    let start = range.start + (inside.len() - inside.trim_start().len());
    start.min(range.end)..start.min(range.end).max(range.start + inside.trim_end().len())
}

/// The line, and the paragraph.
fn by_line(text: &str, offset: usize, grown: &mut Grown) {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    grown.add(trimmed(text, start..end));
    grown.add(start..end);
    let above = text[..start].rfind("\n\n").map_or(0, |at| at + 2);
    let below = text[end..].find("\n\n").map_or(text.len(), |at| end + at);
    grown.add(above..below);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, marked: &str, expect: &[&str]) {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let ranges = selection(Language::of(path).unwrap(), &text, offset, &Budget::default());
        assert!(ranges.windows(2).all(|pair| pair[0].len() < pair[1].len()), "{ranges:?}");
        let shown: Vec<&str> = ranges.into_iter().map(|range| &text[range]).collect();
        assert_eq!(shown, [expect, &[text.as_str()]].concat());
    }

    #[test]
    fn selections_grow() {
        check(
            "a.rs",
            "fn f() {\n    g(a + b|b, 1);\n}\n",
            &[
                "bb",
                "a + bb",
                "a + bb, 1",
                "(a + bb, 1)",
                "g(a + bb, 1)",
                "g(a + bb, 1);",
                "{\n    g(a + bb, 1);\n}",
                "fn f() {\n    g(a + bb, 1);\n}",
            ],
        );
        check("a.py", "if x:\n    y = [1|]\n", &["1", "[1]", "y = [1]", "if x:\n    y = [1]"]);
        check("a.txt", "one\n\ntwo wo|rds\nthree\n\nfour", &["words", "two words", "two words\nthree"]);
        check("a.rs", "|", &[]);
    }
}
