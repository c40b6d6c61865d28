/* SPDX-License-Identifier: Apache-2.0 */
/* Paths inside a root that belongs to somebody else: links, missing folders, and a link that is swapped all the time. */
#include "test.h"

#include "../paths.h"
#include "../scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* <folder>/root is the root; <folder>/outside is what nothing may come to. */
struct lab {
    char folder[32];
    int top;
    int root;
};

static void lab_begin(struct lab *lab)
{
    snprintf(lab->folder, sizeof lab->folder, "/tmp/jrunc-test-XXXXXX");
    if (!mkdtemp(lab->folder))
        abort();
    lab->top = open(lab->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lab->top < 0 || mkdirat(lab->top, "root", 0755) < 0 || mkdirat(lab->top, "outside", 0755) < 0)
        abort();
    lab->root = openat(lab->top, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void lab_end(struct lab *lab)
{
    char command[64];
    close(lab->root);
    close(lab->top);
    snprintf(command, sizeof command, "rm -rf -- '%s'", lab->folder);
    CHECK(system(command) == 0);
}

/* Where the fd is, without the lab's folder. Valid until the next call. */
static const char *place(const struct lab *lab, int fd)
{
    static char path[PATH_MAX];
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    size_t prefix = strlen(lab->folder);
    return strncmp(path, lab->folder, prefix) == 0 ? path + prefix : path;
}

static bool outside_is_empty(const struct lab *lab)
{
    return unlinkat(lab->top, "outside", AT_REMOVEDIR) == 0 && mkdirat(lab->top, "outside", 0755) == 0;
}

/* Makes it and says where it came to be; "-ENAME" for an error. */
static const char *made_at(const struct lab *lab, const char *path, bool file)
{
    static char error[32];
    scope_fd fd = path_make(lab->root, path, file);
    if (fd >= 0)
        return place(lab, fd);
    snprintf(error, sizeof error, "-%s", strerrorname_np(-fd));
    return error;
}

static void test_open(void)
{
    struct lab lab;
    lab_begin(&lab);
    mkdirat(lab.root, "folder", 0755);
    symlinkat("/folder", lab.root, "absolute");
    symlinkat("../../../folder", lab.root, "upwards");
    symlinkat("/proc/self/fd/0", lab.root, "magic");
    symlinkat("loop", lab.root, "loop");
    scope_fd through_absolute = path_open(lab.root, "/absolute", O_PATH);
    CHECK_TEXT(place(&lab, through_absolute), "/root/folder");
    scope_fd upwards = path_open(lab.root, "/upwards", O_PATH);
    CHECK_TEXT(place(&lab, upwards), "/root/folder");
    scope_fd above = path_open(lab.root, "/../../../..", O_PATH);
    CHECK_TEXT(place(&lab, above), "/root");
    CHECK(path_open(lab.root, "/magic", O_PATH) == -ENOENT); /* there is no proc inside */
    CHECK(path_open(lab.root, "/loop", O_PATH) == -ELOOP);
    CHECK(path_open(lab.root, "/none", O_PATH) == -ENOENT);
    CHECK(fcntl(through_absolute, F_GETFD) == FD_CLOEXEC);
    scope_fd host = open("/", O_PATH | O_CLOEXEC);
    CHECK(path_open(host, "/proc/self/fd/0", O_PATH) == -ELOOP); /* CVE-2024-21626 */
    CHECK(path_open(host, "/proc/self/root", O_PATH) == -ELOOP);
    scope_fd direct = path_open_without_links(lab.root, "/folder", O_PATH);
    CHECK(direct >= 0);
    CHECK(path_open_without_links(lab.root, "/absolute", O_PATH) == -ELOOP);
    lab_end(&lab);
}

static void test_make(void)
{
    struct lab lab;
    struct stat status;
    lab_begin(&lab);
    umask(0);
    CHECK_TEXT(made_at(&lab, "/a/b/c", false), "/root/a/b/c");
    CHECK_TEXT(made_at(&lab, "/a/b/c", false), "/root/a/b/c");
    CHECK_TEXT(made_at(&lab, "//a///b/./d/", false), "/root/a/b/d");
    CHECK(fstatat(lab.root, "a/b", &status, 0) == 0 && (status.st_mode & 07777) == 0755);
    CHECK_TEXT(made_at(&lab, "/etc/hosts", true), "/root/etc/hosts");
    CHECK(fstatat(lab.root, "etc/hosts", &status, 0) == 0 && S_ISREG(status.st_mode) &&
          (status.st_mode & 07777) == 0644);
    CHECK_TEXT(made_at(&lab, "/a", true), "/root/a"); /* is there already, as what it is */
    CHECK_TEXT(made_at(&lab, "/etc/hosts/x", false), "-ENOTDIR");
    CHECK_TEXT(made_at(&lab, "/", false), "/root");
    CHECK_TEXT(made_at(&lab, "/../../x/../y", false), "/root/y");
    char name[NAME_MAX + 3] = "/";
    memset(name + 1, 'n', NAME_MAX + 1);
    CHECK_TEXT(made_at(&lab, name, false), "-ENAMETOOLONG");
    lab_end(&lab);
}

/* Links to what isn't there yet: the place that they name is made, inside. */
static void test_make_through_links(void)
{
    struct lab lab;
    lab_begin(&lab);
    symlinkat("/made/by/link", lab.root, "absolute");
    symlinkat("relative-target", lab.root, "relative");
    symlinkat("../../../../../../../../tmp/x", lab.root, "upwards");
    mkdirat(lab.root, "sub", 0755);
    symlinkat("../beside", lab.root, "sub/up");
    symlinkat("second", lab.root, "first");
    symlinkat("third/", lab.root, "second");
    symlinkat("round", lab.root, "about");
    symlinkat("about", lab.root, "round");
    char outside[64];
    snprintf(outside, sizeof outside, "%s/outside", lab.folder);
    symlinkat(outside, lab.root, "host");
    symlinkat("../outside", lab.root, "host2");
    CHECK_TEXT(made_at(&lab, "/absolute/x", false), "/root/made/by/link/x");
    CHECK_TEXT(made_at(&lab, "/relative/x", false), "/root/relative-target/x");
    CHECK_TEXT(made_at(&lab, "/upwards/f", true), "/root/tmp/x/f");
    CHECK_TEXT(made_at(&lab, "/sub/up/f", true), "/root/beside/f");
    CHECK_TEXT(made_at(&lab, "/first/x", false), "/root/third/x");
    CHECK_TEXT(made_at(&lab, "/about/x", false), "-ELOOP");
    char wanted[96];
    snprintf(wanted, sizeof wanted, "/root%s/f", outside);
    CHECK_TEXT(made_at(&lab, "/host/f", true), wanted);
    CHECK_TEXT(made_at(&lab, "/host2/f", true), "/root/outside/f");
    CHECK(outside_is_empty(&lab));
    lab_end(&lab);
}

static void test_make_parent(void)
{
    struct lab lab;
    const char *name;
    lab_begin(&lab);
    scope_fd parent = path_make_parent(lab.root, "/dev/sub/null", &name);
    CHECK_TEXT(place(&lab, parent), "/root/dev/sub");
    CHECK_TEXT(name, "null");
    CHECK(faccessat(lab.root, "dev/sub/null", F_OK, 0) < 0 && errno == ENOENT);
    scope_fd top = path_make_parent(lab.root, "/null", &name);
    CHECK_TEXT(place(&lab, top), "/root");
    CHECK(path_make_parent(lab.root, "/dev/", &name) == -EINVAL);
    CHECK(path_make_parent(lab.root, "/dev/..", &name) == -EINVAL);
    CHECK(path_make_parent(lab.root, "null", &name) == -EINVAL);
    /* CVE-2026-41579: the image's own /dev leads to the host's. */
    symlinkat("/../outside", lab.root, "linked");
    scope_fd inside = path_make_parent(lab.root, "/linked/null", &name);
    CHECK_TEXT(place(&lab, inside), "/root/outside");
    CHECK(outside_is_empty(&lab));
    lab_end(&lab);
}

/* Exchanges a folder and a link to the outside as fast as it can. */
static _Noreturn void swap_for_ever(const struct lab *lab)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        renameat2(lab->root, "volume", lab->root, "trap", RENAME_EXCHANGE);
}

/* CVE-2024-45310, CVE-2021-30465, CVE-2019-18837 */
static void test_race(void)
{
    struct lab lab;
    char outside[64], path[64];
    lab_begin(&lab);
    snprintf(outside, sizeof outside, "%s/outside", lab.folder);
    mkdirat(lab.root, "volume", 0755);
    symlinkat(outside, lab.root, "trap");
    pid_t swapper = fork();
    if (swapper == 0)
        swap_for_ever(&lab);
    int inside = 0, refused = 0, elsewhere = 0;
    for (unsigned i = 0; i < 3000; i++) {
        snprintf(path, sizeof path, "/volume/%u/x", i);
        scope_fd fd = path_make(lab.root, path, i & 1);
        if (fd < 0)
            refused++;
        else if (strncmp(place(&lab, fd), "/root/", 6) == 0)
            inside++;
        else
            elsewhere++;
    }
    kill(swapper, SIGKILL);
    waitpid(swapper, NULL, 0);
    CHECK(elsewhere == 0);
    CHECK(inside > 0);
    CHECK(outside_is_empty(&lab));
    if (inside + refused != 3000)
        fprintf(stderr, "%d inside, %d refused, %d elsewhere\n", inside, refused, elsewhere);
    lab_end(&lab);
}

int main(void)
{
    test_open();
    test_make();
    test_make_through_links();
    test_make_parent();
    test_race();
    return test_end();
}
