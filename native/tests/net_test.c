/* SPDX-License-Identifier: Apache-2.0 */
/* Network devices: which addresses go with one, and the way into another namespace, between two that nobody else has. */
#include "front_fixture.h"

#include "../net_addresses.h"
#include "../scope.h"

#include <arpa/inet.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* ---------------------------------------------------------------- addresses */

/* As the kernel lists one: 192.0.2.1/24 of device 7. */
static void begin_address(struct netlink_request *message, uint8_t scope, uint32_t flags, const char *label)
{
    struct ifaddrmsg body = {
        .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_flags = (uint8_t)flags, .ifa_scope = scope, .ifa_index = 7};
    struct in_addr address = {inet_addr("192.0.2.1")};
    netlink_begin(message, RTM_NEWADDR, 0, &body, sizeof body);
    netlink_put(message, IFA_LOCAL, &address, sizeof address);
    netlink_put_u32(message, IFA_FLAGS, flags);
    netlink_put_text(message, IFA_LABEL, label);
}

static void test_which_addresses_move(void)
{
    struct netlink_request message;
    begin_address(&message, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, "a");
    CHECK(address_moves(&message.header, 7));
    CHECK(!address_moves(&message.header, 8));
    begin_address(&message, RT_SCOPE_LINK, IFA_F_PERMANENT, "a");
    CHECK(!address_moves(&message.header, 7));
    begin_address(&message, RT_SCOPE_UNIVERSE, 0, "a");
    CHECK(!address_moves(&message.header, 7));
    message.header.nlmsg_len = NLMSG_LENGTH(4);
    CHECK(!address_moves(&message.header, 7));
}

static const struct rtattr *attribute(const struct netlink_request *request, uint16_t type)
{
    return netlink_attribute(&request->header, sizeof(struct ifaddrmsg), type);
}

/* The label of the same address on a device that was called eth0 and is called new0 now; NULL: the kernel's choice. */
static const char *label_of(const char *label)
{
    static struct netlink_request request;
    struct netlink_request message;
    begin_address(&message, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, label);
    address_request(&message.header, 9, "eth0", "new0", &request);
    const struct rtattr *text = attribute(&request, IFA_LABEL);
    return text ? RTA_DATA(text) : NULL;
}

static void test_the_same_address_again(void)
{
    struct netlink_request message, request;
    uint32_t flags = IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE | IFA_F_TENTATIVE | IFA_F_SECONDARY;
    begin_address(&message, RT_SCOPE_UNIVERSE, flags, "eth0");
    address_request(&message.header, 9, "eth0", "new0", &request);
    const struct ifaddrmsg *body = NLMSG_DATA(&request.header);
    CHECK(request.header.nlmsg_type == RTM_NEWADDR && !request.too_long);
    CHECK(body->ifa_index == 9 && body->ifa_prefixlen == 24 && body->ifa_family == AF_INET);
    CHECK(attribute(&request, IFA_FLAGS) &&
          *(uint32_t *)RTA_DATA(attribute(&request, IFA_FLAGS)) == (IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE));
    CHECK(attribute(&request, IFA_LOCAL) &&
          *(in_addr_t *)RTA_DATA(attribute(&request, IFA_LOCAL)) == inet_addr("192.0.2.1"));
    char text[64];
    address_text(&message.header, text, sizeof text);
    CHECK_TEXT(text, "192.0.2.1/24");
    CHECK(label_of("eth0") == NULL);
    CHECK_TEXT(label_of("eth0:1"), "new0:1");
    CHECK_TEXT(label_of("other"), "other");
    CHECK_TEXT(label_of("eth01"), "eth01");
}

static void test_a_request_that_is_too_long(void)
{
    static const char text[NETLINK_REQUEST_BYTES];
    struct netlink_request request;
    struct netlink netlink = {.fd = -1};
    netlink_begin(&request, RTM_GETLINK, 0, &(struct ifinfomsg){0}, sizeof(struct ifinfomsg));
    netlink_put(&request, IFLA_IFNAME, text, sizeof text);
    CHECK(request.too_long && netlink_execute(&netlink, &request) == -EMSGSIZE);
    size_t left = 0;
    request.header.nlmsg_len = NLMSG_LENGTH(2);
    CHECK(!netlink_attributes(&request.header, sizeof(struct ifinfomsg), &left));
}

/* ---------------------------------------------------------------- moving */

static void make_pair(const char *name)
{
    scope_netlink netlink;
    struct netlink_request request;
    struct {
        struct rtattr kind;
        char name[8];
    } info = {.kind = {.rta_len = RTA_LENGTH(sizeof "veth"), .rta_type = IFLA_INFO_KIND}, .name = "veth"};
    CHECK(netlink_open(&netlink) == 0);
    netlink_begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &(struct ifinfomsg){0}, sizeof(struct ifinfomsg));
    netlink_put_text(&request, IFLA_IFNAME, name);
    netlink_put(&request, IFLA_LINKINFO, &info, sizeof info);
    CHECK(netlink_execute(&netlink, &request) == 0);
}

static void add_address(const char *name, const char *address)
{
    scope_netlink netlink;
    struct netlink_request request;
    struct in_addr in = {inet_addr(address)};
    struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = if_nametoindex(name)};
    CHECK(netlink_open(&netlink) == 0);
    netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE, &body, sizeof body);
    netlink_put(&request, IFA_LOCAL, &in, sizeof in);
    CHECK(netlink_execute(&netlink, &request) == 0);
}

/* In the place of init: in a network namespace of its own, or in ours. */
static void spawn_fake(struct fixture *fixture, bool own_namespace)
{
    pid_t pid = (pid_t)syscall(SYS_clone, (own_namespace ? CLONE_NEWNET : 0) | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(20);
        for (;;)
            pause();
    }
    fixture->front.init = (struct spawned){.pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0), .channel = -1};
}

static void end_fake(struct fixture *fixture)
{
    kill(fixture->front.init.pid, SIGKILL);
    waitpid(fixture->front.init.pid, NULL, 0);
    close(fixture->front.init.pidfd);
}

/* Runs a shell command in the namespace of the one in the place of init. */
static bool inside(const struct fixture *fixture, const char *command)
{
    char line[512];
    snprintf(line, sizeof line, "nsenter --net=/proc/%d/ns/net sh -c '%s' >/dev/null 2>&1", fixture->front.init.pid,
             command);
    return system(line) == 0;
}

static void check_moves(struct fixture *fixture)
{
    struct result result = {0};
    RUN(*fixture, result, find_netdev, .name = "nowhere");
    CHECK(result.error == ENODEV);
    CHECK_TEXT(result.message, "find network device nowhere");
    make_pair("outer");
    add_address("outer", "192.0.2.7");
    RUN(*fixture, result, find_netdev, .name = "outer");
    CHECK(result.error == 0 && result.value == (int64_t)if_nametoindex("outer"));
    uint32_t index = (uint32_t)result.value;
    RUN(*fixture, result, move_netdev, .index = index, .name = "outer", .newName = "lo");
    CHECK(result.error == EEXIST && if_nametoindex("outer") == index);
    RUN(*fixture, result, move_netdev, .index = index, .name = "outer", .newName = "eth%d");
    CHECK(result.error == 0 && if_nametoindex("outer") == 0);
    CHECK_TEXT(result.message, "");
    CHECK(inside(fixture, "ip -brief link show eth0 up | grep eth0"));
    CHECK(inside(fixture, "ip address show eth0 | grep -w 192.0.2.7/24"));
    RUN(*fixture, result, move_netdev, .index = index, .name = "outer", .newName = "eth1");
    CHECK(result.error == ENODEV);
    RUN(*fixture, result, move_netdev, .index = if_nametoindex("lo"), .name = "lo", .newName = "lo2");
    CHECK(result.error == EINVAL);
}

static void test_move(void)
{
    struct fixture fixture;
    struct result result = {0};
    fixture_begin(&fixture);
    RUN(fixture, result, move_netdev, .index = 1, .name = "lo", .newName = "lo2");
    CHECK(result.error == ESRCH);
    if (unshare(CLONE_NEWNET) < 0) {
        fixture_end(&fixture);
        SKIP("a network namespace takes root");
    }
    spawn_fake(&fixture, true);
    check_moves(&fixture);
    end_fake(&fixture);
    make_pair("second");
    spawn_fake(&fixture, false);
    RUN(fixture, result, move_netdev, .index = if_nametoindex("second"), .name = "second", .newName = "third");
    CHECK(result.error == EINVAL && if_nametoindex("second") != 0);
    CHECK_TEXT(result.message, "move network device second: the container's network namespace is the caller's own");
    end_fake(&fixture);
    fixture_end(&fixture);
}

int main(void)
{
    alarm(60);
    test_which_addresses_move();
    test_the_same_address_again();
    test_a_request_that_is_too_long();
    test_move();
    return test_end();
}
