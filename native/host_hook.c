/* SPDX-License-Identifier: Apache-2.0 */
/* HOOK: prestart, createRuntime, poststart and poststop, in the caller's own namespaces. */
#include "files.h"
#include "front.h"
#include "hooks.h"
#include "scope.h"

#include <errno.h>

void host_hook(struct front *front, const struct op_hook *request, struct result *result)
{
    scope_free struct hook_outcome *outcome = malloc(sizeof *outcome);
    if (!outcome) {
        result_fail(result, ENOMEM, "run hook %s", request->path);
        return;
    }
    struct hook hook = {.path = request->path,
                        .args = request->args,
                        .environment = request->environment,
                        .input = request->input,
                        .timeout_seconds = request->timeoutSeconds};
    struct waits *waits = &front->waits;
    bool listen = waits->interruptible && waits->interrupted_by == 0;
    int error = hook_run(&hook, listen ? waits->signal_fd : -1, outcome);
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
