#!/bin/sh
# Is everything here that cannot be installed into .venv? Says what is missing and how to get it.
set -u
python=${PYTHON:-python3}
needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
missing=0

complain() {
    missing=1
    printf 'missing: %s\n    fix: %s\n' "$1" "$2" >&2
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    found=$("$python" --version 2>/dev/null || echo none)
    complain "Python 3.11 or newer ($python is: $found)" \
        "install one and name it, as in: make PYTHON=python3.12"
elif ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    complain "Python's venv module with pip" "on Debian or Ubuntu: apt install python3-venv"
fi

if ! command -v cargo >/dev/null 2>&1; then
    complain "a Rust toolchain (cargo)" "follow https://rustup.rs, then open a new shell"
else
    version=$(rustc --version | cut -d ' ' -f 2)
    oldest=$(printf '%s\n%s\n' "$needed" "$version" | sort -V | head -n 1)
    [ "$oldest" = "$needed" ] || complain "Rust $needed or newer (rustc is: $version)" "rustup update stable"
fi

if ! command -v cc >/dev/null 2>&1; then
    complain "a C linker (cc), which Rust needs" \
        "on Debian or Ubuntu: apt install build-essential; on macOS: xcode-select --install"
fi
exit $missing
