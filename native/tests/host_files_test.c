/* SPDX-License-Identifier: Apache-2.0 */
#include "front_fixture.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

static bool data_is(const struct result *result, const char *text)
{
    return result->data.length == strlen(text) && memcmp(result->data.data, text, result->data.length) == 0;
}

static void test_read(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    make_file(in_folder(&fixture, "file"), "content");
    RUN(fixture, result, read_file, .path = in_folder(&fixture, "file"), .maxBytes = 7);
    CHECK(result.error == 0 && data_is(&result, "content"));
    RUN(fixture, result, read_file, .path = in_folder(&fixture, "file"), .maxBytes = 6);
    CHECK(result.error == EFBIG && strstr(result.message, "longer than 6 bytes"));
    RUN(fixture, result, read_file, .path = in_folder(&fixture, "none"), .maxBytes = 6);
    CHECK(result.error == ENOENT);
    RUN(fixture, result, read_file, .path = fixture.folder, .maxBytes = 6);
    CHECK(result.error == EISDIR);
    CHECK(mkfifo(in_folder(&fixture, "fifo"), 0600) == 0);
    RUN(fixture, result, read_file, .path = in_folder(&fixture, "fifo"), .maxBytes = 6);
    CHECK(result.error == EINVAL && strstr(result.message, "which is a fifo"));
    RUN(fixture, result, read_file, .path = "/dev/zero", .maxBytes = 6);
    CHECK(result.error == EINVAL && strstr(result.message, "which is a character device"));
    RUN(fixture, result, read_file, .path = "/proc/self/stat", .maxBytes = 4096);
    CHECK(result.error == 0 && result.data.length > 0);
    RUN(fixture, result, read_file, .path = "/proc/kallsyms", .maxBytes = 65536);
    CHECK(result.error == EFBIG || result.error == ENOENT);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_write_first(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    scope_buffer paths = {0}, contents = {0};
    put_str(&paths, in_folder(&fixture, "new"));
    put_str(&paths, in_folder(&fixture, "old"));
    put_str(&contents, "one");
    put_str(&contents, "other");
    struct strings path_list = buffer_strings(&paths, 2), content_list = buffer_strings(&contents, 2);
    RUN(fixture, result, write_first, .paths = path_list, .contents = content_list);
    char wanted[PATH_MAX + 128];
    snprintf(wanted, sizeof wanted, "write \"other\" to %s: the kernel has no such file, nor another one for this",
             in_folder(&fixture, "old"));
    CHECK(result.error == ENOENT);
    CHECK_TEXT(result.message, wanted);
    make_file(in_folder(&fixture, "old"), "");
    RUN(fixture, result, write_first, .paths = path_list, .contents = content_list);
    CHECK(result.error == 0);
    CHECK_TEXT(file_content(in_folder(&fixture, "old")), "other");
    make_file(in_folder(&fixture, "new"), "");
    make_file(in_folder(&fixture, "old"), "untouched");
    RUN(fixture, result, write_first, .paths = path_list, .contents = content_list);
    CHECK(result.error == 0);
    CHECK_TEXT(file_content(in_folder(&fixture, "new")), "one");
    CHECK_TEXT(file_content(in_folder(&fixture, "old")), "untouched");
    CHECK(unlink(in_folder(&fixture, "new")) == 0 && mkdir(in_folder(&fixture, "new"), 0700) == 0);
    RUN(fixture, result, write_first, .paths = path_list, .contents = content_list);
    CHECK(result.error == EISDIR);
    CHECK_TEXT(file_content(in_folder(&fixture, "old")), "untouched");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_write_dispositions(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct stat status;
    fixture_begin(&fixture);
    umask(027);
    const char *path = in_folder(&fixture, "file");
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("12\n"), .disposition = WRITE_EXISTING);
    CHECK(result.error == ENOENT);
    char wanted[PATH_MAX + 64];
    snprintf(wanted, sizeof wanted, "write \"12\" to %s", path);
    CHECK_TEXT(result.message, wanted);
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("long"), .mode = 0666,
        .disposition = WRITE_CREATE_NEW);
    CHECK(result.error == 0 && stat(path, &status) == 0 && (status.st_mode & 07777) == 0640);
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("x"), .mode = 0666,
        .disposition = WRITE_CREATE_NEW);
    CHECK(result.error == EEXIST);
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("LO"), .disposition = WRITE_EXISTING);
    CHECK_TEXT(file_content(path), "LOng");
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("+"), .mode = 0666,
        .disposition = WRITE_APPEND);
    CHECK_TEXT(file_content(path), "LOng+");
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("new"), .mode = 0666,
        .disposition = WRITE_CREATE);
    CHECK_TEXT(file_content(path), "new");
    ino_t before = stat(path, &status) == 0 ? status.st_ino : 0;
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("other"), .mode = 0600,
        .disposition = WRITE_REPLACE);
    CHECK(result.error == 0 && stat(path, &status) == 0 && status.st_ino != before && (status.st_mode & 07777) == 0600);
    CHECK_TEXT(file_content(path), "other");
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("x"), .disposition = 9);
    CHECK(result.error == EINVAL);
    umask(022);
    RUN(fixture, result, read_directory, .path = fixture.folder);
    CHECK(result.error == 0 && result.data.length == 5 && memcmp(result.data.data, "file", 5) == 0);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_full_disk_leaves_nothing(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, write_file, .path = "/dev/full", .content = text_bytes("x"), .disposition = WRITE_EXISTING);
    CHECK(result.error == ENOSPC);
    RUN(fixture, result, write_file, .path = in_folder(&fixture, "none/file"), .content = text_bytes("x"), .mode = 0600,
        .disposition = WRITE_REPLACE);
    CHECK(result.error == ENOENT);
    CHECK(mkdir(in_folder(&fixture, "target"), 0700) == 0);
    RUN(fixture, result, write_file, .path = in_folder(&fixture, "target"), .content = text_bytes("x"), .mode = 0600,
        .disposition = WRITE_REPLACE);
    CHECK(result.error == EISDIR);
    RUN(fixture, result, read_directory, .path = fixture.folder);
    CHECK(result.data.length == sizeof "target"); /* no temporary file */
    buffer_free(&result.data);
    fixture_end(&fixture);
}

/* The host's /dev/null is not replaced, nor its /dev/stdout. */
static void test_replace_no_device(void)
{
    struct fixture fixture;
    struct result result = {0};
    struct stat status;
    fixture_begin(&fixture);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", in_folder(&fixture, "null"));
    CHECK(mknod(path, S_IFCHR | 0666, makedev(1, 3)) == 0);
    RUN(fixture, result, write_file, .path = path, .content = text_bytes("42"), .mode = 0644,
        .disposition = WRITE_REPLACE);
    CHECK(result.error == 0 && lstat(path, &status) == 0 && S_ISCHR(status.st_mode));
    CHECK(symlink("null", in_folder(&fixture, "stdout")) == 0);
    RUN(fixture, result, write_file, .path = in_folder(&fixture, "stdout"), .content = text_bytes("42"), .mode = 0644,
        .disposition = WRITE_REPLACE);
    CHECK(result.error == 0 && lstat(in_folder(&fixture, "stdout"), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(lchown(in_folder(&fixture, "stdout"), 12345, 12345) == 0);
    RUN(fixture, result, write_file, .path = in_folder(&fixture, "stdout"), .content = text_bytes("42"), .mode = 0644,
        .disposition = WRITE_REPLACE);
    CHECK_TEXT(file_content(in_folder(&fixture, "stdout")), "42");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_replace_a_link(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    make_file(in_folder(&fixture, "victim"), "old");
    CHECK(symlink("victim", in_folder(&fixture, "pid")) == 0);
    RUN(fixture, result, write_file, .path = in_folder(&fixture, "pid"), .content = text_bytes("42"), .mode = 0644,
        .disposition = WRITE_REPLACE);
    CHECK(result.error == 0);
    CHECK_TEXT(file_content(in_folder(&fixture, "victim")), "old");
    CHECK_TEXT(file_content(in_folder(&fixture, "pid")), "42");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_real_path(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    CHECK(mkdir(in_folder(&fixture, "folder"), 0700) == 0);
    CHECK(symlink("folder/../folder", in_folder(&fixture, "link")) == 0);
    RUN(fixture, result, real_path, .path = in_folder(&fixture, "link/."));
    CHECK(result.error == 0 && data_is(&result, in_folder(&fixture, "folder")) && S_ISDIR((mode_t)result.value));
    RUN(fixture, result, real_path, .path = in_folder(&fixture, "none"));
    CHECK(result.error == ENOENT);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_datagram_to_a_long_path(void)
{
    struct fixture fixture;
    struct result result = {0};
    char deep[PATH_MAX], command[PATH_MAX + 16], received[8];
    fixture_begin(&fixture);
    snprintf(deep, sizeof deep, "%s/%0120d", fixture.folder, 0);
    snprintf(command, sizeof command, "mkdir -p %s", deep);
    CHECK(system(command) == 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", fixture.folder);
    int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(bind(receiver, (struct sockaddr *)&address, sizeof address) == 0);
    strcat(deep, "/s");
    CHECK(link(address.sun_path, deep) == 0);
    RUN(fixture, result, send_datagram, .path = deep, .content = text_bytes("hello"));
    CHECK(result.error == 0);
    CHECK(recv(receiver, received, sizeof received, MSG_DONTWAIT) == 5);
    RUN(fixture, result, send_datagram, .path = "", .content = text_bytes("hello"));
    CHECK(result.error == ENOENT);
    close(receiver);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_output(void)
{
    struct fixture fixture;
    struct result result = {0};
    int pipe_fds[2];
    char received[16];
    fixture_begin(&fixture);
    int saved = dup(STDOUT_FILENO);
    if (pipe(pipe_fds) < 0 || dup2(pipe_fds[1], STDOUT_FILENO) < 0)
        abort();
    close(pipe_fds[1]);
    RUN(fixture, result, output, .fd = 1, .content = text_bytes("line\n"));
    CHECK(result.error == 0 && read(pipe_fds[0], received, sizeof received) == 5);
    close(pipe_fds[0]);
    RUN(fixture, result, output, .fd = 1, .content = text_bytes("line\n"));
    CHECK(result.error == EPIPE); /* and no SIGPIPE */
    RUN(fixture, result, output, .fd = 3, .content = text_bytes("line\n"));
    CHECK(result.error == EBADF);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static void test_folders(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    const char *folder = in_folder(&fixture, "group");
    RUN(fixture, result, make_folder, .path = folder, .mode = 0750);
    struct stat status;
    CHECK(result.error == 0 && result.value == 1 && stat(folder, &status) == 0 && (status.st_mode & 0727) == 0700);
    RUN(fixture, result, make_folder, .path = folder, .mode = 0750);
    CHECK(result.error == 0 && result.value == 0);
    RUN(fixture, result, make_folder, .path = in_folder(&fixture, "a/b"), .mode = 0750);
    CHECK(result.error == ENOENT);
    make_file(in_folder(&fixture, "group/file"), "");
    RUN(fixture, result, make_folder, .path = in_folder(&fixture, "group/file"), .mode = 0750);
    CHECK(result.error == ENOTDIR);
    RUN(fixture, result, remove_folder, .path = folder);
    CHECK(result.error == ENOTEMPTY);
    unlink(in_folder(&fixture, "group/file"));
    RUN(fixture, result, remove_folder, .path = folder);
    CHECK(result.error == 0 && stat(folder, &status) < 0);
    RUN(fixture, result, remove_folder, .path = folder);
    CHECK(result.error == 0);
    fixture_end(&fixture);
}

int main(void)
{
    test_read();
    test_write_first();
    test_write_dispositions();
    test_full_disk_leaves_nothing();
    test_replace_a_link();
    test_replace_no_device();
    test_real_path();
    test_datagram_to_a_long_path();
    test_output();
    test_folders();
    return test_end();
}
