/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroups.h"

#include "scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

static int visit_entry(int folder, const char *name, int (*visit)(int, int, const char *, void *), void *context)
{
    scope_fd child = open_cgroup(folder, name);
    if (child < 0)
        return child == -ENOENT || child == -ENODEV ? 0 : child;
    return visit(folder, child, name, context);
}

int each_child(int folder, int (*visit)(int parent, int child, const char *name, void *context), void *context)
{
    scope_fd copy = open_cgroup(folder, ".");
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries)
        return copy < 0 ? copy : -errno;
    release_fd(&copy);
    int result = 0;
    const struct dirent *entry;
    while (result == 0 && (entry = readdir(entries))) {
        if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = visit_entry(folder, entry->d_name, visit, context);
    }
    closedir(entries);
    return result;
}
