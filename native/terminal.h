/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's terminal in the foreground: raw, and restored on every way out. */
#pragma once

#include <stdbool.h>
#include <termios.h>

struct terminal {
    int fd; /* the first of 0 to 2 that is a terminal, or -1 */
    bool raw;
    struct termios before;
};

/* Finds it and makes it raw. 0 or -errno. */
int terminal_raw(struct terminal *terminal);
/* Raw again, after the shell that stopped us has set modes of its own. */
void terminal_raw_again(const struct terminal *terminal);
void terminal_restore(struct terminal *terminal);
/* Where output goes to a file or pipe, nobody turns the pty's CR LF into a line's end: it then writes LF alone. */
void terminal_plain_lines(int master);
/* Gives the pty the window size of the caller's terminal, if there is one. */
void terminal_copy_size(const struct terminal *terminal, int master);
