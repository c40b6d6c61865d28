/* SPDX-License-Identifier: Apache-2.0 */
/* The filter, and what init still needs behind it. */
#include "init_fixture.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#define LOAD BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define RETURN(answer) BPF_STMT(BPF_RET | BPF_K, (answer))
/* That call has this answer. */
#define ANSWER(number, answer) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), RETURN(answer)

#define FILTER(program) ((struct bytes){(const uint8_t *)(program), sizeof(program)})

/* Everything up to the filter, and what comes behind it. */
static void run_filtered(struct container *container, const struct lab *lab, const struct op_seccomp *op,
                         const char *file)
{
    add_root(container, lab);
    ADD(&container->plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    if (!op->privileged)
        ADD(&container->plan, NO_NEW_PRIVILEGES, no_new_privileges);
    ADD(&container->plan, RESOLVE_PROGRAM, resolve_program, .file = file);
    ADD(&container->plan, DETACH, detach);
    struct buffer fields = {0};
    encode_op_seccomp(&fields, op);
    plan_add(&container->plan, OP_SECCOMP, 0, &fields);
    ADD(&container->plan, WAIT_START, wait_start);
    ADD(&container->plan, EXECVE, execve, .args = STRS("sh", "-c", "echo runs"), .environment = STRS("PATH=/bin"));
    run_container(container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
}

/* Until the program runs, which then says so itself by what it is killed by. */
static void test_nothing_else_is_needed(void)
{
    static const struct sock_filter strict[] = {
        LOAD,
        ANSWER(SYS_read, SECCOMP_RET_ALLOW),
        ANSWER(SYS_write, SECCOMP_RET_ALLOW),
        ANSWER(SYS_execve, SECCOMP_RET_ALLOW),
        RETURN(SECCOMP_RET_KILL_PROCESS),
    };
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    run_filtered(&container, &lab, &(struct op_seccomp){.filter = FILTER(strict)}, "/bin/sh");
    CHECK(container.started);
    CHECK(WIFSIGNALED(container.status) && WTERMSIG(container.status) == SIGSYS);
    lab_end(&lab);
}

static void test_refusals(void)
{
    static const struct sock_filter no_program[] = {LOAD, ANSWER(SYS_execve, SECCOMP_RET_ERRNO | EACCES),
                                                    RETURN(SECCOMP_RET_ALLOW)};
    static const struct sock_filter no_capset[] = {LOAD, ANSWER(SYS_capset, SECCOMP_RET_ERRNO | EPERM),
                                                   RETURN(SECCOMP_RET_ALLOW)};
    static const struct sock_filter bad[] = {LOAD};
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    run_filtered(&container, &lab, &(struct op_seccomp){.filter = FILTER(no_program)}, "/bin/sh");
    CHECK(!container.started);
    CHECK(failed_with(&container, EACCES, "EXECVE", "exec: \"/bin/sh\": permission denied"));
    container = (struct container){0};
    run_filtered(&container, &lab, &(struct op_seccomp){.filter = FILTER(bad)}, "/bin/sh");
    CHECK(failed_with(&container, EINVAL, "SECCOMP", "install the seccomp filter of 1 instructions"));
    container = (struct container){0};
    run_filtered(&container, &lab, &(struct op_seccomp){.filter = FILTER(no_capset), .privileged = true}, "/bin/sh");
    CHECK(failed_with(&container, EPERM, "SECCOMP", "it must allow capset, or process.noNewPrivileges be true"));
    lab_end(&lab);
}

static void test_privileged(void)
{
    static const struct sock_filter allow[] = {RETURN(SECCOMP_RET_ALLOW)};
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    run_filtered(&container, &lab, &(struct op_seccomp){.filter = FILTER(allow), .privileged = true}, "/bin/sh");
    CHECK(container.started);
    CHECK_TEXT(container.output, "runs\n");
    lab_end(&lab);
}

static void test_listener(void)
{
    static const struct sock_filter notifying[] = {LOAD,
                                                   ANSWER(SYS_sendmsg, SECCOMP_RET_KILL_PROCESS),
                                                   ANSWER(SYS_close, SECCOMP_RET_KILL_PROCESS),
                                                   ANSWER(SYS_getppid, SECCOMP_RET_USER_NOTIF),
                                                   ANSWER(SYS_read, SECCOMP_RET_ALLOW),
                                                   ANSWER(SYS_write, SECCOMP_RET_ALLOW),
                                                   ANSWER(SYS_execve, SECCOMP_RET_ALLOW),
                                                   RETURN(SECCOMP_RET_ERRNO | ENOSYS)};
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    run_filtered(&container, &lab,
                 &(struct op_seccomp){.filter = FILTER(notifying), .flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | 1u << 5},
                 "/bin/sh");
    CHECK(container.started);
    CHECK(container.listener >= 0);
    struct seccomp_notif_sizes sizes;
    struct pollfd ready = {.fd = container.listener, .events = POLLIN};
    CHECK(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0);
    CHECK(poll(&ready, 1, 0) == 1 && (ready.revents & POLLHUP)); /* a filter that nobody has any more */
    close(container.listener);
    lab_end(&lab);
}

/* WAIT_KILLABLE_RECV is only a wish where the kernel is too old for it (before 5.19). */
static void test_old_kernel(void)
{
    static struct sock_filter old[] = {LOAD,
                                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
                                       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
                                       BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1u << 5, 0, 1),
                                       RETURN(SECCOMP_RET_ERRNO | EINVAL),
                                       RETURN(SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {.len = sizeof old / sizeof old[0], .filter = old};
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        test_failed = 0;
        CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0);
        errno = 0;
        CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1u << 5, NULL) < 0 && errno == EINVAL);
        test_listener();
        _exit(test_failed ? 1 : 0);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    CHECK(status == 0);
}

static bool valid(uint32_t length)
{
    static const uint8_t filter[MAX_FILTER_BYTES + 8];
    struct plan plan = {0};
    struct buffer fields = {0};
    encode_op_seccomp(&fields, &(struct op_seccomp){.filter = {filter, length}});
    plan_add(&plan, OP_SECCOMP, 0, &fields);
    bool result = init_operations_valid((struct bytes){plan.operations.data, (uint32_t)plan.operations.length});
    buffer_free(&plan.operations);
    return result;
}

static void test_lengths(void)
{
    CHECK(!valid(0) && !valid(7) && !valid(12) && !valid(MAX_FILTER_BYTES + 8) && !valid(MAX_FILTER_BYTES - 1));
    CHECK(valid(8) && valid(MAX_FILTER_BYTES));
}

int main(int argc, char **argv)
{
    init_test_enter(argc, argv);
    test_lengths();
    const char *reason = no_containers();
    if (reason)
        return test_skip_all(reason);
    test_nothing_else_is_needed();
    test_refusals();
    test_privileged();
    test_listener();
    test_old_kernel();
    return test_end();
}
