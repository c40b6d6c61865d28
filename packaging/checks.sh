# SPDX-License-Identifier: Apache-2.0
# For tree-test.sh and package-test.sh, which make $folder: checks that go on after a failure, and are counted.
passed=0
failed=0

check() { # what, command…
    if "${@:2}" >"$folder/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        local name=${0##*/}
        echo "${name%.sh}: failed: $1" >&2
        cat "$folder/output" >&2
    fi
}

checked() { # the total; fails when anything has
    local name=${0##*/}
    echo "${name%.sh}: $passed passed, $failed failed"
    [ "$failed" = 0 ]
}

# AOTMode=on makes a refused cache an error; -version then ends the JVM before Main.
cache_is_used() { # lib folder
    local options
    mapfile -t options < <(packaging/java-options.sh "$1" | grep -v '^dev\.jrunc\.Main$')
    (cd / && env -i "$1/runtime/bin/java" -XX:AOTMode=on "${options[@]}" -version)
}
