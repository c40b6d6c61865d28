#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# root.sh FOLDER: makes FOLDER/root, the root file system of the guest: Debian 12 with systemd, a kernel, and what the tests want
# beside jrunc. As root; takes two minutes and Debian's archive, of which JRUNC_VM_MIRROR names a copy.
set -euo pipefail

suite=bookworm
system=(systemd systemd-sysv dbus kmod udev iproute2 procps ca-certificates bsdutils busybox-static libseccomp2)
tests=(apparmor attr criu crun dbus-user-session jq libpam-systemd runc strace uidmap util-linux
    conmon containerd fuse-overlayfs iptables podman skopeo slirp4netns umoci)

folder=$1
root=$folder/root
# The archive that this machine uses, where it is a Debian.
mirror=${JRUNC_VM_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null |
    sed -n 1p)}
[ -n "$mirror" ] || { echo "Which archive has Debian $suite? Set JRUNC_VM_MIRROR." >&2; exit 1; }

inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} chroot "$root" "$@"
}

# What it says is told only where it fails.
exec 3>&2 >"$folder/root.log" 2>&1 </dev/null
trap '[ $? = 0 ] || tail -n 30 "$folder/root.log" >&3' EXIT
rm -rf --one-file-system "$root"
debootstrap --variant=minbase --include="$(IFS=,; echo "${system[*]}")" "$suite" "$root" "$mirror"
# No service starts while packages are installed.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$root/etc/resolv.conf"
inside apt-get update
inside apt-get install -y --no-install-recommends "${tests[@]}"
# The kernel without its dependencies: it gets an initramfs of its own.
kernel=$(inside apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | sed -n 1p)
inside sh -c "cd /tmp && apt-get download $kernel"
dpkg-deb --fsys-tarfile "$root"/tmp/linux-image-*.deb | tar --extract --keep-directory-symlink --directory="$root"
inside depmod "$(basename "$root"/lib/modules/*)"
rm "$root"/tmp/linux-image-*.deb
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
