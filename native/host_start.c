/* SPDX-License-Identifier: Apache-2.0 */
/*
 * START: asks the init that waits on start.fifo to go on, and hears on answer.fifo what came of it: hooks and execve can
 * fail as late as that.
 */
#include "files.h"
#include "front.h"
#include "host_init.h"
#include "processes.h"
#include "scope.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ANSWER_BYTES (64ul * 1024)
#define DEATH_MILLIS 5000

/* ENXIO: nobody holds the fifo, so nobody waits. */
static int request_start(struct front *front)
{
    scope_fd fifo = state_open_fifo(&front->state, "start.fifo", O_WRONLY | O_NONBLOCK);
    if (fifo < 0)
        return fifo;
    const char request = START_REQUEST;
    return write(fifo, &request, 1) == 1 ? 0 : -errno;
}

/* What there is to read: bytes appended to answer; 0 at the end of file, 1 for more, or -errno. */
static int read_some(int fifo, struct buffer *answer)
{
    uint8_t chunk[512];
    ssize_t got = read(fifo, chunk, sizeof chunk);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 1 : -errno;
    if (answer->length + (size_t)got > MAX_ANSWER_BYTES)
        return -EFBIG;
    int error = buffer_append(answer, chunk, (size_t)got);
    return error ? error : got > 0;
}

/* Until all writers have closed the fifo; init's death is enough. */
static int read_answer(struct front *front, int fifo, int pidfd, struct buffer *answer)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = fifo, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
        int ready = wait_word(&front->waits, fds, 2);
        if (ready < 0)
            return ready;
        int more = 1;
        if (fds[0].revents)
            more = read_some(fifo, answer);
        else if (fds[1].revents)
            return 0;
        if (more <= 0)
            return more;
    }
}

/* Only the front that made init can know how it ended. A process closes its fds shortly before that can be asked. */
static void describe_silence(struct front *front, struct result *result)
{
    char name[16];
    int status;
    if (front->init.pid > 0)
        wait_fd(&front->waits, front->init.pidfd, POLLIN, deadline_after(DEATH_MILLIS));
    if (front->init.pid > 0 && init_wait_status(front, false, &status) == 0 && WIFSIGNALED(status))
        result_fail(result, ECANCELED, "init was killed by %s before its program ran%s",
                    signal_name(WTERMSIG(status), name),
                    WTERMSIG(status) == SIGKILL ? ": is the memory limit too low to start?" : "");
    else
        result_fail(result, ECANCELED, "init ended before its program ran");
}

/* [START_EXECUTING] [START_FAILED, frame ERROR] */
static void judge_answer(struct front *front, const struct buffer *answer, struct result *result)
{
    const uint8_t *at = answer->data;
    size_t length = answer->length;
    if (length == 0) {
        describe_silence(front, result);
        return;
    }
    bool executing = *at == START_EXECUTING;
    if (executing) {
        at++;
        length--;
    }
    if (executing && length == 0)
        return;
    if (length < 1 + FRAME_HEADER_BYTES || *at != START_FAILED) {
        result_fail(result, EPROTO, "init sent a malformed answer");
        return;
    }
    result_fail_remote(result,
                       (struct bytes){at + 1 + FRAME_HEADER_BYTES, (uint32_t)(length - 1 - FRAME_HEADER_BYTES)});
}

void host_start(struct front *front, const struct op_start *request, struct result *result)
{
    if (front->state.folder_fd < 0) {
        result_fail(result, EBADF, "no state folder is open");
        return;
    }
    scope_buffer answer = {0};
    scope_fd pidfd = process_pidfd((pid_t)request->pid, request->startTime);
    scope_fd fifo = -1;
    int error = pidfd < 0 ? pidfd : 0;
    if (!error) {
        fifo = state_open_fifo(&front->state, "answer.fifo", O_RDONLY | O_NONBLOCK);
        error = fifo < 0 ? fifo : request_start(front);
    }
    if (!error)
        error = read_answer(front, fifo, pidfd, &answer);
    /* ENXIO: nobody waits, so it has ended, unless its program runs already. */
    if (error == -ENXIO && wait_fd(&front->waits, pidfd, POLLIN, deadline_after(DEATH_MILLIS)) == 0)
        describe_silence(front, result);
    else if (error)
        result_fail(result, -error, "start process %u", request->pid);
    else
        judge_answer(front, &answer, result);
}
