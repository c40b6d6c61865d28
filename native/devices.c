/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device nodes and links. CVE-2026-41579, CVE-2026-47766: the image's own /dev is a link to the host's. The folder is
 * resolved inside the root, once for all that lies in /dev itself, and everything is made in it by its fd.
 */
#include "fail.h"
#include "files.h"
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The folder that path goes into. /dev is not looked up again: by then it may be another folder. */
static int open_parent(struct init *init, const char *path, const char **name)
{
    bool in_dev = strncmp(path, "/dev/", 5) == 0 && plain_name(path + 5);
    if (!in_dev)
        return path_make_parent(init->root, path, name);
    if (init->dev < 0)
        init->dev = path_make(init->root, "/dev", false);
    if (init->dev < 0)
        return init->dev;
    *name = path + 5;
    int copy = fcntl(init->dev, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? -errno : copy;
}

static bool is_device(const struct stat *status, const struct op_device *op)
{
    if ((status->st_mode & S_IFMT) != op->type)
        return false;
    return op->type == S_IFIFO || status->st_rdev == makedev(op->major, op->minor);
}

/* The host's node of the same path, which has to be that device. */
static void bind_device(const struct op_device *op, int parent, const char *name)
{
    scope_fd source = copy_tree(AT_FDCWD, op->path, false);
    struct stat status;
    if (source < 0)
        fail_with(-source, "bind the host's %s: mknod is refused", op->path);
    if (fstat(source, &status) < 0 || !is_device(&status, op))
        fail_with(ENODEV, "the host's %s is another device, and mknod is refused", op->path);
    scope_fd made = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    scope_fd target = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0)
        fail("make a place for %s", op->path);
    int error = attach_mount(source, target);
    if (error)
        fail_with(-error, "bind the host's %s", op->path);
}

/* Whoever may write to the folder may have put another file in its place meanwhile. */
static void give_device(const struct op_device *op, int parent, const char *name)
{
    scope_fd made = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (made < 0 || fstat(made, &status) < 0)
        fail("look at device %s", op->path);
    if (!is_device(&status, op))
        fail_with(EPERM, "give device %s to %u:%u: it is another file by now", op->path, op->uid, op->gid);
    if (fchownat(made, "", op->uid, op->gid, AT_EMPTY_PATH) < 0)
        fail("give device %s to %u:%u", op->path, op->uid, op->gid);
}

/* An empty file may be where the host's node was bound before; but in another mount it may be the host's. */
static bool is_place(const struct init *init, const char *path, const struct stat *status)
{
    if (!S_ISREG(status->st_mode) || status->st_size > 0)
        return false;
    scope_fd fd = path_open_on_mount(init->root, path, O_PATH | O_NOFOLLOW);
    struct stat same;
    return fd >= 0 && fstat(fd, &same) == 0 && same_file(&same, status);
}

static _Noreturn void refuse_file(const char *path, const struct stat *status)
{
    const char *kind = kind_of_file(status->st_mode);
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
        fail_with(EEXIST, "make device %s: %s %u:%u is there", path, kind, major(status->st_rdev),
                  minor(status->st_rdev));
    fail_with(EEXIST, "make device %s: %s is there", path, kind);
}

void op_device(struct init *init, const struct op_device *op)
{
    const char *name;
    scope_fd parent = open_parent(init, op->path, &name);
    if (parent < 0)
        fail_with(-parent, "make the folder of device %s", op->path);
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        if (is_device(&status, op))
            return;
        if (op->exclusive && !is_place(init, op->path, &status))
            refuse_file(op->path, &status);
        if (unlinkat(parent, name, 0) < 0) {
            if (errno == EBUSY) /* no file of the image's: config.json mounts something else there */
                return;
            fail("replace what the image has at %s", op->path);
        }
    }
    if (mknodat(parent, name, op->type | (op->mode & 07777), makedev(op->major, op->minor)) < 0) {
        if (errno != EPERM || !op->bindFallback || op->type == S_IFIFO)
            fail("make device %s", op->path);
        bind_device(op, parent, name);
        return;
    }
    if (op->uid || op->gid)
        give_device(op, parent, name);
}

void op_symlink(struct init *init, const struct op_symlink *op)
{
    const char *name;
    scope_fd parent = open_parent(init, op->path, &name);
    if (parent < 0)
        fail_with(-parent, "make the folder of link %s", op->path);
    if (symlinkat(op->content, parent, name) < 0 && errno != EEXIST)
        fail("make the link %s to %s", op->path, op->content);
}
