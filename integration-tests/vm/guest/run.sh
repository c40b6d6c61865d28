#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tests in the guest: those that want version 2 of cgroups, systemd, AppArmor or CRIU, and of the others those that may go
# another way there. Two suites at a time: while one waits for a process, the other has the processor.
set -uo pipefail
cd /jrunc/integration-tests || exit 1

# Huge pages for the limits on them.
echo 8 >/proc/sys/vm/nr_hugepages

grep -v -e '^#' -e '^$' ../suites | xargs --max-lines=1 --max-procs=2 ../suite.sh
