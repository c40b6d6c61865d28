#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vm-test.sh BUILD JDK: runs the tests that want a systemd of their own, cgroup v2 alone, AppArmor or CRIU in a guest. As root. BUILD has
# the tree (jrunc), the payload (it) and the tests (target/ beside this folder); BUILD/vm keeps the guest, BUILD/vm/reports what came
# of it. It boots twice: with the suites of `suites`, or of the file JRUNC_VM_SUITES, on cgroup v2; then, unless JRUNC_VM_SUITES is given,
# with those of `suites.v1` on v1. JRUNC_VM_ONLY_KVM=1: not at all where KVM doesn't work.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
tests=$(dirname "$here")
build=$(readlink -f "$1")
vm=$build/vm
# Of both boots: 19 minutes, and one for the rest, but for the guest's first making.
limit_seconds=${JRUNC_VM_SECONDS:-960}
limit_v1_seconds=180
probe_seconds=20

# The root file system is made again when what makes it has changed.
prepare_guest() {
    local made_by
    made_by=$(sha256sum <"$here/root.sh")
    if [ "$(cat "$vm/root.made-by" 2>/dev/null)" != "$made_by" ]; then
        echo "vm-test: make the guest's root file system"
        rm -f "$vm/root.made-by"
        timeout 900 "$here/root.sh" "$vm"
        echo "$made_by" >"$vm/root.made-by"
    fi
    "$here/image.sh" "$vm"
}

# What JUnit and the tests want of a JDK.
prepare_jdk() { # JDK
    [ "$vm/jdk/release" -nt "$1/release" ] && return
    rm -rf "$vm/jdk"
    "$1/bin/jlink" --add-modules java.base,java.logging,java.management,java.xml,jdk.net,jdk.unsupported --vm=server --strip-debug \
        --no-header-files --no-man-pages --output "$vm/jdk"
    touch "$vm/jdk/release"
}

# A machine may have /dev/kvm, and a kernel hangs in it all the same.
choose_accelerator() {
    [ -z "${JRUNC_VM_ACCEL:-}" ] || return 0
    export JRUNC_VM_ACCEL=tcg
    [ -e /dev/kvm ] || return 0
    prepare_disks "$here/suites"
    if (JRUNC_VM_ACCEL=kvm "$here/boot.sh" "$vm" "$probe_seconds" jrunc.probe || exit 1) >"$vm/probe.txt" 2>&1; then
        JRUNC_VM_ACCEL=kvm
    fi
}

# The guest has no other way to the host than tar files on disks.
prepare_disks() { # suites
    local share=$vm/share
    rm -rf "$share"
    mkdir -p "$share/build" "$share/integration-tests" "$share/packaging"
    cp -a "$build/jrunc" "$build/it" "$build"/jrunc_*.deb "$share/build/"
    cp -a "$vm/jdk" "$share/"
    cp -a "$tests/target/test-classes" "$tests/target/vm" "$share/integration-tests/"
    cp -a "$tests/../packaging/systemd" "$share/packaging/"
    cp "$here/guest/run.sh" "$here/guest/suite.sh" "$share/"
    cp "$1" "$share/suites"
    tar -C "$share" -cf "$vm/share.tar" .
    rm -rf "$share"
    truncate --size=%512 "$vm/share.tar"
    rm -f "$vm/out.img"
    truncate --size=200M "$vm/out.img"
}

# What the guest says goes to the console's file and on; its own word is needed: it may have been ended, or its kernel have panicked.
run_guest() { # suites, seconds, kernel parameters…
    local status=0 console=$vm/console-${1##*/}.txt
    prepare_disks "$1"
    "$here/boot.sh" "$vm" "$2" "${@:3}" | tee "$console" || status=$?
    tar -C "$vm" -xf "$vm/out.img" 2>/dev/null || true
    rm -f "$vm/out.img" "$vm/share.tar"
    [ "$status" = 0 ] && grep -q '^guest: status 0 ' "$console"
}

mkdir -p "$vm"
prepare_guest
prepare_jdk "$2"
choose_accelerator
if [ "${JRUNC_VM_ONLY_KVM:-}" = 1 ] && [ "$JRUNC_VM_ACCEL" != kvm ]; then
    echo "vm-test: LEFT OUT: KVM doesn't work here (without it: make vm-test, up to 20 minutes)"
    exit 0
fi
rm -rf "$vm/reports" "$vm"/console-*.txt
failed=0
run_guest "${JRUNC_VM_SUITES:-$here/suites}" "$limit_seconds" || failed=1
if [ -z "${JRUNC_VM_SUITES:-}" ]; then
    run_guest "$here/suites.v1" "$limit_v1_seconds" systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1 ||
        failed=1
fi
# A suite that says nothing in the end was ended, and so has failed.
awk '/^[a-z0-9-]+: [0-9]+ passed, / { print "vm-test: " $0; passed += $2; failed += $4; skipped += $6 }
    END { printf "vm-test: Tests run: %d, Failures: %d, Skipped: %d\n", passed + failed + skipped, failed, skipped }' "$vm"/console-*.txt
if [ "$failed" != 0 ]; then
    echo "vm-test: failed; see $vm/console-*.txt and $vm/reports" >&2
    exit 1
fi
