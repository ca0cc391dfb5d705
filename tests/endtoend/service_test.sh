#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How the service starts, refuses to start, and ends. What keeps it from starting is told in one line, and nothing is left.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/lab/target"
mapfile -t usual < <(usual_options)

# The command line
refuses "no command at all" 'help|command' ''
refuses "a misspelt command, and the one that was meant" 'did you mean "run"' rum
refuses "a misspelt option, and the one that was meant" 'did you mean "--policy"' run --polcy x
refuses "an option without its value" '--state' run --state
refuses "an option twice" 'twice' run --state a --state b
claim "junctiond --version" junctiond --version
claim "junctiond --help" junctiond --help
junctiond run --polcy x >/dev/null 2>&1
claim_equal "said wrong is 2" $? 2

# Policies that are not believed
bad_policy() {
    refuses "$1" "policy .*$2" "${usual[@]}"
    claim "  and nothing is left of the start" is_gone "$endpoint"
}
good=$(cat "$policy")
rm "$policy"
bad_policy "a missing policy" 'does not exist'
echo '{ "version": 1, ' | write_policy
bad_policy "a policy that is no JSON" 'line [12]'
printf '{ "version": 1,\n  "rules": [\n    { "id": "a", "effect": "maybe" } ] }\n' | write_policy
bad_policy "a policy with a wrong rule" 'line 3: .*effect'
echo '{ "version": 1, "rule": [] }' | write_policy
bad_policy "a policy with an unknown key" '"?rule"?'
echo '{ "version": 1, "version": 1 }' | write_policy
bad_policy "a policy with a key twice" 'twice'
echo '{ "version": 7, "whatever": true }' | write_policy
bad_policy "a policy of a newer version" 'newer|version is 7'
echo "$good" | write_policy
chmod 664 "$policy"
bad_policy "a policy that a group may write" 'may be written by others'
chmod 644 "$policy" && chown "$alice" "$policy"
bad_policy "a policy of another owner" 'not owned by root'
echo "$good" | write_policy
mkdir -m 777 "$world/soft" && cp "$policy" "$world/soft/policy.json"
refuses "a policy in a folder that others may write" 'policy .*folder' "${usual[@]/$policy/$world/soft/policy.json}"
ln -s "$policy" "$world/link.json"
refuses "a policy behind a symbolic link" 'policy .*symbolic link' "${usual[@]/$policy/$world/link.json}"
refuses "a policy that is a folder" 'policy ' "${usual[@]/$policy/$world}"
refuses "a policy that never ends" 'policy ' "${usual[@]/$policy//dev/zero}"

# Places that are not the service's own
mkdir "$world/theirs" && chown "$alice" "$world/theirs"
refuses "a state folder of another owner" 'state ' "${usual[@]/$state/$world/theirs}"
mkdir -m 777 "$world/loose"
refuses "a state folder that others may write" 'state ' "${usual[@]/$state/$world/loose}"
refuses "a socket in a folder that others may write" 'written by others' "${usual[@]/$endpoint/$world/loose/s.sock}"
touch "$world/run/file"
refuses "a socket where a file stands" 'endpoint ' "${usual[@]/$endpoint/$world/run/file}"
claim "  and the file is still there" test -f "$world/run/file"
refuses "a socket with a path too long for one" 'endpoint ' "${usual[@]/$endpoint/$world/run/$(printf '%0120d' 0)}"
refuses "an audit trail in a folder that does not exist" 'audit ' "${usual[@]/$trail/$world/none/audit.jsonl}"
ln -s "$world/elsewhere" "$world/trail-link"
refuses "an audit trail behind a symbolic link" 'audit ' "${usual[@]/$trail/$world/trail-link}"
claim "  and nothing was made there" is_gone "$world/elsewhere"

# One at a time
start
claim_equal "the socket is root's and open to all" "$(stat -c '%u %a' "$endpoint")" "0 666"
claim_equal "the state folder is root's alone" "$(stat -c '%u %a' "$state")" "0 700"
claim_equal "the audit trail is root's alone" "$(stat -c '%u %a' "$trail")" "0 600"
refuses "a second one on the same endpoint" 'another instance' "${usual[@]/$state/$world/state2}"
refuses "a second one on the same state" 'another instance' "${usual[@]/$endpoint/$world/run/second.sock}"
answers "the first one does not mind" 0 "$alice" ping
stop
claim "it takes its socket with it" is_gone "$endpoint"
claim "and the lock beside it" is_gone "$endpoint.lock"
claim_equal "its last words are in the trail" "$(tail -n 1 "$trail" | jq -r .event)" stopped
start
kill -INT "$service"
claim "SIGINT ends it too" wait_until 20 has_ended "$service"
wait "$service"
claim_equal "with status 0" $? 0
service=

# Ends in order, with callers at the line
start
socat -t 60 "UNIX-CONNECT:$endpoint" "EXEC:/bin/sleep 60" &
idle=$!
connected() {
    [ "$(junctionctl status --json | jq .connections.now)" -ge 2 ]
}
claim "a caller who says nothing is connected" wait_until 10 connected
kill -TERM "$service"
claim "and does not keep the service from ending" wait_until 8 has_ended "$service"
wait "$service"
claim_equal "with status 0" $? 0
service=
kill "$idle" 2>/dev/null
wait "$idle" 2>/dev/null

# Killed: what it left does not keep the next one from starting
start
kill -KILL "$service"
wait "$service" 2>/dev/null
claim "a killed service leaves its socket" test -S "$endpoint"
answers "on which nobody listens" "4 not_running" "$alice" ping
start
answers "the next one takes it over" 0 "$alice" ping
stop

# check
claim "junctiond check: a good policy" junctiond check "$policy"
echo '{ "version": 1, "rules": [ { "id": "x", "effect": "allow", "operations": ["create"], "principals": ["S-1-1-0"], "link": "C:\\a" } ] }' \
    >"$world/draft.json"
claim_not "junctiond check: a rule that grants create without a target" junctiond check "$world/draft.json"
output=$(junctiond check "$world/draft.json" 2>&1)
claim "  is told with file, line and rule" grep -qE "draft.json:1: .*x.*target" <<<"$output"
chown "$alice" "$world/draft.json"
echo "$good" >"$world/draft.json"
claim "a draft that the service would not believe can be checked" junctiond check "$world/draft.json"
claim "  and that is said" grep -q 'would not believe' <(junctiond check "$world/draft.json")
claim_not "a draft that is not there" junctiond check "$world/none.json"
claims_end
