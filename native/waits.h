/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting in the front: always with a limit or for a process that is watched too, and always open to the caller's
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT. These are blocked, read from a signalfd, and end one operation with EINTR; the
 * engine then cleans up, undisturbed by further ones.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct waits {
    int signal_fd;
    /* May the operation that is being executed be interrupted? */
    bool interruptible;
    /* What cleans up after a call is never interrupted, whatever has interrupted that. */
    bool undisturbed;
    /* The signal that interrupted the call, or 0. */
    int interrupted_by;
};

#define NO_DEADLINE INT64_MAX

/* Blocks the signals (those that the caller ignores stay ignored) and SIGPIPE, gives SIGCHLD its default. 0 or -errno. */
int waits_begin(struct waits *waits);
/* May the caller interrupt now? */
bool waits_listen(const struct waits *waits);
/* Milliseconds of CLOCK_MONOTONIC. */
int64_t now_millis(void);
/* The same in nanoseconds; and what CLOCK_REALTIME is ahead of it. */
uint64_t now_nanos(void);
int64_t realtime_offset(void);
/* CLOCK_MONOTONIC, in milliseconds, timeout from now. */
int64_t deadline_after(int64_t timeout_millis);
/* Until an fd is ready: how many are; -ETIMEDOUT; -EINTR when the caller interrupts; another -errno of poll(2). */
int wait_ready(struct waits *waits, struct pollfd *fds, nfds_t count, int64_t deadline);
/* wait_ready for one fd: 0 or -errno. */
int wait_fd(struct waits *waits, int fd, short events, int64_t deadline);
/* wait_ready, without a limit, where a word that is there counts more than the caller's signal, which stays pending then: it is for the
 * program that the word tells of. */
int wait_word(struct waits *waits, struct pollfd *fds, nfds_t count);
/* Sleeps: 0 after that time, or -EINTR. */
int wait_millis(struct waits *waits, int64_t millis);
/* Has the caller interrupted? Then -EINTR, once; else 0. */
int wait_check(struct waits *waits);
/* "SIGTERM"; "signal 35" in buffer for those without a name. */
const char *signal_name(int signal, char buffer[16]);
