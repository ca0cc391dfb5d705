#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds what the Windows executables need beside the compiler, static, into build/deps/mingw: libuv and cJSON, from the
# source packages of the Debian this machine runs (with Debian's patches). Says nothing when all is there. scripts/setup.sh
# mingw calls this after it has installed the tools. No root needed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

toolchain=$root/scripts/cmake/mingw-w64-x86_64.cmake
prefix=$root/build/deps/mingw
log=$root/build/deps/mingw.log
scratch=

# What the prefix was made from: another compiler, place, toolchain file or recipe makes it anew.
made_from() {
    {
        echo "$prefix"
        x86_64-w64-mingw32-gcc-posix --version
        cat "$toolchain" "$root/scripts/deps-mingw.sh"
    } | sha256sum | cut -c1-64
}

is_made() {
    [ "$(cat "$prefix/made-from" 2>/dev/null)" = "$(made_from)" ] &&
        [ -s "$prefix/lib/libuv_a.a" ] && [ -s "$prefix/lib/libcjson.a" ]
}

# A private list of the sources behind the machine's own package lists, which stay as they are: same places, same keys.
list_sources() {
    local file etc=/etc/apt list=sources.list parts=sources.list.d
    eval "$(apt-config shell etc Dir::Etc/d list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
    mkdir -p "$1"
    for file in "$list" "$parts"/*.list; do
        [ -f "$file" ] || continue
        sed -nE 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$file" >"$1/$(basename "$file" .list)-line.list"
    done
    for file in "$parts"/*.sources; do
        [ -f "$file" ] || continue
        sed -E 's/^[Tt]ypes:.*/Types: deb-src/' "$file" >"$1/$(basename "$file")"
    done
}

# apt of our own: lists, caches and sources in scratch. Its worker's user must be able to enter there.
private_apt() {
    apt-get -q -o Acquire::Retries=3 -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$scratch/parts" \
        -o Dir::State::Lists="$scratch/lists" -o Dir::Cache="$scratch/cache" "$@"
}

# One source of a machine may be out of reach, and a mirror may hiccup: what counts is that the packages come.
fetch_sources() {
    local round
    list_sources "$scratch/parts"
    mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial" "$scratch/src"
    cd "$scratch/src"
    for round in 1 2 3 4 5; do
        [ "$round" = 1 ] || sleep $((round * 3))
        private_apt update || true
        if private_apt source libuv1 cjson; then
            return 0
        fi
        rm -rf "$scratch"/src/*
    done
    return 1
}

# build_one SOURCE TARGET OPTION…: a static library, in scratch/build-TARGET.
build_one() {
    local source=$1 target=$2
    shift 2
    cmake -S "$source" -B "$scratch/build-$target" -DCMAKE_TOOLCHAIN_FILE="$toolchain" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_C_FLAGS=-fstack-protector-strong "$@"
    cmake --build "$scratch/build-$target" --target "$target" -j "$(nproc)"
}

# By hand, not by their install targets: libuv's would build the DLL and its import library too.
fill_prefix() {
    local new=$scratch/new
    mkdir -p "$new/lib/pkgconfig" "$new/include/cjson" "$new/share/doc"
    cp "$scratch/build-uv_a/libuv_a.a" "$scratch/build-cjson/libcjson.a" "$new/lib"
    cp "$scratch/build-uv_a/libuv-static.pc" "$scratch/build-cjson/libcjson.pc" "$new/lib/pkgconfig"
    cp -r "$scratch"/src/libuv1-*/include/. "$new/include"
    cp "$scratch"/src/cjson-*/cJSON.h "$new/include/cjson"
    cp "$scratch"/src/libuv1-*/LICENSE "$new/share/doc/libuv-LICENSE"
    cp "$scratch"/src/cjson-*/LICENSE "$new/share/doc/cjson-LICENSE"
    made_from >"$new/made-from"
}

build_all() {
    set -e
    fetch_sources
    # 1.44 knows only BUILD_TESTING; later ones would configure the DLL too.
    build_one "$scratch"/src/libuv1-*/ uv_a -DLIBUV_BUILD_SHARED=OFF -DBUILD_TESTING=OFF
    # Hidden: else cJSON's own names would be exported from every executable.
    build_one "$scratch"/src/cjson-*/ cjson -DBUILD_SHARED_LIBS=OFF -DENABLE_CJSON_TEST=OFF \
        -DENABLE_CUSTOM_COMPILER_FLAGS=OFF -DENABLE_PUBLIC_SYMBOLS=OFF -DENABLE_HIDDEN_SYMBOLS=ON
    fill_prefix
}

for tool in x86_64-w64-mingw32-gcc-posix cmake dpkg-source apt-get; do
    have "$tool" || die "deps-mingw.sh: $tool is missing: run scripts/setup.sh mingw"
done
is_made && exit 0
mkdir -p "$root/build/deps"
exec 9>"$root/build/deps/mingw.lock"
flock 9
is_made && exit 0 # somebody else has done it meanwhile

say "building libuv and cJSON for Windows"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
scratch=$(mktemp -d /tmp/junctiond-deps.XXXXXX)
chmod 755 "$scratch"
# In a shell of its own, so that it ends at the first failure.
if ! (build_all) >"$log" 2>&1 </dev/null 9>&-; then
    tail -n 30 "$log" >&2
    die "deps-mingw.sh: libuv and cJSON could not be built; all of it is in $log"
fi
rm -rf "$prefix"
mv "$scratch/new" "$prefix"
