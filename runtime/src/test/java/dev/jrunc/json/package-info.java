// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.json;

import org.jspecify.annotations.NullMarked;
