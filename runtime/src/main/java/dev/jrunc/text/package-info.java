// SPDX-License-Identifier: Apache-2.0
/** Words of others, as they may be shown. */
@NullMarked
package dev.jrunc.text;

import org.jspecify.annotations.NullMarked;
