//! The JSON of lists: items, the true total, and whether something was left out.

use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Rows<T> {
    pub items: T,
    pub total: u64,
    pub truncated: bool,
}

/// A file in a list.
#[derive(Debug, Serialize)]
pub struct FileRow<'a> {
    pub path: &'a str,
    pub language: Option<&'static str>,
    pub bytes: u64,
}
