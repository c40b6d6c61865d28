/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroups.h"
#include "files.h"
#include "front.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0755
/* A parent may be removed by somebody else between two steps: then the walk starts again. */
#define MAX_WALKS 10
#define MAX_VALUE_BYTES 65536

struct creation {
    const struct op_cgroup_create *request;
    struct result *result;
    uint32_t made;
    /* The first controller that could not be enabled: no error as long as the leaf has it all the same. */
    int enable_error;
    char not_enabled[64];
    char where[PATH_MAX];
};

/* Cgroup v1: an empty cpuset takes no processes. */
static int inherit_value(int parent, int child, const char *name)
{
    scope_buffer own = {0}, inherited = {0};
    int error = read_text(child, name, MAX_VALUE_BYTES, &own);
    if (error == -ENOENT) /* not the cpuset hierarchy */
        return 0;
    if (error || (own.length > 0 && own.data[0] != '\n'))
        return error;
    error = read_text(parent, name, MAX_VALUE_BYTES, &inherited);
    if (error)
        return error;
    inherited.data[strcspn((char *)inherited.data, "\n")] = 0;
    return write_text(child, name, (const char *)inherited.data);
}

static int inherit_cpuset(int parent, int child)
{
    int error = inherit_value(parent, child, "cpuset.cpus");
    return error ? error : inherit_value(parent, child, "cpuset.mems");
}

/* Is name one of the words of a list that spaces separate? */
static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; length > 0 && (at = strstr(at, name)); at += length) {
        bool starts = at == list || at[-1] == ' ';
        bool ends = at[length] == 0 || at[length] == ' ' || at[length] == '\n';
        if (starts && ends)
            return true;
    }
    return false;
}

static void enable_controllers(struct creation *creation, int folder, const char *path)
{
    scope_buffer available = {0};
    if (creation->request->controllers.count == 0 ||
        read_text(folder, "cgroup.controllers", MAX_VALUE_BYTES, &available) < 0)
        return;
    struct cursor cursor = strings_cursor(&creation->request->controllers);
    for (uint32_t i = 0; i < creation->request->controllers.count; i++) {
        const char *name = read_str(&cursor);
        char text[sizeof creation->not_enabled + 1];
        if (!listed((const char *)available.data, name) || snprintf(text, sizeof text, "+%s", name) >= (int)sizeof text)
            continue;
        int error = write_text(folder, "cgroup.subtree_control", text);
        if (error && !creation->enable_error) {
            creation->enable_error = error;
            snprintf(creation->not_enabled, sizeof creation->not_enabled, "%s", name);
            snprintf(creation->where, sizeof creation->where, "%s", path);
        }
    }
}

/* Cgroup v2: what the mount has and was asked for, the leaf must have. */
static int check_controllers(struct creation *creation, int mount, int leaf)
{
    if (creation->request->controllers.count == 0)
        return 0;
    scope_buffer all = {0}, available = {0};
    int error = read_text(mount, "cgroup.controllers", MAX_VALUE_BYTES, &all);
    if (!error)
        error = read_text(leaf, "cgroup.controllers", MAX_VALUE_BYTES, &available);
    if (error)
        return error;
    struct cursor cursor = strings_cursor(&creation->request->controllers);
    for (uint32_t i = 0; i < creation->request->controllers.count; i++) {
        const char *name = read_str(&cursor);
        if (!listed((const char *)all.data, name) || listed((const char *)available.data, name))
            continue;
        bool known = strcmp(creation->not_enabled, name) == 0;
        result_fail(creation->result, known ? -creation->enable_error : ENOENT, "enable controller %s %s %s%s", name,
                    known ? "in" : "for", known ? creation->where : creation->request->mount,
                    known ? "" : creation->request->path);
        return 0;
    }
    return 0;
}

/* One component: made where it is missing, opened in place of *folder. */
static int step(struct creation *creation, int *folder, const char *name)
{
    if (mkdirat(*folder, name, FOLDER_MODE) == 0)
        creation->made++;
    else if (errno != EEXIST)
        return -errno;
    scope_fd child = open_cgroup(*folder, name);
    if (child < 0)
        return child;
    int error = creation->request->inheritCpuset ? inherit_cpuset(*folder, child) : 0;
    if (error)
        return error;
    close(*folder);
    *folder = release_fd(&child);
    return 0;
}

/* From the mount to the leaf; path is how far it came, for errors. */
static int walk(struct creation *creation, int mount, char path[PATH_MAX])
{
    struct components components = {.at = creation->request->path};
    size_t length = (size_t)snprintf(path, PATH_MAX, "%s", creation->request->mount);
    scope_fd folder = open_cgroup(mount, ".");
    if (folder < 0)
        return folder;
    int more;
    while ((more = next_component(&components)) > 0) {
        enable_controllers(creation, folder, path);
        int added = snprintf(path + length, PATH_MAX - length, "/%s", components.name);
        if (added < 0 || (size_t)added >= PATH_MAX - length)
            return -ENAMETOOLONG;
        length += (size_t)added;
        int error = step(creation, &folder, components.name);
        if (error)
            return error;
    }
    return more < 0 ? more : check_controllers(creation, mount, folder);
}

void host_cgroup_create(struct front *front, const struct op_cgroup_create *request, struct result *result)
{
    (void)front;
    struct creation creation = {.request = request, .result = result};
    char path[PATH_MAX];
    errno = ENAMETOOLONG;
    scope_fd mount = strlen(request->mount) < PATH_MAX ? open(request->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (mount < 0) {
        result_fail(result, errno, "open %s", request->mount);
        return;
    }
    int error = count_components(request->path);
    if (error < 0) {
        result_fail(result, -error, "make cgroup %s%s", request->mount, request->path);
        return;
    }
    for (int walks = 0; walks < MAX_WALKS; walks++) {
        error = walk(&creation, mount, path);
        if (error != -ENOENT && error != -ENODEV)
            break;
    }
    result->value = creation.made;
    if (error)
        result_fail(result, -error, "make cgroup %s", path);
}
