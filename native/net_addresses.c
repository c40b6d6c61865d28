/* SPDX-License-Identifier: Apache-2.0 */
#include "net_addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define MAX_LISTINGS 5

/* What the kernel finds out for itself: not to be given to it. */
#define STATE_FLAGS (IFA_F_SECONDARY | IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED | IFA_F_OPTIMISTIC)

int addresses_list(struct netlink *netlink, struct buffer *addresses)
{
    int error = -EINTR;
    for (int i = 0; i < MAX_LISTINGS && error == -EINTR; i++) {
        struct netlink_request request;
        addresses->length = 0;
        netlink_begin(&request, RTM_GETADDR, 0, &(struct ifaddrmsg){.ifa_family = AF_UNSPEC}, sizeof(struct ifaddrmsg));
        error = netlink_list(netlink, &request, addresses);
    }
    return error;
}

static const struct rtattr *attribute_of(const struct nlmsghdr *address, uint16_t type)
{
    return netlink_attribute(address, sizeof(struct ifaddrmsg), type);
}

static uint32_t flags_of(const struct nlmsghdr *address)
{
    const struct rtattr *flags = attribute_of(address, IFA_FLAGS);
    uint32_t value = ((const struct ifaddrmsg *)NLMSG_DATA(address))->ifa_flags;
    if (flags && RTA_PAYLOAD(flags) == sizeof value)
        memcpy(&value, RTA_DATA(flags), sizeof value);
    return value;
}

bool address_moves(const struct nlmsghdr *address, uint32_t index)
{
    if (address->nlmsg_type != RTM_NEWADDR || address->nlmsg_len < NLMSG_SPACE(sizeof(struct ifaddrmsg)))
        return false;
    const struct ifaddrmsg *body = NLMSG_DATA(address);
    return body->ifa_index == index && body->ifa_scope == RT_SCOPE_UNIVERSE && (flags_of(address) & IFA_F_PERMANENT);
}

/* IPv4: the device's name, or that with something behind a colon, as ifconfig(8) makes it. */
static void put_label(const struct rtattr *label, const char *old_name, const char *name,
                      struct netlink_request *request)
{
    char text[IF_NAMESIZE], renamed[2 * IF_NAMESIZE];
    size_t length = strlen(old_name);
    snprintf(text, sizeof text, "%.*s", (int)RTA_PAYLOAD(label), (const char *)RTA_DATA(label));
    bool alias = strncmp(text, old_name, length) == 0 && text[length] == ':';
    if (!alias && strcmp(text, old_name) == 0) /* the kernel's own choice */
        return;
    snprintf(renamed, sizeof renamed, "%s%s", alias ? name : "", alias ? text + length : text);
    renamed[IF_NAMESIZE - 1] = 0;
    netlink_put_text(request, IFA_LABEL, renamed);
}

void address_request(const struct nlmsghdr *address, uint32_t index, const char *old_name, const char *name,
                     struct netlink_request *request)
{
    struct ifaddrmsg body = *(const struct ifaddrmsg *)NLMSG_DATA(address);
    uint32_t flags = flags_of(address) & ~(uint32_t)STATE_FLAGS;
    body.ifa_index = index;
    body.ifa_flags = (uint8_t)flags;
    netlink_begin(request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
    netlink_put_u32(request, IFA_FLAGS, flags);
    size_t left = 0;
    const struct rtattr *attribute = netlink_attributes(address, sizeof body, &left);
    for (; attribute && RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        switch (attribute->rta_type) {
        case IFA_FLAGS:
        case IFA_TARGET_NETNSID:
            break;
        case IFA_LABEL:
            put_label(attribute, old_name, name, request);
            break;
        default: /* address, peer, broadcast, metric, lifetimes, protocol */
            netlink_put(request, attribute->rta_type, RTA_DATA(attribute), RTA_PAYLOAD(attribute));
        }
    }
}

void address_text(const struct nlmsghdr *address, char *text, size_t size)
{
    const struct ifaddrmsg *body = NLMSG_DATA(address);
    const struct rtattr *local = attribute_of(address, IFA_LOCAL);
    const struct rtattr *shown = local ? local : attribute_of(address, IFA_ADDRESS);
    size_t needed = body->ifa_family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
    char name[INET6_ADDRSTRLEN] = "?";
    if (shown && RTA_PAYLOAD(shown) >= needed)
        inet_ntop(body->ifa_family, RTA_DATA(shown), name, sizeof name);
    snprintf(text, size, "%s/%u", name, body->ifa_prefixlen);
}
