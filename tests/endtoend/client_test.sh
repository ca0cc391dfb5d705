#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# junctionctl as a person and a program use it: paths as people write them, help, two forms of answer.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
mkdir -p "$c/deploy/app/releases/1" "$c/deploy/app/releases/2"
start
link='C:\deploy\app\current'

# Paths: the client makes them canonical
answers "relative to a folder of the volume" 0 "$alice" inspect "$link"
in_app() {
    cd "$c/deploy/app" && as_uid "$alice" junctionctl "$@" --json
}
claim "a relative link and target" in_app create current releases/1
claim "lead where they should" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/1"
claim_equal "dots are walked by text" "$(in_app inspect ./releases/../current | jq -r .link)" "$link"
for path in 'C:/deploy/app/current' 'C:\deploy\app\current\' '\\?\C:\deploy\app\current' 'C:\deploy\.\app\x\..\current' 'c:\deploy\app\current'; do
    ask "$alice" inspect "$path" --json
    claim_equal "$path is understood" "$(jq -r '.link + " " + .kind' <<<"$answer")" "$link junction"
done
cd /
answers "a relative path outside of the volumes" "2 bad_path relative_outside_volumes" "$alice" inspect current
cd - >/dev/null || exit

# Options
for arguments in "--json inspect $link" "inspect --json $link" "inspect $link --json" "inspect --json -- $link"; do
    # shellcheck disable=SC2086
    ask "$alice" $arguments
    claim_equal "options may stand anywhere: ${arguments% C:*}" "$(jq -r .kind <<<"$answer")" junction
done
ask "$alice" ping --endpoint="$endpoint" --timeout 5
claim_equal "an option with =" "$status" 0
unreached() {
    JUNCTIOND_ENDPOINT=$world/run/none as_uid "$alice" junctionctl "$@"
}
unreached ping >/dev/null 2>&1
claim_equal "the endpoint is taken from the environment" $? 4
claim "and --endpoint holds against it" unreached ping --endpoint "$endpoint"

# Two forms of answer
for arguments in "ping" "status" "whoami" "inspect $link" "create $link C:\\deploy\\app\\releases\\1" "remove C:\\nowhere" \
    "nonsense" "ping --endpoint /none/x"; do
    # shellcheck disable=SC2086
    as_uid "$alice" junctionctl $arguments --json >"$world/out" 2>"$world/err"
    claim_equal "--json is one object on one line, and nothing else: $arguments" \
        "$(wc -l <"$world/out") $(jq -r type "$world/out") $(wc -c <"$world/err")" "1 object 0"
done
as_uid "$alice" junctionctl create "$link" 'C:\deploy\app\releases\1' >"$world/out" 2>"$world/err"
claim_equal "an error for people goes to standard error" "$(wc -c <"$world/out")" 0
claim "in a sentence" grep -q 'a junction already stands' "$world/err"
claim "with what to do next" grep -q '^next: ' "$world/err"
claim "and the request's id, to find it in the trail" grep -qE 'request [0-9a-f]+-[0-9]+' "$world/err"
tells "whoami" "$alice" "S-1-22-1-$alice" whoami
tells "status" "$bob" running status
tells "ping" "$bob" "C" ping
junctionctl ping >/dev/full 2>&1
claim_equal "an answer that cannot be written is an error" $? 7

# Help
for topic in help --help "help create" "create --help" "inspect -h"; do
    # shellcheck disable=SC2086
    claim "junctionctl $topic" junctionctl $topic
done
claim "help lists every command" bash -c 'for c in create inspect remove ping status whoami; do junctionctl help | grep -qw "  $c" || exit 1; done'
claim "and the exit codes" bash -c 'junctionctl help | grep -q "3  denied"'
claim "--version" junctionctl --version
stop
claims_end
