#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh JRUNC: makes a bundle in a temporary folder and shows the life of a container, each command before its output.
set -euo pipefail

jrunc=$(readlink -f "$1")
[ "$(id -u)" = 0 ] || { echo "The demo makes containers, which takes root." >&2; exit 1; }

folder=$(mktemp -d /tmp/jrunc-demo-XXXXXX)
root=$folder/state
bundle=$folder/bundle
ended() {
    "$jrunc" --root "$root" delete --force demo >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap ended EXIT
exec < <(:) # standard input of the containers: a pipe at its end

# Prints the command with short names for the folders, then runs it.
show() {
    local shown=${*//"$jrunc"/jrunc}
    shown=${shown//"$folder"\//}
    printf '\n$ %s\n' "${shown//--root state /}"
    "$@"
}

wait_for() { # status
    for _ in $(seq 50); do
        [[ $("$jrunc" --root "$root" state demo) == *"\"status\": \"$1\""* ]] && return
        sleep 0.1
    done
    echo "The container isn't $1 after 5 s." >&2
    exit 1
}

program() { # script: what the container shall run, without a terminal
    sed -i -z -e 's|"terminal": *true|"terminal": false|' \
        -e "s|\"args\": *\[[^]]*\]|\"args\": [\"sh\", \"-c\", \"$1\"]|" "$bundle/config.json"
}

echo "A bundle: busybox as the root filesystem, and the configuration that jrunc writes."
mkdir -p "$bundle/rootfs/bin"
cp /bin/busybox "$bundle/rootfs/bin/"
for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$bundle/rootfs/bin/$applet"
done
show "$jrunc" --version
show "$jrunc" spec --bundle "$bundle"
echo
echo "The program, in config.json: a shell that says who it is, without a terminal."
program 'echo I am process \$\$ of \$(hostname), user \$(id -u); ls /; exit 3'

status=0
show "$jrunc" --root "$root" run --bundle "$bundle" demo || status=$?
echo "(exit status $status, the program's own)"

echo
echo "Now step by step, with a program that stays."
program 'echo the program runs; exec sleep 1000'
show "$jrunc" --root "$root" create --bundle "$bundle" demo
show "$jrunc" --root "$root" state demo
show "$jrunc" --root "$root" start demo
show "$jrunc" --root "$root" list
show "$jrunc" --root "$root" kill demo KILL
wait_for stopped
show "$jrunc" --root "$root" state demo
show "$jrunc" --root "$root" delete demo

echo
echo "What it did: every operation, with the place in config.json, or the rule, that it comes from."
show "$jrunc" --root "$root" explain --bundle "$bundle"
