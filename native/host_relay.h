/* SPDX-License-Identifier: Apache-2.0 */
/* The stream whose protocol the engine speaks. */
#pragma once

#include "front.h"

/* The relay is this socket from here on, in place of the one before. It doesn't block. */
void relay_begin(struct front *front, int *fd);
