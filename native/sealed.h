/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#define SEALED_NAME "jrunc-init"
/* How /proc/PID/exe begins after its slash: "/memfd:jrunc-init (deleted)". */
#define SEALED_FILE "memfd:" SEALED_NAME

/*
 * A sealed copy of this program, which nobody can change, for whatever enters a container: a memfd, or where these may not be
 * executed (sysctl vm.memfd_noexec; then *forbidden is set) a file of that name on a tmpfs of its own. The fd, or -errno.
 */
int sealed_copy(bool *forbidden);
