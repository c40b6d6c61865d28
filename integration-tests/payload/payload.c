/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program that the integration tests put into containers, and that looks at the container from inside.
 *
 *     payload COMMAND [WORD...] [, COMMAND [WORD...]]...
 *
 * runs its commands one after another. It is static and needs neither shell, library nor /proc. A few commands
 * (hook, the …-receive ones, pty, leak, subreaper) are for the host's side of a test.
 */
#include "payload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char **program_arguments;

const char *word_or(const struct words *words, int index, const char *fallback)
{
    if (index < words->count)
        return words->word[index];
    if (fallback == NULL) {
        fprintf(stderr, "payload: word %d is missing\n", index + 1);
        exit(64);
    }
    return fallback;
}

long number_or(const struct words *words, int index, long fallback)
{
    return index < words->count ? strtol(words->word[index], NULL, 0) : fallback;
}

void print_outcome(const char *command, const char *what, int error)
{
    printf("%s %s: %s\n", command, what, error == 0 ? "OK" : strerrorname_np(error));
    fflush(stdout);
}

void write_fully(int fd, const void *data, size_t length)
{
    const char *next = data;
    while (length > 0) {
        ssize_t written = write(fd, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            exit(65);
        next += written;
        length -= (size_t)written;
    }
}

char *read_fully(int fd)
{
    size_t length = 0, capacity = 4096;
    char *text = malloc(capacity + 1);
    for (;;) {
        ssize_t got = read(fd, text + length, capacity - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(text);
            return NULL;
        }
        if (got == 0)
            break;
        length += (size_t)got;
        if (length == capacity) {
            capacity *= 2;
            text = realloc(text, capacity + 1);
        }
    }
    text[length] = '\0';
    return text;
}

static int exit_command(const struct words *words)
{
    return STOP + (int)number_or(words, 0, 0);
}

static int sleep_command(const struct words *words)
{
    unsigned left = (unsigned)number_or(words, 0, 3600);
    while (left > 0)
        left = sleep(left);
    return NEXT;
}

/* Lives visibly: a line every 10 ms. */
static int tick_command(const struct words *words)
{
    long count = number_or(words, 0, 6000);
    for (long i = 0; i < count; i++) {
        printf("tick %ld\n", i);
        fflush(stdout);
        usleep(10000);
    }
    return NEXT;
}

static int print_command(const struct words *words)
{
    for (int i = 0; i < words->count; i++)
        printf("%s%s", i == 0 ? "" : " ", words->word[i]);
    printf("\n");
    fflush(stdout);
    return NEXT;
}

static int complain_command(const struct words *words)
{
    fprintf(stderr, "%s\n", word_or(words, 0, NULL));
    return NEXT;
}

static int echo_stdin_command(const struct words *words)
{
    (void)words;
    char *text = read_fully(STDIN_FILENO);
    if (text == NULL) {
        print_outcome("echo-stdin", "read", errno);
        return NEXT;
    }
    write_fully(STDOUT_FILENO, text, strlen(text));
    free(text);
    return NEXT;
}

static int clocks_command(const struct words *words)
{
    (void)words;
    struct timespec boot, monotonic;
    clock_gettime(CLOCK_BOOTTIME, &boot);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    printf("boottime %lld monotonic %lld\n", (long long)boot.tv_sec, (long long)monotonic.tv_sec);
    fflush(stdout);
    return NEXT;
}

static const struct {
    const char *name;
    command_fn *run;
} commands[] = {
    {"report", report_command},
    {"stat", stat_command},
    {"cat", cat_command},
    {"list", list_command},
    {"exit", exit_command},
    {"sleep", sleep_command},
    {"tick", tick_command},
    {"print", print_command},
    {"complain", complain_command},
    {"echo-stdin", echo_stdin_command},
    {"clocks", clocks_command},
    {"scheduling", scheduling_command},
    {"try-write", try_write_command},
    {"try-open", try_open_command},
    {"try-mount", try_mount_command},
    {"try-mknod", try_mknod_command},
    {"try-mkdir", try_mkdir_command},
    {"try-unshare", try_unshare_command},
    {"try-hostname", try_hostname_command},
    {"try-socket", try_socket_command},
    {"try-nice", try_nice_command},
    {"signal-exit", signal_exit_command},
    {"signal-log", signal_log_command},
    {"kill-self", kill_self_command},
    {"fault", fault_command},
    {"child-kills-me", child_kills_me_command},
    {"orphan", orphan_command},
    {"fork-sleep", fork_sleep_command},
    {"fork-limit", fork_limit_command},
    {"allocate", allocate_command},
    {"term-size", term_size_command},
    {"await-size", await_size_command},
    {"window-change", window_change_command},
    {"terminal-write", terminal_write_command},
    {"hook", hook_command},
    {"console-receive", console_receive_command},
    {"pidfd-receive", pidfd_receive_command},
    {"notify-receive", notify_receive_command},
    {"notify", notify_command},
    {"try-syscall", try_syscall_command},
    {"syscall-ends-child", syscall_ends_child_command},
    {"trap-syscall", trap_syscall_command},
    {"seccomp-receive", seccomp_receive_command},
    {"pty", pty_command},
    {"leak", leak_command},
    {"subreaper", subreaper_command},
    {"spy", spy_command},
    {"look-through", look_through_command},
    {"criu", criu_command},
    {"swap", swap_command},
    {"overwrite", overwrite_command},
    {"plant-keyring", plant_keyring_command},
    {"inherit", inherit_command},
    {"pretend-to-wait", pretend_to_wait_command},
    {"nest", nest_command},
};

static int run_command(const char *name, const struct words *words)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(words);
    }
    fprintf(stderr, "payload: no command %s\n", name);
    return STOP + 64;
}

int main(int argc, char **argv)
{
    int next = 1;
    program_arguments = argv;
    while (next < argc) {
        int end = next + 1;
        while (end < argc && strcmp(argv[end], ",") != 0)
            end++;
        struct words words = {end - next - 1, argv + next + 1};
        int outcome = run_command(argv[next], &words);
        if (outcome >= STOP) {
            fflush(stdout);
            return outcome - STOP;
        }
        next = end + 1;
    }
    return 0;
}
