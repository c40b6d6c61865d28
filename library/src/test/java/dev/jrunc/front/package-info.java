// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.front;

import org.jspecify.annotations.NullMarked;
