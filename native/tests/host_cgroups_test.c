/* SPDX-License-Identifier: Apache-2.0 */
/* Cgroup operations, in folders below the caller's own cgroup. */
#include "front_fixture.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define V1_PIDS "/sys/fs/cgroup/pids"
#define V1_FREEZER "/sys/fs/cgroup/freezer"
#define V1_CPUSET "/sys/fs/cgroup/cpuset"
#define V2_HYBRID "/sys/fs/cgroup/unified"
#define V2_PURE "/sys/fs/cgroup"

/* The caller's own cgroup of the hierarchy that has that controller ("" for cgroup v2), and a name in it. */
static bool own_path(const char *controller, char path[PATH_MAX])
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_MAX];
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *name = strchr(line, ':');
        char *own = name ? strchr(name + 1, ':') : NULL;
        if (!own)
            continue;
        *own++ = 0;
        found = strcmp(name + 1, controller) == 0;
        if (found)
            snprintf(path, PATH_MAX, "%.3000s/jrunc-test-%d/a/b", strcmp(own, "/") == 0 ? "" : own, (int)getpid());
    }
    if (file)
        fclose(file);
    return found;
}

static const char *below(const char *mount, const char *path, const char *name)
{
    static char joined[2][PATH_MAX * 2];
    static unsigned next;
    char *text = joined[next++ % 2];
    snprintf(text, PATH_MAX * 2, "%s%s%s", mount, path, name);
    return text;
}

static const char *v2_mount(void)
{
    return access(V2_PURE "/cgroup.controllers", F_OK) == 0 ? V2_PURE : V2_HYBRID;
}

/* A shell in the cgroup, with a child of its own. */
static pid_t process_in(const char *folder)
{
    char command[PATH_MAX * 2];
    int pipe_fds[2];
    char byte;
    if (pipe(pipe_fds) < 0)
        abort();
    snprintf(command, sizeof command, "echo $$ > '%s/cgroup.procs' || exit 1; sleep 60 & echo; wait", folder);
    pid_t child = fork();
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        dup2(pipe_fds[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    close(pipe_fds[1]);
    CHECK(read(pipe_fds[0], &byte, 1) == 1);
    close(pipe_fds[0]);
    return child;
}

static void check_signals(struct fixture *fixture, const char *mount, const char *path)
{
    struct result result = {0};
    pid_t child = process_in(below(mount, path, ""));
    int status;
    RUN(*fixture, result, cgroup_remove, .mount = mount, .path = path, .timeoutMillis = 30);
    CHECK(result.error == EBUSY);
    RUN(*fixture, result, cgroup_signal, .folder = below(mount, path, "/.."), .signal = SIGCONT);
    CHECK(result.error == 0 && result.value == 2);
    RUN(*fixture, result, cgroup_signal, .folder = below(mount, path, "/.."), .signal = SIGKILL);
    CHECK(result.error == 0 && result.value == 2);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    RUN(*fixture, result, cgroup_signal, .folder = below(mount, path, "/none"), .signal = SIGKILL);
    CHECK(result.error == 0 && result.value == 0);
    buffer_free(&result.data);
}

/* Makes a/b, uses it, removes it, and finds that nothing is left. */
static void check_life(struct fixture *fixture, const char *mount, const char *path)
{
    struct result result = {0};
    RUN(*fixture, result, cgroup_create, .mount = mount, .path = path);
    if (!CHECK(result.error == 0 && result.value == 3))
        return;
    RUN(*fixture, result, cgroup_create, .mount = mount, .path = path);
    CHECK(result.error == 0 && result.value == 0);
    check_signals(fixture, mount, path);
    RUN(*fixture, result, cgroup_remove, .mount = mount, .path = path, .parents = 2, .timeoutMillis = 5000);
    CHECK(result.error == 0);
    CHECK(access(below(mount, path, "/../.."), F_OK) < 0);
    RUN(*fixture, result, cgroup_remove, .mount = mount, .path = path, .parents = 2, .timeoutMillis = 50);
    CHECK(result.error == 0);
    buffer_free(&result.data);
}

static void test_life_v1(void)
{
    struct fixture fixture;
    char path[PATH_MAX];
    if (geteuid() != 0 || access(V1_PIDS "/cgroup.procs", W_OK) < 0 || !own_path("pids", path))
        SKIP("needs root and the pids hierarchy of cgroup v1");
    fixture_begin(&fixture);
    check_life(&fixture, V1_PIDS, path);
    fixture_end(&fixture);
}

static void test_life_v2(void)
{
    struct fixture fixture;
    char path[PATH_MAX];
    if (geteuid() != 0 || access(below(v2_mount(), "", "/cgroup.procs"), W_OK) < 0 || !own_path("", path))
        SKIP("needs root and cgroup v2");
    fixture_begin(&fixture);
    check_life(&fixture, v2_mount(), path);
    fixture_end(&fixture);
}

/* state: the file that tells, and what it has while all stands still. */
static void check_freeze(struct fixture *fixture, const char *mount, const char *path, uint32_t version,
                         const char *file, const char *state)
{
    struct result result = {0};
    RUN(*fixture, result, cgroup_create, .mount = mount, .path = path);
    CHECK(result.error == 0);
    char folder[PATH_MAX * 2];
    snprintf(folder, sizeof folder, "%s%s", mount, path);
    pid_t child = process_in(folder);
    RUN(*fixture, result, freeze, .folder = folder, .version = version, .frozen = true, .timeoutMillis = 5000);
    CHECK(result.error == 0);
    CHECK(strstr(file_content(below(mount, path, file)), state) != NULL);
    RUN(*fixture, result, freeze, .folder = folder, .version = version, .frozen = true, .timeoutMillis = 5000);
    CHECK(result.error == 0);
    RUN(*fixture, result, freeze, .folder = folder, .version = version, .frozen = false, .timeoutMillis = 5000);
    CHECK(result.error == 0);
    CHECK(strstr(file_content(below(mount, path, file)), state) == NULL);
    RUN(*fixture, result, cgroup_signal, .folder = folder, .signal = SIGKILL);
    CHECK(waitpid(child, NULL, 0) == child);
    RUN(*fixture, result, cgroup_remove, .mount = mount, .path = path, .parents = 2, .timeoutMillis = 5000);
    CHECK(result.error == 0);
    RUN(*fixture, result, freeze, .folder = folder, .version = version, .frozen = true, .timeoutMillis = 50);
    CHECK(result.error == ENOENT && strstr(result.message, "freeze cgroup /sys/fs/cgroup/"));
    buffer_free(&result.data);
}

static void test_freeze_v1(void)
{
    struct fixture fixture;
    char path[PATH_MAX];
    if (geteuid() != 0 || access(V1_FREEZER "/cgroup.procs", W_OK) < 0 || !own_path("freezer", path))
        SKIP("needs root and the freezer hierarchy of cgroup v1");
    fixture_begin(&fixture);
    check_freeze(&fixture, V1_FREEZER, path, 1, "/freezer.state", "FROZEN");
    fixture_end(&fixture);
}

static void test_freeze_v2(void)
{
    struct fixture fixture;
    char path[PATH_MAX];
    if (geteuid() != 0 || access(below(v2_mount(), "", "/cgroup.procs"), W_OK) < 0 || !own_path("", path))
        SKIP("needs root and cgroup v2");
    fixture_begin(&fixture);
    check_freeze(&fixture, v2_mount(), path, 2, "/cgroup.events", "frozen 1");
    fixture_end(&fixture);
}

/* Removal of a whole tree, and a parent in use that stays. */
static void test_remove_tree(void)
{
    struct fixture fixture;
    struct result result = {0};
    char path[PATH_MAX], sibling[PATH_MAX + 8], top[PATH_MAX];
    if (geteuid() != 0 || access(V1_PIDS "/cgroup.procs", W_OK) < 0 || !own_path("pids", path))
        SKIP("needs root and the pids hierarchy of cgroup v1");
    fixture_begin(&fixture);
    snprintf(sibling, sizeof sibling, "%s/../c/d", path);
    RUN(fixture, result, cgroup_create, .mount = V1_PIDS, .path = sibling);
    CHECK(result.error == EINVAL);
    snprintf(top, sizeof top, "%.*s", (int)(strlen(path) - 4), path);
    snprintf(sibling, sizeof sibling, "%s/a/c", top);
    RUN(fixture, result, cgroup_create, .mount = V1_PIDS, .path = path);
    CHECK(result.value == 3);
    RUN(fixture, result, cgroup_create, .mount = V1_PIDS, .path = sibling);
    CHECK(result.value == 1);
    RUN(fixture, result, cgroup_remove, .mount = V1_PIDS, .path = path, .parents = 2, .timeoutMillis = 1000);
    CHECK(result.error == 0);
    CHECK(access(below(V1_PIDS, path, ""), F_OK) < 0 && access(below(V1_PIDS, sibling, ""), F_OK) == 0);
    RUN(fixture, result, cgroup_remove, .mount = V1_PIDS, .path = top, .timeoutMillis = 1000);
    CHECK(result.error == 0 && access(below(V1_PIDS, top, ""), F_OK) < 0);
    RUN(fixture, result, cgroup_remove, .mount = V1_PIDS, .path = "/", .timeoutMillis = 10);
    CHECK(result.error == EINVAL);
    fixture_end(&fixture);
}

static void test_cpuset_is_inherited(void)
{
    struct fixture fixture;
    struct result result = {0};
    char path[PATH_MAX];
    if (geteuid() != 0 || access(V1_CPUSET "/cgroup.procs", W_OK) < 0 || !own_path("cpuset", path))
        SKIP("needs root and the cpuset hierarchy of cgroup v1");
    fixture_begin(&fixture);
    RUN(fixture, result, cgroup_create, .mount = V1_CPUSET, .path = path, .inheritCpuset = true);
    CHECK(result.error == 0);
    CHECK(strlen(file_content(below(V1_CPUSET, path, "/cpuset.cpus"))) > 1);
    CHECK(strlen(file_content(below(V1_CPUSET, path, "/cpuset.mems"))) > 1);
    RUN(fixture, result, cgroup_remove, .mount = V1_CPUSET, .path = path, .parents = 2, .timeoutMillis = 1000);
    CHECK(result.error == 0);
    fixture_end(&fixture);
}

/* A list of controllers with an empty name ends all the same. */
static void test_a_controller_without_a_name(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    make_file(in_folder(&fixture, "cgroup.controllers"), "cpu memory\n");
    make_file(in_folder(&fixture, "cgroup.subtree_control"), "");
    static const uint8_t names[] = {0, 0, 0, 0, 0, 6, 0, 0, 0, 'm', 'e', 'm', 'o', 'r', 'y', 0};
    RUN(fixture, result, cgroup_create, .mount = fixture.folder, .path = "/a", .controllers = {names, sizeof names, 2});
    CHECK(result.error == ENOENT &&
          strstr(result.message, "/a")); /* this is no cgroup: a new folder has no controllers */
    CHECK_TEXT(file_content(in_folder(&fixture, "cgroup.subtree_control")), "+memory");
    buffer_free(&result.data);
    fixture_end(&fixture);
}

static struct bytes device_instructions(const struct bpf_insn *instructions, size_t size)
{
    return (struct bytes){(const uint8_t *)instructions, (uint32_t)size};
}

static uint32_t programs_attached(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.query.target_fd = (uint32_t)fd;
    attributes.query.attach_type = BPF_CGROUP_DEVICE;
    CHECK(syscall(SYS_bpf, BPF_PROG_QUERY, &attributes, sizeof attributes) == 0);
    close(fd);
    return attributes.query.prog_cnt;
}

static void test_device_program(void)
{
    static const struct bpf_insn allow[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1},
                                            {.code = BPF_JMP | BPF_EXIT}};
    static const struct bpf_insn deny[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 0},
                                           {.code = BPF_JMP | BPF_EXIT}};
    static const struct bpf_insn unset[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_X, .src_reg = 3},
                                            {.code = BPF_JMP | BPF_EXIT}};
    struct fixture fixture;
    struct result result = {0};
    char path[PATH_MAX];
    if (geteuid() != 0 || access(below(v2_mount(), "", "/cgroup.procs"), W_OK) < 0 || !own_path("", path))
        SKIP("needs root and cgroup v2");
    fixture_begin(&fixture);
    const char *mount = v2_mount();
    char folder[PATH_MAX * 2];
    snprintf(folder, sizeof folder, "%s%s", mount, path);
    RUN(fixture, result, cgroup_create, .mount = mount, .path = path);
    RUN(fixture, result, device_program, .folder = folder, .program = device_instructions(allow, sizeof allow));
    CHECK(result.error == 0 && programs_attached(folder) == 1);
    RUN(fixture, result, device_program, .folder = folder, .program = device_instructions(deny, sizeof deny));
    CHECK(result.error == 0 && programs_attached(folder) == 1);
    RUN(fixture, result, device_program, .folder = folder, .program = device_instructions(unset, sizeof unset));
    CHECK(result.error == EACCES && strstr(result.message, "R3 !read_ok") && programs_attached(folder) == 1);
    RUN(fixture, result, device_program, .folder = folder, .program = device_instructions(deny, sizeof deny - 1));
    CHECK(result.error == EINVAL);
    char command[PATH_MAX * 3];
    snprintf(command, sizeof command, "echo $$ > %s/cgroup.procs && exec 2>&- && ! (: < /dev/zero)", folder);
    CHECK(system(command) == 0);
    RUN(fixture, result, cgroup_remove, .mount = mount, .path = path, .parents = 2, .timeoutMillis = 2000);
    CHECK(result.error == 0);
    fixture_end(&fixture);
}

static bool belongs_to(const char *folder, const char *name, uid_t uid, gid_t gid)
{
    struct stat status;
    return stat(below(folder, "", name), &status) == 0 && status.st_uid == uid && status.st_gid == gid;
}

/* Processes and controllers below are the owner's affair; its own limits and its freezing are not. */
static void test_delegation(void)
{
    struct fixture fixture;
    struct result result = {0};
    char path[PATH_MAX];
    if (geteuid() != 0 || access(below(v2_mount(), "", "/cgroup.procs"), W_OK) < 0 || !own_path("", path))
        SKIP("needs root and cgroup v2");
    fixture_begin(&fixture);
    const char *mount = v2_mount();
    char folder[PATH_MAX * 2];
    snprintf(folder, sizeof folder, "%s%s", mount, path);
    RUN(fixture, result, cgroup_delegate, .folder = folder, .uid = 4242, .gid = 4243);
    CHECK(result.error == ENOENT && strstr(result.message, folder));
    RUN(fixture, result, cgroup_create, .mount = mount, .path = path);
    RUN(fixture, result, cgroup_delegate, .folder = folder, .uid = 4242, .gid = 4243);
    CHECK(result.error == 0);
    CHECK(belongs_to(folder, "", 4242, 4243) && belongs_to(folder, "/cgroup.procs", 4242, 4243));
    CHECK(belongs_to(folder, "/cgroup.threads", 4242, 4243) &&
          belongs_to(folder, "/cgroup.subtree_control", 4242, 4243));
    CHECK(belongs_to(folder, "/cgroup.freeze", 0, 0) && belongs_to(folder, "/cgroup.max.depth", 0, 0));
    CHECK(belongs_to(folder, "/..", 0, 0));
    RUN(fixture, result, cgroup_remove, .mount = mount, .path = path, .parents = 2, .timeoutMillis = 2000);
    CHECK(result.error == 0);
    fixture_end(&fixture);
}

int main(void)
{
    test_life_v1();
    test_life_v2();
    test_remove_tree();
    test_cpuset_is_inherited();
    test_a_controller_without_a_name();
    test_freeze_v1();
    test_freeze_v2();
    test_device_program();
    test_delegation();
    return test_end();
}
