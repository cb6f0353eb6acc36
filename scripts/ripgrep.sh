# shellcheck shell=sh
# Sourced: installs the ripgrep that search is compared with, and exports where it is as SPELUNK_TEST_RG. It is built with the newest
# versions of its libraries, as we are, and not with its own lock file: older ones find some matches elsewhere. It is started
# thousands of times, so building it with optimisation pays.
tools=${CARGO_TARGET_DIR:-target}/tools/newest
SPELUNK_TEST_RG=$tools/bin/rg
[ -x "$SPELUNK_TEST_RG" ] || CARGO_PROFILE_RELEASE_DEBUG=false CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback \
  cargo install --quiet --root "$tools" --target-dir "$tools/build" ripgrep --version 15.2.0
case $SPELUNK_TEST_RG in /*) ;; *) SPELUNK_TEST_RG=$PWD/$SPELUNK_TEST_RG ;; esac
export SPELUNK_TEST_RG
