/* SPDX-License-Identifier: Apache-2.0 */
/* WAIT_INIT, with a child in init's place. */
#include "../host_init.h"
#include "../scope.h"
#include "front_fixture.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LIMIT_SECONDS 60

static const struct op_wait_init waiting;

/* In a process of its own: WAIT_INIT takes the standard fds away, which the test prints to. */
static void wait_in_child(struct fixture *fixture, int init_status, bool vanish)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        abort();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct result result = {0};
        if (vanish)
            close(sockets[1]);
        pid_t init = fork();
        if (init == 0) {
            if (vanish)
                pause();
            _exit(init_status);
        }
        fixture->front.init.pid = init;
        fixture->front.init.pidfd = (int)syscall(SYS_pidfd_open, init, 0);
        fixture->front.engine.channel = sockets[0];
        host_wait_init(&fixture->front, &waiting, &result);
        char target[32] = "";
        bool released = readlink("/proc/self/fd/1", target, sizeof target - 1) > 0 && strcmp(target, "/dev/null") == 0;
        bool right = vanish ? result.error == ECONNRESET && fixture->front.init.pid == init
                            : result.error == 0 && result.value == init_status << 8 && fixture->front.init.pid == 0;
        if (vanish)
            kill(init, SIGKILL);
        _exit(right && released ? 0 : 1);
    }
    close(sockets[0]);
    if (vanish)
        close(sockets[1]);
    int status = -1;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    if (!vanish)
        close(sockets[1]);
}

static void test_wait(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    host_wait_init(&fixture.front, &waiting, &result);
    CHECK(result.error == ESRCH);
    wait_in_child(&fixture, 7, false);
    wait_in_child(&fixture, 0, true);
    fixture_end(&fixture);
}

int main(void)
{
    alarm(LIMIT_SECONDS);
    test_wait();
    return test_end();
}
