// SPDX-License-Identifier: Apache-2.0
/**
 * What the integration tests are written with: a {@link dev.jrunc.it.harness.Lab} for each test, which makes bundles, calls the
 * runtime under test, and checks afterwards that nothing was left behind.
 */
@NullMarked
package dev.jrunc.it.harness;

import org.jspecify.annotations.NullMarked;
