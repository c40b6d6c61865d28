/* SPDX-License-Identifier: Apache-2.0 */
/* What ps needs: the processes of a cgroup, and a program of the caller's. */
#include "cgroups.h"
#include "files.h"
#include "front.h"
#include "programs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define MAX_PROCS_BYTES (8ul * 1024 * 1024)

/* A threaded cgroup has no list of processes: they are in its domain's. */
static int append_procs(int folder, void *context)
{
    struct buffer *all = context;
    scope_buffer text = {0};
    int error = read_text(folder, "cgroup.procs", MAX_PROCS_BYTES, &text);
    if (!error)
        error = buffer_append(all, text.data, text.length);
    return error == -EOPNOTSUPP || error == -ENODEV || error == -ENOENT ? 0 : error;
}

void host_cgroup_processes(struct front *front, const struct op_cgroup_processes *request, struct result *result)
{
    (void)front;
    scope_fd folder = open_cgroup(AT_FDCWD, request->folder);
    int error = folder < 0 ? folder : each_cgroup(folder, append_procs, &result->data);
    if (error && error != -ENOENT)
        result_fail(result, -error, "list the processes of cgroup %s", request->folder);
}

/* With the caller's environment: it is the caller's own program, as if called by hand. */
static int spawn_program(const struct front *front, const struct op_run_program *request, int output, pid_t *pid)
{
    scope_free char **args = strings_array(&request->args);
    if (!args)
        return -ENOMEM;
    scope_fd input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0)
        return -errno;
    return program_start(&(struct program){.path = args[0],
                                           .args = args,
                                           .environment = front->environment,
                                           .fds = {input, output, output},
                                           .search = true},
                         pid);
}

static int read_output(struct front *front, int fd, uint32_t max_bytes, int64_t deadline, struct buffer *data)
{
    for (;;) {
        uint8_t chunk[4096];
        int error = wait_fd(&front->waits, fd, POLLIN, deadline);
        ssize_t got = error ? 0 : read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (error || got <= 0)
            return got < 0 ? -errno : error;
        if (data->length + (size_t)got > max_bytes)
            return -EFBIG;
        error = buffer_append(data, chunk, (size_t)got);
        if (error)
            return error;
    }
}

static int run_program(struct front *front, const struct op_run_program *request, struct result *result)
{
    int pipe_fds[2], status;
    pid_t pid = 0;
    int64_t deadline = deadline_after(request->timeoutMillis);
    if (request->args.count == 0)
        return -EINVAL;
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return -errno;
    scope_fd ours = pipe_fds[0], theirs = pipe_fds[1];
    int error = spawn_program(front, request, theirs, &pid);
    if (error)
        return error;
    close(release_fd(&theirs));
    scope_fd pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    error = pidfd < 0 ? -errno : read_output(front, ours, request->maxBytes, deadline, &result->data);
    if (!error)
        error = wait_fd(&front->waits, pidfd, POLLIN, deadline);
    if (error)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    result->value = status;
    return error;
}

void host_run_program(struct front *front, const struct op_run_program *request, struct result *result)
{
    struct cursor args = strings_cursor(&request->args);
    int error = run_program(front, request, result);
    if (error)
        result_fail(result, -error, "run %s", request->args.count ? read_str(&args) : "no program");
}
