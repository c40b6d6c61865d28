/* SPDX-License-Identifier: Apache-2.0 */
#include "../scope.h"
#include "../sha256.h"
#include "front_fixture.h"

#include <dirent.h>
#include <fcntl.h>

static void test_digest(void)
{
    static const struct {
        const char *text, *digest;
    } known[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqr"
         "stu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t digest[SHA256_BYTES];
        char text[2 * SHA256_BYTES + 1];
        struct bytes whole = text_bytes(known[i].text);
        struct bytes parts[2] = {{whole.data, whole.length / 3}, {whole.data + whole.length / 3, 0}};
        parts[1].length = whole.length - parts[0].length;
        sha256(parts, 2, digest);
        for (size_t j = 0; j < sizeof digest; j++)
            snprintf(text + 2 * j, 3, "%02x", digest[j]);
        CHECK_TEXT(text, known[i].digest);
    }
}

/* The only file of the folder. */
static void only_file(const char *folder, char path[PATH_MAX])
{
    DIR *files = opendir(folder);
    for (struct dirent *file; files && (file = readdir(files));) {
        if (file->d_name[0] != '.')
            snprintf(path, PATH_MAX, "%s/%s", folder, file->d_name);
    }
    closedir(files);
}

#define READ(fixture, result, folder_, key_) \
    RUN(fixture, result, read_kept, .folder = folder_, .key = text_bytes(key_), .maxBytes = 100)
#define WRITE(fixture, result, folder_, key_, content_) \
    RUN(fixture, result, write_kept, .folder = folder_, .key = text_bytes(key_), .content = text_bytes(content_))

static void test_kept(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct stat status;
    fixture_begin(&fixture);
    umask(0);
    char folder[PATH_MAX], path[PATH_MAX] = "";
    snprintf(folder, sizeof folder, "%s/kept", fixture.folder);
    READ(fixture, result, folder, "key");
    CHECK(result.error == ENOENT);
    WRITE(fixture, result, folder, "key", "content");
    CHECK(result.error == 0 && stat(folder, &status) == 0 && (status.st_mode & 07777) == 0700);
    only_file(folder, path);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600);
    READ(fixture, result, folder, "key");
    CHECK(result.error == 0 && result.data.length == 7 && memcmp(result.data.data, "content", 7) == 0);
    READ(fixture, result, folder, "other");
    CHECK(result.error == ENOENT);
    RUN(fixture, result, read_kept, .folder = folder, .key = text_bytes("key"), .maxBytes = 6);
    CHECK(result.error == EFBIG);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* A poisoned cache would be a missing filter. */
static void test_poison(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    char folder[PATH_MAX], path[PATH_MAX] = "", link[PATH_MAX], wanted[PATH_MAX + 128];
    snprintf(folder, sizeof folder, "%s/kept", fixture.folder);
    snprintf(link, sizeof link, "%s/link", fixture.folder);
    WRITE(fixture, result, folder, "key", "content");
    only_file(folder, path);
    scope_fd file = open(path, O_RDWR | O_CLOEXEC);
    CHECK(pwrite(file, "C", 1, SHA256_BYTES) == 1);
    READ(fixture, result, folder, "key");
    snprintf(wanted, sizeof wanted, "read %s: its digest is another", path);
    CHECK(result.error == EBADMSG && result.data.length == 0);
    CHECK_TEXT(result.message, wanted);
    CHECK(ftruncate(file, 10) == 0);
    READ(fixture, result, folder, "key");
    CHECK(result.error == EBADMSG);
    CHECK(ftruncate(file, SHA256_BYTES) == 0);
    READ(fixture, result, folder, "key");
    CHECK(result.error == EBADMSG);
    WRITE(fixture, result, folder, "key", "content");
    CHECK(chmod(path, 0622) == 0);
    READ(fixture, result, folder, "key");
    CHECK(result.error == EPERM && strstr(result.message, "no file of the caller's own"));
    CHECK(chmod(path, 0600) == 0 && symlink(folder, link) == 0);
    READ(fixture, result, link, "key");
    CHECK(result.error == ENOTDIR);
    WRITE(fixture, result, link, "key", "content");
    CHECK(result.error == ENOTDIR);
    CHECK(chmod(folder, 0750) == 0);
    READ(fixture, result, folder, "key");
    snprintf(wanted, sizeof wanted, "%s is open to others (mode 0750, not 0700)", folder);
    CHECK(result.error == EPERM);
    CHECK_TEXT(result.message, wanted);
    WRITE(fixture, result, folder, "key", "content");
    CHECK(result.error == EPERM);
    if (geteuid() == 0) {
        CHECK(chmod(folder, 0700) == 0 && chown(path, 1, 1) == 0);
        READ(fixture, result, folder, "key");
        CHECK(result.error == EPERM);
        CHECK(chown(folder, 1, 1) == 0);
        READ(fixture, result, folder, "key");
        CHECK(result.error == EPERM && strstr(result.message, "belongs to user 1"));
    }
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_full(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    char folder[PATH_MAX], key[16];
    snprintf(folder, sizeof folder, "%s/kept", fixture.folder);
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "%d", i);
        WRITE(fixture, result, folder, key, "content");
        CHECK(result.error == 0);
    }
    READ(fixture, result, folder, "299");
    CHECK(result.error == 0);
    READ(fixture, result, folder, "0");
    CHECK(result.error == ENOENT);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

int main(void)
{
    test_digest();
    test_kept();
    test_poison();
    test_full();
    return test_end();
}
