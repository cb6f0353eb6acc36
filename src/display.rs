//! The one sanitiser in front of every exit to a person: terminal, Markdown, HTML.
