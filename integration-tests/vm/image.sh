#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# image.sh FOLDER: makes of FOLDER/root the guest's disk FOLDER/guest.img, and FOLDER/vmlinuz and FOLDER/initramfs beside it. As root.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
cd "$1"

# Nothing of these is wanted, and some of them take time at boot.
masked=(systemd-timesyncd.service e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer
    e2scrub_all.timer getty@tty1.service serial-getty@ttyS0.service systemd-update-utmp.service systemd-hwdb-update.service
    systemd-journal-flush.service systemd-random-seed.service systemd-pcrphase.service systemd-pcrphase-sysinit.service
    containerd.service podman.service podman.socket podman-auto-update.timer podman-restart.service)

settle() {
    # From now on services start when packages are installed.
    rm -f root/usr/sbin/policy-rc.d
    echo jrunc-guest >root/etc/hostname
    echo '127.0.0.1 localhost jrunc-guest' >root/etc/hosts
    : >root/etc/fstab
    echo 0123456789abcdef0123456789abcdef >root/etc/machine-id
    install --mode=644 "$here/guest/jrunc-tests.service" "$here/guest/jrunc-tests.target" root/etc/systemd/system/
    install --mode=755 "$here/guest/jrunc-tests" root/usr/local/sbin/
    for unit in "${masked[@]}"; do ln -sf /dev/null "root/etc/systemd/system/$unit"; done
    # The user of the rootless tests, whose own service manager is up from the start.
    grep -q ^tester: root/etc/passwd || chroot root useradd --uid 1000 --create-home --shell /bin/bash tester
    mkdir -p root/var/lib/systemd/linger
    : >root/var/lib/systemd/linger/tester
    # What an administrator delegates beside memory and pids.
    mkdir -p root/etc/systemd/system/user@.service.d
    printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >root/etc/systemd/system/user@.service.d/delegate.conf
}

initramfs() {
    local kernel name path
    kernel=$(basename root/lib/modules/*)
    rm -rf early
    mkdir -p early/{bin,proc,dev,new,modules}
    cp root/bin/busybox early/bin/
    ln -s busybox early/bin/sh
    install --mode=755 "$here/guest/init" early/init
    for name in virtio_pci virtio_blk ext4 crc32c; do
        chroot root modprobe --set-version "$kernel" --show-depends "$name" 2>/dev/null |
            sed -n 's/^insmod \([^ ]*\).*/\1/p'
    done | awk '!seen[$0]++' >early/paths
    while read -r path; do
        cp "root$path" early/modules/
        basename "$path"
    done <early/paths >early/modules.order
    rm early/paths
    (cd early && find . | cpio --create --format=newc --quiet) >initramfs
    cp root/boot/vmlinuz-"$kernel" vmlinuz
    rm -rf early
}

settle
initramfs
rm -f guest.img
truncate --size=2500M guest.img
mke2fs -q -t ext4 -O ^has_journal -d root guest.img
