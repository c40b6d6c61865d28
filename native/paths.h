/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside the root file system, CVE-2021-30465, CVE-2019-18837: a link that is swapped in between check and use leads
 * nowhere, since what is used is the fd that was opened. CVE-2025-24965: nothing is written into a rootfs in any other way. Links never lead out of the root.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Opens path inside root, which is an fd. An fd (close-on-exec), or -errno; magic links are refused (ELOOP). */
int path_open(int root, const char *path, int flags);
/* The same, and any symbolic link on the way is refused (ELOOP). */
int path_open_without_links(int root, const char *path, int flags);
/* The same as path_open, and what isn't on the mount of root itself is refused (EXDEV). */
int path_open_on_mount(int root, const char *path, int flags);
/* The same as path_open as an O_PATH fd, after what is missing was made: folders, and a file as the last component where asked.
 * CVE-2024-45310: one component at a time, each from the fd of the folder that it goes into. */
int path_make(int root, const char *path, bool file);
/* The folder that path is in, made where it is missing; name is the last component, inside path. An O_PATH fd, or
 * -errno. */
int path_make_parent(int root, const char *path, const char **name);
