/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* As in /proc/PID/exe: "/memfd:jrunc-init (deleted)". */
#define SEALED_NAME "jrunc-init"

/*
 * A sealed copy of this program, which nobody can change, for whatever enters a container. The fd, or -errno; -EPERM where
 * memfds may not be executed.
 */
int sealed_copy(void);
