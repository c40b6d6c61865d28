/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about this call and its caller: CALL in protocol.def. */
#pragma once

#include "protocol.h"

#include <stdint.h>

/* How many fds from 3 on are open, without a gap. To be asked before the front opens its own. */
uint32_t count_inherited_fds(void);
/* Encodes CALL. args: those of the caller without argv[0], NULL at the end. 0 or -errno. */
int encode_call(struct buffer *payload, char **args, char **environment, uint32_t inherited_fds, uint64_t began);
