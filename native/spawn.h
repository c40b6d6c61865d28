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

/* A container that runs already, which ENTER enters. */
struct entered_container {
    int pidfd; /* of its process */
    int root;  /* where it has no mount namespace: its root folder, else -1 */
    uint64_t namespaces;
};

/* 0, or -errno with what failed; then nothing is left. */
int spawn_init(const struct op_spawn *request, struct spawned *spawned, struct spawn_error *error);
/* The same for exec: in the namespaces of that container. */
int spawn_into(const struct entered_container *container, const struct op_enter *request, struct spawned *spawned,
               struct spawn_error *error);
