# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A world for end-to-end tests: an NTFS volume, a service run by root, callers who are nobody. Source it, call world_up, make
# claims (tests/support/claims.sh), end with claims_end. All is taken away when the script ends, however it ends.
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
export LC_ALL=C.UTF-8

alice=61001 # two callers without an account; rules name alice
bob=61002
crew=61900 # a group that bob may be put into

bin=${JD_BIN:-$root/build/asan/bin}
volume_sh=$root/scripts/ntfs-volume.sh
world=
service= # pid of junctiond, "" when it does not run
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

# world_up: $world with bin/, run/, state/, policy.json and $c, the mounted volume C:, on which root alone may write.
world_up() {
    local why
    if ! why=$("$volume_sh" check 2>&1); then
        claim_skip "$why"
        claims_end
        exit
    fi
    ulimit -c 0
    umask 022
    trap world_down EXIT
    trap 'exit 130' INT TERM HUP PIPE
    world=$(mktemp -d "${TMPDIR:-/tmp}/e2e.XXXXXX")
    chmod 755 "$world"
    mkdir "$world/bin" "$world/run"
    cp "$bin/junctiond" "$bin/junctionctl" "$world/bin/"
    PATH=$world/bin:$PATH
    c=$world/c
    endpoint=$world/run/junctiond.sock
    state=$world/state
    trail=$world/audit.jsonl
    policy=$world/policy.json
    service_log=$world/junctiond.log
    export JUNCTIOND_ENDPOINT=$endpoint
    volume_up c
    write_policy <"$(dirname "${BASH_SOURCE[0]}")/policy.json"
}

# volume_up NAME [MIB [OPTIONS]]: $world/NAME, mounted, its root closed to writing by others.
volume_up() {
    "$volume_sh" make "$world/$1.img" "${2:-32}"
    "$volume_sh" mount "$world/$1.img" "$world/$1" "${3:-permissions,allow_other}"
    chmod 755 "$world/$1"
}

world_down() {
    trap - EXIT
    trap '' INT TERM HUP PIPE
    [ -z "$service" ] || end_process "$service"
    [ -z "$world" ] || remove_tree "$world"
}

# write_policy <TEXT: in place at once, as an editor would.
write_policy() {
    cat >"$policy.new" && chmod 644 "$policy.new" && mv "$policy.new" "$policy"
}

# start [OPTION…]: starts the service and waits until it answers. Options that come later hold instead of the usual ones.
start() {
    launch "$@"
    if ! wait_until 20 is_ready || has_ended "$service"; then
        claim_broken "the service starts" "$(cat "$service_log")"
        return 1
    fi
}

launch() {
    local -a options=(--policy "$policy" --endpoint "$endpoint" --state "$state" --audit file --audit-file "$trail")
    [ $# -gt 0 ] || set -- --volume "C=$c"
    : >"$service_log" # now, not when the child gets to it: the last one's "ready" must not be read
    junctiond run "${options[@]}" "$@" >"$service_log" 2>&1 </dev/null &
    service=$!
}

is_ready() {
    has_ended "$service" || grep -q ': ready on ' "$service_log"
}

# stop: ends it in order; a status other than 0, which a sanitizer's finding gives too, is a broken claim.
stop() {
    local status=0
    kill -TERM "$service"
    wait_until 20 has_ended "$service" || kill -KILL "$service"
    wait "$service" || status=$?
    service=
    [ "$status" = 0 ] || claim_broken "the service ends in order" "status $status"$'\n'"$(cat "$service_log")"
}

# refuses SENTENCE TEXT OPTION…: junctiond run with these options ends by itself, with a status of 1 or 2 and one line that
# holds TEXT (a pattern of grep -E).
refuses() {
    local sentence=$1 text=$2 status=0
    shift 2
    output=$(timeout -k 1 20 junctiond "$@" 2>&1 </dev/null) || status=$?
    case $status in
    1 | 2) ;;
    *) claim_broken "$sentence" "status $status: $output"; return 0 ;;
    esac
    if [ "$(wc -l <<<"$output")" = 1 ] && grep -qE -- "$text" <<<"$output"; then
        claim_holds "$sentence"
    else
        claim_broken "$sentence" "one line with \"$text\" was expected:"$'\n'"$output"
    fi
}

# The options of a whole service, for refuses.
usual_options() {
    printf '%s\n' run --policy "$policy" --endpoint "$endpoint" --state "$state" --audit file --audit-file "$trail" --volume "C=$c"
}

# ask UID ARG…: junctionctl as UID; its answer in $answer, its status in $status. 0 is root.
ask() {
    local uid=$1
    shift
    status=0
    if [ "$uid" = 0 ]; then
        answer=$(junctionctl "$@" 2>&1) || status=$?
    else
        answer=$(as_uid "$uid" junctionctl "$@" 2>&1) || status=$?
    fi
}

# answers SENTENCE EXPECTED UID ARG…: EXPECTED is the exit code, the error's word and its reason, as far as they matter:
# "0", "1 link_exists", "1 link_exists same_target".
answers() {
    local sentence=$1 expected=$2 uid=$3 got
    shift 3
    ask "$uid" "$@" --json
    got="$status $(jq -r '.error | "\(.word // "") \(.reason // "")"' <<<"$answer" 2>&1)"
    if [[ "$got " == "$expected "* ]]; then
        claim_holds "$sentence"
    else
        claim_broken "$sentence" "is       $got"$'\n'"expected $expected"$'\n'"$answer"
    fi
}

# tells SENTENCE UID TEXT ARG…: done (status 0), and the answer for people holds TEXT.
tells() {
    local sentence=$1 uid=$2 text=$3
    shift 3
    ask "$uid" "$@"
    if [ "$status" = 0 ] && [[ $answer == *"$text"* ]]; then
        claim_holds "$sentence"
    else
        claim_broken "$sentence" "status $status: $answer"
    fi
}

# As ntfs-3g sees it, not we. The kernel may still take a fresh junction for the directory it was: a look drops that.
is_junction_to() {
    local link=$1 target=$2
    stat "$link" >/dev/null 2>&1 || true
    [ "$(readlink "$link")" = "$target" ] || { echo "$link leads to $(readlink "$link"), not to $target"; return 1; }
    [[ $(getfattr --absolute-names -h -n system.ntfs_reparse_data -e hex "$link" 2>&1) == *"=0x030000a0"* ]]
}

is_gone() {
    [ ! -e "$1" ] && [ ! -L "$1" ]
}

# records FILTER: those lines of the trail that jq's select takes.
records() {
    jq -c "select($1)" "$trail"
}

# trail_has SENTENCE FILTER: at least one record is so.
trail_has() {
    if [ -n "$(records "$2")" ]; then
        claim_holds "$1"
    else
        claim_broken "$1" "no record with $2 among"$'\n'"$(tail -n 8 "$trail")"
    fi
}
