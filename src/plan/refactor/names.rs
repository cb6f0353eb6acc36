//! What may be a name, language by language.

use crate::syntax::Family;

const RUST: &str = "as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop match mod \
                    move mut pub ref return self Self static struct super trait true type unsafe use where while abstract become \
                    box do final macro override priv try typeof unsized virtual yield _";
const PYTHON: &str = "False None True and as assert async await break class continue def del elif else except finally for from \
                      global if import in is lambda nonlocal not or pass raise return try while with yield";
const SCRIPT: &str = "arguments await break case catch class const continue debugger default delete do else enum eval export \
                      extends false finally for function if implements import in instanceof interface let new null package \
                      private protected public return static super switch this throw true try typeof undefined var void while \
                      with yield";
const GO: &str = "break case chan const continue default defer else fallthrough for func go goto if import interface map package \
                  range return select struct switch type var _";
const C: &str = "auto break case char const continue default do double else enum extern float for goto if inline int long \
                 register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while \
                 class namespace template typename public private protected virtual operator new delete this throw try catch \
                 using friend explicit export bool true false nullptr and or not xor";
const JAVA: &str = "abstract assert boolean break byte case catch char class const continue default do double else enum extends \
                    false final finally float for goto if implements import instanceof int interface long native new null \
                    package private protected public return short static strictfp super switch synchronized this throw throws \
                    transient true try void volatile while _";

/// Why a text cannot be a name in a language; `None` when it can.
pub(super) fn no_name(family: Family, name: &str, member: bool) -> Option<String> {
    let dollar = matches!(family, Family::JavaScript | Family::Java);
    let starts = |c: char| c.is_alphabetic() || c == '_' || dollar && c == '$';
    let goes_on = |c: char| starts(c) || c.is_alphanumeric();
    if !name.chars().next().is_some_and(starts) || !name.chars().all(goes_on) {
        return Some(format!("{name:?} is no identifier"));
    }
    let (language, words) = match family {
        Family::Rust => ("Rust", RUST),
        Family::Python => ("Python", PYTHON),
        Family::JavaScript => ("JavaScript", SCRIPT),
        Family::Go => ("Go", GO),
        Family::C => ("C", C),
        Family::Java => ("Java", JAVA),
        _ => ("", ""),
    };
    // JavaScript takes any word behind a dot.
    let free = member && family == Family::JavaScript && name != "constructor";
    let keyword = words.split_whitespace().any(|word| word == name);
    (keyword && !free).then(|| format!("`{name}` is a keyword of {language}"))
}
