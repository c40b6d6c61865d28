/* SPDX-License-Identifier: Apache-2.0 */
/* One hook: a program with exact arguments and environment, a document on its standard input, and a time limit. */
#pragma once

#include "protocol.h"

/* How much of the end of a hook's output is kept, in bytes. */
#define HOOK_OUTPUT_BYTES 4096

struct hook {
    const char *path;
    const char *folder; /* where it begins; NULL: where we are */
    struct strings args;
    struct strings environment;
    struct bytes input;
    uint32_t timeout_seconds; /* 0: none */
    /* Where they go to in place of what is kept of them; 0 or -1: nowhere else. */
    int standard_output;
    int standard_error;
};

struct hook_outcome {
    int status;                         /* as of wait(2) */
    size_t output_length;               /* up to HOOK_OUTPUT_BYTES, of standard output and error together */
    char output[HOOK_OUTPUT_BYTES + 1]; /* with a zero byte at the end */
};

/*
 * Runs it in this process's namespaces and waits for it. 0, whatever its exit status; -errno when it could not be
 * executed; -ETIMEDOUT after its limit, -EINTR when interrupt_fd (or -1) became readable: then it has been killed.
 */
int hook_run(const struct hook *hook, int interrupt_fd, struct hook_outcome *outcome);
