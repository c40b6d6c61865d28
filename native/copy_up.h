/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* tmpcopyup: files, folders and links below the folder from are copied into the new mount to, with modes and owners.
 * 0, or -errno. */
int copy_up(int from, int to);
