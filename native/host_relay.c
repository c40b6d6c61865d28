/* SPDX-License-Identifier: Apache-2.0 */
/* A stream to somebody else, whose protocol the engine speaks: who is there sees the caller, and not the engine. */
#include "host_relay.h"
#include "files.h"
#include "front.h"
#include "scope.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_RECEIVE_BYTES (1024u * 1024)

static void relay_end(struct front *front)
{
    if (front->relay >= 0)
        close(front->relay);
    front->relay = -1;
    if (front->relayed_fd >= 0)
        close(front->relayed_fd);
    front->relayed_fd = -1;
}

void relay_begin(struct front *front, int *fd)
{
    relay_end(front);
    front->relay = release_fd(fd);
}

void host_relay_connect(struct front *front, const struct op_relay_connect *request, struct result *result)
{
    relay_end(front);
    scope_fd fd = connect_stream(&front->waits, request->path, request->abstract);
    int error = fd < 0 ? fd : 0;
    /* Waiting is poll's, which has the operation's limit. */
    if (!error && fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        error = -errno;
    if (error) {
        result_fail(result, -error, "connect to %s%s%s", request->abstract ? "@" : "", request->path,
                    connect_words(error));
        return;
    }
    relay_begin(front, &fd);
}

void host_relay_send(struct front *front, const struct op_relay_send *request, struct result *result)
{
    int64_t deadline = deadline_after(request->timeoutMillis);
    int error = front->relay < 0 ? -ENOTCONN : 0;
    for (uint32_t sent = 0; !error && sent < request->content.length;) {
        ssize_t length = send(front->relay, request->content.data + sent, request->content.length - sent, MSG_NOSIGNAL);
        if (length >= 0)
            sent += (uint32_t)length;
        else if (errno == EAGAIN)
            error = wait_fd(&front->waits, front->relay, POLLOUT, deadline);
        else if (errno != EINTR)
            error = -errno;
    }
    if (error)
        result_fail(result, -error, "send %u bytes", request->content.length);
}

/* The fd that came with a message; of several, none. Where there is room for one, there is for two: it is aligned. */
static int only_fd(struct msghdr *packet)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(packet);
    int fds[CMSG_SPACE(sizeof(int)) / sizeof(int)];
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return -1;
    size_t length = header->cmsg_len - CMSG_LEN(0), count = length / sizeof *fds;
    memcpy(fds, CMSG_DATA(header), length);
    if (count == 1)
        return fds[0];
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
    return -1;
}

/* recvmsg(2), and the fd that came with it. A message that is longer than the room for it is an error. */
static ssize_t receive(struct front *front, uint8_t *bytes, size_t most)
{
    union {
        struct cmsghdr header;
        uint8_t space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {bytes, most};
    struct msghdr packet = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(front->relay, &packet, MSG_CMSG_CLOEXEC);
    if (length < 0)
        return -errno;
    if (front->relayed_fd >= 0)
        close(front->relayed_fd);
    front->relayed_fd = only_fd(&packet);
    return packet.msg_flags & MSG_TRUNC ? -EMSGSIZE : length;
}

/* Until there is something to read, or criu has ended: what it has made may hold its end open. */
static int wait_message(struct front *front, int64_t deadline, bool *ended)
{
    struct pollfd fds[] = {{.fd = front->relay, .events = POLLIN}, {.fd = front->criu.pidfd, .events = POLLIN}};
    int ready = wait_ready(&front->waits, fds, sizeof fds / sizeof *fds, deadline);
    *ended = ready > 0 && fds[1].revents;
    return ready < 0 ? ready : 0;
}

void host_relay_receive(struct front *front, const struct op_relay_receive *request, struct result *result)
{
    int64_t deadline = deadline_after(request->timeoutMillis);
    uint32_t most = request->maxBytes < MAX_RECEIVE_BYTES ? request->maxBytes : MAX_RECEIVE_BYTES;
    scope_free uint8_t *bytes = malloc(most ? most : 1);
    int error = !bytes ? -ENOMEM : front->relay < 0 ? -ENOTCONN : 0;
    bool ended = false; /* its last message is looked for once more: it may have come between receive and poll */
    while (!error) {
        ssize_t length = receive(front, bytes, most);
        if (length >= 0) {
            error = buffer_append(&result->data, bytes, (size_t)length) ? -ENOMEM : 0;
            break;
        }
        if (length == -EAGAIN)
            error = ended ? -EPIPE : wait_message(front, deadline, &ended);
        else if (length != -EINTR)
            error = (int)length;
    }
    if (error && error != -EPIPE)
        result_fail(result, -error, "receive");
}

void host_relay_close(struct front *front, const struct op_relay_close *request, struct result *result)
{
    (void)request;
    (void)result;
    relay_end(front);
}
