#!/usr/bin/env bash
# Builds what a release has, and uploads it.
set -euo pipefail

source "$(dirname "$0")/lib/common.sh"
. ./version.sh

readonly NAME=release
export TARGET="${TARGET:-x86_64}" VERBOSE
declare -A checksums=([linux]=1 [mac]=2)
declare -i retries=3
files=()
IFS=$'\n'

# Says something to whoever runs this.
#
# Second paragraph.
log() {
  local level=$1; shift
  local -r stamp="$(date +%s)"
  printf '%s [%s] %s\n' "$stamp" "$level" "$*" >&2
}

function fail {
  log error "$@"
  exit 1
}

function with-retry() {
  local attempt
  for ((attempt = 1; attempt <= retries; attempt++)); do
    if "$@"; then
      return 0
    fi
    sleep "$attempt"
  done
  return 1
}

# Builds for one target.
build::one() (
  cd "$1" || fail "no folder $1"
  make TARGET="$TARGET" -j"$(nproc)"
)

checksum() {
  local file
  while read -r file; do
    checksums["$file"]=$(sha256sum "$file" | cut -d' ' -f1)
    files+=("$file")
  done < <(find "$1" -type f)
  cat <<EOF > "$1/SUMS"
$(log info "inside of a document")
${checksums[@]} of ${NAME}
EOF
}

cleanup() { rm -rf "${WORK:?}"; }
trap cleanup EXIT INT

upload() {
  case "$1" in
    s3://*) with-retry aws s3 cp "$2" "$1" ;;
    file) cp "$2" "${DEST-/tmp}" ;;
    *)
      fail "unknown target $1"
      ;;
  esac
}

alias up='upload s3://bucket'

main() {
  WORK=$(mktemp -d)
  local target
  for target in linux mac; do
    build::one "$target" && checksum "$target" | tee log.txt
  done
  [[ ${#files[@]} -gt 0 ]] || fail "nothing built"
  nested() { log info "$NAME"; }
  nested
  eval "${VERBOSE:+set -x}"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
