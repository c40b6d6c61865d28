// SPDX-License-Identifier: Apache-2.0
/** The catalogue of errors, docs/errors.md, from the sources and from resources/errors. */
@NullMarked
package dev.jrunc.errors;

import org.jspecify.annotations.NullMarked;
