/* SPDX-License-Identifier: Apache-2.0 */
#include "fail.h"

#include "protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_MESSAGE_BYTES 1024
/* Stage, operation and origin. */
#define MAX_PLACE_BYTES 4096

static struct {
    int channel;
    int answer_fifo;
    const char *stage;
    const char *origin;
    uint16_t code;
} context = {-1, -1, "", "", 0};

void fail_to_channel(int channel)
{
    context.channel = channel;
}

void fail_to_answer(int answer_fifo)
{
    context.answer_fifo = answer_fifo;
}

void end_without_front(void)
{
    struct pollfd front = {.fd = context.channel};
    if (poll(&front, 1, 0) > 0 && (front.revents & POLLHUP))
        _exit(1);
}

void fail_stage(const char *stage)
{
    context.stage = stage;
    prctl(PR_SET_NAME, stage);
}

void fail_operation(uint16_t code, const char *origin)
{
    context.code = code;
    context.origin = origin;
}

static void write_all(int fd, const uint8_t *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        data += written;
        length -= (size_t)written;
    }
}

static void report_to_answer(const struct buffer *payload)
{
    uint8_t head[1 + FRAME_HEADER_BYTES] = {START_FAILED,
                                            (uint8_t)payload->length,
                                            (uint8_t)(payload->length >> 8),
                                            (uint8_t)(payload->length >> 16),
                                            (uint8_t)(payload->length >> 24),
                                            (uint8_t)FRAME_ERROR,
                                            (uint8_t)(FRAME_ERROR >> 8)};
    write_all(context.answer_fifo, head, sizeof head);
    write_all(context.answer_fifo, payload->data, payload->length);
}

static _Noreturn void report(int error, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

static _Noreturn void report(int error, const char *format, va_list arguments)
{
    char message[MAX_MESSAGE_BYTES];
    vsnprintf(message, sizeof message, format, arguments);
    /* Nothing is allocated after a seccomp filter. */
    static uint8_t space[MAX_MESSAGE_BYTES + MAX_PLACE_BYTES];
    struct buffer payload = {.data = space, .capacity = sizeof space};
    if (strlen(context.origin) > MAX_PLACE_BYTES - 256)
        payload = (struct buffer){0};
    struct msg_error body = {.stage = context.stage,
                             .operation = context.code ? code_name(context.code) : "",
                             .origin = context.origin,
                             .error = (uint32_t)error,
                             .message = message};
    encode_msg_error(&payload, &body);
    if (context.answer_fifo >= 0)
        report_to_answer(&payload);
    else
        write_frame(context.channel, FRAME_ERROR, &payload);
    _exit(1);
}

void fail(const char *format, ...)
{
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    report(error, format, arguments);
}

void fail_with(int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(error, format, arguments);
}
