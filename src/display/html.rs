//! Text for HTML: in an element or in a quoted attribute.

use super::terminal;

/// Escapes text so that HTML shows it as it is. Controls and invisible characters are shown as [`terminal`] does.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in terminal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Some browsers took it for a quote.
            '`' => out.push_str("&#96;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn table() {
        for (input, expect) in [
            ("plain\n\ttext", "plain\n\ttext"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onmouseover='x' `y`", "&quot; onmouseover=&#39;x&#39; &#96;y&#96;"),
            ("&lt;", "&amp;lt;"),
            ("a\u{202e}b\u{0}", "a\\u{202e}b\\u{0}"),
        ] {
            assert_eq!(html(input), expect);
        }
    }
}
