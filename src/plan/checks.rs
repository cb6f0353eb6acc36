//! What the program checks in a plan.

use serde::{Deserialize, Serialize};

/// Something wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The check's name: `parse`, `leftover`, `collision`, `jail`, `style`, ...
    pub check: String,
    /// The plan must not be applied as it is; otherwise a person may judge.
    pub fatal: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// 1-based, in the text afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    pub message: String,
}

pub const CHECKS: &[&str] = &[];

#[derive(Default)]
pub struct Checker;
impl Checker {
    pub fn check(&self, _: &super::Plan, _: &crate::graph::Symbols, _: &crate::cancel::Cancel) -> Result<Vec<Problem>, super::PlanError> { Ok(Vec::new()) }
}
