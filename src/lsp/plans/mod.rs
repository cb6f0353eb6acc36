//! Refactor plans as the client gets them: kept by the run that made them, told, given as an edit, applied, verified.

mod applying;
mod chosen;
mod inverse;
mod kept;
mod looking;
mod offer;
mod texts;
mod told;
mod verifying;

pub use applying::{apply, take_back};
pub use chosen::edit;
pub use kept::{Plans, find};
pub use looking::{diff, file};
pub use offer::{ask_and_apply, offer};
pub use texts::{for_client, fresh, relisted};
pub use told::{plan, stale_steps};
pub use verifying::verify;
