/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container from C: spawn_init(), a plan, the front's side of the hand-shake, start, and what came of it. The init is this
 * test program itself, so its main begins with `init_test_enter(argc, argv)`.
 */
#pragma once

#include "../files.h"
#include "../operations.h"
#include "../scope.h"
#include "../spawn.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

/* ---------------------------------------------------------------- plans */

/* Lists for operations; they live until the next container. */
static struct {
    uint8_t bytes[1 << 16];
    size_t used;
} arena;

static inline void *arena_keep(const void *data, size_t length)
{
    if (length > sizeof arena.bytes - arena.used)
        abort();
    uint8_t *kept = arena.bytes + arena.used;
    if (length)
        memcpy(kept, data, length);
    arena.used += (length + 7) / 8 * 8;
    return kept;
}

static inline struct strings keep_strings(const char *const *list)
{
    struct buffer buffer = {0};
    uint32_t count = 0;
    while (list[count])
        put_str(&buffer, list[count++]);
    struct strings strings = {arena_keep(buffer.data, buffer.length), (uint32_t)buffer.length, count};
    buffer_free(&buffer);
    return strings;
}

static inline struct numbers keep_numbers(const uint32_t *list, uint32_t count)
{
    struct buffer buffer = {0};
    for (uint32_t i = 0; i < count; i++)
        put_u32(&buffer, list[i]);
    struct numbers numbers = {arena_keep(buffer.data, buffer.length), count};
    buffer_free(&buffer);
    return numbers;
}

#define STRS(...) keep_strings((const char *const[]){__VA_ARGS__, NULL})
#define U32S(...) keep_numbers((const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static inline void encode_u64(struct buffer *buffer, uint64_t value)
{
    put_u32(buffer, (uint32_t)value);
    put_u32(buffer, (uint32_t)(value >> 32));
}

static inline void encode_bool(struct buffer *buffer, bool value)
{
    buffer_append(buffer, &(uint8_t){value}, 1);
}

static inline void encode_bytes(struct buffer *buffer, struct bytes value)
{
    put_u32(buffer, value.length);
    if (value.length)
        buffer_append(buffer, value.data, value.length);
}

static inline void encode_strs(struct buffer *buffer, struct strings value)
{
    put_u32(buffer, value.count);
    if (value.length)
        buffer_append(buffer, value.data, value.length);
}

static inline void encode_u32s(struct buffer *buffer, struct numbers value)
{
    put_u32(buffer, value.count);
    if (value.count)
        buffer_append(buffer, value.data, (size_t)value.count * 4);
}

static inline void encode_str(struct buffer *buffer, const char *value)
{
    put_str(buffer, value ? value : "");
}

#define ENCODE_BOOL encode_bool
#define ENCODE_U32 put_u32
#define ENCODE_U64 encode_u64
#define ENCODE_I64(buffer, value) encode_u64(buffer, (uint64_t)(value))
#define ENCODE_STR encode_str
#define ENCODE_BYTES encode_bytes
#define ENCODE_STRS encode_strs
#define ENCODE_U32S encode_u32s

#define F(type, name) ENCODE_##type(buffer, op->name);
#define INIT_OP(NAME, name, code, ...)                                                     \
    static inline void encode_op_##name(struct buffer *buffer, const struct op_##name *op) \
    {                                                                                      \
        (void)buffer, (void)op;                                                            \
        __VA_ARGS__                                                                        \
    }
#include "../protocol.def"

struct plan {
    struct buffer operations;
};

static inline void plan_add(struct plan *plan, uint16_t code, uint16_t flags, struct buffer *fields)
{
    struct buffer body = {0};
    put_str(&body, "/origin");
    buffer_append(&body, fields->data, fields->length);
    uint8_t head[4] = {(uint8_t)code, (uint8_t)(code >> 8), (uint8_t)flags, 0};
    buffer_append(&plan->operations, head, sizeof head);
    put_u32(&plan->operations, (uint32_t)body.length);
    buffer_append(&plan->operations, body.data, body.length);
    buffer_free(&body);
    buffer_free(fields);
}

/* ADD(plan, MOUNT, mount, .type = "tmpfs", .target = "/tmp") */
#define ADD_FLAGS(plan, flags, NAME, name, ...)                       \
    do {                                                              \
        struct buffer fields_ = {0};                                  \
        encode_op_##name(&fields_, &(struct op_##name){__VA_ARGS__}); \
        plan_add((plan), OP_##NAME, (flags), &fields_);               \
    } while (0)
#define ADD(plan, NAME, name, ...) ADD_FLAGS(plan, 0, NAME, name, __VA_ARGS__)

/* ---------------------------------------------------------------- the lab: a root file system and a folder outside */

struct lab {
    char folder[32];
    char rootfs[48];
    char outside[48];
};

static inline const char *in_lab(const struct lab *lab, const char *path)
{
    static char paths[4][PATH_MAX];
    static unsigned next;
    char *result = paths[next++ % 4];
    snprintf(result, PATH_MAX, "%s/%s", lab->folder, path);
    return result;
}

static inline void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void shell(const char *format, ...)
{
    char command[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0)
        fprintf(stderr, "failed: %s\n", command);
}

static inline bool file_is(const char *path, const char *content)
{
    char found[256] = "";
    scope_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, found, sizeof found - 1) >= 0 && strcmp(found, content) == 0;
}

/* Mounts of this process, of which none may come or go. */
static inline size_t count_mounts(void)
{
    struct buffer text = {0};
    scope_fd fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    size_t count = 0;
    if (fd < 0 || read_all(fd, 1 << 20, &text) < 0)
        abort();
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == '\n';
    buffer_free(&text);
    return count;
}

static size_t lab_mounts;

static inline void lab_begin(struct lab *lab)
{
    arena.used = 0;
    lab_mounts = count_mounts();
    snprintf(lab->folder, sizeof lab->folder, "/tmp/jrunc-test-XXXXXX");
    if (!mkdtemp(lab->folder))
        abort();
    snprintf(lab->rootfs, sizeof lab->rootfs, "%s/rootfs", lab->folder);
    snprintf(lab->outside, sizeof lab->outside, "%s/outside", lab->folder);
    shell("cd %s && chmod 755 . && mkdir -p outside rootfs/bin rootfs/etc rootfs/tmp && echo secret >outside/secret &&"
          " cp /bin/busybox rootfs/bin/ && ln -s busybox rootfs/bin/sh && ln -s busybox rootfs/bin/cat",
          lab->folder);
}

static inline void lab_end(struct lab *lab)
{
    struct stat status;
    CHECK(file_is(in_lab(lab, "outside/secret"), "secret\n"));
    CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode) && status.st_uid == 0);
    shell("rm -rf --one-file-system -- '%s'", lab->folder);
    CHECK(count_mounts() == lab_mounts);
}

/* ---------------------------------------------------------------- the run of one container */

#define MAX_TREES 8

struct container {
    struct spawned spawned;
    struct plan plan;
    int trees[MAX_TREES];
    size_t tree_count;
    size_t trees_ahead; /* those that go with TREES, not with PLAN */
    /* Called at each synchronization point; may be NULL. */
    void (*at_sync)(struct container *container, uint32_t point);
    bool keep_waiting; /* no start: it is ended by SIGKILL */
    int master;        /* of the terminal, or -1 */
    int listener;      /* of the seccomp filter */
    uint32_t points;   /* bit N: SYNC N was heard */
    /* What came of it. */
    int error; /* errno of SPAWN, or of stage or init */
    char operation[64];
    char origin[64];
    char message[1200];
    bool started;
    int status; /* of the process, as of wait(2) */
    char output[8192];
    char shown[1024]; /* on the terminal */
};

static inline void take_error(struct container *container, struct bytes payload)
{
    struct msg_error error;
    if (!decode_msg_error(payload, &error))
        abort();
    container->error = (int)error.error;
    snprintf(container->operation, sizeof container->operation, "%s", error.operation);
    snprintf(container->origin, sizeof container->origin, "%s", error.origin);
    snprintf(container->message, sizeof container->message, "%s", error.message);
}

/* The output of the container, and of nobody else, goes to a file. Its input may be given another owner. */
static inline int spawn_with_output(struct container *container, const struct op_spawn *request, int output)
{
    struct spawn_error error;
    fflush(stdout);
    int saved[3] = {fcntl(0, F_DUPFD_CLOEXEC, 100), fcntl(1, F_DUPFD_CLOEXEC, 100), fcntl(2, F_DUPFD_CLOEXEC, 100)};
    scope_fd input = memfd_create("input", MFD_CLOEXEC);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    struct op_spawn complete = *request;
    complete.timeOffsets = request->timeOffsets ? request->timeOffsets : "";
    complete.unifiedCgroup = request->unifiedCgroup ? request->unifiedCgroup : "";
    int result = spawn_init(&complete, &container->spawned, &error);
    for (int i = 0; i <= 2; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    if (result) {
        container->error = -result;
        snprintf(container->operation, sizeof container->operation, "%s", error.operation);
        snprintf(container->message, sizeof container->message, "%s", error.message);
    }
    return result;
}

/* Up to READY, or to an error. */
static inline bool attend_init(struct container *container)
{
    for (;;) {
        struct frame frame;
        struct msg_sync sync;
        int error = receive_frame(container->spawned.channel, &frame);
        if (error) {
            container->error = -error;
            snprintf(container->message, sizeof container->message, "init is gone");
            return false;
        }
        if (frame.code == FRAME_ERROR)
            take_error(container, frame.payload);
        if (frame.code == FRAME_CONSOLE_MASTER)
            container->master = release_fd(&frame.fds[0]);
        if (frame.code == FRAME_SECCOMP_LISTENER)
            container->listener = release_fd(&frame.fds[0]);
        bool synced = frame.code == FRAME_SYNC && decode_msg_sync(frame.payload, &sync);
        bool failed = frame.code == FRAME_ERROR;
        frame_free(&frame);
        if (failed)
            return false;
        if (!synced)
            continue;
        container->points |= 1u << sync.point;
        if (container->at_sync)
            container->at_sync(container, sync.point);
        if (sync.point == SYNC_READY)
            return true;
        send_frame(container->spawned.channel, FRAME_GO, NULL, NULL, 0);
    }
}

static inline void start_init(struct container *container, int start, int answer)
{
    struct buffer said = {0};
    if (write(start, &(char){START_REQUEST}, 1) != 1 || read_all(answer, 1 << 20, &said) < 0)
        abort();
    size_t skip = said.length > 0 && said.data[0] == START_EXECUTING;
    container->started = skip && said.length == 1;
    if (said.length > skip + 1 + FRAME_HEADER_BYTES && said.data[skip] == START_FAILED)
        take_error(container, (struct bytes){said.data + skip + 1 + FRAME_HEADER_BYTES,
                                             (uint32_t)(said.length - skip - 1 - FRAME_HEADER_BYTES)});
    buffer_free(&said);
}

/* EIO: the other side was closed. */
static inline void read_terminal(struct container *container)
{
    size_t length = 0;
    ssize_t got;
    while ((got = read(container->master, container->shown + length, sizeof container->shown - 1 - length)) > 0)
        length += (size_t)got;
    close(container->master);
}

static inline void reap(struct container *container)
{
    struct pollfd ended = {.fd = container->spawned.pidfd, .events = POLLIN};
    if (container->keep_waiting || poll(&ended, 1, 20000) != 1)
        kill(container->spawned.pid, SIGKILL);
    while (waitpid(container->spawned.pid, &container->status, __WALL) < 0 && errno == EINTR)
        continue;
    close(container->spawned.pidfd);
    close(container->spawned.channel);
    if (container->master >= 0)
        read_terminal(container);
}

static inline void execute_plan(struct container *container)
{
    int start[2], answer[2], fds[2 + MAX_TREES];
    if (pipe2(start, O_CLOEXEC) < 0 || pipe2(answer, O_CLOEXEC) < 0)
        abort();
    fds[0] = start[0];
    fds[1] = answer[1];
    size_t ahead = container->trees_ahead, rest = container->tree_count - ahead;
    memcpy(fds + 2, container->trees + ahead, rest * sizeof *fds);
    struct buffer payload = {0};
    encode_msg_plan(&payload, &(struct msg_plan){.operations = {container->plan.operations.data,
                                                                (uint32_t)container->plan.operations.length}});
    if (ahead > 0)
        send_frame(container->spawned.channel, FRAME_TREES, NULL, container->trees, ahead);
    send_frame(container->spawned.channel, FRAME_PLAN, &payload, fds, 2 + rest);
    buffer_free(&payload);
    close(start[0]);
    close(answer[1]);
    if (attend_init(container) && !container->keep_waiting)
        start_init(container, start[1], answer[0]);
    reap(container);
    close(start[1]);
    close(answer[0]);
}

/* Runs it all. The plan is used up. */
static inline void run_container(struct container *container, const struct op_spawn *request)
{
    scope_fd output = memfd_create("output", MFD_CLOEXEC);
    container->master = -1;
    if (spawn_with_output(container, request, output) == 0)
        execute_plan(container);
    ssize_t length = pread(output, container->output, sizeof container->output - 1, 0);
    container->output[length > 0 ? length : 0] = 0;
    for (size_t i = 0; i < container->tree_count; i++)
        close(container->trees[i]);
    buffer_free(&container->plan.operations);
}

/* ---------------------------------------------------------------- usual parts of plans */

#define USUAL_NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET)

static inline void add_root(struct container *container, const struct lab *lab)
{
    ADD(&container->plan, ROOT, root, .path = lab->rootfs, .tree = -1, .propagation = MS_SLAVE | MS_REC);
}

static inline void add_file_system(struct container *container, const char *type, const char *target)
{
    ADD(&container->plan, MOUNT, mount, .type = type, .source = type, .target = target);
}

/* From pivot_root to the program `sh -c script`. */
static inline void add_program(struct container *container, const char *script)
{
    ADD(&container->plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container->plan, NEW_SESSION, new_session);
    ADD(&container->plan, RESOLVE_PROGRAM, resolve_program, .file = "sh", .searchPath = "/none:/bin", .home = true);
    ADD(&container->plan, DETACH, detach);
    ADD(&container->plan, WAIT_START, wait_start);
    ADD(&container->plan, EXECVE, execve, .args = STRS("sh", "-c", script), .environment = STRS("PATH=/bin"));
}

/* The usual namespaces, a proc, and the script. */
static inline void run_script(struct container *container, const struct lab *lab, const char *script)
{
    add_root(container, lab);
    add_file_system(container, "proc", "/proc");
    add_program(container, script);
    run_container(container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
}

/* After a failure: where and how. */
static inline bool failed_with(const struct container *container, int error, const char *operation, const char *words)
{
    bool same = container->error == error && strcmp(container->operation, operation) == 0 &&
                strstr(container->message, words) != NULL;
    if (!same)
        fprintf(stderr, "  found: %s %s: %s\n", container->operation,
                container->error ? strerrorname_np(container->error) : "0", container->message);
    return same;
}

static inline bool printed(const struct container *container, const char *wanted)
{
    bool same = container->error == 0 && strstr(container->output, wanted) != NULL;
    if (!same)
        fprintf(stderr, "  error: %s %d: %s\n  output: %s\n", container->operation, container->error,
                container->message, container->output);
    return same;
}

/* ---------------------------------------------------------------- main */

/* Init and stage are this program: they don't return from here. */
static inline void init_test_enter(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[0], "jrunc-init") == 0)
        init_main(atoi(argv[1]));
    if (argc == 2 && strcmp(argv[0], "jrunc-stage") == 0)
        stage_main(atoi(argv[1]));
    alarm(110);
    signal(SIGPIPE, SIG_IGN);
}

/* At the end of main, where no container can be made. */
static inline int test_skip_all(const char *reason)
{
    const char *must = getenv("JRUNC_MUST_WORK");
    fprintf(stderr, "skipped: %s\n", reason);
    if (must && strcmp(must, "1") == 0)
        test_failed++;
    return test_end();
}

/* Why containers can't be made here, or NULL. */
static inline const char *no_containers(void)
{
    if (geteuid() != 0)
        return "making containers takes root";
    if (access("/bin/busybox", X_OK) < 0)
        return "no /bin/busybox (package busybox-static)";
    /* The host in these tests is a mount namespace of our own: what comes back to it from a container is seen here. */
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) < 0 ||
        mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL) < 0)
        return "no mount namespace can be made";
    /* Of other tests at work: these go when their folders do, and would not be counted any more. */
    shell("awk '$5 ~ \"^/(run|tmp/jrunc[^/]*)/\" { print $5 }' /proc/self/mountinfo | tac | xargs -r umount -l "
          "2>/dev/null || true");
    return NULL;
}
