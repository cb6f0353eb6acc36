# shellcheck shell=sh
# Sourced: installs the ripgrep that search is compared with, built from the library versions in Cargo.lock, and exports
# where it is as SPELUNK_TEST_RG. It is started thousands of times, so building it with optimisation pays.
tools=${CARGO_TARGET_DIR:-target}/tools
SPELUNK_TEST_RG=$tools/bin/rg
[ -x "$SPELUNK_TEST_RG" ] || CARGO_PROFILE_RELEASE_DEBUG=false \
  cargo install --quiet --locked --root "$tools" --target-dir "$tools/build" ripgrep --version 15.2.0
case $SPELUNK_TEST_RG in /*) ;; *) SPELUNK_TEST_RG=$PWD/$SPELUNK_TEST_RG ;; esac
export SPELUNK_TEST_RG
