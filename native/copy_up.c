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

/* The mode last: a change of owner takes set-user-ID and set-group-ID away, and mkdir(2) doesn't give them. */
static int copy_rights(int copy, const struct stat *status)
{
    return fchown(copy, status->st_uid, status->st_gid) < 0 || fchmod(copy, status->st_mode & 07777) < 0 ? -errno : 0;
}

static int copy_file(int from, int to, const char *name)
{
    scope_fd source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    if (source < 0 || fstat(source, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode)) /* by now: a device was put in its place */
        return -EINVAL;
    scope_fd target = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target < 0)
        return -errno;
    ssize_t sent;
    do {
        sent = sendfile(target, source, NULL, MAX_CHUNK);
    } while (sent > 0 || (sent < 0 && errno == EINTR));
    return sent < 0 ? -errno : copy_rights(target, &status);
}

static int copy_link(int from, int to, const char *name, const struct stat *status)
{
    char content[PATH_MAX];
    ssize_t length = readlinkat(from, name, content, sizeof content - 1);
    if (length < 0)
        return -errno;
    content[length] = 0;
    if (symlinkat(content, to, name) < 0)
        return -errno;
    return fchownat(to, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

static int copy_inner(int from, int to, const char *name, int depth)
{
    struct stat status;
    scope_fd source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (source < 0 || fstat(source, &status) < 0 || mkdirat(to, name, 0700) < 0)
        return -errno;
    scope_fd target = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0)
        return -errno;
    int error = depth < MAX_DEPTH ? copy_folder(source, target, depth + 1) : -ELOOP;
    return error ? error : copy_rights(target, &status);
}

/* Devices and sockets are left out. */
static int copy_entry(int from, int to, const char *name, int depth)
{
    struct stat status;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        return copy_file(from, to, name);
    case S_IFLNK:
        return copy_link(from, to, name, &status);
    case S_IFDIR:
        return copy_inner(from, to, name, depth);
    default:
        return 0;
    }
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
