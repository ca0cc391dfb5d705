#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The service is killed in the middle of changes, again and again. The next start finds what it left: no orphan, no half-made
# junction, and each change that was announced has its outcome in the trail.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/lab/target"
echo kept >"$c/lab/target/file"
rounds=${JD_CRASH_ROUNDS:-30}

# As soon as the journal holds an entry, a change is under way: that moment is waited for, without a pause, and each round lets
# the change get a little further before the kill.
kill_in_the_middle() {
    local caller=$1 further=$2 looks=0
    local -a entries=()
    shopt -s nullglob
    while [ ${#entries[@]} = 0 ]; do
        entries=("$state"/pending/*)
        ((++looks % 1000)) || ! has_ended "$caller" || break # it was done between two looks
    done
    shopt -u nullglob
    while ((further-- > 0)); do :; done
    kill -KILL "$service"
    wait "$service" 2>/dev/null
    service=
    wait "$caller"
}

# Even rounds: a create; odd ones: the remove of a junction that was made in peace.
start
odd=0
for ((round = 0; round < rounds; round++)); do
    name="C:\\lab\\link$round"
    link=$c/lab/link$round
    if [ $((round % 2)) = 0 ]; then
        as_uid "$alice" junctionctl create "$name" 'C:\lab\target' --json >>"$world/answers" 2>&1 &
    else
        ask "$alice" create "$name" 'C:\lab\target'
        as_uid "$alice" junctionctl remove "$name" --json >>"$world/answers" 2>&1 &
    fi
    kill_in_the_middle $! $((round / 2 % 8 * 100))
    start || break
    # At rest again: a whole junction or nothing, and the journal is empty.
    if [ -n "$(ls -A "$state/pending")" ]; then
        claim_broken "round $round: the journal is empty" "$(head -c 2000 "$state"/pending/*)"
        odd=1
    fi
    if ! is_gone "$link" && ! why=$(is_junction_to "$link" "$c/lab/target" 2>&1); then
        claim_broken "round $round: a whole junction or nothing" "$why $(ls -ld "$link")"
        odd=1
    fi
    [ "$odd" = 0 ] || break
done
stop

[ "$odd" = 1 ] || claim_holds "after each of $rounds kills: a whole junction or nothing, and an empty journal"
claim_equal "what the junctions led to is whole" "$(cat "$c/lab/target/file")" kept
intents=$(records '.event == "change_intent"' | wc -l)
recovered=$(records '.event == "change_recovered"' | wc -l)
how=$(records '.event == "change_recovered"' | jq -r '.operation + "/" + .outcome' | sort | uniq -c | xargs)
say "      $intents changes announced, $recovered of them interrupted: $how"
claim "kills hit creates under way" test "$(records '.event == "change_recovered" and .operation == "create"' | wc -l)" -gt 0
claim "kills hit removes under way" test "$(records '.event == "change_recovered" and .operation == "remove"' | wc -l)" -gt 0
outcomes_per_change() {
    jq -s -c '[.[] | select(.id >= 200 and .id < 300)] | group_by(.request)[] | map(.event)' "$trail"
}
# A kill between the outcome's record and the end of its journal entry makes the next start look, and record, once more.
claim_equal "every change has its outcome, after its intent, at most once more by recovery" "$(outcomes_per_change |
    grep -vxE '\["change_intent","change_(done|failed)"(,"change_recovered")?\]|\[("change_intent",)?"change_recovered"\]' |
    sort | uniq -c)" ""
claim_equal "no line of the trail is torn" "$(grep -c . "$trail")" "$(jq -c 'select(type == "object")' "$trail" | wc -l)"
claim_equal "sequence numbers never repeat" "$(jq .sequence "$trail" | sort -n | uniq -d)" ""

# What the world says is what the trail says: the last word on each link is right.
truth() {
    local name last
    for ((i = 0; i < rounds; i++)); do
        name="C:\\lab\\link$i"
        last=$(jq -c --arg link "$name" 'select(.link == $link and .id > 200 and .id < 300)' "$trail" | tail -n 1 |
            jq -r '.operation + " " + .outcome')
        case $last in
        "create done" | "remove not_done") [ -L "$c/lab/link$i" ] || echo "$name: $last, but nothing is there" ;;
        "remove done" | "create not_done" | "create taken_back") is_gone "$c/lab/link$i" || echo "$name: $last, but it is there" ;;
        *) [ -z "$last" ] || echo "$name: $last" ;;
        esac
    done
}
for ((i = 0; i < rounds; i++)); do stat "$c/lab/link$i" >/dev/null 2>&1 || true; done
claim_equal "the last word of the trail on each link is what stands on the disk" "$(truth)" ""
claims_end
