/* SPDX-License-Identifier: Apache-2.0 */
/* `scheduling`: how the kernel runs this process, and where its memory comes from. */
#include "payload.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CURRENT 0xffffffff
#define IOPRIO_WHO_PROCESS 1
#define MAX_NODES 1024

struct scheduling {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

int scheduling_command(const struct words *words)
{
    (void)words;
    struct scheduling now = {.size = sizeof now};
    struct utsname names;
    unsigned long nodes[MAX_NODES / 64] = {0};
    int policy = -1;
    if (syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) == 0)
        printf("scheduler %u flags %llu nice %d priority %u runtime %llu deadline %llu period %llu\n", now.policy,
               (unsigned long long)now.flags, now.nice, now.priority, (unsigned long long)now.runtime,
               (unsigned long long)now.deadline, (unsigned long long)now.period);
    long priority = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
    printf("io-priority %ld %ld\n", priority >> 13, priority & 0x1fff);
    uname(&names);
    printf("personality %d machine %s\n", personality(CURRENT), names.machine);
    if (syscall(SYS_get_mempolicy, &policy, nodes, (unsigned long)MAX_NODES, NULL, 0ul) == 0)
        printf("memory-policy %#x nodes %#lx\n", (unsigned)policy, nodes[0]);
    else
        printf("memory-policy %s\n", strerrorname_np(errno));
    fflush(stdout);
    return NEXT;
}
