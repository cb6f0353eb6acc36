//! Small programs, one per feature.
