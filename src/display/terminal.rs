//! Text for a terminal: no sequence that it would act on, no character that hides or reorders others.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Makes text safe to print. Terminal sequences (ANSI, OSC, ...) are gone; other controls, bidi controls, tags and
/// characters without a glyph are shown as `\u{202e}`. `\n` and `\t` stay, `\r\n` becomes `\n`, and so do joiners and
/// variation selectors where an emoji or a script needs them. Applying it twice changes nothing more.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_control(c) || is_hidden(c) || is_contextual(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let next = after.chars().next();
        rest = after;
        if c == '\r' && next == Some('\n') {
            continue;
        } else if let Some(end) = sequence(c, after) {
            rest = &after[end..];
        } else if is_control(c) || is_hidden(c) || is_contextual(c) && !fits(c, out.chars().next_back(), next) {
            // Writing to a string does not fail.
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// C0 and C1 controls and DEL, without `\n` and `\t`.
fn is_control(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// Characters that have no glyph of their own anywhere: bidi controls, tags, fillers, invisible operators, separators
/// that end a line only for some.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b | 0x200e..=0x200f
        | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3
        | 0x1d173..=0x1d17a | 0xe0000..=0xe00ff | 0xe01f0..=0xe0fff)
}

/// Characters that are hidden but for the right neighbours: (non-)joiners and variation selectors.
fn is_contextual(c: char) -> bool {
    matches!(u32::from(c), 0x200c..=0x200d | 0xfe00..=0xfe0f | 0xe0100..=0xe01ef)
}

/// Whether a contextual character is where writing needs it.
fn fits(c: char, before: Option<char>, next: Option<char>) -> bool {
    let (Some(before), next) = (before, next.unwrap_or(' ')) else { return false };
    match u32::from(c) {
        0x200c => is_joining_script(before) && is_joining_script(next),
        0x200d => {
            is_joining_script(before) && is_joining_script(next)
                || (is_emoji(before) || before == '\u{fe0f}') && is_emoji(next)
        }
        0xfe00..=0xfe0f => is_emoji(before) || is_ideograph(before) || next == '\u{20e3}' && before.is_ascii_graphic(),
        _ => is_ideograph(before),
    }
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0xa9 | 0xae | 0x203c | 0x2049 | 0x2122..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299
        | 0x1f000..=0x1faff)
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Scripts in which (non-)joiners change the shape of letters: Arabic, Syriac, N'Ko, the Indic ones, Khmer, Mongolian.
fn is_joining_script(c: char) -> bool {
    matches!(u32::from(c), 0x620..=0x77f | 0x7c0..=0x7ff | 0x8a0..=0xdff | 0x1000..=0x109f | 0x1780..=0x17b3
        | 0x17b6..=0x17dd | 0x1820..=0x18aa | 0xfb50..=0xfdff | 0xfe70..=0xfefc)
}

/// The length of the rest of a whole terminal sequence that `first` introduces, in the text after it.
fn sequence(first: char, after: &str) -> Option<usize> {
    let (kind, start) = match first {
        '\u{1b}' => (after.chars().next()?, 1),
        // The C1 forms.
        '\u{90}' => ('P', 0),
        '\u{98}' => ('X', 0),
        '\u{9b}' => ('[', 0),
        '\u{9d}' => (']', 0),
        '\u{9e}' => ('^', 0),
        '\u{9f}' => ('_', 0),
        _ => return None,
    };
    let bytes = after.as_bytes();
    let skip = |from: usize, class: std::ops::RangeInclusive<u8>| {
        bytes[from..].iter().position(|byte| !class.contains(byte)).map(|length| from + length)
    };
    let ends_with = |at: usize, class: std::ops::RangeInclusive<u8>| class.contains(&bytes[at]).then_some(at + 1);
    match kind {
        '[' => ends_with(skip(skip(start, 0x30..=0x3f)?, 0x20..=0x2f)?, 0x40..=0x7e),
        // A string up to its terminator, which has to come on the same line: else a stray introducer would hide the
        // rest of the text.
        ']' | 'P' | 'X' | '^' | '_' => {
            let body = &after[start..];
            let end = body.find(['\u{7}', '\u{1b}', '\u{9c}', '\n'])?;
            match body[end..].chars().next()? {
                '\u{7}' => Some(start + end + 1),
                '\u{9c}' => Some(start + end + 2),
                '\u{1b}' if body[end + 1..].starts_with('\\') => Some(start + end + 2),
                _ => None,
            }
        }
        _ => ends_with(skip(0, 0x20..=0x2f)?, 0x30..=0x7e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (input, expect) in cases {
            assert_eq!(terminal(input), *expect, "{input:?}");
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        for text in ["", "fn main() {\n\treturn;\n}", "Größe 尺寸 мир שלום नमस्ते 🦀 e\u{301}"]
        {
            assert!(matches!(terminal(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn sequences_are_gone() {
        check(&[
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}[2J\u{1b}[H\u{1b}c\u{1b}7\u{1b}(Bclear", "clear"),
            ("\u{1b}[?1049h\u{1b}[>4;1m\u{1b}[!p\u{1b}[0 qmodes", "modes"),
            ("\u{9b}31mC1\u{9b}m", "C1"),
            ("\u{1b}]0;new title\u{7}text", "text"),
            ("\u{1b}]52;c;ZXZpbA==\u{1b}\\clipboard", "clipboard"),
            ("\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "click"),
            ("\u{9d}0;title\u{9c}text", "text"),
            ("\u{1b}P+q544e\u{1b}\\dcs \u{1b}_Gf=100;AAAA\u{1b}\\apc \u{1b}^pm\u{1b}\\.", "dcs apc ."),
            ("\u{1b}[\u{1b}[0m31mnested", "\\u{1b}[31mnested"),
        ]);
    }

    #[test]
    fn what_is_no_whole_sequence_is_shown() {
        check(&[
            ("\u{1b}", "\\u{1b}"),
            ("\u{1b}[31", "\\u{1b}[31"),
            ("\u{1b}[31\nm", "\\u{1b}[31\nm"),
            ("\u{1b}]0;never ends\nthe rest", "\\u{1b}]0;never ends\nthe rest"),
            ("\u{1b}]0;a\u{1b}[0mb", "\\u{1b}]0;ab"),
            ("\u{1b}é", "\\u{1b}é"),
            ("\u{9b}é", "\\u{9b}é"),
            ("\u{1b}]é", "\\u{1b}]é"),
        ]);
    }

    #[test]
    fn controls_are_shown() {
        check(&[
            ("a\0b\u{7}c\u{8}d\u{b}e\u{c}f\u{7f}", "a\\u{0}b\\u{7}c\\u{8}d\\u{b}e\\u{c}f\\u{7f}"),
            ("overwritten\rby this", "overwritten\\u{d}by this"),
            ("dos\r\nlines\r\n", "dos\nlines\n"),
            ("\r\r\n", "\\u{d}\n"),
            ("next\u{85}line", "next\\u{85}line"),
        ]);
    }

    #[test]
    fn hidden_characters_are_shown() {
        check(&[
            ("if (admin\u{202e} } \u{2066}// check\u{2069})", "if (admin\\u{202e} } \\u{2066}// check\\u{2069})"),
            ("pass\u{200b}word so\u{ad}ft \u{feff}bom", "pass\\u{200b}word so\\u{ad}ft \\u{feff}bom"),
            ("a\u{200d}b c\u{200c}d", "a\\u{200d}b c\\u{200c}d"),
            ("x\u{e0041}\u{e0042}\u{e007f}", "x\\u{e0041}\\u{e0042}\\u{e007f}"),
            ("line\u{2028}separator\u{2029}", "line\\u{2028}separator\\u{2029}"),
            ("smuggled\u{fe00}\u{fe01}\u{e0101}", "smuggled\\u{fe00}\\u{fe01}\\u{e0101}"),
            ("🦀\u{fe0f}\u{fe0f}\u{fe0e}", "🦀\u{fe0f}\\u{fe0f}\\u{fe0e}"),
            ("\u{3164}\u{115f}\u{2062}", "\\u{3164}\\u{115f}\\u{2062}"),
        ]);
    }

    #[test]
    fn writing_that_needs_joiners_stays() {
        for text in [
            "👩\u{200d}👩\u{200d}👧 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f} 👍🏽 1\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "葛\u{e0100}",
        ] {
            assert_eq!(terminal(text), text);
        }
    }
}
