/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 16384
/* What a pipe takes without blocking when poll(2) says that it is writable. */
#define WRITE_STEP 4096
#define WRITE_TIMEOUT_MILLIS 30000
#define LOCK_POLL_MILLIS 5

static int reserve(struct buffer *data, size_t more)
{
    if (data->capacity - data->length >= more)
        return 0;
    size_t capacity = data->capacity * 2 + more;
    uint8_t *grown = realloc(data->data, capacity);
    if (!grown)
        return -ENOMEM;
    data->data = grown;
    data->capacity = capacity;
    return 0;
}

int buffer_append(struct buffer *buffer, const void *data, size_t length)
{
    int error = reserve(buffer, length);
    if (error)
        return error;
    if (length > 0)
        memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
    return 0;
}

int read_all(int fd, size_t max_bytes, struct buffer *data)
{
    size_t start = data->length;
    for (;;) {
        int error = reserve(data, READ_STEP);
        if (error)
            return error;
        ssize_t got = read(fd, data->data + data->length, READ_STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            return 0;
        data->length += (size_t)got;
        if (data->length - start > max_bytes)
            return -EFBIG;
    }
}

int read_text(int folder, const char *path, size_t max_bytes, struct buffer *text)
{
    scope_fd fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    int error = read_all(fd, max_bytes, text);
    if (!error)
        error = reserve(text, 1);
    if (!error)
        text->data[text->length] = 0;
    return error;
}

static int write_regular(int fd, const uint8_t *data, size_t length)
{
    do {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        if (written == 0 && length > 0)
            return -EIO;
        data += written;
        length -= (size_t)written;
    } while (length > 0);
    return 0;
}

int write_all(struct waits *waits, int fd, const void *data, size_t length)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    const uint8_t *at = data;
    if (S_ISREG(status.st_mode))
        return write_regular(fd, at, length);
    while (length > 0) {
        /* A reader may take its time as long as the caller can interrupt us. */
        int64_t deadline = waits->interruptible ? NO_DEADLINE : deadline_after(WRITE_TIMEOUT_MILLIS);
        int error = wait_fd(waits, fd, POLLOUT, deadline);
        if (error)
            return error;
        ssize_t written = write(fd, at, length < WRITE_STEP ? length : WRITE_STEP);
        if (written < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (written < 0)
            return -errno;
        at += written;
        length -= (size_t)written;
    }
    return 0;
}

int write_text(int folder, const char *path, const char *text)
{
    scope_fd fd = openat(folder, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    return write_regular(fd, (const uint8_t *)text, strlen(text));
}

int replace_file(struct waits *waits, int folder, const char *name, struct bytes content, mode_t mode)
{
    char temporary[NAME_MAX + 1];
    int length = snprintf(temporary, sizeof temporary, ".%.200s.%ld", name, (long)getpid());
    if (!plain_name(name) || length < 0 || (size_t)length >= sizeof temporary)
        return -EINVAL;
    /* What a killed front of the same pid has left. */
    if (unlinkat(folder, temporary, 0) < 0 && errno != ENOENT)
        return -errno;
    scope_fd fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return -errno;
    int error = write_all(waits, fd, content.data, content.length);
    if (!error && renameat(folder, temporary, folder, name) < 0)
        error = -errno;
    if (error)
        unlinkat(folder, temporary, 0);
    return error;
}

int open_append(const char *path, mode_t mode)
{
    /* Not to wait for the other end of a fifo. */
    scope_fd fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
    if (fd < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0)
        return -errno;
    return release_fd(&fd);
}

bool same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

const char *kind_of_file(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a fifo";
    case S_IFSOCK:
        return "a socket";
    case S_IFLNK:
        return "a link";
    case S_IFCHR:
        return "a character device";
    case S_IFBLK:
        return "a block device";
    default:
        return "a file";
    }
}

int give_stdio(int fd, uid_t uid)
{
    struct stat status;
    bool read_only = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
    if (read_only && fstat(fd, &status) == 0 &&
        (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISBLK(status.st_mode)))
        return 0;
    if (fchown(fd, uid, (gid_t)-1) == 0 || errno == EPERM || errno == EINVAL || errno == ENOSYS || errno == EROFS)
        return 0;
    return -errno;
}

bool owner_is_trusted(const struct stat *status)
{
    return status->st_uid == 0 || status->st_uid == geteuid();
}

bool others_may_write(const struct stat *status, bool sticky_counts)
{
    return (status->st_mode & (S_IWGRP | S_IWOTH)) && !(sticky_counts && (status->st_mode & S_ISVTX));
}

bool plain_name(const char *name)
{
    return name[0] != 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/') &&
           strlen(name) <= NAME_MAX;
}

int lock_file(struct waits *waits, int fd, int64_t deadline)
{
    for (;;) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -errno;
        if (now_millis() >= deadline)
            return -ETIMEDOUT;
        int error = wait_millis(waits, LOCK_POLL_MILLIS);
        if (error)
            return error;
    }
}
