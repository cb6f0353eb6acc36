//! What may be a name in which language.

use crate::syntax::Family;

const RUST: &str = "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub \
    ref return self Self static struct super trait true type unsafe use where while abstract become box do final gen macro override \
    priv try typeof unsized virtual yield";
const PYTHON: &str = "False None True and as assert async await break class continue def del elif else except finally for from global if \
    import in is lambda nonlocal not or pass raise return try while with yield";
const SCRIPT: &str = "await break case catch class const continue debugger default delete do else enum export extends false finally for \
    function if implements import in instanceof interface let new null package private protected public return static super switch \
    this throw true try typeof var void while with yield";
const GO: &str = "break case chan const continue default defer else fallthrough for func go goto if import interface map package range \
    return select struct switch type var";
const C: &str = "auto break case char const continue default do double else enum extern float for goto if inline int long register \
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool _Complex _Generic \
    _Static_assert _Atomic";
const CPP: &str = "alignas alignof and asm bool catch class concept const_cast consteval constexpr constinit co_await co_return co_yield \
    decltype delete dynamic_cast explicit export false friend mutable namespace new noexcept not nullptr operator or private \
    protected public reinterpret_cast requires static_assert static_cast template this thread_local throw true try typeid typename \
    using virtual wchar_t xor";
const JAVA: &str = "abstract assert boolean break byte case catch char class const continue default do double else enum extends final \
    finally float for goto if implements import instanceof int interface long native new package private protected public return \
    short static strictfp super switch synchronized this throw throws transient try void volatile while true false null _";

/// Why a word can be no name in a language; `member` for what is only named behind a dot.
pub(super) fn refused(family: Family, cpp: bool, member: bool, name: &str) -> Option<String> {
    let raw = if family == Family::Rust { name.strip_prefix("r#") } else { None };
    let plain = match family {
        Family::JavaScript if member => name.strip_prefix('#').unwrap_or(name),
        _ => raw.unwrap_or(name),
    };
    let dollar = matches!(family, Family::JavaScript | Family::Java | Family::C);
    let letter = |c: char| c.is_alphabetic() || c == '_' || dollar && c == '$';
    let mut chars = plain.chars();
    let sound = chars.next().is_some_and(letter) && chars.all(|c| letter(c) || c.is_numeric() || is_mark(c));
    if !sound {
        return Some(format!("`{name}` is no identifier"));
    }
    let has = |words: &str| words.split_whitespace().any(|word| word == plain);
    let reserved = match family {
        Family::Rust if raw.is_some() => matches!(plain, "crate" | "self" | "super" | "Self" | "_"),
        Family::Rust => has(RUST) || plain == "_",
        Family::Python => has(PYTHON),
        Family::JavaScript => !member && has(SCRIPT),
        Family::Go => has(GO),
        Family::C => has(C) || cpp && has(CPP),
        Family::Java => has(JAVA),
        _ => false,
    };
    reserved.then(|| format!("`{name}` is a word of the language"))
}

/// Marks that join a letter: names may have them behind their first.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (family, member, name, sound) in [
            (Family::Rust, false, "name", true),
            (Family::Rust, false, "type", false),
            (Family::Rust, false, "r#type", true),
            (Family::Rust, false, "r#self", false),
            (Family::Rust, false, "a b", false),
            (Family::Rust, false, "", false),
            (Family::Rust, false, "1a", false),
            (Family::Python, false, "lambda", false),
            (Family::Python, false, "match", true),
            (Family::Python, false, "größe", true),
            (Family::JavaScript, false, "delete", false),
            (Family::JavaScript, true, "delete", true),
            (Family::JavaScript, true, "#own", true),
            (Family::JavaScript, false, "$x", true),
            (Family::JavaScript, false, "a-b", false),
            (Family::Go, false, "range", false),
            (Family::C, false, "class", true),
            (Family::Java, false, "class", false),
        ] {
            assert_eq!(refused(family, false, member, name).is_none(), sound, "{family:?} {name}");
        }
        assert!(refused(Family::C, true, false, "class").is_some());
    }
}
