//! A service with eight areas.

pub mod base;
pub mod handlers;
pub mod limits;
pub mod steps;
