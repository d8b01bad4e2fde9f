# `make help` lists every task; CI calls the same ones. They build the whole workspace: a package alone would have its
# dependencies built once more, with the features that it asks for and no others.
.DEFAULT_GOAL := help
.PHONY: help run test test-api test-rig test-chaos test-chaos-controls test-streams rig test-recurrence-oracle test-recurrence-peer fuzz ci bench fmt lint sqlx api-documents doc licences clean

CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/bin/cargo-deny
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := target/tools/bin/cargo-fuzz
FUZZ_SECONDS := 60
ORACLE_CASES := 1000000
STREAM_SECONDS := 30
CHAOS_ROUNDS := 200
# What chaos is told besides; without this, Kafka is never gone for minutes.
CHAOS := --patient
# How many requests of each kind are made up per operation: 400 make more than 5 000 in all.
API_EXAMPLES := 400

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-23s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Build Dormouse and run it here, on a private PostgreSQL in .dormouse (Ctrl-C stops it)
	@.ci/require compiler openssl postgres
	@echo "Building Dormouse (a few minutes the first time) …"
	@cargo build --release --package dormouse
	@exec target/release/dormouse

test: ## Run every test, on a PostgreSQL started for them
	@.ci/require compiler openssl postgres pgbouncer redis
	cargo build --workspace --bins
	target/debug/test-run

test-recurrence-oracle: ## Compare recurrence with its slow, plain twin (ORACLE_CASES=1000000 of each property)
	@.ci/require compiler
	DORMOUSE_RECURRENCE_CASES=$(ORACLE_CASES) cargo test --release --quiet --package domain --lib \
		recurrence::oracle:: -- --nocapture

test-api: ## Hold dormouse and the gateway to docs/openapi.json, and use them by a generated client (API_EXAMPLES=10 is short)
	@.ci/require compiler openssl postgres python
	cargo build --quiet --workspace --bins
	python3 tests/api/run.py $(API_EXAMPLES) $(API_SEED)

test-streams: ## Cut off and resume a reader of changes at random beside 8 writers (STREAM_SECONDS=30)
	@.ci/require compiler postgres
	cargo build --quiet --workspace --bins
	DORMOUSE_STREAM_SECONDS=$(STREAM_SECONDS) target/debug/test-run --package stream-changes cut_off_at_random -- --nocapture

rig: ## Run every function as a process of its own, joined by PostgreSQL, Kafka and Knative's data plane (Ctrl-C stops it)
	@.ci/require compiler openssl postgres jdk maven go
	@cargo build --quiet --workspace --bins
	@exec target/debug/rig

test-rig: ## Run the tests on such a rig; its jars are fetched and built once (a JDK from 21 on, Maven, Go)
	@.ci/require compiler openssl postgres jdk maven go
	cargo build --quiet --workspace --bins
	target/debug/test-run --package rig --features jdk -- --test-threads 2

test-chaos: ## Kill parts of such a rig at random, and check that nothing is lost or doubled (CHAOS_ROUNDS=200 CHAOS_SEED=…)
	@.ci/require compiler openssl postgres jdk maven go faketime
	cargo build --quiet --workspace --bins
	target/debug/chaos --rounds $(CHAOS_ROUNDS) $(CHAOS_SEED:%=--seed %) $(CHAOS)

test-chaos-controls: ## Break such a rig on purpose in each way that test-chaos looks for, and see it found out
	@.ci/require compiler openssl postgres jdk maven go faketime
	cargo build --quiet --workspace --bins
	target/debug/chaos --controls --seconds 8

test-recurrence-peer: ## Compare recurrence with python-dateutil (pip install python-dateutil==2.9.0.post0)
	cargo build --quiet --package recurrence-peer
	python3 tests/recurrence-peer/compare.py target/debug/recurrence-peer $(ARGS)

fuzz: $(CARGO_FUZZ) ## Search input that breaks a parser (FUZZ_SECONDS=600 for each target; needs nightly Rust)
	@.ci/require compiler
	@cargo +nightly --version >/dev/null 2>&1 || \
		{ echo "Nightly Rust is missing: rustup toolchain install nightly --profile minimal" >&2; exit 1; }
	@for fuzzed in parse:rules expansion:rules query:query cursor:query patch:patch token:token event:event; do \
		target=$${fuzzed%:*}; \
		mkdir -p target/fuzz/corpus/$$target; \
		PATH="$(CURDIR)/target/tools/bin:$$PATH" cargo +nightly fuzz run --sanitizer none --target-dir target/fuzz \
			$$target target/fuzz/corpus/$$target fuzz/corpus/$$target -- \
			-dict=fuzz/$${fuzzed#*:}.dict -max_len=2048 -timeout=10 -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

ci: ## Check format, lints, queries, documentation and licences
	@.ci/require compiler openssl postgres
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	$(MAKE) --no-print-directory lint
	cargo build --quiet --workspace --bins
	target/debug/sqlx-prepare check
	target/debug/api-documents check
	$(MAKE) --no-print-directory doc
	$(MAKE) --no-print-directory licences

bench: ## Measure speed and memory against their goals (several minutes; a quiet machine; what has Kafka: a JDK, Maven, Go)
	@.ci/require compiler openssl postgres
	cargo build --release --workspace --bins
	target/release/bench $(ARGS)

fmt: ## Format the code
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml

lint: ## Run clippy, warnings denied
	cargo clippy --workspace --all-targets --all-features --quiet -- --deny warnings

sqlx: ## Renew .sqlx after a query or a migration changed
	@.ci/require compiler postgres
	cargo run --quiet --package sqlx-prepare -- renew

api-documents: ## Renew docs/openapi.json and docs/asyncapi.yaml after what the API says of itself changed
	cargo build --quiet --workspace --bins
	target/debug/api-documents renew

doc: ## Build the documentation, warnings denied
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --document-private-items --quiet

licences: $(CARGO_DENY) ## Check the dependencies' licences and sources
	$(CARGO_DENY) --log-level error check licenses bans sources

# Built without optimisation: it runs for a second, and builds for minutes otherwise.
$(CARGO_DENY):
	cargo install --quiet --locked --debug --root target/tools cargo-deny@$(CARGO_DENY_VERSION)

$(CARGO_FUZZ):
	cargo install --quiet --locked --debug --root target/tools cargo-fuzz@$(CARGO_FUZZ_VERSION)

clean: ## Remove what builds leave behind; .dormouse, your data, stays
	cargo clean
