#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Windows files that ship, looked at from outside: what they ask of the system's loader, and what strangers build against.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"

build=${JD_MINGW:-$root/build/mingw}
cc=x86_64-w64-mingw32-gcc-posix
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

objdump() {
    x86_64-w64-mingw32-objdump "$@"
}

# Addresses at random in all 64 bits, no running of data (PE format, DllCharacteristics), and relocations for it to be possible.
is_hardened() {
    local flag headers
    headers=$(objdump -p -h "$1")
    for flag in HIGH_ENTROPY_VA DYNAMIC_BASE NX_COMPAT '\.reloc'; do
        grep -q "$flag" <<<"$headers" || { echo "$1: no $flag"; return 1; }
    done
}

guards_its_stack() {
    x86_64-w64-mingw32-nm "$1" | grep ' T __stack_chk_fail$'
}

has_no_entry() {
    objdump -p "$1" | grep -E '^AddressOfEntryPoint[[:space:]]+0+$'
}

# Of every Windows; none of a compiler's, none that lies beside the executable.
needs_windows_only() {
    local name
    objdump -p "$1" | sed -n 's/.*DLL Name: //p' | tr '[:upper:]' '[:lower:]' | while read -r name; do
        case $name in
        advapi32.dll | iphlpapi.dll | kernel32.dll | msvcrt.dll | ntdll.dll | ole32.dll | shell32.dll | user32.dll) ;;
        userenv.dll | ws2_32.dll) ;;
        *) echo "$1: $name" && return 1 ;;
        esac
    done
}

exported_by() {
    objdump -p "$1" | sed -n '/Name Pointer\] Table/,/^$/s/^\t\[ *[0-9]*\] //p' | sort
}

declared() {
    grep -oE '\bjunction_[a-z_]+\(' "$root/client/include/junction.h" | tr -d '(' | sort -u
}

# Global names of the archive; .refptr.… is how this compiler reaches other objects' data.
given_by_archive() {
    x86_64-w64-mingw32-nm -g --defined-only "$1" | awk 'NF == 3 && $3 !~ /^\.refptr\./ { print $3 }' | sort
}

gives_no_orders() {
    ! objdump -h "$1" | grep -q drectve
}

# A stranger's program, built by the header and one file of ours; prints what it was told.
make_stranger() {
    cat >"$scratch/stranger.c" <<'C'
#include "junction.h"
#include <stdio.h>
#include <string.h>
int main(void)
{
    struct junction_options options = JUNCTION_OPTIONS_INIT;
    struct junction_inspect_result *result = NULL;
    struct junction_error error;
    junction_client *client = NULL;
    options.endpoint = "\\\\.\\pipe\\nobody-listens-here";
    if (junction_open(&options, &client, &error) != JUNCTION_OK) {
        return 1;
    }
    printf("%s %s\n", junction_version(), junction_code_word(junction_inspect(client, "C:\\a", &result, &error)));
    junction_close(client);
    return strcmp(junction_version(), JUNCTION_VERSION) != 0;
}
C
    "$cc" -std=c11 -Wall -Wextra -pedantic -Werror -I "$root/client/include" "$@"
}

run() {
    "$root/scripts/wine.sh" run "$@" 2>/dev/null | tr -d '\r'
}

for name in junctiond.exe junctionctl.exe junction.dll; do
    file=$build/bin/$name
    claim "$name lets the system place it anywhere and runs no data" is_hardened "$file"
    claim "$name guards its stack" guards_its_stack "$file"
    claim "$name needs no DLL but those of Windows" needs_windows_only "$file"
done
for name in junctiond.exe junctionctl.exe; do
    claim_equal "$name exports nothing" "$(exported_by "$build/bin/$name")" ""
done
messages=$build/bin/junctiond-messages.dll
claim "junctiond-messages.dll lets the system place it anywhere and runs no data" is_hardened "$messages"
claim "junctiond-messages.dll has no code to start" has_no_entry "$messages"
claim_equal "junctiond-messages.dll needs no DLL" "$(objdump -p "$messages" | grep 'DLL Name' || true)" ""
claim_equal "junction.dll exports what junction.h declares" "$(exported_by "$build/bin/junction.dll")" "$(declared)"
archive=$build/client/libjunction.a
claim_equal "libjunction.a has no other global names" "$(given_by_archive "$archive")" "$(declared)"
claim "whoever links libjunction.a exports nothing by it" gives_no_orders "$archive"

answer="$(sed -n 's/^#define JUNCTION_VERSION "\(.*\)"/\1/p' "$root/client/include/junction.h") not_running"
claim "a program builds against junction.dll" \
    make_stranger -o "$scratch/shared.exe" "$scratch/stranger.c" "$build/client/libjunction.dll.a"
cp "$build/bin/junction.dll" "$scratch"
claim_equal "and runs with it" "$(run "$scratch/shared.exe")" "$answer"
claim "a program builds against libjunction.a" make_stranger -DJUNCTION_STATIC -static -o "$scratch/static.exe" \
    "$scratch/stranger.c" "$archive" "$root/build/deps/mingw/lib/libcjson.a" -ladvapi32 -lssp
claim_equal "and runs by itself" "$(run "$scratch/static.exe")" "$answer"
claims_end
