/* SPDX-License-Identifier: Apache-2.0 */
#include "call.h"
#include "faults.h"
#include "front.h"
#include "names.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAST_WORDS_MILLIS 2000
#define MAX_WAITING_RESULT_BYTES 65536

#ifndef JRUNC_VERSION
#define JRUNC_VERSION "0.1.0"
#endif

static void say(char error[1024], const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(char error[1024], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, 1024, format, arguments);
    va_end(arguments);
}

static void execute(struct front *front, const struct operation *operation, struct result *result)
{
    switch (operation->code) {
#define F(type, name)
#define HOST_OP(NAME, name, code, ...)                          \
    case OP_##NAME: {                                           \
        struct op_##name request;                               \
        if (decode_op_##name(operation->body, &request))        \
            host_##name(front, &request, result);               \
        else                                                    \
            result_fail(result, EPROTO, "malformed operation"); \
        return;                                                 \
    }
#include "protocol.def"
    default:
        result_fail(result, EPROTO, "unknown operation");
    }
}

int open_spare_fds(struct front *front)
{
    for (; front->spare_count < SPARE_FDS; front->spare_count++) {
        int fd = open("/", O_PATH | O_CLOEXEC);
        if (fd < 0)
            return -errno;
        front->spare[front->spare_count] = fd;
    }
    return 0;
}

void close_spare_fds(struct front *front)
{
    while (front->spare_count > 0)
        close(front->spare[--front->spare_count]);
}

/* The caller's signal ends one operation that must not fail: what may fail is cleaning up. A container that runs in the
 * foreground gets the signal itself, also one that came shortly before: AWAIT_PROGRAM knows whether it runs; and a watch ends by
 * it, which is no failure. */
static bool interruptible(const struct operation *operation)
{
    return !(operation->flags & MAY_FAIL) && operation->code != OP_AWAIT_PROGRAM && operation->code != OP_FOREGROUND &&
           operation->code != OP_WATCH && operation->code != OP_WAIT_INIT && operation->code != OP_EXIT;
}

/* Where a test's fault comes before an operation, that isn't executed; it is, where the fault comes after it. */
static bool faulted(const char *when, const struct operation *operation, struct result *result)
{
    int error = fault_at(when, operation->code, operation->flags & MAY_FAIL);
    if (error)
        result_fail(result, error, "fault injected %s %s", when, code_name(operation->code));
    return error != 0;
}

static void execute_interruptible(struct front *front, const struct operation *operation, struct result *result)
{
    struct waits *waits = &front->waits;
    bool before = waits->interrupted_by != 0;
    waits->interruptible = interruptible(operation);
    if (wait_check(waits) != 0)
        result->error = EINTR;
    else if (!faulted("before", operation, result)) {
        execute(front, operation, result);
        faulted("after", operation, result);
    }
    waits->interruptible = false;
    char name[16];
    if (!before && waits->interrupted_by != 0 && result->error == EINTR)
        result_fail(result, EINTR, "interrupted by %s", signal_name(waits->interrupted_by, name));
}

static int flush_results(struct front *front)
{
    int error = send_frames(front->engine.channel, &front->results);
    buffer_free(&front->results);
    return error;
}

/* The engine waits for the end of the batch: one message for all, unless they are long. */
static int add_result(struct front *front, uint32_t index, const struct result *result)
{
    scope_buffer payload = {0};
    struct msg_result message = {
        .index = index,
        .error = result->error,
        .value = result->value,
        .data = {result->data.data, (uint32_t)result->data.length},
        .message = result->message,
        .operation = result->operation,
        .origin = result->origin,
        .began = front->operation_began,
        .ended = now_nanos(),
    };
    encode_msg_result(&payload, &message);
    put_frame(&front->results, FRAME_RESULT, &payload);
    return front->results.length > MAX_WAITING_RESULT_BYTES ? flush_results(front) : 0;
}

void session_release_engine(struct front *front)
{
    add_result(front, front->operation_index, &(struct result){.error = EINPROGRESS});
    flush_results(front);
    engine_end(&front->engine);
}

void session_continue_with(struct front *front, const struct strings *arguments, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    struct cursor cursor = strings_cursor(arguments);
    buffer_free(&front->continuation);
    for (uint32_t i = 0; i < arguments->count; i++)
        put_str(&front->continuation, read_str(&cursor));
    put_str(&front->continuation, text);
    front->continuation_count = arguments->count + 1;
}

/* 0, or -errno of the channel. */
static int execute_batch(struct front *front, struct bytes operations)
{
    struct cursor cursor = bytes_cursor(operations);
    struct operation operation;
    uint32_t executed = 0;
    bool failed = false;
    while (!failed && next_operation(&cursor, &operation)) {
        struct result result = {0};
        front->operation_index = executed++;
        front->operation_began = now_nanos();
        execute_interruptible(front, &operation, &result);
        failed = result.error != 0 && !(operation.flags & MAY_FAIL);
        if (failed || result.error == EMFILE)
            close_spare_fds(front);
        if (result.error != 0) /* half a file is no file */
            result.data.length = 0;
        int error = 0;
        bool answered = front->exiting || front->engine.channel < 0;
        if (!answered)
            error = add_result(front, front->operation_index, &result);
        buffer_free(&result.data);
        if (answered || error)
            return error;
    }
    scope_buffer payload = {0};
    encode_msg_batch_done(&payload, &(struct msg_batch_done){.executed = executed});
    put_frame(&front->results, FRAME_BATCH_DONE, &payload);
    return flush_results(front);
}

static int send_call(struct front *front, char **args)
{
    scope_buffer hello = {0}, call = {0};
    encode_msg_hello(&hello, &(struct msg_hello){.tableHash = table_hash(), .version = JRUNC_VERSION});
    int error = encode_call(&call, args, front->environment, front->inherited_fds, front->began);
    scope_buffer frames = {0};
    put_frame(&frames, FRAME_HELLO, &hello);
    put_frame(&frames, FRAME_CALL, &call);
    return error ? error : send_frames(front->engine.channel, &frames);
}

static void describe_end(const struct engine *engine, int cause, char text[64])
{
    char name[16];
    if (cause == -ETIMEDOUT || cause == -EAGAIN)
        snprintf(text, 64, "doesn't answer");
    else if (cause == -EPROTO)
        snprintf(text, 64, "sent a malformed frame");
    else if (engine->status >= 0 && WIFSIGNALED(engine->status))
        snprintf(text, 64, "was killed by %s", signal_name(WTERMSIG(engine->status), name));
    else if (engine->status >= 0)
        snprintf(text, 64, "exited unexpectedly with status %d", WEXITSTATUS(engine->status));
    else
        snprintf(text, 64, "closed its channel");
}

static const char *choice_word(const struct front *front)
{
    return front->resident.choice == ENGINE_INHERITED ? "inherited" : "resident";
}

/* Takes the last words of an engine that is ending. */
static void say_gone(struct front *front, int cause, char error[1024])
{
    char what[64];
    bool cold = front->engine.pid > 0;
    if (cause == -ECONNRESET || cause == -EPIPE)
        engine_drain(&front->engine, LAST_WORDS_MILLIS);
    engine_end(&front->engine);
    describe_end(&front->engine, cause, what);
    const char *line = engine_last_words(&front->engine);
    if (cold)
        say(error, "the engine (%s/runtime/bin/java) %s%s%.512s%s", front->lib, what, *line ? ": \"" : "", line,
            *line ? "\"" : "");
    else
        say(error, "the %s engine (%s) %s", choice_word(front), front->resident.socket, what);
}

/* ACCEPT or not. Until then the caller's signals end the call at once; but not that which takes away a container that has ended. */
static bool await_accept(struct front *front, int64_t limit_millis, char error[1024])
{
    front->waits.interruptible = !front->finishing;
    int status = engine_wait(&front->engine, &front->waits, deadline_after(limit_millis));
    front->waits.interruptible = false;
    scope_frame frame = {0};
    if (status == 0)
        status = receive_frame(front->engine.channel, &frame);
    struct msg_decline decline;
    char name[16];
    if (status == 0 && frame.code == FRAME_ACCEPT && frame.payload.length == 0)
        return true;
    if (status == -EINTR)
        say(error, "interrupted by %s", signal_name(front->waits.interrupted_by, name));
    else if (status == 0 && frame.code == FRAME_DECLINE && decode_msg_decline(frame.payload, &decline))
        say(error, "the engine declined: %.900s", decline.reason);
    else
        say_gone(front, status ? status : -EPROTO, error);
    return false;
}

/* A program that embeds us has its next call when it likes. */
static int64_t turn_deadline(const struct front *front)
{
    return front->resident.choice == ENGINE_INHERITED ? NO_DEADLINE : deadline_after(ENGINE_TURN_MILLIS);
}

static enum session_end run_batches(struct front *front, char error[1024])
{
    for (;;) {
        int status = engine_wait(&front->engine, &front->waits, turn_deadline(front));
        scope_frame frame = {0};
        struct msg_batch batch;
        if (status == 0)
            status = receive_frame(front->engine.channel, &frame);
        if (status == 0 && (frame.code != FRAME_BATCH || !decode_msg_batch(frame.payload, &batch) ||
                            !host_operations_valid(batch.operations)))
            status = -EPROTO;
        if (status == 0)
            status = execute_batch(front, batch.operations);
        if (front->exiting)
            return SESSION_EXIT;
        if (status == 0 && front->engine.channel < 0)
            return SESSION_RELEASED;
        if (status != 0) {
            say_gone(front, status, error);
            return SESSION_VANISHED;
        }
    }
}

/* Before ACCEPT nothing is done: whatever is wrong with a resident engine, a cold one may take the call. */
static bool take_resident(struct front *front, char **args, char error[1024])
{
    int64_t limit = front->resident.choice == ENGINE_AUTO ? RESIDENT_ACCEPT_MILLIS : ENGINE_ACCEPT_MILLIS;
    int status = resident_connect(&front->resident, &front->engine, limit);
    if (status) {
        say(error, "no %s engine at %s: %s (%s)", choice_word(front), front->resident.socket, errno_name(-status),
            status == -EPERM ? "it is neither root's nor the caller's own" : errno_text(-status));
        return false;
    }
    status = send_call(front, args);
    if (status)
        say_gone(front, status, error);
    else if (await_accept(front, limit, error) && engine_limit_channel(front->engine.channel, ENGINE_TURN_MILLIS) == 0)
        return true;
    engine_end(&front->engine);
    return false;
}

static bool take_cold(struct front *front, char **args, char error[1024])
{
    int status = engine_start(&front->engine, front->lib);
    if (status) {
        say(error, "can't start the engine %s/runtime/bin/java: %s (%s)", front->lib, errno_name(-status),
            errno_text(-status));
        return false;
    }
    status = send_call(front, args);
    if (status == -E2BIG)
        say(error, "arguments and environment are too long");
    else if (status)
        say_gone(front, status, error);
    return !status && await_accept(front, ENGINE_ACCEPT_MILLIS, error);
}

enum session_end session_run(struct front *front, char **args, char error[1024])
{
    error[0] = 0;
    enum engine_choice choice = front->resident.choice;
    bool taken = choice != ENGINE_COLD && take_resident(front, args, error);
    bool wanted = front->waits.interrupted_by == 0 || front->waits.undisturbed || front->finishing;
    if (!taken && (choice == ENGINE_AUTO || choice == ENGINE_COLD) && wanted)
        taken = take_cold(front, args, error);
    enum session_end end = taken ? run_batches(front, error) : SESSION_REFUSED;
    buffer_free(&front->results);
    engine_end(&front->engine);
    return end;
}
