//! A plan as Markdown for people.

use super::Document;

/// The plan's steps, files, risks and checks.
pub fn markdown(_document: &Document) -> String {
    String::new()
}
