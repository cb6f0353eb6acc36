//! The repository half of the REPL's host: answers `repo.*` calls from a snapshot.
