//! Parses ECMAScript's pattern syntax, with the web's additions (Annex B) when neither `u` nor `v` is set.

use super::Refused;
use super::ast::{Assert, Class, Node};

/// How deep groups and classes may nest.
const MAX_DEPTH: usize = 100;

const WIDER: &str = "search with a wider pattern and filter the lines in JavaScript";

/// Parses a pattern; `unicode` says that `u` or `v` is set, `sets` that it is `v`.
pub(super) fn parse(source: &str, unicode: bool, sets: bool) -> Result<Node, Refused> {
    let text: Vec<u32> =
        if unicode { source.chars().map(u32::from).collect() } else { source.encode_utf16().map(u32::from).collect() };
    let (groups, named) = count_groups(&text);
    let mut parser = Parser { text, at: 0, unicode, sets, groups, named, depth: 0 };
    let node = parser.alternatives()?;
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.bad("unmatched `)`")),
    }
}

/// How many groups capture, and whether one of them has a name.
fn count_groups(text: &[u32]) -> (u32, bool) {
    let is = |at: usize, expect: char| text.get(at) == Some(&u32::from(expect));
    let (mut at, mut in_class, mut groups, mut named) = (0, false, 0, false);
    while at < text.len() {
        if is(at, '\\') {
            at += 1;
        } else if is(at, '[') {
            in_class = true;
        } else if is(at, ']') {
            in_class = false;
        } else if is(at, '(') && !in_class {
            let name = is(at + 1, '?') && is(at + 2, '<') && !is(at + 3, '=') && !is(at + 3, '!');
            groups += u32::from(name || !is(at + 1, '?'));
            named |= name;
        }
        at += 1;
    }
    (groups, named)
}

struct Parser {
    text: Vec<u32>,
    at: usize,
    unicode: bool,
    sets: bool,
    groups: u32,
    named: bool,
    depth: usize,
}

impl Parser {
    fn bad(&self, what: &str) -> Refused {
        Refused(format!("{what} (at character {} of the RegExp)", self.at + 1))
    }

    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    /// The character that many places ahead; a half of one, which no syntax uses, shows as U+FFFD.
    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).map(|&unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, expect)| self.peek_at(ahead) == Some(expect))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn take(&mut self) -> Option<u32> {
        let unit = self.text.get(self.at).copied();
        self.at += usize::from(unit.is_some());
        unit
    }

    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, Refused>) -> Result<T, Refused> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.bad(&format!("groups nest deeper than {MAX_DEPTH}")));
        }
        let result = inside(self);
        self.depth -= 1;
        result
    }

    fn alternatives(&mut self) -> Result<Node, Refused> {
        let mut all = vec![self.sequence()?];
        while self.eat("|") {
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alternatives(all) })
    }

    fn sequence(&mut self) -> Result<Node, Refused> {
        let mut terms = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let term = self.term()?;
            terms.push(self.quantified(term)?);
        }
        Ok(Node::Sequence(terms))
    }

    fn term(&mut self) -> Result<Node, Refused> {
        Ok(match self.peek() {
            Some('^') => self.taken(Node::Assert(Assert::Start)),
            Some('$') => self.taken(Node::Assert(Assert::End)),
            Some('.') => self.taken(Node::Dot),
            Some('(') => return self.group(),
            Some('[') => {
                self.at += 1;
                let class = if self.sets { self.deeper(Self::set_class)? } else { self.class()? };
                Node::Class(class)
            }
            Some('\\') => {
                self.at += 1;
                return self.escape();
            }
            Some('*' | '+' | '?') => return Err(self.bad("nothing to repeat")),
            Some('{') if self.unicode || self.braces().is_some() => return Err(self.bad("nothing to repeat")),
            Some(lone @ ('}' | ']')) if self.unicode => return Err(self.bad(&format!("lone `{lone}`"))),
            _ => self.take().map(Node::Char).ok_or_else(|| self.bad("the pattern ends too early"))?,
        })
    }

    fn taken(&mut self, node: Node) -> Node {
        self.at += 1;
        node
    }

    fn group(&mut self) -> Result<Node, Refused> {
        let around = |what: &str| Refused(format!("{what} is not supported, lines are matched in one pass; {WIDER}"));
        let mut flags = None;
        if self.looking_at("(?=") || self.looking_at("(?!") {
            let what = if self.looking_at("(?=") { "look-ahead `(?=...)`" } else { "look-ahead `(?!...)`" };
            return Err(around(what));
        } else if self.looking_at("(?<=") || self.looking_at("(?<!") {
            let what = if self.looking_at("(?<=") { "look-behind `(?<=...)`" } else { "look-behind `(?<!...)`" };
            return Err(around(what));
        } else if self.eat("(?<") {
            while self.take().ok_or_else(|| self.bad("the group's name has no end"))? != u32::from('>') {}
        } else if self.eat("(?") {
            flags = Some(self.modifiers()?);
        } else {
            self.at += 1;
        }
        let node = self.deeper(Self::alternatives)?;
        if !self.eat(")") {
            return Err(self.bad("unmatched `(`"));
        }
        Ok(match flags {
            Some((on, off)) if !on.is_empty() || !off.is_empty() => Node::Flags { node: Box::new(node), on, off },
            _ => node,
        })
    }

    /// What stands between `(?` and `:`.
    fn modifiers(&mut self) -> Result<(Vec<char>, Vec<char>), Refused> {
        let (mut on, mut off, mut minus) = (Vec::new(), Vec::new(), false);
        loop {
            match self.peek() {
                Some(':') => {
                    self.at += 1;
                    return Ok((on, off));
                }
                Some('-') if !minus => minus = true,
                Some(flag @ ('i' | 'm' | 's')) if !on.contains(&flag) && !off.contains(&flag) => {
                    if minus {
                        off.push(flag)
                    } else {
                        on.push(flag)
                    }
                }
                _ => return Err(self.bad("this kind of group is unknown")),
            }
            self.at += 1;
        }
    }

    fn quantified(&mut self, node: Node) -> Result<Node, Refused> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.braces() {
                Some((min, max, length)) => {
                    self.at += length - 1;
                    (min, max)
                }
                None if self.unicode => return Err(self.bad("incomplete quantifier")),
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        if matches!(node, Node::Assert(_)) {
            return Err(self.bad("nothing to repeat"));
        }
        if max.is_some_and(|max| max < min) {
            return Err(self.bad("numbers out of order in a quantifier"));
        }
        self.at += 1;
        let lazy = self.eat("?");
        Ok(Node::Repeat { node: Box::new(node), min, max, lazy })
    }

    /// `{n}`, `{n,}` or `{n,m}` here, with its length; `None` when the brace is text.
    fn braces(&self) -> Option<(u32, Option<u32>, usize)> {
        let mut ahead = 1;
        let min = self.number(&mut ahead)?;
        let max = if self.peek_at(ahead) == Some(',') {
            ahead += 1;
            self.number(&mut ahead)
        } else {
            Some(min)
        };
        (self.peek_at(ahead) == Some('}')).then_some((min, max, ahead + 1))
    }

    /// Decimal digits; a number that is too big for any text counts as the biggest.
    fn number(&self, ahead: &mut usize) -> Option<u32> {
        let mut number = None;
        while let Some(digit) = self.peek_at(*ahead).and_then(|digit| digit.to_digit(10)) {
            number = Some(number.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
            *ahead += 1;
        }
        number
    }

    /// An escape outside of classes, after its backslash.
    fn escape(&mut self) -> Result<Node, Refused> {
        match self.peek() {
            Some('b') => return Ok(self.taken(Node::Assert(Assert::Boundary))),
            Some('B') => return Ok(self.taken(Node::Assert(Assert::NotBoundary))),
            Some('k') if self.unicode || self.named => return Err(Self::back_reference("\\k<name>")),
            Some('1'..='9') => {
                let mut ahead = 0;
                let number = self.number(&mut ahead).unwrap_or(0);
                if number <= self.groups {
                    return Err(Self::back_reference(&format!("\\{number}")));
                }
                if self.unicode {
                    return Err(self.bad("there is no such group"));
                }
            }
            _ => {}
        }
        if let Some(class) = self.class_escape()? {
            return Ok(Node::Class(class));
        }
        self.character_escape(false).map(Node::Char)
    }

    fn back_reference(what: &str) -> Refused {
        Refused(format!("back-reference `{what}` is not supported, lines are matched in one pass; {WIDER}"))
    }

    /// `\d`, `\p{..}` and their like.
    fn class_escape(&mut self) -> Result<Option<Class>, Refused> {
        let class = match self.peek() {
            Some('d') => Class::Digit { negated: false },
            Some('D') => Class::Digit { negated: true },
            Some('s') => Class::Space { negated: false },
            Some('S') => Class::Space { negated: true },
            Some('w') => Class::Word { negated: false },
            Some('W') => Class::Word { negated: true },
            Some(letter @ ('p' | 'P')) if self.unicode => {
                self.at += 1;
                let name = self.braced("a property's name")?;
                return Ok(Some(Class::Property { name, negated: letter == 'P' }));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(class))
    }

    /// The text in braces here.
    fn braced(&mut self, what: &str) -> Result<String, Refused> {
        if !self.eat("{") {
            return Err(self.bad(&format!("{what} is missing")));
        }
        let mut text = String::new();
        loop {
            match self.take().and_then(char::from_u32) {
                Some('}') => return Ok(text),
                Some(letter) => text.push(letter),
                None => return Err(self.bad(&format!("{what} has no end"))),
            }
        }
    }

    /// One character, after its backslash.
    fn character_escape(&mut self, in_class: bool) -> Result<u32, Refused> {
        let start = self.at;
        let unit = self.take().ok_or_else(|| self.bad("`\\` at the end of the pattern"))?;
        let Some(letter) = char::from_u32(unit) else { return Ok(unit) };
        Ok(match letter {
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            'v' => 0x0B,
            'b' if in_class => 0x08,
            '-' if in_class => unit,
            'c' => match self.peek() {
                Some(control) if control.is_ascii_alphabetic() => {
                    self.at += 1;
                    u32::from(control) % 32
                }
                Some(control @ ('0'..='9' | '_')) if in_class && !self.unicode => {
                    self.at += 1;
                    u32::from(control) % 32
                }
                _ if self.unicode => return Err(self.bad("`\\c` needs a letter")),
                // The backslash is text then, and so is what follows it.
                _ => {
                    self.at = start;
                    u32::from('\\')
                }
            },
            '0' if !self.peek().is_some_and(|digit| digit.is_ascii_digit()) => 0,
            '0'..='9' if self.unicode => return Err(self.bad("octal escapes do not go with the `u` flag")),
            '0'..='7' => self.octal(unit - u32::from('0')),
            'x' => match self.hex(2) {
                Some(value) => value,
                None if self.unicode => return Err(self.bad("`\\x` needs two hexadecimal digits")),
                None => unit,
            },
            'u' => match self.unicode_escape()? {
                Some(value) => value,
                None if self.unicode => return Err(self.bad("`\\u` needs four hexadecimal digits, or braces")),
                None => unit,
            },
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => unit,
            '&' | '!' | '#' | '%' | ',' | ':' | ';' | '<' | '=' | '>' | '@' | '`' | '~' if in_class && self.sets => {
                unit
            }
            _ if self.unicode => return Err(self.bad(&format!("`\\{letter}` is no escape with the `u` flag"))),
            _ => unit,
        })
    }

    /// Up to three octal digits, of which the first is taken, at most 0o377.
    fn octal(&mut self, mut value: u32) -> u32 {
        for _ in 0..2 {
            match self.peek().and_then(|digit| digit.to_digit(8)) {
                Some(digit) if value * 8 + digit <= 0o377 => value = value * 8 + digit,
                _ => break,
            }
            self.at += 1;
        }
        value
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let mut value = 0;
        for ahead in 0..digits {
            value = value * 16 + self.peek_at(ahead)?.to_digit(16)?;
        }
        self.at += digits;
        Some(value)
    }

    /// After `\u`: four digits, with the `u` flag also a pair of such escapes, or any number of digits in braces.
    fn unicode_escape(&mut self) -> Result<Option<u32>, Refused> {
        if !self.unicode {
            return Ok(self.hex(4));
        }
        if self.looking_at("{") {
            let digits = self.braced("a code point")?;
            let value = u32::from_str_radix(&digits, 16).ok().filter(|&value| value <= super::set::MAX);
            return value.map(Some).ok_or_else(|| self.bad("this is no code point"));
        }
        let Some(lead) = self.hex(4) else { return Ok(None) };
        let after = self.at;
        if (0xD800..0xDC00).contains(&lead)
            && self.eat("\\u")
            && let Some(trail @ 0xDC00..=0xDFFF) = self.hex(4)
        {
            return Ok(Some(0x1_0000 + ((lead - 0xD800) << 10) + (trail - 0xDC00)));
        }
        self.at = after;
        Ok(Some(lead))
    }

    /// A class without the `v` flag, after its `[`.
    fn class(&mut self) -> Result<Class, Refused> {
        let negated = self.eat("^");
        let mut parts = Vec::new();
        while !self.eat("]") {
            let from = self.class_atom()?;
            if !self.looking_at("-") || matches!(self.peek_at(1), None | Some(']')) {
                parts.push(from);
                continue;
            }
            self.at += 1;
            let to = self.class_atom()?;
            match (from, to) {
                (Class::Range(from, _), Class::Range(to, _)) if from <= to => parts.push(Class::Range(from, to)),
                (Class::Range(..), Class::Range(..)) => return Err(self.bad("range out of order in a class")),
                _ if self.unicode => return Err(self.bad("a class like \\d cannot be the end of a range")),
                (from, to) => parts.extend([from, Class::Range(0x2D, 0x2D), to]),
            }
        }
        Ok(Class::Union { parts, negated })
    }

    fn class_atom(&mut self) -> Result<Class, Refused> {
        let unit = if self.eat("\\") {
            if let Some(class) = self.class_escape()? {
                return Ok(class);
            }
            self.character_escape(true)?
        } else {
            self.take().ok_or_else(|| self.bad("the class has no end"))?
        };
        Ok(Class::Range(unit, unit))
    }

    /// A class with the `v` flag, after its `[`.
    fn set_class(&mut self) -> Result<Class, Refused> {
        let negated = self.eat("^");
        let mut parts = Vec::new();
        let (mut intersects, mut subtracts) = (false, false);
        while !self.eat("]") {
            if !parts.is_empty() && (self.looking_at("&&") || self.looking_at("--")) {
                intersects |= self.looking_at("&&");
                subtracts |= self.looking_at("--");
                self.at += 2;
            }
            let from = self.set_operand()?;
            match from {
                Class::Range(from, _) if self.looking_at("-") && !self.looking_at("--") => {
                    self.at += 1;
                    match self.set_operand()? {
                        Class::Range(to, _) if from <= to => parts.push(Class::Range(from, to)),
                        _ => return Err(self.bad("range out of order in a class")),
                    }
                }
                operand => parts.push(operand),
            }
        }
        Ok(match (intersects, subtracts) {
            (false, false) => Class::Union { parts, negated },
            (true, false) => Class::Intersection { parts, negated },
            (false, true) => Class::Difference { parts, negated },
            (true, true) => return Err(self.bad("`&&` and `--` in one class need brackets")),
        })
    }

    fn set_operand(&mut self) -> Result<Class, Refused> {
        if self.eat("[") {
            return self.deeper(Self::set_class);
        }
        if self.eat("\\q") {
            return self.strings();
        }
        self.class_atom()
    }

    /// `\q{a|b}`, of which only single characters are characters.
    fn strings(&mut self) -> Result<Class, Refused> {
        if !self.eat("{") {
            return Err(self.bad("`\\q` needs braces"));
        }
        let mut parts = Vec::new();
        loop {
            let Class::Range(unit, _) = self.class_atom()? else {
                return Err(self.bad("`\\q{...}` holds text only"));
            };
            parts.push(Class::Range(unit, unit));
            if self.eat("}") {
                return Ok(Class::Union { parts, negated: false });
            }
            if !self.eat("|") {
                return Err(self.bad("strings in a class, `\\q{...}`, are not supported; write (?:one|other) instead"));
            }
        }
    }
}
