/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts by fd (CVE-2021-30465, CVE-2019-18837): a mount is finished before it is put on an fd that was opened inside of the
 * root. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct init;

/* A detached copy of what is at path, or with an empty path of fd itself. An fd, or -errno. */
int copy_tree(int fd, const char *path, bool recursive);
/* set and clear are MOUNT_ATTR_* bits; propagation MS_* bits, 0 for none. 0, or -errno. Where the kernel has no
 * mount_setattr (before 5.12), only a mount that is attached can be changed. */
int set_attributes(int fd, bool recursive, uint64_t set, uint64_t clear, uint64_t propagation);
/* Puts a detached mount on target. 0, or -errno. */
int attach_mount(int fd, int target);
/* CVE-2019-19921 and its kin, in the middle of create: what init has mounted on /proc and /sys is what is confined there, also
 * when somebody who shares the root file system has put something else in their place. An O_PATH fd, or -errno. */
int open_mounted(const struct init *init, const char *path);
/* As attach_mount(); where it comes over the whole of /proc or /sys, open_mounted() looks into the new one from now on. */
int cover_mounted(struct init *init, int mount, int target);
/* CVE row "another root": what is mounted on the root hides it from exec alone, which enters what is uppermost; the program stays in what is
 * below. */
bool is_root(const struct init *init, int fd);
/* Fails where nothing may be mounted on target: it is the root; or, CVE-2019-16884, CVE-2023-27561, CVE-2025-54867, a part of procfs by way of
 * another name for it. What the plan itself names below /proc was on the engine's list. */
void check_target(const struct init *init, const char *what, const char *path, int target);
