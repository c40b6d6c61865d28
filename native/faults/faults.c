/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JRUNC_FAULT=PROCESS WHAT NAME N ACTION, or "record". JRUNC_FAULT_FILES=NOTICES:GO names a file that gets a line for each point
 * that is recorded, or "hit" when the chosen one is come to; and a fifo, which is made.
 *
 *   error  the operation is not executed (or has been, after it), the message isn't sent or got lost: EIO
 *   hold   "held" goes to NOTICES as well; then this process waits for a byte from GO, or for whatever somebody does to it
 */
#include "../faults.h"

#include "../protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where nobody else's are; also in stage and init, which reach no path of ours. */
#define NOTICES_FD 900
#define GO_FD 901
#define MAX_KINDS 512

static const char *own_name = "";
static struct {
    const char *what;
    uint16_t code;
    unsigned count;
} met[MAX_KINDS];

static void move_to(int fd, int number)
{
    if (fd >= 0 && dup3(fd, number, O_CLOEXEC) < 0)
        abort();
    close(fd);
}

static void open_files(void)
{
    char *files = getenv("JRUNC_FAULT_FILES");
    char *go = files ? strchr(files, ':') : NULL;
    if (!go)
        return;
    char notices[4096];
    snprintf(notices, sizeof notices, "%.*s", (int)(go - files), files);
    move_to(open(notices, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600), NOTICES_FD);
    if (mkfifo(go + 1, 0600) < 0 && errno != EEXIST)
        abort();
    move_to(open(go + 1, O_RDWR | O_CLOEXEC), GO_FD);
}

void fault_process(const char *process)
{
    own_name = process;
    memset(met, 0, sizeof met);
    if (strcmp(process, "front") == 0)
        open_files();
    fcntl(NOTICES_FD, F_SETFD, FD_CLOEXEC);
    fcntl(GO_FD, F_SETFD, FD_CLOEXEC);
}

static unsigned count(const char *what, uint16_t code)
{
    for (size_t i = 0; i < MAX_KINDS; i++) {
        if (!met[i].what) {
            met[i].what = what;
            met[i].code = code;
        }
        if (met[i].code == code && strcmp(met[i].what, what) == 0)
            return ++met[i].count;
    }
    abort();
}

/* A filter may allow no more than write. */
static void note(const char *text)
{
    size_t length = strlen(text);
    if (write(NOTICES_FD, text, length) != (ssize_t)length)
        return; /* nobody looks */
}

static int act(const char *action)
{
    note("hit\n");
    if (strcmp(action, "error") == 0)
        return EIO;
    note("held\n");
    char go;
    while (read(GO_FD, &go, 1) < 0 && errno == EINTR)
        continue;
    return 0;
}

int fault_at(const char *what, uint16_t code, bool may_fail)
{
    const char *asked = getenv("JRUNC_FAULT");
    if (!asked)
        return 0;
    char point[128];
    int length = snprintf(point, sizeof point, "%s %s %s %u ", own_name, what, code_name(code), count(what, code));
    if (strcmp(asked, "record") == 0) {
        char line[160];
        snprintf(line, sizeof line, "%s%s\n", point, may_fail ? "may-fail" : "must");
        note(line);
    } else if (strncmp(asked, point, (size_t)length) == 0)
        return act(asked + length);
    return 0;
}

void fault_forward(void)
{
    fcntl(NOTICES_FD, F_SETFD, 0);
    fcntl(GO_FD, F_SETFD, 0);
}

char *fault_variable(void)
{
    char *value = getenv("JRUNC_FAULT");
    return value ? value - sizeof "JRUNC_FAULT=" + 1 : NULL;
}
