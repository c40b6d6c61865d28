/* SPDX-License-Identifier: Apache-2.0 */
/* Signals, children, memory: what a container's program does and suffers. */
#include "payload.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORKS_TRIED 1000

static void catch_all(sigset_t *caught)
{
    sigfillset(caught);
    static const int left_alone[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGCHLD, SIGWINCH, SIGURG};
    for (size_t i = 0; i < sizeof left_alone / sizeof left_alone[0]; i++)
        sigdelset(caught, left_alone[i]);
    sigprocmask(SIG_BLOCK, caught, NULL);
}

void hold_sigterm(void)
{
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
}

bool told_to_end(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGTERM);
}

/* Says "ready", waits for one signal, prints its number, exits with 100 + it. */
int signal_exit_command(const struct words *words)
{
    (void)words;
    sigset_t caught;
    int number = 0;
    catch_all(&caught);
    printf("ready\n");
    fflush(stdout);
    sigwait(&caught, &number);
    printf("signal %d\n", number);
    return STOP + 100 + number;
}

/* signal-log N: says "ready", prints the numbers of N signals. */
int signal_log_command(const struct words *words)
{
    long count = number_or(words, 0, 1);
    sigset_t caught;
    catch_all(&caught);
    printf("ready\n");
    fflush(stdout);
    while (count-- > 0) {
        int number = 0;
        sigwait(&caught, &number);
        printf("signal %d\n", number);
        fflush(stdout);
    }
    return NEXT;
}

int kill_self_command(const struct words *words)
{
    int number = (int)number_or(words, 0, SIGKILL);
    fflush(stdout);
    kill(getpid(), number);
    print_outcome("kill-self", "survived", 0);
    return NEXT;
}

/* A fault is delivered even to pid 1. */
int fault_command(const struct words *words)
{
    (void)words;
    fflush(stdout);
    volatile int *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return *nowhere;
}

/* child-kills-me SIGNAL: a child signals this process, which has no handler; pid 1 survives it. */
int child_kills_me_command(const struct words *words)
{
    int number = (int)number_or(words, 0, SIGTERM);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(kill(getppid(), number) == 0 ? 0 : errno);
    int status = 0;
    waitpid(child, &status, 0);
    printf("child-kills-me %d: survived, kill gave %d\n", number, WEXITSTATUS(status));
    fflush(stdout);
    return NEXT;
}

/* A grandchild whose parent ends reports its new parent. */
int orphan_command(const struct words *words)
{
    (void)words;
    int told[2];
    char go;
    fflush(stdout);
    if (pipe(told) != 0)
        return STOP + 70;
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0) {
            close(told[1]);
            while (read(told[0], &go, 1) > 0)
                continue;
            printf("orphan: parent %d\n", getppid());
            fflush(stdout);
            _exit(42);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    close(told[1]);
    close(told[0]);
    int status = 0;
    pid_t reaped = wait(&status);
    printf("orphan: reaped %s, status %d\n", reaped > 0 ? "it" : "nothing", WEXITSTATUS(status));
    fflush(stdout);
    return NEXT;
}

/* fork-sleep N: leaves N children that sleep, and goes on. */
int fork_sleep_command(const struct words *words)
{
    long count = number_or(words, 0, 1);
    fflush(stdout);
    while (count-- > 0) {
        if (fork() == 0) {
            sleep(3600);
            _exit(0);
        }
    }
    return NEXT;
}

/* Forks until it is refused, prints how far it came. */
int fork_limit_command(const struct words *words)
{
    (void)words;
    int made = 0, error = 0;
    fflush(stdout);
    while (made < FORKS_TRIED && error == 0) {
        pid_t child = fork();
        if (child == 0) {
            pause();
            _exit(0);
        }
        if (child < 0)
            error = errno;
        else
            made++;
    }
    printf("fork-limit %d: %s\n", made, error == 0 ? "OK" : strerrorname_np(error));
    fflush(stdout);
    kill(0, SIGTERM);
    return NEXT;
}

/* allocate MIB: touches that much memory. */
int allocate_command(const struct words *words)
{
    size_t bytes = (size_t)number_or(words, 0, 1) << 20;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        print_outcome("allocate", word_or(words, 0, "1"), errno);
        return NEXT;
    }
    memset(memory, 1, bytes);
    print_outcome("allocate", word_or(words, 0, "1"), 0);
    return NEXT;
}
