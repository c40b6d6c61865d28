#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tree-test.sh TREE: what was built works wherever it is put, and starts from its AOT cache there.
set -euo pipefail

tree=$(readlink -f "$1")
folder=$(mktemp -d /tmp/jrunc-tree-XXXXXX)
id=tree-test-$$
# What a failed test left of its container.
ended() {
    [ ! -e "$folder/states" ] || "$tree/bin/jrunc" --root "$folder/states" delete --force "$id"
    rm -rf "$folder"
}
trap ended EXIT
. "$(dirname "$0")/checks.sh"

cache_has() { # lib folder, class: it comes from the cache
    local options
    mapfile -t options < <(packaging/java-options.sh "$1")
    (cd / && env -i "$1/runtime/bin/java" -Xlog:class+load "${options[@]}" </dev/null 2>&1 || true) |
        grep -q "$2 source: shared objects file"
}

# The commands that containers wait for, and what fails most, as root: an engine that notes where its classes come from.
all_classes_are_cached() { # tree
    local java="$1/lib/jrunc/runtime/bin/java" root="$folder/states" bundle="$folder/bundle" call calls
    mv "$java" "$java.cached"
    printf '#!/bin/sh\nexec "%s" "-Xlog:class+load:file=%s/classes-%%p:tags" "$@"\n' "$java.cached" "$folder" >"$java"
    chmod +x "$java"
    mkdir -p "$bundle/rootfs/bin"
    cp /bin/busybox "$bundle/rootfs/bin/sleep"
    "$1/bin/jrunc" --engine cold spec --bundle "$bundle"
    sed -i -e 's/"terminal": true/"terminal": false/' -e 's/"sh"/"sleep", "300"/' "$bundle/config.json"
    rm "$folder"/classes-*
    calls=("create --bundle $bundle $id" "start $id" "state $id" "exec $id sleep 0" "pause $id" "resume $id" "ps $id" list "kill $id KILL" "delete --force $id"
        "run --bundle $bundle $id" "!state $id" "delete --force $id" "!create --bundle /missing $id")
    for call in "${calls[@]}"; do
        [ "${call%% *}" != run ] || sed -i 's/"300"/"0.7"/' "$bundle/config.json"
        outcome "$call" "$1/bin/jrunc" --engine cold --root "$root" --log "$folder/log" ${call#!} <"$folder/empty" >"$folder/said" 2>&1 ||
            { cat "$folder/said"; return 1; }
        [ -n "$(ls "$folder"/classes-*)" ] || return 1
        ! grep -v 'source: shared objects file' "$folder"/classes-* || { echo "not in the cache: $call"; return 1; }
        rm "$folder"/classes-*
    done
}

outcome() { # call, command…: fails when it should not, or the other way round
    if [ "${1#!}" = "$1" ]; then "${@:2}"; else ! "${@:2}"; fi
}

says_version() { # program
    [[ $("$1" --version) == "jrunc version "* ]]
}

# Its libraries want modules of the JDK that nothing else does.
validates() { # program
    local folder found
    folder=$(mktemp -d)
    echo '{"ociVersion":3}' >"$folder/config.json"
    found=$("$1" --engine cold validate --bundle "$folder" 2>&1)
    rm -r "$folder"
    [[ $found == "config.json: error: /ociVersion: expected a string, found 3 "* ]] || { echo "$found"; false; }
}

# The JVM would take the jar's old classes from the cache: docs/decisions/aot-cache.md.
minds_its_jars() { # program, jar
    local told
    told=$("$1" --engine cold doctor 2>&1) || true
    [[ $told =~ AOT\ cache\ +/.*,\ in\ use ]] || return 1
    touch --date='2 minutes' "$2"
    told=$("$1" --engine cold doctor 2>&1) || true
    [[ $told =~ AOT\ cache\ +not\ in\ use ]]
}

is_static() { # program
    # Not -q: readelf would be ended by SIGPIPE, and that taken for "it has none".
    ! readelf --program-headers "$1" | grep INTERP
}

# docs/decisions/faults.md
has_no_faults() { # program
    ! grep --quiet --text 'JRUNC_FAULT' "$1"
}

# A position-independent program whose tables are read-only from the start, with no stack to execute and canaries on it.
is_hardened() { # program
    local headers dynamic
    headers=$(readelf --wide --file-header --program-headers "$1")
    dynamic=$(readelf --wide --dynamic "$1")
    [[ $headers == *"DYN (Position-Independent"* && $headers == *GNU_RELRO* && $dynamic == *BIND_NOW* ]] || return 1
    grep -E 'GNU_STACK .* RW +0x' <<<"$headers" && ! grep -E 'LOAD .* RWE ' <<<"$headers" && [[ $dynamic != *TEXTREL* ]] || return 1
    [ "$(uname -m)" != x86_64 ] || [ "$(objdump --disassemble "$1" | grep -c '%fs:0x28')" -gt 50 ]
}

check "the program is static" is_static "$tree/bin/jrunc"
check "the program has nothing of the test build" has_no_faults "$tree/bin/jrunc"
check "the program is hardened" is_hardened "$tree/bin/jrunc"
check "the cache is used where it was built" cache_is_used "$tree/lib/jrunc"
check "the engine's classes are in the cache" cache_has "$tree/lib/jrunc" dev.jrunc.Main
check "it says its version" says_version "$tree/bin/jrunc"

moved="$folder/moved/some where"
mkdir -p "$moved"
cp -a "$tree" "$moved/tree"
check "the cache is used after a move" cache_is_used "$moved/tree/lib/jrunc"
check "it works after a move" says_version "$moved/tree/bin/jrunc"

[ "$(id -u)" = 0 ] || { echo "tree-test: one test makes a container, which takes root" >&2; exit 1; }
: >"$folder/empty"
check "no class of a common command comes from outside the cache" all_classes_are_cached "$moved/tree"

check "make install" make --no-print-directory install DESTDIR="$folder/root" PREFIX=/opt/jrunc
check "the cache is used where it was installed" cache_is_used "$folder/root/opt/jrunc/lib/jrunc"
check "it works where it was installed" says_version "$folder/root/opt/jrunc/bin/jrunc"
check "it validates" validates "$folder/root/opt/jrunc/bin/jrunc"
check "no cache where a jar is younger" minds_its_jars "$folder/root/opt/jrunc/bin/jrunc" "$folder"/root/opt/jrunc/lib/jrunc/app/jackson-core-*.jar

# Where the program is at the place that the units name.
make --no-print-directory install PREFIX="$folder/local" >/dev/null
units="$folder/local/lib/systemd"
mkdir "$folder/session"
user_units_are_right() {
    XDG_RUNTIME_DIR="$folder/session" systemd-analyze --user verify "$units"/user/*
}
check "what it is made of is told" grep -q '^com.github.jnr:jffi:.* Apache-2.0' "$folder/root/opt/jrunc/lib/jrunc/THIRD-PARTY"

check "the units of the system" systemd-analyze verify "$units"/system/*
check "the units of a user" user_units_are_right
# In tenths: 0 is the best. docs/decisions/resident-engine.md says what is left.
check "the service is confined" systemd-analyze security --no-pager --offline=yes --threshold=4 \
    "$units/system/jrunc-engine.service"

checked
