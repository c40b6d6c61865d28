/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets by path, and fds over them. */
#pragma once

#include "waits.h"

#include <stdbool.h>
#include <stddef.h>

/* type: SOCK_STREAM or SOCK_DGRAM. Works for paths that don't fit into struct sockaddr_un. Sending and receiving have a
 * limit of ten seconds. The fd, or -errno. */
int connect_unix(const char *path, int type);
/* The same for a stream to a path, or to a name in the abstract namespace, unix(7). Where the queue of callers is full, the
 * caller's signals end the waiting (-EINTR), and ten seconds do (-ETIMEDOUT). */
int connect_stream(struct waits *waits, const char *path, bool abstract);
/* What the latter means, behind the words for what was connected to; or "". */
const char *connect_words(int error);
/* A new stream socket that listens there, for that many callers in the queue. The fd, or -errno. */
int listen_unix(const char *path, int queue);
/* fd with a message of length bytes, at least one. 0 or -errno. */
int send_fd(int socket, int fd, const void *message, size_t length);
