#!/bin/sh
# Builds connectors into core WebAssembly modules.
# usage: sdk/rust/build-guest.sh PACKAGE...                     cargo packages of this workspace, into target/guests
#        sdk/rust/build-guest.sh --project FOLDER [OPTION...]   the package in any folder, with options for cargo; this is
#                                                               what `routemcp connector build` runs
#
# Finds a tool chain with a standard library for wasm32-unknown-unknown, in this order: the ordinary one, the ordinary one
# after `rustup target add`, Debian's rustc-web with -Zbuild-std (installed when we may). Says what to install otherwise.
set -eu

target=wasm32-unknown-unknown
if [ "${1:-}" = --project ]; then
    cd "$2"
    shift 2
else
    cd "$(dirname "$0")/../.."
    packages=
    for package in "$@"; do packages="$packages -p $package"; done
    # shellcheck disable=SC2086 # package names are words
    set -- --target-dir target/guests $packages
fi
set -- --profile guest "$@"

has_target() {
    sysroot=$(rustc --print sysroot 2>/dev/null) && [ -d "$sysroot/lib/rustlib/$target/lib" ]
}

has_debian_web() {
    [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -x /usr/bin/wasm-ld-19 ] \
        && [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library" ]
}

add_with_rustup() {
    command -v rustup >/dev/null 2>&1 || return 1
    echo "adding $target with rustup" >&2
    timeout 120 rustup target add "$target" >&2
}

install_debian_web() {
    [ -f /etc/debian_version ] && [ "$(id -u)" = 0 ] || return 1
    echo "installing Debian's compiler for WebAssembly (rustc-web cargo-web rust-web-src lld-19)" >&2
    { apt-get update -qq \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq rustc-web cargo-web rust-web-src lld-19; } >&2
}

build_with_rustup() {
    cargo build --target "$target" "$@"
}

# Debian ships no precompiled standard library for WebAssembly but its sources; building them is a nightly option.
build_with_debian_web() {
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
        /usr/bin/cargo build -Zbuild-std=std,panic_abort --target "$target" "$@"
}

if has_target; then
    build_with_rustup "$@"
elif has_debian_web; then
    build_with_debian_web "$@"
elif add_with_rustup && has_target; then
    build_with_rustup "$@"
elif install_debian_web && has_debian_web; then
    build_with_debian_web "$@"
else
    cat >&2 <<'ADVICE'
Connectors are compiled to WebAssembly, and this machine has no Rust standard library for wasm32-unknown-unknown. Install one:
  with rustup (https://rustup.rs):   rustup target add wasm32-unknown-unknown
  on Debian, as root:                apt-get install rustc-web cargo-web rust-web-src lld-19
ADVICE
    exit 1
fi
