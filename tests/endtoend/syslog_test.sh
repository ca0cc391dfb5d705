#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The trail in the system's log: checked datagrams to /dev/log, here one of our own in a mount namespace of its own, so that the
# machine's is neither needed nor touched.
set -uo pipefail
own_mounts=(unshare --mount --propagation private --)
if [ "${JD_OWN_MOUNTS-}" != 1 ] && "${own_mounts[@]}" true 2>/dev/null; then
    JD_OWN_MOUNTS=1 exec "${own_mounts[@]}" "$0" "$@"
fi
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
if [ "${JD_OWN_MOUNTS-}" != 1 ]; then
    claim_skip "a mount namespace of its own cannot be had here ($("${own_mounts[@]}" true 2>&1))"
    claims_end
    exit
fi
world_up
mkdir -p "$c/lab/target" "$world/dev"

# A /dev with what a process needs, and no log.
mount -t tmpfs -o mode=755 tmpfs "$world/dev"
for node in null zero full random urandom; do
    cp -a "/dev/$node" "$world/dev/"
done
ln -s /proc/self/fd "$world/dev/fd"
mount --bind "$world/dev" /dev
received=$world/received
syslogd=
log_up() {
    rm -f /dev/log
    socat -u UNIX-RECVFROM:/dev/log,fork,mode=666 "OPEN:$received,creat,append" &
    syslogd=$!
    wait_until 10 test -S /dev/log
}
log_down() {
    kill "$syslogd"
    wait "$syslogd" 2>/dev/null
    rm -f /dev/log
}
options=(run --policy "$policy" --endpoint "$endpoint" --state "$state" --audit syslog --volume "C=$c")
# One datagram a line; its header is the usual one: <priority>date junctiond[pid]:
datagrams() {
    sed 's/}</}\n</g' "$received" | grep -aE '^<[0-9]+>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} junctiond\[[0-9]+\]: \{.*\}$'
}
has_record() {
    [ -n "$(datagrams | sed 's/^[^{]*//' | jq -c "select($1)")" ]
}

refuses "without /dev/log it does not start" 'audit ' "${options[@]}"
log_up
junctiond "${options[@]}" >"$service_log" 2>&1 </dev/null &
service=$!
claim "with it, it does" wait_until 20 is_ready
answers "a change is made" 0 "$alice" create 'C:\lab\link' 'C:\lab\target'
claim "its intent is in the log" wait_until 10 has_record '.event == "change_intent"'
claim "its outcome is in the log" wait_until 10 has_record '.event == "change_done" and .link == "C:\\lab\\link"'
answers "a denial" "3 denied" "$bob" remove 'C:\lab\link'
claim "is in the log" wait_until 10 has_record '.event == "denied"'
claim "as a warning of authpriv" grep -qE '^<84>.*"event":"denied"' <(datagrams)
log_down
answers "a log that went away: nothing is changed" "7 audit_unavailable" "$alice" remove 'C:\lab\link'
claim "and nothing was" is_junction_to "$c/lab/link" "$c/lab/target"
log_up
removes() {
    ask "$alice" remove 'C:\lab\link' && [ "$status" = 0 ]
}
claim "a log that is back is found again" wait_until 10 removes
stop
claim "the last words are in the log" wait_until 10 has_record '.event == "stopped"'
kill "$syslogd"
claims_end
