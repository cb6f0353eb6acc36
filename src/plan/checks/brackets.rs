//! Brackets that no longer come in pairs.

use crate::syntax::{Budget, Language, Parsed, walk};

use super::Problem;
use super::view::File;

const PAIRS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];

/// Opening less closing brackets, by kind.
type Balance = [i64; 3];

/// For languages without a grammar that have brackets: the edit opens or closes one too many.
pub(super) fn problems(file: &File, language: Option<Language>) -> Option<Problem> {
    let named =
        |language: Language| language.has_definitions() || matches!(language.name(), "CSS" | "Terraform" | "Nix");
    language.filter(|language| named(*language) && !matches!(language.name(), "Shell" | "Assembly" | "Vim script"))?;
    let before = if file.before.is_some() { plain(&file.old) } else { [0; 3] };
    let what = difference(before, plain(&file.new))?;
    let at = file.hunks.first().map_or(0, |hunk| hunk.new.start);
    let message =
        format!("the file has {what} than before, if strings and comments are told apart rightly; look at the edits");
    Some(file.problem("parse", false, at, message))
}

/// What is too many in a file with a grammar, compared with the text before: "1 more `{` than `}`".
pub(super) fn new_imbalance(file: &File) -> Option<String> {
    let language = file.language()?;
    let count = |text: &str| Parsed::new(language, text, &Budget::default()).map(|parsed| parsed_balance(&parsed));
    let before = if file.before.is_some() { count(&file.old)? } else { [0; 3] };
    difference(before, count(&file.new)?)
}

fn difference(before: Balance, after: Balance) -> Option<String> {
    let told = PAIRS.iter().zip(before.iter().zip(after)).filter_map(|((open, close), (before, after))| {
        let (more, fewer) = if after > *before { (open, close) } else { (close, open) };
        (after != *before && after != 0).then(|| format!("{} more `{more}` than `{fewer}`", (after - before).abs()))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(" and "))
}

fn parsed_balance(parsed: &Parsed) -> Balance {
    let mut balance = [0; 3];
    walk(parsed.tree.root_node(), |cursor| {
        let node = cursor.node();
        if node.child_count() == 0 && node.byte_range().len() == 1 {
            let byte = char::from(parsed.source[node.start_byte()]);
            add(&mut balance, byte);
        }
        true
    });
    balance
}

fn add(balance: &mut Balance, c: char) {
    for (at, (open, close)) in PAIRS.iter().enumerate() {
        balance[at] += i64::from(c == *open) - i64::from(c == *close);
    }
}

/// Without a tree: strings on one line and the usual comments are left out.
fn plain(text: &str) -> Balance {
    let mut balance = [0; 3];
    let mut block = false;
    for line in text.lines() {
        let mut quote = None;
        let mut chars = line.char_indices();
        while let Some((at, c)) = chars.next() {
            let rest = &line[at..];
            match quote {
                _ if block => {
                    if rest.starts_with("*/") {
                        block = false;
                    }
                }
                Some(_) if c == '\\' => {
                    chars.next();
                }
                Some(open) => {
                    if c == open {
                        quote = None;
                    }
                }
                None if rest.starts_with("/*") => block = true,
                None if rest.starts_with("//") || rest.starts_with("--") => break,
                None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
                None => add(&mut balance, c),
            }
        }
    }
    balance
}
