/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that the program must not read, or not change. */
#include "fail.h"
#include "mount_calls.h"
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* An fd; or -1 where there is nothing to hide. */
static int open_existing(struct init *init, const char *path, const char *what)
{
    int fd = open_mounted(init, path);
    if (fd == -ENOENT || fd == -ENOTDIR)
        return -1;
    if (fd < 0)
        fail_with(-fd, "%s %s", what, path);
    return fd;
}

static int empty_folder(const char *path)
{
    scope_fd context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0 || fsconfig(context, FSCONFIG_SET_STRING, "source", "tmpfs", 0) < 0 ||
        fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        fail("mask %s: make an empty folder", path);
    int fd =
        fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    if (fd < 0)
        fail("mask %s: make an empty folder", path);
    return fd;
}

/* CVE-2025-31133, CVE-2025-62161: the image's /dev/null is another file. It is looked at and copied by one fd. */
static int null_device(struct init *init, const char *path)
{
    scope_fd fd = path_open(init->root, "/dev/null", O_PATH | O_NOFOLLOW);
    struct stat status;
    if (fd < 0)
        fail_with(-fd, "mask %s: open /dev/null", path);
    if (fstat(fd, &status) < 0 || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3))
        fail_with(EPERM, "mask %s: /dev/null is not the null device", path);
    int copy = copy_tree(fd, "", false);
    if (copy < 0)
        fail_with(-copy, "mask %s: copy /dev/null", path);
    return copy;
}

void op_mask_path(struct init *init, const struct op_mask_path *op)
{
    scope_fd target = open_existing(init, op->path, "mask");
    struct stat status;
    if (target < 0)
        return;
    if (fstat(target, &status) < 0)
        fail("mask %s", op->path);
    if (is_root(init, target))
        fail_with(EPERM, "mask %s, which leads to the root", op->path);
    scope_fd mask = S_ISDIR(status.st_mode) ? empty_folder(op->path) : null_device(init, op->path);
    int error = cover_mounted(init, mask, target);
    if (error)
        fail_with(-error, "mask %s", op->path);
}

void op_readonly_path(struct init *init, const struct op_readonly_path *op)
{
    scope_fd target = open_existing(init, op->path, "make read-only");
    if (target < 0)
        return;
    /* What comes over / is not what the program is in. */
    bool covers = !is_root(init, target);
    scope_fd copy = covers ? copy_tree(target, "", true) : fcntl(target, F_DUPFD_CLOEXEC, 0);
    int error = copy < 0 ? copy : covers ? cover_mounted(init, copy, target) : 0;
    if (!error)
        error = set_attributes(copy, covers, MOUNT_ATTR_RDONLY, 0, 0);
    if (error == -ENOSYS) /* before Linux 5.12 what is mounted below stays as it is */
        error = set_attributes(copy, false, MOUNT_ATTR_RDONLY, 0, 0);
    if (error)
        fail_with(-error, "make %s read-only", op->path);
}
