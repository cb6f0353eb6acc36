//! The place where a question was asked, and what "this", "it" and "here" mean by it.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::intent::Ask;
use super::vocabulary::compiled;

/// A place in the repository, as the first line of the prompt's `place` block has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    path: String,
    #[serde(default)]
    symbol: Option<String>,
}

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

    /// The question with names instead of what only makes sense at the place.
    pub fn spelled_out(&self, question: &str) -> String {
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

        let file = format!("`{}`", self.path);
        let thing =
            self.symbol.as_ref().map_or_else(|| file.clone(), |symbol| format!("`{}`", symbol.replace('`', "")));
        let outside = |text: &str| {
            let text = HAPPENS.replace_all(text, regex::NoExpand(&format!("explain {thing}"))).into_owned();
            let text = IN_FILE.replace_all(&text, regex::NoExpand(&file)).into_owned();
            let text = THIS.replace_all(&text, |found: &regex::Captures<'_>| match found.name("noun") {
                Some(_) => found[0].to_owned(),
                None => thing.clone(),
            });
            HERE.replace_all(&text, regex::NoExpand(&format!("in {file}"))).into_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_words_mean_at_a_place() {
        let check = |symbol: Option<&str>, question: &str, expect: &str| {
            let place = Place { path: "src/a.rs".to_owned(), symbol: symbol.map(str::to_owned) };
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
                expect.map(|(path, symbol)| Place { path: path.to_owned(), symbol: symbol.map(str::to_owned) });
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
