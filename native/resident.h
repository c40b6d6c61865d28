/* SPDX-License-Identifier: Apache-2.0 */
/* Which engine serves a call, and how the resident one is reached. */
#pragma once

#include "engine.h"
#include "global_options.h"

#include <sys/un.h>

enum engine_choice {
    ENGINE_AUTO, /* the resident one, or else, without a word, a cold one */
    ENGINE_COLD,
    ENGINE_WARM,      /* the resident one, or an error */
    ENGINE_INHERITED, /* that of the program that has started the front, or an error */
};

struct resident {
    enum engine_choice choice;
    /* Of the resident engine; "" where there is no place for one. Inherited: what --engine says. */
    char socket[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    /* The connected socket of one that is inherited; -1: none. */
    int fd;
};

/* From --engine, else JRUNC_ENGINE: auto, cold, warm or unix:PATH. What is none of these is auto for the option, of which
 * the engine says what is wrong; for the variable it is -EINVAL. fd:N, the option's alone: an engine that is inherited. */
int resident_choose(struct resident *resident, const struct global_options *options);
/* Connects, and looks who listens, or who made the inherited one. 0 or -errno: -EPERM when it isn't root, nor the caller itself, whom the caller obeys.
 * Sending and receiving have that limit. */
int resident_connect(const struct resident *resident, struct engine *engine, int64_t limit_millis);
