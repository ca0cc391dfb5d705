#!/bin/sh
# SPDX-License-Identifier: MIT
# Reads $UpCase off a freshly formatted NTFS volume and writes common/upcase_table.h from it (standard output when
# the file is "-"). For maintainers; nothing at build time needs it. The file is written only when all went well.
#   scripts/upcase-table.sh [FILE]
#   scripts/upcase-table.sh --raw     the bytes of $UpCase, for the test that compares; 3 when a tool is missing
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/common/upcase_table.h}
PATH=$PATH:/usr/sbin:/sbin

for tool in mkntfs ntfscat od awk; do
    command -v "$tool" >/dev/null || { echo "upcase-table.sh: $tool is missing (apt-get install ntfs-3g)" >&2; exit 3; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

truncate -s 4M "$scratch/image"
mkntfs -q -F -f "$scratch/image" >/dev/null 2>&1
ntfscat -f -i 10 "$scratch/image" >"$scratch/upcase"
if [ "$(wc -c <"$scratch/upcase")" -ne 131072 ]; then
    echo "upcase-table.sh: \$UpCase is not 65,536 units of two bytes" >&2
    exit 1
fi
if [ "$out" = --raw ]; then
    cat "$scratch/upcase"
    exit 0
fi

version=$(mkntfs --version 2>&1 | awk '/mkntfs/ { print $2; exit }')
od --endian=little -An -v -tu2 -w2 "$scratch/upcase" | awk -v version="$version" '
    function flush_run() {
        if (last >= 0) {
            printf "    {0x%04X, 0x%04X, %d, %d},\n", first, last, step == 0 ? 1 : step, delta
            last = -1
        }
    }
    BEGIN {
        last = -1
        print "/* SPDX-License-Identifier: MIT */"
        print "/*"
        print " * The NTFS upcase table, as runs: each step-th unit from first to last folds to itself plus delta; all others fold"
        print " * to themselves. Read off file 10 ($UpCase) of a volume that mkntfs " version " had just formatted, by"
        print " * scripts/upcase-table.sh, which writes this file: change nothing here by hand. A test compares all 65,536"
        print " * units with the $UpCase of a volume. Included by common/fold.c only."
        print " */"
        print "/* clang-format off */"
        print "static const struct run runs[] = {"
    }
    {
        unit = NR - 1
        change = $1 - unit
        if (change == 0) {
            next
        }
        gap = unit - last
        if (last >= 0 && change == delta && (gap == step || (step == 0 && gap <= 2))) {
            step = gap
        } else {
            flush_run()
            first = unit
            step = 0
            delta = change
        }
        last = unit
    }
    END {
        flush_run()
        print "};"
        print "/* clang-format on */"
    }' >"$scratch/table"

if [ "$out" = - ]; then
    cat "$scratch/table"
else
    cp "$scratch/table" "$out"
fi
