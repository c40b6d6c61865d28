/* SPDX-License-Identifier: Apache-2.0 */
/* rtnetlink(7) by hand: one request at a time, on a socket that stays in the network namespace where it was opened. */
#pragma once

#include "protocol.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#define NETLINK_REQUEST_BYTES 1024

struct netlink {
    int fd;
    uint32_t sequence;
    /* What the kernel says about a request that it refused (from Linux 4.12 on, and not about all); else empty. */
    char refusal[128];
};

/* A message that is being put together: header, the type's own struct, attributes. */
struct netlink_request {
    union {
        struct nlmsghdr header;
        uint8_t bytes[NETLINK_REQUEST_BYTES];
    };
    bool too_long;
};

/* 0 or -errno. */
int netlink_open(struct netlink *netlink);
void netlink_close(struct netlink *netlink);
#define scope_netlink __attribute__((cleanup(netlink_close))) struct netlink

/* body: the struct that comes before the attributes. flags: NLM_F_* beside REQUEST and ACK. */
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *body, size_t length);
void netlink_put(struct netlink_request *request, uint16_t type, const void *data, size_t length);
void netlink_put_u32(struct netlink_request *request, uint16_t type, uint32_t value);
void netlink_put_text(struct netlink_request *request, uint16_t type, const char *text);

/* Carried out by the kernel: 0 or -errno. */
int netlink_execute(struct netlink *netlink, struct netlink_request *request);
/* Appends the one message that answers to answer: 0 or -errno. */
int netlink_ask(struct netlink *netlink, struct netlink_request *request, struct buffer *answer);
/* Appends all messages of a list (NLM_F_DUMP) to answer, as they are: 0 or -errno; -EINTR when it changed meanwhile. */
int netlink_list(struct netlink *netlink, struct netlink_request *request, struct buffer *answer);

/* The attributes behind a message's struct of that length; NULL when it is shorter. */
const struct rtattr *netlink_attributes(const struct nlmsghdr *message, size_t body_length, size_t *length);
const struct rtattr *netlink_attribute(const struct nlmsghdr *message, size_t body_length, uint16_t type);
