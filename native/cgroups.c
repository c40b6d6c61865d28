/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroups.h"

#include "scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int next_component(struct components *components)
{
    for (;;) {
        components->at += strspn(components->at, "/");
        size_t length = strcspn(components->at, "/");
        if (length == 0)
            return 0;
        if (length >= sizeof components->name)
            return -ENAMETOOLONG;
        memcpy(components->name, components->at, length);
        components->name[length] = 0;
        components->at += length;
        if (strcmp(components->name, "..") == 0)
            return -EINVAL;
        if (strcmp(components->name, ".") != 0)
            return 1;
    }
}

int count_components(const char *path)
{
    struct components components = {.at = path};
    int count = 0, more;
    while ((more = next_component(&components)) > 0)
        count++;
    return more < 0 ? more : count;
}

int open_cgroup(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int next_child(int folder, long *at, char name[NAME_MAX + 1])
{
    scope_fd copy = open_cgroup(folder, ".");
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries)
        return copy < 0 ? copy : -errno;
    release_fd(&copy);
    if (*at)
        seekdir(entries, *at);
    const struct dirent *entry;
    bool found = false;
    while (!found && (entry = readdir(entries))) {
        found = entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        if (found)
            snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
    }
    *at = telldir(entries);
    closedir(entries);
    return found;
}

/* Where the walk goes on in the folders above the one that it is in. */
struct places {
    long *at;
    size_t depth;
    size_t capacity;
};

static int places_push(struct places *places, long at)
{
    if (places->depth == places->capacity) {
        size_t capacity = places->capacity * 2 + 16;
        long *grown = reallocarray(places->at, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        places->at = grown;
        places->capacity = capacity;
    }
    places->at[places->depth++] = at;
    return 0;
}

static void move_to(int *folder, int other)
{
    close(*folder);
    *folder = other;
}

/* Down into a child, to be visited. */
static int descend(int *folder, const char *name, long *at, struct places *places)
{
    int child = open_cgroup(*folder, name);
    if (child < 0)
        return child;
    int error = places_push(places, *at);
    if (error) {
        close(child);
        return error;
    }
    *at = 0;
    move_to(folder, child);
    return 0;
}

int each_cgroup(int top, int (*visit)(int folder, void *context), void *context)
{
    struct places places = {0};
    scope_fd folder = open_cgroup(top, ".");
    int result = folder < 0 ? folder : visit(folder, context);
    long at = 0;
    while (!result) {
        char name[NAME_MAX + 1];
        int found = next_child(folder, &at, name);
        if (found > 0) {
            result = descend(&folder, name, &at, &places);
            if (!result)
                result = visit(folder, context);
            else if (result == -ENOENT || result == -ENODEV)
                result = 0;
            continue;
        }
        result = found == -ENOENT || found == -ENODEV ? 0 : found;
        if (result || places.depth == 0)
            break;
        int parent = open_cgroup(folder, "..");
        if (parent < 0) {
            result = parent;
            break;
        }
        at = places.at[--places.depth];
        move_to(&folder, parent);
    }
    free(places.at);
    return result;
}
