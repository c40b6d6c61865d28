// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.criu;

import org.jspecify.annotations.NullMarked;
