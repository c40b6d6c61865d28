// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.systemd;

import org.jspecify.annotations.NullMarked;
