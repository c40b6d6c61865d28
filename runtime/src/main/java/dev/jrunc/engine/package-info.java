// SPDX-License-Identifier: Apache-2.0
/** One session serves one call: frames, messages, and the front as the engine sees it. */
@NullMarked
package dev.jrunc.engine;

import org.jspecify.annotations.NullMarked;
