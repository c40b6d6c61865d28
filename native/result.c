/* SPDX-License-Identifier: Apache-2.0 */
#include "result.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void result_fail(struct result *result, int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(result->message, sizeof result->message, format, arguments);
    va_end(arguments);
    result->error = (uint32_t)error;
}

void result_fail_remote(struct result *result, struct bytes payload)
{
    struct msg_error error;
    if (!decode_msg_error(payload, &error) || error.error == 0 || error.error > MAX_ERRNO) {
        result_fail(result, EPROTO, "init sent a malformed error");
        return;
    }
    result->error = error.error;
    snprintf(result->message, sizeof result->message, "%s", error.message);
    snprintf(result->operation, sizeof result->operation, "%s", error.operation);
    snprintf(result->origin, sizeof result->origin, "%s", error.origin);
}
