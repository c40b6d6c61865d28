/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVE-2025-52881, CVE-2025-62596: writes to /proc were redirected to other files. Everything in procfs is opened from one of
 * these fds, which are checked to be the root of a procfs, and not from a path that somebody else may have prepared.
 */
#pragma once

/* The /proc that is there before any rootfs matters: an fd, or it fails. */
int procfs_of_host(void);
/* A procfs of our own pid namespace that nobody else can reach; where a nested user namespace is refused one, the
 * verified /proc. An fd, or it fails. */
int procfs_of_own(void);
/* Writes to a file below an fd of those; links are not followed. It fails with "write VALUE to /proc/PATH". */
void procfs_write(int procfs, const char *path, const char *value);
