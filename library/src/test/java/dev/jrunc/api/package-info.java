// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.api;

import org.jspecify.annotations.NullMarked;
