//! The place where a question was asked, and what "this", "it" and "here" mean by it.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::intent::{Ask, Intent};
use super::vocabulary::compiled;

/// What a question may point at without naming it: a place in the repository, as the first line of the prompt's `place`
/// block has it, or what an earlier question of the conversation was about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    symbol: Option<String>,
}

/// Words that name nothing by themselves.
const POINTERS: &[&str] = &["this", "it", "that", "here", "there", "these", "those", "them", "they", "its"];

/// Nouns that stand for what the cursor is on, and nouns that stand for the file.
const THING: &str = "(?:function|method|class|struct|enum|trait|interface|type|macro|constant|variable|field|symbol|name|\
    definition|selection|snippet|block|thing|one|line|lines|code)";
const FILE: &str = "(?:file|module|header|script|document)";

/// What these words mean is the repository, not the place.
const WHOLE: &str = "(?:repo|repository|project|code ?base|program|workspace|application|app|software|crate|package|source|\
    tree|folder|directory|question|run|conversation)";

impl Place {
    /// The place that a prompt names after its question.
    pub fn find(after: &str) -> Option<Self> {
        let (_, block) = after.split_once("\n<place ")?;
        serde_json::from_str(block.lines().nth(1)?).ok()
    }

    /// What the last question of the conversation that named anything was about.
    pub fn earlier(after: &str) -> Option<Self> {
        let (_, block) = after.split_once("\n<conversation ")?;
        let mut questions: Vec<String> = Vec::new();
        let mut inside = false;
        for line in block.lines() {
            match line.strip_prefix("> ") {
                Some(text) if inside => {
                    if let Some(question) = questions.last_mut() {
                        question.push_str(text);
                        question.push('\n');
                    }
                }
                Some(_) => {}
                None => {
                    inside = line.starts_with("Question ");
                    if inside {
                        questions.push(String::new());
                    }
                }
            }
        }
        let named = |question: &String| subjects(&Ask::read(question)).into_iter().find(|name| !is_pointer(name));
        questions.iter().rev().find_map(named).map(|name| Self { path: None, symbol: Some(name) })
    }

    /// The question with names instead of what only makes sense at the place; or, where there is no name to put in, what
    /// to say instead.
    pub fn read(place: Option<&Self>, question: &str) -> Result<Ask, String> {
        let spelled = place.map_or_else(|| question.to_owned(), |place| place.spelled_out(question));
        let ask = Ask { question: question.trim().to_owned(), ..Ask::read(&spelled) };
        let subjects = subjects(&ask);
        let quoted = spelled.contains(['`', '"']) && spelled == question;
        if !quoted && !subjects.is_empty() && subjects.iter().all(|name| is_pointer(name)) {
            return Err(format!(
                "Nothing says what \u{201c}{}\u{201d} is here: ask with the cursor on a name, or name it, as in `who calls main?`.",
                subjects.join(" ")
            ));
        }
        let path = place.and_then(|place| place.path.as_ref().filter(|_| place.symbol.is_none()));
        if let (Some(path), Intent::Uses { .. }) = (path, &ask.intent)
            && subjects.contains(path)
        {
            return Err(format!("No name stands at that place of `{path}`: ask with the cursor on one, or name it."));
        }
        Ok(ask)
    }

    /// The question with names instead of what only makes sense at the place.
    fn spelled_out(&self, question: &str) -> String {
        static HAPPENS: LazyLock<Regex> = LazyLock::new(|| {
            compiled(r"(?i)\bwhat(?: happens|'s happening| is happening|'s going on| is going on| goes on) here\b")
        });
        static IN_FILE: LazyLock<Regex> =
            LazyLock::new(|| compiled(&format!(r"(?i)\b(?:this|the current|the open) {FILE}\b")));
        static THIS: LazyLock<Regex> = LazyLock::new(|| {
            compiled(&format!(
                r"(?i)\b(?:(?:that|the selected|the current) {THING}\b|this(?: {THING}\b|(?P<noun> {WHOLE}\b))?|these lines)"
            ))
        });
        static HERE: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)\b(?:in |from )?here\b"));
        static QUOTED: LazyLock<Regex> = LazyLock::new(|| compiled("`[^`]*`|\"[^\"]*\"|“[^”]*”"));
        static IT: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)\b(?:it|its|them|they)\b"));

        let code = |name: &String| format!("`{}`", name.replace('`', ""));
        let file = self.path.as_ref().map(code);
        let Some(thing) = self.symbol.as_ref().map(code).or_else(|| file.clone()) else { return question.to_owned() };
        let outside = |text: &str| {
            let text = HAPPENS.replace_all(text, regex::NoExpand(&format!("explain {thing}"))).into_owned();
            let text = match &file {
                Some(file) => IN_FILE.replace_all(&text, regex::NoExpand(file)).into_owned(),
                None => text,
            };
            let text = THIS.replace_all(&text, |found: &regex::Captures<'_>| match found.name("noun") {
                Some(_) => found[0].to_owned(),
                None => thing.clone(),
            });
            match &file {
                Some(file) => HERE.replace_all(&text, regex::NoExpand(&format!("in {file}"))).into_owned(),
                None => text.into_owned(),
            }
        };
        // In what was quoted, every word is meant as it is written.
        let (mut text, mut end) = (String::new(), 0);
        for quote in QUOTED.find_iter(question) {
            text += &outside(&question[end..quote.start()]);
            text += quote.as_str();
            end = quote.end();
        }
        text += &outside(&question[end..]);
        // With another name or a quote in the question, "it" is that one.
        if text != question || QUOTED.is_match(question) || !Ask::read(question).names.is_empty() {
            return text;
        }
        let mut first = true;
        IT.replace_all(&text, |found: &regex::Captures<'_>| match std::mem::take(&mut first) {
            true if found[0].eq_ignore_ascii_case("its") => format!("{thing}'s"),
            true => thing.clone(),
            false => found[0].to_owned(),
        })
        .into_owned()
    }
}

/// What a question is about, by name.
fn subjects(ask: &Ask) -> Vec<String> {
    match &ask.intent {
        Intent::Where { names, .. } | Intent::Uses { names, .. } | Intent::How { names, .. } => names.clone(),
        Intent::Contents { place: Some(place), .. } | Intent::Imports { place, .. } => vec![place.clone()],
        _ => ask.names.clone(),
    }
}

fn is_pointer(name: &str) -> bool {
    POINTERS.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_need_something_to_point_at() {
        let check = |place: Option<Place>, question: &str, expect: Result<&[&str], &str>| {
            let read = Place::read(place.as_ref(), question).map(|ask| subjects(&ask));
            match (read, expect) {
                (Ok(names), Ok(expect)) => assert_eq!(names, expect, "{question}"),
                (Err(said), Err(expect)) => assert!(said.starts_with(expect), "{question}: {said}"),
                (read, _) => panic!("{question}: {read:?}"),
            }
        };
        let file = || Some(Place { path: Some("a.py".to_owned()), symbol: None });
        check(None, "who calls this?", Err("Nothing says what"));
        check(None, "where is it defined?", Err("Nothing says what"));
        check(None, "who calls parse?", Ok(&["parse"]));
        check(None, "who calls `this`?", Ok(&["this"]));
        check(file(), "who calls this?", Err("No name stands at that place of `a.py`"));
        check(file(), "explain this", Ok(&["a.py"]));
        let before = "\n<conversation 0>\nQuestion 1:\n> who calls JSONArray?\nAnswer 1:\n> `x` does\nQuestion 2:\n\
                      > how is it used?\nAnswer 2:\n> a\n</conversation 0>";
        check(Place::earlier(before), "and where is it defined?", Ok(&["JSONArray"]));
        check(Place::earlier(before), "where is main?", Ok(&["main"]));
    }

    #[test]
    fn what_words_mean_at_a_place() {
        let check = |symbol: Option<&str>, question: &str, expect: &str| {
            let place = Place { path: Some("src/a.rs".to_owned()), symbol: symbol.map(str::to_owned) };
            assert_eq!(place.spelled_out(question), expect);
        };
        let some = Some("parse");
        check(some, "who calls this?", "who calls `parse`?");
        check(some, "How is this used?", "How is `parse` used?");
        check(some, "explain this function", "explain `parse`");
        check(some, "who calls it", "who calls `parse`");
        check(some, "what are its callers", "what are `parse`'s callers");
        check(some, "what is in this file", "what is in `src/a.rs`");
        check(some, "what happens here?", "explain `parse`?");
        check(some, "what is defined here?", "what is defined in `src/a.rs`?");
        check(some, "explain this repository", "explain this repository");
        check(some, "what does this project do", "what does this project do");
        check(some, "where is Lexer.next and who calls it", "where is Lexer.next and who calls it");
        check(some, "how does this use `that this`", "how does `parse` use `that this`");
        check(some, "which functions that parse call this one", "which functions that parse call `parse`");
        check(some, "where is \"this is it\" printed", "where is \"this is it\" printed");
        check(some, "where is main defined", "where is main defined");
        check(None, "explain this", "explain `src/a.rs`");
    }

    #[test]
    fn finds_the_block() {
        let check = |after: &str, expect: Option<(&str, Option<&str>)>| {
            let expect =
                expect.map(|(path, symbol)| Place { path: Some(path.to_owned()), symbol: symbol.map(str::to_owned) });
            assert_eq!(Place::find(after), expect);
        };
        let block =
            "\n\nWhere:\n<place 0123>\n{\"path\":\"a b.rs\",\"from\":1,\"to\":2,\"symbol\":\"f\"}\n1: x\n</place 0123>";
        check(block, Some(("a b.rs", Some("f"))));
        check("\n<place 0>\n{\"path\":\"a\",\"from\":1,\"to\":2}", Some(("a", None)));
        check("\n<place 0>\nnonsense", None);
        check("\nThe repository:\n", None);
    }
}
