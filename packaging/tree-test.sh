#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tree-test.sh TREE: what was built works wherever it is put, and starts from its AOT cache there.
set -euo pipefail

tree=$(readlink -f "$1")
folder=$(mktemp -d /tmp/jrunc-tree-XXXXXX)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

check() { # what, command…
    if "${@:2}" >"$folder/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "tree-test: failed: $1" >&2
        cat "$folder/output" >&2
    fi
}

# AOTMode=on makes a refused cache an error; -version then ends the JVM before Main.
cache_is_used() { # lib folder
    local options
    mapfile -t options < <(packaging/java-options.sh "$1" | grep -v '^dev\.jrunc\.Main$')
    (cd / && env -i "$1/runtime/bin/java" -XX:AOTMode=on "${options[@]}" -version)
}

cache_has() { # lib folder, class: it comes from the cache
    local options
    mapfile -t options < <(packaging/java-options.sh "$1")
    (cd / && env -i "$1/runtime/bin/java" -Xlog:class+load "${options[@]}" </dev/null 2>&1 || true) |
        grep -q "$2 source: shared objects file"
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

fits() { # program
    ! readelf --program-headers "$1" | grep -q INTERP && [ "$(stat -c %s "$1")" -lt 1048576 ]
}

check "the program is static and smaller than 1 MiB" fits "$tree/bin/jrunc"
check "the cache is used where it was built" cache_is_used "$tree/lib/jrunc"
check "the engine's classes are in the cache" cache_has "$tree/lib/jrunc" dev.jrunc.Main
check "it says its version" says_version "$tree/bin/jrunc"

moved="$folder/moved/some where"
mkdir -p "$moved"
cp -a "$tree" "$moved/tree"
check "the cache is used after a move" cache_is_used "$moved/tree/lib/jrunc"
check "it works after a move" says_version "$moved/tree/bin/jrunc"

check "make install" make --no-print-directory install DESTDIR="$folder/root" PREFIX=/opt/jrunc
check "the cache is used where it was installed" cache_is_used "$folder/root/opt/jrunc/lib/jrunc"
check "it works where it was installed" says_version "$folder/root/opt/jrunc/bin/jrunc"
check "it validates" validates "$folder/root/opt/jrunc/bin/jrunc"

echo "tree-test: $passed passed, $failed failed"
[ "$failed" = 0 ]
