/* SPDX-License-Identifier: Apache-2.0 */
/* What is at a path, without a change to it: for explain, which says what would fail before anything is tried. */
#include "files.h"
#include "front.h"
#include "paths.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Only what was seen to be a file is opened: to open a device may do something. */
static int open_again(int fd)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int namespace_kind(int fd)
{
    scope_fd file = open_again(fd);
    int kind = file < 0 ? -1 : ioctl(file, NS_GET_NSTYPE);
    return kind < 0 ? 0 : kind;
}

/* 0 or -errno. */
static int append_link(int fd, struct buffer *data)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(fd, "", target, sizeof target);
    return length < 0 ? -errno : buffer_append(data, target, (size_t)length);
}

/* The first bytes of a file that the caller may read; others show nothing. 0 or -errno. */
static int append_start(int fd, uint32_t max_bytes, struct buffer *data)
{
    scope_fd file = open_again(fd);
    char start[4096];
    ssize_t length = file < 0 ? 0 : read(file, start, max_bytes < sizeof start ? max_bytes : sizeof start);
    return length <= 0 ? 0 : buffer_append(data, start, (size_t)length);
}

void host_look_at(struct front *front, const struct op_look_at *request, struct result *result)
{
    (void)front;
    int flags = O_PATH | O_CLOEXEC | (request->link ? O_NOFOLLOW : 0);
    scope_fd folder = request->folder[0] ? open(request->folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (request->folder[0] && folder < 0) {
        result_fail(result, errno, "open %s", request->folder);
        return;
    }
    int opened = folder < 0 ? open(request->path, flags) : path_open(folder, request->path, flags);
    scope_fd fd = opened;
    struct stat status;
    struct statfs mounted;
    struct statvfs attributes;
    if (fd < 0 || fstat(fd, &status) < 0 || fstatfs(fd, &mounted) < 0 || fstatvfs(fd, &attributes) < 0) {
        result_fail(result, opened < -1 ? -opened : errno, "look at %s", request->path);
        return;
    }
    char facts[256];
    int length = snprintf(facts, sizeof facts, "%u %u %u %lu %lu %u %u %lu %d\n", status.st_mode, status.st_uid,
                          status.st_gid, (unsigned long)status.st_dev, (unsigned long)status.st_ino,
                          major(status.st_rdev), minor(status.st_rdev), (unsigned long)attributes.f_flag,
                          (unsigned)mounted.f_type == NSFS_MAGIC && !S_ISLNK(status.st_mode) ? namespace_kind(fd) : 0);
    int error = buffer_append(&result->data, facts, (size_t)length);
    if (!error && S_ISLNK(status.st_mode))
        error = append_link(fd, &result->data);
    else if (!error && S_ISREG(status.st_mode) && request->maxBytes > 0)
        error = append_start(fd, request->maxBytes, &result->data);
    if (error)
        result_fail(result, -error, "look at %s", request->path);
}
