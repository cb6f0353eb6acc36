# `make run` asks a question of this repository, `make test` runs every test. Both set up what they need.

QUESTION ?= Who calls files_with_word?

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

# The question lists, and 200 where-is questions per tree sampled from universal-ctags. SPELUNK_V8 and SPELUNK_LINUX name the
# source folders of the v8 crate and of linux-source-6.1.
questions: v8
	cargo test --test it -- questions:: sampled:: --include-ignored --nocapture
