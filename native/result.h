/* SPDX-License-Identifier: Apache-2.0 */
/* What a host operation gives back: see RESULT in protocol.def. */
#pragma once

#include "protocol.h"

struct result {
    uint32_t error; /* an errno, or 0 */
    int64_t value;
    struct buffer data;
    char message[1024];
    /* Of the init operation that failed; else empty. */
    char operation[64];
    char origin[1024];
    /* Nanoseconds of CLOCK_MONOTONIC. */
    uint64_t began;
    uint64_t ended;
};

/* error is positive. The message is what was tried on what, without the errno's text. */
void result_fail(struct result *result, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* An ERROR that stage or init sent; EPROTO when it is malformed. */
void result_fail_remote(struct result *result, struct bytes payload);
