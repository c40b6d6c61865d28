/* SPDX-License-Identifier: Apache-2.0 */
#include "global_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct option {
    const char *name;
    const char *short_name;
    bool takes_value;
};

static const struct option known[] = {
#define OPTION(name, short_name, takes_value) {name, short_name, takes_value},
#include "options.h"
#undef OPTION
};

#define KNOWN_LENGTH (sizeof known / sizeof known[0])

static bool names(const struct option *option, const char *text, size_t length)
{
    return (strlen(option->name) == length && memcmp(option->name, text, length) == 0) ||
           (length > 0 && strlen(option->short_name) == length && memcmp(option->short_name, text, length) == 0);
}

static const struct option *find(const char *text, size_t length)
{
    for (size_t i = 0; i < KNOWN_LENGTH; i++) {
        if (names(&known[i], text, length))
            return &known[i];
    }
    return NULL;
}

/* How many arguments the option at index takes; 0 when there is none. */
static int parse(int argc, char **argv, int index, const struct option **option, const char **value)
{
    const char *text = argv[index];
    *option = NULL;
    *value = NULL;
    if (text[0] != '-' || text[1] == 0 || strcmp(text, "--") == 0)
        return 0;
    text += text[1] == '-' ? 2 : 1;
    size_t length = strcspn(text, "=");
    *option = find(text, length);
    if (text[length] == '=')
        *value = text + length + 1;
    else if (*option && (*option)->takes_value && index + 1 < argc) {
        *value = argv[index + 1];
        return 2;
    }
    return 1;
}

/* As the engine reads it, and runc. */
static bool is_false(const char *value)
{
    static const char *const words[] = {"0", "f", "F", "false", "False", "FALSE"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0)
            return true;
    }
    return false;
}

int global_option_at(int argc, char **argv, int index, const char *name, const char **value)
{
    const struct option *option;
    int taken = parse(argc, argv, index, &option, value);
    return option && strcmp(option->name, name) == 0 ? taken : 0;
}

void global_options_read(struct global_options *options, int argc, char **argv)
{
    *options = (struct global_options){0};
    int index = 1;
    while (index < argc) {
        const struct option *option;
        const char *value;
        int taken = parse(argc, argv, index, &option, &value);
        if (taken == 0)
            break;
        index += taken;
        if (option && strcmp(option->name, "debug") == 0)
            options->debug = !value || !is_false(value);
        if (!option || !value)
            continue;
        if (strcmp(option->name, "log") == 0)
            options->log = value;
        else if (strcmp(option->name, "log-format") == 0)
            options->log_format = *value ? value : NULL;
        else if (strcmp(option->name, "engine") == 0)
            options->engine = value;
    }
    options->command = index;
}
