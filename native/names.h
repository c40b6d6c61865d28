/* SPDX-License-Identifier: Apache-2.0 */
/* The names of errors and signals, which not every C library knows. */
#pragma once

/* "ENOENT"; never NULL. */
const char *errno_name(int error);
/* "no such file or directory": strerror(3), with a small letter, as runc's words begin. It stays until the next one. */
const char *errno_text(int error);
/* "KILL", without SIG; NULL for a real-time signal, or none. */
const char *signal_abbreviation(int signal);
