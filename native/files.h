/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing whole files. */
#pragma once

#include "protocol.h"
#include "waits.h"

#include <sys/stat.h>
#include <sys/types.h>

/* Appends raw bytes. 0 or -ENOMEM. */
int buffer_append(struct buffer *buffer, const void *data, size_t length);
/* Appends all that fd gives to data. 0 or -errno; -EFBIG when it is more than max_bytes. */
int read_all(int fd, size_t max_bytes, struct buffer *data);
/* The same for a small text file, below folder or by absolute path, with a zero byte at the end that length leaves out. */
int read_text(int folder, const char *path, size_t max_bytes, struct buffer *text);
/* All of it, in one write(2) where the kernel takes it so (as cgroup and proc files want). Waits for pipes and
 * terminals. 0 or -errno. */
int write_all(struct waits *waits, int fd, const void *data, size_t length);
/* One write(2) of text to an existing file of procfs, sysfs or cgroupfs. 0 or -errno. */
int write_text(int folder, const char *path, const char *text);
/* name in folder by temporary file and rename; mode is masked by the umask. 0 or -errno, and nothing is left behind. */
int replace_file(struct waits *waits, int folder, const char *name, struct bytes content, mode_t mode);
/* flock(2), exclusively. 0, -ETIMEDOUT after the deadline, -EINTR when the caller interrupts, or another -errno. */
int lock_file(struct waits *waits, int fd, int64_t deadline);
/* For appending; made with that mode when missing. An fd, or -errno. */
int open_append(const char *path, mode_t mode);
/* Two names, or fds, of one file. */
bool same_file(const struct stat *one, const struct stat *other);
/* "a folder", for errors. */
const char *kind_of_file(mode_t mode);
/* The user becomes owner of what fd is open to, where that can be: what an ordinary caller, a user namespace or a read-only mount doesn't
 * allow is no error. A file, folder or block device that is only read, which may be any of the caller's, stays its owner's. 0 or
 * -errno. */
int give_stdio(int fd, uid_t uid);
/* The caller's own, or root's: nobody else may give it away or let others in. */
bool owner_is_trusted(const struct stat *status);
/* Group or others may write there; with the sticky bit, where it counts, they can't take away what isn't theirs. */
bool others_may_write(const struct stat *status, bool sticky_counts);
/* A name that is no path: not empty, not "." or "..", without a slash. */
bool plain_name(const char *name);
