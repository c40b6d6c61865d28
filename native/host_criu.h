/* SPDX-License-Identifier: Apache-2.0 */
/* The criu that CRIU_START made. */
#pragma once

#include "front.h"

/* SIGKILL, and waits for it; nothing when there is none. What it was dumping goes on by itself. */
void criu_kill(struct front *front);
