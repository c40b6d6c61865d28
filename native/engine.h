/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine at the other end of a channel: a resident one (see resident.h; pid 0), or a cold one, a JVM that the front starts
 * for one call. That gets an empty environment (no JAVA_TOOL_OPTIONS, no
 * LD_*), a session of its own (Ctrl-C is not for it), the folder / and three fds: one end of a socket as 0, a pipe that
 * the front keeps as 1 and 2, to show why it died.
 */
#pragma once

#include "waits.h"

#include <stddef.h>
#include <sys/types.h>

#define ENGINE_ACCEPT_MILLIS 30000
/* A resident one: then the front goes cold, where it may. */
#define RESIDENT_ACCEPT_MILLIS 500
/* Between two frames: what the engine may think about one answer. */
#define ENGINE_TURN_MILLIS 60000

struct engine {
    pid_t pid;   /* 0: none that is ours */
    int channel; /* -1: none */
    int output;
    /* As of wait(2), once it has ended by itself; -1. */
    int status;
    /* The end of what it wrote to 1 and 2. */
    char tail[8192];
    size_t tail_length;
};

#define NO_ENGINE ((struct engine){.channel = -1, .output = -1, .status = -1})

/* Starts the JVM of lib. 0 or -errno. */
int engine_start(struct engine *engine, const char *lib);
/* How long sending or receiving a frame that has begun may take. 0 or -errno. */
int engine_limit_channel(int channel, int64_t millis);
/* Until a frame can be read: 0 or -errno (see wait_ready). Keeps what the JVM prints meanwhile. */
int engine_wait(struct engine *engine, struct waits *waits, int64_t deadline);
/* Lets an engine that is ending say its last words, for that long at most. */
void engine_drain(struct engine *engine, int64_t millis);
/* Kills and reaps it, whatever it is doing; closes all fds. Status and the tail of its output stay. */
void engine_end(struct engine *engine);
/* The last line of what it printed that says why it ended; "" when it printed nothing. Valid until the next call for this
 * engine. */
const char *engine_last_words(struct engine *engine);
