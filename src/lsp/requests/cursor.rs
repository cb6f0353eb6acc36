//! What stands at a position of a document: a name, what it is there, and what is written before it.

use std::ops::Range;
use std::sync::Arc;

use tower_lsp::ls_types::{TextDocumentPositionParams, Uri};

use crate::lsp::Error;
use crate::lsp::convert::name_of;
use crate::lsp::state::{Text, View};
use crate::syntax::{Binding, Budget, Extracted, Names, Usage, Use, binding, extract_with_uses, name_at};

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
    /// The whole path before it as written, with its last separator; empty where there is none.
    pub path: String,
    /// What it is bound to inside of the function around it.
    pub local: Option<Binding>,
    /// The qualified name of the definition around it.
    pub within: Option<String>,
}

/// What a name is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The name of a definition, by its index.
    Definition(usize),
    Use(Usage),
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
        text.parse(language, &view.symbols);
        let found = name_at(language, &text.text, offset, &Budget::default())?;
        let symbols = text.definitions(language, &view.symbols);
        // The name of a definition may be more than a word: `r#type`, `operator ()`.
        let defined = |at: &usize| {
            let name = name_of(&symbols.symbols[*at]);
            name.start <= found.range.start && found.range.end <= name.end
        };
        let role = match ((0..symbols.symbols.len()).find(defined), found.usage) {
            (Some(at), _) => Role::Definition(at),
            (None, Some(usage)) => Role::Use(usage),
            (None, None) => Role::Word,
        };
        let local = binding(language, &text.text, offset, &Budget::default());
        let before = before(&text.text[..found.range.start]);
        let within = found.within.map(|symbol| symbol.qualified);
        let (name, range, path) = (found.name, found.range, found.qualifier.unwrap_or_default());
        Some(Self { uri, symbols, name, range, role, before, path, local, within, text })
    }

    /// The line of the name, 1-based.
    pub fn line(&self) -> u32 {
        memchr::memchr_iter(b'\n', self.text.text[..self.range.start].as_bytes()).count() as u32 + 1
    }

    /// Whether the document is not among the workspace's files: ignored, or too new.
    pub fn is_unlisted(&self, view: &View) -> bool {
        self.text.path.as_ref().is_none_or(|path| !view.snapshot.contains(path).unwrap_or(false))
    }

    /// The uses of the name in this file; by code, so without a grammar there are none.
    pub fn uses(&self) -> Vec<Use> {
        match self.text.language.filter(|language| language.has_grammar()) {
            Some(language) => {
                extract_with_uses(language, &self.text.text, Names::Only(&self.name), &Budget::default()).1
            }
            None => Vec::new(),
        }
    }

    /// Whether it is code, or looks like a name of code in prose.
    pub fn is_code(&self) -> bool {
        let inner = self.name.trim_start_matches('_');
        let looks = inner.contains('_') || inner.chars().skip(1).any(char::is_uppercase);
        let quoted = self.text.text[..self.range.start].ends_with('`');
        self.role != Role::Word || looks || quoted || !self.text.language.is_some_and(|language| language.has_grammar())
    }
}

/// What is written at the end of a text, before the name that follows it.
pub fn before(text: &str) -> Before {
    let text = text.trim_end_matches([' ', '\t']);
    let Some(left) = ["::", "->", "?.", "!.", "."].iter().find_map(|joint| text.strip_suffix(joint)) else {
        return Before::Nothing;
    };
    // `..` and `...` join nothing to a name.
    if left.ends_with('.') {
        return Before::Nothing;
    }
    let left = left.trim_end();
    let name = left.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).next().unwrap_or(left);
    match name {
        "" if left.is_empty() => Before::Nothing,
        "" => Before::Value,
        "self" | "Self" | "this" | "cls" => Before::Itself,
        "crate" | "super" => Before::Nothing,
        name => Before::Name(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
