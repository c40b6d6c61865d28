#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vm-test.sh BUILD JDK: runs the tests that want a systemd of their own, cgroup v2 alone, AppArmor or CRIU in a guest. As root. BUILD has
# the tree (jrunc), the payload (it) and the tests (target/ beside this folder); BUILD/vm keeps the guest, BUILD/vm/reports what came
# of it. JRUNC_VM_SUITES: another file than `suites` beside this one.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
tests=$(dirname "$here")
build=$(readlink -f "$1")
vm=$build/vm
# All but the guest's first making, which takes two minutes.
limit_seconds=1080

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

# One tar file: the guest has no other way to the host.
prepare_share() {
    local share=$vm/share
    rm -rf "$share"
    mkdir -p "$share/build" "$share/integration-tests"
    cp -a "$build/jrunc" "$build/it" "$build"/jrunc_*.deb "$share/build/"
    cp -a "$vm/jdk" "$share/"
    cp -a "$tests/target/test-classes" "$tests/target/vm" "$share/integration-tests/"
    mkdir -p "$share/packaging"
    cp -a "$tests/../packaging/systemd" "$share/packaging/"
    cp "$here/guest/run.sh" "$share/"
    cp "${JRUNC_VM_SUITES:-$here/suites}" "$share/suites"
    tar -C "$share" -cf "$vm/share.tar" .
    rm -rf "$share"
    truncate --size=%512 "$vm/share.tar"
    rm -f "$vm/out.img"
    truncate --size=200M "$vm/out.img"
}

mkdir -p "$vm"
prepare_guest
prepare_jdk "$2"
prepare_share
rm -rf "$vm/reports"
status=0
"$here/boot.sh" "$vm" "$limit_seconds" | tee "$vm/console.txt" || status=$?
tar -C "$vm" -xf "$vm/out.img" 2>/dev/null || true
rm -f "$vm/out.img" "$vm/share.tar"
awk '/^[a-z0-9-]+: [0-9]+ passed, / { passed += $2; failed += $4; skipped += $6 }
    END { printf "vm-test: %d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$vm/console.txt"
# The guest's own word, or it was ended, or the kernel panicked.
if [ "$status" != 0 ] || ! grep -q '^guest: status 0 ' "$vm/console.txt"; then
    echo "vm-test: failed; see $vm/console.txt and $vm/reports" >&2
    exit 1
fi
