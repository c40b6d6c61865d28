/* SPDX-License-Identifier: Apache-2.0 */
/* What the front itself needs of the command line: the rest is the engine's. */
#pragma once

#include <stdbool.h>

struct global_options {
    /* --log and --log-format, or NULL. */
    const char *log;
    const char *log_format;
    bool debug;
    /* --engine, or NULL. */
    const char *engine;
    /* argv[command] is the first argument after the global options; argc where there is none. */
    int command;
};

/* Knows options by options.h: one dash or two, "=" or a space before a value. Never fails: the engine reports. */
void global_options_read(struct global_options *options, int argc, char **argv);
/* Is argv[index] the global option of that name? Its value is put into *value, and the number of arguments it takes
 * is returned; 0 when it is another one. */
int global_option_at(int argc, char **argv, int index, const char *name, const char **value);
