// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.state;

import org.jspecify.annotations.NullMarked;
