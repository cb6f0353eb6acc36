//! What a folder is there for, by its name, when it is not the program's own code.

use serde::Serialize;

/// What a module that is not the program's own code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Docs,
    Examples,
    Benchmarks,
    Tests,
    /// Somebody else's code.
    Vendored,
}

impl Role {
    /// By a folder's name.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "doc" | "docs" | "documentation" | "website" => Self::Docs,
            "example" | "examples" | "sample" | "samples" | "demo" | "demos" => Self::Examples,
            "bench" | "benches" | "benchmark" | "benchmarks" => Self::Benchmarks,
            "test" | "tests" | "testing" | "__tests__" | "spec" | "specs" | "e2e" | "testdata" | "fixtures"
            | "mock" | "mocks" | "selftests" | "unittests" => Self::Tests,
            "vendor" | "vendored" | "third_party" | "third-party" | "thirdparty" | "node_modules" | "external"
            | "deps" => Self::Vendored,
            _ => return None,
        })
    }

    /// By the folders of a path; somebody else's tests are somebody else's.
    pub fn of_path(path: &str) -> Option<Self> {
        path.split('/').filter_map(Self::of).max()
    }
}
