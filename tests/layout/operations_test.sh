#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# An operation, a condition, an event, an error is one row: what must stand beside the row is there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
cd "$root"

# rows LIST MACRO FIELD: that field (1 is the first) of every row of a list.
rows() {
    awk -v macro="$2" -v field="$3" '
        index($0, macro "(") == 1 {
            row = substr($0, length(macro) + 2)
            split(row, part, /,[ ]*/)
            gsub(/[")]|^[ ]+|[ ]+$/, "", part[field])
            print part[field]
        }' "$1"
}

# has_all FILE…
has_all() {
    local file rc=0
    for file in "$@"; do
        [ -f "$file" ] || { echo "missing: $file"; rc=1; }
    done
    return $rc
}

# page_heads PAGE WORD…: every word stands in a heading of the page.
page_heads() {
    local page=$1 word rc=0
    shift
    [ -f "$page" ] || { echo "missing: $page"; return 1; }
    for word in "$@"; do
        grep -E '^#+ ' "$page" | grep -qwF -- "$word" || { echo "$page has no heading for $word"; rc=1; }
    done
    return $rc
}

# Rows of the tables of the pages, against the rows of the lists: "| `word` | number | … |", "| id | `event` | … |".
errors_told_as_they_are() {
    local word number exit rc=0
    [ -f docs/errors.md ] || { echo "missing: docs/errors.md"; return 1; }
    while read -r word number exit; do
        [ "$number" != 0 ] || number='(0|-|–|—)' # never on the wire
        grep -qE "^\| *\`$word\` *\| *$number *(\|.*)?\| *$exit *\|" docs/errors.md ||
            { echo "docs/errors.md has no row | \`$word\` | $number | … | $exit |"; rc=1; }
    done < <(paste -d' ' <(rows common/err_list.h JD_ERR 2) <(rows common/err_list.h JD_ERR 3) <(rows common/err_list.h JD_ERR 5))
    return $rc
}

events_told_as_they_are() {
    local id event rc=0
    [ -f docs/events.md ] || { echo "missing: docs/events.md"; return 1; }
    while read -r id event; do
        grep -qE "^\| *$id *\| *\`$event\` *\|" docs/events.md || { echo "docs/events.md has no row | $id | \`$event\` |"; rc=1; }
    done < <(paste -d' ' <(rows service/core/audit_list.h AUDIT_EVENT 2) <(rows service/core/audit_list.h AUDIT_EVENT 4))
    return $rc
}

event_ids_differ() {
    local twice
    twice=$(rows service/core/audit_list.h AUDIT_EVENT 2 | sort | uniq -d)
    [ -z "$twice" ] || { echo "used twice: $twice"; return 1; }
}

# No file claims an operation or a condition that has no row.
has_row() {
    local list=$1 macro=$2 file name rc=0
    shift 2
    for file in "$@"; do
        name=$(basename "$file" .c)
        name=${name#*_}
        rows "$list" "$macro" 1 | grep -qx "$name" || { echo "$file: no row \"$name\" in $list"; rc=1; }
    done
    return $rc
}

ops=$(rows protocol/op_list.h JD_OP 1)
conds=$(rows service/core/cond_list.h COND 1)
read -r -d '' -a errors < <(rows common/err_list.h JD_ERR 2) || true
read -r -d '' -a methods < <(rows protocol/op_list.h JD_OP 2) || true

claim_equal "the lists are read at all" \
    "$(test -n "$ops" && test -n "$conds" && test ${#errors[@]} -gt 50 && test ${#methods[@]} -ge 5 && echo yes)" yes
for op in $ops; do
    claim "operation $op has its message, its act, its call and its command" \
        has_all "protocol/msg_$op.c" "protocol/msg_$op.h" "service/core/op_$op.c" "client/src/call_$op.c" "client/cli/cmd_$op.c"
done
for cond in $conds; do
    claim "condition $cond has its file" has_all "service/core/cond_$cond.c"
done
claim "every message file has a row" has_row protocol/op_list.h JD_OP protocol/msg_*.c
claim "no event id is used twice" event_ids_differ
claim "docs/protocol.md has a heading for every method" page_heads docs/protocol.md "${methods[@]}"
# shellcheck disable=SC2086
claim "docs/policy.md has a heading for every condition" page_heads docs/policy.md $conds
claim "docs/errors.md gives every error word its number and exit code" errors_told_as_they_are
claim "docs/events.md gives every event its id" events_told_as_they_are
claim_not "a file that is not there is missed" has_all protocol/msg_no_such.c
claim_not "a row that is not there is missed" has_row protocol/op_list.h JD_OP protocol/msg_no_such.c
claims_end
