/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoder. The first two bytes are a code, the rest is its payload, in memory of exactly that size. What is taken is
 * written again as the same bytes: there is one encoding of each message.
 */
#include "../tests/again.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct bytes operations)
{
    bool host = host_operations_valid(operations), init = init_operations_valid(operations);
    if (host && init && operations.length > 0)
        abort();
    struct cursor cursor = bytes_cursor(operations);
    struct operation operation;
    while (next_operation(&cursor, &operation)) {
        struct op_send_plan plan;
        struct op_seccomp seccomp;
        if (host && operation.code == OP_SEND_PLAN && decode_op_send_plan(operation.body, &plan))
            walk(plan.operations);
        if (init && operation.code == OP_SECCOMP &&
            (!decode_op_seccomp(operation.body, &seccomp) || seccomp.filter.length > MAX_FILTER_BYTES))
            abort();
        if (code_name(operation.code) == NULL)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    uint16_t code = (uint16_t)(data[0] | data[1] << 8);
    struct bytes payload = {data + 2, (uint32_t)(size - 2)};
    struct buffer encoded = {0};
    if (again(code, payload, &encoded) &&
        (encoded.failed || encoded.length != payload.length ||
         (encoded.length > 0 && memcmp(encoded.data, payload.data, encoded.length) != 0)))
        abort();
    buffer_free(&encoded);
    struct msg_batch batch;
    if (decode_msg_batch(payload, &batch))
        walk(batch.operations);
    walk(payload);
    return 0;
}
