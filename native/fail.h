/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How stage and init fail: at the failing call, with its errno, to the front, and out. What runs in a container has no
 * other way to report, and nothing to clean up: the kernel does that with the namespaces.
 */
#pragma once

#include <stdint.h>

/* Where errors go: the channel to the front; from WAIT_START on answer.fifo (preceded by START_FAILED). */
void fail_to_channel(int channel);
void fail_to_answer(int answer_fifo);
/* Ends this process where the other end of the channel is closed: the front died, and nobody is left to tell. */
void end_without_front(void);
/* "jrunc:[mounts]": the stage in errors, and the process's name for ps. */
void fail_stage(const char *stage);
/* The operation that is being executed: its code and origin, which must stay valid. code 0: none. */
void fail_operation(uint16_t code, const char *origin);

/* Takes errno; the format is what was tried on what ("bind %s on %s"), without the errno's text. Exits with status 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with an error (positive) that a function returned. */
_Noreturn void fail_with(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
