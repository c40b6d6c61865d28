/* SPDX-License-Identifier: Apache-2.0 */
/* Init's process side: the terminal, hooks, who the program is, how it is found and what is said when it can't be. */
#include "init_fixture.h"

#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>

static struct op_spawn usual(void)
{
    return (struct op_spawn){.newNamespaces = USUAL_NAMESPACES};
}

static void add_pivot(struct container *container, const struct lab *lab)
{
    add_root(container, lab);
    add_file_system(container, "proc", "/proc");
    ADD(&container->plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
}

static void add_start(struct container *container, const char *file, const char *script)
{
    ADD(&container->plan, RESOLVE_PROGRAM, resolve_program, .file = file, .searchPath = "/bin", .home = true);
    ADD(&container->plan, WAIT_START, wait_start);
    ADD(&container->plan, EXECVE, execve, .args = STRS("sh", "-c", script), .environment = STRS("PATH=/bin"));
}

/* ---------------------------------------------------------------- the program */

static void check_program(const struct lab *lab, const char *file, int error, const char *message)
{
    struct container container = {0};
    add_pivot(&container, lab);
    add_start(&container, file, "true");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, error, error ? "RESOLVE_PROGRAM" : "", message));
    CHECK(error == 0 || (container.points & 1u << SYNC_READY) == 0); /* an error of create */
}

static void write_program(const struct lab *lab, const char *name, const char *content)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/bin/%s", lab->rootfs, name);
    scope_fd file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    if (file < 0 || write(file, content, strlen(content)) < 0)
        abort();
}

static void test_programs(void)
{
    struct lab lab;
    lab_begin(&lab);
    write_program(&lab, "plain", "text");
    shell("chmod 644 %s/bin/plain && mkdir %s/bin/folder", lab.rootfs, lab.rootfs);
    write_program(&lab, "script", "#! /no/interpreter -x\n");
    write_program(&lab, "closed", "#!/bin/plain\n");
    write_program(&lab, "fine", "#!/bin/sh\necho fine\n");
    write_program(&lab, "empty", "");
    write_program(&lab, "bare", "#!");
    shell("cp /bin/true %s/bin/dynamic", lab.rootfs);
    check_program(&lab, "nothing", ENOENT, "exec: \"nothing\": executable file not found in $PATH");
    check_program(&lab, "folder", ENOENT, "exec: \"folder\": executable file not found in $PATH");
    check_program(&lab, "plain", EACCES, "exec: \"plain\": permission denied (mode 0644)");
    check_program(&lab, "/bin/nothing", ENOENT, "exec: \"/bin/nothing\": stat /bin/nothing: no such file or directory");
    check_program(&lab, "/bin/plain", EACCES, "exec: \"/bin/plain\": permission denied (mode 0644)");
    check_program(&lab, "/bin/folder", EACCES, "exec: \"/bin/folder\": is a directory: permission denied");
    check_program(&lab, "/bin/plain/x", ENOTDIR, "exec: \"/bin/plain/x\": stat /bin/plain/x: not a directory");
    check_program(&lab, "script", ENOENT,
                  "exec: \"/bin/script\": its interpreter /no/interpreter: no such file or directory");
    write_program(&lab, "windows", "#!/bin/sh\r\necho fine\r\n");
    check_program(
        &lab, "/bin/windows", ENOENT,
        "exec: \"/bin/windows\": its interpreter /bin/sh, with a carriage return after it: no such file or directory");
    check_program(&lab, "/bin/closed", EACCES, "exec: \"/bin/closed\": its interpreter /bin/plain: permission denied");
    check_program(&lab, "/bin/dynamic", ENOENT, "exec: \"/bin/dynamic\": its interpreter /lib");
    check_program(&lab, "fine", 0, "");
    lab_end(&lab);
}

/* What only execve can find comes as an error of start. */
static void check_start(const struct lab *lab, const char *file, int error, const char *message)
{
    struct container container = {0};
    add_pivot(&container, lab);
    add_start(&container, file, "true");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, error, "EXECVE", message));
    CHECK((container.points & 1u << SYNC_READY) && !container.started);
    CHECK(WIFEXITED(container.status) && WEXITSTATUS(container.status) == 1);
}

static const struct lab *removed_from;

static void remove_program(struct container *container, uint32_t point)
{
    (void)container;
    if (point == SYNC_READY)
        shell("rm %s/bin/busybox", removed_from->rootfs);
}

static void test_start_fails(void)
{
    struct lab lab;
    lab_begin(&lab);
    write_program(&lab, "empty", "");
    write_program(&lab, "bare", "no program");
    check_start(&lab, "empty", ENOEXEC, "exec: \"/bin/empty\": exec format error: it is empty");
    check_start(
        &lab, "bare", ENOEXEC,
        "exec: \"/bin/bare\": exec format error: it is neither an ELF program nor a script that begins with #!");
    /* Byte 18 of an ELF file is its machine. */
    shell("cp %s/bin/busybox %s/bin/foreign && printf '\\267\\000' | dd of=%s/bin/foreign bs=1 seek=18 conv=notrunc "
          "2>/dev/null",
          lab.rootfs, lab.rootfs, lab.rootfs);
    check_start(&lab, "foreign", ENOEXEC,
                "exec: \"/bin/foreign\": exec format error: it is built for aarch64, and this machine is x86_64");
    struct container container = {.at_sync = remove_program};
    removed_from = &lab;
    add_pivot(&container, &lab);
    add_start(&container, "/bin/busybox", "true");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, ENOENT, "EXECVE", "exec: \"/bin/busybox\": no such file or directory"));
    lab_end(&lab);
}

/* CVE-2024-21626: the program, or the working directory, by way of a fd of the runtime. */
static void test_magic_links(void)
{
    struct lab lab;
    lab_begin(&lab);
    shell("ln -s /proc/self/fd %s/fds && ln -s /proc/self/exe %s/bin/me && ln -s /proc/self/fd %s/bin/dir", lab.rootfs,
          lab.rootfs, lab.rootfs);
    static const char *const files[] = {"/proc/self/exe",       "//proc/./self/exe", "/proc/1/exe", "/bin/me", "me",
                                        "/proc/thread-self/exe"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        check_program(&lab, files[i], ELOOP, "permission denied: it leads through a magic link of procfs");
    for (int fd = 3; fd < 30; fd++) {
        char paths[3][64];
        snprintf(paths[0], 64, "/proc/self/fd/%d", fd);
        snprintf(paths[1], 64, "/fds/%d/", fd);
        snprintf(paths[2], 64, "/proc/1/fd/%d/../../../..", fd);
        for (int i = 0; i < 3; i++) {
            struct container container = {0};
            add_pivot(&container, &lab);
            ADD(&container.plan, CWD, cwd, .path = paths[i]);
            add_start(&container, "sh", "pwd");
            struct op_spawn request = usual();
            run_container(&container, &request);
            CHECK((container.error == ELOOP || container.error == ENOENT || container.error == ENOTDIR) &&
                  strcmp(container.operation, "CWD") == 0);
        }
    }
    lab_end(&lab);
}

/* ---------------------------------------------------------------- identity */

static void test_identity(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("printf 'root:x:0:0::/root:/bin/sh\\n1000:x:5:5::/wrong:\\nalice:x:1000:1000::/home/alice:/bin/sh\\n' "
          ">%s/etc/passwd && mkdir -m 700 %s/private && chown 1000 %s/private",
          lab.rootfs, lab.rootfs, lab.rootfs);
    add_pivot(&container, &lab);
    uint64_t kept = 1u << CAP_NET_BIND_SERVICE | 1u << CAP_KILL;
    ADD(&container.plan, UMASK, umask, .umask = 027);
    ADD(&container.plan, STDIO_OWNER, stdio_owner, .uid = 1000, .gid = 1000);
    ADD_FLAGS(&container.plan, MAY_FAIL, CWD, cwd, .path = "/none/of/it", .create = false);
    ADD(&container.plan, NO_NEW_PRIVILEGES, no_new_privileges);
    ADD(&container.plan, BOUNDING_SET, bounding_set, .bounding = kept | 1u << CAP_CHOWN);
    ADD(&container.plan, USER, user, .uid = 1000, .gid = 2000, .setGroups = true, .additionalGids = U32S(7, 8));
    ADD(&container.plan, CAPABILITIES, capabilities, .effective = kept, .permitted = kept,
        .inheritable = 1u << CAP_KILL, .ambient = 1u << CAP_KILL);
    ADD(&container.plan, CWD, cwd, .path = "/private");
    ADD(&container.plan, RESOLVE_PROGRAM, resolve_program, .file = "sh", .searchPath = "/bin", .home = true,
        .uid = 1000);
    ADD(&container.plan, WAIT_START, wait_start);
    ADD(&container.plan, EXECVE, execve,
        .args = STRS("sh", "-c",
                     "id -u; id -g; id -G; pwd; umask; echo $HOME; grep -E '^(Cap|NoNew|Sig)' /proc/self/status; true"),
        .environment = STRS("PATH=/bin"));
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(printed(&container, "1000\n2000\n2000 7 8\n/private\n0027\n/home/alice\n"));
    CHECK(printed(&container, "CapInh:\t0000000000000020\nCapPrm:\t0000000000000020\nCapEff:\t0000000000000020\n"
                              "CapBnd:\t0000000000000421\nCapAmb:\t0000000000000020\nNoNewPrivs:\t1\n"));
    CHECK(printed(&container, "SigBlk:\t0000000000000000\n"));
    CHECK(printed(&container, "SigIgn:\t0000000000000000\n")); /* nothing of ours survives */
    lab_end(&lab);
}

static void test_identity_refused(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_pivot(&container, &lab);
    ADD(&container.plan, CWD, cwd, .path = "/none");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, ENOENT, "CWD", "chdir to cwd (\"/none\")"));
    container = (struct container){0};
    add_pivot(&container, &lab);
    ADD(&container.plan, USER, user, .uid = 0, .gid = 0, .setGroups = true, .additionalGids = U32S(70000));
    request = (struct op_spawn){.newNamespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID,
                                .uidMap = U32S(0, 0, 65536),
                                .gidMap = U32S(0, 0, 65536)};
    run_container(&container, &request);
    CHECK(failed_with(&container, EINVAL, "USER", "set 1 additional groups"));
    container = (struct container){0};
    add_pivot(&container, &lab);
    ADD(&container.plan, USER, user, .uid = 70000, .gid = 0, .setGroups = true);
    run_container(&container, &request);
    CHECK(failed_with(&container, EINVAL, "USER", "become user 70000 (is it mapped in the user namespace?)"));
    container = (struct container){0};
    add_pivot(&container, &lab);
    ADD(&container.plan, CAPABILITIES, capabilities, .permitted = 1u << CAP_KILL);
    ADD(&container.plan, CAPABILITIES, capabilities, .permitted = 1u << CAP_KILL | 1u << CAP_CHOWN | 1u << CAP_FOWNER);
    run_container(&container, &request);
    CHECK(failed_with(&container, EPERM, "CAPABILITIES", "the caller itself doesn't have capability 0"));
    lab_end(&lab);
}

/* CVE-2016-9962: nobody looks into init, also after its credentials have changed. The files of a process that isn't dumpable
 * belong to root, and not to its user: the host's, as the sealed copy can't be read (the kernel would make it the namespace's). */
static void look_at_sync(struct container *container, uint32_t point)
{
    struct stat status;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", (int)container->spawned.pid);
    CHECK(stat(path, &status) == 0 && status.st_uid == 0);
    snprintf(path, sizeof path, "/proc/%d", (int)container->spawned.pid);
    CHECK(stat(path, &status) == 0 && status.st_uid == (point == SYNC_RUNTIME_HOOKS ? 100000 : 100005));
}

static void test_not_dumpable(void)
{
    struct lab lab;
    struct container container = {.at_sync = look_at_sync};
    lab_begin(&lab);
    shell("chown -R 100000:100000 %s", lab.rootfs);
    add_pivot(&container, &lab);
    ADD(&container.plan, SYNC_POINT, sync_point, .point = SYNC_RUNTIME_HOOKS);
    ADD(&container.plan, USER, user, .uid = 5, .gid = 5, .setGroups = true);
    ADD(&container.plan, SYNC_POINT, sync_point, .point = SYNC_LIMITS);
    ADD(&container.plan, CAPABILITIES, capabilities, .effective = 0);
    add_start(&container, "sh", "true");
    struct op_spawn request = {.newNamespaces = USUAL_NAMESPACES | CLONE_NEWUSER,
                               .uidMap = U32S(0, 100000, 10),
                               .gidMap = U32S(0, 100000, 10)};
    run_container(&container, &request);
    CHECK(container.error == 0 && container.started);
    CHECK(container.points == (1u << SYNC_RUNTIME_HOOKS | 1u << SYNC_LIMITS | 1u << SYNC_READY));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- the front dies */

static pid_t orphan_init(const struct lab *lab, bool joined)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        abort();
    pid_t front = fork();
    if (front == 0) {
        struct container container = {0};
        struct spawn_error error;
        struct op_spawn request = usual();
        if (joined) {
            request.joinPaths = STRS("/proc/self/ns/uts");
            request.joinKinds = U32S(CLONE_NEWUTS);
            request.newNamespaces &= ~(uint64_t)CLONE_NEWUTS;
        }
        request.timeOffsets = "";
        request.unifiedCgroup = "";
        add_root(&container, lab);
        if (spawn_init(&request, &container.spawned, &error) < 0)
            _exit(1);
        if (write(ends[1], &container.spawned.pid, sizeof container.spawned.pid) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    pid_t init = -1;
    close(ends[1]);
    CHECK(read(ends[0], &init, sizeof init) == (ssize_t)sizeof init);
    close(ends[0]);
    kill(front, SIGKILL);
    waitpid(front, NULL, 0);
    return init;
}

static void test_front_dies(void)
{
    struct lab lab;
    lab_begin(&lab);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int joined = 0; joined < 2; joined++) {
        pid_t init = orphan_init(&lab, joined);
        int status = 0;
        pid_t ended = 0;
        for (int i = 0; ended == 0 && i < 2000; i++) {
            ended = waitpid(init, &status, __WALL | WNOHANG);
            usleep(10000);
        }
        CHECK(init > 0 && ended == init);
        if (init > 0 && ended == 0)
            kill(init, SIGKILL);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    lab_end(&lab);
}

/* ---------------------------------------------------------------- hooks */

#define ADD_HOOK(container, program, ...) \
    ADD(&(container)->plan, INIT_HOOK, init_hook, .name = "createContainer", .path = program, __VA_ARGS__)

static void test_hooks(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    char line[256];
    snprintf(line, sizeof line, "cat >%s/rootfs/stdin; echo $V $# $0 >%s/rootfs/words", lab.folder, lab.folder);
    ADD_HOOK(&container, "/bin/sh", .args = STRS("name", "-c", line, "zero", "one"), .environment = STRS("V=value"),
             .input = {(const uint8_t *)"{\"id\":1}", 8}, .timeoutSeconds = 10);
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, RESOLVE_PROGRAM, resolve_program, .file = "sh", .searchPath = "/bin", .home = true);
    ADD(&container.plan, WAIT_START, wait_start);
    ADD_HOOK(&container, "/bin/busybox", .args = STRS("busybox", "touch", "/inside"), .environment = STRS("A=b"));
    ADD(&container.plan, EXECVE, execve, .args = STRS("sh", "-c", "cat /stdin /words; ls /inside"),
        .environment = STRS("PATH=/bin"));
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(printed(&container, "{\"id\":1}value 1 zero\n/inside\n"));
    lab_end(&lab);
}

static void test_output_of_hooks(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    char path[256];
    snprintf(path, sizeof path, "%s/output", lab.folder);
    container.trees[container.tree_count++] = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ADD(&container.plan, HOOK_OUTPUT, hook_output, .standardOutput = 0, .standardError = -1);
    ADD_HOOK(&container, "/bin/sh", .args = STRS("sh", "-c", "echo out; echo why >&2; exit 3"),
             .environment = STRS("PATH=/bin:/usr/bin"));
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, ECANCELED, "INIT_HOOK", "createContainer hook /bin/sh: exit status 3: why"));
    char content[16] = "";
    scope_fd file = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(read(file, content, sizeof content - 1) == 4);
    CHECK_TEXT(content, "out\n");
    struct container other = {0};
    add_root(&other, &lab);
    ADD(&other.plan, HOOK_OUTPUT, hook_output, .standardOutput = -1, .standardError = 7);
    run_container(&other, &request);
    CHECK(failed_with(&other, EBADF, "HOOK_OUTPUT", "take file 7 for the output of hooks"));
    lab_end(&lab);
}

static void check_hook(const struct lab *lab, const char *line, uint32_t seconds, int error, const char *message)
{
    struct container container = {0};
    add_root(&container, lab);
    ADD_HOOK(&container, "/bin/sh", .args = STRS("sh", "-c", line), .environment = STRS("PATH=/bin:/usr/bin"),
             .timeoutSeconds = seconds);
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, error, "INIT_HOOK", message));
}

static void test_hooks_that_fail(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    check_hook(&lab, "echo out; echo no network >&2; exit 3", 0, ECANCELED,
               "createContainer hook /bin/sh: exit status 3: out\nno network");
    check_hook(&lab, "kill -SEGV $$", 0, ECANCELED, "createContainer hook /bin/sh: killed by SIGSEGV");
    check_hook(&lab, "exit 1", 0, ECANCELED, "createContainer hook /bin/sh: exit status 1");
    check_hook(&lab, "sleep 60", 1, ETIMEDOUT, "createContainer hook /bin/sh was killed after its timeout of 1 second");
    /* Of much output it is the end that says why. */
    check_hook(&lab, "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; echo this is why >&2; exit 9", 0,
               ECANCELED, "line 499\nthis is why");
    add_root(&container, &lab);
    ADD_HOOK(&container, "/none/hook", .timeoutSeconds = 1);
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, ENOENT, "INIT_HOOK", "createContainer hook /none/hook"));
    lab_end(&lab);
}

/* Of start: the failure comes over answer.fifo. */
static void test_start_hook_that_fails(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_pivot(&container, &lab);
    ADD(&container.plan, RESOLVE_PROGRAM, resolve_program, .file = "sh", .searchPath = "/bin", .home = true);
    ADD(&container.plan, WAIT_START, wait_start);
    ADD(&container.plan, INIT_HOOK, init_hook, .name = "startContainer", .path = "/bin/sh",
        .args = STRS("sh", "-c", "echo not today; exit 4"), .environment = STRS("PATH=/bin"));
    ADD(&container.plan, EXECVE, execve, .args = STRS("sh", "-c", "echo never"), .environment = STRS("PATH=/bin"));
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, ECANCELED, "INIT_HOOK", "startContainer hook /bin/sh: exit status 4: not today"));
    CHECK(!container.started && !strstr(container.output, "never"));
    lab_end(&lab);
}

/* Without a pid namespace a SIGPIPE would end init: from a hook that doesn't read what it is told. */
static void test_hook_that_does_not_read(void)
{
    struct lab lab;
    struct container container = {0};
    static uint8_t large[1 << 20];
    lab_begin(&lab);
    memset(large, ' ', sizeof large);
    add_root(&container, &lab);
    ADD_HOOK(&container, "/bin/sh", .args = STRS("sh", "-c", "exec <&-; sleep 0.3"), .environment = STRS("PATH=/bin"),
             .input = {large, sizeof large});
    add_program(&container, "echo runs");
    run_container(&container, &(struct op_spawn){.newNamespaces = CLONE_NEWNS});
    CHECK(printed(&container, "runs\n"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- the terminal */

static void add_terminal(struct container *container, const struct lab *lab)
{
    add_root(container, lab);
    add_file_system(container, "proc", "/proc");
    ADD(&container->plan, MOUNT, mount, .type = "tmpfs", .source = "tmpfs", .target = "/dev",
        .parameters = STRS("mode=755"));
    ADD(&container->plan, MOUNT, mount, .type = "devpts", .source = "devpts", .target = "/dev/pts",
        .parameters = STRS("newinstance", "ptmxmode=0666", "mode=0620"));
    ADD(&container->plan, DEVICE, device, .path = "/dev/tty", .type = S_IFCHR, .major = 5, .minor = 0, .mode = 0666);
    ADD(&container->plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container->plan, CONSOLE, console, .rows = 33, .columns = 99, .uid = 7);
}

static void test_terminal(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_terminal(&container, &lab);
    add_start(&container, "sh",
              "exec 3>/result; tty >&3; stty size >&3; stat -c '%u %t:%T' /dev/console /dev/pts/0 >&3;"
              "for i in 0 1 2; do readlink /proc/$$/fd/$i >&3; done; echo here >/dev/tty");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(container.error == 0 && container.started);
    CHECK(
        file_is(in_lab(&lab, "rootfs/result"), "/dev/pts/0\n33 99\n7 88:0\n7 88:0\n/dev/pts/0\n/result\n/dev/pts/0\n"));
    CHECK_TEXT(container.shown, "here\r\n");
    lab_end(&lab);
}

/* CVE-2025-52565: what the image has at /dev/pts or /dev/console leads elsewhere. */
static void test_terminal_attacks(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir -p %s/dev/pts && : >%s/dev/pts/ptmx", lab.rootfs, lab.rootfs);
    add_pivot(&container, &lab);
    ADD(&container.plan, CONSOLE, console, .rows = 0, .columns = 0);
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, ENODEV, "CONSOLE", "a terminal needs a devpts at /dev/pts"));
    container = (struct container){0};
    shell("rm -r %s/dev", lab.rootfs);
    add_pivot(&container, &lab);
    ADD(&container.plan, CONSOLE, console, .rows = 0, .columns = 0);
    run_container(&container, &request);
    CHECK(failed_with(&container, ENOENT, "CONSOLE", "open the container's /dev/pts"));
    /* As in exec, where the container may have mounted what it likes. */
    container = (struct container){0};
    add_root(&container, &lab);
    add_file_system(&container, "devpts", "/dev/pts");
    ADD(&container.plan, BIND, bind, .source = "/dev/tty", .tree = -1, .target = "/dev/pts/ptmx");
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, CONSOLE, console, .rows = 0, .columns = 0);
    run_container(&container, &request);
    CHECK(failed_with(&container, EXDEV, "CONSOLE", "open a terminal of the container's devpts"));
    lab_end(&lab);
}

/* ---------------------------------------------------------------- namespaces' settings */

static void test_settings(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    add_root(&container, &lab);
    add_file_system(&container, "proc", "/proc");
    ADD(&container.plan, LOOPBACK_UP, loopback_up);
    ADD(&container.plan, UNSHARE_CGROUP, unshare_cgroup);
    ADD(&container.plan, SESSION_KEYRING, session_keyring, .name = "_ses.test");
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, HOSTNAME, hostname, .name = "host");
    ADD(&container.plan, DOMAINNAME, domainname, .name = "domain");
    ADD(&container.plan, SYSCTL, sysctl, .key = "net/ipv4/ip_forward", .value = "1");
    ADD(&container.plan, SYSCTL, sysctl, .key = "kernel/shm_rmid_forced", .value = "1");
    add_start(&container, "sh",
              "hostname; cd /proc/sys; cat kernel/domainname net/ipv4/ip_forward kernel/shm_rmid_forced;"
              "ifconfig lo | grep -o UP; cat /proc/self/cgroup | cut -d: -f3 | sort -u");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(printed(&container, "host\ndomain\n1\n1\nUP\n/\n"));
    lab_end(&lab);
}

/* CVE-2025-52881: a fake /proc in the image gets nothing. */
static void test_sysctl_attacks(void)
{
    struct lab lab;
    struct container container = {0};
    lab_begin(&lab);
    shell("mkdir -p %s/proc/sys/net/ipv4 && echo fake >%s/proc/sys/net/ipv4/ip_forward", lab.rootfs, lab.rootfs);
    add_root(&container, &lab);
    ADD(&container.plan, PIVOT_ROOT, pivot_root, .method = PIVOT_PIVOT);
    ADD(&container.plan, SYSCTL, sysctl, .key = "net/ipv4/ip_forward", .value = "1");
    add_start(&container, "sh", "cat /proc/sys/net/ipv4/ip_forward");
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(printed(&container, "fake\n"));
    static const char *const keys[] = {"../self/oom_score_adj", "net/ipv4/none", "../../etc/x"};
    static const int errors[] = {0, ENOENT, EXDEV};
    for (int i = 0; i < 3; i++) {
        container = (struct container){0};
        add_root(&container, &lab);
        ADD(&container.plan, SYSCTL, sysctl, .key = keys[i], .value = "1");
        run_container(&container, &request);
        CHECK(container.error != 0 && (errors[i] == 0 || container.error == errors[i]));
    }
    lab_end(&lab);
}

/* ---------------------------------------------------------------- plans that are none */

static void check_plan(const struct lab *lab, const uint8_t *bytes, size_t length, int error, const char *operation,
                       const char *words)
{
    struct container container = {0};
    add_root(&container, lab);
    buffer_append(&container.plan.operations, bytes, length);
    struct op_spawn request = usual();
    run_container(&container, &request);
    CHECK(failed_with(&container, error, operation, words));
}

static void test_bad_plans(void)
{
    struct lab lab;
    lab_begin(&lab);
    check_plan(&lab, NULL, 0, EPROTO, "", "the plan has no program");
    /* All of it is looked at before any of it is done. */
    check_plan(&lab, (const uint8_t *)"\x20", 1, EPROTO, "", "read the plan");
    check_plan(&lab, (const uint8_t *)"\xff\xff\0\0\x05\0\0\0\0\0\0\0\0", 13, EPROTO, "", "read the plan");
    check_plan(&lab, (const uint8_t *)"\x00\x01\0\0\x05\0\0\0\0\0\0\0\0", 13, EPROTO, "", "read the plan");
    check_plan(&lab, (const uint8_t *)"\x03\x02\0\0\xff\xff\xff\xff\0\0\0\0\0", 13, EPROTO, "", "read the plan");
    lab_end(&lab);
}

int main(int argc, char **argv)
{
    init_test_enter(argc, argv);
    const char *reason = no_containers();
    if (reason)
        return test_skip_all(reason);
    test_programs();
    test_start_fails();
    test_magic_links();
    test_identity();
    test_identity_refused();
    test_not_dumpable();
    test_front_dies();
    test_hooks();
    test_output_of_hooks();
    test_hooks_that_fail();
    test_start_hook_that_fails();
    test_hook_that_does_not_read();
    test_terminal();
    test_terminal_attacks();
    test_settings();
    test_sysctl_attacks();
    test_bad_plans();
    return test_end();
}
