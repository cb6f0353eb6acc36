//! The messages about refactor plans.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::{ProgressToken, Uri, WorkspaceEdit};

use super::{AskParams, OneOrMany, Place};

/// `spelunk/plan`, and the argument of the command `spelunk.plan`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanParams {
    /// What to do, in plain words.
    pub request: String,
    /// As a question's.
    #[serde(default)]
    pub scope: OneOrMany,
    #[serde(default)]
    pub at: Option<Place>,
    #[serde(default)]
    pub conversation_id: Option<String>,
    #[serde(default)]
    pub confirmed: bool,
}

impl From<PlanParams> for AskParams {
    fn from(params: PlanParams) -> Self {
        let PlanParams { request: question, scope, at, conversation_id, confirmed } = params;
        Self { question, scope, at, conversation_id, schema: None, confirmed }
    }
}

/// What a run planned. Texts are made safe to show, apart from the document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// Names this very plan; a yes to `spelunk/verifyPlan` is a yes to it.
    pub hash: String,
    /// The plan as a page.
    pub markdown: String,
    /// As docs/plans.md describes it. For programs: not made safe to show.
    pub document: Value,
    pub files: Vec<PlannedFile>,
    /// Places that may belong to a step, for a person to judge.
    pub doubts: Vec<PlannedDoubt>,
    /// What the program found wrong with it.
    pub problems: Vec<PlanProblem>,
    /// What the files are no longer.
    pub stale: Vec<StaleStep>,
}

/// What happens to a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedFile {
    /// Where it is afterwards, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<Uri>,
    pub path: String,
    /// Where it was, when it is moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    pub change: FileFate,
    /// How many pieces are replaced.
    pub edits: usize,
    pub steps: Vec<u32>,
    /// Which tool executes it: such a file is confirmed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed: Option<String>,
}

/// What becomes of a file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFate {
    Created,
    Edited,
    Moved,
    Removed,
}

/// A place that may belong to a step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedDoubt {
    pub step: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<Uri>,
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// The line, trimmed.
    pub text: String,
    pub why: String,
    /// Whether it is known what would be done there.
    pub editable: bool,
}

/// Something wrong with a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanProblem {
    /// The check that found it.
    pub check: String,
    /// The plan is not applied as it is.
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

/// A step whose file is no longer what the plan was made for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaleStep {
    pub step: u32,
    pub path: String,
    pub why: String,
}

/// `spelunk/planned`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedParams {
    pub run_id: String,
}

/// `spelunk/planEdit`, `spelunk/applyPlan`, and the argument of the command `spelunk.applyPlan`: what of a plan is wanted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanChoice {
    pub run_id: String,
    /// These alone; all when absent.
    #[serde(default)]
    pub steps: Option<Vec<u32>>,
    /// Whether the doubtful places change too. When absent they are in the edit if the client asks for each.
    #[serde(default)]
    pub doubtful: Option<bool>,
    /// The files that tools execute and that the person has said yes to, one by one, by path.
    #[serde(default)]
    pub executed: Vec<String>,
}

/// The answer to `spelunk/planEdit`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanEditResult {
    pub edit: WorkspaceEdit,
    pub left_out: Vec<LeftOut>,
    /// What may come out otherwise, for the person.
    pub notes: Vec<String>,
    /// Of the steps that were not chosen.
    pub stale: Vec<StaleStep>,
}

/// The answer to `spelunk/applyPlan`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyPlanResult {
    pub applied: bool,
    /// What came of it, in words.
    pub message: String,
    pub left_out: Vec<LeftOut>,
}

/// A part of a plan that is not in the edit.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    pub path: String,
    /// The line of a doubtful place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    pub why: String,
    /// Steps that are applied in other files, which may count on this one.
    pub steps: Vec<u32>,
}

/// `spelunk/undoPlan`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UndoPlanParams {
    /// A run's id or the beginning of one.
    pub run_id: String,
}

/// `spelunk/planDiff`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanDiffParams {
    pub run_id: String,
    /// Of this file alone.
    #[serde(default)]
    pub path: Option<String>,
}

/// The answer to `spelunk/planDiff`.
#[derive(Debug, Clone, Serialize)]
pub struct PlanDiffResult {
    /// A patch for `git apply`, not made safe to show.
    pub diff: String,
}

/// `spelunk/planFile`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanFileParams {
    pub run_id: String,
    /// Before or afterwards.
    pub path: String,
}

/// The answer to `spelunk/planFile`: texts as the file holds them.
#[derive(Debug, Clone, Serialize)]
pub struct PlanFileResult {
    /// Null when it is created.
    pub before: Option<String>,
    /// Null when it is removed.
    pub after: Option<String>,
}

/// `spelunk/verifyPlan`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyPlanParams {
    pub run_id: String,
    /// The hash of the plan that the person has seen and said yes to.
    pub approved: String,
    /// These alone; all when absent.
    #[serde(default)]
    pub steps: Option<Vec<u32>>,
    #[serde(default)]
    pub work_done_token: Option<ProgressToken>,
}
