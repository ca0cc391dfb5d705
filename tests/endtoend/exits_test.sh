#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every situation a caller can meet has its exit code and its word (docs/errors.md).
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up

mkdir -p "$c/lab/"{dir,full/inside,target,target/inner,many} "$c/outside" "$c/deploy/app/releases/1" "$c/deploy/frozen/releases/1"
echo data >"$c/lab/file"
mkdir "$c/lab/Twin" "$c/lab/twin"
mkdir "$c/lab/symlink"
# A symbolic link as Windows makes them: tag 0xA000000C, substitute and print name "C:\lab\target", flags 0.
name=$(printf 'C:\\lab\\target' | iconv -t UTF-16LE | od -An -v -tx1 | tr -d ' \n')
sub=$(printf '\\??\\C:\\lab\\target' | iconv -t UTF-16LE | od -An -v -tx1 | tr -d ' \n')
hex16() { printf '%02x%02x' $(($1 % 256)) $(($1 / 256)); }
sub_len=$((${#sub} / 2)) name_len=$((${#name} / 2))
setfattr -h -n system.ntfs_reparse_data "$c/lab/symlink" \
    -v "0x0c0000a0$(hex16 $((12 + sub_len + name_len)))0000$(hex16 0)$(hex16 $sub_len)$(hex16 $sub_len)$(hex16 $name_len)00000000$sub$name"

start
free='C:\lab\free' target='C:\lab\target'

# 0, and 1: the world differs
answers "a junction is made" 0 "$alice" create 'C:\lab\link' "$target"
answers "link: a junction with the same target" "1 link_exists same_target" "$alice" create 'C:\lab\link' "$target"
answers "link: a junction with another target" "1 link_exists other_target" "$alice" create 'C:\lab\link' 'C:\lab\dir'
answers "link: a directory" "1 directory_exists" "$alice" create 'C:\lab\dir' "$target"
answers "link: a directory that is not empty" "1 directory_exists" "$alice" create 'C:\lab\full' "$target"
answers "link: a file" "1 file_exists" "$alice" create 'C:\lab\file' "$target"
answers "link: a symbolic link" "1 reparse_point_exists symbolic_link" "$alice" create 'C:\lab\symlink' "$target"
answers "link: a name that differs in case only" "1 directory_exists" "$alice" create 'C:\lab\DIR' "$target"
answers "link: two names that differ in case only" "1 case_conflict" "$alice" create 'C:\lab\TWIN' "$target"
answers "link: its folder does not exist" "1 parent_not_found" "$alice" create 'C:\lab\none\link' "$target"
answers "link: its folder is a file" "1 parent_not_directory" "$alice" create 'C:\lab\file\link' "$target"
answers "link: its folder is a junction" "1 reparse_point_in_path" "$alice" create 'C:\lab\link\link' 'C:\lab\dir'
answers "target: does not exist" "1 target_not_found" "$alice" create "$free" 'C:\lab\none'
answers "target: below a folder that does not exist" "1 target_not_found" "$alice" create "$free" 'C:\lab\none\none'
answers "target: a file" "1 target_not_directory" "$alice" create "$free" 'C:\lab\file'
answers "target: below a file" "1 target_not_directory" "$alice" create "$free" 'C:\lab\file\none'
answers "target: a junction" "1 target_is_reparse_point" "$alice" create "$free" 'C:\lab\link'
answers "target: through a junction" "1 target_is_reparse_point" "$alice" create "$free" 'C:\lab\link\inner'
answers "target: through a symbolic link" "1 target_is_reparse_point" "$alice" create "$free" 'C:\lab\symlink\inner'
answers "remove: nothing there" "1 not_found" "$alice" remove "$free"
answers "remove: an empty directory" "1 not_a_junction" "$alice" remove 'C:\lab\dir'
answers "remove: a full directory" "1 not_a_junction" "$alice" remove 'C:\lab\full'
answers "remove: a file" "1 not_a_junction" "$alice" remove 'C:\lab\file'
answers "remove: a symbolic link" "1 not_a_junction" "$alice" remove 'C:\lab\symlink'
answers "remove: through a junction" "1 reparse_point_in_path" "$alice" remove 'C:\lab\link\inner'
claim_equal "after all of these nothing was made and nothing is gone" "$(cd "$c/lab" && find . | sort | xargs)" \
    ". ./Twin ./dir ./file ./full ./full/inside ./link ./many ./symlink ./target ./target/inner ./twin"
for kind in nothing:free directory:dir file:file junction:link symbolic_link:symlink; do
    ask "$alice" inspect "C:\\lab\\${kind#*:}" --json
    claim_equal "inspect: ${kind%:*}" "$(jq -r .kind <<<"$answer") $status" "${kind%:*} 0"
done

# 2: said wrong
ask "$alice" crate "$free" "$target"
claim_equal "a misspelt command is refused" "$status" 2
claim "and the one that was meant is named" grep -q create <<<"$answer"
ask "$alice" inspect "$free" --jsn
claim_equal "a misspelt option is refused" "$status" 2
claim "and the one that was meant is named" grep -q -- --json <<<"$answer"
answers "no command at all" "2 usage" "$alice"
answers "too few operands" "2 usage" "$alice" create "$free"
answers "too many operands" "2 usage" "$alice" remove "$free" "$target"
answers "a timeout that is none" "2 usage" "$alice" ping --timeout soon
answers "an empty endpoint" "2 usage" "$alice" ping --endpoint ''
answers "a reserved name" "2 bad_path reserved_device" "$alice" create 'C:\lab\CON' "$target"
answers "a trailing dot" "2 bad_path" "$alice" create 'C:\lab\link.' "$target"
answers "a stream" "2 bad_path" "$alice" inspect 'C:\lab\file:stream'
answers "another namespace" "2 bad_path" "$alice" inspect '\\?\GLOBALROOT\Device\HarddiskVolume1\x'
answers "a share" "2 bad_path" "$alice" create "$free" '\\server\share\x'

# 3: denied
answers "no rule for the caller" "3 denied no_rule" "$bob" create "$free" "$target"
answers "no rule for the link" "3 denied no_rule" "$alice" create 'C:\outside\link' "$target"
answers "no rule for the target" "3 denied no_rule" "$alice" create "$free" 'C:\outside'
answers "no rule for the link, though nothing is there to see" "3 denied no_rule" "$alice" inspect 'C:\none\none\none'
answers "a deny rule, whatever allows" "3 denied deny_rule" "$alice" create 'C:\deploy\frozen\current' 'C:\deploy\frozen\releases\1'
answers "a built-in denial: a target that holds the link" "3 denied" "$alice" create 'C:\lab\target\inner\link' "$target"

# 4: the service cannot be reached
nowhere=$world/none/junctiond.sock
answers "no folder for the socket: not installed" "4 not_installed" "$alice" ping --endpoint "$nowhere"
answers "no socket in the folder: not running" "4 not_running" "$alice" ping --endpoint "$world/run/other.sock"
mkdir -m 700 "$world/private"
socat UNIX-LISTEN:"$world/private/s.sock",fork,mode=777 EXEC:/bin/true &
fakes=$!
claim "a socket behind a closed folder is there" wait_until 10 test -S "$world/private/s.sock"
answers "a folder the caller may not enter: access denied" "4 connect_denied" "$alice" ping --endpoint "$world/private/s.sock"
mkdir "$world/closed"
socat UNIX-LISTEN:"$world/closed/s.sock",fork,mode=700 EXEC:/bin/true &
fakes="$fakes $!"
claim "a socket that is closed to others is there" wait_until 10 test -S "$world/closed/s.sock"
answers "a socket the caller may not write: access denied" "4 connect_denied" "$alice" ping --endpoint "$world/closed/s.sock"

# 5 and what a false or mute server brings: the caller trusts root and itself, nobody else
mkdir -m 777 "$world/fake"
# fake_server NAME UID ADDRESS: a server of UID at $world/fake/NAME that does with each connection what socat's ADDRESS says.
fake_server() {
    setpriv --reuid "$2" --regid "$2" --clear-groups -- \
        socat -t 30 UNIX-LISTEN:"$world/fake/$1",fork,mode=777 "$3" 2>/dev/null &
    fakes="$fakes $!"
    wait_until 10 test -S "$world/fake/$1" || claim_broken "the server $1 starts"
}
fake_server bobs "$bob" EXEC:/bin/cat
answers "a server of another user is not the service" "5 wrong_server" "$alice" ping --endpoint "$world/fake/bobs"
answers "nor for root" "5 wrong_server" 0 ping --endpoint "$world/fake/bobs"
ln -s "$endpoint" "$world/fake/led"
answers "a link in place of the socket is not followed on trust" "5 wrong_server" "$alice" ping --endpoint "$world/fake/led"

fake_server mute "$alice" "EXEC:/bin/sleep 30"
answers "no answer in time, to a question" "6 reply_timed_out" "$alice" inspect "$free" --endpoint "$world/fake/mute" --timeout 300ms
answers "no answer in time, to a change: the outcome is unknown" "8 outcome_unknown" \
    "$alice" create "$free" "$target" --endpoint "$world/fake/mute" --timeout 300ms
fake_server leaves "$alice" "SYSTEM:read line"
answers "a server that leaves without an answer to a change" "8 outcome_unknown" \
    "$alice" remove "$free" --endpoint "$world/fake/leaves" --timeout 10
fake_server echo "$alice" EXEC:/bin/cat
answers "an answer that is none, to a question" "7 bad_reply" "$alice" inspect "$free" --endpoint "$world/fake/echo"
answers "an answer that is none, to a change" "8 outcome_unknown" "$alice" create "$free" "$target" --endpoint "$world/fake/echo"

# shellcheck disable=SC2086
kill $fakes
stop
claims_end
