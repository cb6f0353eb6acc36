//! What is known of a family of models: how much fits, how much it may say, how its code travels, what it has to be told.
//!
//! One file of `profiles/` per family. The first that matches a model's name holds; small models come first, whoever made
//! them, and the default last.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::agent::prompt::Transport;

const FILES: [(&str, &str); 10] = [
    ("small", include_str!("profiles/small.toml")),
    ("gpt", include_str!("profiles/gpt.toml")),
    ("claude", include_str!("profiles/claude.toml")),
    ("gemini", include_str!("profiles/gemini.toml")),
    ("qwen", include_str!("profiles/qwen.toml")),
    ("llama", include_str!("profiles/llama.toml")),
    ("deepseek", include_str!("profiles/deepseek.toml")),
    ("mistral", include_str!("profiles/mistral.toml")),
    ("grok", include_str!("profiles/grok.toml")),
    ("default", include_str!("profiles/default.toml")),
];

/// What holds for one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Name of the file that it comes from.
    pub family: &'static str,
    /// Tokens of prompt and reply together.
    pub window: u64,
    /// Output tokens of a turn of the root, thinking included.
    pub output: u32,
    /// Output tokens of a sub-call, thinking included.
    pub leaf: u32,
    /// How code travels best, if the model has tools at all.
    pub transport: Transport,
    /// Lines of the root's system prompt.
    pub advice: Vec<String>,
}

impl Profile {
    /// How code travels from a model that has tools, or has none.
    pub fn transport(&self, has_tools: bool) -> Transport {
        if has_tools { self.transport } else { Transport::Fence }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Regular expressions for the beginning of a name, in lower case and without what stands before its last slash.
    r#match: Vec<String>,
    window: u64,
    output: u32,
    leaf: u32,
    transport: Transport,
    advice: Vec<String>,
    /// Models of the family that differ from it; the first that matches holds.
    #[serde(default)]
    models: Vec<Variant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    r#match: Vec<String>,
    window: Option<u64>,
    output: Option<u32>,
    leaf: Option<u32>,
    transport: Option<Transport>,
    advice: Option<Vec<String>>,
}

struct Known {
    names: Regex,
    profile: Profile,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let parsed = FILES.iter().map(|(family, text)| parse(family, text));
    let known: Result<Vec<_>, _> = parsed.collect();
    known.expect("the profiles are part of the program, and a test reads them").into_iter().flatten().collect()
});

/// The profile of a `provider/model`.
pub fn of(model: &str) -> &'static Profile {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    let known = KNOWN.iter().find(|known| known.names.is_match(&name)).or(KNOWN.last());
    &known.expect("there is a default").profile
}

/// The models of one file that differ from their family, and then the family.
fn parse(family: &'static str, text: &str) -> Result<Vec<Known>, Box<dyn std::error::Error + Send + Sync>> {
    let File { r#match, window, output, leaf, transport, advice, models } = toml::from_str(text)?;
    let whole = Profile { family, window, output, leaf, transport, advice };
    let mut known = Vec::new();
    for variant in models {
        let profile = Profile {
            family,
            window: variant.window.unwrap_or(window),
            output: variant.output.unwrap_or(output),
            leaf: variant.leaf.unwrap_or(leaf),
            transport: variant.transport.unwrap_or(transport),
            advice: variant.advice.unwrap_or_else(|| whole.advice.clone()),
        };
        known.push(Known { names: any_of(&variant.r#match)?, profile });
    }
    known.push(Known { names: any_of(&r#match)?, profile: whole });
    Ok(known)
}

fn any_of(patterns: &[String]) -> Result<Regex, regex::Error> {
    Regex::new(&format!("^(?:{})", patterns.join("|")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_sound() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/agent/calls/profiles");
        let mut names: Vec<String> =
            folder.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let mut expect: Vec<String> = FILES.iter().map(|(family, _)| format!("{family}.toml")).collect();
        expect.sort();
        assert_eq!(names, expect, "FILES and the folder differ");
        for (family, text) in FILES {
            for Known { profile, .. } in parse(family, text).unwrap_or_else(|error| panic!("{family}: {error}")) {
                let Profile { window, output, leaf, advice, .. } = &profile;
                assert!(u64::from(*output) * 4 <= *window, "{family}: the reply leaves too little of {window}");
                assert!(leaf <= output && *leaf >= 1_024, "{family}: {leaf} {output}");
                let size: usize = advice.iter().map(String::len).sum();
                assert!(size < 1_200, "{family}: {size} bytes of advice in every prompt");
                assert!(advice.iter().all(|line| !line.contains('\n') && line.ends_with(['.', '!'])), "{family}");
            }
        }
    }

    #[test]
    fn by_name() {
        let check = |model: &str, family: &str, window: u64, output: u32, transport: Transport| {
            let found = of(model);
            let found = (found.family, found.window, found.output, found.transport);
            assert_eq!(found, (family, window, output, transport), "{model}");
        };
        use Transport::{Fence, Tool};
        check("openai/gpt-5-mini", "gpt", 400_000, 32_768, Tool);
        check("openai/gpt-4o-mini-2024-07-18", "gpt", 128_000, 8_192, Tool);
        check("openai/gpt-4.1", "gpt", 1_000_000, 8_192, Tool);
        check("openai/o3", "gpt", 200_000, 32_768, Tool);
        check("openai/o4-mini", "gpt", 200_000, 32_768, Tool);
        check("editor/copilot/gpt-5", "gpt", 400_000, 32_768, Tool);
        check("openrouter/openai/gpt-oss-120b", "small", 32_768, 8_192, Fence);
        check("anthropic/claude-opus-5-5", "claude", 200_000, 32_000, Tool);
        check("openrouter/anthropic/Claude-3.5-Haiku", "claude", 200_000, 4_096, Tool);
        check("anthropic/claude-3-haiku-20240307", "claude", 200_000, 4_096, Tool);
        check("openrouter/google/gemini-3-pro", "gemini", 1_000_000, 32_768, Fence);
        check("ollama/qwen3:32b", "qwen", 131_072, 16_384, Fence);
        check("vllm/Qwen/Qwen3-Coder-480B-A35B-Instruct", "qwen", 262_144, 16_384, Fence);
        check("openrouter/qwen/qwen3-30b-a3b:free", "qwen", 131_072, 16_384, Fence);
        check("ollama/qwen3:8b", "small", 32_768, 8_192, Fence);
        check("ollama/qwen2.5-coder:14b-instruct-q4_K_M", "small", 32_768, 8_192, Fence);
        check("vllm/meta-llama/Llama-3.1-8B-Instruct", "small", 32_768, 8_192, Fence);
        check("vllm/meta-llama/Llama-3.3-70B-Instruct", "llama", 131_072, 8_192, Fence);
        check("ollama/llama3:70b", "llama", 8_192, 2_048, Fence);
        check("openrouter/deepseek/deepseek-r1", "deepseek", 131_072, 32_768, Fence);
        check("openai/deepseek-chat", "deepseek", 131_072, 8_192, Fence);
        check("openrouter/mistralai/mistral-large-2411", "mistral", 131_072, 8_192, Tool);
        check("openrouter/mistralai/codestral-2508", "mistral", 256_000, 8_192, Tool);
        check("openrouter/x-ai/grok-4-fast", "grok", 256_000, 32_768, Tool);
        for unknown in ["openai/test", "builtin", "scripted//tmp/qwen.jsonl/x", "editor", "openai/o-model", "vllm/72b"]
        {
            check(unknown, "default", 128_000, 8_192, Tool);
        }
    }

    #[test]
    fn every_model_with_a_price_has_a_profile() {
        let unknown: Vec<_> = crate::model::pricing::models().filter(|model| of(model).family == "default").collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
