/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage and init, with a plan and a kernel that say anything. The first byte chooses: 255, the frames are the input as it is;
 * 128 and more, the stage; else init, which gets trees of its own from 64 on. They never return: what ends them is execve or exit.
 */
#include "../fail.h"
#include "../operations.h"
#include "kernel.h"

#include <stdlib.h>

#define MAX_OPERATIONS 16
#define RAW 255
#define STAGE 128

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_plan(struct answers *input, struct buffer *frames)
{
    struct buffer operations = {0}, payload = {0};
    make_operations(input, false, MAX_OPERATIONS, &operations);
    encode_msg_plan(&payload, &(struct msg_plan){.operations = {operations.data, (uint32_t)operations.length}});
    put_frame(frames, FRAME_PLAN, &payload);
    buffer_free(&payload);
    free(operations.data);
}

static void make_what_to_join(struct answers *input, struct buffer *frames)
{
    struct buffer payload = {0};
    make_message(input, FRAME_JOINS, &payload);
    put_frame(frames, FRAME_JOINS, &payload);
    free(payload.data);
}

static void run(bool stage, int channel)
{
    fail_to_channel(-1);
    fail_to_answer(-1);
    fail_operation(0, "");
    if (stage)
        stage_main(channel);
    else
        init_main(channel);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer frames = {0};
    struct answers input = {data, data + size};
    uint8_t choice = take_byte(&input);
    bool stage = choice >= STAGE && choice != RAW;
    fuzz_begin(&input);
    if (choice == RAW) {
        put_frame(&frames, FRAME_PLAN,
                  &(struct buffer){.data = (uint8_t *)(uintptr_t)input.at, .length = (size_t)(input.end - input.at)});
        input.at = input.end;
    } else if (stage) {
        make_what_to_join(&input, &frames);
    } else {
        if (choice & 64)
            put_frame(&frames, FRAME_TREES, &(struct buffer){0});
        make_plan(&input, &frames);
    }
    int channel = fuzz_open_fd(FD_SCRIPT);
    fuzz_script(&frames, stage ? choice % 8u : 2 + choice % 8u);
    fuzz_script_goes_on();
    int end = setjmp(fuzz_end);
    if (end == 0)
        run(stage, channel);
    fuzz_close_all();
    fuzz_free_all(false);
    return 0;
}
