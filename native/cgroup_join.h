/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How init comes into its cgroups.
 *
 * Whoever writes a pid to `cgroup.procs` waits for all processes of the host to be out of fork and exit: a grace period of RCU, 5 to
 * 15 ms. A thread that writes 0 to the file `tasks` of a hierarchy of version 1 moves itself, and nobody waits (Linux 5.5). In
 * version 2 a process can be made in its cgroup (CLONE_INTO_CGROUP, Linux 5.7), with the same effect.
 */
#pragma once

#include "protocol.h"

#include <sys/types.h>

/* There are less than twenty controllers, each with a hierarchy at most. */
#define MAX_CGROUPS 32

/* The files `tasks` of some folders, and the folders' names. */
struct cgroup_tasks {
    int fds[MAX_CGROUPS]; /* close-on-exec */
    size_t count;
    struct buffer names;
    bool may_fail;
};

/* The kernel asks for the rights of who opened the files, so that is the front. 0, or -errno with the folder that failed.
 * may_fail: those to which the caller has no right are left out. */
int cgroup_tasks_open(const struct strings *folders, bool may_fail, struct cgroup_tasks *tasks, const char **failed);
void cgroup_tasks_close(struct cgroup_tasks *tasks);
/* By the folder's `cgroup.procs`: 0 or -errno. */
int attach_to_cgroup(const char *folder, pid_t pid);
/* In stage or init, which fail where it may not fail: joins all of them, and closes the files. */
void cgroup_tasks_join(int *fds, const struct strings *folders, bool may_fail);
