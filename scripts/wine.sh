#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Windows executables on Linux, in prefixes that are made in a second and leave nothing behind.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<TEXT
usage: scripts/wine.sh run EXE [ARG…]    runs it in \$WINEPREFIX, or else in a prefix that lives as long as it does
       scripts/wine.sh prefix DIR        makes DIR, which must not exist, a prefix (a copy of a template in build/wine)
       scripts/wine.sh keep DIR [LOG]    starts it and keeps it started, so that a run in it takes no second to start, and its
                                         services run on; LOG gets what Wine says about them (WINEDEBUG)
       scripts/wine.sh stop DIR          ends every process of the prefix DIR, and waits until they are gone
       scripts/wine.sh remove DIR        the same, then takes DIR away
       scripts/wine.sh which             says which Wine is used

WINE=/path/bin/wine names another Wine; its wineserver stands beside it. Without: the machine's.
JD_WINE_LIMIT_S: seconds after which a run is ended, 600 without it (status 124). The status is the executable's else.
WINEDEBUG is -all, and no graphics, browser or .NET is asked for, unless the caller's environment says otherwise.
TEXT
}

find_wine() {
    local candidate
    if [ -n "${WINE-}" ]; then
        have "$WINE" || die "wine.sh: WINE is $WINE, which is not there"
        command -v "$WINE"
        return
    fi
    for candidate in wine wine64 wine-stable /usr/lib/wine/wine64; do
        if have "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    die "wine.sh: there is no Wine: run scripts/setup.sh wine"
}

# The one that belongs to it: beside it, or beside what it links to, or the machine's.
find_server() {
    local candidate
    for candidate in "$(dirname "$1")/wineserver" "$(dirname "$(realpath "$1")")/wineserver" \
        wineserver /usr/lib/wine/wineserver; do
        if have "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    die "wine.sh: no wineserver stands beside $1"
}

# bounded SECONDS COMMAND…: nothing here may hang, whatever Wine does. In the caller's process group, so that Ctrl-C ends it.
bounded() {
    local limit=$1
    shift
    timeout --foreground --kill-after=10 "$limit" "$@"
}

# use_prefix DIR: Debian's Wine keeps a prefix's socket below TMPDIR, and would look for it in vain below another one. In the
# prefix it is always the same, and goes with it.
use_prefix() {
    WINEPREFIX=$(realpath -m "$1")
    export WINEPREFIX TMPDIR=$WINEPREFIX
}

# stop_prefix DIR: its server ends its processes, flushes its registry and goes.
stop_prefix() {
    [ -d "$1" ] || return 0
    use_prefix "$1"
    bounded 30 "$server" -k >/dev/null 2>&1 || true
    bounded 30 "$server" -w >/dev/null 2>&1 || true
}

# Wine as its authors ship it has the socket in a folder named by the prefix's device and inode.
remove_prefix() {
    [ -d "$1" ] || return 0
    stop_prefix "$1"
    rm -rf --one-file-system "/tmp/.wine-$(id -u)/server-$(stat -c %D "$1")-$(printf %x "$(stat -c %i "$1")")" "$1"
}

# The folders of the user in a new prefix are links to the user's own: theirs are not for tests.
cut_user_links() {
    local link
    find "$1/drive_c/users" -type l | while read -r link; do
        rm "$link"
        mkdir "$link"
    done
}

# fill_template DIR: the slow part, some ten seconds. Windows 10, the service's floor, where Wine would be older.
fill_template() {
    mkdir "$1" && use_prefix "$1" &&
        bounded 180 "$wine" wineboot -i && bounded 60 "$wine" winecfg -v win10 && stop_prefix "$1" &&
        [ -s "$1/system.reg" ] && [ -d "$1/drive_c/windows" ] && cut_user_links "$1" && rm -rf "$1"/wineserver "$1"/wine-*
}

# One template for each Wine there is, made by whoever needs it first; prints its place.
need_template() {
    local template=$root/build/wine/$({ echo "$wine"; "$wine" --version; } 2>/dev/null | sha256sum | cut -c1-16)
    local log=$template.log
    mkdir -p "$root/build/wine"
    (
        flock 9
        [ ! -e "$template" ] || exit 0
        rm -rf "$template.new"
        if ! fill_template "$template.new" >"$log" 2>&1 </dev/null 9>&-; then
            tail -n 20 "$log" >&2
            remove_prefix "$template.new"
            die "wine.sh: $wine makes no prefix"
        fi
        mv "$template.new" "$template"
    ) 9>"$template.lock" || exit 1
    echo "$template"
}

# Hard links where they can be, as nobody changes Wine's own DLLs, but a registry of its own.
make_prefix() {
    local template
    [ ! -e "$1" ] || die "wine.sh: $1 exists already"
    template=$(need_template)
    mkdir -p "$(dirname "$1")"
    cp -al "$template" "$1" 2>/dev/null || { rm -rf "$1" && cp -a "$template" "$1"; }
    cp --remove-destination "$template"/*.reg "$1"
}

# A process that waits for a key from a pipe that nobody else holds: no file, no helper is left when the prefix is stopped. What
# starts first in a prefix starts its services, which keep its standard streams: nothing else may start before this has spoken.
keep_prefix() {
    local log=${2:-$1/kept.log}
    use_prefix "$1"
    mkfifo "$1/key"
    exec 8<>"$1/key"
    rm "$1/key"
    setsid timeout 7200 "$wine" cmd /c 'echo prefix-is-up& pause' <&8 >"$log" 2>&1 &
    wait_until 120 grep -qa prefix-is-up "$log" || die "wine.sh: the prefix $1 does not start"
}

# The executable's own standard streams; a run that a signal ends takes its scratch prefix along.
run_exe() {
    local status=0 scratch=
    if [ -n "${WINEPREFIX-}" ]; then
        use_prefix "$WINEPREFIX"
    else
        scratch=$(mktemp -d /tmp/junctiond-wine.XXXXXX)
        # shellcheck disable=SC2064
        trap "remove_prefix '$scratch/prefix'; rmdir '$scratch'" EXIT
        trap 'exit 130' INT TERM HUP
        make_prefix "$scratch/prefix"
        use_prefix "$scratch/prefix"
    fi
    bounded "${JD_WINE_LIMIT_S:-600}" "$wine" "$@" || status=$?
    return "$status"
}

use_wine() {
    wine=$(find_wine)
    server=$(find_server "$wine")
    export WINESERVER=$server WINEARCH=win64 WINEDEBUG=${WINEDEBUG:--all} LC_ALL=${LC_ALL:-C.UTF-8}
    export WINEDLLOVERRIDES=${WINEDLLOVERRIDES:-mscoree,mshtml=;winemenubuilder.exe=d}
    unset DISPLAY WAYLAND_DISPLAY
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
command=$1
shift
case $command:$# in
prefix:1) use_wine && make_prefix "$1" ;;
keep:1 | keep:2) use_wine && keep_prefix "$@" ;;
stop:1) use_wine && stop_prefix "$1" ;;
remove:1) use_wine && remove_prefix "$1" ;;
which:0) use_wine && say "$wine ($("$wine" --version 2>/dev/null)), $server" ;;
run:0) usage >&2; exit 2 ;;
run:*) use_wine && run_exe "$@" ;;
help:0 | --help:0 | -h:0) usage ;;
*) usage >&2; exit 2 ;;
esac
