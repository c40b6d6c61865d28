/* SPDX-License-Identifier: Apache-2.0 */
/* HOOK: prestart, createRuntime, poststart and poststop, in the caller's own namespaces. */
#include "files.h"
#include "front.h"
#include "hooks.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define OUTPUT_MODE 0600

static void fail_output(struct result *result, int error, const char *path)
{
    result_fail(result, -error, "open %s for a hook's output", path);
}

/* An fd for path, or -1 where there is none. */
static int open_output(const char *path, struct result *result)
{
    int fd = *path ? open_append(path, OUTPUT_MODE) : -1;
    if (*path && fd < 0)
        fail_output(result, fd, path);
    return fd < 0 ? -1 : fd;
}

void host_open_append(struct front *front, const struct op_open_append *request, struct result *result)
{
    allow_one_more_for_init(front);
    int64_t index = keep_for_init(front, open_append(request->path, OUTPUT_MODE));
    if (index < 0)
        fail_output(result, (int)index, request->path);
    else
        result->value = index;
}

void host_hook(struct front *front, const struct op_hook *request, struct result *result)
{
    scope_free struct hook_outcome *outcome = malloc(sizeof *outcome);
    if (!outcome) {
        result_fail(result, ENOMEM, "run hook %s", request->path);
        return;
    }
    scope_fd output = open_output(request->standardOutput, result);
    scope_fd errors = open_output(request->standardError, result);
    if (result->error)
        return;
    bool there = faccessat(AT_FDCWD, request->folder, X_OK, AT_EACCESS) == 0;
    struct hook hook = {.path = request->path,
                        .folder = there ? request->folder : NULL,
                        .args = request->args,
                        .environment = request->environment,
                        .input = request->input,
                        .timeout_seconds = request->timeoutSeconds,
                        .standard_output = output,
                        .standard_error = errors};
    struct waits *waits = &front->waits;
    int error = hook_run(&hook, waits_listen(waits) ? waits->signal_fd : -1, outcome);
    if (error == -EINTR)
        wait_check(waits); /* which signal it was */
    if (error == -ETIMEDOUT)
        result_fail(result, ETIMEDOUT, "hook %s was killed after its timeout of %u seconds%s%s", request->path,
                    request->timeoutSeconds, outcome->output_length ? ": " : "", outcome->output);
    else if (error)
        result_fail(result, -error, "hook %s", request->path);
    result->value = outcome->status;
    buffer_append(&result->data, (const uint8_t *)outcome->output, outcome->output_length);
}
