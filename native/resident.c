/* SPDX-License-Identifier: Apache-2.0 */
#include "resident.h"

#include "files.h"
#include "scope.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

#define SYSTEM_FOLDER "/run"
#define SOCKET_BELOW "/jrunc-engine/engine.sock"
#define MAX_MAP_BYTES 4096
#define MAX_STATUS_BYTES 65536

/* Not a user namespace's root: the map of the initial one has every id, as it is. */
static bool is_host_root(void)
{
    scope_buffer map = {0};
    if (geteuid() != 0 || read_text(AT_FDCWD, "/proc/self/uid_map", MAX_MAP_BYTES, &map) < 0)
        return false;
    const char *text = (const char *)map.data;
    text += strspn(text, " ");
    if (strncmp(text, "0 ", 2) != 0)
        return false;
    text += strspn(text + 1, " ") + 1;
    if (strncmp(text, "0 ", 2) != 0)
        return false;
    text += strspn(text + 1, " ") + 1;
    return strncmp(text, "4294967295", 10) == 0;
}

static void set_socket(struct resident *resident, const char *folder, const char *below)
{
    int length = snprintf(resident->socket, sizeof resident->socket, "%s%s", folder, below);
    if (length < 0 || (size_t)length >= sizeof resident->socket)
        resident->socket[0] = 0;
}

/* A user's own, as the unit of systemd --user has it. */
static void default_socket(struct resident *resident)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    if (is_host_root())
        set_socket(resident, SYSTEM_FOLDER, SOCKET_BELOW);
    else if (folder && folder[0] == '/')
        set_socket(resident, folder, SOCKET_BELOW);
}

static bool choose(struct resident *resident, const char *text)
{
    static const char by_path[] = "unix:";
    if (strcmp(text, "auto") == 0)
        return true;
    if (strcmp(text, "cold") == 0)
        resident->choice = ENGINE_COLD;
    else if (strcmp(text, "warm") == 0)
        resident->choice = ENGINE_WARM;
    else if (strncmp(text, by_path, sizeof by_path - 1) == 0) {
        resident->choice = ENGINE_WARM;
        set_socket(resident, text + sizeof by_path - 1, "");
    } else
        return false;
    return true;
}

/* One that can't be a number of the caller's is none: it is an error later. */
static bool choose_inherited(struct resident *resident, const char *text)
{
    static const char by_number[] = "fd:";
    if (strncmp(text, by_number, sizeof by_number - 1) != 0)
        return false;
    const char *digits = text + sizeof by_number - 1;
    char *end;
    long fd = strtol(digits, &end, 10);
    resident->choice = ENGINE_INHERITED;
    resident->fd = end > digits && !*end && fd > STDERR_FILENO && fd <= INT_MAX ? (int)fd : -1;
    set_socket(resident, text, "");
    return true;
}

int resident_choose(struct resident *resident, const struct global_options *options)
{
    *resident = (struct resident){.choice = ENGINE_AUTO, .fd = -1};
    const char *variable = getenv("JRUNC_ENGINE");
    if (options->engine && choose_inherited(resident, options->engine))
        return 0;
    if (options->engine)
        choose(resident, options->engine);
    else if (variable && *variable && !choose(resident, variable))
        return -EINVAL;
    if (resident->choice != ENGINE_COLD && !resident->socket[0])
        default_socket(resident);
    return 0;
}

/* proc_pid_status(5), and the same in the fdinfo of a pidfd: NSpid has a number for each pid namespace from ours on. */
static bool has_one_pid(const char *path)
{
    scope_buffer status = {0};
    if (read_text(AT_FDCWD, path, MAX_STATUS_BYTES, &status) < 0)
        return false;
    const char *line = strstr((const char *)status.data, "\nNSpid:\t");
    return !line || (atoi(line + 8) > 0 && line[8 + strcspn(line + 8, "\t\n")] == '\n');
}

/* Root of a container without a user namespace is root as well: with the folder of the socket bound in, it could listen there. CVE row
 * "pid reuse": and end, while another process of it holds the socket, so that a stranger has the pid. Before Linux 6.5 that can't be told. */
static bool in_our_pid_namespace(int channel, pid_t pid)
{
    char path[40];
    scope_fd pidfd = -1;
    socklen_t length = sizeof pidfd;
    if (getsockopt(channel, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length) == 0)
        snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    else if (errno == ENOPROTOOPT && pid > 0)
        snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    else
        return false;
    return has_one_pid(path);
}

/* CVE rows "resident engine" and "inherited engine": a false one would tell us what to do. The one that called listen(2) or
 * socketpair(2) has to be root, systemd for root, or the caller's own user, and no container's process. */
static int check_listener(int channel)
{
    struct ucred listener;
    socklen_t length = sizeof listener;
    if (getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &listener, &length) < 0)
        return -errno;
    bool trusted = listener.uid == 0 || listener.uid == geteuid();
    return trusted && in_our_pid_namespace(channel, listener.pid) ? 0 : -EPERM;
}

int resident_connect(const struct resident *resident, struct engine *engine, int64_t limit_millis)
{
    *engine = NO_ENGINE;
    if (!resident->socket[0])
        return -ENOENT;
    /* A queue of callers that is full is EAGAIN, at once. */
    bool inherited = resident->choice == ENGINE_INHERITED;
    scope_fd channel = inherited ? resident->fd : connect_unix(resident->socket, SOCK_STREAM | SOCK_NONBLOCK);
    if (inherited && channel < 0)
        return -EBADF;
    if (channel < 0)
        return channel;
    int error = check_listener(channel);
    if (!error && fcntl(channel, F_SETFL, 0) < 0)
        error = -errno;
    if (!error)
        error = engine_limit_channel(channel, limit_millis);
    if (!error)
        engine->channel = release_fd(&channel);
    return error;
}
