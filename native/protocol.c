/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol.h"

#include "faults.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---------------------------------------------------------------- reading -------------------------------------- */

/* CVE-2021-43784 (an overflow in the framing between parent and init): lengths are compared with what is left, never
 * added to a pointer first, and never cast to a narrower type. */
static const uint8_t *take(struct cursor *cursor, size_t length)
{
    if (cursor->failed || length > (size_t)(cursor->end - cursor->at)) {
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *taken = cursor->at;
    cursor->at += length;
    return taken;
}

static uint64_t read_number(struct cursor *cursor, size_t width)
{
    const uint8_t *taken = take(cursor, width);
    uint64_t value = 0;
    for (size_t i = 0; taken && i < width; i++)
        value |= (uint64_t)taken[i] << (8 * i);
    return value;
}

uint32_t read_u32(struct cursor *cursor)
{
    return (uint32_t)read_number(cursor, 4);
}

uint64_t read_u64(struct cursor *cursor)
{
    return read_number(cursor, 8);
}

const char *read_str(struct cursor *cursor)
{
    uint32_t length = read_u32(cursor);
    const uint8_t *taken = take(cursor, (size_t)length + 1);
    if (!taken || taken[length] != 0 || memchr(taken, 0, length)) {
        cursor->failed = true;
        return "";
    }
    return (const char *)taken;
}

static struct bytes read_bytes(struct cursor *cursor)
{
    uint32_t length = read_u32(cursor);
    const uint8_t *taken = take(cursor, length);
    return taken ? (struct bytes){taken, length} : (struct bytes){(const uint8_t *)"", 0};
}

static struct strings read_strs(struct cursor *cursor)
{
    uint32_t count = read_u32(cursor);
    if (count > MAX_STRINGS)
        cursor->failed = true;
    const uint8_t *start = cursor->at;
    for (uint32_t i = 0; i < count && !cursor->failed; i++)
        read_str(cursor);
    if (cursor->failed)
        return (struct strings){(const uint8_t *)"", 0, 0};
    return (struct strings){start, (uint32_t)(cursor->at - start), count};
}

static struct numbers read_u32s(struct cursor *cursor)
{
    uint32_t count = read_u32(cursor);
    const uint8_t *taken = take(cursor, (size_t)count * 4);
    return taken ? (struct numbers){taken, count} : (struct numbers){(const uint8_t *)"", 0};
}

static bool read_bool(struct cursor *cursor)
{
    uint64_t value = read_number(cursor, 1);
    if (value > 1)
        cursor->failed = true;
    return value == 1;
}

struct cursor bytes_cursor(struct bytes bytes)
{
    return (struct cursor){bytes.data, bytes.data + bytes.length, false};
}

struct cursor strings_cursor(const struct strings *strings)
{
    return (struct cursor){strings->data, strings->data + strings->length, false};
}

uint32_t number_at(const struct numbers *numbers, uint32_t index)
{
    struct cursor cursor = {numbers->data + (size_t)index * 4, numbers->data + (size_t)numbers->count * 4, false};
    return read_u32(&cursor);
}

void strings_fill(const struct strings *strings, char **array)
{
    struct cursor cursor = strings_cursor(strings);
    for (uint32_t i = 0; i < strings->count; i++)
        array[i] = (char *)(uintptr_t)read_str(&cursor);
    array[strings->count] = NULL;
}

char **strings_array(const struct strings *strings)
{
    char **array = calloc((size_t)strings->count + 1, sizeof *array);
    if (array)
        strings_fill(strings, array);
    return array;
}

#define READ_BOOL read_bool
#define READ_U32 read_u32
#define READ_U64 read_u64
#define READ_I64 (int64_t) read_u64
#define READ_STR read_str
#define READ_BYTES read_bytes
#define READ_STRS read_strs
#define READ_U32S read_u32s
#define READ_OPS read_bytes

#define F(type, name) out->name = READ_##type(&cursor);
#define DECODER(kind, name, ...)                                         \
    bool decode_##kind##name(struct bytes bytes, struct kind##name *out) \
    {                                                                    \
        struct cursor cursor = bytes_cursor(bytes);                      \
        (void)out;                                                       \
        __VA_ARGS__                                                      \
        return !cursor.failed && cursor.at == cursor.end;                \
    }
#define MESSAGE(NAME, name, code, ...) DECODER(msg_, name, __VA_ARGS__)
#define HOST_OP(NAME, name, code, ...) DECODER(op_, name, __VA_ARGS__)
#define INIT_OP(NAME, name, code, ...) DECODER(op_, name, __VA_ARGS__)
#include "protocol.def"

bool next_operation(struct cursor *cursor, struct operation *operation)
{
    if (cursor->failed || cursor->at == cursor->end)
        return false;
    operation->code = (uint16_t)read_number(cursor, 2);
    operation->flags = (uint16_t)read_number(cursor, 2);
    struct bytes rest = read_bytes(cursor);
    struct cursor inner = bytes_cursor(rest);
    operation->origin = read_str(&inner);
    if (inner.failed || operation->flags > MAY_FAIL)
        cursor->failed = true;
    operation->body = (struct bytes){inner.at, (uint32_t)(inner.end - inner.at)};
    return !cursor->failed;
}

static bool host_operation_valid(const struct operation *operation)
{
    switch (operation->code) {
#define F(type, name)
#define HOST_OP(NAME, name, code, ...)                      \
    case OP_##NAME: {                                       \
        struct op_##name decoded;                           \
        return decode_op_##name(operation->body, &decoded); \
    }
#include "protocol.def"
    default:
        return false;
    }
}

static bool init_operation_valid(const struct operation *operation)
{
    switch (operation->code) {
#define F(type, name)
#define INIT_OP(NAME, name, code, ...)                      \
    case OP_##NAME: {                                       \
        struct op_##name decoded;                           \
        return decode_op_##name(operation->body, &decoded); \
    }
#include "protocol.def"
    default:
        return false;
    }
}

/* Whole instructions, and no more than the kernel takes (BPF_MAXINSNS): the filter is copied into an array. */
static bool filter_valid(const struct operation *operation)
{
    struct op_seccomp op;
    return operation->code != OP_SECCOMP || (decode_op_seccomp(operation->body, &op) && op.filter.length > 0 &&
                                             op.filter.length <= MAX_FILTER_BYTES && op.filter.length % 8 == 0);
}

static bool operations_valid(struct bytes operations, bool (*valid)(const struct operation *))
{
    struct cursor cursor = bytes_cursor(operations);
    struct operation operation;
    while (next_operation(&cursor, &operation)) {
        if (!valid(&operation) || !filter_valid(&operation))
            return false;
    }
    return !cursor.failed;
}

bool host_operations_valid(struct bytes operations)
{
    return operations_valid(operations, host_operation_valid);
}

bool init_operations_valid(struct bytes operations)
{
    return operations_valid(operations, init_operation_valid);
}

/* ---------------------------------------------------------------- writing -------------------------------------- */

static void put(struct buffer *buffer, const void *data, size_t length)
{
    if (buffer->failed || length > MAX_FRAME_BYTES - buffer->length) {
        buffer->failed = true;
        return;
    }
    if (buffer->length + length > buffer->capacity) {
        size_t capacity = (buffer->length + length) * 2 + 256;
        uint8_t *grown = realloc(buffer->data, capacity);
        if (!grown) {
            buffer->failed = true;
            return;
        }
        buffer->data = grown;
        buffer->capacity = capacity;
    }
    if (length)
        memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
}

static void put_number(struct buffer *buffer, uint64_t value, size_t width)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    put(buffer, bytes, width);
}

void put_u32(struct buffer *buffer, uint32_t value)
{
    put_number(buffer, value, 4);
}

void put_str(struct buffer *buffer, const char *string)
{
    size_t length = strlen(string);
    if (length > MAX_FRAME_BYTES) {
        buffer->failed = true;
        return;
    }
    put_u32(buffer, (uint32_t)length);
    put(buffer, string, length + 1);
}

static void put_u64(struct buffer *buffer, uint64_t value)
{
    put_number(buffer, value, 8);
}

static void put_i64(struct buffer *buffer, int64_t value)
{
    put_number(buffer, (uint64_t)value, 8);
}

static void put_bytes(struct buffer *buffer, struct bytes bytes)
{
    put_u32(buffer, bytes.length);
    put(buffer, bytes.data, bytes.length);
}

static void put_bool(struct buffer *buffer, bool value)
{
    put_number(buffer, value ? 1 : 0, 1);
}

static void put_strs(struct buffer *buffer, struct strings strings)
{
    put_u32(buffer, strings.count);
    put(buffer, strings.data, strings.length);
}

static void put_u32s(struct buffer *buffer, struct numbers numbers)
{
    put_u32(buffer, numbers.count);
    put(buffer, numbers.data, (size_t)numbers.count * 4);
}

struct strings buffer_strings(const struct buffer *buffer, uint32_t count)
{
    return (struct strings){buffer->data, (uint32_t)buffer->length, count};
}

struct numbers buffer_numbers(const struct buffer *buffer)
{
    return (struct numbers){buffer->data, (uint32_t)(buffer->length / 4)};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

#define PUT_U32 put_u32
#define PUT_U64 put_u64
#define PUT_I64 put_i64
#define PUT_BOOL put_bool
#define PUT_STR put_str
#define PUT_BYTES put_bytes
#define PUT_STRS put_strs
#define PUT_U32S put_u32s
#define PUT_OPS put_bytes

#define F(type, name) PUT_##type(buffer, message->name);
#define MESSAGE(NAME, name, code, ...)                                              \
    void encode_msg_##name(struct buffer *buffer, const struct msg_##name *message) \
    {                                                                               \
        (void)message;                                                              \
        (void)buffer;                                                               \
        __VA_ARGS__                                                                 \
    }
#include "protocol.def"

/* ---------------------------------------------------------------- the table itself ------------------------------ */

enum kind { KIND_MESSAGE, KIND_HOST_OP, KIND_INIT_OP };

struct entry {
    enum kind kind;
    uint16_t code;
    const char *name;
    const char *fields; /* "type name;…" */
};

static const struct entry table[] = {
#define F(type, name) #type " " #name ";"
#define MESSAGE(NAME, name, code, ...) {KIND_MESSAGE, code, #NAME, "" __VA_ARGS__},
#define HOST_OP(NAME, name, code, ...) {KIND_HOST_OP, code, #NAME, "" __VA_ARGS__},
#define INIT_OP(NAME, name, code, ...) {KIND_INIT_OP, code, #NAME, "" __VA_ARGS__},
#include "protocol.def"
};

#define TABLE_LENGTH (sizeof table / sizeof table[0])

const char *code_name(uint16_t code)
{
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        if (table[i].code == code)
            return table[i].name;
    }
    return "UNKNOWN";
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    return (hash ^ '\n') * 0x100000001b3u;
}

uint64_t table_hash(void)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        char number[16];
        snprintf(number, sizeof number, "%u %x", (unsigned)table[i].kind, table[i].code);
        hash = hash_text(hash, number);
        hash = hash_text(hash, table[i].name);
        hash = hash_text(hash, table[i].fields);
    }
    return hash;
}

static void dump_entry(const struct entry *entry)
{
    printf("{\"name\":\"%s\",\"code\":%u,\"fields\":[", entry->name, entry->code);
    const char *field = entry->fields;
    while (*field) {
        int type = (int)strcspn(field, " ");
        int name = (int)strcspn(field, ";") - type - 1;
        printf("%s{\"name\":\"%.*s\",\"type\":\"%.*s\"}", field == entry->fields ? "" : ",", name, field + type + 1,
               type, field);
        field += type + name + 2;
    }
    printf("]}");
}

int dump_protocol(void)
{
    static const char *const kinds[] = {"messages", "hostOperations", "initOperations"};
    printf("{\"hash\":\"%016" PRIx64 "\"", table_hash());
    for (unsigned kind = 0; kind < 3; kind++) {
        printf(",\n\"%s\":[", kinds[kind]);
        const char *separator = "\n";
        for (size_t i = 0; i < TABLE_LENGTH; i++) {
            if (table[i].kind == kind) {
                printf("%s", separator);
                dump_entry(&table[i]);
                separator = ",\n";
            }
        }
        printf("]");
    }
    printf("}\n");
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---------------------------------------------------------------- frames ---------------------------------------- */

static int send_all(int channel, const uint8_t *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(channel, data, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -errno;
        data += sent;
        length -= (size_t)sent;
    }
    return 0;
}

union fd_control {
    struct cmsghdr header;
    uint8_t space[CMSG_SPACE(sizeof(int) * MAX_FRAME_FDS)];
};

static int send_with_fds(int channel, struct iovec *parts, const int *fds, size_t fd_count)
{
    union fd_control control = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (fd_count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * fd_count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(channel, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return -errno;
    int error = 0;
    for (size_t i = 0; i < 2 && !error; i++) {
        size_t done = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;
        sent -= (ssize_t)done;
        if (done < parts[i].iov_len) /* an empty payload has no place in memory */
            error = send_all(channel, (const uint8_t *)parts[i].iov_base + done, parts[i].iov_len - done);
    }
    return error;
}

static void frame_header(uint8_t header[FRAME_HEADER_BYTES], uint16_t code, size_t length)
{
    uint8_t bytes[FRAME_HEADER_BYTES] = {(uint8_t)length,         (uint8_t)(length >> 8), (uint8_t)(length >> 16),
                                         (uint8_t)(length >> 24), (uint8_t)code,          (uint8_t)(code >> 8)};
    memcpy(header, bytes, sizeof bytes);
}

void put_frame(struct buffer *frames, uint16_t code, const struct buffer *payload)
{
    uint8_t header[FRAME_HEADER_BYTES];
    frame_header(header, code, payload->length);
    put(frames, header, sizeof header);
    put(frames, payload->data, payload->length);
    if (payload->failed)
        frames->failed = true;
}

static uint16_t frame_code(const uint8_t header[FRAME_HEADER_BYTES])
{
    return (uint16_t)(header[4] | header[5] << 8);
}

int send_frames(int channel, const struct buffer *frames)
{
    if (frames->failed)
        return -E2BIG;
    int fault = frames->length > 0 ? fault_at("send", frame_code(frames->data), false) : 0;
    return fault ? -fault : send_all(channel, frames->data, frames->length);
}

int send_frame(int channel, uint16_t code, const struct buffer *payload, const int *fds, size_t fd_count)
{
    size_t length = payload ? payload->length : 0;
    if ((payload && payload->failed) || length > MAX_FRAME_BYTES || fd_count > MAX_FRAME_FDS)
        return -E2BIG;
    int fault = fault_at("send", code, false);
    if (fault)
        return -fault;
    uint8_t header[FRAME_HEADER_BYTES];
    frame_header(header, code, length);
    struct iovec parts[2] = {{header, sizeof header}, {payload ? payload->data : NULL, length}};
    return send_with_fds(channel, parts, fds, fd_count);
}

int write_frame(int channel, uint16_t code, const struct buffer *payload)
{
    size_t length = payload ? payload->length : 0;
    uint8_t header[FRAME_HEADER_BYTES];
    if (payload && payload->failed)
        return -E2BIG;
    int fault = fault_at("send", code, false);
    if (fault)
        return -fault;
    frame_header(header, code, length);
    struct bytes parts[2] = {{header, sizeof header}, {payload ? payload->data : NULL, (uint32_t)length}};
    for (int i = 0; i < 2; i++) {
        for (uint32_t done = 0; done < parts[i].length;) {
            ssize_t written = write(channel, parts[i].data + done, parts[i].length - done);
            if (written < 0 && errno != EINTR)
                return -errno;
            done += written > 0 ? (uint32_t)written : 0;
        }
    }
    return 0;
}

static int receive_all(int channel, uint8_t *data, size_t length)
{
    while (length > 0) {
        ssize_t received = read(channel, data, length);
        if (received < 0 && errno == EINTR)
            continue;
        if (received < 0)
            return -errno;
        if (received == 0)
            return -ECONNRESET;
        data += received;
        length -= (size_t)received;
    }
    return 0;
}

static void take_fds(struct msghdr *message, struct frame *frame)
{
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(frame->fds, CMSG_DATA(control), count * sizeof(int));
        frame->fd_count = count;
    }
}

/* The header may come in parts; fds come with its first byte. */
static int receive_header(int channel, uint8_t header[FRAME_HEADER_BYTES], struct frame *frame)
{
    union fd_control control = {0};
    struct iovec part = {header, FRAME_HEADER_BYTES};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t received;
    do {
        received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0)
        return -errno;
    if (received == 0)
        return -ECONNRESET;
    take_fds(&message, frame);
    if (message.msg_flags & MSG_CTRUNC) /* some were not to be had here, and the kernel says no more */
        return -EMFILE;
    return receive_all(channel, header + received, FRAME_HEADER_BYTES - (size_t)received);
}

int receive_frame(int channel, struct frame *frame)
{
    *frame = (struct frame){0};
    uint8_t header[FRAME_HEADER_BYTES];
    int error = receive_header(channel, header, frame);
    if (error)
        return error;
    struct cursor cursor = {header, header + sizeof header, false};
    uint32_t length = read_u32(&cursor);
    frame->code = (uint16_t)read_number(&cursor, 2);
    if (length > MAX_FRAME_BYTES || read_number(&cursor, 2) != 0)
        return -EPROTO;
    frame->memory = malloc((size_t)length + 1);
    if (!frame->memory)
        return -ENOMEM;
    frame->payload = (struct bytes){frame->memory, length};
    error = receive_all(channel, frame->memory, length);
    return error ? error : -fault_at("receive", frame->code, false);
}

void frame_free(struct frame *frame)
{
    for (size_t i = 0; i < frame->fd_count; i++) {
        if (frame->fds[i] >= 0)
            close(frame->fds[i]);
    }
    free(frame->memory);
    *frame = (struct frame){0};
}
