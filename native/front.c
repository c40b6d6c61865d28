/* SPDX-License-Identifier: Apache-2.0 */
#include "front.h"
#include "host_criu.h"

#include "call.h"
#include "faults.h"
#include "host_init.h"
#include "names.h"
#include "operations.h"
#include "programs.h"
#include "report.h"
#include "scope.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

/* Whatever the caller left closed: the front's own fds must not become anybody's standard input or output. */
static int open_standard_fds(uint32_t *closed)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", O_RDWR) != fd)
            return -EBADF;
        *closed |= 1U << fd;
    }
    return 0;
}

/* The tree can be moved: lib/jrunc lies beside the folder of this program. */
static int find_lib(char lib[PATH_MAX])
{
    static const char below[] = "/lib/jrunc";
    ssize_t length = readlink("/proc/self/exe", lib, PATH_MAX - sizeof below);
    if (length < 0)
        return -errno;
    lib[length] = 0;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(lib, '/');
        if (!slash)
            return -ENOENT;
        *slash = 0;
    }
    memcpy(lib + strlen(lib), below, sizeof below);
    return 0;
}

static void front_init(struct front *front, int argc, char **argv)
{
    *front = (struct front){
        .argc = argc,
        .argv = argv,
        .environment = environ,
        NOTHING_OPEN,
    };
    global_options_read(&front->options, argc, argv);
}

/* Of the init that this call made: what it made is undone though it was complete. */
struct made {
    char pid[16];
    char start_time[24];
};

/* The caller's global options, with the root that was used, and the internal command that cleans up. */
static char **recover_arguments(const struct front *front, struct made *made)
{
    char **args = calloc((size_t)front->options.command + 8, sizeof *args);
    size_t count = 0;
    if (!args)
        return NULL;
    static char root_option[] = "--root", command[] = "recover", end_of_options[] = "--";
    args[count++] = root_option;
    args[count++] = (char *)(uintptr_t)front->state.root;
    for (int i = 1; i < front->options.command;) {
        const char *value;
        int taken = global_option_at(front->argc, front->argv, i, "root", &value);
        if (taken == 0)
            args[count++] = front->argv[i++];
        else
            i += taken;
    }
    args[count++] = command;
    args[count++] = end_of_options;
    args[count++] = (char *)(uintptr_t)front->state.id;
    if (front->made_pid > 0) {
        snprintf(made->pid, sizeof made->pid, "%d", (int)front->made_pid);
        snprintf(made->start_time, sizeof made->start_time, "%" PRIu64, front->made_start_time);
        args[count++] = made->pid;
        args[count] = made->start_time;
    }
    return args;
}

/* The engine is gone in mid-call: another one finds in the state folder what has to be cleaned up. */
static void recover(struct front *front)
{
    close_spare_fds(front);
    criu_kill(front);
    kill_spawned_init(front);
    if (!front->state.id[0])
        return;
    state_close(&front->state);
    front->resident.choice = ENGINE_COLD;
    front->waits.undisturbed = true;
    struct made made;
    scope_free char **args = recover_arguments(front, &made);
    char error[1024];
    if (!args)
        return;
    enum session_end end = session_run(front, args, error);
    if (end == SESSION_REFUSED || end == SESSION_VANISHED)
        report_error(&front->options, "container %s may have left something behind: %s", front->state.id, error);
}

/* What FOREGROUND left to do once the container has ended, and WATCH when something has happened; also when the engine has
 * ended meanwhile, that was the only one to be asked. */
static enum session_end run_continuation(struct front *front, char error[1024])
{
    if (front->resident.choice == ENGINE_WARM)
        front->resident.choice = ENGINE_AUTO;
    scope_buffer encoded = front->continuation;
    front->continuation = (struct buffer){0};
    struct strings strings = buffer_strings(&encoded, front->continuation_count);
    front->continuation_count = 0;
    scope_free char **args = encoded.failed ? NULL : strings_array(&strings);
    if (args)
        return session_run(front, args, error);
    snprintf(error, 1024, "out of memory for the next call");
    return SESSION_VANISHED;
}

static int run_calls(struct front *front)
{
    char error[1024];
    enum session_end end = session_run(front, front->argv + 1, error);
    /* The container has had its run, whatever became of the engine that heard of it. */
    while (end == SESSION_RELEASED || (end == SESSION_VANISHED && front->continuation_count > 0))
        end = run_continuation(front, error);
    if (end == SESSION_EXIT)
        return (int)(front->exit_status & 0xff);
    report_lost(front, error);
    if (end == SESSION_VANISHED)
        recover(front);
    return 1;
}

/* The program that embeds us leaves all it has open: a front that lives as long as a container must keep none of it. */
static void keep_channel_only(struct front *front)
{
    close_other_fds(STDERR_FILENO + 1, front->resident.fd > STDERR_FILENO ? front->resident.fd : STDERR_FILENO);
    front->inherited_fds = 0;
}

static int front_main(int argc, char **argv)
{
    uint32_t closed_fds = 0;
    if (open_standard_fds(&closed_fds) < 0)
        return 1;
    uint32_t inherited_fds = count_inherited_fds();
    /* CVE-2024-21626: no fd of the caller goes on to the engine, a hook or a container, unless the engine asks for it. */
    fds_close_on_exec(3);
    /* CVE row "host's root": what root makes in a new user namespace begins with the host's file system; whoever has made
     * the namespace, also a container's root, may look at all in it that is dumpable. */
    if (geteuid() == 0)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    fault_process("front");
    static struct front front;
    front_init(&front, argc, argv);
    front.inherited_fds = inherited_fds;
    front.closed_fds = closed_fds;
    front.began = now_nanos();
    if (resident_choose(&front.resident, &front.options) < 0) {
        report_error(&front.options, "JRUNC_ENGINE: invalid value \"%.200s\": expected auto, cold, warm or unix:PATH",
                     getenv("JRUNC_ENGINE"));
        return 1;
    }
    if (front.resident.choice == ENGINE_INHERITED)
        keep_channel_only(&front);
    const char *what = "read /proc/self/exe (is /proc mounted?)";
    int error = find_lib(front.lib);
    if (!error) {
        what = "watch signals";
        error = waits_begin(&front.waits);
    }
    if (error) {
        report_error(&front.options, "can't begin: %s: %s (%s)", what, errno_name(-error), errno_text(-error));
        return 1;
    }
    error = open_spare_fds(&front);
    if (error) {
        report_error(&front.options, "can't begin: too many open files: ulimit -n, sysctl fs.file-max: %s",
                     errno_name(-error));
        return 1;
    }
    return run_calls(&front);
}

int main(int argc, char **argv)
{
    if (argc < 1) /* before Linux 5.18 */
        return 1;
    const char *name = argv[0];
    if (argc == 2 && strcmp(name, "jrunc-init") == 0)
        return init_main(atoi(argv[1]));
    if (argc == 2 && strcmp(name, "jrunc-stage") == 0)
        return stage_main(atoi(argv[1]));
    if (argc == 2 && strcmp(argv[1], "--dump-protocol") == 0)
        return dump_protocol();
    return front_main(argc, argv);
}
