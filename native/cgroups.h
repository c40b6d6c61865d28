/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of cgroupfs, of any version, by fds: never through links, never upwards. */
#pragma once

#include "protocol.h"

#include <limits.h>

/* The next component of a path below a mount. */
struct components {
    const char *at;
    char name[256];
};

/* 1 and the next component in components->name; 0 at the end; -EINVAL for "..", -ENAMETOOLONG. Empty components and "."
 * are skipped. */
int next_component(struct components *components);
/* How many components path has, or -errno as next_component. */
int count_components(const char *path);
/* Opens a folder, below another's fd or by absolute path. The fd or -errno. */
int open_cgroup(int folder, const char *name);
/* Calls visit for folder and all below it, each before its children, up to the first that returns another value than 0: this
 * value, 0, or -errno. A child that has vanished is skipped. However deep a container has nested them, few fds are open. */
int each_cgroup(int folder, int (*visit)(int folder, void *context), void *context);
/* The first child behind *at, which begins with 0 and moves on. 1 with its name, 0 when there are no more, or -errno. */
int next_child(int folder, long *at, char name[NAME_MAX + 1]);
