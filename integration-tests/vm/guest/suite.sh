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
# So that what came of it is still told and brought out when the guest's time is over.
uptime=$(cut -d. -f1 /proc/uptime)
left=$(($(cat ../limit) - uptime))
if [ "$left" -le 0 ]; then
    echo "$name: not run, because the guest's time was over"
    exit 1
fi
[ "$seconds" -le "$left" ] || seconds=$left
# Emulated, and two at a time.
slowness=3
! grep -q jrunc.kvm /proc/cmdline || slowness=1
JRUNC_IT_SLOWNESS=$slowness JRUNC_IT_RUNTIME=$runtime JRUNC_IT_ENGINE=$engine timeout --kill-after=10 "$seconds" \
    env --default-signal=HUP,INT,QUIT,TERM ../jdk/bin/java @../java-options -XX:AOTCache=tests.aot -XX:AOTMode=on -cp "$(cat classpath)" \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=testfeed \
    --reports-dir="../reports/$name" "${options[@]}" >"$report" 2>&1 </dev/null
status=$?
took=$SECONDS
grep -E '^  JUnit|^    =>' "$report" | cut -c1-400
[ $status != 124 ] && [ $status != 137 ] || echo "$name: ended, because it took longer than $seconds s"
# Each test has told how it went, also where there is no end.
grep -E ' :: (SUCCESSFUL|FAILED|ABORTED)$' "$report" | awk -v name="$name" -v took="$took" '
    { n[$NF]++ }
    END { printf "%s: %d passed, %d failed, %d skipped, in %d s\n", name, n["SUCCESSFUL"], n["FAILED"], n["ABORTED"], took }'
exit $status
