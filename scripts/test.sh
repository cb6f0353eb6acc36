#!/bin/sh
# Runs every test, and prints how many passed as the last line. Sets up what the tests need: the V8 archive, and the
# ripgrep of crates.io that search is compared with, and the clients that the language server is tested with.
set -eu
cd "$(dirname "$0")/.."
scripts/v8-archive.sh ${SPELUNK_V8_ARGS-}
. scripts/ripgrep.sh
. scripts/editors.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
{ cargo test --locked --no-fail-fast 2>&1 || echo "exit status $?" ; } | tee "$log"
# The Neovim plugin, with the server that was built for the tests.
program=$(cd "${CARGO_TARGET_DIR:-target}/debug" && pwd)/spelunk
{ SPELUNK=$program "$SPELUNK_TEST_NVIM" -l editors/nvim/tests/run.lua 2>&1 || echo "exit status $?" ; } | tee -a "$log"
grep -q '^exit status ' "$log" && status=1
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
     /^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, ignored; exit !(passed > 0) }' "$log" || status=1
exit $status
