#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Files and functions that fit a head. Generated tables (they say so) are not read by anybody.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
cd "$root"
export LC_ALL=C
shipped=(common protocol service client scripts .ci)

# sources [FOLDER…]
sources() {
    [ $# -gt 0 ] || set -- "${shipped[@]}" tests
    find "$@" \( -name '*.[ch]' -o -name '*.sh' -o -name run \) -type f |
        xargs grep -L 'change nothing here by hand\. A' | LC_ALL=C sort
}

# prints_nothing COMMAND…: what it prints is what is wrong.
prints_nothing() {
    local found
    found=$("$@")
    [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

# files_over LINES FOLDER…
files_over() {
    local most=$1
    shift
    sources "$@" | xargs wc -l | awk -v most="$most" '$2 != "total" && $1 > most { print $2 ": " $1 " lines" }'
}

# A function is what stands between a line "{" and a line "}".
functions_over() {
    local most=$1
    shift
    sources "$@" | grep '\.[ch]$' | xargs awk -v most="$most" '
        /^[a-zA-Z_]/ { head = $0 }
        /^{$/ { start = FNR }
        /^}$/ && start { if (FNR - start + 1 > most) print FILENAME ":" start ": " FNR - start + 1 " lines: " head; start = 0 }'
}

# wide_lines COLUMNS PATTERN-OF-FILES
wide_lines() {
    sources | grep -E "$2" | xargs awk -v most="$1" '
        { line = $0; gsub(/[\200-\277]/, "", line) }
        length(line) > most && !/https?:/ { print FILENAME ":" FNR ": " length(line) " columns" }'
}

without_license() {
    sources | xargs awk 'FNR <= 2 && /SPDX-License-Identifier: MIT/ { seen[FILENAME] = 1 }
        FNR == 1 { all[FILENAME] = 1 }
        END { for (f in all) if (!(f in seen)) print f ": no license line" }'
}

unfinished() {
    sources | xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b' | grep -vE 'issue [0-9]+|tests/layout/sizes_test\.sh' || true
}

claim "no source file is longer than 500 lines" prints_nothing files_over 500 "${shipped[@]}"
claim "no function is longer than 60 lines" prints_nothing functions_over 60 "${shipped[@]}"
claim "no test file, with its tables, is longer than 700 lines" prints_nothing files_over 700 tests
claim "no test, with its table, is longer than 100 lines" prints_nothing functions_over 100 tests
claim "no line of C is wider than 120 columns" prints_nothing wide_lines 120 '([^t]|[^s]t|[^i]st|[^l]ist)\.[ch]$'
claim "no row of a list and no line of a script is wider than 160 columns" prints_nothing wide_lines 160 '(_list\.h|\.sh|run)$'
claim "every source file names its license first" prints_nothing without_license
claim "nothing is left to do without the number of its issue" prints_nothing unfinished
claim_not "a limit of ten lines finds long functions" prints_nothing functions_over 10 service
claim_not "a limit of fifty lines finds long files" prints_nothing files_over 50 service
claims_end
