/* SPDX-License-Identifier: Apache-2.0 */
/* Processes named by pid and start time. CVE row "pid reuse": a pid alone may name a stranger by now. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
    int folder;    /* /proc/PID */
    char name[20]; /* as ps shows it; also of a zombie */
    char state;    /* 'Z' and 'X': ended */
    uint64_t start_time;
};

/* Opens /proc/PID and reads its stat. 0, or -errno: -ESRCH when there is no such process. */
int process_open(pid_t pid, struct process *process);
/* One write(2) of text to a file in /proc/PID, and to nothing else that lies on it or that it leads to. 0, or -errno. */
int process_write(const struct process *process, const char *name, const char *text);
void process_close(struct process *process);
#define scope_process __attribute__((cleanup(process_close))) struct process
bool process_ended(const struct process *process);
/* Does it have a name that fail_stage() gave? */
bool process_names_stage(const struct process *process);
/* Name, state and start time from the text of /proc/PID/stat. */
bool process_parse_stat(const char *text, struct process *process);
/* The pidfd of the process that has this pid and start time. -ESRCH when it is gone. */
int process_pidfd(pid_t pid, uint64_t start_time);
int pidfd_signal(int pidfd, int signal);
