// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.lifecycle;

import org.jspecify.annotations.NullMarked;
