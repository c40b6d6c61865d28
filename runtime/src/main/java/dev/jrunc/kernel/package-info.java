// SPDX-License-Identifier: Apache-2.0
/** What the engine asks native libraries itself; implementations are in packages of their own. */
@NullMarked
package dev.jrunc.kernel;

import org.jspecify.annotations.NullMarked;
