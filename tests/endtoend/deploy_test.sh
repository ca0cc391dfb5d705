#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The main job: an account that may not write switches a junction on real NTFS, and nothing else.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up

link='C:\deploy\app\current'
one='C:\deploy\app\releases\1'
two='C:\deploy\app\releases\2'
mkdir -p "$c/deploy/app/releases/"{1,2} "$c/deploy/other/releases/1"
mkdir -p "$c/deploy/app/releases/1/a/b" && echo one >"$c/deploy/app/releases/1/a/b/file" && echo 1 >"$c/deploy/app/releases/1/.hidden"
chmod 600 "$c/deploy/app/releases/1/.hidden"
touch -d '2001-02-03 04:05:06' "$c/deploy/app/releases/1/a/b/file"

# Everything about a tree that could change: names, modes, owners, times, contents.
fingerprint() {
    (cd "$1" && find . -printf '%p %m %U %G %T@ %s\n' | sort && find . -type f -exec sha256sum {} + | sort)
}
before=$(fingerprint "$c/deploy/app/releases")

start

claim_not "alice cannot make the folder herself" as_uid "$alice" mkdir "$c/deploy/app/current"
claim_not "alice cannot turn a release into a junction" \
    as_uid "$alice" setfattr -n system.ntfs_reparse_data -v 0x030000a0 "$c/deploy/app/releases/2"

answers "alice makes the link through the service" 0 "$alice" create "$link" "$one"
claim "ntfs-3g sees a junction that leads there" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/1"
claim_equal "alice reads a file through it" "$(as_uid "$alice" cat "$c/deploy/app/current/a/b/file" 2>&1)" one
claim_equal "the link is root's" "$(stat -c %u "$c/deploy/app/current")" 0
answers "made again it is already there" "1 link_exists same_target" "$alice" create "$link" "$one"
answers "with another target it is there too, and says so" "1 link_exists other_target" "$alice" create "$link" "$two"
claim "and it still leads where it did" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/1"

claim_not "alice cannot unlink it past the service" as_uid "$alice" rm -f "$c/deploy/app/current"
claim_not "nor remove it as a directory" as_uid "$alice" rmdir "$c/deploy/app/current"
claim_not "nor take its reparse data away" as_uid "$alice" setfattr -h -x system.ntfs_reparse_data "$c/deploy/app/current"
data=$(getfattr --absolute-names -h -n system.ntfs_reparse_data -e hex "$c/deploy/app/current" | sed -n 's/.*=0x/0x/p')
claim_not "nor write other reparse data over it" \
    as_uid "$alice" setfattr -h -n system.ntfs_reparse_data -v "${data/31002e/32002e}" "$c/deploy/app/current"
claim_not "nor rename it" as_uid "$alice" mv "$c/deploy/app/current" "$c/deploy/app/old"
claim_not "nor change its mode" as_uid "$alice" chmod 777 "$c/deploy/app"
claim "after all of that it leads where it did" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/1"

tells "inspect tells people what it is" "$alice" "junction" inspect "$link"
ask "$alice" inspect "$link" --json
claim_equal "inspect tells programs" "$(jq -r '.kind + " " + .target' <<<"$answer")" "junction $one"
ask "$alice" inspect 'C:\DEPLOY\App\CURRENT' --json
claim_equal "names are compared as NTFS compares them" "$(jq -r '.kind + " " + .target' <<<"$answer")" "junction $one"

answers "bob is denied what alice may" "3 denied no_rule" "$bob" remove "$link"
answers "root has no right that no rule gives" "3 denied no_rule" 0 remove "$link"
claim "the link is still there" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/1"

answers "alice removes it" 0 "$alice" remove "$link"
claim "and it is gone" is_gone "$c/deploy/app/current"
claim_equal "what it led to is as it was, to the byte" "$(fingerprint "$c/deploy/app/releases")" "$before"
answers "removed again there is nothing" "1 not_found" "$alice" remove "$link"

# What stands beside a link in the same folder stays, too; and the name may be used again.
answers "the name can be used again" 0 "$alice" create "$link" "$two"
claim "for the other release" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/2"
claim_not "the volume is not unmounted under the service" umount "$c"
stop
"$volume_sh" unmount "$c"
"$volume_sh" mount "$world/c.img" "$c" permissions,allow_other
claim "after a mount anew the junction is on the disk" is_junction_to "$c/deploy/app/current" "$c/deploy/app/releases/2"
start
answers "and can be removed by the next service" 0 "$alice" remove "$link"
stop
claims_end
