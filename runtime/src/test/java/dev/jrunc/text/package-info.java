// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.text;

import org.jspecify.annotations.NullMarked;
