#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# boot.sh FOLDER SECONDS [KERNEL PARAMETER…]: boots the guest of FOLDER, with FOLDER/share.tar as its second disk and FOLDER/out.img as its third,
# and waits until it has powered off; after that many seconds it is ended. Nothing on its disk lasts. What it prints goes
# to standard output. JRUNC_VM_ACCEL: kvm, or tcg, which works everywhere, nested guests included.
set -euo pipefail

cd "$1"
seconds=$2
shift 2
drive() { # name, file, options
    echo -drive "file=$2,if=none,id=$1,format=raw,$3" -device "virtio-blk-pci,drive=$1"
}
# Emulated, paging of five levels and protections of the kernel that no test is about take a tenth of the time.
without=la57=off,smap=off,smep=off,pku=off,pks=off,umip=off
case ${JRUNC_VM_ACCEL:-tcg} in
kvm) processor="-accel kvm -cpu host"; set -- "$@" jrunc.kvm ;;
*) processor="-accel tcg,thread=multi -cpu max,$without" ;;
esac
# shellcheck disable=SC2046,SC2086
exec timeout --kill-after=10 "$seconds" qemu-system-x86_64 -machine q35 $processor -smp 2 -m "${JRUNC_VM_MEMORY:-4096}" \
    -nodefaults -no-user-config -display none -serial stdio -no-reboot \
    -kernel vmlinuz -initrd initramfs \
    -append "root=/dev/vda rw console=ttyS0 quiet systemd.unit=jrunc-tests.target systemd.show_status=0 systemd.log_target=null \
mitigations=off nokaslr random.trust_cpu=on no_timer_check tsc=reliable apparmor=1 security=apparmor swapaccount=1 psi=1 $*" \
    $(drive root guest.img snapshot=on,cache=unsafe) $(drive share share.tar readonly=on) $(drive out out.img cache=unsafe) \
    ${JRUNC_VM_OPTIONS:-} </dev/null
