//! Writing a plan's files: all of them or none.
