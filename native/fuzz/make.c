/* SPDX-License-Identifier: Apache-2.0 */
/* Operations out of the fuzzer's bytes, from the same table as everything else: a new one is fuzzed by itself. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LITERAL_BYTES 24
#define MAX_LIST 5
#define MAX_NESTED 6

static const char *const texts[] = {
    "",
    "/",
    "a",
    "/a",
    "/a/b/c",
    "..",
    "../..",
    "/proc/self/fd/7",
    "/proc",
    "/dev",
    "/dev/shm",
    "/sys",
    "/proc/sys",
    "proc",
    "tmpfs",
    "cgroup",
    "sh",
    "/bin/sh",
    "eth0",
    "eth%d",
    "config.json",
    "state.json",
    "id",
    "/run/jrunc",
    "size=1",
    "mode=755",
    "ro",
    "apparmor",
    "kernel/domain",
    "memory.stat",
    "/sys/fs/cgroup",
    "HOME=/root",
    "PATH=/bin:/usr/bin",
    "user",
    "\xc3\xbc",
    "a/./b//c/",
    "/etc/passwd",
    "1 2\n",
};

static const uint64_t numbers[] = {
    0,
    1,
    2,
    3,
    7,
    9,
    15,
    4242,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x20000000,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    INT64_MAX,
    (uint64_t)INT64_MIN,
    UINT64_MAX,
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void append(struct buffer *buffer, const void *data, size_t length)
{
    if (buffer->length + length > buffer->capacity) {
        buffer->capacity = (buffer->length + length) * 2 + 64;
        buffer->data = realloc(buffer->data, buffer->capacity);
        if (!buffer->data)
            abort();
    }
    if (length)
        memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
}

static void append_number(struct buffer *buffer, uint64_t value, size_t width)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    append(buffer, bytes, width);
}

static void make_number(struct answers *answers, struct buffer *out, size_t width)
{
    uint8_t choice = take_byte(answers);
    uint64_t value;
    if (choice < 128)
        value = choice & 0x1f;
    else if (choice < 224)
        value = numbers[(choice - 128u) % COUNT(numbers)];
    else
        value = take_number(answers, 4) | (uint64_t)take_number(answers, width - 4) << 32;
    append_number(out, value, width);
}

static void make_text(struct answers *answers, struct buffer *out)
{
    uint8_t choice = take_byte(answers);
    if (choice < 192) {
        const char *text = texts[choice % COUNT(texts)];
        append_number(out, strlen(text), 4);
        append(out, text, strlen(text) + 1);
    } else if (choice < 200) { /* longer than any path, name or message */
        size_t length = (size_t)250 << (choice - 192);
        append_number(out, length, 4);
        for (size_t i = 0; i < length; i++)
            append(out, i % 200 == 199 ? "/" : "x", 1);
        append_number(out, 0, 1);
    } else {
        struct bytes literal = take_bytes(answers, take_byte(answers) % MAX_LITERAL_BYTES);
        size_t length = strnlen((const char *)literal.data, literal.length);
        append_number(out, length, 4);
        append(out, literal.data, length);
        append_number(out, 0, 1);
    }
}

static void make_BOOL(struct answers *answers, struct buffer *out)
{
    append_number(out, take_byte(answers) & 1, 1);
}

static void make_U32(struct answers *answers, struct buffer *out)
{
    make_number(answers, out, 4);
}

static void make_U64(struct answers *answers, struct buffer *out)
{
    make_number(answers, out, 8);
}

#define make_I64 make_U64
#define make_STR make_text

static void make_STRS(struct answers *answers, struct buffer *out)
{
    unsigned count = take_byte(answers) % MAX_LIST;
    append_number(out, count, 4);
    for (unsigned i = 0; i < count; i++)
        make_text(answers, out);
}

static void make_U32S(struct answers *answers, struct buffer *out)
{
    unsigned count = take_byte(answers) % (MAX_LIST + 2);
    append_number(out, count, 4);
    for (unsigned i = 0; i < count; i++)
        make_number(answers, out, 4);
}

static void make_BYTES(struct answers *answers, struct buffer *out)
{
    uint8_t length = take_byte(answers);
    if (length >= 250) {
        struct buffer large = {.data = calloc(1, 40000), .length = 40000};
        append_number(out, large.length, 4);
        append(out, large.data, large.length);
        free(large.data);
        return;
    }
    struct bytes content = take_bytes(answers, length & ~7u);
    append_number(out, content.length, 4);
    append(out, content.data, content.length);
}

static void make_OPS(struct answers *answers, struct buffer *out)
{
    struct buffer nested = {0};
    make_operations(answers, false, MAX_NESTED, &nested);
    append_number(out, nested.length, 4);
    append(out, nested.data, nested.length);
    free(nested.data);
}

static void make_operation(struct answers *answers, bool host, struct buffer *operations)
{
    static const uint16_t host_codes[] = {
#define F(type, name)
#define HOST_OP(NAME, name, code, ...) code,
#include "../protocol.def"
    };
    static const uint16_t init_codes[] = {
#define F(type, name)
#define INIT_OP(NAME, name, code, ...) code,
#include "../protocol.def"
    };
    uint8_t choice = take_byte(answers);
    uint16_t code = host ? host_codes[choice % COUNT(host_codes)] : init_codes[choice % COUNT(init_codes)];
    uint16_t flags = take_byte(answers) < 160;
    struct buffer body = {0};
    make_text(answers, &body); /* the origin */
    switch (code) {
#define F(type, name) make_##type(answers, &body);
#define HOST_OP(NAME, name, code_, ...) \
    case code_:                         \
        __VA_ARGS__ break;
#define INIT_OP(NAME, name, code_, ...) \
    case code_:                         \
        __VA_ARGS__ break;
#include "../protocol.def"
    }
    append_number(operations, code, 2);
    append_number(operations, flags, 2);
    append_number(operations, body.length, 4);
    append(operations, body.data, body.length);
    free(body.data);
}

void make_operations(struct answers *answers, bool host, unsigned limit, struct buffer *operations)
{
    unsigned count = take_byte(answers) % (limit + 1);
    for (unsigned i = 0; i < count; i++)
        make_operation(answers, host, operations);
}

void make_message(struct answers *answers, uint16_t code, struct buffer *payload)
{
    struct buffer body = {0};
    switch (code) {
#define F(type, name) make_##type(answers, &body);
#define MESSAGE(NAME, name, code_, ...) \
    case code_:                         \
        __VA_ARGS__ break;
#include "../protocol.def"
    }
    append(payload, body.data, body.length);
    free(body.data);
}
