// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.plan;

import org.jspecify.annotations.NullMarked;
