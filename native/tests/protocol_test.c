/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder: hex vectors that the engine's tests read as well, truncations of them, and any bytes. */
#include "again.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_VECTOR_BYTES 4096
#define RANDOM_ROUNDS 200000

struct vector {
    uint8_t data[MAX_VECTOR_BYTES];
    size_t length;
};

/* native/tests/vectors/NAME.hex: lines of hex bytes, and comments after #. */
static bool read_vector(const char *name, struct vector *vector)
{
    char path[PATH_MAX];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(path, sizeof path, "%.*svectors/%s.hex", slash ? (int)(slash - __FILE__) + 1 : 0, __FILE__, name);
    FILE *file = fopen(path, "re");
    char line[512];
    vector->length = 0;
    while (file && fgets(line, sizeof line, file)) {
        unsigned byte;
        int used;
        for (char *at = line; line[0] != '#' && sscanf(at, "%2x%n", &byte, &used) == 1; at += used)
            vector->data[vector->length++] = (uint8_t)byte;
    }
    if (file)
        fclose(file);
    return test_check(vector->length > 0, path, 0, "vector can be read");
}

/* Through a socket, as the front gets it. */
static int receive_vector(const struct vector *vector, struct frame *frame)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        abort();
    CHECK(write(sockets[1], vector->data, vector->length) == (ssize_t)vector->length);
    close(sockets[1]);
    int error = receive_frame(sockets[0], frame);
    close(sockets[0]);
    return error;
}

static void test_same_bytes_again(void)
{
    static const char *const names[] = {"hello", "call", "accept", "decline", "batch", "result", "batch_done"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct vector vector;
        struct frame frame;
        struct buffer encoded = {0};
        if (!read_vector(names[i], &vector) || !CHECK(receive_vector(&vector, &frame) == 0))
            continue;
        CHECK(again(frame.code, frame.payload, &encoded));
        CHECK(encoded.length == frame.payload.length);
        CHECK(encoded.length == 0 || memcmp(encoded.data, frame.payload.data, encoded.length) == 0);
        buffer_free(&encoded);
        frame_free(&frame);
    }
}

static void check_call(const struct msg_call *call)
{
    char *args[6];
    CHECK(call->args.count == 5);
    strings_fill(&call->args, args);
    CHECK_TEXT(args[0], "--root");
    CHECK_TEXT(args[3], "");
    CHECK_TEXT(args[4], "gr\xc3\xbcn");
    CHECK(args[5] == NULL);
    CHECK_TEXT(call->cwd, "/");
    CHECK(call->pid == 4242 && call->uid == 1000 && call->euid == 0 && call->gid == 100 && call->egid == 0);
    CHECK(call->groups.count == 2 && number_at(&call->groups, 0) == 4 && number_at(&call->groups, 1) == 4294967294u);
    CHECK(call->effectiveCapabilities == UINT64_MAX && call->uidMap.length == 15 && call->label.length == 11);
    CHECK(call->terminals == 5 && call->rows == 24 && call->columns == 80 && call->inheritedFds == 2);
    CHECK_TEXT(call->machine, "x86_64");
    CHECK(call->began == 1000);
    CHECK(call->realtimeOffset == -5);
}

static void check_spawn(const struct operation *operation)
{
    struct op_spawn spawn;
    CHECK(operation->code == OP_SPAWN && operation->flags == MAY_FAIL);
    CHECK_TEXT(operation->origin, "/linux/namespaces");
    if (!CHECK(decode_op_spawn(operation->body, &spawn)))
        return;
    CHECK(spawn.newNamespaces == 0x20020000 && spawn.joinPaths.count == 1 && spawn.joinKinds.count == 1);
    CHECK(number_at(&spawn.uidMap, 1) == 1000 && spawn.denySetgroups && !spawn.mapHelpers && spawn.preserveFds == 1);
    struct cursor cgroups = strings_cursor(&spawn.cgroups);
    CHECK(spawn.cgroups.count == 1 && spawn.cgroupsMayFail);
    CHECK_TEXT(read_str(&cgroups), "/c");
    CHECK_TEXT(spawn.unifiedCgroup, "/u");
}

static void check_plan(const struct operation *operation)
{
    struct op_send_plan plan;
    struct op_mount mount;
    struct op_bind bind;
    struct operation init;
    if (!CHECK(operation->code == OP_SEND_PLAN && decode_op_send_plan(operation->body, &plan)))
        return;
    CHECK(init_operations_valid(plan.operations) && !host_operations_valid(plan.operations));
    struct cursor cursor = bytes_cursor(plan.operations);
    if (CHECK(next_operation(&cursor, &init) && init.code == OP_MOUNT && decode_op_mount(init.body, &mount))) {
        CHECK_TEXT(init.origin, "/mounts/1");
        CHECK_TEXT(mount.target, "/dev");
        CHECK(mount.attributes == 2 && mount.parameters.count == 2 && !mount.copyUp);
    }
    if (CHECK(next_operation(&cursor, &init) && init.code == OP_BIND && decode_op_bind(init.body, &bind)))
        CHECK(bind.tree == -1 && bind.recursive && bind.recursiveClear == 8 && bind.propagation == 0x4000);
    CHECK(!next_operation(&cursor, &init) && !cursor.failed);
}

static void test_values(void)
{
    struct vector vector;
    struct frame frame;
    struct msg_call call;
    if (read_vector("call", &vector) && CHECK(receive_vector(&vector, &frame) == 0)) {
        if (CHECK(decode_msg_call(frame.payload, &call)))
            check_call(&call);
        frame_free(&frame);
    }
    struct msg_batch batch;
    struct operation operation;
    if (read_vector("batch", &vector) && CHECK(receive_vector(&vector, &frame) == 0)) {
        CHECK(decode_msg_batch(frame.payload, &batch) && host_operations_valid(batch.operations));
        struct cursor cursor = bytes_cursor(batch.operations);
        CHECK(next_operation(&cursor, &operation) && operation.code == OP_READ_FILE);
        if (CHECK(next_operation(&cursor, &operation)))
            check_spawn(&operation);
        if (CHECK(next_operation(&cursor, &operation)))
            check_plan(&operation);
        frame_free(&frame);
    }
    struct msg_result result;
    if (read_vector("result", &vector) && CHECK(receive_vector(&vector, &frame) == 0)) {
        CHECK(decode_msg_result(frame.payload, &result) && result.index == 3 && result.error == EINVAL);
        CHECK(result.value == -1 && result.data.length == 2 && result.data.data[1] == 0xff);
        CHECK_TEXT(result.origin, "/mounts/3");
        CHECK(result.began == 1000 && result.ended == 2000);
        frame_free(&frame);
    }
}

/* What the front does with a frame of the engine, or the other way round. */
static bool acceptable(const struct frame *frame)
{
    struct buffer encoded = {0};
    bool valid = again(frame->code, frame->payload, &encoded);
    buffer_free(&encoded);
    struct msg_batch batch;
    if (valid && frame->code == FRAME_BATCH)
        valid = decode_msg_batch(frame->payload, &batch) && host_operations_valid(batch.operations);
    return valid;
}

static void test_bad_vectors(void)
{
    static const char *const names[] = {
        "bool_two",          "init_operation_in_batch", "list_count_too_big", "operation_too_long",
        "payload_left_over", "payload_missing",         "reserved_not_zero",  "string_length_wraps",
        "string_with_zero",  "string_without_zero",     "too_long",           "unknown_flag",
        "unknown_operation",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64];
        struct vector vector;
        struct frame frame;
        snprintf(name, sizeof name, "bad/%s", names[i]);
        if (!read_vector(name, &vector))
            continue;
        int error = receive_vector(&vector, &frame);
        test_check(error == -EPROTO || (error == 0 && !acceptable(&frame)), names[i], 0, "is refused");
        frame_free(&frame);
    }
}

static void test_truncated_payloads(void)
{
    static const char *const names[] = {"hello", "call", "decline", "batch", "result", "batch_done"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct vector vector;
        if (!read_vector(names[i], &vector))
            continue;
        uint16_t code = (uint16_t)(vector.data[4] | vector.data[5] << 8);
        bool all_refused = true;
        for (size_t length = 0; length + FRAME_HEADER_BYTES < vector.length; length++) {
            /* Memory of exactly that size: the sanitizer sees a byte too many. */
            uint8_t *copy = malloc(length + 1);
            if (!copy)
                abort();
            memcpy(copy, vector.data + FRAME_HEADER_BYTES, length);
            uint8_t *exact = realloc(copy, length ? length : 1);
            struct buffer encoded = {0};
            all_refused &= !again(code, (struct bytes){exact, (uint32_t)length}, &encoded);
            buffer_free(&encoded);
            free(exact);
        }
        test_check(all_refused, names[i], 0, "every truncation is refused");
    }
}

static void test_truncated_frames(void)
{
    struct vector vector;
    if (!read_vector("decline", &vector))
        return;
    size_t whole = vector.length;
    for (size_t length = 0; length < whole; length++) {
        struct frame frame;
        vector.length = length;
        CHECK(receive_vector(&vector, &frame) == -ECONNRESET);
        frame_free(&frame);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Nothing to assert but that it comes back, and that the sanitizers are silent. */
static void test_any_bytes(void)
{
    uint32_t state = 1;
    struct vector vector;
    if (!read_vector("batch", &vector))
        return;
    uint32_t length = (uint32_t)(vector.length - FRAME_HEADER_BYTES);
    size_t accepted = 0;
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        uint8_t *data = malloc(length);
        if (!data)
            abort();
        memcpy(data, vector.data + FRAME_HEADER_BYTES, length);
        for (uint32_t changes = 1 + next_random(&state) % 4; changes > 0; changes--)
            data[next_random(&state) % length] = (uint8_t)next_random(&state);
        uint32_t cut = next_random(&state) % 8 ? length : next_random(&state) % length;
        uint8_t *exact = realloc(data, cut ? cut : 1);
        struct bytes payload = {exact, cut};
        struct msg_batch batch;
        if (decode_msg_batch(payload, &batch))
            accepted += host_operations_valid(batch.operations) + init_operations_valid(batch.operations);
        free(exact);
    }
    CHECK(accepted > 0 && accepted < RANDOM_ROUNDS);
}

static void test_fds_travel_with_a_frame(void)
{
    int sockets[2];
    struct frame frame;
    struct buffer payload = {0};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        abort();
    encode_msg_decline(&payload, &(struct msg_decline){.reason = "with fds"});
    int fds[2] = {sockets[0], STDERR_FILENO};
    CHECK(send_frame(sockets[0], FRAME_DECLINE, &payload, fds, 2) == 0);
    CHECK(receive_frame(sockets[1], &frame) == 0);
    CHECK(frame.code == FRAME_DECLINE && frame.fd_count == 2);
    CHECK(fcntl(frame.fds[0], F_GETFD) == FD_CLOEXEC);
    frame_free(&frame);
    CHECK(send_frame(sockets[0], FRAME_DECLINE, &payload, fds, MAX_FRAME_FDS + 1) == -E2BIG);
    buffer_free(&payload);
    close(sockets[0]);
    close(sockets[1]);
}

/* Who may not have them all is told so. */
static void test_more_fds_than_may_be_open(void)
{
    int sockets[2];
    struct frame frame;
    struct rlimit limit, low;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        abort();
    CHECK(send_frame(sockets[0], FRAME_TREES, NULL, (int[]){0, 1, 2}, 3) == 0);
    low = (struct rlimit){(rlim_t)sockets[1] + 2, limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    CHECK(receive_frame(sockets[1], &frame) == -EMFILE);
    CHECK(frame.fd_count == 1);
    setrlimit(RLIMIT_NOFILE, &limit);
    frame_free(&frame);
    close(sockets[0]);
    close(sockets[1]);
}

static void test_limits(void)
{
    struct buffer list = {0};
    put_u32(&list, MAX_STRINGS + 1);
    put_u32(&list, 0);
    struct msg_call call;
    CHECK(!decode_msg_call((struct bytes){list.data, (uint32_t)list.length}, &call));
    buffer_free(&list);
    CHECK_TEXT(code_name(OP_MOUNT), "MOUNT");
    CHECK_TEXT(code_name(0x7fff), "UNKNOWN");
    CHECK(table_hash() == table_hash() && table_hash() != 0);
}

int main(void)
{
    test_same_bytes_again();
    test_values();
    test_bad_vectors();
    test_truncated_payloads();
    test_truncated_frames();
    test_any_bytes();
    test_fds_travel_with_a_frame();
    test_more_fds_than_may_be_open();
    test_limits();
    return test_end();
}
