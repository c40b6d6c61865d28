/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a network device, which the kernel takes away when the device changes its network namespace. */
#pragma once

#include "netlink.h"

/* Appends the addresses of all devices, as RTM_NEWADDR messages: 0 or -errno. */
int addresses_list(struct netlink *netlink, struct buffer *addresses);

/* Is it one of that device that goes with it: permanent (not from DHCP or a router), and global (not of the link)? */
bool address_moves(const struct nlmsghdr *address, uint32_t index);

/* The request that gives the same address to a device of that index and name; old_name: where it came from. */
void address_request(const struct nlmsghdr *address, uint32_t index, const char *old_name, const char *name,
                     struct netlink_request *request);

/* "192.0.2.1/24", for messages. */
void address_text(const struct nlmsghdr *address, char *text, size_t size);
