#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# link.sh CC PROGRAM TARGET.o KERNEL.o OTHER.o… -- NATIVE.o…: a fuzz target. What NATIVE and TARGET call of kernel and C library is
# KERNEL's; a call that is neither there nor in `harmless` is an error.
set -euo pipefail

cc=$1 program=$2 target=$3 kernel=$4
shift 4
own=()
while [ "$1" != -- ]; do own+=("$1") && shift; done
shift
folder=$program.objects
rm -rf "$folder" && mkdir "$folder"
ld -r -o "$folder/all.o" "$target" "$@"
nm --undefined-only --format=just-symbols "$folder/all.o" | grep -Ev '^_*(asan|ubsan|sanitizer|sancov|start___sancov|stop___sancov)_' | sort -u >"$folder/asked"
nm --defined-only --format=just-symbols "$kernel" | sed -n 's/^kernel_//p' | sort -u >"$folder/answered"
nm --defined-only --format=just-symbols "$kernel" "${own[@]}" | sort -u >"$folder/own"
unknown=$(comm -23 "$folder/asked" "$folder/answered" | comm -23 - "$folder/own" |
    comm -23 - <(tr ' ' '\n' <"$(dirname "$0")/harmless" | sort -u))
[ -z "$unknown" ] || {
    printf 'neither in native/fuzz/kernel.c nor in native/fuzz/harmless:\n%s\n' "$unknown" >&2
    exit 1
}
comm -12 "$folder/asked" "$folder/answered" | sed 's/.*/& kernel_&/' >"$folder/renamed"
objcopy --redefine-syms="$folder/renamed" "$folder/all.o" "$folder/renamed.o"
$cc -fsanitize=address,undefined -o "$program" "$folder/renamed.o" "$kernel" "${own[@]}"
