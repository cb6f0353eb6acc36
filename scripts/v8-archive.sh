#!/bin/sh
# Puts the V8 archive where the v8 crate's build script looks before it downloads, so that plain `cargo build` works.
# Looks, in this order: $RUSTY_V8_ARCHIVE, cargo's own cache, shared/rusty_v8 beside the checkout, the crate's download site.
# With --build, the last resort on Debian as root is to compile it (scripts/build-v8.sh, about an hour).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n '/^name = "v8"$/{n;s/^version = "\(.*\)"$/\1/p;}' "$here/Cargo.lock")
target=$(rustc -vV | sed -n 's/^host: //p')
file=librusty_v8_simdutf_release_$target.a.gz
url=https://github.com/denoland/rusty_v8/releases/download/v$version/$file
cache=${CARGO_HOME:-$HOME/.cargo}/.rusty_v8
cached=$cache/$(printf %s "$url" | tr -c '[:alnum:]' _)

say() { echo "v8-archive: $*"; }
keep() { # keep FOLDER: checks FOLDER's archive and copies it into cargo's cache
  (cd "$1" && sha256sum -c --quiet "$file.sha256")
  mkdir -p "$cache" && cp "$1/$file" "$cached.tmp" && mv "$cached.tmp" "$cached"
}

if [ -n "${RUSTY_V8_ARCHIVE:-}" ]; then
  [ -e "$RUSTY_V8_ARCHIVE" ] || { say "RUSTY_V8_ARCHIVE names $RUSTY_V8_ARCHIVE, which does not exist" >&2; exit 1; }
  say "from RUSTY_V8_ARCHIVE"; exit 0
fi
[ -s "$cached" ] && { say "in cargo's cache"; exit 0; }
for folder in "$here/../shared/rusty_v8/v$version" "$here/shared/rusty_v8/v$version"; do
  [ -s "$folder/$file" ] && { keep "$folder"; say "copied from $folder to cargo's cache"; exit 0; }
done
if command -v curl >/dev/null && curl -sfIL --max-time 20 "$url" >/dev/null 2>&1; then
  say "the v8 crate will download it"; exit 0
fi
if [ "${1:-}" = --build ] && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && [ "$target" = x86_64-unknown-linux-gnu ]; then
  say "not to be had ready-made here; compiling V8 $version from source, about an hour on two cores"
  folder=$(mktemp -d)
  "$here/scripts/build-v8.sh" "$folder" && keep "$folder" && rm -rf "$folder"
  exit 0
fi
say "V8 $version is missing and $url cannot be reached: set RUSTY_V8_ARCHIVE to that file, or put it into shared/rusty_v8/v$version beside the checkout" >&2
exit 1
