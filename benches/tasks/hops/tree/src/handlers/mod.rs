//! All handlers.

pub mod mail;
pub mod upload;
pub mod export;
pub mod search;
pub mod login;
pub mod report;
pub mod backup;
pub mod import;
