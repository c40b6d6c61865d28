/* SPDX-License-Identifier: Apache-2.0 */
/* What this kernel, and what confines the caller, let it do. Each call is made so that it changes nothing. */
#include "files.h"
#include "front.h"
#include "mount_calls.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

static int closed(int fd)
{
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int probe_openat2(void)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return closed((int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how));
}

/* Without arguments: EINVAL where there is such a call. */
static int probe_clone3(void)
{
    return syscall(SYS_clone3, NULL, 0) < 0 && errno != EINVAL ? errno : 0;
}

static int probe_pidfd_open(void)
{
    return closed((int)syscall(SYS_pidfd_open, getpid(), 0));
}

static int probe_close_range(void)
{
    return syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ? errno : 0;
}

/* Attributes of no size: EINVAL where there is such a call. */
static int probe_mount_setattr(void)
{
    return syscall(SYS_mount_setattr, -1, "", 0, NULL, 0) < 0 && errno != EINVAL ? errno : 0;
}

static int probe_open_tree(void)
{
    return closed(open_tree(AT_FDCWD, "/", OPEN_TREE_CLOEXEC));
}

/* EPERM: who may make no mounts, in a mount namespace of its own it may. */
static int probe_fsopen(void)
{
    int error = closed(fsopen("tmpfs", FSOPEN_CLOEXEC));
    return error == EPERM ? 0 : error;
}

static int probe_memfd_exec(void)
{
    int fd = memfd_create("jrunc-probe", MFD_CLOEXEC | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("jrunc-probe", MFD_CLOEXEC);
    return closed(fd);
}

/* No filter: EFAULT where filters can be had. */
static int probe_seccomp_filter(void)
{
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) < 0 && errno != EFAULT ? errno : 0;
}

/* In a child: what was unshared goes with it. */
static int probe_user_namespace(void)
{
    pid_t child = fork();
    int status;
    if (child < 0)
        return errno;
    if (child == 0)
        _exit(unshare(CLONE_NEWUSER) < 0 ? errno : 0);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return errno;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECANCELED;
}

static const struct {
    const char *name;
    int (*probe)(void);
} probes[] = {
    {"openat2", probe_openat2},
    {"clone3", probe_clone3},
    {"pidfd_open", probe_pidfd_open},
    {"close_range", probe_close_range},
    {"mount_setattr", probe_mount_setattr},
    {"open_tree", probe_open_tree},
    {"fsopen", probe_fsopen},
    {"memfd_exec", probe_memfd_exec},
    {"seccomp_filter", probe_seccomp_filter},
    {"user_namespace", probe_user_namespace},
};

static int probe_named(const char *name)
{
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        if (strcmp(probes[i].name, name) == 0)
            return probes[i].probe();
    }
    return EINVAL;
}

void host_probe(struct front *front, const struct op_probe *request, struct result *result)
{
    (void)front;
    struct cursor names = strings_cursor(&request->names);
    for (uint32_t i = 0; i < request->names.count; i++) {
        char line[16];
        int length = snprintf(line, sizeof line, "%d\n", probe_named(read_str(&names)));
        int error = buffer_append(&result->data, line, (size_t)length);
        if (error) {
            result_fail(result, -error, "tell what was probed");
            return;
        }
    }
}
