//! Whether the server can work: the models it has, and what a look at everything found.

use serde::{Deserialize, Serialize};

use crate::agent::doctor::Check;

/// The answer to `spelunk/models`.
pub use crate::agent::choice::Choice as ModelsResult;

/// `spelunk/models`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModelsParams {
    /// Ask the providers that can be asked for their models.
    pub list: bool,
}

/// `spelunk/doctor`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DoctorParams {}

/// The answer to `spelunk/doctor`.
#[derive(Debug, Clone, Serialize)]
pub struct DoctorResult {
    /// All checks are.
    pub good: bool,
    pub checks: Vec<Check>,
}
