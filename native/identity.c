/* SPDX-License-Identifier: Apache-2.0 */
/* Who the program runs as, and what it may do. */
#include "fail.h"
#include "files.h"
#include "operations.h"
#include "paths.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAX_GROUPS 65536

void become_root(void)
{
    /* Refused where the map was written without privilege: then there is nothing to drop. */
    if (setgroups(0, NULL) < 0 && errno != EPERM)
        fail("drop the supplementary groups");
    if (setresgid(0, 0, 0) < 0)
        fail("become group 0 of the user namespace (is container id 0 mapped?)");
    if (setresuid(0, 0, 0) < 0)
        fail("become user 0 of the user namespace (is container id 0 mapped?)");
    arm_process(false);
}

void op_umask(struct init *init, const struct op_umask *op)
{
    (void)init;
    umask(op->umask & 0777);
}

static bool is_null(const struct stat *status)
{
    return S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

/* The host's /dev/null becomes the container's: nobody could restore a file of a mount that the container doesn't have. In exec
 * it may be anything, a fifo that nobody writes to, or a terminal: it is looked at first, and opened without waiting. */
static void open_null_here(const struct init *init, int fd)
{
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    scope_fd found = flags < 0 ? -1 : path_open(init->root, "/dev/null", O_PATH);
    if (found < 0 || fstat(found, &status) < 0 || !is_null(&status))
        return;
    int kept = flags & (O_ACCMODE | O_APPEND);
    scope_fd here = path_open(init->root, "/dev/null", kept | O_NONBLOCK | O_NOCTTY);
    if (here >= 0 && fstat(here, &status) == 0 && is_null(&status) && fcntl(here, F_SETFL, kept) == 0)
        dup2(here, fd);
}

/* The user may open /dev/stdout again. /dev/null is everybody's. */
void op_stdio_owner(struct init *init, const struct op_stdio_owner *op)
{
    for (int fd = 0; fd <= 2; fd++) {
        struct stat status;
        if (fstat(fd, &status) < 0)
            fail("look at fd %d", fd);
        if (is_null(&status))
            open_null_here(init, fd);
        if (is_null(&status) || status.st_uid == op->uid)
            continue;
        int error = give_stdio(fd, op->uid);
        if (error)
            fail_with(-error, "give fd %d to user %u", fd, op->uid);
    }
}

/* CVE-2024-21626: the folder is opened inside of the root, without magic links such as /proc/self/fd/7, and afterwards
 * the kernel has to be able to tell its path. */
void op_cwd(struct init *init, const struct op_cwd *op)
{
    if (op->create) {
        scope_fd made = path_make(init->root, op->path, false);
        if (made < 0 && !init->may_fail)
            fail_with(-made, "make the working directory %s", op->path);
    }
    scope_fd folder = path_open(init->root, op->path, O_PATH | O_DIRECTORY);
    if (folder < 0 || fchdir(folder) < 0) {
        int error = folder < 0 ? -folder : errno;
        /* root was let in, where the user may not come: it stays. */
        if (init->may_fail || (error == EACCES && init->in_cwd))
            return;
        fail_with(error, "chdir to cwd (\"%s\")", op->path);
    }
    char path[PATH_MAX];
    if (syscall(SYS_getcwd, path, sizeof path) < 0 || path[0] != '/')
        fail_with(ENOENT, "the working directory %s is outside of the container", op->path);
    init->in_cwd = true;
}

void op_bounding_set(struct init *init, const struct op_bounding_set *op)
{
    (void)init;
    for (unsigned long capability = 0; capability < 64; capability++) {
        int bounded = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (bounded < 0) /* the kernel knows no more */
            return;
        if (bounded && !(op->bounding >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
            fail("drop capability %lu from the bounding set", capability);
    }
}

static void set_groups(const struct op_user *op)
{
    if (op->additionalGids.count > MAX_GROUPS)
        fail_with(EINVAL, "set %u additional groups", op->additionalGids.count);
    scope_free gid_t *groups = calloc((size_t)op->additionalGids.count + 1, sizeof *groups);
    if (!groups)
        fail_with(ENOMEM, "set the additional groups");
    for (uint32_t i = 0; i < op->additionalGids.count; i++)
        groups[i] = number_at(&op->additionalGids, i);
    if (setgroups(op->additionalGids.count, groups) < 0)
        fail("set %u additional groups", op->additionalGids.count);
}

void op_user(struct init *init, const struct op_user *op)
{
    (void)init;
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        fail("keep capabilities over the user change");
    if (op->setGroups)
        set_groups(op);
    if (setresgid(op->gid, op->gid, op->gid) < 0)
        fail("become group %u%s", op->gid, errno == EINVAL ? " (is it mapped in the user namespace?)" : "");
    if (setresuid(op->uid, op->uid, op->uid) < 0)
        fail("become user %u%s", op->uid, errno == EINVAL ? " (is it mapped in the user namespace?)" : "");
    arm_process(false);
}

/* CVE-2022-29162, CVE-2022-27650, CVE-2025-27612: inheritable has exactly what was asked for. */
void op_capabilities(struct init *init, const struct op_capabilities *op)
{
    (void)init;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capget, &header, data) < 0)
        fail("look at the capabilities");
    uint64_t had = data[0].permitted | (uint64_t)data[1].permitted << 32;
    for (int i = 0; i < 2; i++) {
        data[i].effective = (uint32_t)(op->effective >> (32 * i));
        data[i].permitted = (uint32_t)(op->permitted >> (32 * i));
        data[i].inheritable = (uint32_t)(op->inheritable >> (32 * i));
    }
    uint64_t missing = op->permitted & ~had;
    if (syscall(SYS_capset, &header, data) < 0) {
        if (missing)
            fail("set the capabilities: the caller itself doesn't have capability %d", __builtin_ctzll(missing));
        fail("set the capabilities");
    }
    for (unsigned long capability = 0; capability < 64; capability++) {
        if ((op->ambient >> capability & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
            fail("raise the ambient capability %lu", capability);
    }
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    arm_process(false);
}

void op_no_new_privileges(struct init *init, const struct op_no_new_privileges *op)
{
    (void)init, (void)op;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail("set no_new_privs");
}
