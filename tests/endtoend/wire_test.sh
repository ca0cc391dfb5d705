#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whatever has a socket and can write a line of JSON is a client.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/deploy/app/releases/1" "$c/lab/target"
start

# talk: standard input to the service as alice; what it says until it closes.
talk() {
    as_uid "$alice" socat -t 10 - "UNIX-CONNECT:$endpoint"
}
# says SENTENCE LINE FILTER EXPECTED: the answer to one line, through jq.
says() {
    claim_equal "$1" "$(printf '%s\n' "$2" | talk | jq -r "$3" 2>&1)" "$4"
}
call() {
    printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}' "$1" "$2" "$3"
}
here='{"link":"C:\\deploy\\app\\current"}'

says "create" "$(call 1 junction.create '{"link":"C:\\deploy\\app\\current","target":"C:\\deploy\\app\\releases\\1"}')" .result.changed true
says "inspect" "$(call '"a"' junction.inspect "$here")" '.id + " " + .result.kind' "a junction"
answer=$(printf '{"jsonrpc":"2.0","id":1,"method":"junction.inspect","params":{"link":"C:\\\\deploy\\\\app\\\\current"}}\n' |
    as_uid "$alice" socat -t 10 - UNIX-CONNECT:"$endpoint")
claim_equal "the one-liner of the README is a complete client" "$(jq -r .result.target <<<"$answer")" 'C:\deploy\app\releases\1'
says "info names the methods" "$(call 1 service.info '{}')" '.result.methods | map(select(. == "junction.remove")) | length' 1
says "an unknown method" "$(call 1 junction.destroy '{}')" '[.error.code, .error.data.word] | join(" ")' "-32601 method_not_found"
says "an unknown parameter" "$(call 1 junction.remove '{"link":"C:\\a","force":true}')" .error.data.word unknown_param
says "no JSON" 'create C:\link' '[.error.code, .error.data.word] | join(" ")' "-32700 parse_error"
says "a batch" '[{"jsonrpc":"2.0","id":1,"method":"service.info"}]' .error.data.word batch_not_supported
says "a path that is none" "$(call 1 junction.inspect '{"link":"C:\\a\\..\\b"}')" \
    '[.error.data.word, .error.data.reason] | join(" ")' "bad_path dot_segment"
says "a denial names its request" "$(call 1 junction.inspect '{"link":"C:\\x"}')" '(.error.data.request | length) > 3' true
claim_equal "three requests in one go are answered in order" \
    "$( (call 1 junction.inspect "$here" && echo && call 2 service.status '{}' && echo && call 3 junction.inspect "$here" && echo) |
        talk | jq -c .id | xargs)" "1 2 3"
# One byte too long: all of it is on its way before the service hangs up, so that socat does not give up writing before it reads.
claim_equal "a line that is too long is refused, and nothing after it believed" \
    "$( (printf '{"jsonrpc":"2.0","id":1,"method":"%065501d"}\n' 0 && call 2 junction.remove "$here" && echo) |
        talk 2>/dev/null | jq -r '.error.data.word // .result.kind' | xargs)" "message_too_large"
claim_equal "a change without an id is not made" "$( (printf '{"jsonrpc":"2.0","method":"junction.remove","params":%s}\n' "$here" &&
    call 2 junction.inspect "$here" && echo) | talk | jq -r .result.kind | xargs)" "junction"
bad=$(for ((i = 0; i < 40; i++)); do call "$i" junction.destroy '{}' && echo; done)
claim_equal "32 bad requests close the connection" "$(talk <<<"$bad" 2>/dev/null | grep -c method_not_found)" 32
claim "and are recorded" wait_until 10 grep -q '"event":"bad_messages"' "$trail"
claim_equal "replies are one line of JSON each" "$(printf '%s\n' "$(call 1 service.status '{}')" | talk | wc -l)" 1
says "remove" "$(call 1 junction.remove "$here")" .result.changed true
claim "the junction is gone" is_gone "$c/deploy/app/current"

# Many at once
crowd() {
    local i pids=()
    for ((i = 0; i < 24; i++)); do
        as_uid "$alice" junctionctl create "C:\\lab\\n$((i / 2))" 'C:\lab\target' --json >"$world/crowd.$i" 2>&1 &
        pids+=($!)
    done
    wait "${pids[@]}"
    # Who comes while the other is still making it is told in_use.
    cat "$world"/crowd.* | jq -r '.error.word // "made"' | sed 's/^in_use$/link_exists/' | sort | uniq -c | xargs
}
claim_equal "of two that want the same link one makes it, the other is told" "$(crowd)" "12 link_exists 12 made"
stop
claims_end
