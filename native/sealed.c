/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVE-2019-5736: a process in the container overwrites the runtime through /proc/PID/exe of whoever enters it; and runc issue
 * 5272, page-cache poisoning: the same through the page cache. The file itself is never executed in a container, only this copy.
 */
#include "sealed.h"

#include "mount_calls.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/*
 * CVE row "host's root": of a program that may not be read the kernel gives the memory to the user namespace of who may, execve(2)
 * and ptrace(2): whoever has made init's own has no rights over it, unless over ours. An ordinary user's init has nothing to hide from that user.
 */
static mode_t sealed_mode(void)
{
    return geteuid() == 0 ? 0111 : 0555;
}

static int make_memfd(void)
{
    int fd = memfd_create(SEALED_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create(SEALED_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return fd < 0 ? -errno : fd;
}

static int copy_all(int from, int to)
{
    struct stat status;
    if (fstat(from, &status) < 0)
        return -errno;
    off_t left = status.st_size;
    while (left > 0) {
        ssize_t sent = sendfile(to, from, NULL, (size_t)left);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return sent < 0 ? -errno : -EIO;
        left -= sent;
    }
    return 0;
}

static int seal_memfd(int own)
{
    scope_fd copy = make_memfd();
    if (copy < 0)
        return copy;
    int error = copy_all(own, copy);
    if (error)
        return error;
    if (fchmod(copy, sealed_mode()) < 0 || fcntl(copy, F_ADD_SEALS, ALL_SEALS) < 0)
        return -errno;
    return release_fd(&copy);
}

static int write_copy(int own, int mount)
{
    scope_fd copy = openat(mount, SEALED_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
    if (copy < 0 || fchmod(copy, sealed_mode()) < 0)
        return -errno;
    return copy_all(own, copy);
}

/* The only file of a tmpfs that is mounted nowhere, and read-only as a whole: who opens /proc/PID/exe gets no further than that. */
static int seal_tmpfs(int own)
{
    scope_fd context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return -errno;
    scope_fd mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (mount < 0)
        return -errno;
    int error = write_copy(own, mount);
    if (error)
        return error;
    if (fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0 ||
        fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
        return -errno;
    int copy = openat(mount, SEALED_FILE, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    return copy < 0 ? -errno : copy;
}

int sealed_copy(bool *forbidden)
{
    scope_fd own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (own < 0)
        return -errno;
    int copy = seal_memfd(own);
    *forbidden = copy == -EACCES;
    return *forbidden ? seal_tmpfs(own) : copy;
}
