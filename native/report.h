/* SPDX-License-Identifier: Apache-2.0 */
/* The error line of a front without an engine: all other errors are worded and logged by the engine. */
#pragma once

#include "front.h"

#include <stdio.h>

/* On stderr, and in the file of --log, so that callers that show its last line show this one. */
void report_error(const struct global_options *options, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In the words of the engine, which can't say it any more: command and container, as far as we know them. */
void report_lost(const struct front *front, const char *error);
/* One line of the log, as --log-format wants it. time is in RFC 3339. */
void log_line(FILE *stream, const char *log_format, const char *time, const char *message);
/* "2025-01-02T03:04:05Z" from seconds since 1970, of this era. */
void format_time(time_t seconds, char text[64]);
