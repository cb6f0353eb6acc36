//! What a person asks when something does not work: which models there are, and whether everything is in order.

use super::Error;
use super::events::safe;
use super::filling::words;
use super::protocol::{DoctorResult, ModelsResult};
use super::state::{State, View};
use crate::agent::choice::{Provider, choice};
use crate::agent::doctor::{Check, checks};
use crate::config::ModelFrom;

/// The models of the next run, and those that there are. In a workspace that is not trusted nobody is asked.
pub async fn models(state: &State, list: bool) -> Result<ModelsResult, Error> {
    let session = state.begun()?;
    let config = state.config()?;
    let trusted = session.options.trusted;
    let mut found = choice(&config, state.endpoints(&config), list && trusted).await;
    if !trusted {
        found.from = ModelFrom::Default;
    }
    if let Some(editor) = &session.options.editor_model {
        let mut models: Vec<String> = editor.models.iter().map(|model| safe(model)).collect();
        models.sort();
        found.providers.push(Provider { models, ..Provider::local("editor") });
    }
    Ok(found)
}

/// Looks at everything.
pub async fn doctor(state: &State, view: &View) -> Result<DoctorResult, Error> {
    let session = state.begun()?;
    let config = state.config()?;
    let mut all = vec![workspace(state, session.options.trusted), index(view)];
    all.extend(checks(&config, state.endpoints(&config)).await);
    for check in &mut all {
        check.found = safe(&check.found);
    }
    Ok(DoctorResult { good: all.iter().all(|check| check.good), checks: all })
}

fn workspace(state: &State, trusted: bool) -> Check {
    let folders: Vec<String> = state.folders().iter().map(|(_, path)| path.display().to_string()).collect();
    if folders.is_empty() {
        return Check::new(false, "workspace", "no folder is open, or none of them can be read; questions need one");
    }
    let trust = if trusted { "trusted" } else { "not trusted: only builtin answers, and nothing is verified" };
    Check::new(true, "workspace", format!("{} ({trust})", folders.join(", ")))
}

fn index(view: &View) -> Check {
    if !view.settings.symbol_table {
        return Check::new(
            true,
            "index",
            "off, by the setting symbolTable; symbols are searched for as they are asked for",
        );
    }
    let state = view.catalogue.state();
    let so_far = if state.complete { "" } else { ", so far" };
    Check::new(true, "index", words(&state) + so_far)
}
