// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.engine;

import org.jspecify.annotations.NullMarked;
