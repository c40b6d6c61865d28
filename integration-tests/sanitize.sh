#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanitize.sh FOLDER JDK PLANTED...: runs the integration tests of the main paths with FOLDER/bin/jrunc, in which front, stage and init
# report what ASan and UBSan find to FOLDER/reports. Any report is a failure, whatever became of its test. At first the same has to
# be seen of the programs FOLDER/PLANTED/bin/jrunc, which go wrong. CLASSES= chooses tests (see docs/decisions/sanitizers.md).
set -euo pipefail
folder=$(realpath "$1") jdk=$2
shift 2
cd "$(dirname "$0")"
reports=$folder/reports
read -ra classes <<<"${CLASSES:-LifecycleIT ProcessIT ExecIT ExecTerminalIT MountsIT DevicesIT CgroupIT TerminalIT HooksIT SeccompIT UserNamespaceIT \
	NamespacesIT RootlessIT}"
# It makes a container and enters it: front, clone, init and stage.
ENTERING=ExecIT#itIsInTheNamespacesAndCgroupsOfTheContainer

# Of a container's root without rights on the host, and of users without rights, too.
clear_reports() {
	: >"$reports"
	chmod 0666 "$reports"
}

run_tests() { # PROGRAM ENGINE LOG SELECTION...: 0: passed; 1: failed
	env --default-signal=HUP,INT,QUIT,TERM JRUNC_MUST_WORK=1 JRUNC_IT_RUNTIME="$1" JRUNC_IT_ENGINE="$2" "$jdk/bin/java" \
		-cp "target/test-classes:target/vm/*" org.junit.platform.console.ConsoleLauncher execute --disable-banner \
		--disable-ansi-colors --details=testfeed "${@:4}" >"$3" 2>&1
}

# Its own frames get functions and lines, which are in the program's file alone.
show_reports() { # PROGRAM
	local line
	while IFS= read -r line; do
		if [[ $line =~ ^(\ +#[0-9]+)\ .*(jrunc|jrunc-init\ \(deleted\))\+(0x[0-9a-f]+)\) ]]; then
			line="${BASH_REMATCH[1]} $(addr2line -e "$1" -f -p "${BASH_REMATCH[3]}")"
		fi
		printf '%s\n' "$line"
	done <"$reports"
}

for planted in "$@"; do
	clear_reports
	status=0
	run_tests "$folder/$planted/bin/jrunc" cold "$folder/$planted/log" --select-method="dev.jrunc.it.$ENTERING(dev.jrunc.it.harness.Lab)" || status=$?
	kind=AddressSanitizer
	[[ $planted != *undefined ]] || kind=UndefinedBehaviorSanitizer
	if [ "$status" != 1 ] || ! grep -q "^\[ *1 tests failed" "$folder/$planted/log" || ! grep -q "SUMMARY: $kind" "$reports"; then
		echo "Not seen: what is wrong in $folder/$planted/bin/jrunc (the test's status is $status): see $folder/$planted/log" >&2
		exit 1
	fi
	echo "seen: $planted"
done
clear_reports
selection=()
for class in "${classes[@]}"; do
	selection+=("--select-class=dev.jrunc.it.$class")
done
status=0
run_tests "$folder/bin/jrunc" warm "$folder/log" "${selection[@]}" || status=$?
# What failed, with the lines of its message and of its own frames.
awk '/ :: FAILED$/ { show = 1; print; next } /^[^\t]/ { show = 0 } show && !/^\t\tat (java\.base|org\.junit)/' "$folder/log" | cut -c1-600
grep -E '^\[ *[0-9]+ tests (successful|failed|skipped|aborted)' "$folder/log" || true
if [ -s "$reports" ]; then
	show_reports "$folder/bin/jrunc" >&2
	echo "front, stage or init went wrong: see $reports" >&2
	exit 1
fi
[ "$status" = 0 ] || echo "tests failed: see $folder/log" >&2
exit "$status"
