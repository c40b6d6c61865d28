/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol.h"

#include <sys/types.h>

/* Writes the id maps of a user namespace that pid, our unreaped child, has just made. 0, or -errno with what failed. */
int write_maps(const struct op_spawn *request, pid_t pid, char *message, size_t message_size);
