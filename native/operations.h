/* SPDX-License-Identifier: Apache-2.0 */
/* Stage and init: what they know, and the handlers of init's operations. A handler that fails doesn't return. */
#pragma once

#include "protocol.h"

#include <limits.h>
#include <sys/types.h>

/* More are not traced. */
#define MAX_TRACED_OPERATIONS 1024

struct init {
    int channel;
    int start_fifo;
    int answer_fifo;
    /* OPEN_TREE's, -1 when used. */
    int *trees;
    size_t tree_count;
    mode_t callers_umask; /* for hooks before UMASK */
    /* HOOK_OUTPUT's, or not above 0. */
    int hook_output;
    int hook_error;
    /* The root file system: from ROOT on; after PIVOT_ROOT it is /. */
    int root;
    bool root_on_top; /* it lies on the old / */
    /* What was mounted on /proc and on /sys, and the folder /dev; -1 where there is none. */
    int proc;
    int sys;
    int dev;
    bool own_mounts;
    uint64_t propagation;
    /* The operation that is executed may fail: its handler then returns. */
    bool may_fail;
    bool in_cwd; /* an earlier CWD succeeded */
    /* From TRACE on: began and ended of each operation, in nanoseconds; those from sent on haven't been told. */
    bool traced;
    uint64_t spans[2 * MAX_TRACED_OPERATIONS];
    size_t span_count;
    size_t spans_sent;
    /* What EXECVE needs, made when the plan was read: after a seccomp filter nothing can be allocated. */
    char program[PATH_MAX];
    char home[512];  /* "HOME=/root", or empty */
    char format[96]; /* why the kernel would not execute the program, or empty */
    char **args;
    char **environment;
};

/* Entered by execve of the sealed copy, with the number of the channel; they don't return. */
_Noreturn int init_main(int channel);
_Noreturn int stage_main(int channel);
/* For the stage's clone, which is the sealed copy already. */
_Noreturn void init_run(int channel);

/* In a child of the front, before the sealed copy is executed; and again after each change of credentials, which take
 * both away: nobody may look into this process (CVE-2016-9962), it leaves no core (CVE row "core dumps and ptrace"), and
 * it dies with the front. */
void arm_process(bool dumpable);
/* Root in a user namespace that was just made or joined. */
void become_root(void);
void send_sync(int channel, enum sync_point point);
void await_go(int channel);

#define F(type, name)
#define INIT_OP(NAME, name, code, ...) void op_##name(struct init *init, const struct op_##name *op);
#include "protocol.def"
