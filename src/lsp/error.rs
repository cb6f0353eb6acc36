//! Errors as the client sees them: a code of the protocol and a message that says what to do.

use std::fmt;

use tower_lsp::jsonrpc::{Error as RpcError, ErrorCode};

use crate::display;
use crate::graph::GraphError;
use crate::search::SearchError;
use crate::workspace::WorkspaceError;

/// What a request is answered with when it fails.
#[derive(Debug, Clone)]
pub struct Error {
    pub code: ErrorCode,
    pub message: String,
}

impl Error {
    /// -32602: the parameters cannot be used.
    pub fn params(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidParams, message: message.into() }
    }

    /// -32600: the request is none that can be answered.
    pub fn request(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidRequest, message: message.into() }
    }

    /// -32803: the parameters are fine, and it failed all the same.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::ServerError(-32803), message: message.into() }
    }

    /// -32603: a fault of the server.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::InternalError, message: message.into() }
    }

    /// -32800: the client, or a person, did not want it any more.
    pub fn cancelled() -> Self {
        Self { code: ErrorCode::RequestCancelled, message: "cancelled".to_owned() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for RpcError {
    fn from(error: Error) -> Self {
        // It may hold a path or what a model said.
        Self { code: error.code, message: display::terminal(&error.message).into_owned().into(), data: None }
    }
}

impl From<WorkspaceError> for Error {
    fn from(error: WorkspaceError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<SearchError> for Error {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Cancelled => Self::cancelled(),
            error => Self::failed(error.to_string()),
        }
    }
}

impl From<GraphError> for Error {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Cancelled => Self::cancelled(),
            error => Self::failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads_is_safe() {
        let error = RpcError::from(Error::failed("no file \u{1b}[2Jevil\u{202e}"));
        assert_eq!(error.message, "no file evil\\u{202e}");
    }
}
