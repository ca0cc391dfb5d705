#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The service as Windows runs it: installed, started by the SCM, asked over its real pipe, stopped, taken away.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/work"/{target,busy/inside,other} "$c/private"
echo data >"$c/work/file"

state_of() {
    probe service junctiond | sed -n 's/^state \([0-9]*\).*/\1/p'
}

is_state() {
    [ "$(state_of)" = "$1" ]
}

# Before there is a service
answers "a system that knows no such service: not installed" "4 not_installed" ping
ends "start says so too" 4 'not installed' junctiond start
ends "and stop" 4 'not installed' junctiond stop
ends "uninstall has nothing to do" 0 'uninstalled' junctiond uninstall
ends "said wrong is 2" 2 'did you mean "install"' junctiond instal
ends "install takes no option" 2 'does not take' junctiond install --policy x

# install
mv "$files/junctiond-messages.dll" "$files/away.dll"
ends "no install without the log's messages" 7 'junctiond-messages.dll' junctiond install
mv "$files/away.dll" "$files/junctiond-messages.dll"
ends "install" 0 'installed' junctiond install
ends "install once more" 0 'installed' junctiond install
told=$(probe service junctiond)
claim "the path is quoted, with its verb" grep -qxF "image \"$home\\junctiond.exe\" run" <<<"$told"
claim "it starts with the system" grep -qx 'start 2' <<<"$told"
claim "as LocalSystem" grep -qx 'account LocalSystem' <<<"$told"
claim "it does not run yet" grep -qx 'state 1' <<<"$told"
dacl_of() {
    probe service "$1" | sed -n 's/^dacl //p'
}
if [ "$(dacl_of junctiond)" != "$(dacl_of EventLog)" ]; then
    claim "Authenticated Users may ask for its status, and no more" grep -qF '(A;;LC;;;AU)' <(dacl_of junctiond)
else
    claim_skip "this system keeps no descriptors of services: all have the same"
fi
event_key='HKLM\SYSTEM\CurrentControlSet\Services\EventLog\junctiond'
reg() {
    "$wine_sh" run reg query "$event_key${1-}" 2>&1 </dev/null
}
claim "its log has 64 MiB" grep -q 'MaxSize.*0x4000000' <(reg)
claim "and lets nobody else write" grep -qF 'O:BAG:SYD:(A;;0x7;;;SY)(A;;0x7;;;BA)(A;;0x1;;;S-1-5-32-573)' <(reg)
claim "the messages are named by their whole path" grep -qF "$home\\junctiond-messages.dll" <(reg '\junctiond')
for folder in policy state; do
    claim "$folder is closed to others" grep -qE '^d...(...|r-x)?---' <(stat -c %A "$files/$folder")
    if told=$(probe sddl "$home\\$folder") && [[ $told == *D:P* ]]; then
        claim_equal "$folder is SYSTEM's and Administrators'" "${told%$'\r'}" "sddl O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
    else
        claim_skip "this system keeps no protected descriptors of folders"
    fi
done
answers "installed but not started: not running" "4 not_running" ping

# A folder that is somebody else's is refused, never adopted
chmod 777 "$files/state"
ends "a state folder that others may write to" 7 'state: somebody who is no administrator' junctiond install
chmod 770 "$files/state"
chown 61001 "$files/state"
ends "a state folder of another owner" 7 'state: somebody who is no administrator' junctiond install
chown 0 "$files/state"
ln -s /tmp "$files/elsewhere" && mv "$files/policy" "$files/policy.away" && mv "$files/elsewhere" "$files/policy"
ends "a policy folder that is a link" 7 'policy' junctiond install
rm "$files/policy" && mv "$files/policy.away" "$files/policy"
chmod 777 "$files"
ends "a program that others could replace" 7 'somebody who is no administrator' junctiond install
chmod 755 "$files"
ends "install, with all put right" 0 'installed' junctiond install

# Without a policy, and with a bad one: it runs and says why
ends "start" 0 'running' junctiond start
ends "start once more" 0 'running' junctiond start
told=$(probe service junctiond)
claim "the SCM sees it running" grep -qx 'state 4' <<<"$told"
claim "it takes stop, preshutdown and parameter changes" grep -qx 'controls 265' <<<"$told"
answers "without a policy nothing is done" "7 policy_unavailable" create 'C:\work\link' 'C:\work\target'
answers "not even looked at" "7 policy_unavailable" inspect 'C:\work\link'
ask junctionctl status --json
claim_equal "status says so" "$(jq -r '"\(.state) \(.policy_refused.word)"' <<<"$answer")" "policy_unavailable policy_missing"
trail_has "and one event" 'C:\\Program Files\\junctiond\\policy\\policy.json\t\tpolicy: policy_missing'
printf '{ "version": 1,\n  "rules": [ { "id": "x", "efect": "allow" } ] }\n' | write_policy
claim "it is told to read its policy (PARAMCHANGE)" probe control junctiond 6
policy_word() {
    [ "$(win junctionctl status --json </dev/null | jq -r .policy_refused.word)" = "$1" ]
}
claim "a broken policy is refused" wait_until 10 policy_word policy_invalid
ends "status tells an administrator line and reason" 0 'efect' junctionctl status
answers "and nothing is done" "7 policy_unavailable" create 'C:\work\link' 'C:\work\target'

# A good one
ask junctionctl whoami --json
sid=$(jq -r .sid <<<"$answer")
claim "whoami tells a SID" grep -qE '^S-1-5-' <<<"$sid"
write_policy <<TEXT
{ "version": 1,
  "rules": [ { "id": "work", "effect": "allow", "operations": ["create", "remove", "inspect"], "principals": ["$sid"],
               "link": "C:\\\\work\\\\**", "target": "C:\\\\work\\\\**", "target_writers": "anyone" } ] }
TEXT
claim "a good policy is taken up" probe control junctiond 6
is_running() {
    [ "$(win junctionctl status --json </dev/null | jq -r .state)" = running ]
}
claim "from now on it serves" wait_until 10 is_running
ends "junctiond check agrees" 0 'ok, 1 rules' junctiond check "$home\\policy\\policy.json"
ends "ping names the volumes" 0 'volumes +C' junctionctl ping

# What a caller can meet
answers "denied: no rule for the link" "3 denied no_rule" create 'C:\private\link' 'C:\work\target'
answers "denied: no rule for the target" "3 denied no_rule" create 'C:\work\link' 'C:\private'
answers "denied, though there is nothing to see" "3 denied no_rule" inspect 'C:\none\none'
trail_has "a denial is in the trail" 'create\tC:\\private\\link\tC:\\work\\target\t'"$sid"'\t.*\tdenied\t'
answers "a reserved name" "2 bad_path reserved_device" create 'C:\work\CON' 'C:\work\target'
answers "too few operands" "2 usage" create 'C:\work\link'
answers "a directory stands there" "1 directory_exists" create 'C:\work\other' 'C:\work\target'
answers "a file stands there" "1 file_exists" create 'C:\work\file' 'C:\work\target'
answers "the target is a file" "1 target_not_directory" create 'C:\work\link' 'C:\work\file'
answers "the target is missing" "1 target_not_found" create 'C:\work\link' 'C:\work\none'
answers "the folder is missing" "1 parent_not_found" create 'C:\work\none\link' 'C:\work\target'
answers "nothing to remove" "1 not_found" remove 'C:\work\link'
answers "an empty directory is not removed" "1 not_a_junction" remove 'C:\work\other'
answers "nor a full one" "1 not_a_junction" remove 'C:\work\busy'
for kind in nothing:none directory:other file:file; do
    ask junctionctl inspect "C:\\work\\${kind#*:}" --json
    claim_equal "inspect: ${kind%:*}" "$status $(jq -r .kind <<<"$answer")" "0 ${kind%:*}"
done
cd "$c/work" || exit
ask junctionctl inspect other/../target --json
claim_equal "a relative path is this system's current directory's" "$status $(jq -r .link <<<"$answer")" '0 C:\work\target'
cd / || exit
mkdir "$c/work/日本 ☃"
ends "text of every kind comes through" 0 'C:\\work\\日本 ☃' junctionctl inspect 'C:\work\日本 ☃'

# The junction itself
if probe takes-junctions 'C:\work'; then
    answers "a junction is made" 0 create 'C:\work\link' 'C:\work\target'
    claim_equal "on disk it is one" "$(probe junction 'C:\work\link')" '\??\C:\work\target'
    answers "the same once more" "1 link_exists same_target" create 'C:\work\link' 'C:\work\target'
    trail_has "announced and done" 'create\tC:\\work\\link\tC:\\work\\target\t.*\tdone\t'
    answers "and removed" 0 remove 'C:\work\link'
    claim_not "nothing is left" probe junction 'C:\work\link'
    claim "what it led to is there" test -d "$c/work/target"
else
    claim_skip "this system's volumes take no reparse points: no junction can be made, only refused"
    answers "a volume that takes no junctions says so" "7 volume_unsupported" create 'C:\work\link' 'C:\work\target'
    claim_not "and nothing is left there" test -e "$c/work/link"
    trail_has "the try and its failure are in the trail" \
        'create\tC:\\work\\link\tC:\\work\\target\t'"$sid"'\t[^\t]*\t[^\t]*\t[^\t]*\tallowed\twork\t[0-9a-f]{64}\tvolume_unsupported\t'
fi

# stop, with a caller connected who says nothing
win wine_probe hold "$pipe" 60 >"$world/hold.log" 2>&1 </dev/null &
holder=$!
claim "a caller who says nothing is connected" wait_until 20 grep -q connected "$world/hold.log"
ends "stop" 0 'stopped' junctiond stop
claim_equal "the SCM sees it stopped" "$(state_of)" 1
claim "and the caller sees the end" wait_until 10 has_ended "$holder"
ends "stop once more" 0 'stopped' junctiond stop
answers "stopped: not running" "4 not_running" ping
trail_has "its last words are in the trail" '0\.1\.0\t[0-9]+\t$'

# Somebody else on the name of the pipe. Clients believe SYSTEM and Administrators, then the SCM; nobody gets a byte.
squat() {
    win wine_probe squat "$pipe" "$1" "$2" >"$world/squat.log" 2>&1 </dev/null &
    squatter=$!
    wait_until 20 grep -q squatting "$world/squat.log" || claim_broken "somebody squats" "$(cat "$world/squat.log")"
}
squat 'O:S-1-5-21-1-2-3-1001D:(A;;FA;;;WD)' 1
answers "another user's pipe is not the service's" "5 wrong_server pipe_owner" create 'C:\work\link' 'C:\work\target'
wait "$squatter"
claim_equal "and is told nothing" "$(tail -n 1 "$world/squat.log" | tr -d '\r')" "0 bytes"
squat 'O:SYD:(A;;FA;;;WD)' 2
answers "a process that is not the SCM's is not the service" "5 wrong_server server_process" create 'C:\work\link' 'C:\work\target'
ends "the service does not share its name" 7 'ended at once, with code 1' junctiond start
trail_has "and an event says why" 'endpoint\t\\\\\.\\pipe\\ProtectedPrefix\\Administrators\\junctiond\topen endpoint: already_running'
told=$(probe service junctiond)
claim "the SCM has the code" grep -qx 'exit 1066 1' <<<"$told"
claim_equal "the first one was told nothing" "$(sed -n 2p "$world/squat.log" | tr -d '\r')" "0 bytes"
nobody_serves() {
    [[ $(win junctionctl ping --json </dev/null) == *not_running* ]]
}
claim "when it is gone" wait_until 20 nobody_serves
ends "the service starts" 0 'running' junctiond start

# uninstall stops it first
ends "uninstall" 0 'policy, state and the event log are kept' junctiond uninstall
answers "nothing serves any more: not installed" "4 not_installed" ping
claim "the policy is kept" test -s "$files/policy/policy.json"
claim "and the state" test -s "$files/state/sequence"
claim_not "the log is no longer registered" reg
ends "uninstall once more" 0 'uninstalled' junctiond uninstall

# A service that takes its time to start, and then does not
probe register junctiond "\"$home\\wine_probe.exe\" dawdle 5" || claim_broken "another service of that name is made"
win junctiond start >"$world/start.log" 2>&1 </dev/null &
starter=$!
claim "it starts" wait_until 20 is_state 2
answers "a service that is still starting" "4 starting" ping
claim "start waits for it" wait_until 20 has_ended "$starter"
wait "$starter"
claim_equal "and says how it ended" "$? $(grep -o 'with code [0-9]*' "$world/start.log")" "7 with code 42"
probe register junctiond -
claims_end
