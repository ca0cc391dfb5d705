#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The story of scripts/demo.sh with the Windows executables, under Wine: see --help.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$root/scripts/demo/story.sh"

wine_sh=$root/scripts/wine.sh
home='C:\Program Files\junctiond'
demo=
link='C:\deploy\web\current'
target='C:\deploy\web\releases\42'

usage() {
    cat <<TEXT
usage: scripts/demo.sh --windows    show it, check each step, clean up; status 0 when every step was as it should be

junctiond.exe is installed as a service in a scratch Wine prefix and started by its service manager; junctionctl.exe asks it over
the named pipe. What the Wine at hand cannot do is asked of it, and said: Debian 12's makes no junctions, so the create must end in
volume_unsupported and leave nothing. WINE=/path/bin/wine names another one.
TEXT
}

clean_up() {
    trap - EXIT
    trap '' INT TERM HUP PIPE # to the end, whoever is impatient
    [ -z "$demo" ] || { "$wine_sh" remove "$demo/prefix" && rm -rf --one-file-system "$demo"; }
}

interrupted() {
    clean_up
    say "interrupted; all is cleaned up" >&2
    exit 130
}

prompt_of() {
    echo 'C:\>'
}

run_as() {
    (eval "$2") </dev/null | tr -d '\r'
}

win() {
    "$wine_sh" run "$@"
}

junctiond() {
    win "$home\\junctiond.exe" "$@"
}

junctionctl() {
    win "$home\\junctionctl.exe" "$@"
}

probe() {
    win "$home\\wine_probe.exe" "$@" </dev/null | tr -d '\r'
}

# Of Windows itself, as far as Wine has it.
dir() {
    win cmd /c dir "$@"
}

type() {
    win cmd /c type "$1"
}

reg() {
    win reg "$@"
}

# One record a line. Where the system keeps none, what Wine was given for the log: each begins with a request's id, or with the
# program's version, or the policy's path.
events() {
    local told
    told=$(probe events "$1")
    if [ -n "$told" ]; then
        printf '%s\n' "${told//$'\t'/ | }"
        return
    fi
    echo "(this Wine keeps no events; what it was given for the log:)"
    sed -n 's/\r$//; s/^.*:eventlog:ReportEventW L"\(.*\)"$/\1/p' "$demo/wine.log" | sed 's/\\\\/\\/g' |
        awk '/^[0-9a-f]+-[0-9]+$/ || /^[0-9]+\.[0-9]+\.[0-9]+$/ || /policy\.json$/ { if (line != "") print line; line = $0; next }
            { line = line " | " $0 }
            END { print line }'
}

install_service() {
    chapter "The service: installed, with its log and its folders, and nothing allowed to anybody yet"
    step admin 4 'junctionctl ping' "not installed"
    step admin 0 'junctiond install' installed
    step admin 0 'reg query "HKLM\SYSTEM\CurrentControlSet\Services\junctiond" /v ImagePath' "\"$home\\junctiond.exe\" run"
    step admin 0 'reg query "HKLM\SYSTEM\CurrentControlSet\Services\EventLog\junctiond\junctiond"' junctiond-messages.dll
    step admin 0 'junctiond start' running
    step admin 7 "junctionctl create \"$link\" \"$target\"" "no valid policy"
    step admin 0 'junctiond stop' stopped
}

start_service() {
    chapter "A policy of two rules, and started by the service manager"
    cp "$root/scripts/demo/policy-windows.json" "$demo/prefix/drive_c/Program Files/junctiond/policy/policy.json"
    step admin 0 "type \"$home\\policy\\policy.json\"" deploy-current see-releases
    step admin 0 "junctiond check \"$home\\policy\\policy.json\"" "ok, 2 rules"
    step admin 0 'junctiond start' running
}

ask_service() {
    chapter "Asked over \\\\.\\pipe\\ProtectedPrefix\\Administrators\\junctiond, once its owner and its process are the service's"
    step user 0 'junctionctl ping' junctiond C
    step user 0 'junctionctl whoami' S-1-5-
    step user 0 "junctionctl inspect \"$target\"" directory
}

make_junction() {
    chapter "This system's volumes take junctions: the service makes a real one"
    step user 0 "junctionctl create \"$link\" \"$target\"" "$link" "$target"
    step user 0 "dir \"$link\"" hello.txt
    step user 0 "type \"$link\\hello.txt\"" "hello from release 42"
    step user 0 "probe junction \"$link\"" '\??\'"$target"
    step user 0 "junctionctl inspect \"$link\"" junction "$target" ok
    step user 1 "junctionctl create \"$link\" \"C:\\deploy\\web\\releases\\41\"" "already stands"
    step user 0 "probe junction \"$link\"" '\??\'"$target"
    step user 0 "junctionctl remove \"$link\"" "$link"
    step user 1 "junctionctl remove \"$link\"" nothing
    step user 0 "type \"$target\\hello.txt\"" "hello from release 42"
}

refuse_junction() {
    chapter "This system's volumes take no reparse points: the service says so, leaves nothing, and records the try"
    step user 7 "junctionctl create \"$link\" \"$target\"" "takes no junctions"
    step user 7 "junctionctl create \"$link\" \"$target\" --json" '"word":"volume_unsupported"'
    step user 0 "dir /s /b \"C:\\deploy\\web\"" "$target\\hello.txt"
    [[ $(dir /s /b "C:\\deploy\\web") != *current* ]] || { n_wrong=$((n_wrong + 1)) && say "   [WRONG: $link is there]"; }
    step user 0 "junctionctl inspect \"$link\"" nothing
}

deny_the_rest() {
    chapter "What no rule allows is denied: another target, another app's release, another link"
    step user 3 'junctionctl create "C:\deploy\shop\current" "C:\private"' policy
    step user 3 "junctionctl create \"C:\\deploy\\shop\\current\" \"$target\"" policy
    step user 3 "junctionctl create \"C:\\deploy\\web\\newest\" \"$target\"" policy
    step user 2 'junctionctl create "C:\deploy\web\NUL" "C:\deploy\web\releases\42"' reserved_device
}

show_trail() {
    chapter "The trail, in an event log of its own: every change announced before it is made, every denial"
    step admin 0 'events junctiond' "create | $link | $target" "deploy-current" "$1" no_rule
}

end_service() {
    chapter "Stopped and taken away; policy, state and trail stay"
    step admin 0 'junctiond stop' stopped
    step user 4 'junctionctl ping' "not running"
    step admin 0 'junctiond uninstall' uninstalled
    step user 4 'junctionctl ping' "not installed"
    step admin 0 "dir /s /b \"$home\\policy\"" policy.json
}

run_demo() {
    "$root/scripts/setup.sh" native mingw wine || exit 1
    say "building junctiond.exe, junctionctl.exe and junctiond-messages.dll (build/mingw)"
    build_preset mingw || die "demo.sh: the build failed"
    trap clean_up EXIT
    trap interrupted INT TERM HUP PIPE
    demo=$(mktemp -d /tmp/junctiond-demo.XXXXXX) || exit 1
    export WINEPREFIX=$demo/prefix JD_WINE_LIMIT_S=60 LC_ALL=C.UTF-8
    unset JUNCTIOND_ENDPOINT
    say "a scratch Windows, by $("$wine_sh" which)"
    "$wine_sh" prefix "$WINEPREFIX" && mkdir "$WINEPREFIX/drive_c/Program Files/junctiond" || die "demo.sh: there is no prefix"
    cp "$root"/build/mingw/bin/{junctiond.exe,junctionctl.exe,junctiond-messages.dll} "$root/build/mingw/tests/wine_probe.exe" \
        "$WINEPREFIX/drive_c/Program Files/junctiond/" || exit 1
    mkdir -p "$WINEPREFIX"/drive_c/{deploy/{shop,web}/releases/{41,42},private}
    printf 'hello from release 42\r\n' >"$WINEPREFIX/drive_c/deploy/web/releases/42/hello.txt"
    WINEDEBUG=-all,+eventlog "$wine_sh" keep "$WINEPREFIX" "$demo/wine.log" || exit 1
    cd "$WINEPREFIX/drive_c" || exit 1

    install_service
    start_service
    ask_service
    if probe takes-junctions 'C:\deploy' >/dev/null; then
        make_junction
        deny_the_rest
        show_trail done
    else
        refuse_junction
        deny_the_rest
        show_trail volume_unsupported
    fi
    end_service
    end_story
}

case "$#:${1-}" in
0:) run_demo ;;
1:-h | 1:--help) usage ;;
*)
    usage >&2
    usage_error "demo.sh: cannot be called with: --windows $*"
    ;;
esac
