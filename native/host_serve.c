/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SERVE_ENGINE: the keeper of a resident engine. It listens, starts the engine as a user without rights, and waits: so that
 * the socket goes with the engine, however it ends, and its last signal is known. What calls need is done by their own
 * fronts: the engine has one fd, the listening socket.
 */
#include "files.h"
#include "front.h"
#include "java_command.h"
#include "names.h"
#include "programs.h"
#include "report.h"
#include "scope.h"
#include "signals.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLERS_IN_QUEUE 1024
#define END_MILLIS 5000
#define FIRST_PASSED_FD 3
#define LAST_CAPABILITY 63

struct place {
    int listening;
    int folder; /* locked, so that there is one keeper; -1: the socket is systemd's */
    const char *name;
    const char *trouble; /* what is wrong with it, beside the errno; NULL for nothing */
};

static void place_close(struct place *place)
{
    if (place->folder >= 0) {
        unlinkat(place->folder, place->name, 0);
        close(place->folder);
    }
    if (place->listening >= 0)
        close(place->listening);
}

#define scope_place __attribute__((cleanup(place_close))) struct place

static bool listens(int fd)
{
    int accepts = 0;
    socklen_t length = sizeof accepts;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0 && accepts;
}

/* StandardInput=socket, or sd_listen_fds(3). */
static int passed_socket(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    if (listens(STDIN_FILENO))
        return STDIN_FILENO;
    if (pid && fds && atol(pid) == (long)getpid() && atol(fds) == 1 && listens(FIRST_PASSED_FD))
        return FIRST_PASSED_FD;
    return -1;
}

/* The folder of the socket, made where it is missing, for its owner alone. */
static int open_folder(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    if (!slash || !slash[1])
        return -EINVAL;
    scope_free char *folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!folder)
        return -ENOMEM;
    *name = slash + 1;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return -errno;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

/* CVE row "resident engine": who may write to it may put another socket in the place of ours. */
static int check_folder(int folder, struct place *place)
{
    struct stat stat;
    if (fstat(folder, &stat) < 0)
        return -errno;
    if (!owner_is_trusted(&stat))
        place->trouble = "its folder is another user's";
    else if (others_may_write(&stat, true))
        place->trouble = "others may write to its folder";
    return place->trouble ? -EPERM : 0;
}

static int own_socket(const char *path, struct place *place)
{
    scope_fd folder = open_folder(path, &place->name);
    if (folder < 0)
        return folder;
    int error = check_folder(folder, place);
    if (error)
        return error;
    if (flock(folder, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return -errno;
        place->trouble = "an engine is served there already";
        return -EADDRINUSE;
    }
    /* We have the lock: its keeper is gone. */
    if (unlinkat(folder, place->name, 0) < 0 && errno != ENOENT)
        return -errno;
    mode_t before = umask(0177);
    int listening = listen_unix(path, CALLERS_IN_QUEUE);
    umask(before);
    if (listening < 0)
        return listening;
    place->listening = listening;
    place->folder = release_fd(&folder);
    return 0;
}

static void drop_bounding_set(void)
{
    for (unsigned long capability = 0; capability <= LAST_CAPABILITY; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); /* EPERM, EINVAL: there is nothing to drop */
}

/* Who has none, as a service of systemd, needn't be allowed to call capset(2) either. */
static int drop_capabilities(void)
{
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}, {0}}, now[2];
    if (syscall(SYS_capget, &header, now) == 0 && memcmp(now, none, sizeof none) == 0)
        return 0;
    return (int)syscall(SYS_capset, &header, none);
}

static const char *become_user(const struct op_serve_engine *request)
{
    drop_bounding_set();
    if (request->dropUser && (setgroups(0, NULL) < 0 || setresgid(request->gid, request->gid, request->gid) < 0 ||
                              setresuid(request->uid, request->uid, request->uid) < 0))
        return "take the engine's user";
    if (drop_capabilities() < 0)
        return "drop capabilities";
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? "set no_new_privs" : NULL;
}

static _Noreturn void run_engine(const struct op_serve_engine *request, struct java_command *command, int listening,
                                 pid_t keeper)
{
    const char *failed = become_user(request);
    /* Cleared by a change of credentials, so it comes after. */
    if (!failed && (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != keeper))
        failed = "stay with the keeper";
    if (!failed && (dup2(listening, STDIN_FILENO) < 0 || chdir("/") < 0))
        failed = "prepare";
    if (!failed) {
        umask(077);
        close_fds(3);
        signals_default();
        char *environment[] = {NULL};
        execve(command->program, command->arguments, environment);
        failed = "execute java";
    }
    dprintf(STDERR_FILENO, "jrunc: engine serve: %s: %s (%s)\n", failed, errno_name(errno), errno_text(errno));
    _exit(1);
}

/* Until it has ended; a signal to the keeper ends it. */
static int keep(struct front *front, pid_t pid)
{
    scope_fd pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0)
        return -errno;
    front->waits.interruptible = true;
    int error = wait_fd(&front->waits, pidfd, POLLIN, NO_DEADLINE);
    front->waits.interruptible = false;
    if (error == -EINTR) {
        kill(pid, SIGTERM);
        error = wait_fd(&front->waits, pidfd, POLLIN, deadline_after(END_MILLIS));
    }
    return error;
}

static uint32_t end_status(struct front *front, pid_t pid, int error)
{
    int status = 0;
    char name[16];
    if (error)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (front->waits.interrupted_by != 0)
        return 0;
    if (WIFEXITED(status))
        return (uint32_t)WEXITSTATUS(status);
    report_error(&front->options, "engine serve: the engine was killed by %s", signal_name(WTERMSIG(status), name));
    return 1;
}

static int prepare_command(const struct front *front, const struct op_serve_engine *request,
                           struct java_command *command)
{
    int error = java_command_fill(command, front->lib, true);
    struct cursor cursor = strings_cursor(&request->args);
    for (uint32_t i = 0; i < request->args.count && !error; i++)
        error = java_command_add(command, read_str(&cursor));
    return error;
}

void host_serve_engine(struct front *front, const struct op_serve_engine *request, struct result *result)
{
    scope_place place = {.listening = passed_socket(), .folder = -1};
    scope_free struct java_command *command = calloc(1, sizeof *command);
    int error = command ? prepare_command(front, request, command) : -ENOMEM;
    if (!error && place.listening < 0)
        error = own_socket(request->socket, &place);
    if (error) {
        result_fail(result, -error, "listen on %s%s%s", request->socket, place.trouble ? ": " : "",
                    place.trouble ? place.trouble : "");
        return;
    }
    session_release_engine(front);
    pid_t keeper = getpid();
    pid_t pid = fork();
    if (pid == 0)
        run_engine(request, command, place.listening, keeper);
    close(place.listening);
    place.listening = -1;
    front->exiting = true;
    front->exit_status = 1;
    if (pid > 0)
        front->exit_status = end_status(front, pid, keep(front, pid));
    else
        report_error(&front->options, "engine serve: fork: %s (%s)", errno_name(errno), errno_text(errno));
}
