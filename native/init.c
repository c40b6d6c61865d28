/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Init. Our job is to execute the plan, operation by operation, inside the new namespaces, until the container's program
 * takes our place. The plan is checked as a whole before its first operation.
 */
#include "cgroup_join.h"
#include "fail.h"
#include "faults.h"
#include "operations.h"
#include "scope.h"
#include "waits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

void arm_process(bool dumpable)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0) < 0)
        fail("arm the process");
    /* It may have died just before. getppid(2) can't tell: in a new pid namespace it is 0 all along. */
    end_without_front();
}

void send_sync(int channel, enum sync_point point)
{
    uint8_t space[16]; /* no allocation, and no call but write: this may come after a seccomp filter */
    struct buffer payload = {.data = space, .capacity = sizeof space};
    encode_msg_sync(&payload, &(struct msg_sync){.point = (uint32_t)point});
    int error = write_frame(channel, FRAME_SYNC, &payload);
    if (error == -EPIPE || error == -ECONNRESET) /* the front is gone: nobody is left to tell */
        _exit(1);
    if (error)
        fail_with(-error, "write to the front");
}

void await_go(int channel)
{
    scope_frame frame = {0};
    if (receive_frame(channel, &frame) || frame.code != FRAME_GO)
        _exit(1);
}

/* What goes with a frame from its fd first on. */
static void take_trees(struct init *init, struct frame *frame, size_t first)
{
    if (frame->fd_count == first)
        return;
    int *trees = realloc(init->trees, (init->tree_count + frame->fd_count - first) * sizeof *trees);
    if (!trees)
        fail_with(ENOMEM, "take the mount trees");
    init->trees = trees;
    for (size_t i = first; i < frame->fd_count; i++)
        trees[init->tree_count++] = release_fd(&frame->fds[i]);
}

static void take_fds(struct init *init, struct frame *frame)
{
    if (frame->fd_count == 0) /* exec */
        return;
    if (frame->fd_count < 2)
        fail_with(EPROTO, "take the start fifos");
    init->start_fifo = release_fd(&frame->fds[0]);
    init->answer_fifo = release_fd(&frame->fds[1]);
    take_trees(init, frame, 2);
}

/* Arguments and environment of the program, with room for HOME: made now, since nothing can be allocated later. */
static void prepare_execve(struct init *init, struct bytes operations)
{
    struct cursor cursor = bytes_cursor(operations);
    struct operation operation;
    while (next_operation(&cursor, &operation)) {
        struct op_execve op;
        if (operation.code != OP_EXECVE || !decode_op_execve(operation.body, &op))
            continue;
        init->args = strings_array(&op.args);
        init->environment = calloc((size_t)op.environment.count + 2, sizeof *init->environment);
        if (!init->args || !init->environment)
            fail_with(ENOMEM, "prepare the program's arguments");
        strings_fill(&op.environment, init->environment);
    }
}

void op_trace(struct init *init, const struct op_trace *op)
{
    (void)op;
    init->traced = true;
}

/* Before the front is told of a point, and for the last time while everything can still be sent. */
static void send_times(struct init *init, uint16_t next)
{
    if ((next != OP_SYNC_POINT && next != OP_DETACH) || init->spans_sent == init->span_count)
        return;
    const uint8_t *first = (const uint8_t *)&init->spans[2 * init->spans_sent];
    size_t length = (init->span_count - init->spans_sent) * 2 * sizeof init->spans[0];
    init->spans_sent = init->span_count;
    scope_buffer payload = {0};
    encode_msg_times(&payload,
                     &(struct msg_times){.realtimeOffset = realtime_offset(), .spans = {first, (uint32_t)length}});
    send_frame(init->channel, FRAME_TIMES, &payload, NULL, 0);
}

static void note_span(struct init *init, uint64_t began)
{
    if (init->span_count == MAX_TRACED_OPERATIONS)
        return;
    init->spans[2 * init->span_count] = began;
    init->spans[2 * init->span_count + 1] = now_nanos();
    init->span_count++;
}

static void execute(struct init *init, const struct operation *operation)
{
    fail_operation(operation->code, operation->origin);
    init->may_fail = operation->flags & MAY_FAIL;
    int fault = fault_at("before", operation->code, init->may_fail);
    if (fault && init->may_fail)
        return;
    if (fault)
        fail_with(fault, "fault injected before %s", code_name(operation->code));
    switch (operation->code) {
#define F(type, name)
#define INIT_OP(NAME, name, code, ...)                \
    case OP_##NAME: {                                 \
        struct op_##name op;                          \
        if (!decode_op_##name(operation->body, &op))  \
            fail_with(EPROTO, "malformed operation"); \
        op_##name(init, &op);                         \
        return;                                       \
    }
#include "protocol.def"
    default:
        fail_with(EPROTO, "unknown operation");
    }
}

/* Now, and not in the clone that executed us: what that needs of memory is not the container's. */
static void join_cgroups(struct frame *frame)
{
    struct msg_joins message;
    if (!decode_msg_joins(frame->payload, &message) || frame->fd_count != message.cgroups.count)
        fail_with(EPROTO, "read what to join");
    cgroup_tasks_join(frame->fds, &message.cgroups, message.cgroupsMayFail);
    frame_free(frame);
}

_Noreturn void init_run(int channel)
{
    fault_process("init");
    fail_to_channel(channel);
    fail_stage("jrunc:[init]");
    arm_process(false);
    static struct init init;
    init = (struct init){.callers_umask = umask(0), /* modes are those of the plan; UMASK sets the program's */
                         .channel = channel,
                         .start_fifo = -1,
                         .answer_fifo = -1,
                         .root = -1,
                         .proc = -1,
                         .sys = -1,
                         .dev = -1};
    struct frame frame;
    struct msg_plan plan;
    int error = receive_frame(channel, &frame);
    if (!error && frame.code == FRAME_JOINS) {
        join_cgroups(&frame);
        error = receive_frame(channel, &frame);
    }
    while (!error && frame.code == FRAME_TREES) {
        take_trees(&init, &frame, 0);
        frame_free(&frame);
        error = receive_frame(channel, &frame);
    }
    if (error == -ECONNRESET)
        _exit(1);
    if (error || frame.code != FRAME_PLAN || !decode_msg_plan(frame.payload, &plan) ||
        !init_operations_valid(plan.operations))
        fail_with(error ? -error : EPROTO, "read the plan");
    take_fds(&init, &frame);
    prepare_execve(&init, plan.operations);
    struct cursor cursor = bytes_cursor(plan.operations);
    struct operation operation;
    while (next_operation(&cursor, &operation)) {
        send_times(&init, operation.code);
        uint64_t began = init.traced ? now_nanos() : 0;
        execute(&init, &operation);
        if (init.traced)
            note_span(&init, began);
    }
    fail_operation(0, "");
    fail_with(EPROTO, "the plan has no program");
}

_Noreturn int init_main(int channel)
{
    fcntl(channel, F_SETFD, FD_CLOEXEC);
    init_run(channel);
}
