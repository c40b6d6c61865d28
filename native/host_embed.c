/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A front that a program keeps as long as its container: it is the parent of init, and knows how it ends. When the program
 * vanishes, the front ends the container, as that of any call that has made one and lost its engine.
 */
#include "front.h"
#include "host_init.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { AT_INIT, AT_ENGINE, AT_COUNT };

/* Who reads what init writes is waiting for the end of it, and we have the same pipe. */
static int release_standard_fds(void)
{
    scope_fd null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return -errno;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (dup2(null, fd) < 0)
            return -errno;
    }
    return 0;
}

void host_wait_init(struct front *front, const struct op_wait_init *request, struct result *result)
{
    (void)request;
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    struct pollfd fds[AT_COUNT] = {
        [AT_INIT] = {.fd = front->init.pidfd, .events = POLLIN},
        [AT_ENGINE] = {.fd = front->engine.channel, .events = 0},
    };
    int status = 0;
    int error = release_standard_fds();
    int ready = error ? error : wait_ready(&front->waits, fds, AT_COUNT, NO_DEADLINE);
    if (ready >= 0)
        error = fds[AT_INIT].revents ? reap_init(front, &status) : -ECONNRESET;
    else
        error = ready;
    if (error)
        result_fail(result, -error, "wait for init");
    else
        result->value = status;
}
