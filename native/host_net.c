/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network devices of the caller's that a container gets: config-linux.md, "Network Devices". The front doesn't change its
 * namespaces: a child of it enters the container's, with a socket to each side. That works for a new namespace and for a
 * joined one, also where the container's root has no rights in it.
 */
#include "files.h"
#include "front.h"
#include "net_addresses.h"
#include "scope.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child tells, in memory that both have. */
struct outcome {
    int error; /* an errno, or 0 */
    char message[512];
};

struct move {
    const struct op_move_netdev *request;
    pid_t init;
    int pidfd;
    struct outcome *outcome;
    struct netlink host;
    struct netlink inside;
    struct buffer addresses;
    uint32_t index; /* inside */
    char name[IF_NAMESIZE];
};

static bool failed(struct move *move, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* error is negative, or 0: then nothing has failed. */
static bool failed(struct move *move, int error, const char *format, ...)
{
    if (error == 0)
        return false;
    size_t size = sizeof move->outcome->message;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(move->outcome->message, size, format, arguments);
    va_end(arguments);
    const char *refusal = *move->inside.refusal ? move->inside.refusal : move->host.refusal;
    if (*refusal && length > 0 && (size_t)length < size)
        snprintf(move->outcome->message + length, size - (size_t)length, ": %s", refusal);
    move->outcome->error = -error;
    return true;
}

static void begin_link(struct netlink_request *request, uint16_t type, uint32_t index, unsigned flags)
{
    struct ifinfomsg body = {.ifi_family = AF_UNSPEC, .ifi_index = (int)index, .ifi_flags = flags, .ifi_change = flags};
    netlink_begin(request, type, 0, &body, sizeof body);
}

/* By name where index is 0. 0 with what was found, or -errno. */
static int find_link(struct netlink *netlink, const char *by_name, uint32_t index, uint32_t *found, char *name)
{
    struct netlink_request request;
    scope_buffer answer = {0};
    begin_link(&request, RTM_GETLINK, index, 0);
    if (index == 0)
        netlink_put_text(&request, IFLA_IFNAME, by_name);
    int error = netlink_ask(netlink, &request, &answer);
    if (error)
        return error;
    const struct nlmsghdr *message = (const struct nlmsghdr *)answer.data;
    if (answer.length < NLMSG_SPACE(sizeof(struct ifinfomsg)) || message->nlmsg_type != RTM_NEWLINK)
        return -EPROTO;
    *found = (uint32_t)((const struct ifinfomsg *)NLMSG_DATA(message))->ifi_index;
    const struct rtattr *is_called = netlink_attribute(message, sizeof(struct ifinfomsg), IFLA_IFNAME);
    if (is_called)
        snprintf(name, IF_NAMESIZE, "%.*s", (int)RTA_PAYLOAD(is_called), (const char *)RTA_DATA(is_called));
    return 0;
}

/* Into the namespace of the container: 0 or -errno; 1 when it is the caller's own. */
static int enter_namespace(int pidfd)
{
    struct stat ours, theirs;
    if (stat("/proc/self/ns/net", &ours) < 0 || setns(pidfd, CLONE_NEWNET) < 0 ||
        stat("/proc/self/ns/net", &theirs) < 0)
        return -errno;
    return same_file(&ours, &theirs) ? 1 : 0;
}

/* All that can be known before something is changed. */
static bool look(struct move *move)
{
    const char *name = move->request->name, *new_name = move->request->newName;
    uint32_t index = 0;
    if (failed(move, netlink_open(&move->host), "open a netlink socket") ||
        failed(move, find_link(&move->host, "", move->request->index, &index, move->name), "look at network device %s",
               name) ||
        failed(move, addresses_list(&move->host, &move->addresses), "list the addresses of network device %s", name))
        return false;
    int error = enter_namespace(move->pidfd);
    if (failed(move, error == 1 ? -EINVAL : error, "move network device %s: %s", name,
               error == 1 ? "the container's network namespace is the caller's own"
                          : "enter the container's network namespace") ||
        failed(move, netlink_open(&move->inside), "open a netlink socket in the container"))
        return false;
    if (strchr(new_name, '%'))
        return true;
    error = find_link(&move->inside, new_name, 0, &index, move->name);
    move->inside.refusal[0] = 0;
    return !failed(move,
                   error == 0         ? -EEXIST
                   : error == -ENODEV ? 0
                                      : error,
                   "move network device %s into the container, where it is to be called %s", name, new_name);
}

/* Under a name that nobody else has, by which it is found again: its number may change, and of a template the kernel
 * alone knows what becomes. */
static bool move_device(struct move *move)
{
    const struct op_move_netdev *device = move->request;
    struct netlink_request request;
    char passing[IF_NAMESIZE];
    snprintf(passing, sizeof passing, "jrunc%u", device->index);
    begin_link(&request, RTM_NEWLINK, device->index, 0);
    netlink_put_u32(&request, IFLA_NET_NS_PID, (uint32_t)move->init);
    netlink_put_text(&request, IFLA_IFNAME, passing);
    if (failed(move, netlink_execute(&move->host, &request), "move network device %s into the container",
               device->name) ||
        failed(move, find_link(&move->inside, passing, 0, &move->index, move->name),
               "find network device %s (%s) in the container", device->name, passing))
        return false;
    begin_link(&request, RTM_NEWLINK, move->index, 0);
    netlink_put_text(&request, IFLA_IFNAME, device->newName);
    return !failed(move, netlink_execute(&move->inside, &request), "rename network device %s to %s in the container",
                   device->name, device->newName) &&
           !failed(move, find_link(&move->inside, "", move->index, &move->index, move->name),
                   "look at network device %s in the container", device->newName);
}

static bool give_addresses(struct move *move)
{
    const struct nlmsghdr *address = (const struct nlmsghdr *)move->addresses.data;
    size_t left = move->addresses.length;
    for (; left > 0 && NLMSG_OK(address, left); address = NLMSG_NEXT(address, left)) {
        if (!address_moves(address, move->request->index))
            continue;
        struct netlink_request request;
        char text[64];
        address_request(address, move->index, move->request->name, move->name, &request);
        address_text(address, text, sizeof text);
        if (failed(move, netlink_execute(&move->inside, &request), "give network device %s its address %s", move->name,
                   text))
            return false;
    }
    return true;
}

static void run(struct move *move)
{
    if (!look(move) || !move_device(move) || !give_addresses(move))
        return;
    struct netlink_request request;
    begin_link(&request, RTM_NEWLINK, move->index, IFF_UP);
    if (!failed(move, netlink_execute(&move->inside, &request), "set network device %s up in the container",
                move->name))
        move->outcome->error = 0;
}

/* No exit signal: it is waited for here and nowhere else. */
static void run_in_child(struct move *move)
{
    pid_t child = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(move);
        _exit(0);
    }
    if (child < 0)
        failed(move, -errno, "start a process that moves network device %s", move->request->name);
    while (child > 0 && waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
        continue;
}

void host_move_netdev(struct front *front, const struct op_move_netdev *request, struct result *result)
{
    if (front->init.pid <= 0) {
        result_fail(result, ESRCH, "no init was spawned");
        return;
    }
    struct outcome *outcome = mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcome == MAP_FAILED) {
        result_fail(result, errno, "move network device %s", request->name);
        return;
    }
    *outcome = (struct outcome){.error = ECHILD};
    snprintf(outcome->message, sizeof outcome->message, "move network device %s: its process was killed",
             request->name);
    struct move move = {.request = request,
                        .init = front->init.pid,
                        .pidfd = front->init.pidfd,
                        .outcome = outcome,
                        .host.fd = -1,
                        .inside.fd = -1};
    run_in_child(&move);
    if (outcome->error)
        result_fail(result, outcome->error, "%s", outcome->message);
    munmap(outcome, sizeof *outcome);
}

void host_find_netdev(struct front *front, const struct op_find_netdev *request, struct result *result)
{
    (void)front;
    unsigned index = if_nametoindex(request->name);
    if (index == 0)
        result_fail(result, errno, "find network device %s", request->name);
    result->value = index;
}
