/* SPDX-License-Identifier: Apache-2.0 */
#include "paths.h"

#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MAX_RETRIES 128 /* EAGAIN: something was renamed meanwhile */
/* For somebody who makes, or swaps, the same at the same time. */
#define MAX_TRIES 32
#define MAX_LINKS 40
#define FOLDER_MODE 0755
#define FILE_MODE 0644

static int open_inside(int root, const char *path, int flags, uint64_t resolve)
{
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve};
    for (int i = 0; i < MAX_RETRIES; i++) {
        int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0)
            return fd;
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
    }
    return -EAGAIN;
}

int path_open(int root, const char *path, int flags)
{
    return open_inside(root, path, flags, 0);
}

int path_open_without_links(int root, const char *path, int flags)
{
    return open_inside(root, path, flags, RESOLVE_NO_SYMLINKS);
}

int path_open_on_mount(int root, const char *path, int flags)
{
    return open_inside(root, path, flags, RESOLVE_NO_XDEV);
}

/* Of a path that is being followed: what was resolved already, and what is left. */
struct walk {
    char done[PATH_MAX]; /* "" for the root */
    char left[PATH_MAX];
    int folder; /* the fd of done */
    int links;
};

/* Takes the first component off left; false at the end. */
static bool next(struct walk *walk, char name[NAME_MAX + 1], bool *last, int *error)
{
    const char *start = walk->left + strspn(walk->left, "/");
    size_t length = strcspn(start, "/");
    if (length == 0)
        return false;
    if (length > NAME_MAX) {
        *error = -ENAMETOOLONG;
        return false;
    }
    memcpy(name, start, length);
    name[length] = 0;
    const char *rest = start + length + strspn(start + length, "/");
    *last = *rest == 0;
    memmove(walk->left, rest, strlen(rest) + 1);
    return true;
}

/* A link to something that doesn't exist yet: go on where it points to. */
static int follow(struct walk *walk, int root, const char *name)
{
    char target[PATH_MAX], rest[PATH_MAX];
    if (++walk->links > MAX_LINKS)
        return -ELOOP;
    ssize_t length = readlinkat(walk->folder, name, target, sizeof target - 1);
    if (length < 0)
        return -errno;
    target[length] = 0;
    memcpy(rest, walk->left, sizeof rest);
    if (snprintf(walk->left, sizeof walk->left, "%s/%s", target, rest) >= (int)sizeof walk->left)
        return -ENAMETOOLONG;
    if (target[0] != '/')
        return 0;
    int top = path_open(root, "/", O_PATH | O_DIRECTORY);
    if (top < 0)
        return top;
    close(walk->folder);
    walk->folder = top;
    walk->done[0] = 0;
    return 0;
}

static int make(int folder, const char *name, bool file)
{
    if (!file)
        return mkdirat(folder, name, FOLDER_MODE) < 0 ? -errno : 0;
    scope_fd made = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    return made < 0 ? -errno : 0;
}

/* One component: resolved inside the root, or made. */
static int step(struct walk *walk, int root, const char *name, bool last, bool file)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", walk->done, name) >= (int)sizeof path)
        return -ENAMETOOLONG;
    int fd = path_open(root, path, O_PATH | (last ? 0 : O_DIRECTORY));
    for (int tries = 1; fd == -ENOENT; tries++) {
        int error = make(walk->folder, name, last && file);
        if (error == -EEXIST) {
            error = follow(walk, root, name);
            if (error != -EINVAL || tries == MAX_TRIES)
                return error;
            fd = path_open(root, path, O_PATH | (last ? 0 : O_DIRECTORY)); /* no link: somebody made it meanwhile */
            continue;
        }
        if (error)
            return error;
        fd = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            return -errno;
    }
    if (fd < 0)
        return fd;
    close(walk->folder);
    walk->folder = fd;
    memcpy(walk->done, path, sizeof path);
    return 0;
}

int path_make(int root, const char *path, bool file)
{
    /* Most are there already. */
    int fd = path_open(root, path, O_PATH);
    if (fd != -ENOENT)
        return fd;
    struct walk walk = {.links = 0};
    if (snprintf(walk.left, sizeof walk.left, "%s", path) >= (int)sizeof walk.left)
        return -ENAMETOOLONG;
    walk.folder = path_open(root, "/", O_PATH | O_DIRECTORY);
    char name[NAME_MAX + 1];
    bool last;
    int error = walk.folder < 0 ? walk.folder : 0;
    while (!error && next(&walk, name, &last, &error))
        error = step(&walk, root, name, last, file);
    if (error && walk.folder >= 0)
        close(walk.folder);
    return error ? error : walk.folder;
}

int path_make_parent(int root, const char *path, const char **name)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || !slash[1] || strlen(path) >= sizeof parent)
        return -EINVAL;
    if (strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0)
        return -EINVAL;
    memcpy(parent, path, (size_t)(slash - path) + 1);
    parent[slash - path + 1] = 0;
    *name = slash + 1;
    return path_make(root, parent, false);
}
