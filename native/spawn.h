/* SPDX-License-Identifier: Apache-2.0 */
/* From the front to init: SPAWN. */
#pragma once

#include "protocol.h"

#include <sys/types.h>

struct spawned {
    pid_t pid;   /* in the front's pid namespace */
    int pidfd;   /* close-on-exec */
    int channel; /* socket to init */
    uint64_t start_time;
};

/* What failed; operation and origin are empty unless stage or init said them. */
struct spawn_error {
    char operation[64];
    char origin[512];
    char message[1024];
};

/* 0, or -errno with what failed; then nothing is left. */
int spawn_init(const struct op_spawn *request, struct spawned *spawned, struct spawn_error *error);
