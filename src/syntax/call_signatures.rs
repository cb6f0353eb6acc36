//! TypeScript before the parser: a line of an interface that begins with `<` is a member of its own (`<T>(of: T): T`), but the
//! grammar reads on from a member before it that has no `;`. So one takes the place of the space before the `<`. No offset moves.

use std::ops::Range;

/// Lines beyond these stay as they are.
const MOST: usize = 1_000;

/// How far around it is looked, in bytes: for an interface's head, the end of a list of parameters, what is before comments.
const REACH: usize = 8 << 10;

/// The text with its call signatures told apart; `None` when that changes nothing.
pub(super) fn separate(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    memchr::memmem::find(bytes, b"interface ")?;
    let begins = |at: &usize| is_first(bytes, *at);
    let places: Vec<usize> = memchr::memchr_iter(b'<', bytes)
        .filter(begins)
        .take(MOST)
        .filter(|&at| goes_on(bytes, at) && is_signature(bytes, at) && is_in_interface(bytes, at))
        .collect();
    (!places.is_empty()).then(|| {
        let mut separated = bytes.to_vec();
        for at in places {
            separated[at - 1] = b';';
        }
        separated
    })
}

/// Whether it is the first on its line, behind some space.
fn is_first(text: &[u8], at: usize) -> bool {
    let spaces = text[..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    spaces > 0 && text[..at - spaces].ends_with(b"\n")
}

/// Whether what is before it, comments apart, ends like a type that could go on.
fn goes_on(text: &[u8], at: usize) -> bool {
    let mut before = text[at.saturating_sub(REACH)..at].trim_ascii_end();
    loop {
        if before.ends_with(b"*/") {
            let Some(start) = memchr::memmem::rfind(before, b"/*") else { return false };
            before = before[..start].trim_ascii_end();
            continue;
        }
        let line = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        if !before[line..].trim_ascii_start().starts_with(b"//") {
            break;
        }
        before = before[..line].trim_ascii_end();
    }
    let last = before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_$>])}'\"".contains(byte) || !byte.is_ascii());
    last && !before.ends_with(b"=>")
}

/// Whether a list of type parameters is here, with one of parameters behind it.
fn is_signature(text: &[u8], at: usize) -> bool {
    let mut open = 0_usize;
    let mut last = b' ';
    for (byte, next) in text[at..text.len().min(at + REACH)].iter().zip(&text[at + 1..]) {
        match byte {
            b'<' => open += 1,
            b'>' if last != b'=' => {
                open -= 1;
                if open == 0 {
                    return *next == b'(';
                }
            }
            b';' => return false,
            _ => {}
        }
        last = *byte;
    }
    false
}

/// Whether the braces around it are an interface's.
fn is_in_interface(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(REACH);
    let mut closed = 0_usize;
    for place in memchr::memrchr2_iter(b'{', b'}', &text[from..at]) {
        match (text[from + place], closed) {
            (b'}', _) => closed += 1,
            (_, 0) => return is_interface(&text[from..from + place]),
            _ => closed -= 1,
        }
    }
    false
}

/// Whether what ends here is the head of an interface.
fn is_interface(before: &[u8]) -> bool {
    let head: Range<usize> =
        before.iter().rposition(|byte| b";{}".contains(byte)).map_or(0, |end| end + 1)..before.len();
    let mut words = before[head].split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.any(|word| word == b"interface")
}

#[cfg(test)]
mod tests {
    use super::super::{Budget, Language, extract};
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let separated = separate(text).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(separated.as_deref(), expect, "{text}");
    }

    #[test]
    fn members_of_interfaces_are_told_apart() {
        check("interface A {\n  x: B\n  <T>(of: T): T\n}", Some("interface A {\n  x: B\n ;<T>(of: T): T\n}"));
        check(
            "interface A<B> extends C {\n  (): B\n\n  /** of `T` */\n  // too\n  <T>(of: T): T\n}",
            Some("interface A<B> extends C {\n  (): B\n\n  /** of `T` */\n  // too\n ;<T>(of: T): T\n}"),
        );
        check(
            "interface A {\n  x: { y: B }\n\t<T extends () => A>(of: T): T\n}",
            Some("interface A {\n  x: { y: B }\n;<T extends () => A>(of: T): T\n}"),
        );
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "interface A {\n  <T>(of: T): T\n}",
            "interface A {\n  x: B;\n  <T>(of: T): T\n}",
            "interface A {\n  x: B |\n  <T>(of: T) => T\n}",
            "interface A {\n  x: () =>\n  <T>(of: T) => T\n}",
            "interface A {\n  x: B\n  <T>\n}",
            "interface A {}\nconst x = f\n  <T>(y)",
            "interface A { x: string }\nconst x = () => {\n  return a\n  <b>(c)\n}",
            "x: B\n  <T>(of: T): T",
            "interface ",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn what_follows_is_found() {
        let text = "export interface A {\n\t<T>(a: T): B\n\n\t<U>(b: U): C\n}\nexport function after() {}\n";
        let found = extract(Language::of("a.ts").unwrap(), text, &Budget::default());
        let names: Vec<&str> = found.symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        assert_eq!((names, found.partial), (vec!["A", "after"], false));
    }
}
