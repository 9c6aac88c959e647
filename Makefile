# `make dev` and `make test` work on a fresh checkout; nothing else needs to be typed.
.POSIX:
.PHONY: help dev test sdk-test browser-test schema-test chaos fuzz load bench bench-build bench-scale callgrind micro release build host \
	connectors components lint clean

CONNECTORS = hubspot zoho-crm pipedrive gohighlevel
TEST_GUESTS = snoop twin
ROUTEMCP = target/debug/routemcp

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

dev: build ## Start the server on port 5001 with test data, and print a curl to try
	$(ROUTEMCP) dev $(ARGS)

test: build ## Run the tests that need nothing else installed
	cargo test --workspace

sdk-test: build ## Test the SDKs, the projects of `connector new`, and the community connectors (Node 20, Python 3.11)
	node --test sdk/javascript/test/
	cd sdk/python && python3 -m unittest discover -s tests -t .
	cargo test --workspace --test api command_line::connector::projects -- --ignored
	$(ROUTEMCP) connector build community/close --output target/community/close.wasm
	npm test --prefix community/close
	$(ROUTEMCP) connector test target/community/close.wasm
	$(ROUTEMCP) connector build community/attio --output target/community/attio.wasm
	cd community/attio && .venv/bin/python -m unittest
	$(ROUTEMCP) connector test target/community/attio.wasm

browser-test: build ## Connect accounts in a real browser (Node 20, chromium)
	npm ci --prefix tests/browser --no-audit --no-fund
	npm test --prefix tests/browser

schema-test: build ## Hold the server against its own OpenAPI document (Python 3.11)
	python3 -m venv target/schemathesis
	target/schemathesis/bin/pip install --quiet --disable-pip-version-check -r tests/schemathesis/requirements.txt
	target/schemathesis/bin/python tests/schemathesis/run.py $(ROUTEMCP)

chaos: build ## A minute of restarts, kills, swaps and a failing provider (starts a PostgreSQL of its own)
	ROUTEMCP_CHAOS_SECONDS=60 cargo test --workspace --test api chaos -- --nocapture

fuzz: ## Fuzz cursors, mappings, manifests and egress for FUZZ_SECONDS each, 20 by default (a C++ compiler)
	tests/fuzz/run.sh $(FUZZ_SECONDS)

build: host connectors ## Build the server and the connectors

host:
	cargo build --workspace --all-targets

# Connectors are built by a compiler for WebAssembly (see the script), then wrapped into components by our own binary.
connectors: host ## Build the connectors into target/connectors
	$(MAKE) components

components:
	sdk/rust/build-guest.sh $(CONNECTORS:%=routemcp-connector-%) $(TEST_GUESTS:%=routemcp-guest-%)
	@mkdir -p target/connectors target/test-guests
	@for name in $(CONNECTORS); do \
	  $(ROUTEMCP) connector build target/guests/wasm32-unknown-unknown/guest/routemcp_connector_$$(echo $$name | tr - _).wasm \
	    --output target/connectors/$$name.wasm || exit 1; done
	@for name in $(TEST_GUESTS); do \
	  $(ROUTEMCP) connector build target/guests/wasm32-unknown-unknown/guest/routemcp_guest_$$(echo $$name | tr - _).wasm \
	    --output target/test-guests/$$name.wasm || exit 1; done

release: ## Build what is deployed: the optimised server and its connectors, in target/dist
	cargo build --release --locked -p routemcp-server --bin routemcp
	$(MAKE) components ROUTEMCP=target/release/routemcp
	rm -rf target/dist && mkdir -p target/dist/connectors
	cp target/release/routemcp LICENSE target/dist/
	for name in $(CONNECTORS); do cp target/connectors/$$name.wasm target/dist/connectors/ || exit 1; done
	tar -C target/dist -czf target/routemcp-$$(uname -m)-linux.tar.gz .

load: build ## Swap two versions every second under steady traffic for half a minute
	ROUTEMCP_LOAD_SECONDS=30 cargo test --workspace --test api connectors::load -- --nocapture

bench: bench-build ## Measure side by side with what people would use instead (QUICK=1: two minutes; ARGS="--only fastify,ours-wasm")
	target/release/routemcp-bench run $(if $(QUICK),--quick) $(ARGS)

bench-scale: bench-build ## Measure how far one server goes: slow calls, many connectors, many connections, overload
	target/release/routemcp-bench scale $(ARGS)

callgrind: bench-build ## Count the instructions of a request in the server (valgrind); ARGS=--keep keeps the profile
	target/release/routemcp-bench instructions $(ARGS)

bench-build:
	tests/bench/build.sh

micro: ## Measure the parts of a request one by one
	cargo bench -p routemcp-server -p routemcp-unified -p routemcp-broker -p routemcp-runtime -p routemcp-store \
	  --bench unified --bench policy --bench call --bench lookups

lint: ## What CI checks besides the tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	cargo deny check bans licenses sources

clean: ## Remove everything built
	cargo clean
