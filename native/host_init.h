/* SPDX-License-Identifier: Apache-2.0 */
/* The init that SPAWN or ENTER made. */
#pragma once

#include "front.h"

/* The result of SPAWN and ENTER: status is 0, and front->init is there, or -errno with error. */
void tell_spawned(struct front *front, int status, const struct spawn_error *error, struct result *result);
/* SIGKILL, and waits for it; nothing when there is none. 0 or -errno. */
int kill_spawned_init(struct front *front);
/* Its wait status, once its pidfd is readable; reaps it where that is asked for. 0 or -errno. */
int init_wait_status(const struct front *front, bool reap, int *status);
/* Reaps and forgets one whose pidfd is readable. 0 or -errno. */
int reap_init(struct front *front, int *status);
/* Forgets it after it was reaped. */
void forget_init(struct front *front);
/* Receives a frame of that code from init; else fills result: with init's own error, or how it died. */
bool receive_from_init(struct front *front, uint16_t code, struct frame *frame, struct result *result);
