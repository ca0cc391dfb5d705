#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A caller who owns the folder of his link swaps it for a junction of his own, thousands of times a second, while the service works
# there for him: nothing is ever made or removed where he may not write.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up
requests=${JD_RACE_REQUESTS:-300}

mkdir -p "$c/protected/deep" "$c/home/bob/"{real,goal}
echo kept >"$c/protected/deep/file"
chown -R "$bob:$bob" "$c/home/bob"
write_policy <<TEXT
{ "version": 1, "rules": [
    { "id": "home", "effect": "allow", "operations": ["create", "remove", "inspect"], "principals": ["S-1-22-1-$bob"],
      "link": "C:\\\\home\\\\bob\\\\**", "target": "C:\\\\home\\\\bob\\\\**", "target_writers": "anyone" } ] }
TEXT
start

# On his own folder he may do this without us: a junction to the protected one, and a link in it that he would like to have removed.
answers "a junction as a pattern" 0 "$bob" create 'C:\home\bob\pattern' 'C:\home\bob\goal'
text() { printf '%s' "$1" | iconv -t UTF-16LE | od -An -v -tx1 | tr -d ' \n'; }
data=$(getfattr --absolute-names -h -n system.ntfs_reparse_data -e hex "$c/home/bob/pattern" | sed -n 's/.*=//p')
# Of the same length, so that every offset stays right.
protected='C:\protected\deep'
goal='C:\home\bob\goal'
as_uid "$bob" mkdir "$c/home/bob/trap"
build_data() {
    local sub name
    sub=$(text "\\??\\$1") name=$(text "$1")
    hex() { printf '%02x%02x' $(($1 % 256)) $(($1 / 256)); }
    printf '0x030000a0%s0000%s%s%s%s%s0000%s0000' "$(hex $(((${#sub} + ${#name}) / 2 + 12)))" 0000 "$(hex $((${#sub} / 2)))" \
        "$(hex $((${#sub} / 2 + 2)))" "$(hex $((${#name} / 2)))" "$sub" "$name"
}
claim_equal "the test writes reparse data as the service does" "$(build_data "$goal")" "$data"
claim "bob makes a junction to the protected folder in his own" \
    as_uid "$bob" setfattr -n system.ntfs_reparse_data -v "$(build_data "$protected")" "$c/home/bob/trap"
stat "$c/home/bob/trap" >/dev/null 2>&1 || true # the kernel still takes it for a directory
claim_equal "through which he sees what he may not write" "$(as_uid "$bob" cat "$c/home/bob/trap/file")" kept
answers "the service does not go through it" "1 reparse_point_in_path" "$bob" create 'C:\home\bob\trap\link' "$goal"

# The folder stands as "a", now for a moment and now for longer, then nothing, then the junction, for the blink of an eye.
# (Not as_uid: the pid of a function in the background would be that of a shell, which leaves perl alone when it is killed.)
setpriv --reuid "$bob" --regid "$bob" --clear-groups -- perl -e 'chdir $ARGV[0] or die; my $n = 0;
    open(my $began, ">", "began") or die;
    while (1) {
        rename "real", "a"; for (my $i = ($n = ($n + 7919) % 60000); $i > 0; $i--) {}
        rename "a", "real"; rename "trap", "a"; for (my $i = $n % 3000; $i > 0; $i--) {} rename "a", "trap";
    }' "$c/home/bob" &
storm=$!
wait_until 20 test -e "$c/home/bob/began"
# call ID VERB NAME [TARGET]: a line about a name in the folder that comes and goes.
call() {
    printf '{"jsonrpc":"2.0","id":%d,"method":"junction.%s","params":{"link":"C:\\\\home\\\\bob\\\\a\\\\%s"%s}}\n' \
        "$1" "$2" "$3" "${4:+,\"target\":\"$4\"}"
}
ask_in_the_storm() {
    local i
    for ((i = 0; i < requests; i++)); do
        call "$i" create "x$i" 'C:\\home\\bob\\goal'
        call "$i" remove "x$i"
        call "$i" remove file
    done | as_uid "$bob" socat -t 60 - "UNIX-CONNECT:$endpoint" >>"$world/storm"
}
saw() { grep -qE "$1" "$world/storm"; }
# On a busy machine the storm may stand still for a whole round: until both were seen, but not for ever.
: >"$world/storm"
rounds=0
while ((rounds < 50)) && { ((rounds == 0)) || ! saw '"changed":true' || ! saw 'reparse_point_in_path|changed_meanwhile'; }; do
    ask_in_the_storm
    rounds=$((rounds + 1))
done
kill "$storm"
wait "$storm" 2>/dev/null
stop

say "      $(jq -r 'if .result then "done" else .error.data.word end' "$world/storm" | sort | uniq -c | sort -rn | xargs)"
claim_equal "every request was answered" "$(jq -c .id "$world/storm" | wc -l)" $((requests * 3 * rounds))
claim "some found the folder" grep -q '"changed":true' "$world/storm"
claim "some met the junction in its place" grep -qE 'reparse_point_in_path|changed_meanwhile' "$world/storm"
claim_equal "none was a fault" "$(jq -r 'select(.error.code == -32009 or .error.code == -32007) | .error.data.word' "$world/storm" | sort | uniq -c)" ""
claim_equal "the protected folder is as it was" "$(cd "$c/protected" && find . | sort | xargs)" ". ./deep ./deep/file"
claim_equal "what he linked to is as it was" "$(find "$c/home/bob/goal" | wc -l)" 1
claim_equal "the journal is empty" "$(find "$state/pending" -type f | wc -l)" 0
claim_equal "each announced change has one outcome" \
    "$(jq -s -c '[.[] | select(.id >= 200 and .id < 300)] | group_by(.request)[] | map(.event) | select(length != 2)' "$trail")" ""
claims_end
