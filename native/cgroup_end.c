/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a cgroup: its processes signalled, its folders removed. */
#include "cgroups.h"
#include "files.h"
#include "front.h"
#include "processes.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A process may fork faster than we look; each round finds those that are new. */
#define MAX_ROUNDS 1000
#define MAX_PROCS_BYTES (8ul * 1024 * 1024)
/* pidfds open at a time. */
#define CHUNK 64
#define RETRY_MILLIS 5

struct pids {
    pid_t *items;
    size_t count;
    size_t capacity;
};

static void pids_free(struct pids *pids)
{
    free(pids->items);
}
#define scope_pids __attribute__((cleanup(pids_free))) struct pids

struct signalling {
    int signal;
    struct pids done;
    size_t found; /* in this round */
};

static int pids_add(struct pids *pids, pid_t pid)
{
    if (pids->count == pids->capacity) {
        size_t capacity = pids->capacity * 2 + 64;
        pid_t *grown = reallocarray(pids->items, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        pids->items = grown;
        pids->capacity = capacity;
    }
    pids->items[pids->count++] = pid;
    return 0;
}

static bool pids_have(const struct pids *pids, pid_t pid)
{
    for (size_t i = 0; i < pids->count; i++) {
        if (pids->items[i] == pid)
            return true;
    }
    return false;
}

/* A threaded cgroup has no list of processes: they are in its domain's. */
static int read_pids(int folder, struct pids *pids)
{
    scope_buffer text = {0};
    pids->count = 0;
    int error = read_text(folder, "cgroup.procs", MAX_PROCS_BYTES, &text);
    if (error)
        return error == -EOPNOTSUPP || error == -ENODEV || error == -ENOENT ? 0 : error;
    for (char *at = (char *)text.data; *at && !error;) {
        char *end;
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        if (pid > 0) /* 0: of another pid namespace */
            error = pids_add(pids, (pid_t)pid);
        at = end + (*end == '\n');
    }
    return error;
}

/*
 * CVE row "pid reuse": a pid that was listed may belong to a stranger by the time of the signal. Its pidfd is taken, and
 * the list read again: who still is in it had the pid when the pidfd was taken, or the pidfd's process is gone.
 */
static int signal_chunk(int folder, const pid_t *pids, size_t count, struct signalling *signalling)
{
    int pidfds[CHUNK];
    scope_pids listed = {0};
    for (size_t i = 0; i < count; i++)
        pidfds[i] = (int)syscall(SYS_pidfd_open, pids[i], 0);
    int error = read_pids(folder, &listed);
    for (size_t i = 0; i < count; i++) {
        if (pidfds[i] < 0)
            continue;
        if (!error && pids_have(&listed, pids[i])) {
            error = pidfd_signal(pidfds[i], signalling->signal);
            if (error == 0)
                signalling->found++;
            else if (error == -ESRCH)
                error = 0;
        }
        close(pidfds[i]);
    }
    return error;
}

static int signal_folder(int folder, struct signalling *signalling)
{
    scope_pids pids = {0};
    pid_t chunk[CHUNK];
    size_t count = 0;
    int error = read_pids(folder, &pids);
    for (size_t i = 0; i < pids.count && !error; i++) {
        if (!pids_have(&signalling->done, pids.items[i])) {
            error = pids_add(&signalling->done, pids.items[i]);
            chunk[count++] = pids.items[i];
        }
        if (!error && (count == CHUNK || i + 1 == pids.count)) {
            error = signal_chunk(folder, chunk, count, signalling);
            count = 0;
        }
    }
    return error;
}

static int signal_one(int folder, void *context)
{
    return signal_folder(folder, context);
}

static int count_one(int folder, void *context)
{
    scope_pids pids = {0};
    int error = read_pids(folder, &pids);
    *(int64_t *)context += (int64_t)pids.count;
    return error;
}

/* Linux 5.14, cgroup v2: no process escapes by forking. */
static int kill_at_once(int folder, struct result *result)
{
    int error = faccessat(folder, "cgroup.kill", W_OK, AT_EACCESS) < 0 ? -errno : 0;
    if (!error)
        error = each_cgroup(folder, count_one, &result->value);
    return error ? error : write_text(folder, "cgroup.kill", "1");
}

void host_cgroup_signal(struct front *front, const struct op_cgroup_signal *request, struct result *result)
{
    scope_fd folder = open_cgroup(AT_FDCWD, request->folder);
    if (folder == -ENOENT)
        return;
    int error = folder < 0 ? folder : 0;
    if (!error && request->signal == SIGKILL && kill_at_once(folder, result) == 0)
        return;
    struct signalling signalling = {.signal = (int)request->signal};
    result->value = 0;
    for (int round = 0; !error; round++) {
        signalling.found = 0;
        error = round < MAX_ROUNDS ? each_cgroup(folder, signal_one, &signalling) : -EAGAIN;
        result->value += (int64_t)signalling.found;
        if (!error && signalling.found == 0)
            break;
        if (!error)
            error = wait_check(&front->waits);
    }
    pids_free(&signalling.done);
    if (error)
        result_fail(result, -error, "send signal %u to the processes of cgroup %s", request->signal, request->folder);
}

struct removal {
    struct front *front;
    int64_t deadline;
};

static bool gone(int error)
{
    return error == -ENOENT || error == -ENODEV;
}

/* The children that can be removed. 0 when none is left; 1 and the name of one that has processes, or children; -errno. */
static int remove_children(int folder, char busy[NAME_MAX + 1])
{
    char name[NAME_MAX + 1];
    int result = 0, found;
    for (long at = 0; (found = next_child(folder, &at, name)) > 0;) {
        if (unlinkat(folder, name, AT_REMOVEDIR) == 0 || gone(-errno))
            continue;
        if (errno != EBUSY && errno != ENOTEMPTY)
            return -errno;
        memcpy(busy, name, sizeof name);
        result = 1;
    }
    return found < 0 && !gone(found) ? found : result;
}

/* A killed process keeps its cgroup busy until it has ended. 0 to try again. */
static int await_end(struct removal *removal)
{
    if (now_millis() >= removal->deadline)
        return -EBUSY;
    return wait_millis(&removal->front->waits, RETRY_MILLIS);
}

static bool has_child(int folder)
{
    char name[NAME_MAX + 1];
    long at = 0;
    return next_child(folder, &at, name) > 0;
}

/* All that is below top: down to where nothing is below, and up again, however deep that is. */
static int remove_below(struct removal *removal, int top)
{
    char busy[NAME_MAX + 1];
    size_t depth = 0;
    scope_fd folder = open_cgroup(top, ".");
    int error = folder < 0 ? folder : 0;
    while (!error) {
        int left = remove_children(folder, busy);
        if (left < 0 || (left == 0 && depth == 0))
            return left;
        scope_fd next = open_cgroup(folder, left ? busy : "..");
        if (left && gone(next))
            continue;
        if (next < 0)
            return next;
        if (left && !has_child(next)) {
            error = await_end(removal);
            continue;
        }
        if (left)
            depth++;
        else
            depth--;
        close(folder);
        folder = release_fd(&next);
    }
    return error;
}

static int remove_cgroup(struct removal *removal, int parent, const char *name)
{
    for (;;) {
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || gone(-errno))
            return 0;
        /* Of a read-only file system the kernel says so before it looks for the name. */
        if (errno == EROFS && faccessat(parent, name, F_OK, 0) < 0)
            return errno == ENOENT ? 0 : -EROFS;
        if (errno != EBUSY && errno != ENOTEMPTY)
            return -errno;
        scope_fd folder = open_cgroup(parent, name);
        if (folder < 0)
            return gone(folder) ? 0 : folder;
        int error = remove_below(removal, folder);
        if (error && !gone(error))
            return error;
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
            return 0;
        error = await_end(removal);
        if (error)
            return error;
    }
}

/* Opens the folder that component number depth (from 1) of path is in; its name is then components->name. The fd, or
 * -errno. */
static int open_parent_of(int mount, const char *path, uint32_t depth, struct components *components)
{
    *components = (struct components){.at = path};
    scope_fd folder = open_cgroup(mount, ".");
    if (folder < 0)
        return folder;
    for (uint32_t i = 1; next_component(components) > 0; i++) {
        if (i == depth)
            return release_fd(&folder);
        int next = open_cgroup(folder, components->name);
        if (next < 0)
            return next;
        close(folder);
        folder = next;
    }
    return -EINVAL;
}

void host_cgroup_remove(struct front *front, const struct op_cgroup_remove *request, struct result *result)
{
    struct removal removal = {.front = front, .deadline = deadline_after(request->timeoutMillis)};
    struct components components;
    scope_fd mount = open(request->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int depth = mount < 0 ? -errno : count_components(request->path);
    int error = depth < 0 ? depth : 0;
    if (depth == 0) /* never the hierarchy itself */
        error = -EINVAL;
    if (!error) {
        scope_fd parent = open_parent_of(mount, request->path, (uint32_t)depth, &components);
        error = parent < 0 ? parent : remove_cgroup(&removal, parent, components.name);
    }
    if (error && error != -ENOENT && error != -ENODEV) {
        result_fail(result, -error, "remove cgroup %s%s", request->mount, request->path);
        return;
    }
    /* Parents that somebody else uses by now stay. */
    for (uint32_t i = 1; i <= request->parents && (int)i < depth; i++) {
        scope_fd parent = open_parent_of(mount, request->path, (uint32_t)depth - i, &components);
        if (parent >= 0 && unlinkat(parent, components.name, AT_REMOVEDIR) < 0 && errno != ENOENT)
            break;
    }
}
