#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# attacks-can-fail.sh BUILD JDK [NAME...]: shows that each test of an attack fails where its defence is taken out. Each NAME.patch
# of this folder takes one out; it goes onto a copy of the sources, which is built, and each of its tests has to fail against that.
# Nothing of it comes into the tree that is installed.
set -euo pipefail
build=$(realpath "$1") jdk=$2
shift 2
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
work=$build/defences
tests=$project/integration-tests/target
# What passes without any defence: else a test would fail for another reason than it says.
ANY_CONTAINER=ProcessIT#itIsTheFirstOfItsNamespaceAndOfItsSession

header() { # NAME FIELD
	sed -n "s/^$2: //p" "$here/$1.patch"
}

# The program, with what was compiled already, and lib/jrunc beside it.
build_program() {
	cp -a "$project"/{Makefile,native,packaging} "$1"
	mkdir -p "$1/build/jrunc/bin" "$1/build/asan" "$1/runtime"
	cp -a "$build/native" "$build/kernel-headers" "$1/build"
	patch --silent --fuzz=0 --directory="$1" --strip=1 <"$here/$2.patch" || return
	# What a patch leaves unused is not worth a line of it.
	make --silent --directory="$1" WARNINGS= build/jrunc/bin/jrunc >"$1/log" 2>&1 || return
	ln -s "$build/jrunc/lib" "$1/build/jrunc/lib"
}

# The engine with another class in its jar, and without the cache that was made for the first.
build_engine() {
	local source lib=$1/build/jrunc/lib/jrunc
	source=$(sed -n 's|^+++ b/||p' "$here/$2.patch")
	mkdir -p "$1/build/jrunc/bin" "$lib" "$1/classes"
	for file in $source; do
		mkdir -p "$1/$(dirname "$file")"
		cp "$project/$file" "$1/$file"
	done
	patch --silent --fuzz=0 --directory="$1" --strip=1 <"$here/$2.patch" || return
	cp -a "$build/jrunc/bin/jrunc" "$1/build/jrunc/bin"
	cp -a "$build/jrunc/lib/jrunc/app" "$lib"
	ln -s "$build/jrunc/lib/jrunc/"{native,runtime} "$lib"
	(cd "$1" && "$jdk/bin/javac" -nowarn -proc:none -d classes -cp "$lib/app/*:$tests/vm/*" $source && "$jdk/bin/jar" uf "$lib/app/jrunc.jar" -C classes .) \
		>"$1/log" 2>&1
}

# 0: it passed; 1: it failed; 2: neither.
run_test() { # FOLDER TEST
	local class=${2%%#*} method=${2##*#} log=$1/${2//#/.}.log status=0
	if [[ $2 == *_test ]]; then
		make --silent --directory="$1" WARNINGS= "build/asan/$2" >"$log" 2>&1 || return 2
		"$1/build/asan/$2" >>"$log" 2>&1 || return 1
		return 0
	fi
	(cd "$project/integration-tests" && env --default-signal=HUP,INT,QUIT,TERM JRUNC_IT_RUNTIME="$1/build/jrunc/bin/jrunc" \
		JRUNC_IT_ENGINE=warm "$jdk/bin/java" -cp "$tests/test-classes:$tests/vm/*" org.junit.platform.console.ConsoleLauncher execute \
		--disable-banner --disable-ansi-colors --details=tree --select-class="dev.jrunc.it.$class" \
		--include-methodname=".*#$method\\(?.*") >"$log" 2>&1 || status=$?
	[ "$status" = 0 ] && grep -q '^\[ *[1-9][0-9]* tests successful' "$log" && return 0
	[ "$status" = 1 ] && grep -q '^\[ *[1-9][0-9]* tests failed' "$log" && return 1
	return 2
}

names=("$@")
if [ ${#names[@]} = 0 ]; then
	for file in "$here"/*.patch; do
		names+=("$(basename "$file" .patch)")
	done
fi
wrong=0 count=0
for name in "${names[@]}"; do
	rm -rf "${work:?}/$name"
	mkdir -p "$work/$name"
	kind=build_program
	grep -q '^+++ b/runtime/' "$here/$name.patch" && kind=build_engine
	if ! $kind "$work/$name" "$name"; then
		echo "NOT BUILT: $name: see $work/$name/log"
		wrong=$((wrong + 1))
		continue
	fi
	if ! run_test "$work/$name" "$ANY_CONTAINER"; then
		echo "RUNS NO CONTAINER: $name: see $work/$name"
		wrong=$((wrong + 1))
		continue
	fi
	for test in $(header "$name" Tests | tr ',' ' '); do
		count=$((count + 1))
		result=0
		run_test "$work/$name" "$test" || result=$?
		case $result in
		0) said="STILL PASSES" ;;
		1) said="fails without it" ;;
		*) said="DIDN'T RUN" ;;
		esac
		[ "$result" = 1 ] || wrong=$((wrong + 1))
		echo "$said: $name ($(header "$name" Identifiers)): $test"
	done
done
echo "${#names[@]} defences taken out, $count tests; $wrong did not fail"
[ "$wrong" = 0 ]
