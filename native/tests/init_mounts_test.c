/* SPDX-License-Identifier: Apache-2.0 */
/* Init's mounts, devices, root changes and masks, seen from inside; and images that try to lead them to the host. */
#include "init_fixture.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>

#define ADD_MOUNT(container, kind, where, ...) \
    ADD(&(container)->plan, MOUNT, mount, .type = kind, .source = kind, .target = where, __VA_ARGS__)
#define ADD_BIND(container, from, where, ...) \
    ADD(&(container)->plan, BIND, bind, .source = from, .tree = -1, .target = where, __VA_ARGS__)

/* Runs what the plan has so far, then proc and the script. */
static void finish(struct container *container, const char *script)
{
    add_file_system(container, "proc", "/proc");
    add_program(container, script);
    run_container(container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
}

static void finish_in_user_namespace(struct container *container, const char *script)
{
    add_file_system(container, "proc", "/proc");
    add_program(container, script);
    run_container(container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES | CLONE_NEWUSER,
                                                .uidMap = U32S(0, 100000, 10),
                                                .gidMap = U32S(0, 100000, 10)});
}

static int tree_of(struct container *container, const char *path)
{
    int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (fd < 0)
        abort();
    container->trees[container->tree_count] = fd;
    return (int)container->tree_count++;
}

/* ---------------------------------------------------------------- new file systems */

static void test_file_systems(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir %s/full && echo image >%s/full/file && chmod 640 %s/full/file && chown 5:6 %s/full/file &&"
          "ln -s file %s/full/link && mkdir -m 700 %s/full/inner && echo deep >%s/full/inner/deep",
          lab.rootfs, lab.rootfs, lab.rootfs, lab.rootfs, lab.rootfs, lab.rootfs, lab.rootfs);
    add_root(&container, &lab);
    ADD_MOUNT(&container, "tmpfs", "/made/for/it", .parameters = STRS("size=64k", "mode=711"),
              .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOATIME);
    ADD_MOUNT(&container, "tmpfs", "/full", .copyUp = true);
    ADD_MOUNT(&container, "tmpfs", "/shared", .propagation = MS_SHARED);
    finish(&container,
           "cat /proc/self/mountinfo; ls -ln /full; cat /full/link /full/inner/deep; stat -c %a /made/for/it");
    CHECK(printed(&container, " /made/for/it rw,nosuid,nodev,noatime"));
    CHECK(printed(&container, "size=64k,mode=711"));
    CHECK(printed(&container, "-rw-r-----    1 5        6"));
    CHECK(printed(&container, "image\ndeep\n711\n"));
    CHECK(printed(&container, " /shared rw,relatime shared:"));
    lab_end(&lab);
}

/* Also those that a change of owner takes away. */
static void test_copy_up_of_modes(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("cd %s && mkdir full full/shared && touch full/own full/groups full/sticky full/closed &&"
          "chown 5:6 full/* && chmod 4755 full/own && chmod 2750 full/groups && chmod 1644 full/sticky &&"
          "chmod 0 full/closed && chmod 3775 full/shared && touch full/shared/deep && chmod 6711 full/shared/deep",
          lab.rootfs);
    add_root(&container, &lab);
    ADD_MOUNT(&container, "tmpfs", "/full", .copyUp = true);
    finish(&container, "cd /full && stat -c '%n %a %u:%g' * shared/deep");
    CHECK(printed(&container, "closed 0 5:6\ngroups 2750 5:6\nown 4755 5:6\nshared 3775 5:6\nsticky 1644 5:6\n"
                              "shared/deep 6711 0:6\n"));
    lab_end(&lab);
}

/* An option that fsconfig(2) doesn't take goes by mount(2), with all that belongs to it. */
static void test_copy_up_with_a_long_option(void)
{
    struct lab lab;
    struct container container = {0};
    char option[400];
    memset(option, '0', sizeof option - 1);
    memcpy(option, "mode=", 5);
    memcpy(option + sizeof option - 4, "755", 4);
    lab_begin(&lab);
    shell("mkdir %s/full && echo image >%s/full/file", lab.rootfs, lab.rootfs);
    add_root(&container, &lab);
    ADD_MOUNT(&container, "tmpfs", "/full", .parameters = STRS(option), .copyUp = true);
    finish(&container, "cat /full/file; grep -c ' /full ' /proc/self/mountinfo");
    CHECK(printed(&container, "image\n1\n"));
    lab_end(&lab);
}

static void test_options_refused(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    ADD_MOUNT(&container, "tmpfs", "/t", .parameters = STRS("mode=755", "sizee=64k"));
    finish(&container, "true");
    CHECK(failed_with(&container, EINVAL, "MOUNT",
                      "mount tmpfs on /t: option \"sizee=64k\": tmpfs: Unknown parameter 'sizee'"));
    CHECK_TEXT(container.origin, "/origin");
    container = (struct container){0};
    add_root(&container, &lab);
    ADD_MOUNT(&container, "tmpfs", "/t", .parameters = STRS("size=lots"));
    finish(&container, "true");
    CHECK(failed_with(&container, EINVAL, "MOUNT", "tmpfs: Bad value for 'size'"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD_MOUNT(&container, "nosuchfs", "/t", .attributes = 0);
    finish(&container, "true");
    CHECK(failed_with(&container, ENODEV, "MOUNT", "mount nosuchfs on /t: the kernel has no such file system"));
    lab_end(&lab);
}

/* fsconfig(2) takes no value of more than 255 bytes. */
static void test_long_option(void)
{
    struct lab lab;
    struct container container = {0};
    char lower[2048];
    lab_begin(&lab);
    size_t length = (size_t)snprintf(lower, sizeof lower, "lowerdir=%s", lab.outside);
    for (int i = 0; i < 20; i++) {
        shell("mkdir -p %s/lower%d", lab.folder, i);
        length += (size_t)snprintf(lower + length, sizeof lower - length, ":%s/lower%d", lab.folder, i);
    }
    CHECK(length > 255);
    add_root(&container, &lab);
    ADD_MOUNT(&container, "overlay", "/merged", .parameters = STRS(lower, "ro"),
              .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSYMFOLLOW, .propagation = MS_PRIVATE);
    finish(&container, "cat /merged/secret; grep merged /proc/self/mountinfo");
    CHECK(printed(&container, "secret\n"));
    CHECK(printed(&container, " /merged ro,nosuid,nodev,relatime,nosymfollow - overlay"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- binds */

static void test_binds(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir %s/volume && echo v >%s/volume/v && echo f >%s/file", lab.folder, lab.folder, lab.folder);
    add_root(&container, &lab);
    ADD_BIND(&container, in_lab(&lab, "volume"), "/volume", .attributesSet = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC);
    ADD_BIND(&container, in_lab(&lab, "file"), "/etc/deep/file", .recursive = true);
    ADD(&container.plan, BIND, bind, .source = "tree", .tree = tree_of(&container, in_lab(&lab, "volume")),
        .target = "/by-tree");
    finish(&container,
           "cat /volume/v /etc/deep/file /by-tree/v; touch /volume/x; grep ' /volume ' /proc/self/mountinfo");
    CHECK(printed(&container, "v\nf\nv\n"));
    CHECK(printed(&container, "Read-only file system"));
    CHECK(printed(&container, " /volume ro,noexec"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD_BIND(&container, in_lab(&lab, "nothing"), "/volume", .recursive = true);
    finish(&container, "true");
    CHECK(failed_with(&container, ENOENT, "BIND", "nothing on /volume: open the source"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD_BIND(&container, in_lab(&lab, "volume"), "/bin/busybox", .recursive = true);
    finish(&container, "true");
    CHECK(failed_with(&container, ENOTDIR, "BIND", "volume on /bin/busybox"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD(&container.plan, BIND, bind, .source = "none", .tree = 3, .target = "/by-tree");
    finish(&container, "true");
    CHECK(failed_with(&container, EBADF, "BIND", "none on /by-tree"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- images that attack */

/* CVE-2021-30465, CVE-2019-18837: targets that lead to the host by links. */
static void test_targets_that_are_links(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir -p %s/volume && echo mine >%s/volume/secret && echo shadow >%s/shadow", lab.folder, lab.folder,
          lab.folder);
    shell("ln -s %s %s/absolute && ln -s ../../../../../..%s %s/upwards && rmdir %s/tmp && ln -s /tmp %s/tmp",
          lab.outside, lab.rootfs, lab.outside, lab.rootfs, lab.rootfs, lab.rootfs);
    shell("ln -s %s/secret %s/etc/passwd", lab.outside, lab.rootfs);
    add_root(&container, &lab);
    ADD_BIND(&container, in_lab(&lab, "volume"), "/absolute", .recursive = true);
    ADD_BIND(&container, in_lab(&lab, "volume"), "/upwards/deeper", .recursive = true);
    ADD_BIND(&container, in_lab(&lab, "shadow"), "/etc/passwd", .recursive = true);
    char script[256];
    snprintf(script, sizeof script, "cat %s/secret; ls %s; cat /etc/passwd", lab.outside, lab.outside);
    finish(&container, script);
    CHECK(container.error == 0 || failed_with(&container, ELOOP, "BIND", "")); /* /tmp -> /tmp */
    CHECK(!strstr(container.output, "secret\n"));
    struct stat status;
    CHECK(stat(in_lab(&lab, "outside/deeper"), &status) < 0 && errno == ENOENT);
    lab_end(&lab);
}

static void test_folder_links(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir -p %s/volume && echo mine >%s/volume/secret", lab.folder, lab.folder);
    shell("ln -s /../../../outside %s/linked", lab.rootfs);
    add_root(&container, &lab);
    ADD_BIND(&container, in_lab(&lab, "volume"), "/linked/sub", .recursive = true);
    finish(&container, "cat /outside/sub/secret");
    CHECK(printed(&container, "mine\n"));
    struct stat status;
    CHECK(stat(in_lab(&lab, "outside/sub"), &status) < 0 && errno == ENOENT);
    lab_end(&lab);
}

/* CVE-2019-19921, CVE-2023-28642 */
static void test_proc_that_is_a_link(void)
{
    static const char *const kinds[] = {"proc", "sysfs"};
    for (int i = 0; i < 2; i++) {
        struct lab lab;
        struct container container = {0};
        lab_begin(&lab);
        shell("mkdir %s/elsewhere && ln -s elsewhere %s/%s", lab.rootfs, lab.rootfs, i ? "sys" : "proc");
        add_root(&container, &lab);
        add_file_system(&container, kinds[i], i ? "/sys" : "/proc");
        add_program(&container, "true");
        run_container(&container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
        CHECK(failed_with(&container, ELOOP, "MOUNT", "which is a symlink in the image"));
        lab_end(&lab);
    }
}

/* The program would be below what exec enters. */
static void test_links_to_the_root(void)
{
    struct lab lab;
    lab_begin(&lab);
    shell("ln -s / %s/top && mkdir %s/volume", lab.rootfs, lab.folder);
    struct container container = {0};
    add_root(&container, &lab);
    ADD_BIND(&container, in_lab(&lab, "volume"), "/top", .recursive = true);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "BIND", "on /top, which leads to the root"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD_MOUNT(&container, "tmpfs", "/etc/..", .attributes = 0);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "MOUNT", "mount tmpfs on /etc/.., which leads to the root"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD(&container.plan, MASK_PATH, mask_path, .path = "/top");
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "MASK_PATH", "mask /top, which leads to the root"));
    lab_end(&lab);
}

/* CVE-2019-16884 and its kin: a link leads to a part of procfs that init writes to. */
static void test_links_into_proc(void)
{
    struct lab lab;
    lab_begin(&lab);
    shell("ln -s /proc/self/attr %s/attr && ln -s /proc/sys %s/settings && mkdir %s/volume", lab.rootfs, lab.rootfs,
          lab.folder);
    struct container container = {0};
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD_BIND(&container, in_lab(&lab, "volume"), "/settings", .recursive = true);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "BIND", "on /settings, which leads into procfs"));
    container = (struct container){0};
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD_MOUNT(&container, "tmpfs", "/settings", .attributes = 0);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "MOUNT", "mount tmpfs on /settings, which leads into procfs"));
    container = (struct container){0};
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD_MOUNT(&container, "tmpfs", "/proc/../settings", .attributes = 0);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "MOUNT", "mount tmpfs on /proc/../settings, which leads into procfs"));
    container = (struct container){0};
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD_MOUNT(&container, "tmpfs", "/etc/../proc/sys", .attributes = 0);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "MOUNT", "on /etc/../proc/sys, which leads into procfs"));
    shell("rmdir %s/proc && ln -s /other/sys %s/proc", lab.rootfs, lab.rootfs);
    container = (struct container){0};
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/other");
    ADD_BIND(&container, in_lab(&lab, "volume"), "/proc/kernel", .recursive = true);
    finish(&container, "true");
    CHECK(failed_with(&container, EPERM, "BIND", "on /proc/kernel, which leads into procfs"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- devices */

static void add_null(struct container *container, bool bind)
{
    ADD(&container->plan, DEVICE, device, .path = "/dev/null", .type = S_IFCHR, .major = 1, .minor = 3, .mode = 0666,
        .bindFallback = bind);
}

static void test_devices(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir %s/dev && echo image >%s/dev/null && mknod %s/dev/zero c 1 5", lab.rootfs, lab.rootfs, lab.rootfs);
    add_root(&container, &lab);
    add_null(&container, true);
    ADD(&container.plan, DEVICE, device, .path = "/dev/zero", .type = S_IFCHR, .major = 1, .minor = 5, .mode = 0666);
    ADD(&container.plan, DEVICE, device, .path = "/dev/sub/pipe", .type = S_IFIFO, .mode = 0622, .uid = 7, .gid = 8);
    ADD(&container.plan, DEVICE, device, .path = "/dev/disk", .type = S_IFBLK, .major = 7, .minor = 9, .mode = 0600);
    ADD(&container.plan, SYMLINK, symlink, .content = "/proc/self/fd", .path = "/dev/fd");
    ADD(&container.plan, SYMLINK, symlink, .content = "other", .path = "/dev/fd");
    finish(&container, "stat -c '%n %F %t:%T %a %u:%g' /dev/null /dev/zero /dev/sub/pipe /dev/disk; readlink /dev/fd");
    CHECK(printed(&container, "/dev/null character special file 1:3 666 0:0\n"));
    CHECK(printed(&container, "/dev/zero character special file 1:5"));
    CHECK(printed(&container, "/dev/sub/pipe fifo 0:0 622 7:8\n"));
    CHECK(printed(&container, "/dev/disk block special file 7:9 600 0:0\n/proc/self/fd\n"));
    lab_end(&lab);
}

/* In place of libc's, as if somebody who may write to the folder had waited for it: a name that asks for it is another file at once. */
int mknodat(int folder, const char *name, mode_t mode, dev_t device)
{
    int result = (int)syscall(SYS_mknodat, folder, name, mode, device);
    if (result < 0 || strncmp(name, "now-", 4) != 0)
        return result;
    if (unlinkat(folder, name, 0) < 0)
        abort();
    if (strcmp(name, "now-a-link") == 0)
        return symlinkat("kept", folder, name);
    bool file = strcmp(name, "now-a-file") == 0;
    return (int)syscall(SYS_mknodat, folder, name, file ? S_IFREG | 0600 : mode, file ? 0 : device + 1);
}

/* Who swaps a device for something else before it is given away gets nothing else for it. */
static void test_devices_that_are_swapped(void)
{
    static const char *const paths[] = {"/dev/now-a-file", "/dev/now-a-link", "/dev/now-a-device"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct lab lab;
        struct container container = {0};
        char message[128], swapped[64];
        struct stat status;
        lab_begin(&lab);
        shell("mkdir %s/dev && mknod %s/dev/kept c 1 3", lab.rootfs, lab.rootfs);
        add_root(&container, &lab);
        ADD(&container.plan, DEVICE, device, .path = paths[i], .type = S_IFCHR, .major = 1, .minor = 3, .mode = 0600,
            .uid = 7, .gid = 8);
        finish(&container, "true");
        snprintf(message, sizeof message, "give device %s to 7:8: it is another file by now", paths[i]);
        CHECK(failed_with(&container, EPERM, "DEVICE", message));
        snprintf(swapped, sizeof swapped, "rootfs%s", paths[i]);
        CHECK(lstat(in_lab(&lab, swapped), &status) == 0 && status.st_uid == 0 && status.st_gid == 0);
        CHECK(stat(in_lab(&lab, "rootfs/dev/kept"), &status) == 0 && status.st_uid == 0 && status.st_gid == 0);
        lab_end(&lab);
    }
}

/* CVE-2026-41579, CVE-2026-47766 */
static void test_dev_that_is_a_link(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("ln -s %s %s/dev", lab.outside, lab.rootfs);
    add_root(&container, &lab);
    add_null(&container, true);
    ADD(&container.plan, SYMLINK, symlink, .content = "/proc/self/fd", .path = "/dev/fd");
    finish(&container, "ls /dev/");
    CHECK(printed(&container, "fd\nnull\n"));
    struct stat status;
    CHECK(lstat(in_lab(&lab, "outside/null"), &status) < 0 && lstat(in_lab(&lab, "outside/fd"), &status) < 0);
    lab_end(&lab);
}

static void test_trees_in_two_messages(void)
{
    struct lab lab;
    struct container container = {.trees_ahead = 2};
    lab_begin(&lab);
    add_root(&container, &lab);
    const char *names[] = {"/a", "/b", "/c"};
    for (size_t i = 0; i < 3; i++) {
        shell("mkdir %s%s && echo in%s >%s%s/file", lab.folder, names[i], names[i], lab.folder, names[i]);
        ADD(&container.plan, BIND, bind, .source = "tree", .tree = tree_of(&container, in_lab(&lab, names[i] + 1)),
            .target = names[i]);
    }
    finish(&container, "cat /a/file /b/file /c/file");
    CHECK(printed(&container, "in/a\nin/b\nin/c\n"));
    lab_end(&lab);
}

/* In a user namespace: the root file system and the sources come as fds, mknod is refused, no folder on the way is open. */
static void test_user_namespace(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("chown -R 100000:100000 %s && mkdir %s/volume && echo v >%s/volume/v && chmod 700 %s", lab.rootfs, lab.folder,
          lab.folder, lab.folder);
    ADD(&container.plan, ROOT, root, .path = lab.rootfs, .tree = tree_of(&container, lab.rootfs),
        .propagation = MS_SLAVE | MS_REC);
    ADD_MOUNT(&container, "tmpfs", "/dev", .parameters = STRS("mode=755"));
    add_null(&container, true);
    ADD(&container.plan, BIND, bind, .source = "volume", .tree = tree_of(&container, in_lab(&lab, "volume")),
        .target = "/volume");
    finish_in_user_namespace(&container, "echo x >/dev/null && echo written; cat /volume/v; stat -c %t:%T /dev/null;"
                                         "ls -d /work /root 2>&1; grep -c . /proc/self/mountinfo");
    CHECK(printed(&container, "written\nv\n1:3\n"));
    CHECK(!strstr(container.output, "\n/root\n"));
    CHECK(printed(&container, "\n5\n")); /* /, /dev, /dev/null, /volume, /proc */
    container = (struct container){0};
    ADD(&container.plan, ROOT, root, .path = lab.rootfs, .tree = tree_of(&container, lab.rootfs),
        .propagation = MS_SLAVE | MS_REC);
    ADD_MOUNT(&container, "tmpfs", "/dev", .parameters = STRS("mode=755"));
    add_null(&container, false);
    finish_in_user_namespace(&container, "true");
    CHECK(failed_with(&container, EPERM, "DEVICE", "make device /dev/null"));
    container = (struct container){0};
    ADD(&container.plan, ROOT, root, .path = lab.rootfs, .tree = tree_of(&container, lab.rootfs),
        .propagation = MS_SLAVE | MS_REC);
    add_file_system(&container, "tmpfs", "/dev");
    ADD(&container.plan, DEVICE, device, .path = "/dev/zero", .type = S_IFCHR, .major = 1, .minor = 3, .mode = 0666,
        .bindFallback = true);
    finish_in_user_namespace(&container, "true");
    CHECK(failed_with(&container, ENODEV, "DEVICE", "the host's /dev/zero is another device"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- the change of the root */

static const char look_around[] = "ls /; ls /.. ; readlink /proc/self/ns/mnt; cat /proc/self/mountinfo";

static void run_with_method(struct container *container, const struct lab *lab, uint32_t method, uint64_t propagation,
                            bool tree, uint64_t namespaces)
{
    ADD(&container->plan, ROOT, root, .path = lab->rootfs, .tree = tree ? tree_of(container, lab->rootfs) : -1,
        .propagation = propagation);
    if (method != PIVOT_CHROOT)
        add_file_system(container, "proc", "/proc");
    ADD(&container->plan, PIVOT_ROOT, pivot_root, .method = method);
    ADD(&container->plan, RESOLVE_PROGRAM, resolve_program, .file = "/bin/sh", .home = true);
    ADD(&container->plan, DETACH, detach);
    ADD(&container->plan, WAIT_START, wait_start);
    ADD(&container->plan, EXECVE, execve, .args = STRS("sh", "-c", look_around), .environment = STRS("PATH=/bin"));
    run_container(container, &(struct op_spawn){.newNamespaces = namespaces});
}

static bool host_mounts_are_there(void)
{
    struct stat proc;
    return stat("/proc/self", &proc) == 0 && access("/sys/kernel", F_OK) == 0;
}

static void test_root_methods(void)
{
    static const uint64_t propagations[] = {MS_SLAVE | MS_REC, MS_PRIVATE | MS_REC, MS_SHARED | MS_REC};
    struct lab lab;
    lab_begin(&lab);
    for (size_t i = 0; i < 3; i++) {
        for (uint32_t method = PIVOT_PIVOT; method <= PIVOT_MOVE; method++) {
            for (int tree = 0; tree < 2; tree++) {
                struct container container = {0};
                run_with_method(&container, &lab, method, propagations[i], tree, USUAL_NAMESPACES);
                CHECK(printed(&container, "bin\netc\nproc\ntmp\nbin\netc\nproc\ntmp\nmnt:["));
                CHECK(!strstr(container.output, " /sys "));
                CHECK(host_mounts_are_there() && count_mounts() == lab_mounts);
            }
        }
    }
    struct container container = {0};
    run_with_method(&container, &lab, PIVOT_CHROOT, 0, false, CLONE_NEWPID);
    CHECK(printed(&container, "bin\netc\nproc\ntmp\nbin\netc\nproc\ntmp\n"));
    CHECK(host_mounts_are_there() && count_mounts() == lab_mounts);
    lab_end(&lab);
}

/* The rootfs is a mount of its own, shared or not, or lies in one. */
static void test_rootfs_that_is_a_mount(void)
{
    static const unsigned long kinds[] = {MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE};
    struct lab lab;
    lab_begin(&lab);
    for (size_t i = 0; i < 3; i++) {
        struct container container = {0};
        if (mount(lab.rootfs, lab.rootfs, NULL, MS_BIND, NULL) < 0 || mount(NULL, lab.rootfs, NULL, kinds[i], NULL) < 0)
            abort();
        run_with_method(&container, &lab, PIVOT_PIVOT, MS_SLAVE | MS_REC, false, USUAL_NAMESPACES);
        CHECK(printed(&container, "mnt:["));
        CHECK(count_mounts() == lab_mounts + 1);
        umount2(lab.rootfs, MNT_DETACH);
    }
    lab_end(&lab);
}

static void test_root_refused(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    ADD(&container.plan, ROOT, root, .path = in_lab(&lab, "none"), .tree = -1, .propagation = MS_SLAVE | MS_REC);
    finish(&container, "true");
    CHECK(failed_with(&container, ENOENT, "ROOT", "/none"));
    container = (struct container){0};
    ADD(&container.plan, ROOT, root, .path = in_lab(&lab, "outside/secret"), .tree = -1,
        .propagation = MS_SLAVE | MS_REC);
    finish(&container, "true");
    CHECK(failed_with(&container, ENOTDIR, "ROOT", "/secret"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- masks */

static void add_masks(struct container *container)
{
    ADD(&container->plan, READONLY_PATH, readonly_path, .path = "/proc/sys");
    ADD(&container->plan, READONLY_PATH, readonly_path, .path = "/volume");
    ADD(&container->plan, READONLY_PATH, readonly_path, .path = "/none");
    ADD(&container->plan, READONLY_PATH, readonly_path, .path = "/bin/busybox/none");
    ADD(&container->plan, MASK_PATH, mask_path, .path = "/proc/keys");
    ADD(&container->plan, MASK_PATH, mask_path, .path = "/etc/hidden");
    ADD(&container->plan, MASK_PATH, mask_path, .path = "/none");
    ADD(&container->plan, MASK_PATH, mask_path, .path = "/bin/busybox/none");
    ADD(&container->plan, READONLY_ROOT, readonly_root);
}

static void run_masked(struct container *container, const struct lab *lab, const char *script)
{
    add_root(container, lab);
    add_file_system(container, "proc", "/proc");
    add_file_system(container, "tmpfs", "/dev");
    add_null(container, true);
    ADD_MOUNT(container, "tmpfs", "/volume", .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    ADD(&container->plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    add_masks(container);
    ADD(&container->plan, RESOLVE_PROGRAM, resolve_program, .file = "/bin/sh", .home = true);
    ADD(&container->plan, DETACH, detach);
    ADD(&container->plan, WAIT_START, wait_start);
    ADD(&container->plan, EXECVE, execve, .args = STRS("sh", "-c", script), .environment = STRS("PATH=/bin"));
    run_container(container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
}

static void check_masks(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir %s/etc/hidden && echo x >%s/etc/hidden/x", lab.rootfs, lab.rootfs);
    run_masked(&container, &lab,
               "ls /etc/hidden | wc -l; wc -c </proc/keys; touch /etc/hidden/y /volume/y /y /etc/y;"
               "echo x >/proc/sys/kernel/hostname; grep -E ' (/volume|/proc/sys|/proc/keys|/etc/hidden) ' "
               "/proc/self/mountinfo");
    CHECK(printed(&container, "0\n0\n"));
    CHECK(printed(&container, "/etc/hidden/y: Read-only") && printed(&container, "/volume/y: Read-only"));
    CHECK(printed(&container, "touch: /y: Read-only") && printed(&container, "/etc/y: Read-only"));
    CHECK(printed(&container, "/proc/sys/kernel/hostname: Read-only"));
    CHECK(printed(&container, " /volume ro,nosuid,noexec,relatime"));
    lab_end(&lab);
}

/* CVE-2025-31133: what is bound as a mask is not the null device. */
static void test_mask_refused(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir %s/dev && ln -s /proc/sys/kernel/core_pattern %s/dev/null", lab.rootfs, lab.rootfs);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, MASK_PATH, mask_path, .path = "/proc/keys");
    run_container(&container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
    CHECK(failed_with(&container, EPERM, "MASK_PATH", "mask /proc/keys: /dev/null is not the null device"));
    shell("rm %s/dev/null && echo x >%s/dev/null", lab.rootfs, lab.rootfs);
    container = (struct container){0};
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, MASK_PATH, mask_path, .path = "/proc/keys");
    run_container(&container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
    CHECK(failed_with(&container, EPERM, "MASK_PATH", "/dev/null is not the null device"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- Linux 5.10 */

/* CVE-2025-52881: the image's own /proc, where no procfs is mounted, leads from each fd to another mount. */
static void test_remount_that_is_redirected(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir -p %s/proc/self/fd %s/decoy", lab.rootfs, lab.rootfs);
    for (int fd = 3; fd < 64; fd++)
        shell("ln -s /decoy %s/proc/self/fd/%d", lab.rootfs, fd);
    add_root(&container, &lab);
    add_file_system(&container, "tmpfs", "/decoy");
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, READONLY_PATH, readonly_path, .path = "/etc");
    ADD(&container.plan, READONLY_ROOT, readonly_root);
    ADD(&container.plan, RESOLVE_PROGRAM, resolve_program, .file = "/bin/sh", .home = true);
    ADD(&container.plan, DETACH, detach);
    ADD(&container.plan, WAIT_START, wait_start);
    ADD(&container.plan, EXECVE, execve, .args = STRS("sh", "-c", "touch /x /etc/x /decoy/x; ls /decoy"),
        .environment = STRS("PATH=/bin"));
    run_container(&container, &(struct op_spawn){.newNamespaces = USUAL_NAMESPACES});
    CHECK(printed(&container, "touch: /x: Read-only") && printed(&container, "/etc/x: Read-only"));
    CHECK(printed(&container, "\nx\n"));
    lab_end(&lab);
}

static void without_mount_setattr(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mount_setattr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        abort();
    test_file_systems();
    test_binds();
    test_root_methods();
    check_masks();
    test_remount_that_is_redirected();
}

static void in_child(void (*run)(void))
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        test_passed = test_failed = 0;
        run();
        _exit(test_failed ? 1 : 0);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    CHECK(status == 0);
}

/* ---------------------------------------------------------------- attributes of the process */

static void test_attributes(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    ADD(&container.plan, PERSONALITY, personality, .persona = 8);
    finish(&container, "cat /proc/self/personality; uname -m");
    CHECK(printed(&container, "00000008\n"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD(&container.plan, MEMORY_POLICY, memory_policy, .modeName = "MPOL_BIND", .policy = 2, .nodes = U32S(0, 1024));
    finish(&container, "true");
    CHECK(failed_with(&container, EINVAL, "MEMORY_POLICY", "set memory policy MPOL_BIND: node 1024"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD(&container.plan, MEMORY_POLICY, memory_policy, .modeName = "MPOL_BIND", .policy = 2);
    finish(&container, "true");
    CHECK(failed_with(&container, EINVAL, "MEMORY_POLICY", "set memory policy MPOL_BIND (does this machine"));
    lab_end(&lab);
}

static void test_exec_label(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    ADD(&container.plan, EXEC_LABEL, exec_label, .module = "selinux", .label = "no_such:label");
    finish(&container, "true");
    CHECK(container.error != 0);
    CHECK_TEXT(container.operation, "EXEC_LABEL");
    CHECK(strstr(container.message, "write \"no_such:label\" to /proc/") && strstr(container.message, "/attr/exec"));
    container = (struct container){0};
    add_root(&container, &lab);
    ADD(&container.plan, EXEC_LABEL, exec_label, .module = "apparmor", .label = "no-such-profile");
    finish(&container, "true");
    CHECK(container.error != 0 && strstr(container.message, "write \"exec no-such-profile\" to /proc/"));
    lab_end(&lab);
}

int main(int argc, char **argv)
{
    init_test_enter(argc, argv);
    const char *reason = no_containers();
    if (reason)
        return test_skip_all(reason);
    test_file_systems();
    test_copy_up_of_modes();
    test_copy_up_with_a_long_option();
    test_options_refused();
    test_long_option();
    test_binds();
    test_targets_that_are_links();
    test_folder_links();
    test_proc_that_is_a_link();
    test_links_to_the_root();
    test_links_into_proc();
    test_devices();
    test_devices_that_are_swapped();
    test_dev_that_is_a_link();
    test_trees_in_two_messages();
    test_user_namespace();
    test_root_methods();
    test_rootfs_that_is_a_mount();
    test_root_refused();
    check_masks();
    test_mask_refused();
    test_attributes();
    test_exec_label();
    in_child(without_mount_setattr);
    return test_end();
}
