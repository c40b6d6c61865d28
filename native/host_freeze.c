/* SPDX-License-Identifier: Apache-2.0 */
/* FREEZE: pause and resume. A cgroup freezes in its own time; one that can't is thawed again. */
#include "cgroups.h"
#include "files.h"
#include "front.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define MAX_STATE_BYTES 4096
#define V1_RETRY_MILLIS 1
/* A process in vfork or on its way out of the kernel keeps the whole at FREEZING: a moment of life lets it come on. */
#define V1_FREEZING_ROUNDS 50

/* Is line one of the text's? */
static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);
    for (const char *at = text; *at; at += strspn(at, "\n")) {
        size_t end = strcspn(at, "\n");
        if (end == length && memcmp(at, line, length) == 0)
            return true;
        at += end;
    }
    return false;
}

/* 1 when the file has that line, 0 when it hasn't, or -errno. */
static int file_says(int folder, const char *name, const char *line)
{
    scope_buffer text = {0};
    int error = read_text(folder, name, MAX_STATE_BYTES, &text);
    return error ? error : has_line((const char *)text.data, line);
}

static int set_v1(struct waits *waits, int folder, const char *state, int64_t deadline)
{
    for (int round = 1;; round++) {
        int error = write_text(folder, "freezer.state", state);
        int reached = error ? error : file_says(folder, "freezer.state", state);
        if (reached)
            return reached < 0 ? reached : 0;
        if (now_millis() >= deadline)
            return -ETIMEDOUT;
        if (round % V1_FREEZING_ROUNDS == 0)
            write_text(folder, "freezer.state", "THAWED");
        error = wait_millis(waits, V1_RETRY_MILLIS);
        if (error)
            return error;
    }
}

/* cgroup.events tells of each change since it was last read. */
static int set_v2(struct waits *waits, int folder, bool frozen, int64_t deadline)
{
    const char *wanted = frozen ? "frozen 1" : "frozen 0";
    scope_fd events = openat(folder, "cgroup.events", O_RDONLY | O_CLOEXEC);
    int error = events < 0 ? -errno : write_text(folder, "cgroup.freeze", frozen ? "1" : "0");
    while (!error) {
        char text[256];
        ssize_t length = pread(events, text, sizeof text - 1, 0);
        if (length < 0)
            return -errno;
        text[length] = 0;
        if (has_line(text, wanted))
            return 0;
        error = wait_fd(waits, events, POLLPRI, deadline);
    }
    return error;
}

void host_freeze(struct front *front, const struct op_freeze *request, struct result *result)
{
    int64_t deadline = deadline_after(request->timeoutMillis);
    scope_fd folder = open_cgroup(AT_FDCWD, request->folder);
    bool v1 = request->version == 1;
    int error = folder < 0 ? folder : 0;
    if (!error && v1)
        error = set_v1(&front->waits, folder, request->frozen ? "FROZEN" : "THAWED", deadline);
    else if (!error)
        error = set_v2(&front->waits, folder, request->frozen, deadline);
    if (!error)
        return;
    if (folder >= 0 && request->frozen)
        write_text(folder, v1 ? "freezer.state" : "cgroup.freeze", v1 ? "THAWED" : "0");
    result_fail(result, -error, "%s cgroup %s", request->frozen ? "freeze" : "thaw", request->folder);
}
