/* SPDX-License-Identifier: Apache-2.0 */
#include "netlink.h"

#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* The kernel answers at once, but for a lock that others may hold. */
#define ANSWER_SECONDS 10
#define RECEIVE_BYTES 32768

int netlink_open(struct netlink *netlink)
{
    *netlink = (struct netlink){.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
    if (netlink->fd < 0)
        return -errno;
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct timeval limit = {.tv_sec = ANSWER_SECONDS};
    int yes = 1;
    setsockopt(netlink->fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof yes);
    setsockopt(netlink->fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof yes);
    if (setsockopt(netlink->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
        connect(netlink->fd, (struct sockaddr *)&kernel, sizeof kernel) < 0) {
        int error = -errno;
        netlink_close(netlink);
        return error;
    }
    return 0;
}

void netlink_close(struct netlink *netlink)
{
    if (netlink->fd >= 0)
        close(netlink->fd);
    netlink->fd = -1;
}

void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *body, size_t length)
{
    memset(request, 0, sizeof *request);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    memcpy(NLMSG_DATA(&request->header), body, length);
    request->header.nlmsg_len = (uint32_t)NLMSG_SPACE(length);
}

void netlink_put(struct netlink_request *request, uint16_t type, const void *data, size_t length)
{
    size_t at = request->header.nlmsg_len;
    if (length > NETLINK_REQUEST_BYTES || at + RTA_SPACE(length) > NETLINK_REQUEST_BYTES) {
        request->too_long = true;
        return;
    }
    struct rtattr attribute = {.rta_len = (uint16_t)RTA_LENGTH(length), .rta_type = type};
    memcpy(request->bytes + at, &attribute, sizeof attribute);
    memcpy(request->bytes + at + RTA_LENGTH(0), data, length);
    request->header.nlmsg_len = (uint32_t)(at + RTA_SPACE(length));
}

void netlink_put_u32(struct netlink_request *request, uint16_t type, uint32_t value)
{
    netlink_put(request, type, &value, sizeof value);
}

void netlink_put_text(struct netlink_request *request, uint16_t type, const char *text)
{
    netlink_put(request, type, text, strlen(text) + 1);
}

/* NLMSG_ERROR: the errno, the request's header, and perhaps a text. */
static int read_error(struct netlink *netlink, const struct nlmsghdr *message)
{
    const struct nlmsgerr *error = NLMSG_DATA(message);
    if (message->nlmsg_len < NLMSG_LENGTH(sizeof *error))
        return -EPROTO;
    if (error->error && (message->nlmsg_flags & NLM_F_ACK_TLVS)) {
        const struct rtattr *text = netlink_attribute(message, sizeof *error, NLMSGERR_ATTR_MSG);
        if (text)
            snprintf(netlink->refusal, sizeof netlink->refusal, "%.*s", (int)RTA_PAYLOAD(text),
                     (const char *)RTA_DATA(text));
    }
    return error->error;
}

/* One datagram's messages. 1 when the answer isn't complete yet, 0 when it is, or -errno. */
static int take_messages(struct netlink *netlink, struct nlmsghdr *message, size_t length, struct buffer *answer)
{
    for (; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
        if (message->nlmsg_seq != netlink->sequence) /* of a request that was given up */
            continue;
        if (message->nlmsg_flags & NLM_F_DUMP_INTR)
            return -EINTR;
        if (message->nlmsg_type == NLMSG_ERROR)
            return read_error(netlink, message);
        if (message->nlmsg_type == NLMSG_DONE)
            return 0;
        int error = answer ? buffer_append(answer, message, NLMSG_ALIGN(message->nlmsg_len)) : 0;
        if (error)
            return error;
        if (!(message->nlmsg_flags & NLM_F_MULTI))
            return 0;
    }
    return 1;
}

static int transact(struct netlink *netlink, struct netlink_request *request, struct buffer *answer)
{
    if (request->too_long)
        return -EMSGSIZE;
    request->header.nlmsg_seq = ++netlink->sequence;
    netlink->refusal[0] = 0;
    if (send(netlink->fd, request->bytes, request->header.nlmsg_len, 0) < 0)
        return -errno;
    _Alignas(struct nlmsghdr) uint8_t space[RECEIVE_BYTES];
    int status = 1;
    while (status == 1) {
        ssize_t got = recv(netlink->fd, space, sizeof space, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN ? -ETIMEDOUT : -errno;
        status = take_messages(netlink, (struct nlmsghdr *)space, (size_t)got, answer);
    }
    return status;
}

int netlink_execute(struct netlink *netlink, struct netlink_request *request)
{
    request->header.nlmsg_flags |= NLM_F_ACK;
    return transact(netlink, request, NULL);
}

int netlink_ask(struct netlink *netlink, struct netlink_request *request, struct buffer *answer)
{
    return transact(netlink, request, answer);
}

int netlink_list(struct netlink *netlink, struct netlink_request *request, struct buffer *answer)
{
    request->header.nlmsg_flags |= NLM_F_DUMP;
    return transact(netlink, request, answer);
}

const struct rtattr *netlink_attributes(const struct nlmsghdr *message, size_t body_length, size_t *length)
{
    size_t before = NLMSG_SPACE(body_length);
    if (message->nlmsg_len < before)
        return NULL;
    *length = message->nlmsg_len - before;
    return (const struct rtattr *)((const uint8_t *)message + before);
}

const struct rtattr *netlink_attribute(const struct nlmsghdr *message, size_t body_length, uint16_t type)
{
    size_t left = 0;
    const struct rtattr *attribute = netlink_attributes(message, body_length, &left);
    for (; attribute && RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        if (attribute->rta_type == type)
            return attribute;
    }
    return NULL;
}
