#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tests in the guest: those that want version 2 of cgroups, systemd, AppArmor or CRIU, and of the others those that may go
# another way there. Reports go to reports/; the last lines are JUnit's totals.
set -uo pipefail
cd /jrunc/integration-tests || exit 1

# Huge pages for the limits on them.
echo 8 >/proc/sys/vm/nr_hugepages

run() { # name, seconds, engine or runc, options of the console launcher…
    local runtime=jrunc engine=$3
    [ "$engine" != runc ] || { runtime=runc engine=cold; }
    JRUNC_IT_RUNTIME=$runtime JRUNC_IT_ENGINE=$engine timeout --kill-after=10 "$2" \
        env --default-signal=HUP,INT,QUIT,TERM ../jdk/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp 'test-classes:vm/*' \
        org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=summary \
        --reports-dir="../reports/$1" "${@:4}" >"../reports/$1.txt" 2>&1
    local status=$?
    [ $status != 124 ] && [ $status != 137 ] || echo "guest: $1 took longer than $2 s"
    grep -E '^  JUnit|^    =>' "../reports/$1.txt" | cut -c1-400
    sed -n "s/^\[ *\([0-9]*\) tests \(successful\|failed\|aborted\) *\]/\1 \2/p" "../reports/$1.txt" |
        awk -v name="$1" '{ n[$2] = $1 } END { printf "%s: %d passed, %d failed, %d skipped\n", name, n["successful"], n["failed"], n["aborted"] }'
    return $status
}

failed=0
while read -r name seconds engine classes; do
    [ -n "$name" ] && [ "${name#\#}" = "$name" ] || continue
    options=()
    for class in $classes; do options+=("--select-class=dev.jrunc.it.$class"); done
    run "$name" "$seconds" "$engine" "${options[@]}" || failed=1
done <../suites
exit $failed
