//! From a query's text to patterns.

use tree_sitter::Language;

use super::{Form, Inside, Kind, Pattern, Patterns, Predicate, Test};

impl<R> Patterns<R> {
    /// Reads a query. `role` gives the captures' meaning by their names.
    ///
    /// # Errors
    /// Says what is wrong and where, by line.
    pub fn read(language: &Language, text: &str, role: fn(&str) -> Option<R>) -> Result<Self, String> {
        let mut reader = Reader { language, text: text.as_bytes(), at: 0, names: Vec::new(), predicates: Vec::new() };
        let mut patterns = Vec::new();
        reader.space();
        while reader.at < reader.text.len() {
            let forms = reader.forms().map_err(|problem| reader.located(&problem))?;
            patterns.push(Pattern { forms, predicates: std::mem::take(&mut reader.predicates) });
            reader.space();
        }
        let roles = reader.names.iter().map(|name| role(name).ok_or_else(|| format!("unknown capture @{name}")));
        let mut read = Self { roles: roles.collect::<Result<_, _>>()?, roots: Vec::new(), reach: Vec::new(), patterns };
        read.roots = read.by_kind(language);
        let deepest = |roots: &Vec<(u16, u16)>| {
            let forms =
                roots.iter().map(|(pattern, form)| &read.patterns[usize::from(*pattern)].forms[usize::from(*form)]);
            forms.map(depth).max().unwrap_or_default()
        };
        read.reach = read.roots.iter().map(deepest).collect();
        Ok(read)
    }

    fn by_kind(&self, language: &Language) -> Vec<Vec<(u16, u16)>> {
        let mut roots = vec![Vec::new(); language.node_kind_count()];
        for (number, pattern) in self.patterns.iter().enumerate() {
            for (form, root) in pattern.forms.iter().enumerate() {
                for (kind, roots) in roots.iter_mut().enumerate() {
                    let fits = match root.kind {
                        Kind::Is(wanted) => usize::from(wanted) == kind,
                        Kind::Named => language.node_kind_is_named(kind as u16),
                        Kind::Any => true,
                    };
                    if fits {
                        roots.push((number as u16, form as u16));
                    }
                }
            }
        }
        roots
    }
}

struct Reader<'q> {
    language: &'q Language,
    text: &'q [u8],
    at: usize,
    names: Vec<String>,
    /// Of the pattern that is being read.
    predicates: Vec<Predicate>,
}

impl Reader<'_> {
    /// What one node may look like, with its captures.
    fn forms(&mut self) -> Result<Vec<Form>, String> {
        let field = self.field()?;
        let mut forms = match self.peek() {
            b'[' => {
                self.at += 1;
                let mut forms = Vec::new();
                while !self.eat(b']') {
                    forms.extend(self.forms()?);
                    self.space();
                }
                forms
            }
            b'(' => {
                self.at += 1;
                self.space();
                match self.peek() {
                    // A node with predicates beside it.
                    b'(' | b'[' => {
                        let forms = self.forms()?;
                        while !self.eat(b')') {
                            self.predicate()?;
                        }
                        forms
                    }
                    _ => vec![self.node()?],
                }
            }
            b'"' => {
                let text = self.string()?;
                vec![form(Kind::Is(self.kind(&text, false)?))]
            }
            b'_' => {
                self.at += 1;
                vec![form(Kind::Any)]
            }
            _ => return Err("expected a node".to_owned()),
        };
        if matches!(self.peek(), b'?' | b'*' | b'+') {
            return Err("quantifiers are not there".to_owned());
        }
        self.space();
        while self.peek() == b'@' {
            self.at += 1;
            let name = self.word();
            let capture = self.capture(&name);
            for form in &mut forms {
                form.captures = form.captures.iter().copied().chain([capture]).collect();
            }
            self.space();
        }
        if let Some(field) = field {
            forms.iter_mut().for_each(|form| form.field = field);
        }
        Ok(forms)
    }

    /// What is behind a node's opening bracket.
    fn node(&mut self) -> Result<Form, String> {
        let name = self.word();
        let mut found = match name.as_str() {
            "" => return Err("expected a node's kind".to_owned()),
            "_" => form(Kind::Named),
            "ERROR" => form(Kind::Is(super::ERROR)),
            name => form(Kind::Is(self.kind(name, true)?)),
        };
        let (mut inside, mut absent, mut adjacent) = (Vec::<Inside>::new(), Vec::new(), false);
        loop {
            self.space();
            match self.peek() {
                b')' => {
                    self.at += 1;
                    if adjacent {
                        inside.last_mut().ok_or("an anchor with nothing beside it")?.last = true;
                    }
                    break;
                }
                b'.' => {
                    self.at += 1;
                    adjacent = true;
                }
                b'!' => {
                    self.at += 1;
                    let name = self.word();
                    absent.push(self.field_number(&name)?);
                }
                b'(' if self.text[self.at + 1..].trim_ascii_start().starts_with(b"#") => self.predicate()?,
                _ => {
                    let forms = self.forms()?.into();
                    inside.push(Inside { forms, adjacent: std::mem::take(&mut adjacent), last: false });
                }
            }
        }
        (found.inside, found.absent) = (inside.into(), absent.into());
        Ok(found)
    }

    /// `(#eq? @capture "text")` and its like.
    fn predicate(&mut self) -> Result<(), String> {
        self.space();
        if !(self.eat(b'(') && self.eat(b'#')) {
            return Err("expected a predicate; groups of siblings are not there".to_owned());
        }
        let name = self.word();
        self.at += usize::from(self.peek() == b'?');
        self.space();
        if !self.eat(b'@') {
            return Err("a predicate begins with a capture".to_owned());
        }
        let capture = self.word();
        let capture = self.capture(&capture);
        let mut texts = Vec::new();
        self.space();
        while !self.eat(b')') {
            texts.push(self.string()?);
            self.space();
        }
        let test = match (name.trim_start_matches("not-"), &texts[..]) {
            ("eq", [_]) | ("any-of", [_, ..]) => Test::Among(texts.into_iter().map(String::into_bytes).collect()),
            ("match", [text]) => Test::Matches(regex::bytes::Regex::new(text).map_err(|error| error.to_string())?),
            _ => return Err(format!("#{name}? is not there in this form")),
        };
        self.predicates.push(Predicate { capture, test, holds: !name.starts_with("not-") });
        Ok(())
    }

    fn field(&mut self) -> Result<Option<u16>, String> {
        self.space();
        let start = self.at;
        let name = self.word();
        if !name.is_empty() && self.peek() == b':' {
            self.at += 1;
            self.space();
            return self.field_number(&name).map(Some);
        }
        self.at = start;
        Ok(None)
    }

    fn field_number(&self, name: &str) -> Result<u16, String> {
        self.language.field_id_for_name(name).map(|id| id.get()).ok_or_else(|| format!("no field is named {name}"))
    }

    fn kind(&self, name: &str, named: bool) -> Result<u16, String> {
        match self.language.id_for_node_kind(name, named) {
            0 => Err(format!("no node is named {name}")),
            id if self.language.node_kind_is_supertype(id) => Err(format!("{name} is a supertype")),
            id => Ok(id),
        }
    }

    fn capture(&mut self, name: &str) -> u16 {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        number as u16
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.eat(b'"') {
            return Err("expected a string".to_owned());
        }
        let mut bytes = Vec::new();
        loop {
            match (self.text.get(self.at), self.text.get(self.at + 1)) {
                (None, _) => return Err("a string without an end".to_owned()),
                (Some(b'"'), _) => break,
                (Some(b'\\'), Some(escaped)) => {
                    bytes.push(match escaped {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'0' => 0,
                        other => *other,
                    });
                    self.at += 2;
                }
                (Some(byte), _) => {
                    bytes.push(*byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        String::from_utf8(bytes).map_err(|_| "a string cut in two".to_owned())
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let length = rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
        // An anchor right behind a word is none of it.
        let word = rest[..length].trim_ascii_end();
        let word = word.strip_suffix(b".").unwrap_or(word);
        self.at += word.len();
        String::from_utf8_lossy(word).into_owned()
    }

    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let is = self.peek() == byte;
        self.at += usize::from(is);
        is
    }

    /// Passes over white space and comments.
    fn space(&mut self) {
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b';' => {
                    let rest = &self.text[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => break,
            }
        }
    }

    fn located(&self, problem: &str) -> String {
        let line = 1 + memchr::memchr_iter(b'\n', &self.text[..self.at.min(self.text.len())]).count();
        format!("line {line}: {problem}")
    }
}

fn form(kind: Kind) -> Form {
    Form { kind, field: 0, absent: Box::default(), captures: Box::default(), inside: Box::default() }
}

/// How many levels of nodes a form has below its own.
fn depth(form: &Form) -> usize {
    let inside = form.inside.iter().flat_map(|inside| inside.forms.iter()).map(|form| 1 + depth(form));
    inside.max().unwrap_or_default().max(usize::from(!form.absent.is_empty()))
}
