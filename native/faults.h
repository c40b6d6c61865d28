/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults at chosen points, for tests: every host and init operation of protocol.def, before and after, and every message, as it
 * is sent and as it has come. Only the build with JRUNC_FAULTS has them (`make faults`, native/faults/faults.c); in the product all of
 * this is nothing.
 *
 * A point is named by the process (front, clone, stage, init), what comes (before, after, send, receive), the name in
 * protocol.def, and how many of these the process has come to by then, from 1. JRUNC_FAULT says which: "record", or
 * "init before MOUNT 3 error". See docs/decisions/faults.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef JRUNC_FAULTS

/* From here on this process has that name, and has come to no point. */
void fault_process(const char *process);
/* This process comes to a point: 0, or the errno to fail with. may_fail: of the operation. */
int fault_at(const char *what, uint16_t code, bool may_fail);
/* In the child that executes the sealed copy: what it needs to go on with that. */
void fault_forward(void);
/* The child's environment: "JRUNC_FAULT=…", or NULL. */
char *fault_variable(void);

#else

static inline void fault_process(const char *process)
{
    (void)process;
}

static inline int fault_at(const char *what, uint16_t code, bool may_fail)
{
    (void)what, (void)code, (void)may_fail;
    return 0;
}

static inline void fault_forward(void)
{
}

static inline char *fault_variable(void)
{
    return 0;
}

#endif
