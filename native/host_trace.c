/* SPDX-License-Identifier: Apache-2.0 */
/* APPEND_TRACE: a file of trace events is a JSON array after each call that added to it. */
#include "files.h"
#include "front.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_MILLIS 1000

static const char array_end[] = "\n]\n";
#define ARRAY_END_LENGTH ((off_t)(sizeof array_end - 1))

/* Goes to where the next event is written: 0 for the first one, 1 behind others, -errno. EINVAL: it is another file. */
static int seek_end(int fd)
{
    struct stat status;
    char end[sizeof array_end] = "";
    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || status.st_size == 0)
        return 0;
    if (status.st_size < ARRAY_END_LENGTH || lseek(fd, -ARRAY_END_LENGTH, SEEK_END) < 0 ||
        read(fd, end, sizeof array_end - 1) != ARRAY_END_LENGTH || strcmp(end, array_end) != 0)
        return -EINVAL;
    return lseek(fd, -ARRAY_END_LENGTH, SEEK_END) < 0 ? -errno : 1;
}

static int append(struct front *front, int fd, struct bytes events)
{
    /* Other calls write to it as well, each for a moment. */
    int error = lock_file(&front->waits, fd, deadline_after(LOCK_MILLIS));
    if (error)
        return error;
    int behind = seek_end(fd);
    if (behind < 0)
        return behind;
    scope_buffer text = {0};
    const char *begin = behind ? ",\n" : "[\n";
    if (buffer_append(&text, begin, strlen(begin)) || buffer_append(&text, events.data, events.length) ||
        buffer_append(&text, array_end, sizeof array_end - 1))
        return -ENOMEM;
    return write_all(&front->waits, fd, text.data, text.length);
}

void host_append_trace(struct front *front, const struct op_append_trace *request, struct result *result)
{
    scope_fd fd = open(request->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
    int error = fd < 0 ? -errno : append(front, fd, request->events);
    if (error)
        result_fail(result, -error, "write the trace %s%s", request->path,
                    error == -EINVAL ? ": it is not a trace" : "");
}
