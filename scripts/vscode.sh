#!/bin/sh
# Runs an npm script of the VS Code extension, with the packages that its lockfile names: scripts/vscode.sh check
set -eu
cd "$(dirname "$0")/../editors/vscode"
# No install scripts: what they would bring is compiled for a keychain that nothing here uses.
cmp -s package-lock.json node_modules/.installed-lock.json || {
  npm ci --ignore-scripts --no-audit --no-fund --loglevel error >&2
  cp package-lock.json node_modules/.installed-lock.json
}
exec npm run --silent "$@"
