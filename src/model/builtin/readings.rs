//! What a phrasing's parts mean: one function per kind of reading, for the table of phrasings.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::intent::{Intent, Relation, Topic, Unit, text_of};
use super::phrase::{Phrase, Quote};
use super::phrasings::spelled_out;
use super::rules::limited;
use super::subject::{Subject, is_code, looks_like_path, named};
use super::vocabulary::{compiled, is_place, is_stop_word, kinds};

pub fn subject_of(phrase: &Phrase, found: &Captures<'_>) -> Subject {
    Subject::read(phrase, found.name("t").map_or("", |part| part.as_str()))
}

pub fn overview(_: &Phrase, _: &Captures<'_>) -> Option<Intent> {
    Some(Intent::Overview)
}

/// A definition; a text that was quoted is searched for, and words without a name are for a later rule.
pub fn definition(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    defined(subject_of(phrase, found))
}

pub fn defined(subject: Subject) -> Option<Intent> {
    if let Some(quote) = &subject.text {
        return Some(text_of(quote, subject.scope));
    }
    if subject.names.is_empty() || (subject.place && subject.names.iter().all(|name| is_stop_word(name))) {
        return None;
    }
    Some(Intent::Where { names: subject.names, kinds: subject.kinds, scope: subject.scope })
}

/// `show me X`: a file's content when X is a path, else a definition.
pub fn shown(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    match contents(phrase, found) {
        Some(Intent::Contents { place: Some(place), kinds, files })
            if place.contains('/') || !kinds.is_empty() || files =>
        {
            Some(Intent::Contents { place: Some(place), kinds, files })
        }
        _ => definition(phrase, found),
    }
}

pub fn uses(phrase: &Phrase, found: &Captures<'_>, relation: Relation) -> Option<Intent> {
    let subject = subject_of(phrase, found);
    match subject.text {
        Some(quote) => Some(text_of(&quote, subject.scope)),
        None if subject.names.is_empty() => None,
        None => Some(Intent::Uses { names: subject.names, relation, scope: subject.scope }),
    }
}

pub fn any_use(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    uses(phrase, found, Relation::Any)
}

pub fn calls(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    uses(phrase, found, Relation::Call)
}

/// What something calls; only of what is written as code is.
pub fn callees(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    let coded = Subject::read(phrase, part).names.iter().any(|name| is_code(name));
    let quoted = phrase.quotes_in(part).next().is_some() || !part.contains(' ');
    let intent = (coded || quoted).then(|| uses(phrase, found, Relation::Callees)).flatten()?;
    Some(match found.name("s") {
        Some(scope) => limited(intent, phrase.expand(scope.as_str())),
        None => intent,
    })
}

pub fn writes(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    uses(phrase, found, Relation::Write)
}

pub fn implementers(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    uses(phrase, found, Relation::Implement)
}

pub fn tests_of(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    uses(phrase, found, Relation::Test)
}

pub fn how(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    let subject = Subject::read(phrase, part);
    if let (Some(quote @ (Quote::Text(_) | Quote::Regex { .. })), true) = (&subject.text, part.chars().count() == 1) {
        return Some(text_of(quote, subject.scope));
    }
    match subject.names.as_slice() {
        [place] if subject.place || looks_like_path(place) => {
            Some(Intent::Contents { place: Some(place.clone()), kinds: &[], files: false })
        }
        _ => Some(Intent::How { names: subject.names, scope: subject.scope }),
    }
}

/// `what is X`: only when X is one name; a sentence is for the evidence.
pub fn what_is(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let subject = subject_of(phrase, found);
    (!subject.names.is_empty()).then(|| how(phrase, found))?
}

/// What is in a place, or in the whole repository when no place is named.
pub fn contents(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let noun = found.name("n").map_or("", |noun| noun.as_str()).trim();
    let files =
        ["file", "files", "header", "headers", "script", "scripts", "folder", "folders", "directories", "modules"]
            .contains(&noun.to_lowercase().as_str());
    let kinds = noun.split(' ').find_map(kinds).unwrap_or_default();
    if !noun.is_empty() && !files && kinds.is_empty() && !is_everything(noun) {
        return None;
    }
    let part = found.name("t").map_or("", |part| part.as_str()).trim();
    if part.is_empty() || whole_repository(part) {
        return Some(Intent::Contents { place: None, kinds, files });
    }
    let subject = Subject::read(phrase, part);
    let place = match (subject.names.as_slice(), subject.scope) {
        ([], Some(scope)) => scope,
        ([name], None) if !is_stop_word(name) => name.clone(),
        _ => return None,
    };
    Some(Intent::Contents { place: Some(place), kinds, files })
}

/// Whether a noun means whatever is there, of any kind.
pub fn is_everything(noun: &str) -> bool {
    let nouns = [
        "symbol",
        "definition",
        "declaration",
        "item",
        "content",
        "thing",
        "export",
        "member",
        "stuff",
        "code",
        "api",
        "entity",
    ];
    let noun = noun.to_lowercase();
    noun.strip_suffix('s').is_some_and(|noun| nouns.contains(&noun))
        || ["entities", "content", "stuff", "api"].contains(&noun.as_str())
}

pub fn whole_repository(part: &str) -> bool {
    static WHOLE: LazyLock<Regex> = LazyLock::new(|| compiled(&spelled_out("(?:in |of )?<repo>|here")));
    WHOLE.is_match(part)
}

pub fn text(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    let subject = Subject::read(phrase, part);
    if let Some(quote) = phrase.quotes_in(part).next() {
        return Some(text_of(quote, subject.scope));
    }
    let rest = match &subject.scope {
        Some(scope) => part.split(scope.as_str()).next().unwrap_or(part).trim_end_matches(' '),
        None => part,
    };
    let rest = match &subject.scope {
        Some(_) => {
            rest.rsplit_once(' ').map_or(rest, |(head, _)| head.trim_end_matches(" in the").trim_end_matches(" in"))
        }
        None => rest,
    };
    let pattern = phrase.expand(rest.trim());
    (!pattern.is_empty()).then_some(Intent::Text { pattern, flags: None, scope: subject.scope })
}

/// Text only when it was quoted or shouts (`TODO`).
pub fn quoted_text(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    let first = part.split(' ').next().unwrap_or_default().trim_end_matches('s');
    let marker = ["TODO", "FIXME", "XXX", "HACK", "BUG", "NOTE", "SAFETY"].contains(&first.trim_end_matches(':'));
    if marker {
        let scope = Subject::read(phrase, part).scope;
        return Some(Intent::Text { pattern: first.to_owned(), flags: None, scope });
    }
    let quote = phrase.quotes_in(part).find(|quote| !matches!(quote, Quote::Code(_)))?;
    // "struct foo" in quotation marks is a name, and what is defined is one too.
    let first = quote.content().split(' ').next().unwrap_or_default();
    if quote.content().contains(' ') && kinds(first).is_some() && named(quote.content()).is_some() {
        return None;
    }
    Some(text_of(quote, Subject::read(phrase, part).scope))
}

pub fn importers(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    imports_of(phrase, found, true)
}

pub fn imports(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    imports_of(phrase, found, false)
}

pub fn imports_of(phrase: &Phrase, found: &Captures<'_>, importers: bool) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    if whole_repository(part) {
        return (!importers).then_some(Intent::Project { topic: Topic::Dependencies });
    }
    let subject = Subject::read(phrase, part);
    let (place, scope) = match subject.names.into_iter().next() {
        Some(name) => (name, subject.scope),
        None => (subject.scope?, None),
    };
    (!is_stop_word(&place)).then_some(Intent::Imports { place, importers, scope })
}

pub fn count(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let noun = found.name("n").map_or("", |noun| noun.as_str()).trim().to_lowercase();
    let part = found.name("t").map_or("", |part| part.as_str()).trim();
    let subject = if part.is_empty() || part.eq_ignore_ascii_case("there") || whole_repository(part) {
        Subject::default()
    } else if looks_like_path(&phrase.expand(part)) {
        Subject { scope: Some(phrase.expand(part)), ..Subject::default() }
    } else {
        Subject::read(phrase, part)
    };
    let mut words = noun.split(' ').rev();
    let head = words.next().unwrap_or_default();
    let adjective = words.next().map(str::to_owned);
    let name = subject.names.first().cloned();
    let place = subject.scope.clone().or(name.clone());
    let quote = phrase.quotes_in(&phrase.text).next().map(|quote| quote.content().to_owned());
    Some(match head.trim_end_matches('s') {
        "file" | "header" | "script" | "module" | "folder" | "directorie" | "source" => {
            Intent::Count { unit: Unit::Files, of: adjective, kinds: &[], scope: place }
        }
        "line" | "loc" | "big" | "large" | "long" | "size" | "sloc" => {
            let about = ["with", "contain", "mention", "match"].iter().any(|word| part.starts_with(word));
            match (about, quote) {
                (true, Some(text)) => {
                    Intent::Count { unit: Unit::Text, of: Some(text), kinds: &[], scope: subject.scope }
                }
                _ => {
                    let language = found.name("l").map(|language| language.as_str().to_lowercase());
                    Intent::Count { unit: Unit::Lines, of: language, kinds: &[], scope: place }
                }
            }
        }
        "use" | "usage" | "caller" | "reference" | "time" | "place" | "call" | "occurrence" | "call-site" | "site"
        | "user" | "mention" | "importer" => {
            let unit = if head.starts_with("occur") || head.starts_with("mention") { Unit::Text } else { Unit::Uses };
            Intent::Count { unit, of: Some(name.or(quote)?), kinds: &[], scope: subject.scope }
        }
        "test" => Intent::Count {
            unit: Unit::Definitions,
            of: Some("test".into()),
            kinds: &["function", "method"],
            scope: place,
        },
        _ => match kinds(head) {
            Some(kinds) => Intent::Count { unit: Unit::Definitions, of: adjective, kinds, scope: place },
            None => {
                let text = quote.or_else(|| found.name("n").map(|noun| phrase.expand(noun.as_str())))?;
                let text = text.split(' ').next_back()?.to_owned();
                let marker = text.trim_end_matches('s').to_owned();
                let text = if marker.chars().all(|c| c.is_uppercase()) { marker } else { text };
                Intent::Count { unit: Unit::Text, of: Some(text), kinds: &[], scope: place }
            }
        },
    })
}

pub fn project(_: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let verb = found.name("v").map_or("", |verb| verb.as_str()).to_lowercase();
    let tests = found.get(0).is_some_and(|all| all.as_str().to_lowercase().contains("test"));
    let topic = [
        ("test", Topic::Test),
        ("licen", Topic::License),
        ("depend", Topic::Dependencies),
        ("install", Topic::Install),
        ("set", Topic::Install),
        ("config", Topic::Configure),
        ("contribut", Topic::Contribute),
        ("lint", Topic::Contribute),
        ("format", Topic::Contribute),
        ("deploy", Topic::Release),
        ("releas", Topic::Release),
        ("publish", Topic::Release),
        ("run", Topic::Run),
        ("start", Topic::Run),
        ("launch", Topic::Run),
        ("use", Topic::Run),
        ("debug", Topic::Run),
        ("ci", Topic::Ci),
        ("continuous", Topic::Ci),
        ("pipeline", Topic::Ci),
        ("workflow", Topic::Ci),
        ("github", Topic::Ci),
    ];
    let topic = topic
        .iter()
        .find(|(stem, _)| verb.starts_with(stem) || (tests && *stem == "test"))
        .map_or(Topic::Build, |(_, topic)| *topic);
    Some(Intent::Project { topic })
}

/// A path or a place after a verb that also fits names.
pub fn place(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    let word = phrase.expand(part);
    let has_place = part.split(' ').any(is_place);
    let path = word.split(' ').any(looks_like_path);
    (has_place || path).then(|| contents(phrase, found))?
}

/// One code name, or nothing: for phrasings that also begin ordinary sentences.
pub fn code_definition(phrase: &Phrase, found: &Captures<'_>) -> Option<Intent> {
    let part = found.name("t").map_or("", |part| part.as_str());
    let quoted = phrase.quotes_in(part).next().is_some();
    let coded = part.split(' ').any(|word| is_code(word) || kinds(word).is_some());
    let single = named(&phrase.expand(part)).is_some() && !part.contains(' ');
    (quoted || coded || single).then(|| shown(phrase, found))?
}
