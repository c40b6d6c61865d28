/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup_join.h"

#include "fail.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int open_tasks(const char *folder)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/tasks", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return -ENAMETOOLONG;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int cgroup_tasks_open(const struct strings *folders, bool may_fail, struct cgroup_tasks *tasks, const char **failed)
{
    *tasks = (struct cgroup_tasks){.may_fail = may_fail};
    struct cursor cursor = strings_cursor(folders);
    for (uint32_t i = 0; i < folders->count; i++) {
        const char *folder = read_str(&cursor);
        int fd = tasks->count < MAX_CGROUPS ? open_tasks(folder) : -E2BIG;
        if (fd >= 0) {
            put_str(&tasks->names, folder);
            tasks->fds[tasks->count++] = fd;
        } else if (!may_fail) {
            *failed = folder;
            return fd;
        }
    }
    return tasks->names.failed ? -ENOMEM : 0;
}

void cgroup_tasks_close(struct cgroup_tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        close(tasks->fds[i]);
    buffer_free(&tasks->names);
    tasks->count = 0;
}

void cgroup_tasks_join(int *fds, const struct strings *folders, bool may_fail)
{
    struct cursor cursor = strings_cursor(folders);
    fail_operation(OP_SPAWN, "cgroups of the container");
    for (uint32_t i = 0; i < folders->count; i++) {
        const char *folder = read_str(&cursor);
        if (write(fds[i], "0", 1) != 1 && !may_fail)
            fail("put init into cgroup %s", folder);
        close(fds[i]);
        fds[i] = -1;
    }
    fail_operation(0, "");
}

int attach_to_cgroup(const char *folder, pid_t pid)
{
    char path[PATH_MAX], number[16];
    int length = snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return -ENAMETOOLONG;
    snprintf(number, sizeof number, "%d", (int)pid);
    return write_text(AT_FDCWD, path, number);
}
