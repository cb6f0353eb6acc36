//! Refactorings.
use super::{Plan, PlanError};
use crate::cancel::Cancel;
use crate::graph::Symbols;
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub name: String,
    pub path: Option<String>,
    pub line: Option<u32>,
}
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Done {
    pub step: u32,
    pub edits: usize,
    pub files: usize,
    pub doubtful: usize,
    pub notes: Vec<String>,
}
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    pub symbols: &'a Symbols,
    pub cancel: &'a Cancel,
}
type R = Result<Done, PlanError>;
pub fn is_path(_: &Plan, _: &str) -> bool {
    false
}
pub fn rename(_: &mut Plan, _: Tools, _: &Asked, _: &str) -> R {
    Ok(Done::default())
}
pub fn rename_file(_: &mut Plan, _: Tools, _: &str, _: &str) -> R {
    Ok(Done::default())
}
pub fn relocate(_: &mut Plan, _: Tools, _: &Asked, _: &str) -> R {
    Ok(Done::default())
}
pub fn remove_dead(_: &mut Plan, _: Tools, _: &Asked) -> R {
    Ok(Done::default())
}
pub fn replace_calls(_: &mut Plan, _: Tools, _: &Asked, _: &str) -> R {
    Ok(Done::default())
}
pub fn extract(_: &mut Plan, _: Tools, _: &str, _: u64, _: u64, _: &str) -> R {
    Ok(Done::default())
}
