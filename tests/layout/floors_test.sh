#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every include line names its floor: each is held against the table below (ARCHITECTURE.md tells it in words).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
cd "$root"

# files (the first row that matches counts) | ours that it may include | of others: "c" the C headers, "os" the system's, names as they are
# A file is matched as a whole; "ours" and names are prefixes' patterns as in case.
read -r -d '' floors <<'E2' || true
common/*               | common/*                                                                    | c
protocol/json.c        | common/* protocol/*                                                         | c cjson/cJSON.h
protocol/*             | common/* protocol/*                                                         | c
service/os/*/os_listen_* | common/* service/os/os_*.h service/os/@same/*                             | c os uv.h
service/os/*/os_host_* | common/* service/os/os_*.h service/os/@same/*                               | c os uv.h
service/os/fake/*      | common/* service/os/os_*.h service/os/fake/*                                | c pthread.h
service/os/*/*         | common/* service/os/os_*.h service/os/@same/*                               | c os
service/os/*           | common/* service/os/os_*.h                                                  | c
service/core/*         | common/* protocol/* service/os/os_*.h service/core/*                        | c
service/io/*           | common/* protocol/* service/os/os_*.h service/core/* service/io/*           | c uv.h
service/app/*          | common/* protocol/* service/os/os_*.h service/core/* service/io/* service/app/* | c uv.h
client/include/*       |                                                                             | c
client/src/*           | client/include/junction.h common/* protocol/* client/os/*.h client/src/*    | c
client/os/*            | common/* client/os/*.h                                                      | c os
client/cli/*           | client/include/junction.h client/os/term.h client/os/trail.h client/cli/*   | c
tests/*                | *                                                                           | c os cjson/cJSON.h uv.h criterion/criterion.h
E2

c_headers=' assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h signal.h
 stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h tgmath.h threads.h
 time.h uchar.h wchar.h wctype.h '
c_headers=${c_headers//$'\n'/ }

# in_list NAME PATTERN…
in_list() {
    local name=$1 pattern
    shift
    for pattern in "$@"; do
        # shellcheck disable=SC2053
        [[ $name != $pattern ]] || return 0
    done
    return 1
}

may_include_other() {
    local name=$1
    shift
    [[ " $* " != *" c "* || $c_headers != *" $name "* ]] || return 0
    case $name in
    uv.h | cjson/* | criterion/*) in_list "$name" "$@" ;;
    *) in_list "$name" "$@" || in_list os "$@" ;;
    esac
}

# The row of the table for a file, in row_ours and row_others.
find_row() {
    local file=$1 files ours others
    while IFS='|' read -r files ours others; do
        # shellcheck disable=SC2254
        case $file in
        ${files// /})
            read -r -a row_ours <<<"${ours//@same/$(basename "$(dirname "$file")")}"
            read -r -a row_others <<<"$others"
            return 0
            ;;
        esac
    done <<<"$floors"
    return 1
}

# Prints "file: name" for every include that its floor does not allow.
judge_includes() {
    local file last='' kind name
    while IFS=: read -r file kind name; do
        if [ "$file" != "$last" ]; then
            find_row "$file" || { echo "$file: stands on no floor"; continue; }
            last=$file
        fi
        case $kind in
        '"') in_list "$name" "${row_ours[@]-}" || echo "$file: \"$name\"" ;;
        '<') may_include_other "$name" "${row_others[@]-}" || echo "$file: <$name>" ;;
        esac
    done
}

# file:kind:name of every include line.
include_lines() {
    find "$@" -name '*.[ch]' | LC_ALL=C sort |
        xargs awk '/^[ \t]*#[ \t]*include/ {
            line = $0
            sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
            kind = substr(line, 1, 1)
            name = substr(line, 2)
            sub(/[">].*/, "", name)
            print FILENAME ":" kind ":" name
        }'
}

floor_holds() {
    local found
    found=$(include_lines "$@" | judge_includes)
    [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

# The check itself must be able to fail: one wrong line a kind.
catches() {
    [ -n "$(printf '%s\n' "$1" | judge_includes)" ]
}

only_in() {
    local pattern=$1 found
    shift
    found=$(grep -rnE "$pattern" common protocol service client tests --include='*.[ch]' | grep -vE "^($(IFS='|'; echo "$*"))" || true)
    [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

cjson_has_one_home() {
    local homes
    homes=$(grep -rlE '#[ \t]*include[ \t]*.cjson/' common protocol service client --include='*.[ch]' | wc -l)
    [ "$homes" = 1 ] || { echo "$homes files include cJSON.h"; return 1; }
}

for floor in common protocol service/os service/core service/io service/app client/include client/src client/os client/cli tests; do
    if [ -n "$(find "$floor" -name '*.[ch]' 2>/dev/null | head -n 1)" ]; then
        claim "every include in $floor is one its floor allows" floor_holds "$floor"
    else
        claim_broken "$floor holds sources"
    fi
done
claim "cJSON.h has one home" cjson_has_one_home
claim "systems are told apart in the seams only" only_in '#[ \t]*(el)?if.*(_WIN32|_WIN64|__linux__|__unix__)' \
    service/os/ client/os/ tests/ client/include/junction.h:
claim "a core that asks the system is caught" catches 'service/core/core.c:<:unistd.h'
claim "a core that knows libuv is caught" catches 'service/core/core.c:<:uv.h'
claim "a core that reaches into a port is caught" catches 'service/core/core.c:":service/os/posix/posix.h'
claim "a common that looks upward is caught" catches 'common/buf.c:":protocol/json.h'
claim "a command line that reaches past the library is caught" catches 'client/cli/cmd_create.c:":client/src/call.h'
claim "a port that borrows from another is caught" catches 'service/os/fake/fake_tree.c:":service/os/posix/posix.h'
claims_end
