/* SPDX-License-Identifier: Apache-2.0 */
#include "sockets.h"

#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_LIMIT_SECONDS 10
/* poll(2) doesn't tell when there is room in a queue of callers. */
#define QUEUE_RETRY_MILLIS 10

typedef int (*use_address)(int fd, const struct sockaddr *address, socklen_t length);

static int open_socket(const struct sockaddr_un *address, size_t length, int type, use_address use)
{
    scope_fd fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    struct timeval limit = {.tv_sec = SOCKET_LIMIT_SECONDS};
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
        use(fd, (const struct sockaddr *)address, (socklen_t)length) < 0)
        return -errno;
    return release_fd(&fd);
}

static int open_address(const char *path, int type, use_address use)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    return open_socket(&address, sizeof address, type, use);
}

static int open_path(const char *path, int type, use_address use)
{
    struct sockaddr_un address;
    if (!path[0])
        return -ENOENT;
    if (strlen(path) < sizeof address.sun_path)
        return open_address(path, type, use);
    /* Too long: by its folder's fd. */
    const char *slash = strrchr(path, '/');
    scope_free char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    if (!folder)
        return slash ? -ENOMEM : -ENAMETOOLONG;
    scope_fd fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    char shorter[sizeof address.sun_path];
    int length = snprintf(shorter, sizeof shorter, "/proc/self/fd/%d/%s", fd, slash + 1);
    if (length < 0 || (size_t)length >= sizeof shorter)
        return -ENAMETOOLONG;
    return open_address(shorter, type, use);
}

int connect_unix(const char *path, int type)
{
    return open_path(path, type, connect);
}

static int connect_abstract(const char *name, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path + 1, name, length);
    return open_socket(&address, offsetof(struct sockaddr_un, sun_path) + 1 + length, type, connect);
}

int connect_stream(struct waits *waits, const char *path, bool abstract)
{
    int64_t deadline = deadline_after((int64_t)SOCKET_LIMIT_SECONDS * 1000);
    int type = SOCK_STREAM | SOCK_NONBLOCK, error = 0;
    scope_fd fd = -EAGAIN;
    while (fd == -EAGAIN && !error) {
        fd = abstract ? connect_abstract(path, type) : connect_unix(path, type);
        if (fd == -EAGAIN)
            error = now_millis() < deadline ? wait_millis(waits, QUEUE_RETRY_MILLIS) : -ETIMEDOUT;
    }
    if (error || fd < 0)
        return error ? error : fd;
    return fcntl(fd, F_SETFL, 0) < 0 ? -errno : release_fd(&fd);
}

const char *connect_words(int error)
{
    return error == -ETIMEDOUT ? ": its queue of callers is full, and nobody accepts" : "";
}

int listen_unix(const char *path, int queue)
{
    scope_fd fd = open_path(path, SOCK_STREAM, bind);
    if (fd < 0)
        return fd;
    return listen(fd, queue) < 0 ? -errno : release_fd(&fd);
}

int send_fd(int socket, int fd, const void *message, size_t length)
{
    union {
        struct cmsghdr header;
        uint8_t space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)message, length};
    struct msghdr packet = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    ssize_t sent;
    do {
        sent = sendmsg(socket, &packet, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return -errno;
    return (size_t)sent == length ? 0 : -EIO;
}
