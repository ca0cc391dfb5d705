#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The main job, told as a story on a scratch NTFS volume: see --help.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$root/scripts/demo/story.sh"

deploy_uid=61001 # scripts/demo/policy.json names it
guest_uid=61002
demo=
service=
wants_keep=0
is_kept=0
link='C:\deploy\web\current'
target='C:\deploy\web\releases\42'

usage() {
    cat <<TEXT
usage: scripts/demo.sh             show it, check each step, clean up; status 0 when every step was as it should be
       scripts/demo.sh --keep      leave the volume mounted and the service running, and say how to play with them
       scripts/demo.sh --stop DIR  end what --keep left
       scripts/demo.sh --windows   the same with the Windows executables, under Wine

A restricted account switches a junction on an NTFS volume that it cannot write, through junctiond. Needs root, to mount the
volume and to become two unprivileged users (uid $deploy_uid and $guest_uid; no accounts are made).
TEXT
}

# stop_demo DIR: ends the service, unmounts, deletes. DIR is one that this script made.
stop_demo() {
    local dir=$1 pid
    pid=$(cat "$dir/pid" 2>/dev/null) || pid=
    if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$dir/bin/junctiond" ]; then
        kill -TERM "$pid" 2>/dev/null
        wait_until 10 has_ended "$pid" || kill -KILL "$pid" 2>/dev/null
    fi
    "$root/scripts/ntfs-volume.sh" unmount "$dir/c" 2>/dev/null
    remove_tree "$dir"
}

clean_up() {
    trap - EXIT
    trap '' INT TERM HUP PIPE # to the end, whoever is impatient
    if [ -n "$demo" ] && [ "$is_kept" = 0 ]; then
        stop_demo "$demo"
    fi
}

interrupted() {
    clean_up
    say "interrupted; all is cleaned up" >&2
    exit 130
}

prompt_of() {
    echo "$1 $([ "$1" = root ] && echo '#' || echo '$')"
}

# The typed command of WHO, run as it stands.
run_as() {
    local who=$1 command=$2
    case $who in
    root) bash -c "$command" ;;
    deploy) as_uid "$deploy_uid" bash -c "$command" ;;
    guest) as_uid "$guest_uid" bash -c "$command" ;;
    esac
}

make_volume() {
    chapter "A scratch NTFS volume, mounted with permission checks, on which only root may write"
    step root 0 "ntfs-volume.sh make c.img 64"
    step root 0 "ntfs-volume.sh mount c.img c permissions,allow_other"
    [ "$n_wrong" = 0 ] || die "demo.sh: without the volume there is nothing to show"
    step root 0 "chmod 755 c && mkdir -p c/deploy/{shop,web}/releases/{41,42} c/private"
    step root 0 "echo 'hello from release 42' > c/deploy/web/releases/42/hello.txt"
}

# The one command that goes on while the others are shown.
start_service() {
    local -a options=(--volume "C=$demo/c" --policy "$demo/policy.json" --endpoint "$JUNCTIOND_ENDPOINT"
        --state "$demo/state" --audit file --audit-file "$demo/audit.jsonl")
    chapter "The service, as root, with a policy of two rules"
    step root 0 "cat policy.json" deploy-current see-releases
    step root 0 "junctiond check policy.json" "ok, 2 rules"
    printf '\nroot # export JUNCTIOND_ENDPOINT=%s\n' "$JUNCTIOND_ENDPOINT"
    # shellcheck disable=SC2016
    printf 'root # junctiond run --volume C=$PWD/c --policy $PWD/policy.json --endpoint $JUNCTIOND_ENDPOINT \\
           --state $PWD/state --audit file --audit-file $PWD/audit.jsonl &\n'
    # A session of its own: Ctrl-C is for this script, which then ends the service in order.
    setsid junctiond run "${options[@]}" >junctiond.log 2>&1 </dev/null &
    service=$!
    echo "$service" >pid
    if ! wait_until 20 junctionctl ping --timeout 2; then
        cat junctiond.log >&2
        die "demo.sh: junctiond does not answer"
    fi
    cat junctiond.log
}

refuse_shortcuts() {
    chapter "The deploy account (uid $deploy_uid) cannot make the link itself"
    step deploy 1 "mkdir c/deploy/web/current" "Permission denied"
    step deploy 1 "ln -s releases/42 c/deploy/web/current" "Permission denied"
    step deploy 1 "setfattr -n system.ntfs_reparse_data -v 0x030000a0 c/deploy/web/releases/41" "not permitted"
}

create_link() {
    chapter "The service makes it for the account, because a rule says so"
    step deploy 0 "junctionctl whoami" "S-1-22-1-$deploy_uid"
    step deploy 0 "junctionctl create '$link' '$target'" "$link" "$target"
}

# What ntfs-3g itself makes of the volume: not a word of ours in it.
judge_link() {
    chapter "An independent judge, ntfs-3g: on disk it is a junction, and it leads where it should"
    step root 0 "readlink c/deploy/web/current" "$demo/c/deploy/web/releases/42"
    step root 0 "getfattr -h -n system.ntfs_reparse_data -e hex c/deploy/web/current" 0x030000a0
    # shellcheck disable=SC1003
    step root 0 "getfattr -h -n system.ntfs_reparse_data --only-values c/deploy/web/current |
    tail -c +17 | iconv -f UTF-16LE | tr '\\0' '\\n'" '\??\'"$target"
    step deploy 0 "ls -l c/deploy/web/current/ && cat c/deploy/web/current/hello.txt" "hello from release 42"
}

inspect_link() {
    chapter "Asked through the service, by the command and by one line of shell"
    step deploy 0 "junctionctl inspect '$link'" junction "$target" ok
    step deploy 0 "junctionctl inspect '$link' --json" '"kind":"junction"'
    # shellcheck disable=SC2016
    step deploy 0 'printf '\''{"jsonrpc":"2.0","id":1,"method":"junction.inspect","params":{"link":"C:\\\\deploy\\\\web\\\\current"}}\n'\'' |
    socat -t 10 - UNIX-CONNECT:$JUNCTIOND_ENDPOINT' '"kind":"junction"'
    step deploy 1 "junctionctl create '$link' '$target'" "already stands"
}

guard_link() {
    chapter "The link is root's: nobody changes it past the service and its trail"
    step deploy 1 "rm c/deploy/web/current" "Permission denied"
    step deploy 1 "setfattr -h -x system.ntfs_reparse_data c/deploy/web/current" "not permitted"
}

deny_the_rest() {
    chapter "What no rule allows is denied: another target, another app's release, another link, another user (uid $guest_uid)"
    step deploy 3 "junctionctl create 'C:\\deploy\\shop\\current' 'C:\\private'" "policy"
    step deploy 3 "junctionctl create 'C:\\deploy\\shop\\current' '$target'" "policy"
    step deploy 3 "junctionctl create 'C:\\deploy\\web\\newest' '$target'" "policy"
    step guest 3 "junctionctl remove '$link'" "policy"
    step root 0 "find c/deploy -type l" c/deploy/web/current
}

remove_link() {
    chapter "Removed again: the link only, never what it leads to"
    step deploy 0 "junctionctl remove '$link'" "$link"
    step deploy 1 "junctionctl remove '$link'" "nothing"
    step root 2 "ls -d c/deploy/web/current" "No such file"
    step root 0 "cat c/deploy/web/releases/42/hello.txt" "hello from release 42"
}

show_trail() {
    chapter "The audit trail: every change announced before it is made, every denial, by whom and by which rule"
    step root 0 "jq -r -f trail.jq audit.jsonl" change_intent change_done denied deploy-current
}

stop_service() {
    local status=0
    chapter "The service ends on SIGTERM and takes its socket with it"
    n_steps=$((n_steps + 1))
    printf '\nroot # kill %d\n' "$service"
    kill -TERM "$service"
    wait_until 15 has_ended "$service" || status=hung
    [ "$status" = hung ] || wait "$service" || status=$?
    tail -n 1 junctiond.log
    if [ "$status" != 0 ] || [ -e "$JUNCTIOND_ENDPOINT" ]; then
        n_wrong=$((n_wrong + 1))
        printf '   [WRONG: status %s, socket %s]\n' "$status" "$(ls "$JUNCTIOND_ENDPOINT" 2>/dev/null || echo gone)"
    fi
}

tell_how_to_play() {
    cat <<TEXT

It all still runs. To play with it, as the deploy account, who may do what the policy says:

    export PATH=$demo/bin:\$PATH JUNCTIOND_ENDPOINT=$JUNCTIOND_ENDPOINT
    setpriv --reuid $deploy_uid --regid $deploy_uid --clear-groups bash
    junctionctl create 'C:\\deploy\\web\\current' 'C:\\deploy\\web\\releases\\42'
    ls -l $demo/c/deploy/web

the policy:         $demo/policy.json   (then: kill -HUP $service)
the audit trail:    $demo/audit.jsonl
to end it all:      scripts/demo.sh --stop $demo
TEXT
}

run_demo() {
    "$root/scripts/setup.sh" native || exit 1
    "$root/scripts/ntfs-volume.sh" check || exit 1
    say "building junctiond and junctionctl (build/release)"
    build_preset release || die "demo.sh: the build failed"
    trap clean_up EXIT
    trap interrupted INT TERM HUP PIPE
    # Under /tmp, where every uid has a way in, wherever the tree itself lies.
    demo=$(mktemp -d /tmp/junctiond-demo.XXXXXX) && cd "$demo" || exit 1
    umask 022
    export LC_ALL=C.UTF-8 # the words looked for below
    chmod 755 "$demo"
    mkdir "$demo/bin" "$demo/run"
    cp "$root/build/release/bin/junctiond" "$root/build/release/bin/junctionctl" "$root/scripts/ntfs-volume.sh" "$demo/bin/"
    cp "$root/scripts/demo/policy.json" "$root/scripts/demo/trail.jq" "$demo/"
    export PATH=$demo/bin:$PATH JUNCTIOND_ENDPOINT=$demo/run/junctiond.sock

    say "working in $demo"
    make_volume
    start_service
    refuse_shortcuts
    create_link
    judge_link
    inspect_link
    guard_link
    deny_the_rest
    remove_link
    show_trail
    if [ "$wants_keep" = 1 ] && [ "$n_wrong" = 0 ]; then
        is_kept=1
        tell_how_to_play
    else
        stop_service
    fi
    end_story
}

case "$#:${1-}" in
0:) run_demo ;;
1:--keep) wants_keep=1 && run_demo ;;
2:--stop)
    case $2 in
    /tmp/junctiond-demo.*) [ -O "$2/pid" ] || die "demo.sh: $2 is no demo of yours" ;;
    *) usage_error "demo.sh: --stop takes the folder that --keep named, /tmp/junctiond-demo.…" ;;
    esac
    cd / && stop_demo "$2"
    ;;
1:--windows) exec "$root/scripts/demo-windows.sh" ;;
1:-h | 1:--help) usage ;;
*)
    usage >&2
    usage_error "demo.sh: cannot be called with: $*"
    ;;
esac
