#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install-packages.sh PACKAGE...: installs those Debian packages that are missing; without root, names them. Where there is no
# dpkg, the user knows better.
set -eu

command -v dpkg-query >/dev/null || exit 0
missing=
for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "These packages are missing; install them as root: apt-get install$missing" >&2
    exit 1
fi
echo "Installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The list of packages may be old, or absent as in a new container image.
# shellcheck disable=SC2086
apt-get install -y --no-install-recommends $missing >"$log" 2>&1 </dev/null ||
    { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null || {
    cat "$log" >&2
    exit 1
}
