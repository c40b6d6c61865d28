/* SPDX-License-Identifier: Apache-2.0 */
/* `spy` and `look-through`: hostile processes of a container, that look for newcomers which don't run a container's program yet. */
#include "payload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FOUND 256

static char found[MAX_FOUND][256];
static int found_count;
static long denied;

/* 1 when it runs the payload by now, 0 when another program, -1 when that can't be seen. */
static int runs_payload(const char *pid, char target[PATH_MAX])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/exe", pid);
    ssize_t length = readlink(path, target, PATH_MAX - 1);
    if (length < 0)
        return -1;
    target[length] = 0;
    return strcmp(target, "/payload") == 0;
}

static void say_once(const char *line)
{
    for (int i = 0; i < found_count; i++) {
        if (strcmp(found[i], line) == 0)
            return;
    }
    if (found_count == MAX_FOUND)
        return;
    strcpy(found[found_count++], line);
    printf("%s\n", line);
    fflush(stdout);
}

/* What was got of a newcomer; but not when it has become one of us meanwhile, or is on its way out (it has no executable
 * then). */
static void tell(const char *pid, const char *what, const char *value)
{
    char line[256], target[PATH_MAX], path[64];
    snprintf(path, sizeof path, "/proc/%s", pid);
    int ours = runs_payload(pid, target);
    if (ours == 1 || (ours < 0 && errno != EACCES && errno != EPERM) || access(path, F_OK) != 0)
        return;
    snprintf(line, sizeof line, "spied %s %.200s", what, value);
    say_once(line);
}

static void look_at_link(const char *pid, const char *name)
{
    char path[320], target[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0) {
        denied += errno == EACCES || errno == EPERM;
        return;
    }
    target[length] = 0;
    tell(pid, name, target);
}

static void look_at_file(const char *pid, const char *name, int flags)
{
    char path[64], text[128];
    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length > 0) {
        text[length] = 0;
        tell(pid, name, text);
    }
}

static void look_at_fds(const char *pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *entries = opendir(path);
    if (entries == NULL)
        return;
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char name[300];
        snprintf(name, sizeof name, "fd/%s", entry->d_name);
        if (entry->d_name[0] != '.')
            look_at_link(pid, name);
    }
    closedir(entries);
}

static void look_at(const char *pid)
{
    char target[PATH_MAX];
    if (runs_payload(pid, target) == 1)
        return;
    look_at_link(pid, "exe");
    look_at_link(pid, "cwd");
    look_at_link(pid, "root");
    look_at_fds(pid);
    look_at_file(pid, "environ", O_RDONLY);
    look_at_file(pid, "maps", O_RDONLY);
    if (ptrace(PTRACE_SEIZE, (pid_t)atoi(pid), NULL, NULL) == 0)
        tell(pid, "ptrace", "attached");
}

/* spy: says "ready", and what it gets; after SIGTERM how often it was denied. */
int spy_command(const struct words *words)
{
    (void)words;
    bool last = false;
    char own[16];
    hold_sigterm();
    snprintf(own, sizeof own, "%d", (int)getpid());
    printf("ready\n");
    fflush(stdout);
    while (!last) {
        last = told_to_end();
        DIR *entries = opendir("/proc");
        if (entries == NULL)
            return STOP + 66;
        for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
            if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && strcmp(entry->d_name, own) != 0 &&
                strcmp(entry->d_name, "1") != 0)
                look_at(entry->d_name);
        }
        closedir(entries);
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) /* whom we trace stays until we have seen its end */
            continue;
    }
    printf("denied %ld\n", denied);
    fflush(stdout);
    return NEXT;
}

/* The root directory of one process, as far as it leads to a file. */
static void look_through(const char *pid, const char *file)
{
    char path[PATH_MAX], name[32] = "";
    snprintf(path, sizeof path, "/proc/%s/comm", pid);
    int comm = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = comm < 0 ? 0 : read(comm, name, sizeof name - 1);
    name[length > 0 ? length - 1 : 0] = 0;
    close(comm);
    snprintf(path, sizeof path, "/proc/%s/root%s", pid, file);
    bool seen = access(path, F_OK) == 0;
    if (!seen && ((errno != EACCES && errno != EPERM) || strncmp(name, "jrunc", 5) != 0))
        return;
    char line[256];
    snprintf(line, sizeof line, "%s %s", seen ? "seen through" : "denied by", name);
    say_once(line);
}

/* look-through FILE: says "ready", and through whose root directories it comes to the file, of those that came later than itself, until it is
 * killed. */
int look_through_command(const struct words *words)
{
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        DIR *entries = opendir("/proc");
        if (entries == NULL)
            return STOP + 66;
        for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
            if (atoi(entry->d_name) > (int)getpid())
                look_through(entry->d_name, word_or(words, 0, "/"));
        }
        closedir(entries);
    }
}
