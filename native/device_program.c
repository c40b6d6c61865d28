/* SPDX-License-Identifier: Apache-2.0 */
/* DEVICE_PROGRAM: cgroup v2 has no files for device rules, but a BPF program for each cgroup. See bpf(2). */
#include "front.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's BPF_MAXINSNS for programs of unprivileged users is lower; ours are short. */
#define MAX_INSTRUCTIONS 65536
#define MAX_ATTACHED 64
#define VERIFIER_LOG_BYTES 65536

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
    int result = (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
    return result < 0 ? -errno : result;
}

static uint64_t address(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static int load(const struct op_device_program *request, char *log, uint32_t log_size)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = address(request->program.data);
    attributes.insn_cnt = request->program.length / (uint32_t)sizeof(struct bpf_insn);
    attributes.license = address("Apache-2.0");
    if (log) {
        attributes.log_buf = address(log);
        attributes.log_size = log_size;
        attributes.log_level = 1;
    }
    return bpf(BPF_PROG_LOAD, &attributes);
}

/* Before Linux 5.11, programs count as locked memory. The limit is put back: init would inherit it. */
static int load_unlimited(const struct op_device_program *request)
{
    struct rlimit before, unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    if (getrlimit(RLIMIT_MEMLOCK, &before) < 0 || setrlimit(RLIMIT_MEMLOCK, &unlimited) < 0)
        return -EPERM;
    int program = load(request, NULL, 0);
    setrlimit(RLIMIT_MEMLOCK, &before);
    return program;
}

/* Aligned as the kernel wants struct bpf_insn: a frame's bytes are not. */
static int load_aligned(const struct op_device_program *request, char *log)
{
    scope_free void *copy = malloc(request->program.length);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, request->program.data, request->program.length);
    struct op_device_program aligned = {.folder = request->folder, .program = {copy, request->program.length}};
    int program = load(&aligned, NULL, 0);
    if (program == -EPERM)
        program = load_unlimited(&aligned);
    if (program < 0 && log) { /* again, for its reasons */
        int again = load(&aligned, log, VERIFIER_LOG_BYTES);
        if (again >= 0)
            close(again);
    }
    return program;
}

struct attached {
    uint32_t count;
    uint32_t ids[MAX_ATTACHED];
};

static int query(int cgroup, struct attached *attached)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.query.target_fd = (uint32_t)cgroup;
    attributes.query.attach_type = BPF_CGROUP_DEVICE;
    attributes.query.prog_ids = address(attached->ids);
    attributes.query.prog_cnt = MAX_ATTACHED;
    int error = bpf(BPF_PROG_QUERY, &attributes);
    attached->count = error < 0 ? 0 : attributes.query.prog_cnt;
    return error;
}

static int attach(int cgroup, int program)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)program;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return bpf(BPF_PROG_ATTACH, &attributes);
}

static int detach(int cgroup, uint32_t id)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_id = id;
    scope_fd program = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
    if (program < 0)
        return program == -ENOENT ? 0 : program;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)program;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    return bpf(BPF_PROG_DETACH, &attributes);
}

/* What the verifier says last, before its statistics. */
static const char *last_line(char *log)
{
    size_t end = strlen(log);
    const char *line = log;
    while (end > 0) {
        while (end > 0 && log[end - 1] == '\n')
            end--;
        log[end] = 0;
        while (end > 0 && log[end - 1] != '\n')
            end--;
        line = log + end;
        if (strncmp(line, "processed ", 10) != 0)
            return line;
    }
    return line;
}

void host_device_program(struct front *front, const struct op_device_program *request, struct result *result)
{
    (void)front;
    uint32_t length = request->program.length;
    if (length == 0 || length % sizeof(struct bpf_insn) != 0 || length / sizeof(struct bpf_insn) > MAX_INSTRUCTIONS) {
        result_fail(result, EINVAL, "load a device program of %u bytes", length);
        return;
    }
    scope_fd cgroup = open(request->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroup < 0) {
        result_fail(result, errno, "open cgroup %s", request->folder);
        return;
    }
    scope_free char *log = calloc(1, VERIFIER_LOG_BYTES);
    scope_fd program = load_aligned(request, log);
    if (program < 0) {
        const char *line = log ? last_line(log) : "";
        result_fail(result, -program, "load the device program for cgroup %s%s%s", request->folder, *line ? ": " : "",
                    line);
        return;
    }
    struct attached before;
    int error = query(cgroup, &before);
    if (error >= 0)
        error = attach(cgroup, program);
    for (uint32_t i = 0; i < before.count && error >= 0; i++)
        error = detach(cgroup, before.ids[i]);
    if (error < 0)
        result_fail(result, -error, "attach the device program to cgroup %s", request->folder);
}
