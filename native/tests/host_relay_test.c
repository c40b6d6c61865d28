/* SPDX-License-Identifier: Apache-2.0 */
/* RELAY_*: a stream that the engine speaks on, to a socket with a path or a name. */
#include "front_fixture.h"

#include "../scope.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const name = "jrunc-relay-test";

/* Listens at a name of the abstract namespace, or at a path. */
static int listen_at(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path + abstract, path, strlen(path));
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 1) < 0)
        abort();
    return fd;
}

static int connected(struct front *front, int listener, const char *path, bool abstract)
{
    struct result result = {0};
    host_relay_connect(front, &(struct op_relay_connect){path, abstract}, &result);
    CHECK(result.error == 0);
    return accept(listener, NULL, NULL);
}

static struct result receive(struct front *front, uint32_t most, uint32_t millis)
{
    struct result result = {0};
    host_relay_receive(front, &(struct op_relay_receive){most, millis}, &result);
    return result;
}

static void test_both_ways(struct front *front, const char *path, bool abstract)
{
    int listener = listen_at(path, abstract);
    int peer = connected(front, listener, path, abstract);
    struct result sent = {0};
    host_relay_send(front, &(struct op_relay_send){{(const uint8_t *)"ping", 4}, 1000}, &sent);
    char text[8] = "";
    CHECK(sent.error == 0 && read(peer, text, sizeof text) == 4);
    CHECK_TEXT(text, "ping");
    CHECK(write(peer, "pong!", 5) == 5);
    struct result first = receive(front, 4, 1000), rest = receive(front, 4, 1000);
    CHECK(first.error == 0 && first.data.length == 4 && memcmp(first.data.data, "pong", 4) == 0);
    CHECK(rest.error == 0 && rest.data.length == 1 && rest.data.data[0] == '!');
    buffer_free(&first.data);
    buffer_free(&rest.data);
    close(peer);
    struct result end = receive(front, 4, 1000);
    CHECK(end.error == 0 && end.data.length == 0);
    struct result closed = {0};
    struct op_relay_close close_request;
    memset(&close_request, 0, sizeof close_request);
    host_relay_close(front, &close_request, &closed);
    CHECK(closed.error == 0 && front->relay == -1);
    close(listener);
}

static void test_limits_of_time(struct front *front)
{
    int listener = listen_at(name, true);
    int peer = connected(front, listener, name, true);
    struct result silent = receive(front, 4, 20);
    CHECK(silent.error == ETIMEDOUT);
    static uint8_t much[4 * 1024 * 1024];
    struct result full = {0};
    host_relay_send(front, &(struct op_relay_send){{much, sizeof much}, 20}, &full);
    CHECK(full.error == ETIMEDOUT);
    close(peer);
    close(listener);
}

/* Nobody accepts: the caller need not wait as long as we would. */
static void test_interrupted_in_a_queue(struct front *front)
{
    int listener = listen_at(name, true);
    for (int i = 0; i < 2; i++) {
        struct result connected = {0};
        host_relay_connect(front, &(struct op_relay_connect){name, true}, &connected);
        CHECK(connected.error == 0);
        release_fd(&front->relay);
    }
    front->waits.interruptible = true;
    raise(SIGTERM);
    struct result waiting = {0};
    host_relay_connect(front, &(struct op_relay_connect){name, true}, &waiting);
    CHECK(waiting.error == EINTR && front->waits.interrupted_by == SIGTERM);
    close(listener);
}

static void test_nobody(struct front *front)
{
    struct result missing = {0}, none;
    host_relay_connect(front, &(struct op_relay_connect){"/no/such/socket", false}, &missing);
    CHECK(missing.error == ENOENT && front->relay == -1);
    none = receive(front, 4, 20);
    CHECK(none.error == ENOTCONN);
    struct result unsent = {0};
    host_relay_send(front, &(struct op_relay_send){{(const uint8_t *)"x", 1}, 20}, &unsent);
    CHECK(unsent.error == ENOTCONN);
}

int main(void)
{
    struct fixture fixture;
    fixture_begin(&fixture);
    test_both_ways(&fixture.front, in_folder(&fixture, "socket"), false);
    test_both_ways(&fixture.front, name, true);
    test_limits_of_time(&fixture.front);
    test_nobody(&fixture.front);
    test_interrupted_in_a_queue(&fixture.front);
    fixture_end(&fixture);
    return test_end();
}
