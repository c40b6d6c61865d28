/* SPDX-License-Identifier: Apache-2.0 */
/* A front without engine and init, and a folder of its own, for tests of host operations. */
#pragma once

#include "../front.h"
#include "../state.h"
#include "test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    struct front front;
    char folder[64];
};

static inline void fixture_begin(struct fixture *fixture)
{
    fixture->front = (struct front){
        NOTHING_OPEN,
    };
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/jrunc-test-XXXXXX");
    if (!mkdtemp(fixture->folder) || waits_begin(&fixture->front.waits) < 0)
        abort();
}

static inline void fixture_end(struct fixture *fixture)
{
    char command[128];
    state_close(&fixture->front.state);
    close(fixture->front.waits.signal_fd);
    snprintf(command, sizeof command, "rm -rf -- '%s'", fixture->folder);
    CHECK(system(command) == 0);
}

/* A path in the fixture's folder; valid until the fourth call after it. */
static inline const char *in_folder(const struct fixture *fixture, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_MAX, "%s/%s", fixture->folder, name);
    return path;
}

static inline void make_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0)
        abort();
}

/* "" when it can't be read; valid until the next call. */
static inline const char *file_content(const char *path)
{
    static char content[256];
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(content, 1, sizeof content - 1, file) : 0;
    if (file)
        fclose(file);
    content[length] = 0;
    return content;
}

static inline struct bytes text_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, (uint32_t)strlen(text)};
}

/* Executes an operation: RUN(fixture, result, read_file, .path = "/x", .maxBytes = 10). */
#define RUN(fixture, outcome, name, ...)                                             \
    do {                                                                             \
        buffer_free(&(outcome).data);                                                \
        (outcome) = (struct result){0};                                              \
        host_##name(&(fixture).front, &(struct op_##name){__VA_ARGS__}, &(outcome)); \
    } while (0)
