#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Volumes that cannot do it: each has its word, nothing is left behind; and one that is stuck delays nobody elsewhere.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up

write_policy <<'TEXT'
{ "version": 1, "rules": [
    { "id": "anywhere", "effect": "allow", "operations": ["create", "remove", "inspect"], "principals": ["S-1-22-1-61001"],
      "link": "*:\\**", "target": "*:\\**", "target_writers": "anyone" } ] }
TEXT
claim "a rule may name any drive" junctiond check "$policy"

mkdir "$c/target"
mapfile -t usual < <(usual_options)

# Refused at start: nothing could be promised on these
"$volume_sh" make "$world/open.img" 32
"$volume_sh" mount "$world/open.img" "$world/open" allow_other
refuses "a volume mounted without permission checks is refused" 'mounted without permission checks' "${usual[@]}" --volume "D=$world/open"
mkdir "$world/ram"
mount -t tmpfs -o size=1m tmpfs "$world/ram"
refuses "a volume that is not NTFS is refused" 'not NTFS' "${usual[@]}" --volume "D=$world/ram"
refuses "a folder on which nothing is mounted is refused" 'does not serve|D: at' "${usual[@]}" --volume "D=$world/run"
refuses "a folder of a volume is no volume" 'D: at' "${usual[@]}" --volume "D=$c/target"
refuses "a folder that does not exist is refused" 'D: at' "${usual[@]}" --volume "D=$world/none"
refuses "a letter twice is refused" 'twice' "${usual[@]}" --volume "C=$world/ram"
refuses "what is no letter is refused" 'LETTER=DIR' "${usual[@]}" --volume "CC=$c"

# Refused when asked
volume_up d
mkdir "$world/d/target"
"$volume_sh" unmount "$world/d"
"$volume_sh" mount "$world/d.img" "$world/d" ro,permissions,allow_other
volume_up e 4
mkdir "$world/e/target" "$world/e/small"
head -c 8M /dev/zero >"$world/e/fill" 2>/dev/null
for ((i = 0; i < 20000; i++)); do
    : 2>/dev/null >"$world/e/small/$i-$(printf '%0200d' 0)" || break
done 2>/dev/null
head -c 1M /dev/zero >>"$world/e/fill" 2>/dev/null
volume_up f
mkdir "$world/f/target"

start --volume "C=$c" --volume "D=$world/d" --volume "E=$world/e" --volume "F=$world/f"
answers "a letter that is not served" "7 volume_unknown" "$alice" create 'Q:\link' 'Q:\target'
answers "a read-only volume" "7 read_only" "$alice" create 'D:\link' 'D:\target'
answers "and nothing can be removed from it" "7 read_only" "$alice" remove 'D:\target'
answers "but looked at" 0 "$alice" inspect 'D:\target'
answers "a target on another volume than the link is a matter of the policy only" 0 "$alice" create 'C:\across' 'F:\target'
answers "a full volume" "7 no_space" "$alice" create 'E:\link' 'E:\target'
claim "and nothing half-made is left on it" is_gone "$world/e/link"
claim_equal "nor anything to be looked at again" "$(find "$state/pending" -type f | wc -l)" 0
trail_has "the failure is recorded with its word" '.event == "change_failed" and .outcome == "no_space" and .link == "E:\\link"'
rm -rf "$world/e/fill" "$world/e/small"
answers "with room again it is done" 0 "$alice" create 'E:\link' 'E:\target'

# A volume whose file system is stuck
stuck=$(pgrep -xf "ntfs-3g .*$world/c.img $c" || true)
if [ "$(wc -w <<<"$stuck")" = 1 ]; then
    kill -STOP "$stuck"
    as_uid "$alice" junctionctl create 'C:\stuck' 'C:\target' --timeout 30 --json >"$world/stuck.out" 2>&1 &
    waiter=$!
    answers "while C: is stuck, status is told" 0 "$bob" status --timeout 5
    answers "while C: is stuck, F: is served" 0 "$alice" create 'F:\link' 'F:\target' --timeout 5
    as_uid "$alice" junctionctl create 'C:\stuck2' 'C:\target' --timeout 30 --json >"$world/stuck2.out" 2>&1 &
    second=$!
    two_run() {
        [ "$(junctionctl status --json | jq .running)" -ge 2 ]
    }
    claim "a second one of the same caller waits on it, too" wait_until 10 two_run
    answers "a third one of that caller finds no place, and nothing was changed" "6 busy" "$alice" create 'C:\stuck3' 'C:\target'
    answers "another caller still finds one" "3 denied" "$bob" create 'F:\link' 'F:\target' --timeout 5
    answers "a caller who will not wait is told that the outcome is unknown" "8 outcome_unknown" \
        "$alice" create 'C:\stuck4' 'C:\target' --timeout 300ms
    kill -CONT "$stuck"
    wait "$waiter" "$second"
    claim "when it goes on, what waited is done" is_junction_to "$c/stuck" "$c/target"
    claim_equal "and answered" "$(jq -r .changed "$world/stuck.out" "$world/stuck2.out" | xargs)" "true true"
    claim "what found no place was not done later" is_gone "$c/stuck3"
else
    claim_skip "the ntfs-3g process of the volume was not found, so it could not be stopped"
fi
stop
claims_end
