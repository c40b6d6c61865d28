// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.validate;

import org.jspecify.annotations.NullMarked;
