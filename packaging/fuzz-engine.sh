#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# fuzz-engine.sh JAVA SECONDS: the engine's parsers and planner with what Jazzer thinks of, so many seconds each; begun with the
# configurations of the tests. The corpus, and what was found, is kept in build/fuzz. FUZZ_SEED: the same
# beginning again.
set -euo pipefail

cd "$(dirname "$0")/.."
java=$1 seconds=$2
root=$PWD
failed=

seeds() { # target, folder
    local name=0 config
    for config in runtime/src/test/resources/plans/*/config.json runtime/src/test/resources/found/config/*.json; do
        name=$((name + 1))
        case $1 in
        dev.jrunc.lifecycle.ConfigFuzz) { printf '\0'; cat "$config"; } >"$2/seed-$name" ;;
        dev.jrunc.json.DocumentFuzz) { printf '\2'; cat "$config"; } >"$2/seed-$name" ;;
        esac
    done
    case $1 in
    *DocumentFuzz)
        printf '\0{"terminal":false,"cwd":"/","args":["a"],"env":["A=b"],"user":{"uid":1,"gid":2}}' >"$2/seed-process"
        printf '\1{"memory":{"limit":1},"cpu":{"shares":2},"pids":{"limit":3}}' >"$2/seed-resources"
        printf '\3{"id":"a","complete":true,"pid":1,"startTime":2,"bundle":"/b","rootfs":"/r","created":"c","annotations":{},"owner":"o","ownPidNamespace":true,"sessionKeyring":true,"cgroups":[],"poststart":[],"poststop":[]}' >"$2/seed-state"
        ;;
    *ArgumentsFuzz) printf '1.5h3m\n--root\n/r\n--memory\n64m' >"$2/seed" ;;
    *FrameFuzz) for call in {0..11}; do printf "\\1\\x$(printf %x "$call")\\1\\0\\0\\0\\1\\0\\0\\0" >"$2/seed-$call"; done ;;
    esac
}

for target in dev.jrunc.lifecycle.ConfigFuzz dev.jrunc.json.DocumentFuzz dev.jrunc.engine.FrameFuzz dev.jrunc.cli.ArgumentsFuzz; do
    short=${target##*.}
    corpus=build/fuzz/$short.corpus log=build/fuzz/$short.log
    mkdir -p "$corpus" "$corpus.found"
    seeds "$target" "$corpus"
    # The sanitizers of Jazzer look for what the engine has no means to do.
    if (cd runtime && "$java" -XX:+UseSerialGC -Xmx1500m -XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -cp "target/fuzz/*:target/test-classes:target/classes" \
        com.code_intelligence.jazzer.Jazzer "--target_class=$target" '--instrumentation_includes=dev.jrunc.**:tools.jackson.core.**' \
        '--custom_hook_includes=none.**' '--disabled_hooks=*' "--reproducer_path=$root/$corpus.found" "-artifact_prefix=$root/$corpus.found/" \
        -timeout=25 -max_len=16384 -print_final_stats=1 ${FUZZ_SEED:+-seed="$FUZZ_SEED"} -rss_limit_mb=4096 "-max_total_time=$seconds" "$root/$corpus" \
        >"$root/$log" 2>&1); then
        printf '%s: %s executions in %s s\n' "$short" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds"
    else
        failed="$failed $short"
        grep -aE '^== Java Exception|^Caused by|^	at dev.jrunc|ERROR|Test unit written|Exception in' "$log" >&2 || tail -20 "$log" >&2
    fi
done
[ -z "$failed" ] || { echo "fuzzing has found something:$failed" >&2; exit 1; }
