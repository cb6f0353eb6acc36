//! What a part of a question talks about: names, their kind, a place, or only words.

use std::sync::LazyLock;

use regex::Regex;

use super::phrase::{Phrase, Quote};
use super::vocabulary::{compiled, has_file_ending, is_filler, is_place, is_stop_word, kinds};

/// What one part of a question talks about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Names or paths as they would stand in code; empty when there are only words.
    pub names: Vec<String>,
    /// Kinds of definitions that were asked for; empty means any.
    pub kinds: &'static [&'static str],
    /// A file or folder that the question is limited to.
    pub scope: Option<String>,
    /// Quoted text that is no name: it has spaces or punctuation that no identifier has.
    pub text: Option<Quote>,
    /// Whether a noun said that a file or a folder is meant.
    pub place: bool,
}

impl Subject {
    /// Reads `part` of the phrase.
    pub fn read(phrase: &Phrase, part: &str) -> Self {
        let mut part = part.trim().trim_matches([',', ':', ';', '?']).trim().to_owned();
        let mut subject = Subject::default();
        if let Some((rest, scope)) = split_scope(phrase, &part) {
            match scope {
                Inside::Place(place) => subject.scope = Some(place),
                Inside::Type(owner) => {
                    if let Some(name) = member(phrase, &rest) {
                        subject.kinds = noun_kinds(&rest);
                        subject.names = vec![format!("{owner}.{name}")];
                        return subject;
                    }
                }
            }
            if subject.scope.is_some() {
                part = rest;
            }
        }
        subject.kinds = noun_kinds(&part);
        subject.place = part.split(' ').any(is_place);
        for quote in phrase.quotes_in(&part) {
            match quote {
                Quote::Code(text) | Quote::Text(text) => match named(text) {
                    Some(name) => {
                        let inner = noun_kinds(text);
                        if subject.kinds.is_empty() {
                            subject.kinds = inner;
                        }
                        subject.names.push(name);
                    }
                    None => subject.text = Some(quote.clone()),
                },
                Quote::Regex { .. } => subject.text = Some(quote.clone()),
            }
        }
        if subject.names.is_empty() && subject.text.is_none() {
            subject.names = plain_names(&part);
        }
        subject.names.dedup();
        subject.names.truncate(8);
        subject
    }
}

enum Inside {
    Place(String),
    Type(String),
}

/// `REST in the file SCOPE`, `REST of class SCOPE`, `SCOPE's REST`.
fn split_scope(phrase: &Phrase, part: &str) -> Option<(String, Inside)> {
    static IN: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?i)^(?P<rest>.+?),? (?P<prep>in|inside|under|within|from|of|on|for) (?:the )?(?:(?P<before>[a-z]+) )?(?P<scope>\S+?)(?: (?P<after>[a-z]+))?$",
        )
    });
    static OWNER: LazyLock<Regex> = LazyLock::new(|| compiled(r"^(?:the )?(?P<scope>\S+?)'s (?P<rest>.+)$"));
    if let Some(found) = OWNER.captures(part) {
        let owner = phrase.expand(&found["scope"]);
        let owner = named(&owner)?;
        let fits = is_code(&owner) || !noun_kinds(&found["rest"]).is_empty();
        return fits.then(|| (found["rest"].to_owned(), Inside::Type(owner)));
    }
    let found = IN.captures(part)?;
    let before = found.name("before").map_or("", |word| word.as_str());
    let after = found.name("after").map_or("", |word| word.as_str());
    let quoted = found["scope"].chars().any(|mark| phrase.quote(mark).is_some());
    let scope = phrase.expand(&found["scope"]);
    let scope = scope.trim_end_matches(':').to_owned();
    if [before, after]
        .iter()
        .any(|word| !(word.is_empty() || is_place(word) || kinds(word).is_some() || is_filler(word)))
    {
        return None;
    }
    let rest = found["rest"].to_owned();
    let place_noun = is_place(before) || is_place(after);
    let member_prep = ["of", "on", "for"].contains(&found["prep"].to_lowercase().as_str());
    if (looks_like_path(&scope) || place_noun) && !is_stop_word(&scope) {
        return Some((rest, Inside::Place(scope)));
    }
    // `kfree in mm`: one name, and a word that can only be a place.
    let lower = scope.chars().all(|c| c.is_lowercase() || c.is_numeric() || "_-".contains(c));
    let told = member(phrase, &rest).is_some() || phrase.quotes_in(&rest).next().is_some();
    if !member_prep && lower && !is_code(&scope) && !is_stop_word(&scope) && told {
        return Some((rest, Inside::Place(scope)));
    }
    let type_noun = kinds(before).is_some() || kinds(after).is_some();
    let owner = named(&scope)?;
    let starts_upper = owner.starts_with(|c: char| c.is_uppercase());
    let fits = type_noun || quoted || is_code(&owner) || (starts_upper && !noun_kinds(&rest).is_empty());
    (fits && (!member_prep || !noun_kinds(&rest).is_empty()) && owner.len() > 1).then_some((rest, Inside::Type(owner)))
}

/// The single name in `part`, once nouns and articles are gone.
fn member(phrase: &Phrase, part: &str) -> Option<String> {
    let words: Vec<&str> = part.split(' ').filter(|word| !is_filler(word) && kinds(word).is_none()).collect();
    match words.as_slice() {
        [one] => named(&phrase.expand(one)).filter(|name| !name.contains(['/'])),
        _ => None,
    }
}

/// The kinds that the first kind noun in `part` means.
fn noun_kinds(part: &str) -> &'static [&'static str] {
    part.split(' ').find_map(kinds).unwrap_or_default()
}

/// Names in words that nobody quoted.
fn plain_names(part: &str) -> Vec<String> {
    let mut words: Vec<&str> = part.split(' ').filter(|word| !word.is_empty()).collect();
    let droppable = |word: &str| is_filler(word) || is_place(word) || kinds(word).is_some();
    while words.len() > 1 && droppable(words[0]) {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|word| droppable(word)) {
        words.pop();
    }
    if let [one] = words.as_slice() {
        return named(one).into_iter().collect();
    }
    let listed: Vec<&str> = words
        .iter()
        .filter(|word| !["and", "or", "&", ","].contains(word))
        .map(|word| word.trim_matches(','))
        .collect();
    let joined = words.iter().any(|word| ["and", "or", "&"].contains(word) || word.ends_with(','));
    if joined
        && listed.len() <= 8
        && words.len() < 2 * listed.len()
        && (listed.len() == 2 || listed.iter().all(|w| is_code(w)))
    {
        let names: Vec<String> = listed.iter().filter_map(|word| named(word)).collect();
        if names.iter().any(|name| is_code(name)) {
            return names;
        }
    }
    words.iter().filter(|word| is_code(word)).filter_map(|word| named(word)).collect()
}

/// A name as code has it, without what people add around it: `struct `, `()`, `<T>`, `&`, a final `!`.
pub fn named(text: &str) -> Option<String> {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"^(?:(?:pub(?:\([a-z]+\))?|public|private|protected|static|const|async|export|default|extern|inline|unsafe|virtual|final|abstract|fn|func|function|def|class|struct|enum|union|trait|interface|type|typedef|let|var|mod|module|namespace|impl|macro_rules!|#define|#\s*include) +)+",
        )
    });
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"^[~@$&*]*(?P<name>[\p{L}_$~][\p{L}\p{N}_$]*(?:(?:::|\.|->|#|/|-)~?[\p{L}\p{N}_$.]+)*[!?]?|[\p{L}\p{N}_.@+-]+)(?P<rest>.*)$",
        )
    });
    let text = text.trim().trim_matches(['"', '\'', '`', ',', ';']);
    let text = text.strip_suffix("'s").unwrap_or(text);
    let text = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
    let bare = HEAD.replace(text, "");
    if let Some(operator) = bare.split("operator").nth(1)
        && !operator.is_empty()
        && !operator.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    {
        return Some(bare.trim_end_matches("()").to_owned());
    }
    if bare.contains('/') && bare.chars().all(|c| c.is_alphanumeric() || "/._-+*@~".contains(c)) {
        let path = bare.trim_start_matches("./");
        return path.chars().any(char::is_alphanumeric).then(|| path.to_owned());
    }
    let found = NAME.captures(&bare)?;
    let rest = found["rest"].trim();
    if !(rest.is_empty() || rest.starts_with(['(', '<', '{', '[', ':', '=', ';', '?', '!'])) {
        return None;
    }
    let name = found["name"].trim_end_matches(['.', ':', '!', '?']).replace("->", ".");
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    (!name.is_empty() && name.chars().any(char::is_alphanumeric) || name.starts_with('_')).then_some(name)
}

/// Whether a word is written as only code is: `snake_case`, `camelCase`, `a::b`, `a.b`, `f()`, a path.
pub fn is_code(word: &str) -> bool {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"^[\p{L}\p{N}_$.:#/>@&*-]*(?:[\p{L}\p{N}]_+[\p{L}\p{N}]|^_+\p{L}|\p{Ll}\p{Lu}|\p{Lu}{2,}\p{Ll}{2,}|::|->|\p{L}#\p{L}|\p{L}\.\p{L}|\(\)|\p{L}{2,}\d)[\p{L}\p{N}_$.:#/>()-]*$|^[\p{L}_]\w*\(.*\)$",
        )
    });
    let word = word.trim_matches([',', ';', '?', '"', '\'']);
    if ["e.g", "i.e", "e.g.", "i.e.", "etc."].contains(&word.to_lowercase().as_str()) {
        return false;
    }
    CODE.is_match(word) || looks_like_path(word)
}

/// Whether a word is written as a path or a file's name.
pub fn looks_like_path(word: &str) -> bool {
    let slash = word.contains('/') && word.len() > 2 && !word.starts_with("//") && !word.contains("://");
    let pair = ["and/or", "read/write", "input/output", "i/o", "true/false", "client/server", "yes/no"];
    (slash && !pair.contains(&word.to_lowercase().as_str()))
        || (has_file_ending(word) && (word.contains('.') || word.starts_with(|c: char| c.is_uppercase())))
}

/// A keyword as it was written, when that is with a capital in front: `mutex` of `how does Mutex work`.
pub fn capitalised(phrase: &Phrase, keyword: &str) -> Option<String> {
    phrase
        .text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .find(|word| word.starts_with(char::is_uppercase) && word.to_lowercase() == keyword)
        .map(str::to_owned)
}

/// The words that a question is about, in order: no stop words, names as they are, the rest in lower case.
pub fn keywords(phrase: &Phrase) -> Vec<String> {
    let text = phrase.text.chars().fold(String::new(), |mut text, c| {
        match phrase.quote(c) {
            Some(quote) => text.extend([" ", quote.content(), " "]),
            None => text.push(c),
        }
        text
    });
    let mut words: Vec<String> = Vec::new();
    for word in text.replace("->", ".").split(|c: char| c.is_whitespace() || "\"'`,;?!()[]{}<>=|*+^\\".contains(c)) {
        let word = word.trim_matches(['.', ':', '-', '/']);
        let word = if is_code(word) { word.to_owned() } else { word.to_lowercase() };
        if word.chars().count() >= 2 && word.len() <= 80 && !is_stop_word(&word) && !words.contains(&word) {
            words.push(word);
        }
    }
    // `function` and `struct` say what kind of thing is meant, unless nothing else says more.
    if words.iter().any(|word| kinds(word).is_none()) {
        words.retain(|word| kinds(word).is_none());
    }
    words.truncate(10);
    words
}
