/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts by fd: a mount is finished before it is put on an fd that was opened inside of the root. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A detached copy of what is at path, or with an empty path of fd itself. An fd, or -errno. */
int copy_tree(int fd, const char *path, bool recursive);
/* set and clear are MOUNT_ATTR_* bits; propagation MS_* bits, 0 for none. 0, or -errno. Where the kernel has no
 * mount_setattr (before 5.12), only a mount that is attached can be changed. */
int set_attributes(int fd, bool recursive, uint64_t set, uint64_t clear, uint64_t propagation);
/* Puts a detached mount on target. 0, or -errno. */
int attach_mount(int fd, int target);
