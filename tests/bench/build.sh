#!/bin/sh
# Builds every contestant of `make bench` into target/bench. What cannot be built here is said, and is then not measured.
set -eu
cd "$(dirname "$0")/../.."

RELEASE="cargo build --release -p routemcp-server -p routemcp-bench"
BENCH=target/bench
mkdir -p $BENCH/connectors/rust $BENCH/connectors/javascript $BENCH/connectors/python $BENCH/fastify

# Both servers in one target folder: what differs is built twice, the rest once. The usual one comes last and stays.
$RELEASE --features routemcp-server/native-connectors
cp target/release/routemcp $BENCH/routemcp-native
$RELEASE

sdk/rust/build-guest.sh routemcp-connector-hubspot
target/release/routemcp connector build target/guests/wasm32-unknown-unknown/guest/routemcp_connector_hubspot.wasm \
    --output $BENCH/connectors/rust/hubspot.wasm

for language in javascript python; do
    target/release/routemcp connector build tests/bench/connectors/$language \
        --output $BENCH/connectors/$language/hubspot.wasm ||
        echo "no connector in $language: what is missing stands above" >&2
done

# Node's modules go to target, so that the source folder stays as it is.
cp tests/bench/fastify/*.mjs tests/bench/fastify/package.json tests/bench/fastify/package-lock.json $BENCH/fastify/
if ! cmp -s tests/bench/fastify/package-lock.json $BENCH/fastify/node_modules/.routemcp-lock; then
    if npm ci --prefix $BENCH/fastify --no-audit --no-fund; then
        cp tests/bench/fastify/package-lock.json $BENCH/fastify/node_modules/.routemcp-lock
    else
        echo "no Fastify handler: Node 20 and npm are needed" >&2
    fi
fi
