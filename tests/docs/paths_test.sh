#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the pages point to is there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
cd "$root"

# The paths a page names in backticks: with a slash and an ending, or ending in a slash. `*` is taken as in the shell; what holds
# <, { or a blank is a form, not a path; what begins with /, ~, $, \ or build/ is not of the tree.
named_paths() {
    grep -oE '`[^`]+`' "$1" | tr -d '`' | grep -E '^[A-Za-z_.][A-Za-z0-9_.*/-]*/([A-Za-z0-9_.*-]+\.[a-z]+|run)?$' | grep -vE '^build/' | sort -u
}

paths_exist() {
    local page=$1 path rc=0
    [ -f "$page" ] || { echo "missing: $page"; return 1; }
    while read -r path; do
        compgen -G "$path" >/dev/null || { echo "$page names $path"; rc=1; }
    done < <(named_paths "$page")
    return $rc
}

# Relative links of a page: [text](path#part).
links_lead_somewhere() {
    local page=$1 link rc=0
    while read -r link; do
        [ -e "$(dirname "$page")/$link" ] || { echo "$page links to $link"; rc=1; }
    done < <(grep -oE '\]\([^)#]+' "$page" | cut -c3- | grep -vE '^[a-z]+:' | sort -u)
    return $rc
}

for page in README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md; do
    claim "$page is there" test -s "$page"
done
for page in *.md docs/*.md; do
    [ -f "$page" ] || continue
    claim "every path that $page names exists" paths_exist "$page"
    claim "every link of $page leads to a file" links_lead_somewhere "$page"
done
claim "LICENSE is there" test -s LICENSE
claims_end
