//! The root loop: question in, cells and sub-calls, cited answer out.
