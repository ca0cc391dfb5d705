# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks in shell that speak in names: each claim is one sentence, counted. Source it, make claims, end with claims_end, whose
# last line is "N passed, N failed, N skipped". What a failed claim printed is shown below its name.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

claims_passed=0
claims_failed=0
claims_skipped=0
claim_output=

# claim SENTENCE COMMAND [ARG…]: true when the command succeeds.
claim() {
    local sentence=$1
    shift
    if claim_output=$("$@" 2>&1); then
        claim_holds "$sentence"
    else
        claim_broken "$sentence" "$claim_output"
    fi
}

# claim_not SENTENCE COMMAND [ARG…]: true when the command fails.
claim_not() {
    local sentence=$1
    shift
    if claim_output=$("$@" 2>&1); then
        claim_broken "$sentence" "unexpectedly done: $*${claim_output:+$'\n'$claim_output}"
    else
        claim_holds "$sentence"
    fi
}

# claim_equal SENTENCE ACTUAL EXPECTED
claim_equal() {
    if [ "$2" = "$3" ]; then
        claim_holds "$1"
    else
        claim_broken "$1" "is       $2"$'\n'"expected $3"
    fi
}

claim_holds() {
    claims_passed=$((claims_passed + 1))
    printf 'ok    %s\n' "$1"
}

claim_broken() {
    claims_failed=$((claims_failed + 1))
    printf 'FAIL: %s\n' "$1"
    [ -z "${2-}" ] || printf '%s\n' "$2" | sed 's/^/      /'
}

# claim_skip REASON: one skipped check; scripts/test.sh shows the reason.
claim_skip() {
    claims_skipped=$((claims_skipped + 1))
    printf 'SKIP: %s\n' "$1"
}

claims_end() {
    printf '%d passed, %d failed, %d skipped\n' "$claims_passed" "$claims_failed" "$claims_skipped"
    [ "$claims_failed" = 0 ]
}
