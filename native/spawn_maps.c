/* SPDX-License-Identifier: Apache-2.0 */
/* uid_map, gid_map and setgroups of a new user namespace, user_namespaces(7): by ourselves, or by newuidmap and newgidmap. */
#include "spawn_maps.h"

#include "files.h"
#include "processes.h"
#include "scope.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_MILLIS 10000
#define LINE_BYTES 36 /* three numbers of 32 bits, blanks, a line feed */

/* All lines, for one write: the kernel takes a map only once. */
static char *map_text(const struct numbers *map)
{
    size_t size = map->count / 3 * LINE_BYTES + 1;
    char *text = malloc(size);
    size_t length = 0;
    if (!text)
        return NULL;
    text[0] = 0;
    for (uint32_t i = 0; i + 2 < map->count; i += 3)
        length += (size_t)snprintf(text + length, size - length, "%u %u %u\n", number_at(map, i), number_at(map, i + 1),
                                   number_at(map, i + 2));
    return text;
}

static int write_map(int folder, const char *file, const struct numbers *map)
{
    scope_free char *text = map_text(map);
    return text ? write_text(folder, file, text) : -ENOMEM;
}

/* It may ask directories on the network about its user. */
static int wait_for_helper(pid_t child)
{
    scope_fd pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    int ready;
    do {
        ready = poll(&end, 1, HELPER_MILLIS);
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return 0;
    kill(child, SIGKILL);
    return -ETIMEDOUT;
}

/* newuidmap PID inside outside size … */
static int call_helper(const char *helper, pid_t pid, const struct numbers *map)
{
    scope_free char **args = calloc((size_t)map->count + 3, sizeof *args);
    scope_free char *texts = malloc(((size_t)map->count + 1) * 12);
    char *environment[] = {NULL};
    if (!args || !texts)
        return -ENOMEM;
    args[0] = (char *)(uintptr_t)helper;
    args[1] = texts;
    snprintf(texts, 12, "%d", (int)pid);
    for (uint32_t i = 0; i < map->count; i++) {
        args[i + 2] = texts + (i + 1) * 12;
        snprintf(args[i + 2], 12, "%u", number_at(map, i));
    }
    pid_t child;
    int status;
    int error = posix_spawn(&child, helper, NULL, NULL, args, environment);
    if (error)
        return -error;
    error = wait_for_helper(child);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    if (error)
        return error;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

static int write_all_maps(const struct op_spawn *request, pid_t pid, int folder, const char **what)
{
    *what = "setgroups";
    int error = request->denySetgroups ? write_text(folder, "setgroups", "deny") : 0;
    if (error)
        return error;
    *what = "uid_map";
    error = request->mapHelpers ? call_helper("/usr/bin/newuidmap", pid, &request->uidMap)
                                : write_map(folder, "uid_map", &request->uidMap);
    if (error)
        return error;
    *what = "gid_map";
    return request->mapHelpers ? call_helper("/usr/bin/newgidmap", pid, &request->gidMap)
                               : write_map(folder, "gid_map", &request->gidMap);
}

int write_maps(const struct op_spawn *request, pid_t pid, char *message, size_t message_size)
{
    scope_process process;
    const char *what = "process";
    int error = process_open(pid, &process);
    if (!error)
        error = write_all_maps(request, pid, process.folder, &what);
    if (error)
        snprintf(message, message_size, "write %s of the new user namespace%s", what,
                 request->mapHelpers ? " by newuidmap and newgidmap" : "");
    return error;
}
