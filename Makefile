# `make run` asks a question of this repository, `make test` runs every test. Both set up what they need.

QUESTION ?= Where is the root loop, and what ends a run?

.PHONY: run test check bench questions v8

v8:
	@scripts/v8-archive.sh --build

run: v8
	cargo run --quiet -- ask "$(QUESTION)" . --model builtin

test:
	SPELUNK_V8_ARGS=--build scripts/test.sh

check:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

# Measurements in the release profile, beside ripgrep and ctags.
bench: v8
	. scripts/ripgrep.sh && cargo bench --bench main

# The question lists over the trees that are there: SPELUNK_V8 and SPELUNK_LINUX name their folders.
questions: v8
	cargo test --test it questions:: sampled:: -- --nocapture
