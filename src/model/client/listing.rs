//! The list of models that an endpoint has. Chat Completions and Messages give it in the same form.

use serde_json::Value;

use super::super::connection::{Connection, deepest};
use super::super::retry::Decision;
use super::exchange::{next, refusal};

/// Bytes of a list.
const LIMIT: usize = 8 << 20;

/// Models of one list.
const MOST: usize = 5_000;

/// The models below `path`, asked for once.
///
/// # Errors
/// When the endpoint cannot be reached, refuses, or gives no list: why, for a person.
pub async fn listed(connection: &Connection, path: &[&str], query: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let shown = connection.shown();
    let sent = connection.get(path, query).send().await;
    let mut response = sent.map_err(|error| {
        let what = if error.is_connect() { "cannot connect to" } else { "there is no answer from" };
        connection.scrub(&format!("{what} {shown}: {}", deepest(&error)))
    })?;
    if !response.status().is_success() {
        return Err(refusal(connection, response).await.into_error(Decision::Final, 1).to_string());
    }
    let mut bytes = Vec::new();
    while let Some(more) = next(connection, &mut response).await.map_err(|fault| fault.message)? {
        bytes.extend_from_slice(&more);
        if bytes.len() > LIMIT {
            return Err(format!("{shown} sent a list of models of more than {LIMIT} bytes"));
        }
    }
    let list: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let Some(models) = list.get("data").and_then(Value::as_array) else {
        return Err(format!("{shown} has no list of models; is it the base URL, which usually ends in /v1?"));
    };
    let name = |model: &Value| model.get("id").and_then(Value::as_str).map(|name| connection.scrub(name));
    Ok(models.iter().filter_map(name).take(MOST).collect())
}
