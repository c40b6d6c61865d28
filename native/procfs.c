/* SPDX-License-Identifier: Apache-2.0 */
#include "procfs.h"

#include "fail.h"
#include "mount_calls.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#define PROC_ROOT_INODE 1

static int check(int fd)
{
    struct statfs file_system;
    struct stat status;
    if (fstatfs(fd, &file_system) < 0 || fstat(fd, &status) < 0)
        fail("look at /proc");
    if (file_system.f_type != PROC_SUPER_MAGIC || status.st_ino != PROC_ROOT_INODE)
        fail_with(EXDEV, "/proc is not the root of a procfs");
    return fd;
}

int procfs_of_host(void)
{
    int fd = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        fail("open /proc");
    return check(fd);
}

int procfs_of_own(void)
{
    scope_fd context = fsopen("proc", FSOPEN_CLOEXEC);
    if (context >= 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
        int fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        if (fd >= 0)
            return check(fd);
    }
    return procfs_of_host();
}

void procfs_write(int procfs, const char *path, const char *value)
{
    struct open_how how = {.flags = O_WRONLY | O_CLOEXEC | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};
    scope_fd file = (int)syscall(SYS_openat2, procfs, path, &how, sizeof how);
    size_t length = strlen(value);
    if (file < 0 || write(file, value, length) != (ssize_t)length)
        fail("write \"%s\" to /proc/%s", value, path);
}
