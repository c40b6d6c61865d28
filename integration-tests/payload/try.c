/* SPDX-License-Identifier: Apache-2.0 */
/* `try-…`: one attempt at something that the container may or may not be allowed to do, and its errno. */
#include "payload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int error_of(int result)
{
    return result < 0 ? errno : 0;
}

/* Writes the second word, or a byte, to the file, which is made when it is missing. */
int try_write_command(const struct words *words)
{
    const char *path = word_or(words, 0, NULL);
    const char *text = word_or(words, 1, "x");
    int error = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        error = errno;
    if (fd >= 0)
        close(fd);
    print_outcome("try-write", path, error);
    return NEXT;
}

/* Modes: r, w, rw; folders are opened by r. */
int try_open_command(const struct words *words)
{
    const char *path = word_or(words, 0, NULL);
    const char *mode = word_or(words, 1, "r");
    int flags = strcmp(mode, "rw") == 0 ? O_RDWR : strcmp(mode, "w") == 0 ? O_WRONLY : O_RDONLY;
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    print_outcome("try-open", path, error_of(fd));
    if (fd >= 0)
        close(fd);
    return NEXT;
}

/* try-mount TYPE TARGET */
int try_mount_command(const struct words *words)
{
    const char *type = word_or(words, 0, NULL);
    const char *target = word_or(words, 1, NULL);
    print_outcome("try-mount", target, error_of(mount(type, target, type, 0, NULL)));
    return NEXT;
}

/* try-mknod PATH c|b MAJOR MINOR */
int try_mknod_command(const struct words *words)
{
    const char *path = word_or(words, 0, NULL);
    mode_t type = strcmp(word_or(words, 1, "c"), "b") == 0 ? S_IFBLK : S_IFCHR;
    dev_t device = makedev((unsigned)number_or(words, 2, 1), (unsigned)number_or(words, 3, 3));
    print_outcome("try-mknod", path, error_of(mknod(path, type | 0666, device)));
    return NEXT;
}

int try_mkdir_command(const struct words *words)
{
    const char *path = word_or(words, 0, NULL);
    print_outcome("try-mkdir", path, error_of(mkdir(path, 0755)));
    return NEXT;
}

static void attempt_unshare(const char *kind)
{
    static const struct {
        const char *name;
        int flag;
    } kinds[] = {{"mount", CLONE_NEWNS},    {"user", CLONE_NEWUSER}, {"uts", CLONE_NEWUTS},      {"ipc", CLONE_NEWIPC},
                 {"network", CLONE_NEWNET}, {"pid", CLONE_NEWPID},   {"cgroup", CLONE_NEWCGROUP}};
    errno = ENOENT;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, kind) == 0 && unshare(kinds[i].flag) == 0)
            _exit(0);
    }
    _exit(errno);
}

int try_unshare_command(const struct words *words)
{
    const char *kind = word_or(words, 0, NULL);
    pid_t child = fork();
    if (child == 0)
        attempt_unshare(kind);
    int status = 0;
    waitpid(child, &status, 0);
    print_outcome("try-unshare", kind, WIFEXITED(status) ? WEXITSTATUS(status) : 255);
    return NEXT;
}

int try_hostname_command(const struct words *words)
{
    const char *name = word_or(words, 0, NULL);
    print_outcome("try-hostname", name, error_of(sethostname(name, strlen(name))));
    return NEXT;
}

/* A raw socket needs CAP_NET_RAW over the user namespace that owns the network namespace. */
int try_socket_command(const struct words *words)
{
    (void)words;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    print_outcome("try-socket", "packet", error_of(fd));
    if (fd >= 0)
        close(fd);
    return NEXT;
}

int try_nice_command(const struct words *words)
{
    int priority = (int)number_or(words, 0, -5);
    print_outcome("try-nice", word_or(words, 0, "-5"), error_of(setpriority(PRIO_PROCESS, 0, priority)));
    return NEXT;
}
