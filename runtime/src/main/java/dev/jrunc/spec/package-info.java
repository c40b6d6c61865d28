// SPDX-License-Identifier: Apache-2.0
/** Records with the OCI runtime specification's own names. */
@NullMarked
package dev.jrunc.spec;

import org.jspecify.annotations.NullMarked;
