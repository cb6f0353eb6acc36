//! JavaScript regular expressions in Rust's syntax, translated on their syntax tree.
//!
//! A translated pattern matches the lines that V8's RegExp matches when it is given each line without its end. What
//! the pattern captures does not matter to that, so groups lose their names. Known differences, all of them about
//! characters that source code hardly has:
//! - `^` and `$` mean the ends of the line, also with `m`: U+2028, U+2029 and a carriage return inside a line end
//!   nothing. A carriage return matches only where the pattern has `\r`.
//! - `\B` alone, and `\b` after `$`, see the carriage return of a line that ends in `\r\n`; `\B` does not match between
//!   the halves of a character beyond U+FFFF.
//! - Without `u`, JavaScript sees a character beyond U+FFFF as two. Counted repetitions over 8 of a class that takes
//!   both halves (`.{20}`), groups that are repeated, and such a class beside one that is repeated count it as one.
//! - `\b` with `iu` does not count U+017F and U+212A as letters.

mod ast;
mod case;
mod class;
mod halves;
mod parse;
mod print;
mod set;

use case::Case;

/// Why a RegExp cannot be used here, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// Translates a RegExp's `source` and `flags`; `d`, `g` and `y` make no difference to which lines match.
pub fn translate(source: &str, flags: &str) -> Result<String, Refused> {
    if let Some(unknown) = flags.chars().find(|flag| !"dgimsuvy".contains(*flag)) {
        return Err(Refused(format!("there is no RegExp flag `{unknown}`")));
    }
    let flags = Flags {
        ignore_case: flags.contains('i'),
        dot_all: flags.contains('s'),
        unicode: flags.contains(['u', 'v']),
        sets: flags.contains('v'),
    };
    print::print(&parse::parse(source, flags.unicode, flags.sets)?, flags)
}

/// The flags that matter, as they are at some place in a pattern.
#[derive(Debug, Clone, Copy)]
struct Flags {
    ignore_case: bool,
    dot_all: bool,
    /// `u` or `v`.
    unicode: bool,
    /// `v`.
    sets: bool,
}

impl Flags {
    fn case(self) -> Case {
        match (self.ignore_case, self.unicode) {
            (false, _) => Case::Counts,
            (true, true) => Case::Folded,
            (true, false) => Case::Uppercased,
        }
    }

    /// Inside a group like `(?i-s:...)`.
    fn with(mut self, on: &[char], off: &[char]) -> Self {
        self.ignore_case = (self.ignore_case || on.contains(&'i')) && !off.contains(&'i');
        self.dot_all = (self.dot_all || on.contains(&'s')) && !off.contains(&'s');
        self
    }
}

#[cfg(test)]
mod tests;
