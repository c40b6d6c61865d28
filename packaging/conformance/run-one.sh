#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run-one.sh FOLDER RUNTIME PROGRAM LOG: runs one program of the suite that install.sh put into FOLDER. TAP goes to LOG.tap, the
# rest to LOG.err, "ok skip not-ok exit" to LOG.result.
#
# Some programs mount into a bundle and then remove the bundle through the mounts, so each has a mount namespace of its own, with a
# /run of its own: containers that a program has left are found in it, and are deleted.
set -uo pipefail

seconds=60
folder=$(readlink -f "$1")
runtime=$2
program=$3
log=$4

if [ "${5-}" = inside ]; then
    mount -t tmpfs -o mode=0755 tmpfs /run || exit 99
    # runtimes give their standard fds to the container's user, and some of the programs lend them /dev/null: not the host's.
    mknod -m 0666 /run/null c 1 3 && mount --bind /run/null /dev/null || exit 99
    # crun 1.8 refuses a hybrid of cgroup v1 and v2.
    controllers=/sys/fs/cgroup/unified/cgroup.controllers
    [ "${runtime##*/}" != crun ] || [ ! -e $controllers ] || mount --bind /dev/null $controllers || exit 99
    timeout --kill-after=5 "$seconds" "$folder/bin/$program" < <(:)
    status=$?
    for id in $(timeout 30 "$runtime" list --quiet 2>/dev/null); do
        timeout 30 "$runtime" delete --force "$id" >&2
    done
    exit "$status"
fi

# Users of other user namespaces have to reach the bundles.
work=$(mktemp -d /tmp/jrunc-conformance-XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
mkdir "$work/bundles"
[ -x "$folder/bin/$program" ] || { echo "$folder/bin has no $program" >&2; exit 1; }
cp "$folder/rootfs-amd64.tar.gz" "$folder/bin/runtimetest" "$work"
mkdir -p "$(dirname "$log")"
log=$(readlink -f "$log")
self=$(readlink -f "$0")
cd "$work"
RUNTIME=$runtime TMPDIR=$work/bundles PATH=$folder/bin:$PATH \
    unshare --mount --propagation private "$self" "$folder" "$runtime" "$program" "$log" inside >"$log.tap" 2>"$log.err"
status=$?
# What the programs name, and don't remove.
find /sys/fs/cgroup -depth -type d \( -name cgrouptest -o -name testdir \) -exec rmdir {} \; 2>>"$log.err"

lines() { grep --count --ignore-case --extended-regexp "$@" "$log.tap"; }
passed=$(lines '^ok [^#]*$')
skipped=$(lines '^ok .*# skip')
failed=$(lines '^not ok')
# A program that prints no result but an error says that it has tested nothing and ends well: it has failed.
if [ "$(lines '^1\.\.0$')" != 0 ] && [ "$(lines '^ *"error":')" != 0 ]; then
    failed=$((failed + 1))
fi
echo "$passed $skipped $failed $status" >"$log.result"
