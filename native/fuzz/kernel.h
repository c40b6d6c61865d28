/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel that answers anything, for fuzzing: what the native program asks of the C library and the kernel (all that
 * kernel.c defines as kernel_NAME takes the place of NAME in its object files) is answered from the fuzzer's bytes, and
 * nothing is done. Without bytes left it says yes, and files are at their end.
 *
 * It objects, by abort(), to what no kernel would: closing what isn't open or is the caller's, signals to everybody, memory that isn't the
 * caller's, memory that is never freed.
 */
#pragma once

#include "../protocol.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More calls for one input mean that a loop waits for what never comes: the input is given up. */
#define MAX_KERNEL_CALLS 20000

enum fd_kind {
    FD_CLOSED,
    FD_FILE,
    FD_NETLINK,
    FD_PEER,   /* of a socketpair: stage or init at the other end, which says anything */
    FD_SCRIPT, /* says what fuzz_script() was given, then FD_PEER's things or nothing */
};

/* Bytes that decide; taken from the front, zero at the end. */
struct answers {
    const uint8_t *at;
    const uint8_t *end;
};

uint8_t take_byte(struct answers *answers);
uint32_t take_number(struct answers *answers, size_t width);
/* At most limit bytes. */
struct bytes take_bytes(struct answers *answers, size_t limit);

/* A fresh kernel with fds 0 to 2. */
void fuzz_begin(struct answers *answers);
int fuzz_open_fd(enum fd_kind kind);
bool fuzz_is_open(int fd);
/* What fd (an FD_SCRIPT) says next; the frame goes with that many new fds. */
void fuzz_script(const struct buffer *frames, size_t fds);
/* After the script, GO and the like; else it is at its end. */
void fuzz_script_goes_on(void);
/* Ends the input without its last words: _exit, execve, or it was given up. */
extern jmp_buf fuzz_end;
enum fuzz_end { KERNEL_EXITED = 1, KERNEL_EXECUTED, KERNEL_GAVE_UP };
/* Closes what the program's own end would close. */
void fuzz_close_all(void);
/* Frees what is left; complains when there is something and it should not be. */
void fuzz_free_all(bool complain);

/* ---------------------------------------------------------------- plans out of bytes */

/* Appends operations, well formed to their last field, of the program's table; nested plans are made of init operations. */
void make_operations(struct answers *answers, bool host, unsigned limit, struct buffer *operations);
/* The payload of a message of that code. */
void make_message(struct answers *answers, uint16_t code, struct buffer *payload);
