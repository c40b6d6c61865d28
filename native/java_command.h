/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the engine's JVM, by java_options.h. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#define MAX_JAVA_OPTIONS 40
#define MAX_JAVA_OPTION_BYTES (PATH_MAX * 2)

struct java_command {
    char program[PATH_MAX];
    char texts[MAX_JAVA_OPTIONS][MAX_JAVA_OPTION_BYTES];
    /* With a final NULL. */
    char *arguments[MAX_JAVA_OPTIONS + 2];
    unsigned count;
};

/* lib: the folder lib/jrunc. 0 or -ENAMETOOLONG. */
int java_command_fill(struct java_command *command, const char *lib, bool resident);
/* One more argument for main(); text must outlive the command. 0 or -E2BIG. */
int java_command_add(struct java_command *command, const char *text);
