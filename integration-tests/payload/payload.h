/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The words of one command, without its name; words[count] is NULL. */
struct words {
    int count;
    char **word;
};

/* The program's own argv. */
extern char **program_arguments;

/* What a command hands on: 0 goes to the next command, STOP + n ends the program with status n. */
enum { NEXT = 0, STOP = 256 };

/* A command's word, or a default; missing words that have no default end the program with usage. */
const char *word_or(const struct words *words, int index, const char *fallback);
long number_or(const struct words *words, int index, long fallback);

/* Prints "COMMAND WHAT: OK" or "COMMAND WHAT: ERRNO", the form that the tests parse. */
void print_outcome(const char *command, const char *what, int error);

/* Writes all or ends the program: output of a test that gets lost would be a test that lies. */
void write_fully(int fd, const void *data, size_t length);

/* Reads fd up to its end, as a string; NULL with errno when it can't be read. The caller frees it. */
char *read_fully(int fd);
char *read_path(const char *path);

/* JSON, written to stdout member by member. A NULL key is an element of an array. */
void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_string(const char *key, const char *value);
void json_number(const char *key, long long value);
void json_boolean(const char *key, int value);
void json_finish(void);

typedef int command_fn(const struct words *words);

command_fn report_command;
command_fn stat_command, cat_command, list_command;
command_fn try_write_command, try_open_command, try_mount_command, try_mknod_command, try_mkdir_command;
command_fn try_unshare_command, try_hostname_command, try_socket_command, try_nice_command;
command_fn signal_exit_command, signal_log_command, kill_self_command, fault_command, child_kills_me_command;
command_fn orphan_command, fork_sleep_command, fork_limit_command, allocate_command;
command_fn term_size_command, await_size_command, window_change_command, terminal_write_command;
command_fn hook_command, notify_command;
command_fn pidfd_receive_command, notify_receive_command;
command_fn try_syscall_command, syscall_ends_child_command, trap_syscall_command, seccomp_receive_command;
command_fn console_receive_command, pty_command, leak_command, subreaper_command;
command_fn spy_command, look_through_command, scheduling_command, criu_command;
command_fn swap_command, overwrite_command, plant_keyring_command, inherit_command, nest_command,
    pretend_to_wait_command;

/* processes.c: from now on SIGTERM waits; whether it has come. */
void hold_sigterm(void);
bool told_to_end(void);

/* terminal.c: a Unix socket's listener, which says so; an fd with the message that came with it, or -1. */
int listen_at(const char *path, int type);
int receive_fd(int connection, char *name, size_t size);

#endif
