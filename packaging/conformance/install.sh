#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# install.sh FOLDER: the OCI validation suite, one version of it, into FOLDER/bin; and the root filesystem that its programs
# unpack, into FOLDER. What is there already stays.
set -euo pipefail

version=v0.9.1-0.20221107090550-2e043c6bd626
module=github.com/opencontainers/runtime-tools
folder=$1
[ "$(cat "$folder/version" 2>/dev/null)" != "$version" ] || exit 0
command -v go >/dev/null || { echo "The OCI validation suite is a Go module: it takes a Go toolchain in PATH." >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/rootfs/bin" "$folder"/rootfs/{etc,proc,sys,dev}

folder=$(readlink -f "$folder")
echo "Installing $module $version" >&2
# Outside of the tree's Go settings; the programs run inside the containers, so they are static.
(cd / && GOBIN=$folder/bin GOFLAGS=-buildvcs=false CGO_ENABLED=0 timeout 600 go install -trimpath -tags netgo,osusergo \
    "$module/cmd/runtimetest@$version" "$module/cmd/oci-runtime-tool@$version" "$module/validation/...@$version") \
    >"$folder/install.log" 2>&1 </dev/null || { cat "$folder/install.log" >&2; exit 1; }

cp /bin/busybox "$folder/rootfs/bin/busybox"
for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$folder/rootfs/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$folder/rootfs/etc/passwd"
echo 'root:x:0:' >"$folder/rootfs/etc/group"
tar --create --gzip --owner=0 --group=0 --directory="$folder/rootfs" --file="$folder/rootfs-amd64.tar.gz" .
rm -r "$folder/rootfs"
echo "$version" >"$folder/version"
