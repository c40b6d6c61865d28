#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-jars.sh FOLDER CHECKSUMS: every jar of FOLDER is named in CHECKSUMS (sha256sum), and is what it says.
set -eu

checksums=$(readlink -f "$2")
cd "$1"
sha256sum --check --quiet --strict "$checksums" >&2 || {
    echo "$1: not the jars that packaging/checksums was written for; make checksums after a change that is meant" >&2
    exit 1
}
for jar in *.jar; do
    grep -q "  $jar\$" "$checksums" || { echo "$1/$jar is not in packaging/checksums: make checksums" >&2 && exit 1; }
done
