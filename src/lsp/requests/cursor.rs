//! What stands at a position of a document: a name, what it is there, and what is written before it.

use std::ops::Range;
use std::sync::Arc;

use tower_lsp::ls_types::{TextDocumentPositionParams, Uri};

use crate::lsp::Error;
use crate::lsp::convert::name_of;
use crate::lsp::state::{Text, View};
use crate::syntax::{Budget, Extracted, Language, Names, Usage, Use, extract_with_uses};

/// A name at a position.
pub struct Cursor {
    pub uri: Uri,
    pub text: Text,
    pub symbols: Arc<Extracted>,
    pub name: String,
    /// The bytes of the name.
    pub range: Range<usize>,
    pub role: Role,
    pub before: Before,
    /// The other uses of the same word in this file.
    pub uses: Vec<Use>,
}

/// What a name is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The name of a definition, by its index.
    Definition(usize),
    /// A use, and the index of the definition around it.
    Use(Usage, Option<usize>),
    /// A word in a comment or a string, or in a file without a grammar.
    Word,
}

/// What is written before a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    Nothing,
    /// `self.`, `this->`, `Self::`.
    Itself,
    /// The last name before `.`, `->` or `::`.
    Name(String),
    /// A value that has no name, as in `f().name`.
    Value,
}

impl Cursor {
    /// The name at, or just before, a position. `None` where there is none.
    pub fn at(view: &View, place: &TextDocumentPositionParams) -> Result<Option<Self>, Error> {
        let uri = place.text_document.uri.clone();
        let text = view.text(&uri)?;
        let offset = text.lines.offset(&text.text, place.position, view.encoding);
        Ok(Self::in_text(view, uri, text, offset))
    }

    fn in_text(view: &View, uri: Uri, text: Text, offset: usize) -> Option<Self> {
        let language = text.language.filter(|language| language.has_definitions())?;
        let word = word(&text.text, offset)?;
        let symbols = view.symbols.of(language, &text.text);
        let (range, role, uses) = read(language, &text.text, &symbols, word);
        let name = text.text[range.clone()].to_owned();
        let before = before(&text.text[..range.start]);
        Some(Self { uri, symbols, name, range, role, before, uses, text })
    }

    /// Whether it is code, or looks like a name of code in prose.
    pub fn is_code(&self) -> bool {
        let inner = self.name.trim_start_matches('_');
        let looks = inner.contains('_') || inner.chars().skip(1).any(char::is_uppercase);
        let quoted = self.text.text[..self.range.start].ends_with('`');
        self.role != Role::Word || looks || quoted || !self.text.language.is_some_and(|language| language.has_grammar())
    }

    /// The innermost definition around it, or the one whose name it is.
    pub fn around(&self) -> Option<usize> {
        match self.role {
            Role::Definition(at) => Some(at),
            Role::Use(_, within) => within,
            Role::Word => None,
        }
    }
}

/// What the word at some bytes is: the bytes of the whole name, its role, and the other uses of the name.
pub fn read(language: Language, text: &str, symbols: &Extracted, word: Range<usize>) -> (Range<usize>, Role, Vec<Use>) {
    // The name of a definition may be more than a word: `r#type`, `#private`, `operator ()`.
    let holds = |bytes: Range<usize>| bytes.start <= word.start && word.end <= bytes.end;
    let defined = symbols.symbols.iter().position(|symbol| holds(name_of(symbol)));
    let range = defined.map_or(word, |at| name_of(&symbols.symbols[at]));
    let mut uses = Vec::new();
    if language.has_grammar() {
        uses = extract_with_uses(language, text, Names::Only(&text[range.clone()]), &Budget::default()).1;
    }
    let used = uses.iter().find(|found| found.offset == range.start);
    let role = match (defined, used) {
        (Some(at), _) => Role::Definition(at),
        (None, Some(used)) => Role::Use(used.usage, used.within),
        (None, None) => Role::Word,
    };
    (range, role, uses)
}

/// The identifier that holds an offset, or ends there.
pub fn word(text: &str, offset: usize) -> Option<Range<usize>> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let start =
        text[..offset].rfind(|c| !inside(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let end = text[offset..].find(|c| !inside(c)).map_or(text.len(), |at| offset + at);
    let word = &text[start..end];
    (!word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit())).then_some(start..end)
}

/// What is written at the end of a text, before the name that follows it.
pub fn before(text: &str) -> Before {
    let line = text.rsplit('\n').next().unwrap_or(text);
    let line = if line.trim().is_empty() || line.trim_start().len() == text.len() { text } else { line };
    let left = line.trim_end();
    let Some(left) = ["::", "->", "?.", "!.", "."].iter().find_map(|joint| left.strip_suffix(joint)) else {
        return Before::Nothing;
    };
    // `..` and `...` join nothing to a name.
    if left.ends_with('.') {
        return Before::Nothing;
    }
    let left = left.trim_end();
    match word(left, left.len()) {
        Some(range) if range.end == left.len() => match &left[range] {
            "self" | "Self" | "this" | "cls" => Before::Itself,
            "crate" | "super" => Before::Nothing,
            name => Before::Name(name.to_owned()),
        },
        _ if left.is_empty() => Before::Nothing,
        _ => Before::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_at_and_before() {
        let check = |marked: &str, expect: &str| {
            let at = marked.find('|').unwrap();
            let text = marked.replacen('|', "", 1);
            assert_eq!(word(&text, at).map_or("", |range| &text[range]), expect, "{marked}");
        };
        check("|foo bar", "foo");
        check("fo|o bar", "foo");
        check("foo| bar", "foo");
        check("foo |bar", "bar");
        check("foo | bar", "");
        check("x + 1|0", "");
        check("größ|e = 1", "größe");
        check("😀a|b😀", "ab");
        check("|", "");
        check("$el|em.x", "$elem");
    }

    #[test]
    fn what_is_before() {
        let name = |name: &str| Before::Name(name.to_owned());
        for (text, expect) in [
            ("", Before::Nothing),
            ("  x = ", Before::Nothing),
            ("Foo::", name("Foo")),
            ("a.b.", name("b")),
            ("self.", Before::Itself),
            ("return this->", Before::Itself),
            ("crate::", Before::Nothing),
            ("x?.", name("x")),
            ("f(a).", Before::Value),
            ("0..", Before::Nothing),
            ("{ ...", Before::Nothing),
            ("Vec::<u8>::", Before::Value),
            ("    builder\n        .", name("builder")),
        ] {
            assert_eq!(before(text), expect, "{text:?}");
        }
    }
}
