//! What a server turned out not to take, and requests without it.

use std::collections::BTreeSet;

use super::super::Request;
use super::super::fault::{self, Cause, Fault};

/// A deviation from the protocol that one server asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::model) enum Quirk {
    /// The bound is called `max_completion_tokens`, not `max_tokens`.
    NewTokenBound,
    NoTemperature,
    /// `stream_options` is refused, so that usage may be missing.
    NoUsageOption,
    NoSchema,
    NoTools,
}

/// The quirks of one model on one server, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::model) struct Quirks(BTreeSet<Quirk>);

impl Quirks {
    /// What can be known of a server by its name.
    pub fn of_host(host: &str) -> Self {
        let new_names = host == "api.openai.com" || host.ends_with(".azure.com");
        Quirks(BTreeSet::from_iter(new_names.then_some(Quirk::NewTokenBound)))
    }

    pub fn has(&self, quirk: Quirk) -> bool {
        self.0.contains(&quirk)
    }
}

impl super::super::client::Quirks for Quirks {
    type Quirk = Quirk;

    fn adapted(&self, fault: &Fault, request: &Request, tried: &mut BTreeSet<Quirk>) -> Option<Quirks> {
        // llama.cpp answers 500 to parts that its command line does not switch on.
        let Cause::Refused(status @ (400 | 422 | 500)) = fault.cause else { return None };
        let seen = fault.seen();
        if fault::is_too_long(status, &fault.body) || fault::is_quota(&seen) {
            return None;
        }
        let text = fault.body.to_ascii_lowercase();
        let parameter = fault::parameter(&fault.body);
        let blames = |name: &str| match &parameter {
            Some(parameter) => parameter.split(['.', '[']).next() == Some(name),
            None => text.contains(name),
        };
        let unknown = status != 500 && UNKNOWN.iter().any(|words| text.contains(words));
        let bound = if self.has(Quirk::NewTokenBound) { "max_completion_tokens" } else { "max_tokens" };
        let candidates = [
            (Quirk::NewTokenBound, blames(bound) && unknown),
            (Quirk::NoTemperature, request.temperature.is_some() && status != 500 && blames("temperature")),
            (Quirk::NoUsageOption, status != 500 && blames("stream_options")),
            (
                Quirk::NoSchema,
                request.schema.is_some() && ["response_format", "json_schema", "grammar"].into_iter().any(blames),
            ),
            (Quirk::NoTools, !request.tools.is_empty() && NO_TOOLS.iter().any(|words| text.contains(words))),
        ];
        let (quirk, _) = candidates.into_iter().find(|(quirk, fits)| *fits && !tried.contains(quirk))?;
        tried.insert(quirk);
        let mut quirks = self.clone();
        // The bound has two names, of which either may be the wrong one; the other parts are only ever left out.
        if !quirks.0.insert(quirk) && quirk == Quirk::NewTokenBound {
            quirks.0.remove(&quirk);
        }
        Some(quirks)
    }

    fn has_tools(&self) -> bool {
        !self.has(Quirk::NoTools)
    }
}

/// How servers say that they do not know a parameter, as opposed to its value.
const UNKNOWN: [&str; 9] = [
    "unsupported parameter",
    "not supported",
    "does not support",
    "unknown",
    "unrecognized",
    "unexpected",
    "extra",
    "not permitted",
    "max_completion_tokens' instead",
];

const NO_TOOLS: [&str; 5] = [
    "does not support tools",
    "tools param requires",
    "tool choice requires",
    "tool use is not supported",
    "tools is not supported",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tool;
    use crate::model::client::Quirks as _;

    fn request() -> Request {
        Request {
            model: "m".to_string(),
            messages: Vec::new(),
            tools: vec![Tool { name: "t".to_string(), description: String::new(), parameters: serde_json::json!({}) }],
            max_tokens: 10,
            temperature: Some(0.2),
            schema: Some(serde_json::json!({})),
        }
    }

    #[test]
    fn complaints() {
        let check = |status: u16, body: &str, expect: &[Quirk]| {
            let mut fault = Fault::new(Cause::Refused(status), "");
            fault.body = body.to_string();
            let found = Quirks::default().adapted(&fault, &request(), &mut BTreeSet::new());
            assert_eq!(found.map_or(Vec::new(), |quirks| quirks.0.into_iter().collect()), expect, "{status} {body}");
        };
        use Quirk::*;
        check(
            400,
            r#"{"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "param": "max_tokens", "code": "unsupported_parameter"}}"#,
            &[NewTokenBound],
        );
        check(400, r#"{"error": {"message": "max_tokens is too large: 100000", "param": "max_tokens"}}"#, &[]);
        check(
            400,
            r#"{"error": {"message": "Unsupported value: 'temperature' does not support 0.2 with this model.", "param": "temperature"}}"#,
            &[NoTemperature],
        );
        check(
            422,
            r#"{"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}"#,
            &[NoUsageOption],
        );
        check(400, "unknown field stream_options", &[NoUsageOption]);
        check(
            400,
            r#"{"error": {"message": "Invalid schema for response_format 'reply'", "param": "response_format"}}"#,
            &[NoSchema],
        );
        check(400, r#"{"error": {"message": "bad", "param": "response_format.json_schema"}}"#, &[NoSchema]);
        check(400, r#"{"error": {"message": "library/gemma does not support tools"}}"#, &[NoTools]);
        check(500, r#"{"error": {"code": 500, "message": "tools param requires --jinja flag"}}"#, &[NoTools]);
        check(
            400,
            r#"{"message": "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"}"#,
            &[NoTools],
        );
        check(400, "maximum context length is 10 tokens, max_tokens unknown", &[]);
        check(400, "something else", &[]);
        check(401, "unknown field stream_options", &[]);
    }

    #[test]
    fn each_part_is_changed_once() {
        let mut fault = Fault::new(Cause::Refused(400), "");
        fault.body = "unknown field max_completion_tokens".to_string();
        let mut tried = BTreeSet::new();
        let openai = Quirks::of_host("api.openai.com");
        let quirks = openai.adapted(&fault, &request(), &mut tried).unwrap();
        assert_eq!(quirks, Quirks::default(), "the bound gets its other name");
        fault.body = "unknown field max_tokens".to_string();
        assert_eq!(quirks.adapted(&fault, &request(), &mut tried), None);
    }
}
