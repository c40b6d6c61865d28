/* SPDX-License-Identifier: Apache-2.0 */
/* What WATCH watches, from its first time on: also between two calls of the engine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct watch {
    bool begun;
    int pidfd;  /* -1: it had ended already */
    int folder; /* the cgroup whose memory is watched; -1: none */
    int oom;    /* version 1: an eventfd; version 2: memory.events; -1 */
    bool unified;
    uint64_t oom_kills; /* version 2: how many there were when it was read last */
    int64_t next_beat;  /* as now_millis() */
};
