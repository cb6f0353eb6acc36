#!/bin/sh
# Installs the released `spelunk` for this machine: downloads it, checks it against the release's SHA256SUMS, and puts it in
# place by one rename, so that a failure leaves what was there. Nothing else goes in here; Windows has install.ps1.
#   curl -fsSL https://github.com/spelunk-dev/spelunk/releases/latest/download/install.sh | sh
# SPELUNK_VERSION   the version to install, such as 0.2.0; the latest when not set
# SPELUNK_BIN       the folder to install to; ~/.local/bin when not set
# SPELUNK_RELEASES  where releases are downloaded from, for a mirror; https only, but for this machine itself
set -eu

fail() {
  echo "spelunk: $*" >&2
  exit 1
}

build_it() {
  echo "To build it from its source: cargo install --locked --git https://github.com/spelunk-dev/spelunk"
}

# The name of this machine's archive: OS and processor, in VS Code's words.
platform() {
  os=$(uname -s) cpu=$(uname -m)
  case $os in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN*) fail "on Windows, install it from PowerShell: irm $releases/latest/download/install.ps1 | iex" ;;
    *) fail "there is no release for $os. $(build_it)" ;;
  esac
  # A shell under Rosetta says x86_64 on an arm64 machine.
  [ "$os" = darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ] && cpu=arm64
  case $cpu in
    x86_64 | amd64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) fail "there is no release for $os on $cpu. $(build_it)" ;;
  esac
  if [ "$os" = linux ]; then
    [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || fail "there is no release for a 32-bit system. $(build_it)"
    case $(ldd --version 2>&1 || :) in
      *musl*) fail "there is no release for Linux with musl, only with glibc. $(build_it)" ;;
    esac
  fi
  platform=$os-$cpu
}

# download ADDRESS FILE: without its certificate checked, a download is no better than plain HTTP, which BusyBox's wget does.
download() {
  if command -v curl >/dev/null; then
    curl -fsSL --proto "=$scheme" --proto-redir "=$scheme" --connect-timeout 20 --retry 2 -o "$2" "$1"
  elif command -v wget >/dev/null && { [ "$scheme" = http ] || wget --version 2>/dev/null | grep -q '^GNU Wget'; }; then
    wget -q -O "$2" "$1"
  else
    fail "needs curl or GNU wget to download with: install one of them"
  fi || fail "cannot download $1: look at it in a browser. Is there such a release, and does this machine reach it?"
}

# sha256 FILE: its SHA-256 in lower-case hexadecimal.
sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1"
  else
    fail "needs sha256sum or shasum to check the download with: install one of them"
  fi | cut -d ' ' -f 1
}

verify() { # verify FOLDER ARCHIVE: FOLDER holds the archive and SHA256SUMS
  wanted=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1 }' "$1/SHA256SUMS")
  case $wanted in
    '' | *[!0-9a-f]*) fail "$from/SHA256SUMS has no SHA-256 of $2: the release is broken; choose another by SPELUNK_VERSION" ;;
  esac
  found=$(sha256 "$1/$2")
  [ "$found" = "$wanted" ] ||
    fail "$from/$2 is not what SHA256SUMS says: its SHA-256 is $found, not $wanted. Nothing was installed; try again, and report it if it stays so"
}

tell_about_path() { # tell_about_path FOLDER
  case :$PATH: in
    *":$1:"*)
      first=$(command -v spelunk || :)
      [ "$first" = "$1/spelunk" ] || echo "But \`spelunk\` on your PATH is $first: remove that one, or put $1 before its folder."
      ;;
    *) echo "$1 is not on your PATH. Add this line to your shell's profile: export PATH=\"$1:\$PATH\"" ;;
  esac
}

main() {
  releases=${SPELUNK_RELEASES:-https://github.com/spelunk-dev/spelunk/releases}
  releases=${releases%/}
  case $releases in
    https://*) scheme=https ;;
    http://127.0.0.1:* | http://localhost:*) scheme=http ;;
    *) fail "SPELUNK_RELEASES is $releases: it has to begin with https://" ;;
  esac
  version=${SPELUNK_VERSION:-latest}
  version=${version#v}
  case $version in
    latest) from=$releases/latest/download ;;
    *[!0-9A-Za-z.+-]*) fail "SPELUNK_VERSION is $version: it has to be a version, such as 0.2.0" ;;
    *) from=$releases/download/v$version ;;
  esac
  bin=${SPELUNK_BIN:-${HOME:?has to be set, or SPELUNK_BIN}/.local/bin}
  case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
  platform

  temporary=$(mktemp -d) staged=
  trap 'rm -rf "$temporary" ${staged:+"$staged"}' EXIT
  trap 'exit 130' HUP INT TERM
  archive=spelunk-$platform.tar.gz
  echo "Downloading $from/$archive" >&2
  download "$from/SHA256SUMS" "$temporary/SHA256SUMS"
  download "$from/$archive" "$temporary/$archive"
  verify "$temporary" "$archive"
  tar -xzf "$temporary/$archive" -C "$temporary" ||
    fail "$from/$archive cannot be unpacked: the release is broken; choose another by SPELUNK_VERSION"
  program=$temporary/spelunk-$platform/spelunk
  [ -f "$program" ] || fail "$from/$archive has no spelunk in it: the release is broken; choose another by SPELUNK_VERSION"

  mkdir -p "$bin" || fail "cannot make $bin: choose another folder by SPELUNK_BIN"
  # In the same folder, so that the rename is one step, and a program that runs goes on with the file that it has open.
  staged=$bin/.spelunk-$$
  cp "$program" "$staged" 2>/dev/null || fail "cannot write to $bin: choose another folder by SPELUNK_BIN"
  chmod 755 "$staged"
  runs=$("$staged" --version 2>&1) ||
    fail "the released program does not run on this machine: ${runs:-no reason given}. Nothing was installed. $(build_it)"
  [ ! -d "$bin/spelunk" ] || fail "$bin/spelunk is a folder: remove it, or choose another folder by SPELUNK_BIN"
  mv -f "$staged" "$bin/spelunk"
  echo "Installed $runs: $bin/spelunk"
  tell_about_path "$bin"
}

# The last line, so that a script that arrives cut off does nothing.
main
