#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Everything a change must pass. The last line is "N passed, N failed, N skipped"; the status is 0 only when something ran and
# nothing failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

suites_all=(layout docs unit contract session endtoend asan tsan) # wine joins them when the Windows port is whole (issue 3)

usage() {
    cat <<TEXT
usage: scripts/test.sh [SUITE[/NAME]…]      without one: all but wine; endtoend/crash is one of a suite

  layout     the tree itself: floors, headers, sizes, what must stand beside each row of a list
  docs       what the pages name and link to is there
  unit       one module at a time, on the fake port
  contract   every port against the same contract; the POSIX port on a real NTFS volume
  session    a real server and clients that misbehave
  endtoend   the real executables, built with the sanitizers, on an NTFS volume, with callers of several uids
  asan       unit, contract and session under AddressSanitizer and UndefinedBehaviorSanitizer
  tsan       unit, contract and session under ThreadSanitizer
  wine       unit, contract and session as Windows executables under Wine, and what ships looked at from outside;
             WINE=/path/bin/wine names another Wine

All output of every run is kept in build/test-logs/.
TEXT
}

# suites, each: the preset it is built with ("-": none)
preset_of() {
    case $1 in
    unit | contract | session) echo dev ;;
    asan | endtoend) echo asan ;;
    tsan) echo tsan ;;
    wine) echo mingw ;;
    layout | docs) echo - ;;
    *) return 1 ;;
    esac
}

# groups of scripts/setup.sh, each suite
setup_of() {
    case $1 in
    wine) echo native mingw wine ;;
    *) echo native ;;
    esac
}

logs=$root/build/test-logs
limit_s=${JD_TEST_LIMIT_S:-600} # for one executable
passed=0
failed=0
skipped=0
reasons=()
only= # SUITE/NAME, when one of a suite is asked for
running=
builder=
scratch=

# What a run left behind is taken away in every case: its processes by their session, its mounts by their place.
clean_up() {
    trap - EXIT
    trap '' INT TERM HUP PIPE # to the end, whoever is impatient
    [ -z "$running" ] || pkill -KILL -s "$running" || true
    [ -z "$builder" ] || kill -KILL -- "-$builder" 2>/dev/null || true
    if [ -n "$scratch" ]; then
        [ ! -d "$scratch/prefix" ] || "$root/scripts/wine.sh" stop "$scratch/prefix"
        remove_tree "$scratch"
    fi
}

interrupted() {
    clean_up
    say "interrupted" >&2
    exit 130
}

# All presets that are needed, one after the other, while the tests of the first ones run already.
build_all() {
    local preset
    for preset in "$@"; do
        if build_preset "$preset" >"$logs/build-$preset.log" 2>&1; then
            echo 0 >"$scratch/built-$preset"
        else
            echo 1 >"$scratch/built-$preset"
        fi
    done
}

# is_built PRESET: waits for it. A build that fails is one failure, told once.
is_built() {
    wait_until 1800 test -s "$scratch/built-$1" || return 1
    [ "$(cat "$scratch/built-$1")" != 0 ] || return 0
    if [ ! -e "$scratch/told-$1" ]; then
        : >"$scratch/told-$1"
        failed=$((failed + 1))
        say "FAIL  build of $1:"
        grep -v '^\[ *[0-9]*%\]' "$logs/build-$1.log" | tail -n 60
    fi
    return 1
}

# Numbers of a finished run, in n_passed, n_failed, n_skipped. Both kinds of runner and the scripts print "SKIP: reason".
count() {
    local log=$1 status=$2 line
    n_passed=0 n_failed=0
    n_skipped=$(grep -ac '^SKIP: ' "$log") || true
    line=$(grep -aE '^\[====\] Synthesis: |^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1) || true
    # Criterion counts a crashed test as failing too, and a skipped one as not tested.
    if [[ $line =~ Passing:\ ([0-9]+)\ \|\ Failing:\ ([0-9]+) ]]; then
        n_passed=${BASH_REMATCH[1]} n_failed=${BASH_REMATCH[2]}
    elif [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        n_passed=${BASH_REMATCH[1]} n_failed=${BASH_REMATCH[2]} n_skipped=${BASH_REMATCH[3]}
    fi
    # Criterion passes a test whose leak shows only as its process ends, whatever ASAN_OPTIONS say.
    if [ "$n_failed" = 0 ] && grep -aqE '(ERROR|WARNING): [A-Za-z]+Sanitizer|: runtime error: ' "$log"; then
        n_failed=1
    fi
    # It crashed, hung, or ran nothing at all.
    if [ "$n_failed" = 0 ] && { [ "$status" != 0 ] || [ $((n_passed + n_skipped)) = 0 ]; }; then
        n_failed=1
    fi
}

# run LABEL COMMAND [ARG…]: one executable or script, in a session of its own (not only a group: Criterion leaves that).
run() {
    local label=$1 log=$logs/${1//\//-}.log status=0 start=$SECONDS reason mark=ok
    shift
    [ -z "$only" ] || [ "$only" = "$label" ] || return 0
    export TMPDIR=$scratch/${label//\//-}
    mkdir -p "$TMPDIR"
    setsid timeout --kill-after=10 "$limit_s" "$@" >"$log" 2>&1 </dev/null &
    running=$!
    { wait "$running" || status=$?; } 2>/dev/null # bash would tell of a signal in its own words
    pkill -KILL -s "$running" || true
    running=
    remove_tree "$TMPDIR"
    sed -i 's/\r$//' "$log" # of Windows executables
    count "$log" "$status"
    passed=$((passed + n_passed)) failed=$((failed + n_failed)) skipped=$((skipped + n_skipped))
    while read -r reason; do
        reasons+=("$label: $reason")
    done < <(grep -a '^SKIP: ' "$log" | cut -c7-)
    [ "$n_failed" = 0 ] || mark=FAIL
    printf '%-5s %-44s %5d passed %3d failed %3d skipped %4d s\n' \
        "$mark" "$label" "$n_passed" "$n_failed" "$n_skipped" $((SECONDS - start))
    [ "$n_failed" = 0 ] || show_failure "$log" "$status"
}

show_failure() {
    case $2 in
    124 | 137) say "      stopped after $limit_s s" ;;
    0 | 1) ;;
    *) say "      ended with status $2" ;;
    esac
    grep -av '^ok    ' "$1" | tail -n 80 | sed 's/^/      | /'
}

# run_built SUITE PRESET FOLDER [COMMAND…]: every test executable of tests/FOLDER, with COMMAND in front.
run_built() {
    local suite=$1 preset=$2 folder=$3 name file
    shift 3
    is_built "$preset" || return 0
    while read -r name; do
        file=$root/build/$preset/tests/$name
        [ -e "$file" ] || file=$file.exe
        run "$suite/$name" "$@" "$file"
    done < <(ctest --test-dir "$root/build/$preset/tests/$folder" -N | sed -n 's/^ *Test *#[0-9]*: //p')
}

# run_scripts SUITE: every tests/SUITE/*_test.sh.
run_scripts() {
    local file
    for file in "$root/tests/$1"/*_test.sh; do
        run "$1/$(basename "$file" _test.sh)" "$file"
    done
}

# One prefix for all, started once; what of the machine's volumes a test asks for, it gets as a file.
run_wine() {
    local folder prefix=$scratch/prefix
    is_built mingw && "$root/scripts/wine.sh" prefix "$prefix" && "$root/scripts/wine.sh" keep "$prefix" || return 1
    "$root/scripts/upcase-table.sh" --raw >"$scratch/upcase"
    export WINEPREFIX=$prefix JD_UPCASE_FILE=$scratch/upcase JD_WINE_LIMIT_S=$limit_s
    for folder in unit contract session; do
        run_built wine mingw "$folder" "$root/scripts/wine.sh" run
    done
    run_scripts wine
    "$root/scripts/wine.sh" stop "$prefix"
    unset WINEPREFIX
}

# ThreadSanitizer of gcc 12 does not start where addresses are random in more bits than it knows.
steady_addresses() {
    local bits
    bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0)
    if [ "$bits" -gt 28 ] && setarch -R true 2>/dev/null; then
        echo setarch -R
    fi
}

run_suite() {
    local folder
    case $1 in
    layout | docs) run_scripts "$1" ;;
    unit | contract | session) run_built "$1" dev "$1" ;;
    endtoend) is_built asan && JD_BIN=$root/build/asan/bin run_scripts endtoend ;;
    asan | tsan)
        for folder in unit contract session; do
            # shellcheck disable=SC2046
            run_built "$1" "$1" "$folder" $(steady_addresses)
        done
        ;;
    wine) run_wine ;;
    esac || true
}

case ${1-} in
-h | --help | help)
    usage
    exit 0
    ;;
esac
[ $# -gt 0 ] || set -- "${suites_all[@]}"
presets=()
for suite in "$@"; do
    preset=$(preset_of "${suite%%/*}") || usage_error "test.sh: no suite '$suite': there are ${suites_all[*]} wine"
    case " - ${presets[*]-} " in
    *" $preset "*) ;;
    *) presets+=("$preset") ;;
    esac
done

# shellcheck disable=SC2046
"$root/scripts/setup.sh" $(for suite in "$@"; do setup_of "$suite"; done | tr ' ' '\n' | sort -u)
mkdir -p "$logs"
rm -f "$logs"/*.log
trap clean_up EXIT
trap interrupted INT TERM HUP PIPE
# Not below the caller's TMPDIR, where other uids may have no way in.
scratch=$(mktemp -d /tmp/junctiond-test.XXXXXX)
chmod 755 "$scratch"
# A leak must fail a Criterion test, and for Criterion to see it the process must abort.
export ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1

if [ ${#presets[@]} -gt 0 ]; then
    set -m # a group of its own for the builder
    build_all "${presets[@]}" &
    builder=$!
    set +m
fi
for suite in "$@"; do
    only=
    [[ $suite != */* ]] || only=$suite
    run_suite "${suite%%/*}"
done

if [ ${#reasons[@]} -gt 0 ]; then
    say "skipped:"
    printf '%s\n' "${reasons[@]}" | sort | uniq -c | sed -E 's/^ +([0-9]+) /      \1 x /'
fi
[ $((passed + failed + skipped)) -gt 0 ] || say "nothing ran: is there such a test?"
say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
