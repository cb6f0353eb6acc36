//! The journal: everything a run does, appended as it happens, readable after any crash.
