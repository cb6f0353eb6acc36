//! A question made ready for matching: quoted pieces lifted out, politeness and punctuation gone.

use std::sync::LazyLock;

use regex::Regex;

use super::vocabulary::compiled;

/// A piece of the question that its author set apart; it is taken as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quote {
    /// Between backticks.
    Code(String),
    /// Between quotation marks.
    Text(String),
    /// Between slashes, with its flags.
    Regex { source: String, flags: String },
}

impl Quote {
    /// What stood between the marks.
    pub fn content(&self) -> &str {
        match self {
            Quote::Code(text) | Quote::Text(text) | Quote::Regex { source: text, .. } => text,
        }
    }
}

/// The question on one line, each quote replaced by one private character, so that no rule matches inside a quote.
#[derive(Debug, Clone)]
pub struct Phrase {
    pub text: String,
    quotes: Vec<Quote>,
}

const FIRST_MARK: u32 = 0xE000;
const MOST_QUOTES: usize = 32;

static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^(?:please|hey|hi|hello|so|ok|okay|well|and|now|spelunk|kindly|(?:can|could|would|will) (?:you|someone|anyone)(?: please)?|do (?:you|we|they) know|does (?:anyone|anybody|someone) know|(?:i|we)(?: would|'d)? (?:want|like|need|wish|have) to (?:know|see|find out|understand|learn)|i(?:'m| am) (?:looking for|trying to find|trying to understand|wondering|curious)|let me know|i wonder|quick question|question)\b[,:!]? *",
    )
});
static TELLING: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^(?:tell|show|give|explain to|help|remind)(?: (?:me|us))?(?: to)?(?: (?:know|find|find out|see|understand|locate))? (?P<rest>(?:where|who|what|which|how|if|whether)\b)",
    )
});
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)[ ,]+(?:please|thanks|thank you|for me|exactly|precisely|actually|currently|here|again|(?:any|some)where|at all|in (?:this|the|our|my|your) (?:whole |entire )?(?:repo|repository|code ?base|code|project|source|sources|source code|source tree|tree|program|workspace))$",
    )
});

impl Phrase {
    /// Reads a question as a person typed it.
    pub fn read(question: &str) -> Self {
        let (text, quotes) = lift_quotes(question);
        let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        loop {
            let trimmed =
                text.trim_matches(|c: char| c.is_whitespace() || "?!;,…".contains(c)).trim_end_matches([':', '.']);
            let trimmed = OPENING.replace(trimmed, "");
            let trimmed = TELLING.replace(&trimmed, "$rest");
            let trimmed = CLOSING.replace(&trimmed, "").into_owned();
            if trimmed.is_empty() || trimmed == text {
                return Self { text, quotes };
            }
            text = trimmed;
        }
    }

    /// A phrase of its own from a piece of this one.
    pub fn part(&self, text: String) -> Self {
        Self { text, quotes: self.quotes.clone() }
    }

    /// The quote that this character stands for.
    pub fn quote(&self, mark: char) -> Option<&Quote> {
        let index = u32::from(mark).checked_sub(FIRST_MARK)?;
        self.quotes.get(usize::try_from(index).ok()?)
    }

    /// All quotes in `part`, in order.
    pub fn quotes_in<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Quote> {
        part.chars().filter_map(|mark| self.quote(mark))
    }

    /// `part` with its quotes' contents put back, without their marks.
    pub fn expand(&self, part: &str) -> String {
        part.chars().fold(String::new(), |mut text, c| {
            match self.quote(c) {
                Some(quote) => text.push_str(quote.content()),
                None => text.push(c),
            }
            text
        })
    }
}

fn lift_quotes(question: &str) -> (String, Vec<Quote>) {
    let chars: Vec<char> =
        question.chars().map(|c| if ('\u{E000}'..='\u{F8FF}').contains(&c) { ' ' } else { c }).collect();
    let mut text = String::new();
    let mut quotes = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match quote_at(&chars, at, &text) {
            Some((quote, end)) if quotes.len() < MOST_QUOTES => {
                let offset = u32::try_from(quotes.len()).unwrap_or_default();
                text.push(char::from_u32(FIRST_MARK + offset).unwrap_or(' '));
                quotes.push(quote);
                at = end;
            }
            _ => {
                text.push(if chars[at] == '’' { '\'' } else { chars[at] });
                at += 1;
            }
        }
    }
    (text, quotes)
}

/// The quote that opens at `at`, and the index past its end.
fn quote_at(chars: &[char], at: usize, before: &str) -> Option<(Quote, usize)> {
    let after_space = at == 0 || chars[at - 1].is_whitespace() || "([{,:=".contains(chars[at - 1]);
    let ends_word = |index: usize| chars.get(index).is_none_or(|c| !c.is_alphanumeric() && *c != '_');
    let close = |marks: &str, word_end: bool| {
        (at + 1..chars.len()).find(|&end| marks.contains(chars[end]) && (!word_end || ends_word(end + 1)))
    };
    let inside = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    match chars[at] {
        '`' => {
            let width = chars[at..].iter().take_while(|c| **c == '`').count();
            let fence = "`".repeat(width);
            let end = (at + width..chars.len()).find(|&end| inside(end, (end + width).min(chars.len())) == fence)?;
            let code = inside(at + width, end);
            (!code.trim().is_empty()).then(|| (Quote::Code(code.trim().to_owned()), end + width))
        }
        '"' | '“' | '„' | '«' => {
            let end = close(
                match chars[at] {
                    '"' => "\"",
                    '«' => "»",
                    _ => "”“\"",
                },
                false,
            )?;
            let text = inside(at + 1, end);
            (!text.trim().is_empty()).then_some((Quote::Text(text), end + 1))
        }
        '\'' | '‘' if after_space => {
            let end = close(if chars[at] == '\'' { "'" } else { "’'" }, true)?;
            let text = inside(at + 1, end);
            (!text.trim().is_empty()).then_some((Quote::Text(text), end + 1))
        }
        '/' if after_space && chars.get(at + 1).is_some_and(|c| !c.is_whitespace() && *c != '/') => {
            regex_at(chars, at, before)
        }
        _ => None,
    }
}

/// `/source/flags`, told from a path by the words before it or by what only a regular expression has.
fn regex_at(chars: &[char], at: usize, before: &str) -> Option<(Quote, usize)> {
    static ASKED: LazyLock<Regex> = LazyLock::new(|| {
        compiled(r"(?i)(?:\b(?:regex|regexp|grep|match|matches|matching|pattern|search for|find|expression))[:\s]+$")
    });
    let end = (at + 1..chars.len()).rev().find(|&end| {
        chars[end] == '/'
            && chars[end + 1..].iter().take_while(|c| c.is_alphabetic()).count() <= 4
            && chars[end + 1..]
                .iter()
                .find(|c| !c.is_alphabetic())
                .is_none_or(|c| c.is_whitespace() || "?.,;!".contains(*c))
    })?;
    let source: String = chars[at + 1..end].iter().collect();
    let flags: String = chars[end + 1..].iter().take_while(|c| c.is_alphabetic()).collect();
    let special = source.chars().any(|c| "\\*+?[](){}|^$".contains(c));
    let next = end + 1 + flags.chars().count();
    let valid = flags.chars().all(|c| "dgimsuvy".contains(c));
    (valid && !source.is_empty() && (special || ASKED.is_match(before)))
        .then_some((Quote::Regex { source, flags }, next))
}
