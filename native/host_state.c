/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state folder, <root>/<id>. CVE row "state folder": a user plants <root>/<id> or a file in it as a symbolic link.
 * Everything is opened from the fd of the folder above, without following links, and must belong to the caller.
 */
#include "state.h"

#include "files.h"
#include "scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0711
#define FILE_MODE 0600
#define MAX_REMOVE_DEPTH 16

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void state_close_fifos(struct state_folder *state)
{
    close_one(&state->start_fifo);
    close_one(&state->answer_fifo);
}

void state_close(struct state_folder *state)
{
    state_close_fifos(state);
    close_one(&state->lock_fd);
    close_one(&state->folder_fd);
    close_one(&state->root_fd);
}

/* mkdir -p of a root folder that the caller named; what is there already is checked after it was opened. */
static int make_root(const char *root)
{
    char path[PATH_MAX];
    size_t length = strlen(root);
    memcpy(path, root, length + 1);
    for (char *slash = path + 1; slash;) {
        slash = strchr(slash, '/');
        if (slash)
            *slash = 0;
        if (mkdir(path, FOLDER_MODE) < 0 && errno != EEXIST)
            return -errno;
        if (slash)
            *slash++ = '/';
    }
    return 0;
}

/* Nobody else may be able to put something else in its place. */
static int check_folder(int fd, const char *what, bool sticky_allowed, struct result *result)
{
    struct stat status;
    if (fstat(fd, &status) < 0) {
        result_fail(result, errno, "look at %s", what);
        return -1;
    }
    if (!owner_is_trusted(&status)) {
        result_fail(result, EPERM, "%s belongs to user %u, not to the caller (%u)", what, status.st_uid, geteuid());
        return -1;
    }
    if (others_may_write(&status, sticky_allowed)) {
        result_fail(result, EPERM, "others may write to %s (mode %04o)", what, status.st_mode & 07777);
        return -1;
    }
    return 0;
}

/* Without the slashes at the end, which would make the kernel follow a link. */
static int copy_root(struct state_folder *state, const char *root)
{
    size_t length = strlen(root);
    while (length > 1 && root[length - 1] == '/')
        length--;
    if (root[0] != '/' || length >= sizeof state->root)
        return root[0] != '/' ? -EINVAL : -ENAMETOOLONG;
    memcpy(state->root, root, length);
    state->root[length] = 0;
    return 0;
}

static int open_root(struct state_folder *state, const struct op_open_state *request, struct result *result)
{
    int error = copy_root(state, request->root);
    if (!error && request->create)
        error = make_root(state->root);
    if (error) {
        result_fail(result, -error, "make root folder %s", request->root);
        return -1;
    }
    state->root_fd = open(state->root, OPEN_FOLDER);
    if (state->root_fd < 0) {
        result_fail(result, errno, "open root folder %s", state->root);
        return -1;
    }
    return check_folder(state->root_fd, state->root, true, result);
}

static int make_folder(const struct state_folder *state, const char *id, struct result *result)
{
    if (mkdirat(state->root_fd, id, FOLDER_MODE) < 0) {
        result_fail(result, errno, "make state folder %s/%s", state->root, id);
        return -1;
    }
    return 0;
}

static int open_folder(struct state_folder *state, const struct op_open_state *request, struct result *result)
{
    char what[PATH_MAX + 256];
    snprintf(what, sizeof what, "%s/%s", state->root, request->id);
    state->folder_fd = openat(state->root_fd, request->id, OPEN_FOLDER);
    if (state->folder_fd < 0) {
        result_fail(result, errno, "open state folder %s", what);
        return -1;
    }
    if (check_folder(state->folder_fd, what, false, result) < 0)
        return -1;
    if (request->create && fchmod(state->folder_fd, FOLDER_MODE) < 0) { /* whatever the umask is */
        result_fail(result, errno, "chmod %s", what);
        return -1;
    }
    snprintf(state->id, sizeof state->id, "%s", request->id);
    return 0;
}

void host_open_state(struct front *front, const struct op_open_state *request, struct result *result)
{
    struct state_folder *state = &front->state;
    state_close(state);
    state->id[0] = 0;
    if (!plain_name(request->id)) {
        result_fail(result, EINVAL, "open state folder \"%s\"", request->id);
        return;
    }
    int error = open_root(state, request, result);
    if (!error && request->create)
        error = make_folder(state, request->id, result);
    if (!error) {
        error = open_folder(state, request, result);
        if (error && request->create)
            unlinkat(state->root_fd, request->id, AT_REMOVEDIR);
    }
    if (error)
        state_close(state);
}

static bool opened(const struct state_folder *state, struct result *result)
{
    if (state->folder_fd < 0)
        result_fail(result, EBADF, "no state folder is open");
    return state->folder_fd >= 0;
}

/* Is what we have locked still what others will find? The container may have been deleted while we waited. */
static int check_linked(int folder, int fd)
{
    struct stat ours, there;
    if (fstat(fd, &ours) < 0 || fstatat(folder, "lock", &there, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    return same_file(&ours, &there) ? 0 : -ENOENT;
}

void host_lock_state(struct front *front, const struct op_lock_state *request, struct result *result)
{
    struct state_folder *state = &front->state;
    if (!opened(state, result))
        return;
    close_one(&state->lock_fd);
    int64_t deadline = deadline_after(request->timeoutMillis);
    scope_fd fd = openat(state->folder_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, FILE_MODE);
    int error = fd < 0 ? -errno : lock_file(&front->waits, fd, deadline);
    if (!error)
        error = check_linked(state->folder_fd, fd);
    if (error)
        result_fail(result, -error, "lock %s/%s", state->root, state->id);
    else
        state->lock_fd = release_fd(&fd);
}

void host_read_state(struct front *front, const struct op_read_state *request, struct result *result)
{
    struct state_folder *state = &front->state;
    if (!opened(state, result))
        return;
    int error = plain_name(request->name) ? 0 : -EINVAL;
    scope_fd fd = -1;
    if (!error) {
        fd = openat(state->folder_fd, request->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat status;
        if (fd < 0 || fstat(fd, &status) < 0)
            error = -errno;
        else
            error = S_ISREG(status.st_mode) ? read_all(fd, request->maxBytes, &result->data) : -EINVAL;
    }
    if (error)
        result_fail(result, -error, "read %s/%s/%s", state->root, state->id, request->name);
}

void host_write_state(struct front *front, const struct op_write_state *request, struct result *result)
{
    struct state_folder *state = &front->state;
    if (!opened(state, result))
        return;
    int error = replace_file(&front->waits, state->folder_fd, request->name, request->content, FILE_MODE);
    if (error)
        result_fail(result, -error, "write %s/%s/%s", state->root, state->id, request->name);
}

int state_open_fifo(const struct state_folder *state, const char *name, int flags)
{
    scope_fd fd = openat(state->folder_fd, name, flags | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return -errno;
    return S_ISFIFO(status.st_mode) ? release_fd(&fd) : -EINVAL;
}

/* Init gets both open for reading and writing: it then waits for bytes, not for the other end to be opened. */
static int make_fifo(const struct state_folder *state, const char *name, int *fd)
{
    if (mkfifoat(state->folder_fd, name, FILE_MODE) < 0)
        return -errno;
    *fd = state_open_fifo(state, name, O_RDWR);
    return *fd < 0 ? *fd : 0;
}

void host_make_start_fifos(struct front *front, const struct op_make_start_fifos *request, struct result *result)
{
    (void)request;
    struct state_folder *state = &front->state;
    if (!opened(state, result))
        return;
    state_close_fifos(state);
    int error = make_fifo(state, "start.fifo", &state->start_fifo);
    if (!error)
        error = make_fifo(state, "answer.fifo", &state->answer_fifo);
    if (error)
        result_fail(result, -error, "make start fifos in %s/%s", state->root, state->id);
}

static int remove_content(int folder, const char *keep, int depth);

static int remove_entry(int folder, const char *name, int depth)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -errno;
    scope_fd inner = openat(folder, name, OPEN_FOLDER);
    if (inner < 0)
        return -errno;
    int error = depth < MAX_REMOVE_DEPTH ? remove_content(inner, NULL, depth + 1) : -ELOOP;
    if (!error && unlinkat(folder, name, AT_REMOVEDIR) < 0)
        error = -errno;
    return error;
}

/* Everything but keep. Goes on after an error, and returns the first. */
static int remove_content(int folder, const char *keep, int depth)
{
    int copy = openat(folder, ".", OPEN_FOLDER);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries) {
        int error = -errno;
        close_one(&copy);
        return error;
    }
    int first = 0;
    const struct dirent *entry;
    while ((entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            (keep && strcmp(entry->d_name, keep) == 0))
            continue;
        int error = remove_entry(folder, entry->d_name, depth);
        if (error && !first)
            first = error;
    }
    closedir(entries);
    return first;
}

/* The lock last: until then others wait for it, and then find that it is gone. */
static int remove_folder(const struct state_folder *state)
{
    int error = remove_content(state->folder_fd, "lock", 0);
    if (error)
        return error;
    struct stat ours, there;
    if (fstat(state->folder_fd, &ours) < 0 || fstatat(state->root_fd, state->id, &there, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!same_file(&ours, &there))
        return 0; /* ours is gone already, and this is another container's */
    if (unlinkat(state->folder_fd, "lock", 0) < 0 && errno != ENOENT)
        return -errno;
    if (unlinkat(state->root_fd, state->id, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return -errno;
    return 0;
}

void host_remove_state(struct front *front, const struct op_remove_state *request, struct result *result)
{
    (void)request;
    struct state_folder *state = &front->state;
    if (!opened(state, result))
        return;
    int error = remove_folder(state);
    if (error)
        result_fail(result, -error, "remove state folder %s/%s", state->root, state->id);
    else {
        state_close(state);
        state->id[0] = 0; /* nothing is left to recover */
    }
}
