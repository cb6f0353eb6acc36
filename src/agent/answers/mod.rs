//! Answers: what code gives as one, how it is shown, and whether its citations hold.

pub mod answer;
pub mod citations;
pub mod drift;
pub(super) mod evidence;
pub(super) mod referee;
pub(super) mod render;
pub(super) mod schema;
pub(super) mod seen;
