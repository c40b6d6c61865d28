#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vm-test.sh BUILD JDK: runs the tests that want a systemd of their own, cgroup v2 alone, AppArmor or CRIU in a guest. As root. BUILD has
# the tree (jrunc), the payload (it) and the tests (target/ beside this folder); BUILD/vm keeps the guest, BUILD/vm/reports what came
# of it. It boots twice: with the suites of `suites` on cgroup v2, and with those of `suites.v1` on v1; or once, with those of the file
# JRUNC_VM_SUITES, on v1 if its name ends so.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
tests=$(dirname "$here")
build=$(readlink -f "$1")
vm=$build/vm
# Of both boots: 19 minutes, and one for the rest, but for the guest's first making.
limit_seconds=${JRUNC_VM_SECONDS:-960}
limit_v1_seconds=180
probe_seconds=20
# For the last reports, and to power off.
time_to_end_seconds=40

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
        --generate-cds-archive --no-header-files --no-man-pages --output "$vm/jdk" >/dev/null
    touch "$vm/jdk/release"
}

# A machine may have /dev/kvm, and a kernel hangs in it all the same: then its processors say nothing of virtualization, or a guest tells.
choose_accelerator() {
    [ -z "${JRUNC_VM_ACCEL:-}" ] || return 0
    export JRUNC_VM_ACCEL=tcg
    [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo || return 0
    prepare_guest
    truncate --size=1M "$vm/share.tar" "$vm/out.img"
    if (JRUNC_VM_ACCEL=kvm "$here/boot.sh" "$vm" "$probe_seconds" jrunc.probe || exit 1) >"$vm/probe.txt" 2>&1; then
        JRUNC_VM_ACCEL=kvm
    fi
}

# What the guest gets of the host. The tests are run by a JVM with a cache, which is trained here: without it each takes half a minute more
# in an emulated guest, before the first test. It holds for the same class path, relative as there, and the same options.
prepare_share() {
    local share=$vm/share
    rm -rf "$share"
    mkdir -p "$share/build" "$share/integration-tests" "$share/packaging"
    cp -a "$build/jrunc" "$build/it" "$build"/jrunc_*.deb "$share/build/"
    cp -a "$vm/jdk" "$share/"
    cp -a "$tests/target/vm" "$share/integration-tests/"
    cp -a "$tests/../packaging/systemd" "$share/packaging/"
    cp "$here"/guest/{java-options,run.sh,suite.sh} "$share/"
    (
        cd "$share/integration-tests"
        "$1/bin/jar" --create --no-compress --file vm/tests.jar -C "$tests/target/test-classes" .
        printf '%s:' vm/*.jar >classpath
        JRUNC_IT_RUNTIME=jrunc JRUNC_IT_ENGINE=warm timeout 120 env --default-signal=HUP,INT,QUIT,TERM ../jdk/bin/java @../java-options \
            -XX:AOTCacheOutput=tests.aot -cp "$(cat classpath)" org.junit.platform.console.ConsoleLauncher execute --disable-banner \
            --select-class=dev.jrunc.it.DeleteIT >"$vm/training.log" 2>&1 </dev/null
    ) || { echo "vm-test: the tests' cache could not be trained: see $vm/training.log" >&2; return 1; }
}

# The guest has no other way to the host than tar files on disks.
prepare_disks() { # suites, seconds until the guest has to be done
    cp "$1" "$vm/share/suites"
    echo "$2" >"$vm/share/limit"
    tar -C "$vm/share" -cf "$vm/share.tar" .
    truncate --size=%512 "$vm/share.tar"
    rm -f "$vm/out.img"
    truncate --size=200M "$vm/out.img"
}

# What the guest says goes to the console's file and on; its own word is needed: it may have been ended, or its kernel have panicked.
run_guest() { # suites
    local status=0 console=$vm/console-${1##*/}.txt seconds=$limit_seconds parameters=()
    if [[ $1 == *.v1 ]]; then
        seconds=$limit_v1_seconds
        parameters=(systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1)
    fi
    prepare_disks "$1" $((seconds - time_to_end_seconds))
    "$here/boot.sh" "$vm" "$seconds" "${parameters[@]}" | tee "$console" || status=$?
    tar -C "$vm" -xf "$vm/out.img" 2>/dev/null || true
    rm -f "$vm/out.img" "$vm/share.tar"
    [ "$status" = 0 ] && grep -q '^guest: status 0 ' "$console"
}

mkdir -p "$vm"
prepare_jdk "$2"
choose_accelerator
prepare_guest
prepare_share "$2"
rm -rf "$vm/reports" "$vm"/console-*.txt
failed=0
for suites in ${JRUNC_VM_SUITES:-"$here/suites" "$here/suites.v1"}; do
    run_guest "$suites" || failed=1
done
rm -rf "$vm/share"
# A suite that says nothing in the end was ended, and so has failed.
awk '/^[a-z0-9-]+: [0-9]+ passed, / { print "vm-test: " $0; passed += $2; failed += $4; skipped += $6 }
    END { printf "vm-test: Tests run: %d, Failures: %d, Skipped: %d\n", passed + failed + skipped, failed, skipped }' "$vm"/console-*.txt
if [ "$failed" != 0 ]; then
    echo "vm-test: failed; see $vm/console-*.txt and $vm/reports" >&2
    exit 1
fi
