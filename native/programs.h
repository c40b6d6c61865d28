/* SPDX-License-Identifier: Apache-2.0 */
/* How another program is started: the engine, a hook, ps, newuidmap, criu. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct program {
    const char *path; /* with search: looked up in PATH */
    char **args;
    char **environment;
    int fds[3];         /* its fds 0 to 2, all above 2 */
    const int *more;    /* its fds from 3 on; it gets no others */
    int more_count;     /* at most MAX_MORE_FDS */
    const char *folder; /* where it works; NULL: where we do */
    bool search;
    bool session; /* of its own */
    bool group;   /* of its own */
    /* Called in the child, which has our memory, before all that: an errno or 0. NULL: nothing. */
    int (*prepare)(const void *context);
    const void *context;
};

#define MAX_MORE_FDS 16

/* Like vfork(2): we wait until the program runs, so what it could not be executed for is known. Each of its signals has its
 * default. 0 or -errno. */
int program_start(const struct program *program, pid_t *pid);

/* From first on all fds are closed, or close-on-exec. */
void close_fds(int first);
/* All from first on but that one. */
void close_other_fds(int first, int kept);
void fds_close_on_exec(int first);
