/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel keeps about the process for its program: personality, memory policy, label. */
#include "fail.h"
#include "operations.h"
#include "procfs.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_NODES 1024
#define BITS (8 * sizeof(unsigned long))

void op_personality(struct init *init, const struct op_personality *op)
{
    (void)init;
    if (personality(op->persona) < 0)
        fail("set personality %#llx", (unsigned long long)op->persona);
}

void op_memory_policy(struct init *init, const struct op_memory_policy *op)
{
    (void)init;
    unsigned long nodes[MAX_NODES / BITS] = {0};
    for (uint32_t i = 0; i < op->nodes.count; i++) {
        uint32_t node = number_at(&op->nodes, i);
        if (node >= MAX_NODES)
            fail_with(EINVAL, "set memory policy %s: node %u", op->modeName, node);
        nodes[node / BITS] |= 1ul << node % BITS;
    }
    /* The kernel counts one bit less than it is told. */
    unsigned long count = op->nodes.count ? MAX_NODES + 1 : 0;
    if (syscall(SYS_set_mempolicy, (int)op->policy, count ? nodes : NULL, count) < 0)
        fail("set memory policy %s%s", op->modeName,
             errno == EINVAL   ? " (does this machine have these nodes, and is the cgroup allowed to use them?)"
             : errno == ENOSYS ? ": the kernel has no NUMA"
                               : "");
}

/* Links in procfs are refused, so what thread-self leads to is asked first. */
static void attribute_path(int procfs, const char *name, char *path, size_t size)
{
    char self[64];
    ssize_t length = readlinkat(procfs, "thread-self", self, sizeof self - 1);
    if (length < 0)
        fail("look at /proc/thread-self");
    self[length] = 0;
    snprintf(path, size, "%s/attr/%s", self, name);
}

/* AppArmor has a folder of its own since Linux 5.8. */
void op_exec_label(struct init *init, const struct op_exec_label *op)
{
    (void)init;
    scope_fd procfs = procfs_of_own();
    char path[128], value[4096];
    bool apparmor = strcmp(op->module, "apparmor") == 0;
    int length = snprintf(value, sizeof value, "%s%s", apparmor ? "exec " : "", op->label);
    if (length < 0 || (size_t)length >= sizeof value)
        fail_with(ENAMETOOLONG, "set the label of %s", op->module);
    attribute_path(procfs, apparmor ? "apparmor/exec" : "exec", path, sizeof path);
    if (apparmor && faccessat(procfs, path, F_OK, 0) < 0)
        attribute_path(procfs, "exec", path, sizeof path);
    procfs_write(procfs, path, value);
}
