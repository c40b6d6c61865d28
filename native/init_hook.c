/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks in the container's namespaces: createContainer before pivot_root, startContainer after WAIT_START. */
#include "fail.h"
#include "hooks.h"
#include "names.h"
#include "operations.h"
#include "scope.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_LAST_WORDS 512

static void describe_status(const struct op_init_hook *op, const struct hook_outcome *outcome)
{
    size_t length = outcome->output_length;
    while (length > 0 && outcome->output[length - 1] == '\n')
        length--;
    /* Its last words: an error has no room for all. */
    const char *output = outcome->output;
    if (length > MAX_LAST_WORDS) {
        output += length - MAX_LAST_WORDS;
        length = MAX_LAST_WORDS;
        const char *line = memchr(output, '\n', length);
        length -= line ? (size_t)(line + 1 - output) : 0;
        output = line ? line + 1 : output;
    }
    const char *separator = length ? ": " : "";
    const char *signal_name = WIFSIGNALED(outcome->status) ? signal_abbreviation(WTERMSIG(outcome->status)) : NULL;
    if (WIFSIGNALED(outcome->status))
        fail_with(ECANCELED, "%s hook %s: killed by SIG%s%s%.*s", op->name, op->path, signal_name ? signal_name : "RT",
                  separator, (int)length, output);
    fail_with(ECANCELED, "%s hook %s: exit status %d%s%.*s", op->name, op->path, WEXITSTATUS(outcome->status),
              separator, (int)length, output);
}

static int take_output(struct init *init, int64_t index)
{
    if (index < 0)
        return -1;
    if ((uint64_t)index >= init->tree_count)
        fail_with(EBADF, "take file %d for the output of hooks", (int)index);
    return release_fd(&init->trees[index]);
}

void op_hook_output(struct init *init, const struct op_hook_output *op)
{
    init->hook_output = take_output(init, op->standardOutput);
    init->hook_error = take_output(init, op->standardError);
}

void op_init_hook(struct init *init, const struct op_init_hook *op)
{
    struct hook hook = {.path = op->path,
                        .args = op->args,
                        .environment = op->environment,
                        .input = op->input,
                        .timeout_seconds = op->timeoutSeconds,
                        .standard_output = init->hook_output,
                        .standard_error = init->hook_error};
    static struct hook_outcome outcome;
    /* As with runc: it may say what it mounts by paths from there on. */
    bool first = strcmp(op->name, "createContainer") == 0;
    if (first && fchdir(init->root) < 0)
        fail("change to the root file system for the createContainer hook %s", op->path);
    if (first)
        umask(init->callers_umask);
    signal(SIGPIPE, SIG_IGN); /* a hook need not read what it is told */
    int error = hook_run(&hook, -1, &outcome);
    signal(SIGPIPE, SIG_DFL);
    if (first)
        umask(0);
    if (error == -ETIMEDOUT)
        fail_with(ETIMEDOUT, "%s hook %s was killed after its timeout of %u seconds", op->name, op->path,
                  op->timeoutSeconds);
    if (error)
        fail_with(-error, "%s hook %s", op->name, op->path);
    if (outcome.status)
        describe_status(op, &outcome);
}
