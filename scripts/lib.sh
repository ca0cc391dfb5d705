# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scripts share. Sourced by bash; sets root, the top of the tree.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin # mkntfs and friends

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

usage_error() {
    printf '%s\n' "$*" >&2
    exit 2
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# wait_until SECONDS COMMAND [ARG…]: until the command succeeds; fails when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# as_uid UID COMMAND [ARG…]: as an unprivileged user of that number, with no other group; no account need exist.
as_uid() {
    local uid=$1
    shift
    setpriv --reuid "$uid" --regid "$uid" --clear-groups -- "$@"
}

# build_preset PRESET: configures and builds build/PRESET. Quiet; all output comes when it fails. One at a time for each preset:
# two builds in one folder, say of the demo and the tests, would spoil each other's archives.
build_preset() {
    local output
    mkdir -p "$root/build"
    if ! output=$(
        exec 9>"$root/build/$1.lock" 2>&1
        flock 9
        cd "$root" && cmake --preset "$1" && cmake --build "build/$1" -j "$(nproc)"
    ); then
        printf '%s\n' "$output" >&2
        return 1
    fi
}

# end_process PID [SECONDS]: SIGTERM, then SIGKILL when it is still there after the time. A child of this shell only.
end_process() {
    kill -TERM "$1" 2>/dev/null || return 0
    wait_until "${2:-10}" has_ended "$1" || kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# A child that ended but was not waited for is a zombie: kill -0 would still find it.
has_ended() {
    local state
    state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
    [ -z "$state" ] || [ "$state" = Z ]
}

# unmount_below DIR: every mount under it, innermost first.
unmount_below() {
    local mount
    awk -v dir="$1/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
        umount "$mount" 2>/dev/null || umount -l "$mount" 2>/dev/null || true
    done
}

# remove_tree DIR: with everything mounted in it; more than one try, for an ntfs-3g that was just being started may mount late.
remove_tree() {
    wait_until 10 try_remove_tree "$1" || say "left behind: $1" >&2
}

try_remove_tree() {
    unmount_below "$1"
    rm -rf --one-file-system "$1"
    [ ! -e "$1" ]
}
