//! What a question wants: its kind and what it is about.

use serde::Serialize;

use super::phrase::{Phrase, Quote};
use super::rules;
use super::subject::{self, Subject};

/// A question as the playbooks get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// The question as it was asked.
    pub question: String,
    /// What it is about, without stop words; names as they are written in code.
    pub words: Vec<String>,
    /// Those of the words that are written as only code is, or were quoted as code.
    pub names: Vec<String>,
    pub intent: Intent,
}

/// The kinds of questions that there are playbooks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Intent {
    /// Where something is defined. `kinds` are preferred, not required.
    Where {
        names: Vec<String>,
        kinds: &'static [&'static str],
        scope: Option<String>,
    },
    /// Who uses something.
    Uses {
        names: Vec<String>,
        relation: Relation,
        scope: Option<String>,
    },
    /// What a file or a folder holds; `None` is the whole repository. With `kinds`, only such definitions.
    Contents {
        place: Option<String>,
        kinds: &'static [&'static str],
        files: bool,
    },
    /// How something works, or what it is.
    How {
        names: Vec<String>,
        scope: Option<String>,
    },
    Overview,
    /// Lines with a text in them.
    Text {
        pattern: String,
        flags: Option<String>,
        scope: Option<String>,
    },
    /// Who imports a file or a module, or what it imports.
    Imports {
        place: String,
        importers: bool,
        scope: Option<String>,
    },
    Count {
        unit: Unit,
        of: Option<String>,
        kinds: &'static [&'static str],
        scope: Option<String>,
    },
    /// How the project is built, tested, run, ...
    Project {
        topic: Topic,
    },
    /// Nothing of the above: the closest evidence.
    Evidence,
}

/// In which way something is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    Any,
    Call,
    /// What it calls itself.
    Callees,
    Write,
    /// Implements, extends, inherits from.
    Implement,
    /// In tests.
    Test,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    Files,
    Lines,
    /// Definitions of some kinds.
    Definitions,
    Uses,
    /// Lines with a text.
    Text,
}

/// What somebody wants to do with the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    Build,
    Test,
    Run,
    Install,
    Configure,
    Contribute,
    Dependencies,
    License,
    Release,
    Ci,
}

impl Ask {
    /// Reads a question as a person typed it. Every text gives an answer; the last resort is [`Intent::Evidence`].
    pub fn read(question: &str) -> Self {
        let phrase = Phrase::read(question);
        let words = subject::keywords(&phrase);
        let quoted = phrase.quotes_in(&phrase.text).filter_map(|quote| match quote {
            Quote::Code(text) | Quote::Text(text) => subject::named(text),
            Quote::Regex { .. } => None,
        });
        let mut names: Vec<String> = quoted.collect();
        for word in words.iter().filter(|word| subject::is_code(word)).filter_map(|word| subject::named(word)) {
            if !names.contains(&word) {
                names.push(word);
            }
        }
        let mut intent = rules::apply(&phrase).unwrap_or_else(|| bare(&phrase));
        if let (Intent::How { names, .. }, [word]) = (&mut intent, words.as_slice())
            && names.is_empty()
        {
            names.extend(subject::capitalised(&phrase, word));
        }
        Self { question: question.trim().to_owned(), words, names, intent }
    }
}

/// A question without a verb that is known: a name, a path, a quoted text, or anything.
fn bare(phrase: &Phrase) -> Intent {
    let subject = Subject::read(phrase, &phrase.text);
    let single = phrase.text.split(' ').count() <= 3;
    match subject {
        Subject { text: Some(quote), scope, .. } if single => text_of(&quote, scope),
        Subject { names, kinds, scope, .. } if single && !names.is_empty() => match names.as_slice() {
            [path] if path.contains('/') && kinds.is_empty() => {
                Intent::Contents { place: Some(path.clone()), kinds: &[], files: false }
            }
            _ => Intent::Where { names, kinds, scope },
        },
        _ => Intent::Evidence,
    }
}

/// A search for what was quoted.
pub(super) fn text_of(quote: &Quote, scope: Option<String>) -> Intent {
    match quote {
        Quote::Regex { source, flags } => Intent::Text { pattern: source.clone(), flags: Some(flags.clone()), scope },
        other => Intent::Text { pattern: other.content().to_owned(), flags: None, scope },
    }
}
