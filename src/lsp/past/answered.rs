//! How a recorded run ended, seen from now.

use super::open;
use crate::agent::answers::drift::Drifts;
use crate::agent::recorded::{Recorded, recorded};
use crate::agent::setup;
use crate::display;
use crate::journal::event::EndReason;
use crate::journal::{Blobs, Run};
use crate::lsp::protocol::{End, Reason};
use crate::lsp::state::{State, View};
use crate::lsp::{Error, events, plans};

/// How the run ended whose id begins so, with its citations compared with the texts of the view. Reads the journal, so it
/// blocks.
///
/// # Errors
/// When there is no such run, or none that has ended.
pub fn answered(state: &State, view: &View, run_id: &str) -> Result<End, Error> {
    let under_way = |id: &str| {
        let what = format!("the run {} is still under way; its end is told when it comes", events::safe(id));
        state.runs.is_live(id).then(|| Error::failed(what)).map_or(Ok(()), Err)
    };
    // One that is not recorded has no other name.
    under_way(run_id)?;
    let state_dir = state.state_dir()?;
    let (run, blobs) = (open(&state_dir, run_id)?, Blobs::new(&state_dir));
    under_way(&run.id)?;
    end(state, view, &run, &blobs)?.ok_or_else(|| {
        let what = "its process was killed, or another one runs it; `spelunk/record` has what is known of it";
        Error::failed(format!("the run {} is unfinished: {what}", run.id))
    })
}

/// The end of a recorded run; `None` when its record has none.
pub fn end(state: &State, view: &View, run: &Run, blobs: &Blobs) -> Result<Option<End>, Error> {
    let Some(Recorded { reason, mut report }) = recorded(run, blobs)? else { return Ok(None) };
    let conversation_id = state.runs.conversation_of(&run.id).unwrap_or_default();
    let reason = match reason {
        EndReason::Answered => Reason::Answered,
        EndReason::Limit => Reason::Limit,
        EndReason::Cancelled => Reason::Cancelled,
        _ => {
            let failed =
                events::failure(Reason::Failed, &report.end, report.model.clone(), run.id.clone(), conversation_id);
            return Ok(Some(End { spent: events::spent(&report.spent), seconds: report.seconds, ..failed }));
        }
    };
    let here = is_here(run, view);
    if here {
        Drifts::new(&view.snapshot).mark(&mut report.citations);
    }
    let mut end = End { reason, ..events::end(&report, [view, view], run.id.clone(), conversation_id) };
    if !here {
        end.citations.iter_mut().for_each(|cited| cited.location = None);
    } else if reason != Reason::Cancelled && run.header().is_some_and(|header| header.plan) {
        match plans::find(state, view, &run.id) {
            Ok((_, document)) => end.plan = Some(Box::new(plans::plan(&document, &plans::fresh(view, &document)))),
            Err(error) => end.message = format!("{}; {}", end.message, display::terminal(&error.message)),
        }
    }
    Ok(Some(end))
}

/// Whether a run was over the folders of the view. Older records know only their name.
fn is_here(run: &Run, view: &View) -> bool {
    run.header().is_some_and(|header| match &header.root {
        Some(root) => *root == setup::root_hash(&view.snapshot),
        None => header.workspace == view.snapshot.name(),
    })
}
