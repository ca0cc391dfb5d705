#!/bin/sh
# SPDX-License-Identifier: MIT
# A scratch NTFS volume for tests and the demo: an image file, mounted by ntfs-3g.
set -eu

usage() {
    cat <<'TEXT'
usage: ntfs-volume.sh make IMAGE [MIB]             a new, empty NTFS image (default 64 MiB, sparse)
       ntfs-volume.sh mount IMAGE DIR [OPTIONS]    mount it (default options: permissions,allow_other)
       ntfs-volume.sh unmount DIR                  unmount it, wait until ntfs-3g has written everything
       ntfs-volume.sh up DIR [MIB]                 DIR/image and DIR/mount in one go
       ntfs-volume.sh down DIR                     unmount DIR/mount and delete what up made
       ntfs-volume.sh check                        can this machine do it at all?
TEXT
}

fail() {
    echo "ntfs-volume.sh: $*" >&2
    exit 1
}

check() {
    [ "$(id -u)" = 0 ] || fail "only root can mount: run this as root"
    for tool in ntfs-3g mkntfs; do
        PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null || fail "$tool is missing: run scripts/setup.sh"
    done
    [ -c /dev/fuse ] || fail "/dev/fuse is missing: this machine (or container) cannot mount NTFS"
    (: <>/dev/fuse) 2>/dev/null || fail "/dev/fuse cannot be opened: this machine (or container) cannot mount NTFS"
}

make_image() {
    image=$1
    size=${2:-64}
    [ ! -e "$image" ] || fail "$image exists already"
    truncate -s "${size}M" "$image" || fail "$image cannot be made"
    if ! output=$(PATH="$PATH:/usr/sbin:/sbin" mkntfs --fast --force --quiet --label scratch "$image" 2>&1); then
        rm -f "$image"
        fail "mkntfs: $(echo "$output" | tail -n 1)"
    fi
}

mount_image() {
    image=$1
    dir=$2
    options=${3:-permissions,allow_other}
    mkdir -p "$dir"
    if mountpoint -q "$dir"; then
        fail "something is mounted on $dir already"
    fi
    output=$(PATH="$PATH:/usr/sbin:/sbin" ntfs-3g -o "$options" "$image" "$dir" 2>&1) ||
        fail "ntfs-3g: $(echo "$output" | grep -m 1 'Failed to mount' || echo "$output" | tail -n 1)"
}

# ntfs-3g writes its last blocks after umount returned: who copies or mounts the image next must wait for the lock on it.
unmount_dir() {
    dir=$1
    mountpoint -q "$dir" || return 0
    image=$(awk -v dir="$(realpath "$dir")" '$2 == dir { print $1 }' /proc/mounts | tail -n 1)
    umount "$dir" 2>/dev/null || umount -l "$dir" || fail "$dir cannot be unmounted"
    for _ in $(seq 100); do
        holds_image "$image" || return 0
        sleep 0.05
    done
}

holds_image() {
    [ -n "$(find /proc/[0-9]*/fd -lname "$1" 2>/dev/null | head -n 1)" ]
}

[ $# -ge 1 ] || { usage >&2; exit 2; }
command=$1
shift
case "$command:$#" in
make:1 | make:2) check && make_image "$@" ;;
mount:2 | mount:3) check && mount_image "$@" ;;
unmount:1) unmount_dir "$@" ;;
up:1 | up:2) check && mkdir -p "$1" && make_image "$1/image" "${2:-64}" && mount_image "$1/image" "$1/mount" ;;
down:1) unmount_dir "$1/mount" && rm -f "$1/image" && rmdir "$1/mount" "$1" ;;
check:0) check ;;
help:0 | --help:0 | -h:0) usage ;;
*) usage >&2; exit 2 ;;
esac
