/* SPDX-License-Identifier: Apache-2.0 */
#include "java_command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_OPTION "-XX:AOTCache="
/* A copy of the whole tree may take so long, in any order. */
#define COPY_SECONDS 60

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

/* The JVM doesn't look (JDK 25): classes of a jar that was replaced would come from the cache as they were. False where there is no
 * cache, or one of its jars is younger. */
static bool cache_is_current(const char *cache, const char *lib)
{
    char app[PATH_MAX];
    struct stat kept, jar;
    snprintf(app, sizeof app, "%s/app", lib);
    int fd = stat(cache, &kept) < 0 ? -1 : open(app, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder && fd >= 0)
        close(fd);
    if (!folder)
        return false;
    bool current = true;
    for (const struct dirent *entry; current && (entry = readdir(folder));) {
        if (entry->d_name[0] != '.')
            current = fstatat(fd, entry->d_name, &jar, 0) == 0 && jar.st_mtime <= kept.st_mtime + COPY_SECONDS &&
                      jar.st_ctime <= kept.st_ctime + COPY_SECONDS;
    }
    closedir(folder);
    return current;
}

int java_command_fill(struct java_command *command, const char *lib, bool resident)
{
    int error = expand(command->program, sizeof command->program, "%L/runtime/bin/java", lib);
    command->arguments[0] = command->program;
    command->count = 1;
    for (size_t i = 0; i < JAVA_OPTIONS_LENGTH && !error; i++) {
        if (java_options[i].only_resident && !resident)
            continue;
        char *text = command->texts[i];
        error = expand(text, sizeof command->texts[i], java_options[i].text, lib);
        size_t prefix = strlen(CACHE_OPTION);
        if (!error && strncmp(text, CACHE_OPTION, prefix) == 0 && !cache_is_current(text + prefix, lib))
            continue;
        command->arguments[command->count++] = text;
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
