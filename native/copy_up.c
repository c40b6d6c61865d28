/* SPDX-License-Identifier: Apache-2.0 */
#include "copy_up.h"

#include "scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#define MAX_DEPTH 100
#define MAX_CHUNK 0x7ffff000

static int copy_folder(int from, int to, int depth);

static int copy_file(int from, int to, const char *name, mode_t mode)
{
    scope_fd source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    if (source < 0 || fstat(source, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode)) /* by now: a device was put in its place */
        return -EINVAL;
    scope_fd target = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 07777);
    if (target < 0)
        return -errno;
    ssize_t sent;
    do {
        sent = sendfile(target, source, NULL, MAX_CHUNK);
    } while (sent > 0 || (sent < 0 && errno == EINTR));
    return sent < 0 ? -errno : 0;
}

static int copy_link(int from, int to, const char *name)
{
    char content[PATH_MAX];
    ssize_t length = readlinkat(from, name, content, sizeof content - 1);
    if (length < 0)
        return -errno;
    content[length] = 0;
    return symlinkat(content, to, name) < 0 ? -errno : 0;
}

static int copy_inner(int from, int to, const char *name, mode_t mode, int depth)
{
    scope_fd source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (source < 0 || mkdirat(to, name, mode & 07777) < 0)
        return -errno;
    scope_fd target = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0)
        return -errno;
    return depth < MAX_DEPTH ? copy_folder(source, target, depth + 1) : -ELOOP;
}

/* Devices and sockets are left out. */
static int copy_entry(int from, int to, const char *name, int depth)
{
    struct stat status;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    int error = 0;
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        error = copy_file(from, to, name, status.st_mode);
        break;
    case S_IFLNK:
        error = copy_link(from, to, name);
        break;
    case S_IFDIR:
        error = copy_inner(from, to, name, status.st_mode, depth);
        break;
    default:
        return 0;
    }
    if (!error && fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
        error = -errno;
    return error;
}

static int copy_folder(int from, int to, int depth)
{
    int copy = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries)
        return -errno;
    int error = 0;
    const struct dirent *entry;
    while (!error && (entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            error = copy_entry(from, to, entry->d_name, depth);
    }
    closedir(entries);
    return error;
}

int copy_up(int from, int to)
{
    return copy_folder(from, to, 0);
}
