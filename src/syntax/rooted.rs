//! Queries whose patterns all capture their root, so that a match says how much of a tree it depends on.

/// The capture that roots without one get.
pub(super) const ROOT: &str = "_root";

/// A query's text with a capture on the root of each pattern that has none.
pub(super) fn rooted(query: &str) -> String {
    let mut out = String::with_capacity(query.len() + query.len() / 8);
    level(query, &mut out);
    out
}

/// Goes over the forms that stand beside each other.
fn level(text: &str, out: &mut String) {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let end = match rest.as_bytes()[0] {
            b'(' | b'[' | b'"' => form(rest),
            b';' => rest.find('\n').unwrap_or(rest.len()),
            _ => {
                let end = rest.find(['(', '[', '"', ';']).unwrap_or(rest.len());
                out.push_str(&rest[..end]);
                at += end;
                continue;
            }
        };
        at += end;
        let inside = rest[..end].strip_prefix('(').and_then(|inside| inside.strip_suffix(')'));
        if let Some(group) = inside.filter(|inside| skipped(inside).starts_with(['(', '[', '"'])) {
            out.push('(');
            level(group, out);
            out.push(')');
            continue;
        }
        out.push_str(&rest[..end]);
        let behind = &text[at..];
        let quantified = behind.starts_with(['?', '*', '+']);
        if quantified {
            out.push_str(&behind[..1]);
            at += 1;
        }
        let is_pattern = !rest.starts_with([';']) && !rest.starts_with("(#");
        if is_pattern && !skipped(&text[at..]).starts_with('@') {
            out.push_str(" @");
            out.push_str(ROOT);
        }
    }
}

/// The length of the form at the start of a text.
fn form(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b';' => at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at.min(bytes.len())
}

/// What follows white space and comments.
fn skipped(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if !text.starts_with(';') {
            return text;
        }
        text = text.find('\n').map_or("", |end| &text[end..]);
    }
}

#[cfg(test)]
mod tests {
    use super::rooted;

    #[test]
    fn roots_without_a_capture_get_one() {
        let check = |query: &str, expect: &str| assert_eq!(rooted(query), expect);
        check("(a (b) @name) @definition.type", "(a (b) @name) @definition.type");
        check("(a (b) @name)", "(a (b) @name) @_root");
        check("(a) ; (b)\n[(c) \"(\"]\n  @x (d)", "(a) @_root ; (b)\n[(c) \"(\"]\n  @x (d) @_root");
        check("((a (b) @n) (#eq? @n \"\\\")\"))", "((a (b) @n) @_root (#eq? @n \"\\\")\"))");
        check("((a)* @d . (b) (#x? @d))", "((a)* @d . (b) @_root (#x? @d))");
        check("(a (b) @n (#eq? @n \"x\"))\n", "(a (b) @n (#eq? @n \"x\")) @_root\n");
        check("(call_expression ; why )\n (x) @n)", "(call_expression ; why )\n (x) @n) @_root");
    }
}
