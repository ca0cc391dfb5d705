# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A story told in commands, each shown with what it prints and held against what it should print. Sourced by the demos, which
# say what a prompt looks like (prompt_of WHO) and how a typed command is run (run_as WHO COMMAND).
n_steps=0
n_wrong=0

chapter() {
    printf '\n== %s\n' "$*"
}

# step WHO STATUS COMMAND [TEXT…]: STATUS (or "not0") and every TEXT must be what comes.
step() {
    local who=$1 status=$2 command=$3 output got=0 text wrong=
    shift 3
    n_steps=$((n_steps + 1))
    printf '\n%s %s\n' "$(prompt_of "$who")" "$command"
    output=$(run_as "$who" "$command" 2>&1) || got=$?
    [ -z "$output" ] || printf '%s\n' "$output"
    case $status:$got in
    not0:0) wrong="it should have failed" ;;
    not0:* | "$got:$got") ;;
    *) wrong="exit code $got, not $status" ;;
    esac
    for text in "$@"; do
        [[ $output == *"$text"* ]] || wrong="${wrong:+$wrong; }\"$text\" is missing"
    done
    if [ -n "$wrong" ]; then
        n_wrong=$((n_wrong + 1))
        printf '   [WRONG: %s]\n' "$wrong"
    elif [ "$got" != 0 ]; then
        printf '   [exit code %d, as it should be]\n' "$got"
    fi
}

end_story() {
    printf '\n%d steps, %d of them not as they should be\n' "$n_steps" "$n_wrong"
    [ "$n_wrong" = 0 ]
}
