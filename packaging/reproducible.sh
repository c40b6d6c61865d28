#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# reproducible.sh: the same sources, built twice from nothing in folders of different names, give the same bytes. The exception is
# the AOT cache: a dump of a JVM's memory, with addresses and times of its own.
set -euo pipefail

cd "$(dirname "$0")/.."
folder=$(mktemp -d /tmp/jrunc-reproducible-XXXXXX)
trap 'rm -rf "$folder"' EXIT
for build in first the-second-of-two; do
    mkdir "$folder/$build"
    git ls-files -z | tar --create --null --files-from=- | tar --extract --directory="$folder/$build"
    make --no-print-directory -C "$folder/$build" tree >"$folder/$build.log" 2>&1 || { cat "$folder/$build.log" >&2; exit 1; }
    (cd "$folder/$build/build/jrunc" && find . -type f -exec sha256sum {} + | sort) >"$folder/$build.sums"
done
different=$(diff "$folder/first.sums" "$folder/the-second-of-two.sums" | sed -n 's/^[<>] [0-9a-f]*  //p' | sort -u || true)
echo "reproducible: $(comm -12 "$folder/first.sums" "$folder/the-second-of-two.sums" | wc -l) files are the same, different:" $different
[ -z "$(grep -vx './lib/jrunc/jrunc.aot' <<<"$different")" ]
