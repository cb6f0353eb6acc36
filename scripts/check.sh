#!/bin/sh
# Everything that is looked at without running it: how the sources are laid out, linted and typed, in every language.
set -eu
cd "$(dirname "$0")/.."
. scripts/editors.sh
scripts/version.sh
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
scripts/lua.sh check
scripts/vscode.sh check
