/* SPDX-License-Identifier: Apache-2.0 */
/* A stream to somebody else, whose protocol the engine speaks: who is there sees the caller, and not the engine. */
#include "files.h"
#include "front.h"
#include "scope.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_RECEIVE_BYTES (1024u * 1024)

static void relay_end(struct front *front)
{
    if (front->relay >= 0)
        close(front->relay);
    front->relay = -1;
}

void host_relay_connect(struct front *front, const struct op_relay_connect *request, struct result *result)
{
    relay_end(front);
    scope_fd fd =
        request->abstract ? connect_abstract(request->path, SOCK_STREAM) : connect_unix(request->path, SOCK_STREAM);
    int error = fd < 0 ? fd : 0;
    /* Waiting is poll's, which has the operation's limit. */
    if (!error && fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        error = -errno;
    if (error) {
        result_fail(result, -error, "connect to %s%s", request->abstract ? "@" : "", request->path);
        return;
    }
    front->relay = release_fd(&fd);
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

void host_relay_receive(struct front *front, const struct op_relay_receive *request, struct result *result)
{
    int64_t deadline = deadline_after(request->timeoutMillis);
    uint32_t most = request->maxBytes < MAX_RECEIVE_BYTES ? request->maxBytes : MAX_RECEIVE_BYTES;
    scope_free uint8_t *bytes = malloc(most ? most : 1);
    int error = !bytes ? -ENOMEM : front->relay < 0 ? -ENOTCONN : 0;
    while (!error) {
        ssize_t length = recv(front->relay, bytes, most, 0);
        if (length >= 0) {
            error = buffer_append(&result->data, bytes, (size_t)length) ? -ENOMEM : 0;
            break;
        }
        if (errno == EAGAIN)
            error = wait_fd(&front->waits, front->relay, POLLIN, deadline);
        else if (errno != EINTR)
            error = -errno;
    }
    if (error)
        result_fail(result, -error, "receive");
}

void host_relay_close(struct front *front, const struct op_relay_close *request, struct result *result)
{
    (void)request;
    (void)result;
    relay_end(front);
}
