//! The configuration: every setting, where it may come from, and the only reader of environment variables.
