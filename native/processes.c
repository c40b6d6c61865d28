/* SPDX-License-Identifier: Apache-2.0 */
#include "processes.h"

#include "files.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_STAT_BYTES 4096
/* Fields of /proc/PID/stat, counted from 1; the second is a name in parentheses that may contain anything. */
#define STATE_FIELD 3
#define START_TIME_FIELD 22

bool process_parse_stat(const char *text, struct process *process)
{
    const char *name = strchr(text, '(');
    const char *at = strrchr(text, ')');
    if (!name || !at || at < name || at[1] != ' ' || at[2] == 0)
        return false;
    snprintf(process->name, sizeof process->name, "%.*s", (int)(at - name - 1), name + 1);
    at += 2;
    process->state = *at;
    for (int field = STATE_FIELD; field < START_TIME_FIELD; field++) {
        at = strchr(at, ' ');
        if (!at)
            return false;
        at++;
    }
    char *end;
    process->start_time = strtoull(at, &end, 10);
    return end > at;
}

int process_open(pid_t pid, struct process *process)
{
    *process = (struct process){.folder = -1};
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    scope_fd folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    struct statfs file_system;
    if (fstatfs(folder, &file_system) < 0)
        return -errno;
    if (file_system.f_type != PROC_SUPER_MAGIC)
        return -EBADF;
    scope_buffer text = {0};
    int error = read_text(folder, "stat", MAX_STAT_BYTES, &text);
    if (error)
        return error == -ENOENT ? -ESRCH : error;
    if (!process_parse_stat((const char *)text.data, process))
        return -EPROTO;
    process->folder = release_fd(&folder);
    return 0;
}

/* CVE-2025-52881, CVE-2025-62596: neither a link nor a mount on it. */
int process_write(const struct process *process, const char *name, const char *text)
{
    struct open_how how = {.flags = O_WRONLY | O_CLOEXEC | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};
    scope_fd fd = (int)syscall(SYS_openat2, process->folder, name, &how, sizeof how);
    size_t length = strlen(text);
    ssize_t written = fd < 0 ? -1 : write(fd, text, length);
    if (written < 0)
        return -errno;
    return (size_t)written == length ? 0 : -EIO;
}

void process_close(struct process *process)
{
    scope_close_(&process->folder);
    process->folder = -1;
}

bool process_ended(const struct process *process)
{
    return process->state == 'Z' || process->state == 'X' || process->state == 'x';
}

bool process_names_stage(const struct process *process)
{
    return strncmp(process->name, "jrunc:[", 7) == 0;
}

int process_pidfd(pid_t pid, uint64_t start_time)
{
    scope_fd pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) /* EINVAL, ENOENT since Linux 6.16: it is just being reaped, or a thread and no process */
        return errno == EINVAL || errno == ENOENT ? -ESRCH : -errno;
    /* Whoever has the pid after the pidfd was taken is the one it stands for, or that one is gone. */
    scope_process process;
    int error = process_open(pid, &process);
    if (error)
        return error;
    return process.start_time == start_time ? release_fd(&pidfd) : -ESRCH;
}

int pidfd_signal(int pidfd, int signal)
{
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}
