/* SPDX-License-Identifier: Apache-2.0 */
/* Host operations on files that the caller or the engine names by path. */
#include "files.h"
#include "front.h"
#include "scope.h"
#include "sockets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DIRECTORY_BYTES (32ul * 1024 * 1024)
/* How much of a value an error shows. */
#define SHOWN_BYTES 80

/* A fifo or a device in place of a file must not hang us, nor become our controlling terminal. */
#define CAREFUL (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

void host_read_file(struct front *front, const struct op_read_file *request, struct result *result)
{
    (void)front;
    scope_fd fd = open(request->path, O_RDONLY | CAREFUL);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        result_fail(result, errno, "open %s", request->path);
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        result_fail(result, S_ISDIR(status.st_mode) ? EISDIR : EINVAL, "read %s, which is %s", request->path,
                    kind_of_file(status.st_mode));
        return;
    }
    int error = read_all(fd, request->maxBytes, &result->data);
    if (error == -EFBIG)
        result_fail(result, EFBIG, "read %s, which is longer than %u bytes", request->path, request->maxBytes);
    else if (error)
        result_fail(result, -error, "read %s", request->path);
}

static int open_flags(uint32_t disposition)
{
    switch (disposition) {
    case WRITE_EXISTING:
        return O_WRONLY;
    case WRITE_CREATE:
        return O_WRONLY | O_CREAT | O_TRUNC;
    case WRITE_CREATE_NEW:
        return O_WRONLY | O_CREAT | O_EXCL;
    case WRITE_APPEND:
        return O_WRONLY | O_CREAT | O_APPEND;
    default:
        return -1;
    }
}

static int replace_by_path(struct front *front, const struct op_write_file *request)
{
    const char *slash = strrchr(request->path, '/');
    scope_free char *folder = slash ? strndup(request->path, (size_t)(slash - request->path) + 1) : strdup(".");
    if (!folder)
        return -ENOMEM;
    scope_fd fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return replace_file(&front->waits, fd, slash ? slash + 1 : request->path, request->content, request->mode & 07777);
}

/* /dev/null and /dev/stdout would be gone for everybody: what is no file is written to. Not where somebody else has put it there, or a file
 * in its place by now: that makes way, -ENOENT. */
static int open_what_stays(const char *path)
{
    struct stat status;
    if (fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) < 0 || !owner_is_trusted(&status) ||
        stat(path, &status) < 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        return -ENOENT;
    int fd = open(path, O_WRONLY | CAREFUL);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
        return fd;
    close(fd);
    return -ENOENT;
}

static int open_by_path(const struct op_write_file *request)
{
    int flags = open_flags(request->disposition);
    if (flags < 0)
        return -EINVAL;
    int fd = open(request->path, flags | CAREFUL, request->mode & 07777);
    return fd < 0 ? -errno : fd;
}

static int write_by_path(struct front *front, const struct op_write_file *request)
{
    bool replace = request->disposition == WRITE_REPLACE;
    scope_fd fd = replace ? open_what_stays(request->path) : open_by_path(request);
    if (replace && fd == -ENOENT)
        return replace_by_path(front, request);
    return fd < 0 ? fd : write_all(&front->waits, fd, request->content.data, request->content.length);
}

/* Values of cgroup and proc files are short texts, and worth showing. */
static void describe_write(const struct op_write_file *request, int error, struct result *result)
{
    uint32_t length = request->content.length;
    while (length > 0 && request->content.data[length - 1] == '\n')
        length--;
    bool text = length <= SHOWN_BYTES && !memchr(request->content.data, '\n', length);
    if (request->disposition == WRITE_EXISTING && text)
        result_fail(result, error, "write \"%.*s\" to %s", (int)length, (const char *)request->content.data,
                    request->path);
    else
        result_fail(result, error, "write %s", request->path);
}

void host_write_file(struct front *front, const struct op_write_file *request, struct result *result)
{
    int error = write_by_path(front, request);
    if (error)
        describe_write(request, -error, result);
}

void host_write_first(struct front *front, const struct op_write_first *request, struct result *result)
{
    struct cursor paths = strings_cursor(&request->paths), contents = strings_cursor(&request->contents);
    const char *path = "", *content = "";
    int error = -ENOENT;
    for (uint32_t i = 0; error == -ENOENT && i < request->paths.count && i < request->contents.count; i++) {
        path = read_str(&paths);
        content = read_str(&contents);
        scope_fd fd = open(path, O_WRONLY | CAREFUL);
        error = fd < 0 ? -errno : write_all(&front->waits, fd, (const uint8_t *)content, (uint32_t)strlen(content));
    }
    if (error == -ENOENT)
        result_fail(result, ENOENT, "write \"%s\" to %s: the kernel has no such file, nor another one for this",
                    content, path);
    else if (error)
        result_fail(result, -error, "write \"%s\" to %s", content, path);
}

static int append_name(struct buffer *data, const char *name)
{
    size_t length = strlen(name) + 1;
    return length > MAX_DIRECTORY_BYTES - data->length ? -EFBIG : buffer_append(data, name, length);
}

static int append_names(DIR *folder, struct buffer *data)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry)
            return -errno;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int error = append_name(data, entry->d_name);
        if (error)
            return error;
    }
}

void host_read_directory(struct front *front, const struct op_read_directory *request, struct result *result)
{
    (void)front;
    DIR *folder = opendir(request->path);
    int error = folder ? append_names(folder, &result->data) : -errno;
    if (folder)
        closedir(folder);
    if (error)
        result_fail(result, -error, "read folder %s", request->path);
}

void host_real_path(struct front *front, const struct op_real_path *request, struct result *result)
{
    (void)front;
    struct stat status;
    char *real = realpath(request->path, NULL);
    if (!real || stat(real, &status) < 0) {
        result_fail(result, errno, "find %s", request->path);
        free(real);
        return;
    }
    result->value = status.st_mode;
    result->data = (struct buffer){.data = (uint8_t *)real, .length = strlen(real)};
}

void host_make_folder(struct front *front, const struct op_make_folder *request, struct result *result)
{
    (void)front;
    struct stat status;
    if (mkdir(request->path, request->mode & 07777) == 0)
        result->value = 1;
    else if (errno != EEXIST || stat(request->path, &status) < 0)
        result_fail(result, errno, "make folder %s", request->path);
    else if (!S_ISDIR(status.st_mode))
        result_fail(result, ENOTDIR, "make folder %s", request->path);
}

void host_remove_folder(struct front *front, const struct op_remove_folder *request, struct result *result)
{
    (void)front;
    if (rmdir(request->path) < 0 && errno != ENOENT)
        result_fail(result, errno, "remove folder %s", request->path);
}

void host_send_datagram(struct front *front, const struct op_send_datagram *request, struct result *result)
{
    (void)front;
    scope_fd fd = connect_unix(request->path, SOCK_DGRAM);
    if (fd < 0) {
        result_fail(result, -fd, "connect to %s", request->path);
        return;
    }
    if (send(fd, request->content.data, request->content.length, MSG_NOSIGNAL) < 0)
        result_fail(result, errno, "send %u bytes to %s", request->content.length, request->path);
}

void host_output(struct front *front, const struct op_output *request, struct result *result)
{
    if (request->fd != STDOUT_FILENO && request->fd != STDERR_FILENO) {
        result_fail(result, EBADF, "output to fd %u", request->fd);
        return;
    }
    /* What stands in its place takes everything: nobody would know that it is lost. */
    bool closed = front->closed_fds & 1U << request->fd;
    int error =
        closed ? -EBADF : write_all(&front->waits, (int)request->fd, request->content.data, request->content.length);
    if (error)
        result_fail(result, -error, "write to standard %s", request->fd == STDOUT_FILENO ? "output" : "error output");
}

/* A pipe or a terminal may take its time; a socket can't be opened by a path. */
void host_read_input(struct front *front, const struct op_read_input *request, struct result *result)
{
    bool named = *request->path;
    scope_fd opened = named ? open(request->path, O_RDONLY | CAREFUL) : -1;
    if (named && opened < 0) {
        result_fail(result, errno, "open %s", request->path);
        return;
    }
    int fd = named ? opened : STDIN_FILENO;
    for (;;) {
        uint8_t data[4096];
        int error = wait_fd(&front->waits, fd, POLLIN, NO_DEADLINE);
        ssize_t got = error ? -1 : read(fd, data, sizeof data);
        if (got < 0 && !error && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got == 0)
            return;
        if (!error)
            error = got < 0 ? -errno : buffer_append(&result->data, data, (size_t)got);
        if (!error && result->data.length > request->maxBytes)
            error = -EFBIG;
        if (error) {
            result_fail(result, -error, "read %s, of %u bytes at most", named ? request->path : "the standard input",
                        request->maxBytes);
            return;
        }
    }
}
