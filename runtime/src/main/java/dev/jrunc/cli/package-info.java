// SPDX-License-Identifier: Apache-2.0
/** The command line: one class for each command, global options, and how errors become text and exit status. */
@NullMarked
package dev.jrunc.cli;

import org.jspecify.annotations.NullMarked;
