/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front: the process that users call. Single-threaded, never in another namespace than its caller's. It starts the
 * engine, tells it the facts of the call, carries out its host operations, and keeps between them what is here.
 */
#pragma once

#include "engine.h"
#include "global_options.h"
#include "protocol.h"
#include "resident.h"
#include "result.h"
#include "spawn.h"
#include "waits.h"
#include "watch.h"

#include <limits.h>
#include <sys/resource.h>

/* <root>/<id>, from OPEN_STATE on. fds are -1 when not open. */
struct state_folder {
    char root[PATH_MAX];
    char id[256];
    int root_fd;
    int folder_fd;
    int lock_fd;
    /* From MAKE_START_FIFOS to SEND_PLAN. */
    int start_fifo;
    int answer_fifo;
};

/* From CRIU_START to CRIU_END; pid 0: none. fds are -1 when not open. */
struct criu {
    pid_t pid;
    int pidfd;
    int channel; /* until CRIU_RELAY */
    int output;  /* a file that has what it prints */
};

/* Files that are kept open to be closed when something fails: what cleans up needs some, and may not get them else. */
#define SPARE_FDS 8

struct front {
    struct global_options options;
    int argc;
    char **argv;
    char **environment;
    char lib[PATH_MAX];
    uint32_t inherited_fds;
    uint32_t closed_fds; /* those of 0 to 2 that the caller had closed, a bit each */
    uint64_t began;

    int spare[SPARE_FDS];
    size_t spare_count;

    struct waits waits;
    struct resident resident;
    struct engine engine;
    struct state_folder state;

    /* The init that SPAWN or ENTER made; pid 0: none, or reaped. */
    struct spawned init;
    /* The one that SPAWN made, also when it was reaped: with its container this call undoes its own. pid 0: none. */
    pid_t made_pid;
    uint64_t made_start_time;
    bool entered; /* by ENTER: no fifos go with its plan */
    /* Of OPEN_TREE and OPEN_APPEND, for init, up to SEND_PLAN. */
    int *trees;
    size_t tree_count;
    /* Where they are more than the caller's soft limit allows, what it was: for us up to SEND_PLAN, for init up to its limits. */
    struct rlimit callers_files;
    bool more_files;
    /* Connected, from CONNECT_CONSOLE to RECEIVE_CONSOLE; -1. */
    int console_socket;
    /* Connected, from RELAY_CONNECT to RELAY_CLOSE; -1. */
    int relay;
    /* That came with the last message; -1. */
    int relayed_fd;
    struct criu criu;
    /* Orphans of the container come to us, and are ours to reap. */
    bool subreaper;
    /* The pty's master that FOREGROUND relays; -1. */
    int terminal;

    struct watch watch;

    /* Of the operation that is being executed, in its batch. */
    uint32_t operation_index;
    uint64_t operation_began;
    /* Of init's operations, since it was asked last: TIMES. */
    struct buffer spans;
    int64_t realtime_offset;
    /* Frames RESULT that wait for the end of the batch. */
    struct buffer results;
    bool exiting;
    uint32_t exit_status;
    /* A container has ended in the foreground, and the call that is made now takes it away. */
    bool finishing;
    /* What SESSION_RELEASED leaves to do, and SESSION_VANISHED after FOREGROUND: the arguments of a new call, one put_str()
     * each. */
    struct buffer continuation;
    uint32_t continuation_count;
};

/* Of a front that has opened nothing yet: the first of its initializers. */
#define NOTHING_OPEN                                                                               \
    .engine = NO_ENGINE,                                                                           \
    .state = {.root_fd = -1, .folder_fd = -1, .lock_fd = -1, .start_fifo = -1, .answer_fifo = -1}, \
    .init = {.pidfd = -1, .channel = -1}, .console_socket = -1, .relay = -1, .relayed_fd = -1,     \
    .criu = {.pidfd = -1, .channel = -1, .output = -1}, .terminal = -1

/* 0 or -errno. */
int open_spare_fds(struct front *front);
void close_spare_fds(struct front *front);

/* How a session with an engine ended. */
enum session_end {
    SESSION_EXIT,     /* front->exit_status is the call's */
    SESSION_REFUSED,  /* before ACCEPT: nothing was done */
    SESSION_VANISHED, /* after ACCEPT: something may have been done */
    SESSION_RELEASED, /* FOREGROUND or WATCH went on without it to its end: front->continuation is the next call */
};

/* One call from its facts to EXIT. args as in encode_call. Errors of the session itself are put into error, as a text
 * for users. */
enum session_end session_run(struct front *front, char **args, char error[1024]);

/* Keeps fd, or closes it; -errno in its place comes back. Its index among what init gets, or -errno. */
int64_t keep_for_init(struct front *front, int fd);
/* Before it is opened: the soft limit of open files is the hard one for as long as the caller's would not do. */
void allow_one_more_for_init(struct front *front);

/* Answers the operation that is being executed with EINPROGRESS, and lets the engine go. */
void session_release_engine(struct front *front);
/* The next call, which another engine gets: these arguments, and a number in decimal. */
void session_continue_with(struct front *front, const struct strings *arguments, int number);

/* The operations of protocol.def: host_read_file(front, request, result) and so on. A handler that succeeds leaves
 * result as it is or sets value and data. */
#define F(type, name)
#define HOST_OP(NAME, name, code, ...) \
    void host_##name(struct front *front, const struct op_##name *request, struct result *result);
#include "protocol.def"
