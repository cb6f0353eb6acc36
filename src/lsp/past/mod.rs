//! Runs that are over, and what was told of those that are not: listed, looked at again, told again, printed.

mod answered;
mod list;
mod record;
mod told;
mod trace;

pub use answered::answered;
pub use list::list;
pub use record::record;
pub use told::Told;
pub use trace::trace;

use std::path::Path;

use super::Error;
use crate::journal::{self, JournalError, Run};

/// The record of the run whose id begins so.
fn open(state_dir: &Path, run_id: &str) -> Result<Run, Error> {
    Ok(journal::read(&journal::find(state_dir, run_id)?)?)
}

impl From<JournalError> for Error {
    fn from(error: JournalError) -> Self {
        Self::failed(error.to_string())
    }
}
