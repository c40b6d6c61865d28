/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front, with an engine, an init and a kernel that say anything: the input's first bytes become batches, well formed; the
 * rest is what the kernel answers. An input whose first byte is 255 is what the engine sends, as it is.
 */
#include "../session.c"
#include "../state.h"
#include "kernel.h"

#include <stdlib.h>

#define MAX_BATCHES 3
#define MAX_OPERATIONS 12
#define RAW 255

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_batches(struct answers *input, struct buffer *frames)
{
    unsigned count = 1 + take_byte(input) % MAX_BATCHES;
    for (unsigned i = 0; i < count; i++) {
        struct buffer operations = {0};
        struct buffer payload = {0};
        make_operations(input, true, MAX_OPERATIONS, &operations);
        encode_msg_batch(&payload, &(struct msg_batch){.operations = {operations.data, (uint32_t)operations.length}});
        put_frame(frames, FRAME_BATCH, &payload);
        buffer_free(&payload);
        free(operations.data);
    }
}

static void front_end(struct front *front)
{
    buffer_free(&front->results);
    buffer_free(&front->spans);
    buffer_free(&front->continuation);
    free(front->trees);
    fuzz_close_all();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answers input = {data, data + size};
    struct buffer frames = {0};
    if (size > 0 && data[0] == RAW)
        frames = (struct buffer){.data = (uint8_t *)(uintptr_t)data + 1, .length = size - 1};
    fuzz_begin(&input);
    if (!frames.data)
        make_batches(&input, &frames);
    else
        input.at = input.end;
    static char *nothing[] = {NULL};
    static struct front front;
    front = (struct front){
        NOTHING_OPEN,
        .argv = nothing,
        .environment = nothing,
        .waits = {.signal_fd = fuzz_open_fd(FD_FILE)},
    };
    front.engine.channel = fuzz_open_fd(FD_SCRIPT);
    fuzz_script(&frames, 0);
    char error[1024];
    int end = setjmp(fuzz_end);
    if (end == 0)
        run_batches(&front, error);
    front_end(&front);
    if (size == 0 || data[0] != RAW)
        buffer_free(&frames);
    fuzz_free_all(end == 0);
    return 0;
}
