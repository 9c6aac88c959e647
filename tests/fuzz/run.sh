#!/bin/sh
# Fuzzes each target for some seconds: `run.sh [SECONDS]`. Finds stay in target/fuzz/artifacts; give such a file to the
# target's binary to see it again.
#
# The flags are those of cargo-fuzz without a sanitizer: our crates forbid `unsafe`, so panics and failed assertions are what
# there is to find, and a stable compiler will do.
set -eu
cd "$(dirname "$0")"
seconds=${1:-20}
host=$(rustc -vV | sed -n 's/^host: //p')
root=../..
# With --target, build scripts and procedural macros are left without instrumentation.
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares" \
    cargo build --release --locked --target "$host" --target-dir "$root/target/fuzz/build"

seeds="$root/target/fuzz/seeds"
mkdir -p "$seeds/manifest" "$seeds/mapping" "$seeds/cursor" "$seeds/egress" "$root/target/fuzz/artifacts"
for connector in "$root"/connectors/*/manifest.json; do
    cp "$connector" "$seeds/manifest/$(basename "$(dirname "$connector")").json"
done
cp "$root/host/unified/fixtures/manifest.json" "$seeds/manifest/fixture.json"
cp seeds/mapping/* "$seeds/mapping/"

for target in cursor mapping manifest egress; do
    echo "fuzzing $target for $seconds s"
    mkdir -p "$root/target/fuzz/corpus/$target"
    "$root/target/fuzz/build/$host/release/$target" "$root/target/fuzz/corpus/$target" "$seeds/$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$root/target/fuzz/artifacts/$target-"
done
