/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoint and restore: criu, its channel, and what it restores. The engine speaks with it, over the relay. */
#include "host_criu.h"

#include "cgroup_join.h"
#include "files.h"
#include "host_init.h"
#include "host_relay.h"
#include "mount_calls.h"
#include "mounts.h"
#include "paths.h"
#include "processes.h"
#include "programs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_OUTPUT_BYTES 4096
/* How long one that was killed may take to end. */
#define KILL_MILLIS 10000

/* What is opened for criu stays so as long as we live. */
void host_criu_open(struct front *front, const struct op_criu_open *request, struct result *result)
{
    (void)front;
    int fd = open(request->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        result_fail(result, errno, "open %s", request->path);
    result->value = fd;
}

/* criu mounts in it: the kernel allows that only to who has it from the same mount namespace. */
void host_criu_folder(struct front *front, const struct op_criu_folder *request, struct result *result)
{
    scope_process process = {.folder = -1};
    int error = front->criu.pid > 0 ? process_open(front->criu.pid, &process) : -ESRCH;
    scope_fd root = error ? error : openat(process.folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!error && root < 0)
        error = -errno;
    int fd = error ? error : path_open(root, request->path, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        result_fail(result, -fd, "open %s for criu", request->path);
    result->value = fd;
}

/* In the child, before it becomes criu. Its mounts end with it, however it ends. */
static int prepare(const void *context)
{
    const struct op_criu_start *request = context;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return errno;
    /* CVE row "keyring per container": without a name, since somebody else may have made one of that name. */
    if (request->keyring[0] && syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 && errno != ENOSYS)
        return errno;
    if (!request->root[0])
        return 0;
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0 ||
        mount(request->root, request->mountpoint, NULL, MS_BIND | MS_REC, NULL) < 0)
        return errno;
    return 0;
}

static int start(struct front *front, const struct op_criu_start *request, int channel)
{
    static char name[] = "criu", command[] = "swrk", number[] = "3";
    char *args[] = {name, command, number, NULL};
    int more[MAX_MORE_FDS] = {channel};
    if (request->fds.count >= MAX_MORE_FDS)
        return -E2BIG;
    for (uint32_t i = 0; i < request->fds.count; i++)
        more[1 + i] = (int)number_at(&request->fds, i);
    scope_fd input =
        request->standardInput ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open("/dev/null", O_RDONLY | O_CLOEXEC);
    scope_fd output = memfd_create("criu's output", MFD_CLOEXEC);
    if (input < 0 || output < 0)
        return -errno;
    int error = program_start(&(struct program){.path = name,
                                                .args = args,
                                                .environment = front->environment,
                                                .fds = {input, output, output},
                                                .more = more,
                                                .more_count = 1 + (int)request->fds.count,
                                                .search = true,
                                                .prepare = prepare,
                                                .context = request},
                              &front->criu.pid);
    if (error)
        return error;
    front->criu.output = release_fd(&output);
    front->criu.pidfd = (int)syscall(SYS_pidfd_open, front->criu.pid, 0);
    if (front->criu.pidfd >= 0)
        return 0;
    error = -errno;
    criu_kill(front);
    return error;
}

void host_criu_start(struct front *front, const struct op_criu_start *request, struct result *result)
{
    int channel[2];
    if (front->criu.pid > 0) {
        result_fail(result, EBUSY, "criu was started already");
        return;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0) {
        result_fail(result, errno, "make a channel to criu");
        return;
    }
    scope_fd ours = channel[0], theirs = channel[1];
    int error = fcntl(ours, F_SETFL, O_NONBLOCK) < 0 ? -errno : start(front, request, theirs);
    if (error) {
        result_fail(result, -error, "start criu");
        return;
    }
    front->criu.channel = release_fd(&ours);
    result->value = front->criu.pid;
}

void host_criu_attach(struct front *front, const struct op_criu_attach *request, struct result *result)
{
    struct cursor cursor = strings_cursor(&request->folders);
    for (uint32_t i = 0; i < request->folders.count; i++) {
        const char *folder = read_str(&cursor);
        int error = front->criu.pid > 0 ? attach_to_cgroup(folder, front->criu.pid) : -ESRCH;
        if (error) {
            result_fail(result, -error, "put criu into cgroup %s", folder);
            return;
        }
    }
}

void host_criu_relay(struct front *front, const struct op_criu_relay *request, struct result *result)
{
    (void)request;
    if (front->criu.channel < 0)
        result_fail(result, ENOTCONN, "no criu was started");
    else
        relay_begin(front, &front->criu.channel);
}

static int reap(struct criu *criu, int *status)
{
    while (waitpid(criu->pid, status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    int *fds[] = {&criu->pidfd, &criu->channel, &criu->output};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (*fds[i] >= 0)
            close(release_fd(fds[i]));
    }
    criu->pid = 0;
    return 0;
}

void criu_kill(struct front *front)
{
    int status;
    if (front->criu.pid <= 0)
        return;
    kill(front->criu.pid, SIGKILL); /* our child, not reaped: its pid is nobody else's */
    reap(&front->criu, &status);
}

/* The last of what it has printed. */
static int read_output(int file, struct buffer *data)
{
    off_t length = lseek(file, 0, SEEK_END);
    char last[MAX_OUTPUT_BYTES];
    if (length < 0)
        return -errno;
    ssize_t got = pread(file, last, sizeof last, length > MAX_OUTPUT_BYTES ? length - MAX_OUTPUT_BYTES : 0);
    return got < 0 ? -errno : buffer_append(data, last, (size_t)got);
}

void host_criu_end(struct front *front, const struct op_criu_end *request, struct result *result)
{
    struct criu *criu = &front->criu;
    int status = 0;
    if (criu->pid <= 0)
        return;
    int none = -1;
    relay_begin(front, &none);
    if (criu->channel >= 0)
        close(release_fd(&criu->channel));
    int error = wait_fd(&front->waits, criu->pidfd, POLLIN, deadline_after(request->timeoutMillis));
    if (error) {
        pidfd_signal(criu->pidfd, SIGKILL);
        error = wait_fd(&front->waits, criu->pidfd, POLLIN, deadline_after(KILL_MILLIS));
    }
    if (!error)
        error = read_output(criu->output, &result->data);
    if (!error)
        error = reap(criu, &status);
    if (error)
        result_fail(result, -error, "wait for the end of criu");
    result->value = status;
}

/* Is it our child, not reaped yet? */
static int check_child(int pidfd)
{
    siginfo_t info;
    return waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 ? -errno : 0;
}

static int adopt(pid_t pid, struct spawned *init)
{
    scope_process process;
    int error = process_open(pid, &process);
    if (error)
        return error;
    scope_fd pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    error = pidfd < 0 ? -errno : check_child(pidfd);
    if (error)
        return error;
    *init = (struct spawned){.pid = pid, .pidfd = release_fd(&pidfd), .channel = -1, .start_time = process.start_time};
    return 0;
}

void host_criu_adopt(struct front *front, const struct op_criu_adopt *request, struct result *result)
{
    if (front->init.pid > 0) {
        result_fail(result, EBUSY, "there is an init already");
        return;
    }
    int error = adopt((pid_t)request->pid, &front->init);
    if (error) {
        result_fail(result, -error, "take process %u as the container's", request->pid);
        return;
    }
    front->made_pid = front->init.pid;
    front->made_start_time = front->init.start_time;
    tell_init(front, result);
}

/* In a child: the front doesn't leave its namespaces, and never does it to the root of its own. 0 or an errno. */
static int make_root_readonly(pid_t pid, int pidfd)
{
    struct stat ours, theirs;
    scope_fd root = -1;
    scope_process process;
    int error = process_open(pid, &process);
    if (error)
        return -error;
    if (stat("/proc/self/ns/mnt", &ours) < 0 || fstatat(process.folder, "ns/mnt", &theirs, 0) < 0)
        return errno;
    if (same_file(&ours, &theirs))
        return EINVAL;
    if (setns(pidfd, CLONE_NEWNS) < 0 || (root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
        return errno;
    return -set_attributes(root, false, MOUNT_ATTR_RDONLY, 0, 0);
}

void host_criu_readonly_root(struct front *front, const struct op_criu_readonly_root *request, struct result *result)
{
    (void)request;
    int status = 0;
    pid_t child = front->init.pid > 0 ? fork() : -1;
    if (child == 0)
        _exit(make_root_readonly(front->init.pid, front->init.pidfd));
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    int error = child < 0 ? ECHILD : WIFEXITED(status) ? WEXITSTATUS(status) : ECANCELED;
    if (error)
        result_fail(result, error, "make the restored root file system read-only");
}

void host_process_link(struct front *front, const struct op_process_link *request, struct result *result)
{
    (void)front;
    char content[PATH_MAX];
    scope_process process;
    int error = process_open((pid_t)request->pid, &process);
    if (!error && (process.start_time != request->startTime || process_ended(&process)))
        error = -ESRCH;
    ssize_t length = error ? 0 : readlinkat(process.folder, request->name, content, sizeof content);
    if (!error)
        error = length < 0 ? -errno : buffer_append(&result->data, content, (size_t)length);
    if (error)
        result_fail(result, -error, "read /proc/%u/%s", request->pid, request->name);
}

void host_make_mountpoint(struct front *front, const struct op_make_mountpoint *request, struct result *result)
{
    (void)front;
    scope_fd root = open(request->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    scope_fd made = root < 0 ? -errno : path_make(root, request->path, request->file);
    if (made < 0)
        result_fail(result, -made, "make %s below %s", request->path, request->root);
}
