#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh SECONDS TARGET…: what was found once, then new inputs for so many seconds each. The corpus is kept in
# build/fuzz. FUZZ_SEED: the same inputs again, where the corpus is the same.
set -euo pipefail

cd "$(dirname "$0")/../.."
seconds=$1
shift
failed=
for target in "$@"; do
    corpus=build/fuzz/$target.corpus log=build/fuzz/$target.log found=native/fuzz/found/$target
    mkdir -p "$corpus" "$corpus.found"
    arguments=(-timeout=10 -max_len=4096 -rss_limit_mb=2048 -print_final_stats=1 ${FUZZ_SEED:+-seed="$FUZZ_SEED"} "-artifact_prefix=$corpus.found/")
    # Leaks are looked for by the target itself: what a longjmp leaves behind is none.
    export ASAN_OPTIONS=detect_leaks=0
    if { [ ! -d "$found" ] || build/fuzz/"${target}_fuzz" "${arguments[@]}" "$found"/* >"$log" 2>&1; } &&
        build/fuzz/"${target}_fuzz" "${arguments[@]}" "-max_total_time=$seconds" "$corpus" >"$log" 2>&1; then
        printf '%s: %s executions in %s s\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: //p' "$log")" "$seconds"
    else
        failed="$failed $target"
        grep -E 'ERROR|runtime error|kernel:|^ +#[0-9]+ .*native/|SUMMARY|Test unit written' "$log" >&2
    fi
done
[ -z "$failed" ] || { echo "fuzzing has found something:$failed" >&2; exit 1; }
