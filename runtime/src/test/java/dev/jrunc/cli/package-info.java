// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.cli;

import org.jspecify.annotations.NullMarked;
