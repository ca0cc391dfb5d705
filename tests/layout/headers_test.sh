#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every header compiles alone, as C11, so that no file depends on what another one happened to include before. Lists that are
# made to be included several times (they say so) have no meaning of their own and are left out.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
cd "$root"

windows_cc=x86_64-w64-mingw32-gcc-posix
windows_headers='(^|/)os/win/|_win(_[a-z]+)?\.h$'

compiles_alone() {
    local cc=gcc
    [[ ! $1 =~ $windows_headers ]] || cc="$windows_cc -D_WIN32_WINNT=0x0A00 -DUNICODE"
    $cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -DJD_TEST_DATA='""' -I. -x c -fsyntax-only - <<<"#include \"$1\"
#include \"$1\"
extern int not_empty;"
}
export -f compiles_alone
export windows_cc windows_headers

all_compile_alone() {
    { grep -rLiE 'included (several times|by [a-z/_]+\.c only)' "$@" --include='*.h' || true; } | # its status tells of matches
        { [ -n "$has_windows_cc" ] && cat || grep -vE "$windows_headers"; } |
        xargs -P "$(nproc)" -I{} bash -c 'compiles_alone {} 2>&1 || { echo "does not compile alone: {}"; exit 255; }'
}

catches_needy_header() {
    local dir
    dir=$(mktemp -d -p "$root/build" 2>/dev/null || mktemp -d)
    echo 'static inline uint8_t needy(void) { return 0; }' >"$dir/needy.h"
    ! all_compile_alone "$dir" >/dev/null 2>&1
    local rc=$?
    rm -rf "$dir"
    return $rc
}

has_windows_cc=
if have "$windows_cc"; then
    has_windows_cc=yes
else
    claim_skip "headers of the Windows port: there is no $windows_cc (scripts/setup.sh mingw)"
fi
for folder in common protocol service client tests; do
    claim "every header of $folder compiles alone" all_compile_alone "$folder"
done
claim "a header that needs another is caught" catches_needy_header
claims_end
