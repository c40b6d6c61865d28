// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.jrunc.examples;

import org.jspecify.annotations.NullMarked;
