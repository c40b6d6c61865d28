/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor ROOTFS PROGRAM: what the kernel alone costs. The namespaces and mounts of the default config, pivot_root, execve,
 * wait: no config is read, no cgroup made, no state written, nothing is checked.
 */
#include <err.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMON (MS_NOSUID | MS_NOEXEC)

struct place {
    const char *type, *target;
    unsigned long flags;
    const char *data;
};

static const struct place mounts[] = {
    {"proc", "proc", 0, NULL},
    {"tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"},
    {"devpts", "dev/pts", COMMON, "newinstance,ptmxmode=0666,mode=0620,gid=5"},
    {"tmpfs", "dev/shm", COMMON | MS_NODEV, "mode=1777,size=65536k"},
    {"mqueue", "dev/mqueue", COMMON | MS_NODEV, NULL},
    {"sysfs", "sys", COMMON | MS_NODEV | MS_RDONLY, NULL},
};

static void must(long result, const char *what)
{
    if (result < 0)
        err(1, "%s", what);
}

static _Noreturn void contain(const char *rootfs, char *program)
{
    must(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "slave");
    must(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), "bind");
    must(chdir(rootfs), "chdir");
    for (size_t i = 0; i < sizeof mounts / sizeof mounts[0]; i++) {
        mkdir(mounts[i].target, 0755);
        must(mount(mounts[i].type, mounts[i].target, mounts[i].type, mounts[i].flags, mounts[i].data),
             mounts[i].target);
    }
    must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    must(umount2(".", MNT_DETACH), "umount");
    must(sethostname("floor", 5), "sethostname");
    char *arguments[] = {program, NULL}, *environment[] = {NULL};
    execve(program, arguments, environment);
    err(1, "execve");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        errx(1, "usage: floor ROOTFS PROGRAM");
    struct clone_args args = {
        .flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP,
        .exit_signal = SIGCHLD,
    };
    long pid = syscall(SYS_clone3, &args, sizeof args);
    must(pid, "clone3");
    if (pid == 0)
        contain(argv[1], argv[2]);
    int status;
    must(waitpid((pid_t)pid, &status, 0), "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
