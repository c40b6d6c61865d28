// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.error;

import org.jspecify.annotations.NullMarked;
