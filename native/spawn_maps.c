/* SPDX-License-Identifier: Apache-2.0 */
/* uid_map, gid_map and setgroups of a new user namespace, user_namespaces(7): by ourselves, or by newuidmap and newgidmap. */
#include "spawn_maps.h"

#include "processes.h"
#include "programs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_MILLIS 10000
#define HELPER_WORDS_BYTES 200
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

static int write_map(const struct process *process, const char *file, const struct numbers *map)
{
    scope_free char *text = map_text(map);
    return text ? process_write(process, file, text) : -ENOMEM;
}

/* It may ask directories on the network about its user. */
static int wait_for_helper(pid_t child)
{
    scope_fd pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    int ready;
    do {
        ready = pidfd < 0 ? -1 : poll(&end, 1, HELPER_MILLIS);
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return 0;
    int error = ready < 0 ? -errno : -ETIMEDOUT;
    kill(child, SIGKILL);
    return error;
}

/* The first line that it wrote; empty where that is not known. */
static void take_words(int output, char *words, size_t size)
{
    ssize_t got = pread(output, words, size - 1, 0);
    words[got > 0 ? got : 0] = 0;
    words[strcspn(words, "\n")] = 0;
}

/* Standard error goes to a file in memory, which nobody has to read meanwhile. The terminal's signals are for us. */
static int spawn_helper(char **args, int output, pid_t *child)
{
    char *environment[] = {NULL};
    scope_fd null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || output < 0)
        return -errno;
    return program_start(
        &(struct program){
            .path = args[0], .args = args, .environment = environment, .fds = {null, null, output}, .group = true},
        child);
}

/* newuidmap PID inside outside size … */
static int call_helper(const char *helper, pid_t pid, const struct numbers *map, char *words, size_t words_size)
{
    scope_free char **args = calloc((size_t)map->count + 3, sizeof *args);
    scope_free char *texts = malloc(((size_t)map->count + 1) * 12);
    if (!args || !texts)
        return -ENOMEM;
    args[0] = (char *)(uintptr_t)helper;
    args[1] = texts;
    snprintf(texts, 12, "%d", (int)pid);
    for (uint32_t i = 0; i < map->count; i++) {
        args[i + 2] = texts + ((size_t)i + 1) * 12;
        snprintf(args[i + 2], 12, "%u", number_at(map, i));
    }
    pid_t child = 0;
    int status;
    scope_fd output = memfd_create("jrunc-map-helper", MFD_CLOEXEC);
    int error = spawn_helper(args, output, &child);
    if (error)
        return error;
    error = wait_for_helper(child);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    if (error)
        return error;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    take_words(output, words, words_size);
    return -EPERM;
}

static int write_all_maps(const struct op_spawn *request, pid_t pid, const struct process *process, const char **what,
                          char *words, size_t words_size)
{
    *what = "setgroups";
    int error = request->denySetgroups ? process_write(process, "setgroups", "deny") : 0;
    if (error)
        return error;
    *what = "uid_map";
    error = request->mapHelpers ? call_helper("/usr/bin/newuidmap", pid, &request->uidMap, words, words_size)
                                : write_map(process, "uid_map", &request->uidMap);
    if (error)
        return error;
    *what = "gid_map";
    return request->mapHelpers ? call_helper("/usr/bin/newgidmap", pid, &request->gidMap, words, words_size)
                               : write_map(process, "gid_map", &request->gidMap);
}

int write_maps(const struct op_spawn *request, pid_t pid, char *message, size_t message_size)
{
    scope_process process;
    const char *what = "process";
    char words[HELPER_WORDS_BYTES] = "";
    int error = process_open(pid, &process);
    if (!error)
        error = write_all_maps(request, pid, &process, &what, words, sizeof words);
    if (error)
        snprintf(message, message_size, "write %s of the new user namespace%s%s%s", what,
                 request->mapHelpers ? " by newuidmap and newgidmap" : "", *words ? ": " : "", words);
    return error;
}
