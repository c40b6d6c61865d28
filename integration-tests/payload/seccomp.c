/* SPDX-License-Identifier: Apache-2.0 */
/* System calls by their number, as a seccomp filter sees them, and a listener for its notifications. */
#include "payload.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of SIGSYS */
#endif

static long make_call(const struct words *words)
{
    long arguments[6] = {0};
    for (int i = 0; i < 6 && i + 1 < words->count; i++)
        arguments[i] = (long)strtoull(words->word[i + 1], NULL, 0);
    return syscall(number_or(words, 0, -1), arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                   arguments[5]);
}

/* try-syscall NUMBER [ARGUMENT]...: says OK, or the errno. */
int try_syscall_command(const struct words *words)
{
    const char *number = word_or(words, 0, NULL);
    long result = make_call(words);
    print_outcome("try-syscall", number, result < 0 ? errno : 0);
    return NEXT;
}

/* syscall-ends-child NUMBER [ARGUMENT]...: how a child that makes it ends. */
int syscall_ends_child_command(const struct words *words)
{
    const char *number = word_or(words, 0, NULL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        make_call(words);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        printf("syscall-ends-child %s: SIG%s\n", number, sigabbrev_np(WTERMSIG(status)));
    else
        printf("syscall-ends-child %s: exit status %d\n", number, WEXITSTATUS(status));
    fflush(stdout);
    return NEXT;
}

static volatile sig_atomic_t trapped_code, trapped_call;

static void trapped(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    trapped_code = info->si_code;
    trapped_call = info->si_syscall;
}

/* trap-syscall NUMBER: what SIGSYS tells of it. */
int trap_syscall_command(const struct words *words)
{
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
    make_call(words);
    printf("trap-syscall %s: %s of %d\n", word_or(words, 0, NULL), trapped_code == SYS_SECCOMP ? "SYS_SECCOMP" : "none",
           (int)trapped_call);
    fflush(stdout);
    return NEXT;
}

static int answer(int listener, int error)
{
    struct seccomp_notif_sizes sizes;
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0)
        return -1;
    struct seccomp_notif *asked = calloc(1, sizes.seccomp_notif);
    struct seccomp_notif_resp *response = calloc(1, sizes.seccomp_notif_resp);
    int result = ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, asked);
    if (result == 0) {
        printf("notified of %d with %llu\n", asked->data.nr, asked->data.args[0]);
        response->id = asked->id;
        response->error = -error;
        result = ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, response);
    }
    fflush(stdout);
    free(asked);
    free(response);
    return result;
}

/* seccomp-receive SOCKET ERRNO: a seccomp agent. Prints the state that comes with the fd, and answers one system call. */
int seccomp_receive_command(const struct words *words)
{
    char state[8192];
    int connection = accept4(listen_at(word_or(words, 0, NULL), SOCK_STREAM), NULL, NULL, SOCK_CLOEXEC);
    int listener = receive_fd(connection, state, sizeof state);
    if (listener < 0) {
        printf("received no fd\n");
        return STOP + 68;
    }
    printf("received %s\n", state);
    fflush(stdout);
    close(connection);
    if (answer(listener, (int)number_or(words, 1, 0)) != 0)
        printf("no answer: %s\n", strerrorname_np(errno));
    fflush(stdout);
    return NEXT;
}
