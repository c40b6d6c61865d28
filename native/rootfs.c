/* SPDX-License-Identifier: Apache-2.0 */
/* The root file system: from a folder of the host to the container's /. */
#include "fail.h"
#include "mount_calls.h"
#include "mounts.h"
#include "operations.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* pivot_root refuses a shared parent, and what is mounted on one would come to the host as well; a slave still hears of the
 * host's mounts. The mount that holds the folder is found by going up to where it begins. */
static void unshare_parent(const char *path, uint64_t propagation)
{
    uint64_t kind = propagation & MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
    scope_fd folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        fail("open the root file system %s", path);
    for (int i = 0; i < PATH_MAX; i++) {
        int error = set_attributes(folder, false, 0, 0, kind);
        if (!error)
            return;
        if (error != -EINVAL)
            fail_with(-error, "stop sharing the mount that holds %s", path);
        int up = openat(folder, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            fail("look for the mount that holds %s", path);
        close(folder);
        folder = up;
    }
}

/* The copy lies on the folder itself; one that the front made may not be reachable by path here, and lies on /. */
static int attach_root(struct init *init, const struct op_root *op)
{
    if (op->tree >= 0) {
        if ((uint64_t)op->tree >= init->tree_count || init->trees[op->tree] < 0)
            fail_with(EBADF, "take the root file system");
        int tree = release_fd(&init->trees[op->tree]);
        scope_fd top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int error = set_attributes(tree, true, 0, 0, (op->propagation & MS_SLAVE ? MS_SLAVE : MS_PRIVATE) | MS_REC);
        if (!error)
            error = attach_mount(tree, top);
        if (error)
            fail_with(-error, "attach the root file system %s", op->path);
        return tree;
    }
    int tree = copy_tree(AT_FDCWD, op->path, true);
    scope_fd folder = open(op->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = tree < 0 ? tree : folder < 0 ? -errno : attach_mount(tree, folder);
    if (error)
        fail_with(-error, "bind the root file system %s on itself", op->path);
    return tree;
}

void op_root(struct init *init, const struct op_root *op)
{
    fail_stage("jrunc:[mounts]");
    init->own_mounts = op->propagation != 0;
    init->propagation = op->propagation;
    if (!init->own_mounts) {
        init->root = open(op->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (init->root < 0)
            fail("open the root file system %s", op->path);
        return;
    }
    if (mount(NULL, "/", NULL, op->propagation, NULL) < 0)
        fail("set the propagation of /");
    unshare_parent(op->tree < 0 ? op->path : "/", op->propagation);
    init->root = attach_root(init, op);
    init->root_on_top = op->tree >= 0;
}

/* pivot_root(".", "."): the old root lies on the new one, and is taken off again. No folder for it is needed. */
static void pivot(void)
{
    scope_fd old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (old < 0)
        fail("open the old root");
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        fail("pivot_root");
    if (fchdir(old) < 0)
        fail("change to the old root");
    /* What happens to it now must not happen on the host. */
    if (mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL) < 0)
        fail("make the old root a slave");
    if (umount2(".", MNT_DETACH) < 0)
        fail("unmount the old root");
}

/* As a slave, so that the host keeps its own. Where nothing is mounted there is nothing to do. */
static void take_off(const char *path)
{
    if (mount(NULL, path, NULL, MS_SLAVE | MS_REC, NULL) == 0)
        umount2(path, MNT_DETACH);
}

/* --no-pivot: the old root stays below. What could be used from there to look at the host's processes is taken off. */
static void move(bool on_top)
{
    take_off("/proc");
    take_off("/sys");
    if (mount(NULL, "/", NULL, MS_SLAVE, NULL) < 0)
        fail("stop sharing /, where the root file system comes");
    if (!on_top && mount(".", "/", NULL, MS_MOVE, NULL) < 0)
        fail("move the root file system to /");
    if (chroot(".") < 0)
        fail("chroot into the root file system");
}

static void open_root(struct init *init)
{
    init->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (init->root < 0)
        fail("open /");
}

void op_entered(struct init *init, const struct op_entered *op)
{
    (void)op;
    open_root(init);
}

void op_pivot_root(struct init *init, const struct op_pivot_root *op)
{
    if (fchdir(init->root) < 0)
        fail("change to the root file system");
    if (op->method == PIVOT_PIVOT)
        pivot();
    else if (op->method == PIVOT_MOVE)
        move(init->root_on_top);
    else if (chroot(".") < 0)
        fail("chroot into the root file system");
    if (chdir("/") < 0)
        fail("change to /");
    close(init->root);
    open_root(init);
}

void op_root_propagation(struct init *init, const struct op_root_propagation *op)
{
    (void)init;
    if (mount(NULL, "/", NULL, op->propagation, NULL) < 0)
        fail("set the propagation of the container's /");
}

void op_readonly_root(struct init *init, const struct op_readonly_root *op)
{
    (void)op;
    int error = set_attributes(init->root, false, MOUNT_ATTR_RDONLY, 0, 0);
    if (error)
        fail_with(-error, "make the root file system read-only");
}
