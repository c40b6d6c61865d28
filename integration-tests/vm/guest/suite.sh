#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# suite.sh NAME SECONDS ENGINE CLASS…: one run of JUnit in the guest, of a line of `suites`. Its report goes to reports/NAME; what failed, and the
# totals, to standard output.
set -uo pipefail

name=$1 seconds=$2 engine=$3
runtime=jrunc
[ "$engine" != runc ] || { runtime=runc engine=cold; }
shift 3
options=()
for class in "$@"; do
    case $class in
    *'#'*) options+=("--select-method=dev.jrunc.it.$class(dev.jrunc.it.harness.Lab)") ;;
    *) options+=("--select-class=dev.jrunc.it.$class") ;;
    esac
done
report=../reports/$name.txt
# Emulated, and two at a time.
slowness=3
! grep -q jrunc.kvm /proc/cmdline || slowness=1
JRUNC_IT_SLOWNESS=$slowness JRUNC_IT_RUNTIME=$runtime JRUNC_IT_ENGINE=$engine timeout --kill-after=10 "$seconds" \
    env --default-signal=HUP,INT,QUIT,TERM ../jdk/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp 'test-classes:vm/*' \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=summary \
    --reports-dir="../reports/$name" "${options[@]}" >"$report" 2>&1 </dev/null
status=$?
took=$SECONDS
grep -E '^  JUnit|^    =>' "$report" | cut -c1-400
[ $status != 124 ] && [ $status != 137 ] || echo "$name: ended, because it took longer than $seconds s"
sed -n "s/^\[ *\([0-9]*\) tests \(successful\|failed\|aborted\) *\]/\1 \2/p" "$report" | awk -v name="$name" -v took="$took" '
    { n[$2] = $1 }
    END { printf "%s: %d passed, %d failed, %d skipped, in %d s\n", name, n["successful"], n["failed"], n["aborted"], took }'
exit $status
