/* SPDX-License-Identifier: Apache-2.0 */
/* Resources that end with their scope (the cleanup attribute of GCC and clang). errno survives the clean-up. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void scope_close_(int *fd)
{
    if (*fd >= 0) {
        int saved = errno;
        close(*fd);
        errno = saved;
    }
}

static inline void scope_free_(void *pointer)
{
    int saved = errno;
    free(*(void **)pointer);
    errno = saved;
}

#define scope_fd __attribute__((cleanup(scope_close_))) int
#define scope_free __attribute__((cleanup(scope_free_)))

/* Gives a scope_fd's fd away: the scope won't close it. */
static inline int release_fd(int *fd)
{
    int released = *fd;
    *fd = -1;
    return released;
}
