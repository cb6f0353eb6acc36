#!/bin/sh
# Prints the version of the project, and fails when the places that say it differ, or when a tag is given that is not its own.
#   scripts/version.sh [TAG]
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
differs() {
  echo "version: Cargo.toml says $version, $1 says ${2:-nothing}: make them the same" >&2
  exit 1
}
locked=$(sed -n '/^name = "spelunk"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
[ "$locked" = "$version" ] || differs Cargo.lock "$locked"
for file in editors/vscode/package.json editors/vscode/package-lock.json; do
  found=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$file")
  [ "$found" = "$version" ] || differs "$file" "$found"
done
[ $# = 0 ] || [ "$1" = "v$version" ] || differs "the tag" "$1"
echo "$version"
