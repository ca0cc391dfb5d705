#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# junctiond run, typed by a person: started, refused, asked, ended; its trail as a file.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/work/target" "$files/policy"
endpoint='\\.\pipe\junctiond-typed'
trail_file=$c/state/audit.jsonl
service_log=$world/junctiond.log
usual=(run --endpoint "$endpoint" --policy 'C:\policy.json' --state 'C:\state' --audit file --audit-file 'C:\state\audit.jsonl')
export JUNCTIOND_ENDPOINT=$endpoint

cat >"$c/policy.json" <<'TEXT'
{ "version": 1,
  "rules": [ { "id": "work", "effect": "allow", "operations": ["create", "inspect"], "principals": ["Everyone"],
               "link": "C:\\work\\**", "target": "C:\\work\\**", "target_writers": "anyone" } ] }
TEXT

launch() {
    win junctiond "$@" >"$service_log" 2>&1 </dev/null &
    service=$!
    wait_until 20 is_ready || claim_broken "the service starts" "$(cat "$service_log")"
}

is_ready() {
    has_ended "$service" || grep -q ': ready on ' "$service_log"
}

# refuses SENTENCE STATUS TEXT OPTION…: it ends by itself, with one line.
refuses() {
    ends "$1" "$2" "$3" junctiond "${@:4}"
    claim_equal "  in one line" "$(wc -l <<<"$answer")" 1
}

ends "--version" 0 '^junctiond [0-9.]+' junctiond --version
ends "--help tells the places of this system" 0 'Program Files\\junctiond\\policy\\policy.json' junctiond --help
ends "and the verbs of this system" 0 'install \| uninstall \| start \| stop' junctiond --help
refuses "a misspelt option" 2 'did you mean "--policy"' run --polcy x
refuses "a volume said as on another system" 2 'is a letter' run --volume C=/mnt
refuses "a log that this system does not have" 2 'eventlog or file' run --audit syslog
ends "a policy is checked" 0 'ok, 1 rules' junctiond check 'C:\policy.json'

cp "$c/policy.json" "$c/Entwürfe ☃.json"
chmod 666 "$c/Entwürfe ☃.json"
ends "a draft with a name of every kind is checked" 0 'would not believe it' junctiond check 'C:\Entwürfe ☃.json'
ends "a draft that is not there" 1 'does not exist' junctiond check 'C:\none ☃.json'

# What keeps it from starting in the foreground ends it
refuses "a missing policy" 1 'policy .*does not exist' "${usual[@]/C:\\policy.json/C:\\none.json}"
echo '{ "version": 1, "rule": [] }' >"$c/bad.json"
refuses "a bad policy" 1 'policy .*rule' "${usual[@]/C:\\policy.json/C:\\bad.json}"
chmod 777 "$c/bad.json"
refuses "a policy that others may write" 1 'policy .*untrusted' "${usual[@]/C:\\policy.json/C:\\bad.json}"
refuses "an endpoint that is no pipe's name" 1 'endpoint ' "${usual[@]/"$endpoint"/C:\\pipe}"
refuses "a pipe of another machine" 1 'endpoint ' "${usual[@]/"$endpoint"/\\\\server\\pipe\\junctiond}"
refuses "a volume that is not there" 1 'volumes: .*Q:' "${usual[@]}" --volume Q
mkdir -m 777 "$c/loose"
refuses "a state folder that others may write to" 1 'state ' "${usual[@]/C:\\state/C:\\loose}"

launch "${usual[@]}" --volume C
ends "it serves" 0 'volumes +C$' junctionctl ping
ends "who starts it is believed by himself" 0 'S-1-5-' junctionctl whoami
refuses "a second one on the same endpoint" 1 'process [0-9]+ holds' "${usual[@]/C:\\state/C:\\state2}"
refuses "a second one on the same state" 1 'another instance' "${usual[@]/"$endpoint"/$endpoint-2}"
ends "the first one does not mind" 0 'junctiond' junctionctl ping
answers "denied" "3 denied no_rule" remove 'C:\work\link'
ask junctionctl create 'C:\work\link' 'C:\work\target' --json
if [ "$status" = 0 ]; then
    claim_equal "a junction is made" "$(probe junction 'C:\work\link')" '\??\C:\work\target'
else
    claim_equal "where no junction can be made, that is said" "$status $(jq -r .error.word <<<"$answer")" "7 volume_unsupported"
fi
claim "the trail is a file of JSON lines" jq -e . "$trail_file"
claim "with the change announced" grep -q '"event":"change_intent".*"link":"C:\\\\work\\\\link"' "$trail_file"
claim "and the denial" grep -q '"event":"denied".*"operation":"remove"' "$trail_file"
claim "nobody else can read it" grep -qE '^-......---' <(stat -c %A "$trail_file")

# The process at the end of the chain from the script to the executable.
pid_of() {
    local pid=$1 child
    while child=$(pgrep -P "$pid"); do
        pid=$child
    done
    echo "$pid"
}

# Ctrl-C
pid=$(pid_of "$service")
kill -INT "$pid"
claim "Ctrl-C ends it" wait_until 20 has_ended "$service"
wait "$service"
claim_equal "in order" $? 0
claim_equal "its last words are in the trail" "$(tail -n 1 "$trail_file" | jq -r .event)" stopped
answers "nobody serves any more" "4 not_running" ping

# Killed in the middle of nothing: the next one starts
launch "${usual[@]}" --volume C
kill -KILL "$(pid_of "$service")"
wait "$service" 2>/dev/null
answers "killed" "4 not_running" ping
launch "${usual[@]}"
ends "the next one serves, every fixed volume" 0 'volumes +C' junctionctl ping
kill -INT "$(pid_of "$service")"
wait "$service"
claims_end
