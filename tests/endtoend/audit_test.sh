#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The trail: complete, in order, unforgeable; and where it cannot be written, nothing is changed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/lab/target"
start
link='C:\lab\link' target='C:\lab\target'

# A change
answers "a junction is made" 0 "$alice" create "$link" "$target"
answers "and removed" 0 "$alice" remove "$link"
answers "one that cannot be made" "1 target_not_found" "$alice" create "$link" 'C:\lab\none'
hash=$(sha256sum <"$policy" | cut -d' ' -f1)
intent=$(records '.event == "change_intent" and .operation == "create"' | head -n 1)
claim_equal "the intent names who, what, where, by which rule" \
    "$(jq -r '[.id, .sid, .operation, .link, .target, .verdict, .rule, .policy] | join(" ")' <<<"$intent")" \
    "200 S-1-22-1-$alice create $link $target allowed lab $hash"
request=$(jq -r .request <<<"$intent")
claim_equal "the outcome of the same request follows it" \
    "$(records ".request == \"$request\"" | jq -r .event | xargs)" "change_intent change_done"
claim_equal "each change has one intent and one outcome, in this order" \
    "$(records '.id >= 200 and .id < 300' | jq -r .event | xargs)" "change_intent change_done change_intent change_done"
claim_equal "times are told in UTC, with milliseconds" \
    "$(jq -r .time <<<"$intent" | grep -cE '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$')" 1

# Denials
answers "bob is denied" "3 denied no_rule" "$bob" create "$link" "$target"
request=$(jq -r .error.request <<<"$answer")
claim_equal "the caller's request id leads to the record" \
    "$(records ".request == \"$request\"" | jq -r '[.id, .event, .sid, .reason, .link] | join(" ")')" \
    "300 denied S-1-22-1-$bob no_rule $link"

# Names that would mislead a reader
sneaky=$'C:\\lab\\x\n{"id":201,"event":"change_done","sid":"S-1-5-18"}'
answers "a newline in a name is refused before anything is asked" "2 bad_path" "$bob" create "$sneaky" "$target"
answers "a bidi mark, a quote and a tag are names like others" "3 denied" "$bob" inspect $'C:\\lab\\a\u202egpj.exe'
answers "a name of the trail's own words, too" "3 denied" "$bob" inspect 'C:\lab\,event=change_done'
answers "an allowed one is made" 0 "$alice" create $'C:\\lab\\a\u202egpj.exe' "$target"
answers "an emoji as well" 0 "$alice" create $'C:\\lab\\\U1F680' "$target"
claim_not "no raw bidi mark is in the trail" grep -q $'\u202e' "$trail"
trail_has "it is written so that it shows" '.event == "change_done" and (.link | test("<U\\+202E>gpj.exe"))'
tells "and shown the same way by the command" "$alice" '<U+202E>gpj.exe' inspect $'C:\\lab\\a\u202egpj.exe'
claim_equal "no record says that bob changed anything" \
    "$(records ".sid == \"S-1-22-1-$bob\" and .id >= 200 and .id < 300" | wc -l)" 0
claim_equal "every line is one JSON object" "$(grep -c . "$trail")" "$(jq -c 'select(type == "object")' "$trail" | wc -l)"

# Rotation
mv "$trail" "$trail.1"
kill -HUP "$service"
claim "after SIGHUP there is a new file" wait_until 10 test -s "$trail"
claim_equal "which only root can read" "$(stat -c '%u %a' "$trail")" "0 600"
answers "and the next change is in it" 0 "$alice" create 'C:\lab\rotated' "$target"
trail_has "with its record" '.event == "change_done" and .link == "C:\\lab\\rotated"'
stop
sequences() {
    cat "$trail.1" "$trail" | jq .sequence
}
claim_equal "sequence numbers have no gap over the rotation" "$(sequences | awk 'NR > 1 && $1 != last + 1 { print last, $1 } { last = $1 }')" ""
start
stop
claim_equal "nor over a start anew" "$(sequences | awk 'NR > 1 && $1 != last + 1 { print last, $1 } { last = $1 }')" ""

# A flood of denials
start
flood() {
    local i
    for ((i = 0; i < 400; i++)); do
        # shellcheck disable=SC1003
        printf '{"jsonrpc":"2.0","id":%d,"method":"junction.inspect","params":{"link":"C:\\\\no\\\\%d"}}\n' "$i" "$i"
    done | as_uid "$bob" socat -t 20 - "UNIX-CONNECT:$endpoint" | jq -r .error.data.word | sort | uniq -c | xargs
}
claim_equal "400 refusals are answered one by one" "$(flood)" "400 denied"
answers "a change among them" 0 "$alice" create 'C:\lab\busy' "$target"
stop
denials=$(records ".event == \"denied\" and .sid == \"S-1-22-1-$bob\" and (.link | startswith(\"C:\\\\no\\\\\"))" | wc -l)
suppressed=$(records '.event == "denials_suppressed"' | jq -r .count | awk '{ n += $1 } END { print n + 0 }')
claim "fewer than all are recorded one by one" test "$denials" -lt 400 -a "$denials" -gt 0
claim_equal "the others are counted, none is lost" $((denials + suppressed)) 400
trail_has "the change is recorded all the same" '.event == "change_done" and .link == "C:\\lab\\busy"'

# A trail that is full
mkdir "$world/small"
mount -t tmpfs -o size=64k,mode=755 tmpfs "$world/small"
trail=$world/small/audit.jsonl
jq '.audit = {reads: "all"}' "$policy" | write_policy
start
answers "with room in the trail, changes are made" 0 "$alice" create 'C:\lab\before' "$target"
head -c 1M /dev/zero >"$world/small/fill" 2>/dev/null
# The file's last page still takes a few records: those of reads fill it up, of which one that is lost hinders nothing.
is_full() {
    ask "$alice" inspect 'C:\lab\before'
    [ "$(junctionctl status --json | jq .audit.failures)" -gt 0 ]
}
claim "the trail is full" wait_until 20 is_full
answers "without, they are not" "7 audit_unavailable" "$alice" create 'C:\lab\full' "$target"
claim "and nothing was changed" is_gone "$c/lab/full"
answers "nor removed" "7 audit_unavailable" "$alice" remove 'C:\lab\before'
claim "what stood there stands" is_junction_to "$c/lab/before" "$c/lab/target"
answers "looking is not hindered" 0 "$alice" inspect 'C:\lab\before'
rm "$world/small/fill"
# First the outcomes that are owed are written, on the next tick.
is_made() {
    ask "$alice" create 'C:\lab\after' "$target"
    [ "$status" = 0 ]
}
claim "with room again, changes are made again" wait_until 10 is_made
stop
claim_equal "every intent has one outcome" \
    "$(jq -s -c '[.[] | select(.id >= 200 and .id < 300)] | group_by(.request)[] | map(.event) | select(. != ["change_intent", "change_done"])' "$trail")" ""
claim_equal "and no line of the trail is torn" "$(grep -c . "$trail")" "$(jq -c 'select(type == "object")' "$trail" | wc -l)"
claims_end
