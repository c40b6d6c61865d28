/* SPDX-License-Identifier: Apache-2.0 */
/* What is so about a program that can't be executed: facts for its error, which nobody reads where it can. */
#pragma once

#include <stddef.h>

/* Why this user may not execute it: " (mode 0644)", " (mounted noexec)". */
void program_denied(const char *path, char *text, size_t size);
/* Why the kernel will not execute a file that begins with these bytes: what it was built for, where that is another
 * machine. Empty where it can. */
void program_format(const char *head, size_t length, char *text, size_t size);
