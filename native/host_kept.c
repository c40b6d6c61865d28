/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host operations on what is kept for other calls: seccomp filters. CVE row "seccomp cache": a file that somebody else has put there would be a missing
 * filter, so the folder is the caller's own alone, and each file begins with the digest of its key and content.
 */
#include "files.h"
#include "front.h"
#include "scope.h"
#include "sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN_FOLDER_MODE 0700
#define OWN_FILE_MODE 0600
/* More files than this, and the folder is emptied: callers may make a profile for each container. */
#define MAX_KEPT 256

struct key_digest {
    uint8_t bytes[SHA256_BYTES];
    char name[2 * SHA256_BYTES + 1];
};

static struct key_digest digest_key(struct bytes key)
{
    struct key_digest digest;
    sha256(&key, 1, digest.bytes);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(digest.name + 2 * i, 3, "%02x", digest.bytes[i]);
    return digest;
}

/* A file that was put under another name isn't taken for this key's. */
static void digest_content(const struct key_digest *key, struct bytes content, uint8_t digest[SHA256_BYTES])
{
    sha256((const struct bytes[]){{key->bytes, SHA256_BYTES}, content}, 2, digest);
}

/* An fd; or -1 with the reason. */
static int open_own_folder(const char *path, struct result *result)
{
    scope_fd fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        result_fail(result, errno, "open %s", path);
        return -1;
    }
    if (status.st_uid != geteuid()) {
        result_fail(result, EPERM, "%s belongs to user %u, not to the caller (%u)", path, status.st_uid, geteuid());
        return -1;
    }
    if (status.st_mode & (S_IRWXG | S_IRWXO)) {
        result_fail(result, EPERM, "%s is open to others (mode %04o, not 0700)", path, status.st_mode & 07777);
        return -1;
    }
    return release_fd(&fd);
}

/* The file's bytes; false with the reason. */
static bool read_own_file(int folder, const char *name, size_t max_bytes, struct buffer *file, struct result *result)
{
    scope_fd fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        result_fail(result, errno, "open %s", name);
        return false;
    }
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || others_may_write(&status, false)) {
        result_fail(result, EPERM, "%s is no file of the caller's own", name);
        return false;
    }
    int error = read_all(fd, SHA256_BYTES + max_bytes, file);
    if (error)
        result_fail(result, -error, "read %s", name);
    return !error;
}

void host_read_kept(struct front *front, const struct op_read_kept *request, struct result *result)
{
    (void)front;
    struct key_digest key = digest_key(request->key);
    scope_fd folder = open_own_folder(request->folder, result);
    scope_buffer file = {0};
    if (folder < 0 || !read_own_file(folder, key.name, request->maxBytes, &file, result))
        return;
    struct bytes content = {(const uint8_t *)"", 0};
    if (file.length > SHA256_BYTES)
        content = (struct bytes){file.data + SHA256_BYTES, (uint32_t)(file.length - SHA256_BYTES)};
    uint8_t digest[SHA256_BYTES];
    digest_content(&key, content, digest);
    if (!content.length || memcmp(digest, file.data, sizeof digest) != 0) {
        result_fail(result, EBADMSG, "read %s/%s: its digest is another", request->folder, key.name);
        return;
    }
    if (buffer_append(&result->data, content.data, content.length) < 0)
        result_fail(result, ENOMEM, "read %s", key.name);
}

static void empty_when_full(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = copy < 0 ? NULL : fdopendir(copy);
    if (!files) {
        if (copy >= 0)
            close(copy);
        return;
    }
    unsigned count = 0;
    while (readdir(files))
        count++;
    if (count > MAX_KEPT) {
        rewinddir(files);
        for (struct dirent *file; (file = readdir(files));)
            unlinkat(folder, file->d_name, 0); /* not . and .. */
    }
    closedir(files);
}

void host_write_kept(struct front *front, const struct op_write_kept *request, struct result *result)
{
    if (mkdir(request->folder, OWN_FOLDER_MODE) < 0 && errno != EEXIST) {
        result_fail(result, errno, "make %s", request->folder);
        return;
    }
    scope_fd folder = open_own_folder(request->folder, result);
    if (folder < 0)
        return;
    empty_when_full(folder);
    struct key_digest key = digest_key(request->key);
    uint8_t digest[SHA256_BYTES];
    digest_content(&key, request->content, digest);
    scope_buffer file = {0};
    int error = buffer_append(&file, digest, sizeof digest);
    if (!error)
        error = buffer_append(&file, request->content.data, request->content.length);
    if (!error)
        error = replace_file(&front->waits, folder, key.name, (struct bytes){file.data, (uint32_t)file.length},
                             OWN_FILE_MODE);
    if (error)
        result_fail(result, -error, "write %s/%s", request->folder, key.name);
}
