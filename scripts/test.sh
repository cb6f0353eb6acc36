#!/bin/sh
# Runs every test: of the language server, of the installer, of the Neovim plugin and of the VS Code extension, and prints how
# many passed in all of them as the last line. Sets up what they need first.
#   scripts/test.sh [SUITE...]   only these: cargo, installer, nvim, vscode, vscode-e2e
set -eu
cd "$(dirname "$0")/.."
suites=" ${*:-cargo installer nvim vscode vscode-e2e} "
scripts/v8-archive.sh ${SPELUNK_V8_ARGS:+"$SPELUNK_V8_ARGS"}
. scripts/ripgrep.sh
. scripts/editors.sh
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: > "$scratch/counts"
status=0

wants() {
  case $suites in *" $1 "*) ;; *) return 1 ;; esac
}

# suite NAME COMMAND...: runs one, and keeps what it counted: all lines of cargo's, or else the last line that counts. One that
# counts nothing has failed, and so has one that says that all is well and does not end well.
suite() {
  name=$1
  shift
  echo "== $name"
  { "$@" 2>&1 || echo "exit status $?"; } | tee "$scratch/log"
  awk -v name="$name" '
    function number(what) { return match($0, "[0-9]+ " what) ? substr($0, RSTART) + 0 : 0 }
    function count() {
      passed += number("passed")
      failed += number("failed") + number("error")
      skipped += number("skipped") + number("ignored")
    }
    /^exit status / { ended = 1 }
    /^test result:/ { cargo = 1; count() }
    /^[^a-zA-Z]*[0-9]+ (passed|failed)/ { last = $0 }
    END {
      if (!cargo) { $0 = last; count() }
      if (!failed && (ended || !passed)) failed = 1
      print name, passed + 0, failed + 0, skipped + 0
    }' "$scratch/log" >> "$scratch/counts"
}

# skip NAME WHY: on a machine where what is missing can be installed, that is a failure.
skip() {
  if can_install; then
    echo "$1: failed: $2"
    echo "$1 0 1 0" >> "$scratch/counts"
  else
    echo "$1: skipped: $2"
    echo "$1 0 0 1" >> "$scratch/counts"
  fi
}

if wants cargo; then
  suite cargo cargo test --locked --no-fail-fast
else
  cargo build --locked --bin spelunk
fi
export SPELUNK="$target/debug/spelunk"
if wants installer; then
  # The shells and downloaders that it is tried with; it says which cases it leaves out where they are missing.
  { command -v busybox && command -v wget; } >/dev/null || ! can_install || debian busybox wget
  suite installer "$SPELUNK_TEST_PYTHON" -B -m pytest -rs tests/installing
fi
if wants nvim; then
  suite nvim "$SPELUNK_TEST_NVIM" -l editors/nvim/tests/run.lua
fi
! wants vscode || suite vscode scripts/vscode.sh test
if wants vscode-e2e; then
  if [ -z "$SPELUNK_TEST_CODE_SERVER" ]; then
    skip vscode-e2e "there is no code-server $code_server_version"
  elif [ -z "$SPELUNK_TEST_CHROMIUM" ]; then
    skip vscode-e2e "there is no Chromium"
  else
    suite vscode-e2e scripts/vscode.sh test:e2e
  fi
fi

echo "== all"
awk '{ printf "%-12s %5d passed, %d failed, %d skipped\n", $1, $2, $3, $4; passed += $2; failed += $3; skipped += $4 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit !(passed > 0 && failed == 0) }
    ' "$scratch/counts" || status=1
exit $status
