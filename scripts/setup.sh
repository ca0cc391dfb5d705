#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing on Debian 12: scripts/setup.sh [GROUP…]. Says nothing when all is there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# One row a group: what it is for, then its packages.
packages_of() {
    case $1 in
    # building and testing natively; real NTFS (ntfs-3g, attr); the demo and the end-to-end tests as clients (socat, jq)
    native) echo gcc g++ libc6-dev make cmake pkg-config libuv1-dev libcjson-dev libcriterion-dev ntfs-3g attr socat jq ;;
    # Windows executables: the compiler, and what takes apart and builds the sources of libuv and cJSON
    mingw) echo gcc-mingw-w64-x86-64-posix dpkg-dev xz-utils make cmake pkg-config ;;
    # running them, where the caller has no Wine of his own
    wine) [ -n "${WINE-}" ] || echo wine wine64 ;;
    *) usage_error "setup.sh: no group '$1': there are native, mingw, wine" ;;
    esac
}

# What a group needs beside packages.
finish_group() {
    case $1 in
    mingw) "$root/scripts/deps-mingw.sh" ;;
    esac
}

missing_of() {
    local name state
    declare -A there=()
    while read -r name state; do
        [ "$state" = installed ] && there[$name]=1
    done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
    for name in "$@"; do
        [ -n "${there[$name]-}" ] || printf '%s ' "$name"
    done
}

# Another apt may be at work, a mirror may hiccup, an earlier dpkg may have been interrupted: each round puts right what it can.
install_packages() {
    local log=$1 round
    shift
    export DEBIAN_FRONTEND=noninteractive
    for round in 1 2 3 4 5; do
        [ "$round" = 1 ] || sleep $((round * 3))
        dpkg --configure -a || true
        apt-get -q -o Acquire::Retries=3 update || true
        if apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"; then
            return 0
        fi
    done >"$log" 2>&1 </dev/null
    return 1
}

case ${1-} in
-h | --help)
    echo "usage: scripts/setup.sh [GROUP…]    installs what is missing of a group: native (default), mingw, wine"
    exit 0
    ;;
esac

[ $# -gt 0 ] || set -- native
wanted=()
for group in "$@"; do
    row=$(packages_of "$group")
    read -r -a names <<<"$row"
    wanted+=("${names[@]}")
done

have dpkg-query && have apt-get || die "setup.sh: this is not Debian: install by hand: ${wanted[*]}"
read -r -a missing <<<"$(missing_of "${wanted[@]}")"
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] || die "setup.sh: missing: ${missing[*]}: run this as root to install them"
    say "installing ${missing[*]}"
    log=$(mktemp)
    if ! install_packages "$log" "${missing[@]}"; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "setup.sh: apt could not install: ${missing[*]}"
    fi
    rm -f "$log"
    read -r -a missing <<<"$(missing_of "${wanted[@]}")"
    [ ${#missing[@]} -eq 0 ] || die "setup.sh: still missing after installing: ${missing[*]}"
fi
for group in "$@"; do
    finish_group "$group"
done
