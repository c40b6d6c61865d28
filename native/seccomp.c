/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp filter. From its installation on nothing is needed but read, write and execve: see
 * docs/decisions/seccomp-order.md.
 */
#include "fail.h"
#include "operations.h"
#include "scope.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define COURIER_STACK_BYTES 65536

/*
 * Sends the listener to the front, where the filter may forbid sendmsg: a thread, which the filter doesn't hold when it was
 * there before. It shares the fds, and unlike a process it leaves no zombie to a program that can't know of it.
 */
struct courier {
    int channel;  /* to the front */
    int inits;    /* init writes the listener's number, and reads what came of it */
    int couriers; /* the other end */
};

static void *carry_listener(void *argument)
{
    const struct courier *courier = argument;
    int listener;
    if (read(courier->couriers, &listener, sizeof listener) != sizeof listener)
        return NULL;
    int error = send_frame(courier->channel, FRAME_SECCOMP_LISTENER, NULL, &listener, 1);
    close(listener);
    if (write(courier->couriers, &error, sizeof error) != sizeof error)
        _exit(1);
    return NULL;
}

static void call_courier(struct courier *courier, int channel)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        fail("make the way of the seccomp listener");
    *courier = (struct courier){.channel = channel, .inits = ends[0], .couriers = ends[1]};
    static _Alignas(16) uint8_t stack[COURIER_STACK_BYTES];
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstack(&attributes, stack, sizeof stack);
    int error = pthread_create(&thread, &attributes, carry_listener, courier);
    if (error)
        fail_with(error, "make a thread that sends the seccomp listener");
}

static void send_listener(const struct courier *courier, int listener)
{
    int error;
    if (write(courier->inits, &listener, sizeof listener) != sizeof listener ||
        read(courier->inits, &error, sizeof error) != sizeof error)
        fail("send the seccomp listener");
    if (error)
        fail_with(-error, "send the seccomp listener");
}

struct capability_sets {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[2];
};

static void borrow_privilege(struct capability_sets *sets)
{
    *sets = (struct capability_sets){.header = {.version = _LINUX_CAPABILITY_VERSION_3}};
    if (syscall(SYS_capget, &sets->header, sets->data) < 0)
        fail("look at the capabilities");
    sets->data[0].effective |= 1u << CAP_SYS_ADMIN;
    if (syscall(SYS_capset, &sets->header, sets->data) < 0)
        fail("install the seccomp filter: without process.noNewPrivileges that takes CAP_SYS_ADMIN");
}

static void give_privilege_back(struct capability_sets *sets, const struct op_seccomp *op)
{
    for (int i = 0; i < 2; i++) {
        sets->data[i].effective = (uint32_t)(op->effective >> (32 * i));
        sets->data[i].permitted = (uint32_t)(op->permitted >> (32 * i));
    }
    if (syscall(SYS_capset, &sets->header, sets->data) < 0)
        fail("set the capabilities after the seccomp filter: it must allow capset, or process.noNewPrivileges be true");
}

void op_seccomp(struct init *init, const struct op_seccomp *op)
{
    static struct sock_filter filter[BPF_MAXINSNS];
    static struct courier courier;
    static struct capability_sets sets;
    struct sock_fprog program = {.len = (unsigned short)(op->filter.length / sizeof *filter), .filter = filter};
    memcpy(filter, op->filter.data, op->filter.length); /* its length was checked with the plan */
    bool notifies = op->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER;
    if (op->privileged)
        borrow_privilege(&sets);
    if (notifies)
        call_courier(&courier, init->channel);
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, op->flags, &program);
    if (result < 0 && errno == EINVAL && (op->flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)) {
        unsigned long flags = op->flags & ~SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
        result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    }
    if (result < 0)
        fail("install the seccomp filter of %u instructions", program.len);
    if (notifies)
        send_listener(&courier, (int)result);
    if (op->privileged)
        give_privilege_back(&sets, op);
}
