//! What a server turned out not to take, and requests without it.

use std::collections::BTreeSet;

use super::super::client;
use super::super::fault::{self, Cause, Fault};
use super::super::{Request, Role};
use super::body;
use super::schema::{self, Form};

/// A part that is left out or put otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::model) enum Quirk {
    NoCache,
    /// Calls cannot be kept to one at a time.
    NoToolChoice,
    NoTemperature,
    NoEffort,
    /// What the model thought before a tool call is not taken back.
    NoThoughts,
    /// No `output_config`: a schema is asked for as a tool that has to be called.
    SchemaByTool,
    NoSchema,
    NoTools,
    /// The bound of output is smaller than what was asked for.
    LessOutput,
}

/// The quirks of one model on one server, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::model) struct Quirks {
    all: BTreeSet<Quirk>,
    most_output: Option<u32>,
}

impl Quirks {
    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.all.contains(&quirk)
    }

    /// Tokens of one reply at most, if the server said so.
    pub(super) fn most_output(&self) -> Option<u32> {
        self.most_output
    }

    #[cfg(test)]
    pub(super) fn with(quirk: Quirk) -> Self {
        Quirks { all: BTreeSet::from([quirk]), most_output: None }
    }
}

impl client::Quirks for Quirks {
    type Quirk = Quirk;

    fn adapted(&self, fault: &Fault, request: &Request, tried: &mut BTreeSet<Quirk>) -> Option<Quirks> {
        let Cause::Refused(status @ (400 | 422)) = fault.cause else { return None };
        if fault::is_too_long(status, &fault.body) || fault::is_quota(&fault.seen()) {
            return None;
        }
        let text = fault.body.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
        let has_tools = !request.tools.is_empty();
        let thought = request.messages.iter().any(|one| one.role == Role::Assistant && !one.tool_calls.is_empty());
        let form = schema::form(request, self);
        let bound = request.max_tokens.min(self.most_output.unwrap_or(u32::MAX));
        let most_output = allowed_output(&text).filter(|most| *most < bound);
        let is_format = matches!(form, Form::Format(_));
        let effort = body::has_effort(request, self) && (says(&["effort"]) || !is_format && says(&["output_config"]));
        let candidates = [
            (Quirk::LessOutput, most_output.is_some()),
            (Quirk::NoCache, says(&["cache_control"])),
            (Quirk::NoTools, has_tools && says(&NO_TOOLS)),
            (Quirk::NoTemperature, request.temperature.is_some() && says(&["temperature"])),
            (Quirk::NoThoughts, thought && says(&["thinking", "signature"])),
            (Quirk::NoEffort, effort),
            (Quirk::SchemaByTool, is_format && says(&["output_config", "output_format", "schema"])),
            (Quirk::NoSchema, matches!(form, Form::Tool { .. }) && says(&["tool", "schema"])),
            (Quirk::NoToolChoice, has_tools && says(&["tool_choice", "parallel"])),
        ];
        let is_new = |quirk: &Quirk| *quirk == Quirk::LessOutput || !self.has(*quirk);
        let (quirk, _) =
            candidates.into_iter().find(|(quirk, fits)| *fits && is_new(quirk) && !tried.contains(quirk))?;
        tried.insert(quirk);
        let mut quirks = self.clone();
        quirks.all.insert(quirk);
        quirks.most_output = most_output.or(self.most_output);
        Some(quirks)
    }

    fn has_tools(&self) -> bool {
        !self.has(Quirk::NoTools)
    }
}

const NO_TOOLS: [&str; 3] = ["does not support tools", "tools is not supported", "tool use is not supported"];

/// The bound in `max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for ...`.
fn allowed_output(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("max_tokens: ")?.1.split_once("> ")?;
    let (number, rest) = rest.split_once(',')?;
    rest.contains("maximum allowed number of output tokens").then(|| number.trim().parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::client::Quirks as _;
    use crate::model::{Message, Tool, ToolCall};
    use Quirk::*;
    use serde_json::json;

    fn request() -> Request {
        let call = ToolCall { id: "c".to_string(), name: "t".to_string(), arguments: String::new() };
        let message =
            Message { role: Role::Assistant, content: String::new(), tool_calls: vec![call], tool_call_id: None };
        Request {
            model: "m".to_string(),
            messages: vec![message],
            tools: vec![Tool { name: "t".to_string(), description: String::new(), parameters: json!({}) }],
            max_tokens: 10_000,
            temperature: Some(0.2),
            schema: None,
        }
    }

    fn check_with(request: &Request, status: u16, message: &str, expect: &[Quirk]) {
        let mut fault = Fault::new(Cause::Refused(status), "");
        let error = json!({ "type": "error", "error": { "type": "invalid_request_error", "message": message } });
        fault.body = error.to_string();
        let found = Quirks::default().adapted(&fault, request, &mut BTreeSet::new());
        assert_eq!(found.map(|quirks| Vec::from_iter(quirks.all)).unwrap_or_default(), expect, "{message}");
    }

    #[test]
    fn complaints() {
        let check = |status, message: &str, expect: &[Quirk]| check_with(&request(), status, message, expect);
        check(400, "`temperature` is deprecated for this model.", &[NoTemperature]);
        check(400, "messages.1.content.0: Invalid `signature` in `thinking` block", &[NoThoughts]);
        check(400, "tools.0.cache_control: Extra inputs are not permitted", &[NoCache]);
        check(422, "tool_choice.disable_parallel_tool_use: unknown field", &[NoToolChoice]);
        check(400, "this model does not support tools", &[NoTools]);
        check(
            400,
            "max_tokens: 10000 > 8192, which is the maximum allowed number of output tokens for m",
            &[LessOutput],
        );
        check(400, "prompt is too long: 210000 tokens > 200000 maximum", &[]);
        check(400, "Your credit balance is too low to access the API, whatever its temperature", &[]);
        check(400, "something else", &[]);
        check(401, "temperature", &[]);
        check(500, "temperature", &[]);
    }

    #[test]
    fn schemas_by_one_way_after_the_other() {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        let request = Request { tools: Vec::new(), schema: Some(schema), ..request() };
        check_with(&request, 400, "output_config.format: Extra inputs are not permitted", &[SchemaByTool]);
        let mut fault = Fault::new(Cause::Refused(400), "");
        fault.body = "tool_choice forces tool use is not compatible with this model".to_string();
        let quirks = Quirks::with(SchemaByTool).adapted(&fault, &request, &mut BTreeSet::new()).unwrap();
        assert!(quirks.has(NoSchema));
        assert_eq!(quirks.adapted(&fault, &request, &mut BTreeSet::new()), None, "nothing is left to leave out");
    }

    #[test]
    fn what_is_left_out_already_is_not_tried_again() {
        let mut fault = Fault::new(Cause::Refused(400), "");
        fault.body = "`temperature` is deprecated for this model.".to_string();
        assert_eq!(Quirks::with(NoTemperature).adapted(&fault, &request(), &mut BTreeSet::new()), None);
    }

    #[test]
    fn effort() {
        let later = Request { model: "claude-next".to_string(), max_tokens: 100, ..request() };
        check_with(&later, 400, "output_config.effort: this model takes none", &[NoEffort]);
        check_with(&later, 400, "output_config: Extra inputs are not permitted", &[NoEffort]);
        let with_schema = Request { schema: Some(json!({ "type": "string" })), ..later };
        check_with(&with_schema, 400, "output_config.effort: this model takes none", &[NoEffort]);
        check_with(&with_schema, 400, "output_config: Extra inputs are not permitted", &[SchemaByTool]);
    }

    #[test]
    fn a_bound_is_learnt() {
        let mut fault = Fault::new(Cause::Refused(400), "");
        fault.body = "max_tokens: 10000 > 4096, which is the maximum allowed number of output tokens for m".to_string();
        let quirks = Quirks::default().adapted(&fault, &request(), &mut BTreeSet::new()).unwrap();
        assert_eq!(quirks.most_output(), Some(4096));
        assert_eq!(quirks.adapted(&fault, &request(), &mut BTreeSet::new()), None, "the same bound again");
    }
}
