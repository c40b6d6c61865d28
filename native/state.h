/* SPDX-License-Identifier: Apache-2.0 */
/* The opened state folder of struct front; its operations are in host_state.c. */
#pragma once

#include "front.h"

/* Opens a fifo of the state folder, for an end that waits and one that is waited for. 0 and up, or -errno. */
int state_open_fifo(const struct state_folder *state, const char *name, int flags);
/* Closes what is open; root and id stay, for recovery. */
void state_close(struct state_folder *state);
void state_close_fifos(struct state_folder *state);
