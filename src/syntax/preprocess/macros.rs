//! Macros in C and C++ code: which words are no part of the grammar, judged by the tokens around them.

use super::Sheet;
use super::lex::{Kind, Token};
use super::words::{is_attribute, is_attribute_like, is_keyword, is_macro, is_qualifier, is_shout, is_variable_macro};

/// One walk over the tokens that the parser will see.
pub(super) struct Pass<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    sheet: &'a mut Sheet,
    scopes: Vec<Scope>,
    /// First token of the current declaration.
    head: usize,
    /// Open parentheses in the current declaration.
    parens: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Declarations stand directly inside: file, namespace, `extern "C"`, class, struct.
    Declarations,
    /// Statements, enumerators, initialisers.
    Other,
}

impl<'a> Pass<'a> {
    pub fn new(text: &'a [u8], tokens: &'a [Token], sheet: &'a mut Sheet) -> Self {
        Self { text, tokens, sheet, scopes: Vec::new(), head: 0, parens: 0 }
    }

    pub fn run(mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let declares = self.scopes.last().is_none_or(|scope| *scope == Scope::Declarations);
            match self.tokens[at].kind {
                Kind::Word => {
                    let next = if declares && self.parens == 0 { self.declaration_word(at) } else { None };
                    if let Some(next) = next.or_else(|| self.attribute(at)).or_else(|| self.each(at)) {
                        // What was hidden is no part of the declaration; `class` in `class EXPORT Name` is.
                        if self.head == at && !is_keyword(self.word(at)) {
                            self.head = next;
                        }
                        at = next;
                        continue;
                    }
                }
                Kind::Punct(b'(') => self.parens += 1,
                Kind::Punct(b')') => self.parens = self.parens.saturating_sub(1),
                Kind::Punct(b'{') => {
                    let scope = if declares { self.opened(at) } else { Scope::Other };
                    self.scopes.push(scope);
                    (self.head, self.parens) = (at + 1, 0);
                }
                Kind::Punct(b'}') => {
                    self.scopes.pop();
                    (self.head, self.parens) = (at + 1, 0);
                }
                Kind::Punct(b';') => (self.head, self.parens) = (at + 1, 0),
                Kind::Punct(b':') if at == self.head + 1 => self.head = at + 1,
                _ => {}
            }
            at += 1;
        }
    }

    fn word(&self, at: usize) -> &'a [u8] {
        match self.tokens.get(at) {
            Some(token) if token.kind == Kind::Word => &self.text[token.range()],
            _ => b"",
        }
    }

    fn punct(&self, at: usize) -> u8 {
        match self.tokens.get(at).map(|token| token.kind) {
            Some(Kind::Punct(byte)) => byte,
            _ => 0,
        }
    }

    /// What a `{` at `at` opens, judged by the declaration before it.
    fn opened(&self, at: usize) -> Scope {
        let mut scope = Scope::Other;
        for index in self.head..at {
            match self.word(index) {
                b"namespace" | b"class" | b"struct" | b"union" => scope = Scope::Declarations,
                b"extern" if index + 2 == at => return Scope::Declarations,
                b"enum" => return Scope::Other,
                _ => {}
            }
            // Parameters and initialisers are behind what they belong to; `template <int N = 3>` is before.
            if matches!(self.punct(index), b'=' | b'(' | b')') {
                scope = Scope::Other;
            }
        }
        scope
    }

    /// The index after the bracket that closes the `(` at `at`; `None` when it is not closed nearby.
    fn closed(&self, at: usize) -> Option<usize> {
        let mut depth = 0;
        for index in at..self.tokens.len().min(at + 4000) {
            match self.punct(index) {
                b'(' => depth += 1,
                b')' if depth == 1 => return Some(index + 1),
                b')' => depth -= 1,
                b'{' | b'}' | b';' if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    fn hide(&mut self, from: usize, to: usize) {
        let range = self.tokens[from].start as usize..self.tokens[to - 1].end as usize;
        self.sheet.hide(range);
    }

    /// Macros that stand where a declaration begins or goes on. Returns the next token to look at.
    fn declaration_word(&mut self, at: usize) -> Option<usize> {
        let word = self.word(at);
        if matches!(word, b"class" | b"struct" | b"union" | b"enum") {
            return self.type_attributes(at);
        }
        if is_keyword(word) {
            return None;
        }
        let storage_only = (self.head..at).all(|index| matches!(self.word(index), b"static" | b"extern" | b"inline"));
        let call = (self.punct(at + 1) == b'(').then(|| self.closed(at + 1)).flatten();
        if let (true, Some(after)) = (storage_only, call)
            && is_macro(word)
        {
            let next = self.tokens.get(after);
            if next.is_some_and(|next| next.is(b'{')) {
                return self.function(at, after);
            }
            if is_variable_macro(word) && next.is_some_and(|next| next.is(b';') || next.is(b'=')) {
                return self.variable(at, after);
            }
            let goes_on = next
                .is_some_and(|next| matches!(next.kind, Kind::Punct(b';' | b'=' | b'(' | b'.' | b',' | b':' | b'-')));
            let in_class = !self.scopes.is_empty() && is_shout(word) && word.contains(&b'_');
            if !goes_on || in_class && next.is_some_and(|next| next.is(b';')) {
                self.hide(at, after);
                return Some(after);
            }
        }
        // `V8_INLINE static int f()`, `V8_WARN_UNUSED_RESULT Maybe<bool> f()`, `__init int f(void)`.
        let leads = is_shout(word) || is_attribute(word);
        let next = self.word(at + 1);
        if leads && !next.is_empty() {
            let names_type = is_keyword(next) || is_shout(next) || is_attribute(next);
            let goes_on =
                !self.word(at + 2).is_empty() || matches!(self.punct(at + 2), b'*' | b'&' | b'<' | b':' | b'~');
            if names_type || goes_on || (at > self.head && self.punct(at + 2) == b'(' && !storage_only) {
                self.hide(at, at + 1);
                return Some(at + 1);
            }
        }
        None
    }

    /// `class EXPORT Name {`, `struct __packed name {`, `struct ALIGNED(8) Name {`.
    fn type_attributes(&mut self, at: usize) -> Option<usize> {
        let mut name = at + 1;
        if self.word(at) == b"enum" && matches!(self.word(name), b"class" | b"struct") {
            name += 1;
        }
        let after = match self.punct(name + 1) {
            b'(' => self.closed(name + 1)?,
            _ => name + 1,
        };
        if self.word(name).is_empty() || self.word(after).is_empty() || self.word(after) == b"final" {
            return None;
        }
        let opens = matches!(self.punct(after + 1), b'{' | b'<')
            || self.word(after + 1) == b"final"
            || self.punct(after + 1) == b':' && (self.punct(after + 2) != b':' || self.word(at) == b"class")
            || !self.word(after + 1).is_empty() && matches!(self.punct(after + 2), b'{' | b':');
        let forward = self.word(at) == b"class" && self.punct(after + 1) == b';' && is_shout(self.word(name));
        if !(opens || forward) || matches!(self.word(name), b"alignas" | b"__attribute__" | b"__declspec") {
            return None;
        }
        self.hide(name, after);
        Some(at + 1).map(|next| if name > next { name } else { next }).filter(|next| *next > at)
    }

    /// `SYSCALL_DEFINE3(read, ...) {` becomes `int read() {`.
    fn function(&mut self, at: usize, after: usize) -> Option<usize> {
        let test = self.word(at).starts_with(b"TEST") || self.word(at).starts_with(b"TYPED_TEST");
        let name = self.argument(at + 1, after, usize::from(test))?;
        self.declare(at, after, name, b"int ", b"()");
        Some(after)
    }

    /// `DEFINE_MUTEX(lock)` becomes `int lock`.
    fn variable(&mut self, at: usize, after: usize) -> Option<usize> {
        let per_cpu = self.word(at).windows(7).any(|part| part == b"PER_CPU");
        let name = self.argument(at + 1, after, usize::from(per_cpu))?;
        self.declare(at, after, name, b"int ", b"");
        Some(after)
    }

    /// The word that ends the argument `which` (0-based) of a call whose brackets are `open` and before `after`.
    fn argument(&self, open: usize, after: usize, which: usize) -> Option<usize> {
        let (mut depth, mut seen, mut last) = (0, 0, None);
        for index in open..after {
            match self.punct(index) {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b',' if depth == 1 => {
                    if seen == which {
                        return last;
                    }
                    seen += 1;
                    last = None;
                }
                _ => {}
            }
            if depth == 1 && !self.word(index).is_empty() {
                last = Some(index);
            }
        }
        last.filter(|_| seen == which)
    }

    fn declare(&mut self, at: usize, after: usize, name: usize, before: &[u8], behind: &[u8]) {
        let token = self.tokens[name];
        let end = self.tokens[after - 1].end as usize;
        self.hide(at, after);
        let (start, stop) = (token.start as usize, token.end as usize);
        if self.text[..start].len() >= before.len() && stop + behind.len() <= end.max(self.gap_after(after)) {
            self.sheet.write(start - before.len(), before);
            self.sheet.write(start, &self.text[start..stop]);
            self.sheet.write(stop, behind);
        }
    }

    /// The end of the white space behind a closing bracket on its own line.
    fn gap_after(&self, after: usize) -> usize {
        let end = self.tokens[after - 1].end as usize;
        end + self.text[end..].iter().take_while(|byte| **byte == b' ' || **byte == b'\t').count()
    }

    /// `class A : public NON_EXPORTED_BASE(B) {` reads as `class A : public B {`.
    fn base(&mut self, at: usize) -> Option<usize> {
        let after = (self.punct(at + 1) == b'(').then(|| self.closed(at + 1)).flatten()?;
        self.hide(at, at + 2);
        self.hide(after - 1, after);
        Some(after)
    }

    /// `list_for_each(pos, head)` before a statement reads as `while (pos, head)`.
    fn each(&mut self, at: usize) -> Option<usize> {
        let starts = at.checked_sub(1).is_some_and(|before| {
            matches!(self.punct(before), b';' | b'{' | b'}' | b')' | b':') || self.word(before) == b"else"
        });
        let each = self.word(at).windows(8).any(|part| part == b"for_each");
        if !starts || !each || self.punct(at + 1) != b'(' || self.scopes.last() != Some(&Scope::Other) {
            return None;
        }
        let after = self.closed(at + 1)?;
        if self.word(after).is_empty() && self.punct(after) != b'{' {
            return None;
        }
        self.hide(at, at + 1);
        self.sheet.write(self.tokens[at].start as usize, b"while");
        Some(at + 1)
    }

    /// Macros in the place of an attribute, anywhere. Returns the next token to look at.
    fn attribute(&mut self, at: usize) -> Option<usize> {
        let word = self.word(at);
        let (known, like) = (is_attribute(word), is_attribute_like(word));
        if !known && !like {
            return None;
        }
        if matches!(at.checked_sub(1).map_or(&b""[..], |index| self.word(index)), b"public" | b"private" | b"protected")
        {
            return self.base(at);
        }
        let after = match self.punct(at + 1) {
            b'(' => self.closed(at + 1)?,
            _ => at + 1,
        };
        let before = at.checked_sub(1);
        let previous_word = before.map_or(&b""[..], |index| self.word(index));
        let previous_punct = before.map_or(0, |index| self.punct(index));
        let behind_name = !previous_word.is_empty() && !is_qualifier(previous_word);
        let next_word = self.word(after);
        let next_punct = self.punct(after);
        let plain = after == at + 1;
        let hides = if known {
            // Their meaning is known; only a declaration or a use of that very name keeps them.
            !(matches!(next_punct, b'.' | b'-' | b'+')
                || previous_word == b"define"
                || !plain && previous_punct == b'=')
        } else {
            match previous_punct {
                // Behind parameters or an array's size.
                b')' | b']' => {
                    matches!(next_punct, b'{' | b';' | b'=')
                        || (is_shout(word) && matches!(next_punct, b','))
                        || matches!(next_word, b"override" | b"final" | b"const")
                }
                b'}' => plain && !next_word.is_empty(),
                _ if behind_name || matches!(previous_punct, b'*' | b'&' | b'>') => {
                    plain
                        && (!next_word.is_empty() && (behind_name || is_shout(word))
                            || next_punct == b'*' && behind_name)
                        && !next_word.starts_with(b"__attribute")
                        || !plain
                            && behind_name
                            && matches!(next_punct, b';' | b'=' | b'{')
                            && self.scopes.last() != Some(&Scope::Other)
                            && before.and_then(|index| index.checked_sub(1)).is_some_and(|index| {
                                !self.word(index).is_empty() && !is_qualifier(self.word(index))
                                    || matches!(self.punct(index), b'*' | b'&' | b'>')
                            })
                }
                _ => false,
            }
        };
        if !hides {
            return None;
        }
        self.hide(at, after);
        Some(after)
    }
}
