// SPDX-License-Identifier: Apache-2.0
/** One class for each thing that is done with a container. */
@NullMarked
package dev.jrunc.lifecycle;

import org.jspecify.annotations.NullMarked;
