#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the pages show is taken by the executables as it stands.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
bin=${JD_BIN:-$root/build/asan/bin}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Every whole policy shown in a page, into files of its own: PAGE.1.json, PAGE.2.json …
extract_policies() {
    awk -v prefix="$scratch/$(basename "$1")" '
        /^```/ { inside = !inside; file = ""; next }
        inside && /^\{ *"version": / { file = prefix "." ++n ".json" }
        inside && file { print >file }' "$1"
}

for page in "$root/README.md" "$root"/docs/*.md; do
    extract_policies "$page"
done
claim "the pages show policies" test -n "$(ls "$scratch")"
for policy in "$scratch"/*.json "$root"/scripts/demo/policy.json "$root"/tests/endtoend/policy.json; do
    claim "$(basename "$policy"), as shown, is taken" "$bin/junctiond" check "$policy"
done
claims_end
