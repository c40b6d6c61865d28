/* SPDX-License-Identifier: Apache-2.0 */
#include "java_command.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct java_option {
    const char *text; /* %L is the lib folder */
    bool only_resident;
};

static const struct java_option java_options[] = {
#define JAVA_OPTION(text) {text, false},
#define RESIDENT_OPTION(text) {text, true},
#include "java_options.h"
#undef JAVA_OPTION
#undef RESIDENT_OPTION
};

#define JAVA_OPTIONS_LENGTH (sizeof java_options / sizeof java_options[0])
_Static_assert(JAVA_OPTIONS_LENGTH < MAX_JAVA_OPTIONS, "MAX_JAVA_OPTIONS is too small");

static int expand(char *out, size_t size, const char *text, const char *lib)
{
    size_t length = 0;
    while (*text) {
        bool placeholder = text[0] == '%' && text[1] == 'L';
        const char *part = placeholder ? lib : text;
        size_t part_length = placeholder ? strlen(lib) : 1;
        if (part_length >= size - length)
            return -ENAMETOOLONG;
        memcpy(out + length, part, part_length);
        length += part_length;
        text += placeholder ? 2 : 1;
    }
    out[length] = 0;
    return 0;
}

int java_command_fill(struct java_command *command, const char *lib, bool resident)
{
    int error = expand(command->program, sizeof command->program, "%L/runtime/bin/java", lib);
    command->arguments[0] = command->program;
    command->count = 1;
    for (size_t i = 0; i < JAVA_OPTIONS_LENGTH && !error; i++) {
        if (java_options[i].only_resident && !resident)
            continue;
        error = expand(command->texts[i], sizeof command->texts[i], java_options[i].text, lib);
        command->arguments[command->count++] = command->texts[i];
    }
    command->arguments[command->count] = NULL;
    return error;
}

int java_command_add(struct java_command *command, const char *text)
{
    if (command->count >= MAX_JAVA_OPTIONS + 1)
        return -E2BIG;
    command->arguments[command->count++] = (char *)(uintptr_t)text;
    command->arguments[command->count] = NULL;
    return 0;
}
