//! Estimates of token counts, for budgets and for providers that do not report usage.

use super::{Message, Request, Usage};

/// Tokens that the frame around each message costs, roughly.
const PER_MESSAGE: u64 = 4;

/// Estimates the tokens of `text`, by the rule that all parts have in common.
pub fn estimate(text: &str) -> u64 {
    crate::text::tokens(text)
}

/// Estimates the input tokens of `request`: messages, tools and schema.
pub fn estimate_request(request: &Request) -> u64 {
    let messages: u64 = request.messages.iter().map(estimate_message).sum();
    let tools: u64 = request
        .tools
        .iter()
        .map(|tool| estimate(&tool.name) + estimate(&tool.description) + estimate(&tool.parameters.to_string()))
        .sum();
    messages + tools + request.schema.as_ref().map_or(0, |schema| estimate(&schema.to_string()))
}

/// Estimates what a reply of `text` to `request` used; marked as estimated.
pub fn estimate_usage(request: &Request, text: &str) -> Usage {
    Usage { input: estimate_request(request), output: estimate(text), estimated: true, ..Usage::default() }
}

fn estimate_message(message: &Message) -> u64 {
    let calls: u64 = message.tool_calls.iter().map(|call| estimate(&call.name) + estimate(&call.arguments)).sum();
    PER_MESSAGE + estimate(&message.content) + calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Role, Tool};

    #[test]
    fn estimates() {
        let check = |text: &str, expect| assert_eq!(estimate(text), expect, "{text:?}");
        check("", 0);
        check("a", 1);
        check("fn main() {}", 3);
        check(&"x".repeat(4000), 1000);
        check("żółw", 2);
        check("漢字仮名", 4);
        check("🧭🧭", 4);
    }

    #[test]
    fn a_request_counts_all_its_parts() {
        let message = |content: &str| Message {
            role: Role::User,
            content: content.to_string(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        };
        let mut request = Request {
            model: "m".to_string(),
            messages: vec![message("12345678"), message("")],
            tools: Vec::new(),
            max_tokens: 10,
            temperature: None,
            schema: None,
        };
        assert_eq!(estimate_request(&request), 2 + 2 * PER_MESSAGE);
        request.tools.push(Tool {
            name: "eval".to_string(),
            description: "runs it".to_string(),
            parameters: serde_json::json!({}),
        });
        assert_eq!(estimate_request(&request), 2 + 2 * PER_MESSAGE + 1 + 2 + 1);
    }
}
