/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new program finds of its caller's signals: nothing, each has its default and none is blocked. Signals 32 and 33, which
 * the C library keeps to itself, too: sigfillset(3) and signal(2) leave them as a caller may have ignored them.
 */
#pragma once

/* For this process, before it executes a program. */
void signals_default(void);
