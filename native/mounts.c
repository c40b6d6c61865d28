/* SPDX-License-Identifier: Apache-2.0 */
/* New file systems and bind mounts. */
#include "mounts.h"

#include "copy_up.h"
#include "fail.h"
#include "files.h"
#include "mount_calls.h"
#include "operations.h"
#include "paths.h"
#include "procfs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

/* fsconfig(2) takes no longer values. */
#define MAX_PARAMETER_BYTES 255
#define MAX_LOG_BYTES 512
#define MAX_OPTIONS_BYTES 4096

int copy_tree(int fd, const char *path, bool recursive)
{
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0) | (*path ? 0 : AT_EMPTY_PATH);
    int tree = open_tree(fd, path, flags);
    return tree < 0 ? -errno : tree;
}

int attach_mount(int fd, int target)
{
    if (move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return -errno;
    return 0;
}

static void keep(int *place, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        fail("keep a mount of the kernel's");
    if (*place >= 0)
        close(*place);
    *place = copy;
}

/* After target was mounted on. */
static void remember_mount(struct init *init, const char *target, int fd)
{
    if (strcmp(target, "/proc") == 0)
        keep(&init->proc, fd);
    else if (strcmp(target, "/sys") == 0)
        keep(&init->sys, fd);
}

int open_mounted(const struct init *init, const char *path)
{
    const struct {
        const char *name;
        int fd;
    } mounts[] = {{"/proc", init->proc}, {"/sys", init->sys}};
    for (size_t i = 0; i < sizeof mounts / sizeof mounts[0]; i++) {
        size_t length = strlen(mounts[i].name);
        const char *below = path + length;
        if (mounts[i].fd >= 0 && strncmp(path, mounts[i].name, length) == 0 && (*below == '/' || *below == 0))
            return path_open(mounts[i].fd, *below ? below : "/", O_PATH);
    }
    return path_open(init->root, path, O_PATH);
}

int cover_mounted(struct init *init, int mount, int target)
{
    struct stat covered, whole;
    if (fstat(target, &covered) < 0)
        return -errno;
    int error = attach_mount(mount, target);
    int *places[] = {&init->proc, &init->sys};
    for (size_t i = 0; !error && i < sizeof places / sizeof places[0]; i++) {
        if (*places[i] >= 0 && fstat(*places[i], &whole) == 0 && same_file(&whole, &covered))
            keep(places[i], mount);
    }
    return error;
}

/* MOUNT_ATTR_* and MS_* have the same bits but for these. */
static unsigned long mount_flags(uint64_t attributes)
{
    unsigned long flags = attributes & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
    if ((attributes & MOUNT_ATTR__ATIME) == MOUNT_ATTR_NOATIME)
        flags |= MS_NOATIME;
    if ((attributes & MOUNT_ATTR__ATIME) == MOUNT_ATTR_STRICTATIME)
        flags |= MS_STRICTATIME;
    if (attributes & MOUNT_ATTR_NODIRATIME)
        flags |= MS_NODIRATIME;
    if (attributes & MOUNT_ATTR_NOSYMFOLLOW)
        flags |= MS_NOSYMFOLLOW;
    return flags;
}

static int remount_here(const char *path, const struct statvfs *status, uint64_t set, uint64_t clear,
                        uint64_t propagation)
{
    unsigned long flags = status->f_flag & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME);
    if (clear & MOUNT_ATTR__ATIME)
        flags = (flags & ~(unsigned long)MS_NOATIME) | (set & MOUNT_ATTR__ATIME ? 0 : MS_RELATIME);
    flags = (flags & ~mount_flags(clear)) | mount_flags(set);
    if ((set || clear) && mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL) < 0)
        return -errno;
    if (propagation && mount(NULL, path, NULL, propagation, NULL) < 0)
        return -errno;
    return 0;
}

/* Linux 5.10 and 5.11: a remount, which has to name what stays, and takes no fd. CVE-2025-52881: after pivot_root what /proc/self/fd
 * leads to is the image's affair, where no procfs is mounted. */
static int remount(int fd, uint64_t set, uint64_t clear, uint64_t propagation)
{
    char path[32] = ".";
    struct stat file;
    struct statvfs status;
    scope_fd before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (before < 0 || fstat(fd, &file) < 0 || fstatvfs(fd, &status) < 0)
        return -errno;
    scope_fd procfs = -1;
    if (!S_ISDIR(file.st_mode)) {
        procfs = procfs_of_own();
        snprintf(path, sizeof path, "self/fd/%d", fd);
    }
    if (fchdir(procfs < 0 ? fd : procfs) < 0)
        return -errno;
    int error = remount_here(path, &status, set, clear, propagation);
    return fchdir(before) < 0 ? -errno : error;
}

/* One kind at a time is what the kernel takes. */
static int set_propagation(int fd, uint64_t kind, bool recursive)
{
    struct mount_attr attributes = {.propagation = kind};
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    if (mount_setattr(fd, "", flags, &attributes, sizeof attributes) < 0)
        return errno == ENOSYS ? remount(fd, 0, 0, kind | (recursive ? MS_REC : 0)) : -errno;
    return 0;
}

int set_attributes(int fd, bool recursive, uint64_t set, uint64_t clear, uint64_t propagation)
{
    if (set || clear) {
        struct mount_attr attributes = {.attr_set = set, .attr_clr = clear};
        unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
        if (mount_setattr(fd, "", flags, &attributes, sizeof attributes) < 0)
            return errno == ENOSYS && !recursive ? remount(fd, set, clear, propagation) : -errno;
    }
    /* A slave can be shared as well: then it is made a slave first. */
    static const uint64_t kinds[] = {MS_PRIVATE, MS_UNBINDABLE, MS_SLAVE, MS_SHARED};
    int error = 0;
    for (size_t i = 0; !error && i < sizeof kinds / sizeof *kinds; i++) {
        if (propagation & kinds[i])
            error = set_propagation(fd, kinds[i], propagation & MS_REC);
    }
    return error;
}

/* What the file system itself says: "e tmpfs: Unknown parameter 'sizee'" becomes ": tmpfs: Unknown parameter 'sizee'". */
static void read_log(int context, char *log, size_t size)
{
    char line[256];
    size_t length = 0;
    ssize_t got;
    log[0] = 0;
    while ((got = read(context, line, sizeof line - 1)) > 0) {
        line[got] = 0;
        const char *text = got > 2 && line[1] == ' ' ? line + 2 : line;
        int added = snprintf(log + length, size - length, ": %.*s", (int)strcspn(text, "\n"), text);
        if (added < 0 || (size_t)added >= size - length)
            return;
        length += (size_t)added;
    }
}

static _Noreturn void fail_mount(int error, int context, const struct op_mount *op, const char *parameter)
{
    char log[MAX_LOG_BYTES] = "";
    if (context >= 0)
        read_log(context, log, sizeof log);
    if (*parameter)
        fail_with(error, "mount %s on %s: option \"%s\"%s", op->type, op->target, parameter, log);
    fail_with(error, "mount %s on %s%s", op->type, op->target, log);
}

static void set_parameter(int context, const struct op_mount *op, const char *parameter)
{
    const char *equals = strchr(parameter, '=');
    int result;
    if (equals) {
        char name[MAX_PARAMETER_BYTES + 1];
        snprintf(name, sizeof name, "%.*s", (int)(equals - parameter), parameter);
        result = fsconfig(context, FSCONFIG_SET_STRING, name, equals + 1, 0);
    } else {
        result = fsconfig(context, FSCONFIG_SET_FLAG, parameter, NULL, 0);
    }
    /* mount(2) takes the flag for every file system, this call only from those that heed it. */
    if (result < 0 && !(errno == EINVAL && strcmp(parameter, "iversion") == 0))
        fail_mount(errno, context, op, parameter);
}

static bool has_mode(const struct op_mount *op)
{
    struct cursor cursor = strings_cursor(&op->parameters);
    for (uint32_t i = 0; i < op->parameters.count; i++) {
        if (strncmp(read_str(&cursor), "mode=", 5) == 0)
            return true;
    }
    return false;
}

/* The parameter that gives a tmpfs the mode of the folder that it hides: /root is not for everybody only because it is in memory. Empty
 * for other file systems, where a mode is asked for, and where nothing is there yet. */
static void inherited_mode(const struct init *init, const struct op_mount *op, char *mode, size_t size)
{
    struct stat status;
    *mode = 0;
    if (strcmp(op->type, "tmpfs") != 0 || has_mode(op))
        return;
    scope_fd hidden = path_open(init->root, op->target, O_PATH);
    if (hidden >= 0 && fstat(hidden, &status) == 0)
        snprintf(mode, size, "mode=%04o", status.st_mode & 07777);
}

/* A detached mount of a new file system. */
static int make_mount(const struct op_mount *op, const char *mode)
{
    scope_fd context = fsopen(op->type, FSOPEN_CLOEXEC);
    if (context < 0)
        fail("mount %s on %s%s", op->type, op->target, errno == ENODEV ? ": the kernel has no such file system" : "");
    if (fsconfig(context, FSCONFIG_SET_STRING, "source", op->source, 0) < 0)
        fail_mount(errno, context, op, "source");
    struct cursor cursor = strings_cursor(&op->parameters);
    for (uint32_t i = 0; i < op->parameters.count; i++)
        set_parameter(context, op, read_str(&cursor));
    if (*mode)
        set_parameter(context, op, mode);
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        fail_mount(errno, context, op, "");
    int fd = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)op->attributes);
    if (fd < 0)
        fail_mount(errno, context, op, "");
    return fd;
}

/* A value that is too long for fsconfig goes the old way, by mount(2) on the fd. */
static bool has_long_parameter(const struct op_mount *op)
{
    struct cursor cursor = strings_cursor(&op->parameters);
    for (uint32_t i = 0; i < op->parameters.count; i++) {
        if (strlen(read_str(&cursor)) > MAX_PARAMETER_BYTES)
            return true;
    }
    return strlen(op->source) > MAX_PARAMETER_BYTES;
}

static void mount_by_path(const struct op_mount *op, const char *mode, int target)
{
    char path[32], options[MAX_OPTIONS_BYTES];
    size_t length = (size_t)snprintf(options, sizeof options, "%s", mode);
    unsigned long flags = mount_flags(op->attributes);
    struct cursor cursor = strings_cursor(&op->parameters);
    for (uint32_t i = 0; i < op->parameters.count; i++) {
        const char *parameter = read_str(&cursor);
        if (strcmp(parameter, "ro") == 0) {
            flags |= MS_RDONLY;
            continue;
        }
        int added = snprintf(options + length, sizeof options - length, "%s%s", length ? "," : "", parameter);
        if (added < 0 || (size_t)added >= sizeof options - length)
            fail_with(E2BIG, "mount %s on %s: its options are too long", op->type, op->target);
        length += (size_t)added;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", target);
    if (mount(op->source, path, op->type, flags, options) < 0)
        fail("mount %s on %s: options \"%s\"", op->type, op->target, options);
}

/* Is it at or below a /proc that is no link of the image's, and doesn't lead up again? Links below are the kernel's. */
static bool named_below_proc(const struct init *init, const char *path)
{
    if (strncmp(path, "/proc", 5) != 0 || (path[5] != 0 && path[5] != '/') || strstr(path, "/.."))
        return false;
    scope_fd proc = path_open_without_links(init->root, "/proc", O_PATH);
    return proc >= 0;
}

bool is_root(const struct init *init, int fd)
{
    struct stat status, root;
    return fstat(fd, &status) == 0 && fstat(init->root, &root) == 0 && same_file(&status, &root);
}

void check_target(const struct init *init, const char *what, const char *path, int target)
{
    struct statfs file_system;
    if (is_root(init, target))
        fail_with(EPERM, "mount %s on %s, which leads to the root", what, path);
    if (fstatfs(target, &file_system) < 0)
        fail("mount %s on %s: look at it", what, path);
    if (file_system.f_type == PROC_SUPER_MAGIC && !named_below_proc(init, path))
        fail_with(EPERM, "mount %s on %s, which leads into procfs", what, path);
}

/* CVE-2019-19921, CVE-2023-28642: the image's own /proc or /sys is a link, and what is masked there is not here. What is
 * opened without links is what is mounted on, whatever is swapped in meanwhile. */
static int open_target(const struct init *init, const struct op_mount *op)
{
    int target = path_make(init->root, op->target, false);
    if (target < 0 || (strcmp(op->type, "proc") != 0 && strcmp(op->type, "sysfs") != 0))
        return target;
    close(target);
    target = path_open_without_links(init->root, op->target, O_PATH | O_DIRECTORY);
    if (target == -ELOOP)
        fail_with(ELOOP, "mount %s on %s, which is a symlink in the image", op->type, op->target);
    return target;
}

void op_mount(struct init *init, const struct op_mount *op)
{
    char mode[16];
    inherited_mode(init, op, mode, sizeof mode);
    scope_fd target = open_target(init, op);
    if (target < 0)
        fail_with(-target, "make the mount point %s", op->target);
    check_target(init, op->type, op->target, target);
    if (has_long_parameter(op)) {
        mount_by_path(op, mode, target);
        scope_fd made = path_open(init->root, op->target, O_PATH);
        int copied = made >= 0 && op->copyUp ? copy_up(target, made) : 0;
        if (copied)
            fail_with(-copied, "copy what is at %s into its new %s", op->target, op->type);
        int error = made < 0 ? made : set_attributes(made, false, 0, 0, op->propagation);
        if (error)
            fail_with(-error, "set the propagation of %s", op->target);
        remember_mount(init, op->target, made);
        return;
    }
    scope_fd fd = make_mount(op, mode);
    int error = op->copyUp ? copy_up(target, fd) : 0;
    if (error)
        fail_with(-error, "copy what is at %s into its new %s", op->target, op->type);
    error = attach_mount(fd, target);
    if (!error)
        error = set_attributes(fd, false, 0, 0, op->propagation);
    if (error)
        fail_with(-error, "mount %s on %s", op->type, op->target);
    remember_mount(init, op->target, fd);
}

static int take_source(struct init *init, const struct op_bind *op)
{
    if (op->tree < 0)
        return copy_tree(AT_FDCWD, op->source, op->recursive);
    if ((uint64_t)op->tree >= init->tree_count || init->trees[op->tree] < 0)
        return -EBADF;
    int fd = release_fd(&init->trees[op->tree]);
    /* It was copied in the front's mount namespace, whose changes would come along, and ours go there. */
    int error = set_attributes(fd, true, 0, 0, MS_SLAVE | MS_REC);
    if (error)
        close(fd);
    return error ? error : fd;
}

void op_bind(struct init *init, const struct op_bind *op)
{
    scope_fd source = take_source(init, op);
    struct stat status;
    if (source < 0)
        fail_with(-source, "bind %s on %s: open the source", op->source, op->target);
    if (fstat(source, &status) < 0)
        fail("bind %s on %s: look at the source", op->source, op->target);
    scope_fd target = path_make(init->root, op->target, !S_ISDIR(status.st_mode));
    if (target < 0)
        fail_with(-target, "bind %s on %s: make the mount point", op->source, op->target);
    check_target(init, op->source, op->target, target);
    bool folder = S_ISDIR(status.st_mode);
    if (fstat(target, &status) == 0 && S_ISDIR(status.st_mode) != folder)
        fail_with(ENOTDIR, "bind %s on %s: not a directory: the source is a %s, and what is there a %s", op->source,
                  op->target, folder ? "folder" : "file", folder ? "file" : "folder");
    int error = attach_mount(source, target);
    if (error)
        fail_with(-error, "bind %s on %s", op->source, op->target);
    error = set_attributes(source, false, op->attributesSet, op->attributesClear, op->propagation);
    if (!error) /* where both say something of the mount itself, they are right, as with runc and crun */
        error = set_attributes(source, true, op->recursiveSet, op->recursiveClear, 0);
    if (error)
        fail_with(-error, "bind %s on %s: set its attributes", op->source, op->target);
    remember_mount(init, op->target, source);
}

void op_remount(struct init *init, const struct op_remount *op)
{
    scope_fd fd = open_mounted(init, op->path);
    int error = fd < 0 ? fd : set_attributes(fd, false, op->attributesSet, 0, 0);
    if (error)
        fail_with(-error, "remount %s", op->path);
}
