# `make run` asks a question of this repository, `make test` runs every test, `make check` looks at the sources without
# running them. All set up what they need.

QUESTION ?= Who calls files_with_word?

.PHONY: run test check package bench table soak fuzz questions refactors accuracy v8

v8:
	@scripts/v8-archive.sh --build

run: v8
	cargo run --quiet -- ask "$(QUESTION)" . --model builtin

test:
	SPELUNK_V8_ARGS=--build scripts/test.sh

check: v8
	scripts/check.sh

# The VS Code extension for this machine, with a release build inside.
package: v8
	cargo build --release --locked
	scripts/vscode.sh package -- --binary $${CARGO_TARGET_DIR:-$$PWD/target}/release/spelunk --out $$PWD/target/spelunk.vsix

# Measurements in the release profile, beside ripgrep, ctags and basedpyright.
bench: v8
	cargo bench --bench main

# The table of the repository engine's speed, side by side with its peers, in the release profile; benches/README.md says what
# it wants. ARGS names rows.
table: v8
	cargo bench --bench engine -- $(ARGS)

# The language server under load, in the release profile: answers in time, nothing grows. Takes half an hour; growth is
# watched for SPELUNK_SOAK_MINUTES, 20 when not said, since less is all warming up.
soak: v8
	cargo build --release
	SPELUNK_SOAK_PROGRAM=$${CARGO_TARGET_DIR:-$$PWD/target}/release/spelunk \
		cargo test --test it -- --ignored --nocapture --test-threads=1 lsp::soak:: replay::soak schedules:: applying::killed::two_hundred plan_outputs::git_makes_of_ten_thousand

# Searches of trees, changes, open buffers and patterns by chance, drawn by SPELUNK_SEED, beside ripgrep. `make test` asks 5,000.
CASES ?= 100000

fuzz: v8
	. scripts/ripgrep.sh && SPELUNK_FUZZ_CASES=$(CASES) cargo test --test it -- --nocapture fuzz::

# The question lists, and where-is questions sampled from what ctags finds, over this tree and those that SPELUNK_V8
# and SPELUNK_LINUX name. Cargo keeps the v8 crate's source.
SPELUNK_V8 ?= $(firstword $(wildcard $(HOME)/.cargo/registry/src/*/v8-150.4.0))
export SPELUNK_V8

questions: v8
	cargo test --test it -- --include-ignored --nocapture --test-threads=1 questions::about_this sampled::this \
		$(if $(SPELUNK_V8),questions::about_v8 sampled::v8) $(if $(SPELUNK_LINUX),questions::about_linux sampled::linux)

# Refactors of published packages, drawn by SPELUNK_SEED, planned without a language model, applied, and judged by the packages'
# own checks, tsserver and basedpyright. Wants git, node, npm and Python, and the registries of Rust, npm and Python. The table
# goes to docs/refactors.md; ARGS takes what run.py does.
SPELUNK_SEED ?= 1

refactors: v8
	python3 -B benches/refactors/run.py --seed $(SPELUNK_SEED) --out target/refactors.json --table docs/refactors.md $(ARGS)

# Definitions, calls and uses of types of published packages beside scip-typescript, scip-python, rust-analyzer and ctags. Wants what
# `refactors` wants, and builds rust-analyzer from crates.io. The tables go to docs/accuracy.md; ARGS takes what run.py does.
accuracy: v8
	python3 -B benches/accuracy/run.py --out target/accuracy.json --table docs/accuracy.md $(ARGS)
