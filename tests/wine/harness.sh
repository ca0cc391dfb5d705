# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A world for Windows end-to-end tests: a prefix of its own, started once, with the files that ship where an installer puts them.
# Source it, call world_up, make claims (tests/support/claims.sh), end with claims_end. All is taken away when the script ends.
. "$(dirname "${BASH_SOURCE[0]}")/../support/claims.sh"
export LC_ALL=C.UTF-8

build=${JD_MINGW:-$root/build/mingw}
wine_sh=$root/scripts/wine.sh
home='C:\Program Files\junctiond'
pipe='\\.\pipe\ProtectedPrefix\Administrators\junctiond'
world=

world_up() {
    trap world_down EXIT
    trap 'exit 130' INT TERM HUP
    world=$(mktemp -d "${TMPDIR:-/tmp}/e2e.XXXXXX")
    export WINEPREFIX=$world/prefix JD_WINE_LIMIT_S=60
    unset JUNCTIOND_ENDPOINT
    "$wine_sh" prefix "$WINEPREFIX" || die "there is no prefix"
    c=$WINEPREFIX/drive_c
    files="$c/Program Files/junctiond" # home, from outside
    wine_log=$world/wine.log
    mkdir "$files"
    cp "$build"/bin/{junctiond.exe,junctionctl.exe,junctiond-messages.dll} "$build/tests/wine_probe.exe" "$files/"
    # Where the system keeps no events, Wine at least says what it was given.
    WINEDEBUG=-all,+eventlog "$wine_sh" keep "$WINEPREFIX" "$wine_log"
}

world_down() {
    trap - EXIT
    trap '' INT TERM HUP
    [ -z "$world" ] || { "$wine_sh" remove "$WINEPREFIX" && rm -rf --one-file-system "$world"; }
}

win() {
    local exe=$1
    shift
    "$wine_sh" run "$home\\$exe.exe" "$@"
}

# ask EXE ARG…: its answer in $answer, its status in $status.
ask() {
    status=0
    answer=$(win "$@" 2>&1 </dev/null) || status=$?
}

# ends SENTENCE STATUS TEXT EXE ARG…: the status, and TEXT (a pattern of grep -E) is in what it says.
ends() {
    local sentence=$1 expected=$2 text=$3
    shift 3
    ask "$@"
    if [ "$status" = "$expected" ] && grep -qE -- "$text" <<<"$answer"; then
        claim_holds "$sentence"
    else
        claim_broken "$sentence" "status $status, not $expected with \"$text\":"$'\n'"$answer"
    fi
}

# answers SENTENCE EXPECTED ARG…: of junctionctl: exit code, error's word, its reason, as far as they matter.
answers() {
    local sentence=$1 expected=$2 got
    shift 2
    ask junctionctl "$@" --json
    got="$status $(jq -r '.error | "\(.word // "") \(.reason // "")"' <<<"$answer" 2>&1)"
    if [[ "$got " == "$expected "* ]]; then
        claim_holds "$sentence"
    else
        claim_broken "$sentence" "is       $got"$'\n'"expected $expected"$'\n'"$answer"
    fi
}

# Lines end as they do here.
probe() {
    local said status=0
    said=$(win wine_probe "$@" 2>&1 </dev/null) || status=$?
    printf '%s\n' "${said//$'\r'/}"
    return "$status"
}

# What the event log holds, else what Wine was given for it: the strings of all records in a row, a tab between two.
trail() {
    local told
    told=$(probe events junctiond) || told=
    if [ -z "$told" ]; then
        told=$(sed -n 's/\r$//; s/^.*:eventlog:ReportEventW L"\(.*\)"$/\1/p' "$wine_log" | sed 's/\\\\/\\/g')
    fi
    printf '%s\n' "$told" | tr '\n' '\t'
}

# trail_has SENTENCE TEXT: a pattern of grep -P.
trail_has() {
    local told
    told=$(trail)
    if grep -qaP -- "$2" <<<"$told"; then
        claim_holds "$1"
    else
        claim_broken "$1" "no \"$2\" in"$'\n'"$(tail -c 2000 <<<"$told")"
    fi
}

# write_policy <TEXT: in place at once, as an editor would.
write_policy() {
    cat >"$files/policy/policy.json.new" && mv "$files/policy/policy.json.new" "$files/policy/policy.json"
}
