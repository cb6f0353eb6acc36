//! The cell in a model's reply: a `run_javascript` call, or the first fenced block.

use serde_json::Value;

use crate::model::{Finish, Reply, Tool};

pub const TOOL: &str = "run_javascript";

/// What a reply asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Cell {
        code: String,
        /// The tool call that brought it, if one did.
        call: Option<String>,
        /// Further cells in the same reply, which do not run.
        ignored: usize,
    },
    /// A tool call that cannot be run, and why.
    Malformed {
        call: String,
        reason: String,
    },
    /// A cell whose end is missing, which never runs.
    Cut {
        /// The tool call that brought it, if one did.
        call: Option<String>,
    },
    Nothing,
}

/// The tool through which providers with tool calls send code.
pub fn tool() -> Tool {
    Tool {
        name: TOOL.to_owned(),
        description: "Runs one JavaScript cell in the persistent REPL and returns its output.".to_owned(),
        parameters: serde_json::json!({
            "type": "object",
            "properties": { "code": { "type": "string", "description": "JavaScript; top-level await works" } },
            "required": ["code"],
        }),
    }
}

/// Finds the cell of a reply.
pub fn asked(reply: &Reply) -> Asked {
    let is_cut = reply.finish == Finish::Length;
    if let Some(call) = reply.tool_calls.first() {
        // Some servers close the brackets of arguments that were cut.
        if is_cut {
            return Asked::Cut { call: Some(call.id.clone()) };
        }
        let malformed = |reason: String| Asked::Malformed { call: call.id.clone(), reason };
        if call.name != TOOL {
            return malformed(format!("there is no tool {:?}; the only one is {TOOL}", call.name));
        }
        return match serde_json::from_str::<Value>(&call.arguments) {
            Ok(arguments) => match arguments.get("code").and_then(Value::as_str) {
                Some(code) if !code.trim().is_empty() => Asked::Cell {
                    code: unfenced(code),
                    call: Some(call.id.clone()),
                    ignored: reply.tool_calls.len() - 1,
                },
                _ => malformed("its arguments have no \"code\" string".to_owned()),
            },
            Err(error) => malformed(format!("its arguments are not JSON: {error}")),
        };
    }
    let (mut blocks, is_open) = fenced(&reply.text);
    if blocks.is_empty() {
        return if is_cut || is_open { Asked::Cut { call: None } } else { Asked::Nothing };
    }
    let code = blocks.remove(0);
    Asked::Cell { code, call: None, ignored: blocks.len() + usize::from(is_open) }
}

/// Whether a text is one JavaScript cell and nothing else.
pub fn is_cell(text: &str) -> bool {
    let text = text.trim();
    let opens = ["```js\n", "```javascript\n"].iter().any(|fence| text.starts_with(fence));
    opens && text.ends_with("```") && text.matches("```").count() == 2
}

/// Models sometimes put a fence inside the tool's argument too.
fn unfenced(code: &str) -> String {
    let (mut blocks, _) = fenced(code);
    if code.trim_start().starts_with("```") && blocks.len() == 1 { blocks.remove(0) } else { code.to_owned() }
}

/// The JavaScript blocks of a Markdown text, and whether one more begins and never closes: who knows what it would have
/// said.
fn fenced(text: &str) -> (Vec<String>, bool) {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((ticks, info)) = opening(line) else { continue };
        let wanted = matches!(info, "" | "js" | "javascript" | "ts" | "typescript" | "repl" | "mjs");
        let mut block = String::new();
        let is_closed = lines.by_ref().any(|line| {
            let end = line.trim();
            let closes = end.len() >= ticks && end.bytes().all(|b| b == b'`');
            if !closes {
                block.push_str(line);
                block.push('\n');
            }
            closes
        });
        if !is_closed {
            return (blocks, wanted);
        }
        if wanted && !block.trim().is_empty() {
            blocks.push(block);
        }
    }
    (blocks, false)
}

fn opening(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start();
    let ticks = line.bytes().take_while(|&b| b == b'`').count();
    let info = line[ticks..].trim();
    (ticks >= 3 && !info.contains('`')).then(|| (ticks, info.split_whitespace().next().unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ToolCall, Usage};

    fn reply(text: &str, calls: &[(&str, &str)]) -> Reply {
        let tool_calls = calls
            .iter()
            .enumerate()
            .map(|(at, (name, arguments))| ToolCall {
                id: format!("c{at}"),
                name: (*name).into(),
                arguments: (*arguments).into(),
            })
            .collect();
        Reply { text: text.into(), tool_calls, usage: Usage::default(), finish: Finish::Stop, attempts: 1 }
    }

    #[test]
    fn blocks() {
        let check = |text: &str, code: &str, ignored: usize| {
            let expect = Asked::Cell { code: code.into(), call: None, ignored };
            assert_eq!(asked(&reply(text, &[])), expect, "{text}");
        };
        check("Let me look.\n```js\n1 + 1\n```\n", "1 + 1\n", 0);
        check("```javascript\na\n```\nthen\n```js\nb\n```", "a\n", 1);
        check("````js\nconst md = `\n```\n`;\n````", "const md = `\n```\n`;\n", 0);
        check("```\nx\n```", "x\n", 0);
        check("```json\n{}\n```\n```ts\nlet a: number = 1\n```", "let a: number = 1\n", 0);
        check("```js\na\n```\nthen\n```js\nnever closed", "a\n", 1);
        assert_eq!(asked(&reply("The answer is 42.", &[])), Asked::Nothing);
        assert_eq!(asked(&reply("```rust\nfn main() {}\n```", &[])), Asked::Nothing);
    }

    #[test]
    fn what_was_cut_never_runs() {
        let check = |text: &str, calls: &[(&str, &str)], finish: Finish, expect: Asked| {
            assert_eq!(asked(&Reply { finish, ..reply(text, calls) }), expect, "{text} {calls:?} {finish:?}");
        };
        let cut = || Asked::Cut { call: None };
        check("```js\nconst half = 'the re", &[], Finish::Length, cut());
        check("```js\nconst half = 'the re", &[], Finish::Stop, cut());
        check("Let me think about", &[], Finish::Length, cut());
        check("", &[], Finish::Length, cut());
        check("Like this:\n```rust\nfn half(", &[], Finish::Stop, Asked::Nothing);
        let whole = Asked::Cell { code: "1\n".into(), call: None, ignored: 0 };
        check("```js\n1\n```\nThis shows", &[], Finish::Length, whole);
        let call = || Asked::Cut { call: Some("c0".into()) };
        check("", &[(TOOL, "{\"code\":\"repo.se")], Finish::Length, call());
        check("", &[(TOOL, "{\"code\":\"repo.se\"}")], Finish::Length, call());
    }

    #[test]
    fn cells_alone() {
        assert!(is_cell("```js\nrepo.files()\n```\n"));
        for text in
            ["See ```js\n1\n```", "```js\n1\n```\nThat is it.", "```rust\nfn f() {}\n```", "```\n1\n```", "plain"]
        {
            assert!(!is_cell(text), "{text}");
        }
    }

    #[test]
    fn calls() {
        let cell = |code: &str| Asked::Cell { code: code.into(), call: Some("c0".into()), ignored: 0 };
        assert_eq!(asked(&reply("", &[(TOOL, r#"{"code":"1"}"#)])), cell("1"));
        assert_eq!(asked(&reply("", &[(TOOL, r#"{"code":"```js\n1\n```"}"#)])), cell("1\n"));
        assert!(matches!(asked(&reply("", &[(TOOL, "{")])), Asked::Malformed { .. }));
        assert!(matches!(asked(&reply("", &[(TOOL, "{}")])), Asked::Malformed { .. }));
        assert!(matches!(asked(&reply("", &[("grep", "{}")])), Asked::Malformed { .. }));
    }
}
