# The audit trail as lines for people: jq -r -f scripts/demo/trail.jq audit.jsonl
# SPDX-License-Identifier: MIT
def wide($n): (. // "-") | tostring | . + " " * ([$n - length, 0] | max) // .;
[
    (.time[11:19]), (.id | wide(3)), (.event | wide(14)), (.sid | wide(15)), (.operation | wide(7)),
    (.link | wide(24)), (.rule | if . == "" then null else . end | wide(14)),
    (if .outcome then .outcome elif .reason then .reason else "" end)
] | join("  ")
