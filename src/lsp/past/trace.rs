//! The record of a run, printed.

use std::path::Path;

use super::open;
use crate::display;
use crate::journal::{Blobs, html, show};
use crate::lsp::Error;
use crate::lsp::protocol::TraceParams;

/// The record as text, or as a page.
///
/// # Errors
/// When there is no such run, or more than one.
pub fn trace(state_dir: &Path, params: &TraceParams) -> Result<String, Error> {
    let (run, blobs) = (open(state_dir, &params.run_id)?, Blobs::new(state_dir));
    if params.html {
        return Ok(html::page(&run, &blobs));
    }
    Ok(display::terminal(&show::show(&run, &blobs, params.full)).into_owned())
}
