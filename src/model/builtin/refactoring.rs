//! Requests for a plan that need no language model: what they say, as calls of `plan.*`.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Serialize;

use super::phrase::Phrase;
use super::vocabulary::compiled;

/// A refactoring that was asked for. Names are as `repo.definition` takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum Refactoring {
    Rename {
        what: String,
        /// A file that defines or uses it, and a line of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
        to: String,
    },
    /// A symbol to a file, or a file or folder to a path.
    Move {
        what: String,
        to: String,
    },
    Remove {
        what: String,
    },
    /// `by` is a template: `other($1, $2)`, `$recv.other($...)`.
    ReplaceCalls {
        what: String,
        by: String,
    },
    Extract {
        path: String,
        from: u64,
        to: u64,
        name: String,
    },
}

/// What can be asked for, for those whose request was not understood.
pub const FORMS: &str = "- `rename Foo.bar to baz`, `rename bar at src/a.rs:12 to baz`, `rename src/a.rs to src/b.rs`\n\
     - `move Foo to src/foo.rs`, `move src/a.rs to src/b/a.rs`\n\
     - `remove unused_function`, `remove src/old.rs`\n\
     - `replace calls of old by new($1, $2)`, `replace calls of Foo.old by $recv.new($...)`\n\
     - `extract src/a.rs:10-20 to name`";

type Reading = fn(&Phrase, &Captures<'_>) -> Option<Refactoring>;

/// From the most particular to the most general.
static TABLE: LazyLock<Vec<(Regex, Reading)>> = LazyLock::new(|| {
    let kind = r"(?:(?:the|a|an|this|all|every|any|our|unused|dead|obsolete|old|method|methods|function|functions|class|classes|struct|type|types|trait|interface|enum|variant|constant|const|variable|field|property|symbol|macro|file|files|folder|directory|module|modules|package|crate|definition|code|named|called) )*";
    let into = r"(?: (?:in)?to(?: be(?:come)?)?| as| into| ->| =>| in)(?: (?:the|a|an|its own|new|file|module|folder|function|method|called|named))* ";
    let table: &[(&str, Reading)] = &[
        (
            r"(?:replace|change|convert|migrate|rewrite|turn) <kind>(?:calls?|uses?|usages?|invocations?)(?: (?:of|to))? <kind>(?P<a>.+?) (?:by|with|to|into|using) <kind>(?:calls? (?:of|to) )?(?P<b>.+)",
            calls,
        ),
        (
            r"(?:call|use) (?P<b>.+?) (?:instead of|in place of|rather than) (?:calling )?(?P<a>.+?)(?: everywhere)?",
            calls,
        ),
        (r"extract <kind>(?:lines? )?(?P<p>\S+?):(?P<f>\d+)(?:-|\.\.|:| to )(?P<t>\d+)<into>(?P<b>\S+)", extract),
        (
            r"extract (?:the )?lines? (?P<f>\d+)(?:-|\.\.| to )(?P<t>\d+) (?:of|in|from) (?P<p>\S+?)<into>(?P<b>\S+)",
            extract,
        ),
        (
            r"rename <kind>(?P<a>\S+?) (?:at|in|from|of) (?:file |line )?(?P<p>\S+?):(?P<l>\d+)<into>(?P<b>\S+)",
            |phrase, found| {
                Some(Refactoring::Rename {
                    what: name(phrase, &found["a"])?,
                    path: Some(name(phrase, &found["p"])?),
                    line: Some(found["l"].parse().ok()?),
                    to: name(phrase, &found["b"])?,
                })
            },
        ),
        (
            r"(?:rename|call|refactor) <kind>(?P<a>\S+?)(?: method| function| class| type| field| file| module)?<into>(?P<b>\S+)",
            rename,
        ),
        (r"(?:move|relocate|put|extract) <kind>(?P<a>\S+)(?: (?:out )?from \S+)?<into>(?P<b>\S+)", |phrase, found| {
            Some(Refactoring::Move { what: name(phrase, &found["a"])?, to: name(phrase, &found["b"])? })
        }),
        (
            r"(?:remove|delete|drop|get rid of|purge|eliminate) <kind>(?P<a>\S+)(?: (?:method|function|class|type|file|module|if (?:it is )?(?:unused|dead)))?",
            |phrase, found| Some(Refactoring::Remove { what: name(phrase, &found["a"])? }),
        ),
    ];
    let spelled =
        |pattern: &str| compiled(&format!("(?i)^(?:{})$", pattern.replace("<kind>", kind).replace("<into>", into)));
    table.iter().map(|(pattern, reading)| (spelled(pattern), *reading)).collect()
});

impl Refactoring {
    /// Reads a request as a person typed it; `None` when it takes a language model.
    pub fn read(request: &str) -> Option<Self> {
        let phrase = Phrase::read(request);
        TABLE.iter().find_map(|(pattern, reading)| reading(&phrase, &pattern.captures(&phrase.text)?))
    }

    /// The step's title.
    pub fn title(&self) -> String {
        match self {
            Self::Rename { what, to, .. } => format!("Rename `{what}` to `{to}`"),
            Self::Move { what, to } => format!("Move `{what}` to `{to}`"),
            Self::Remove { what } => format!("Remove `{what}`"),
            Self::ReplaceCalls { what, by } => format!("Replace calls of `{what}` by `{by}`"),
            Self::Extract { path, from, to, name } => format!("Extract `{path}:{from}-{to}` to `{name}`"),
        }
    }
}

fn rename(phrase: &Phrase, found: &Captures<'_>) -> Option<Refactoring> {
    let (what, to) = (name(phrase, &found["a"])?, name(phrase, &found["b"])?);
    let is_path = |text: &str| text.contains('/') && !text.contains('#');
    if is_path(&what) || is_path(&to) {
        return Some(Refactoring::Move { what, to });
    }
    // `rename a.b to a.c`: the name is the last part of it.
    let last = |text: &str| text.rsplit(['.', ':', '#']).next().unwrap_or_default().to_owned();
    let owner = |text: &str| text.len() - last(text).len();
    let same_owner = owner(&to) > 0 && what.get(..owner(&what)) == to.get(..owner(&to));
    let files = |text: &str| {
        text.rsplit_once('.').is_some_and(|(_, end)| super::vocabulary::has_file_ending(text) && end.len() < 5)
    };
    if files(&what) && files(&to) {
        return Some(Refactoring::Move { what, to });
    }
    let to = if same_owner { last(&to) } else { to };
    Some(Refactoring::Rename { what, path: None, line: None, to })
}

fn calls(phrase: &Phrase, found: &Captures<'_>) -> Option<Refactoring> {
    let what = name(phrase, &found["a"])?;
    let by = phrase.expand(found["b"].trim());
    let is_name = by.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '#'));
    let by = if is_name { format!("{}($...)", by.trim()) } else { by };
    Some(Refactoring::ReplaceCalls { what, by })
}

fn extract(phrase: &Phrase, found: &Captures<'_>) -> Option<Refactoring> {
    Some(Refactoring::Extract {
        path: name(phrase, &found["p"])?,
        from: found["f"].parse().ok()?,
        to: found["t"].parse().ok()?,
        name: name(phrase, &found["b"])?,
    })
}

/// A name or a path without quotes, brackets of a call, and a full stop.
fn name(phrase: &Phrase, text: &str) -> Option<String> {
    let text = phrase.expand(text);
    let text = text.trim().trim_end_matches([',', ';']).trim_end_matches("()");
    (!text.is_empty() && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read() {
        let owned = str::to_owned;
        let rename = |what: &str, to: &str| {
            Some(Refactoring::Rename { what: owned(what), path: None, line: None, to: owned(to) })
        };
        let at = |what: &str, path: &str, line: u64, to: &str| {
            Some(Refactoring::Rename { what: owned(what), path: Some(owned(path)), line: Some(line), to: owned(to) })
        };
        let moved = |what: &str, to: &str| Some(Refactoring::Move { what: owned(what), to: owned(to) });
        let remove = |what: &str| Some(Refactoring::Remove { what: owned(what) });
        let calls = |what: &str, by: &str| Some(Refactoring::ReplaceCalls { what: owned(what), by: owned(by) });
        let extract = |path: &str, from, to, name: &str| {
            Some(Refactoring::Extract { path: owned(path), from, to, name: owned(name) })
        };
        for (text, expect) in [
            ("rename Foo.bar to baz", rename("Foo.bar", "baz")),
            ("Please rename the method `Foo::bar` to `baz`.", rename("Foo::bar", "baz")),
            ("rename Foo.bar to Foo.baz", rename("Foo.bar", "baz")),
            ("Rename function parse() into parse_all()", rename("parse", "parse_all")),
            ("rename src/a.rs#Foo to Bar", rename("src/a.rs#Foo", "Bar")),
            ("rename err in src/a.py:12 to error", at("err", "src/a.py", 12, "error")),
            ("rename the field `width` at src/a.rs:3 to columns", at("width", "src/a.rs", 3, "columns")),
            ("replace calls of old by $1", calls("old", "$1")),
            ("rename src/a.rs to src/b.rs", moved("src/a.rs", "src/b.rs")),
            ("rename file a.py to b.py", moved("a.py", "b.py")),
            ("move the class Foo to src/foo.ts", moved("Foo", "src/foo.ts")),
            ("move src/a/ into src/b/", moved("src/a/", "src/b/")),
            ("move Foo from src/a.rs to src/b.rs", moved("Foo", "src/b.rs")),
            ("remove dead function old_thing", remove("old_thing")),
            ("delete `src/old.rs`", remove("src/old.rs")),
            ("remove Foo.bar if it is unused", remove("Foo.bar")),
            ("replace calls of old by new($1, $2)", calls("old", "new($1, $2)")),
            ("replace all calls to `Foo.old` with `$recv.new($...)`", calls("Foo.old", "$recv.new($...)")),
            ("use new instead of old", calls("old", "new($...)")),
            ("extract src/a.rs:10-20 to helper", extract("src/a.rs", 10, 20, "helper")),
            ("extract lines 3 to 9 of a.py into function helper", extract("a.py", 3, 9, "helper")),
            ("make it faster", None),
            ("rename everything that looks bad", None),
            ("", None),
        ] {
            assert_eq!(Refactoring::read(text), expect, "{text}");
        }
    }
}
