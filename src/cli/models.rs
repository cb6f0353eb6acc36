//! `spelunk models`: what the next run would ask, and what else there is.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, Overrides, output};
use crate::agent::choice::{Key, Provider, choice};
use crate::agent::setup;
use crate::config::Config;

#[derive(Debug, Args)]
pub struct Models {
    /// Ask the providers that can be asked for their models
    #[arg(long)]
    list: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    overrides: Overrides,
}

pub async fn run(args: Models) -> Result<ExitCode, CliError> {
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let choice = choice(&config, &setup::endpoints(&config), args.list).await;
    if args.json {
        output::json(&choice);
        return Ok(ExitCode::SUCCESS);
    }
    output::plain(&format!("root {}, leaf {}", choice.root, choice.leaf));
    if let Some(error) = &choice.error {
        output::plain(&format!("  {error}"));
    }
    for provider in &choice.providers {
        output::plain(&line(provider));
        for model in &provider.models {
            output::plain(&format!("  {}/{model}", provider.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(provider: &Provider) -> String {
    let mut line = format!("{:<11}", provider.name);
    let key = match (provider.key, &provider.key_env) {
        (Key::None, _) => None,
        (Key::Set, Some(variable)) => Some(format!("key from {variable}")),
        (Key::Set, None) => Some("key set".to_owned()),
        // The error says it, and the way out.
        (Key::Missing, _) if provider.error.is_some() => None,
        (Key::Missing, _) => Some("no key".to_owned()),
    };
    let parts: Vec<&str> =
        [&provider.base_url, &key, &provider.error].into_iter().filter_map(|part| part.as_deref()).collect();
    line.push_str(&parts.join("; "));
    line.trim_end().to_owned()
}
