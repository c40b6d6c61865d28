#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh JRUNC: wall times of runc and jrunc, measured in turn in the same run, as a table; then the memory that stays after
# create. RUNS says how often (default 30).
set -euo pipefail

jrunc=$(readlink -f "$1")
runc=$(command -v runc)
runs=${RUNS:-30}
[ "$(id -u)" = 0 ] || { echo "The benchmark makes containers, which takes root." >&2; exit 1; }

folder=$(mktemp -d /tmp/jrunc-bench-XXXXXX)
id=jrunc-bench-$$
ended() {
    for runtime in "$runc" "$jrunc"; do
        "$runtime" --root "$folder/$(basename "$runtime")" delete --force "$id" >/dev/null 2>&1 || true
    done
    rm -rf "$folder"
}
trap ended EXIT

bundle=$folder/bundle
mkdir -p "$bundle/rootfs/bin"
cp /bin/busybox "$bundle/rootfs/bin/true"
cp /bin/busybox "$bundle/rootfs/bin/sleep"
"$runc" spec --bundle "$bundle"
: >"$folder/empty"

args() { # program and its arguments, as JSON
    jq --argjson args "$1" '.process.terminal = false | .process.args = $args' "$bundle/config.json" >"$folder/config.json"
    mv "$folder/config.json" "$bundle/config.json"
}

# Through a shell, whose own time hyperfine takes off: Debian 12's hyperfine lends /dev/null to what it starts, and runc changes
# the owner of its standard input and output.
median() { # runtime, prepare, arguments of the runtime: prints milliseconds
    local call="$1 --root $folder/$(basename "$1")"
    hyperfine --warmup 3 --runs "$runs" --style none --prepare "{ ${2//CALL/$call}; } >$folder/prepare.log 2>&1 <$folder/empty || :" \
        --export-json "$folder/result.json" "$call $3 <$folder/empty >$folder/output 2>&1" >"$folder/hyperfine.log" 2>&1 || {
        cat "$folder/hyperfine.log" "$folder/output" >&2
        return 1
    }
    jq '.results[0].median * 1000' "$folder/result.json"
}

row() { # name, prepare, arguments
    local theirs ours
    theirs=$(median "$runc" "$2" "$3")
    ours=$(median "$jrunc" "$2" "$3")
    awk -v name="$1" -v theirs="$theirs" -v ours="$ours" \
        'BEGIN { printf "| %s | %.0f ms | %.0f ms | %.1f |\n", name, theirs, ours, ours / theirs }'
}

remove="CALL delete --force $id"
create="$remove; CALL create --bundle $bundle $id"

echo "Medians of $runs; $(uname -r), $(nproc) processors; $("$runc" --version | head -n 1); $("$jrunc" --version | head -n 1)"
echo
echo "| command | runc | jrunc, cold | ratio |"
echo "|---|---|---|---|"
args '["/bin/true"]'
row "run /bin/true" "$remove" "run --bundle $bundle $id"
args '["/bin/sleep", "100"]'
row create "$remove" "create --bundle $bundle $id"
row state "$create" "state $id"
row start "$create" "start $id"
row "delete --force" "$create" "delete --force $id"

# smaps_rollup counts a page of several processes in parts: what this container costs.
echo
"$jrunc" --root "$folder/jrunc" delete --force "$id"
"$jrunc" --root "$folder/jrunc" create --bundle "$bundle" "$id" <"$folder/empty" >"$folder/output" 2>&1
pid=$("$jrunc" --root "$folder/jrunc" state "$id" | jq .pid)
awk '/^Pss:/ { printf "After create stays init alone, with %d KiB (PSS, its sealed copy included).\n", $2 }' "/proc/$pid/smaps_rollup"
