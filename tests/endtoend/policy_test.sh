#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The policy judges: users, groups, denials, captures, conditions; it is read anew on SIGHUP, and only believed when it may be.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
world_up

mkdir -p "$c/deploy/"{app,other,frozen}/releases/1 "$c/open/sub" "$c/Windows/target" "$c/lab/target" "$c/mine"
chmod 777 "$c/open"
mkdir -m 1777 "$c/sticky" && mkdir "$c/sticky/target"
write_policy <<TEXT
{ "version": 1,
  "groups": { "deployers": ["S-1-22-1-$alice"] },
  "rules": [
    { "id": "deploy", "effect": "allow", "operations": ["create", "remove", "inspect"], "principals": ["@deployers"],
      "link": "C:\\\\deploy\\\\{app}\\\\current", "target": "C:\\\\deploy\\\\{app}\\\\releases\\\\*" },
    { "id": "crew-sees", "effect": "allow", "operations": ["inspect"], "principals": ["S-1-22-2-$crew"],
      "link": "C:\\\\deploy\\\\**" },
    { "id": "frozen", "effect": "deny", "operations": ["create", "remove"], "principals": ["S-1-1-0"],
      "link": "C:\\\\deploy\\\\frozen\\\\**" },
    { "id": "lab", "effect": "allow", "operations": ["create"], "principals": ["S-1-22-1-$alice"],
      "link": "C:\\\\lab\\\\*", "target": "C:\\\\**" },
    { "id": "anyones", "effect": "allow", "operations": ["create"], "principals": ["S-1-22-1-$alice"],
      "link": "C:\\\\mine\\\\*", "target": "C:\\\\**", "target_writers": "anyone", "link_owner": "caller" },
    { "id": "everything", "effect": "allow", "operations": ["create", "remove"], "principals": ["S-1-5-32-544"],
      "link": "C:\\\\**", "target": "C:\\\\**" } ] }
TEXT
start

# Who
answers "a rule for a user's SID" 0 "$alice" create 'C:\deploy\app\current' 'C:\deploy\app\releases\1'
answers "is no rule for another user" "3 denied no_rule" "$bob" inspect 'C:\deploy\app\current'
as_crew() {
    setpriv --reuid "$bob" --regid "$bob" --groups "$crew" -- junctionctl "$@" --json
}
claim "a rule for a group holds by a supplementary group" as_crew inspect 'C:\deploy\app\current'
claim_equal "for what it names" "$(as_crew remove 'C:\deploy\app\current' | jq -r .error.word)" denied
whoami=$(as_crew whoami)
claim_equal "whoami tells the same SIDs that rules are matched against" \
    "$(jq -r ".sid + \" \" + ([.groups[] | select(. == \"S-1-22-2-$crew\")] | join(\" \"))" <<<"$whoami")" "S-1-22-1-$bob S-1-22-2-$crew"
answers "BUILTIN\\Administrators is root" 0 0 create 'C:\lab\roots' 'C:\lab\target'
answers "and not alice" "3 denied no_rule" "$alice" remove 'C:\lab\roots'

# What
answers "a capture must mean the same in link and target" "3 denied no_rule" \
    "$alice" create 'C:\deploy\other\current' 'C:\deploy\app\releases\1'
answers "a prefix is no containment" "3 denied no_rule" "$alice" create 'C:\deployer\app\current' 'C:\deploy\app\releases\1'
answers "a deny rule wins over an allow" "3 denied deny_rule" "$alice" create 'C:\deploy\frozen\current' 'C:\deploy\frozen\releases\1'
claim_equal "and is named to the caller" "$(jq -r .error.rule <<<"$answer")" frozen
answers "over an administrator's too" "3 denied deny_rule" 0 create 'C:\deploy\frozen\current' 'C:\deploy\frozen\releases\1'
answers "the Windows directory is no target, whatever allows" "3 denied built_in" 0 create 'C:\lab\win' 'C:\Windows\target'
answers "and holds no link" "3 denied built_in" 0 create 'C:\Windows\link' 'C:\lab\target'
answers "nor does System Volume Information" "3 denied built_in" 0 create 'C:\System Volume Information\x' 'C:\lab\target'

# Conditions
answers "a target that others could replace is refused by default" "3 denied no_rule" "$alice" create 'C:\lab\open' 'C:\open\sub'
answers "but not where a rule says anyone" 0 "$alice" create 'C:\mine\open' 'C:\open\sub'
claim_equal "a link that the rule gives to the caller is the caller's" "$(stat -c %u "$c/mine/open")" "$alice"
answers "a sticky folder's children cannot be replaced" 0 "$alice" create 'C:\lab\sticky' 'C:\sticky\target'
claim_equal "a link is root's by default" "$(stat -c '%u %A' "$c/lab/sticky" | cut -c1-3)" "0 l"

# Read anew
rules() {
    jq -n --arg sid "S-1-22-1-$bob" '{version: 1, rules: [{id: "bobs", effect: "allow", operations: ["create", "inspect"],
        principals: [$sid], link: "C:\\lab\\*", target: "C:\\lab\\target"}]}'
}
# reload EVENT: SIGHUP, and its record is there.
reload() {
    local before
    before=$(records ".event == \"$1\"" | wc -l)
    kill -HUP "$service"
    wait_until 10 grows "$1" "$before" || claim_broken "SIGHUP is answered by the event $1" "$(tail -n 3 "$trail")"
}
grows() {
    [ "$(records ".event == \"$1\"" | wc -l)" -gt "$2" ]
}
rules | write_policy
answers "a changed file means nothing before it is read" "3 denied" "$bob" create 'C:\lab\bobs' 'C:\lab\target'
reload policy_loaded
answers "after SIGHUP bob may" 0 "$bob" create 'C:\lab\bobs' 'C:\lab\target'
answers "and alice may no more" "3 denied" "$alice" remove 'C:\deploy\app\current'
hash=$(ask 0 status --json && jq -r .policy.hash <<<"$answer")
claim_equal "status tells the hash of the file that is in force" "$hash" "$(sha256sum <"$policy" | cut -d' ' -f1)"

echo '{ "version": 1, "rules": [ { "id": "x", "efect": "allow" } ] }' | write_policy
reload policy_refused
answers "a broken file changes nothing" 0 "$bob" inspect 'C:\lab\bobs'
trail_has "the refusal is recorded with its line and its reason" '.event == "policy_refused" and (.detail | test("efect"))'
claim_equal "the hash is still that of the policy in force" "$(ask 0 status --json && jq -r .policy.hash <<<"$answer")" "$hash"
rules | write_policy && chmod 666 "$policy"
reload policy_refused
claim "a file that others may write is refused, and why is said" grep -q 'policy.*may be written by others' "$service_log"
rm "$policy"
reload policy_refused
answers "a missing file changes nothing" 0 "$bob" inspect 'C:\lab\bobs'
echo '{ "version": 2, "rulez": [] }' | write_policy
reload policy_refused
claim "a newer file is refused as newer" grep -q 'version is 2' "$service_log"
echo '{ "version": 1, "rules": [] }' | write_policy
reload policy_loaded
answers "a policy without rules allows nothing" "3 denied no_rule" "$bob" inspect 'C:\lab\bobs'
stop
claims_end
