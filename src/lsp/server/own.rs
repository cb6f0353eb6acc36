//! Our own methods, each handed to its module.

use tower_lsp::jsonrpc::Result;

use super::Server;
use crate::cancel::Cancel;
use crate::lsp::protocol::{
    ApplyPlanResult, AskParams, AskResult, CompletePart, DoctorParams, DoctorResult, End, ModelsParams, ModelsResult,
    PastParams, Plan, PlanChoice, PlanDiffParams, PlanDiffResult, PlanEditResult, PlanFileParams, PlanFileResult,
    PlanParams, PlannedParams, RecordResult, RunParams, RunResult, RunsParams, RunsResult, TraceParams, TraceResult,
    UndoPlanParams, VerifyPlanParams,
};
use crate::lsp::runs::{self, Audience, Purpose};
use crate::lsp::state::View;
use crate::lsp::{health, past, plans};
use crate::plan::verify::Verified;

impl Server {
    /// `spelunk/ask`.
    pub async fn ask(&self, params: AskParams) -> Result<AskResult> {
        self.begin(params, Purpose::Answer).await
    }

    async fn begin(&self, params: AskParams, purpose: Purpose) -> Result<AskResult> {
        let begun = runs::begin(&self.state, params, purpose, Audience { progress: None, tied: false }).await?;
        Ok(AskResult { run_id: begun.run_id, conversation_id: begun.conversation_id })
    }

    /// `spelunk/plan`.
    pub async fn plan(&self, params: PlanParams) -> Result<AskResult> {
        self.begin(params.into(), Purpose::Plan).await
    }

    /// `spelunk/planned`.
    pub async fn planned(&self, params: PlannedParams) -> Result<Plan> {
        let state = self.state.clone();
        let work = move |view: &View, params: PlannedParams, _: &Cancel| {
            let (_, document) = plans::find(&state, view, &params.run_id)?;
            Ok(plans::plan(&document, &plans::fresh(view, &document)))
        };
        self.answer(params, work).await
    }

    /// `spelunk/planEdit`.
    pub async fn plan_edit(&self, params: PlanChoice) -> Result<PlanEditResult> {
        let state = self.state.clone();
        let work = move |view: &View, params: PlanChoice, _: &Cancel| {
            let chosen = plans::edit(&state, view, &params)?;
            let (edit, notes) = (chosen.prepared.edit, chosen.prepared.notes);
            Ok(PlanEditResult { edit, left_out: chosen.left_out, notes, stale: chosen.stale })
        };
        self.answer(params, work).await
    }

    /// `spelunk/applyPlan`.
    pub async fn apply_plan(&self, params: PlanChoice) -> Result<ApplyPlanResult> {
        let view = self.state.view();
        Ok(plans::apply(&self.state, view, params).await?)
    }

    /// `spelunk/undoPlan`.
    pub async fn undo_plan(&self, params: UndoPlanParams) -> Result<ApplyPlanResult> {
        let view = self.state.view();
        Ok(plans::take_back(&self.state, view, params.run_id).await?)
    }

    /// `spelunk/planDiff`.
    pub async fn plan_diff(&self, params: PlanDiffParams) -> Result<PlanDiffResult> {
        let state = self.state.clone();
        let work = move |view: &View, params: PlanDiffParams, _: &Cancel| {
            let (_, document) = plans::find(&state, view, &params.run_id)?;
            Ok(PlanDiffResult { diff: plans::diff(&document, params.path.as_deref(), view)? })
        };
        self.answer(params, work).await
    }

    /// `spelunk/planFile`.
    pub async fn plan_file(&self, params: PlanFileParams) -> Result<PlanFileResult> {
        let state = self.state.clone();
        let work = move |view: &View, params: PlanFileParams, _: &Cancel| {
            let (_, document) = plans::find(&state, view, &params.run_id)?;
            plans::file(&document, &params.path, view)
        };
        self.answer(params, work).await
    }

    /// `spelunk/verifyPlan`.
    pub async fn verify_plan(&self, params: VerifyPlanParams) -> Result<Verified> {
        let view = self.state.view();
        Ok(plans::verify(&self.state, view, params).await?)
    }

    /// `spelunk/cancel`.
    pub async fn cancel(&self, params: RunParams) -> Result<RunResult> {
        Ok(RunResult { running: self.state.runs.cancel(&params.run_id) })
    }

    /// `spelunk/answerNow`.
    pub async fn answer_now(&self, params: RunParams) -> Result<RunResult> {
        Ok(RunResult { running: self.state.runs.answer_now(&params.run_id) })
    }

    /// `spelunk/runs`.
    pub async fn runs(&self, params: RunsParams) -> Result<RunsResult> {
        let mut runs = self.state.runs.live();
        let state_dir = self.state.state_dir()?;
        let (live, limit) = (runs.clone(), params.limit.unwrap_or(50));
        runs.extend(self.blocking(move || past::list(&state_dir, &live, limit)).await?);
        Ok(RunsResult { runs })
    }

    /// `spelunk/answered`.
    pub async fn answered(&self, params: PastParams) -> Result<End> {
        let state = self.state.clone();
        let work = move |view: &View, params: PastParams, _: &Cancel| past::answered(&state, view, &params.run_id);
        self.answer(params, work).await
    }

    /// `spelunk/record`.
    pub async fn record(&self, params: PastParams) -> Result<RecordResult> {
        let state = self.state.clone();
        let work = move |view: &View, params: PastParams, _: &Cancel| past::record(&state, view, &params.run_id);
        self.answer(params, work).await
    }

    /// `spelunk/trace`.
    pub async fn trace(&self, params: TraceParams) -> Result<TraceResult> {
        let state_dir = self.state.state_dir()?;
        Ok(TraceResult { text: self.blocking(move || past::trace(&state_dir, &params)).await? })
    }

    /// `spelunk/models`.
    pub async fn models(&self, params: ModelsParams) -> Result<ModelsResult> {
        Ok(health::models(&self.state, params.list).await?)
    }

    /// `spelunk/doctor`.
    pub async fn doctor(&self, _params: DoctorParams) -> Result<DoctorResult> {
        let view = self.state.view();
        Ok(health::doctor(&self.state, &view).await?)
    }

    /// `spelunk/completePart`.
    pub async fn complete_part(&self, part: CompletePart) {
        self.state.lent.part(part);
    }
}
