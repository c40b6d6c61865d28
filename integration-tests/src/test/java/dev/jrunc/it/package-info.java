// SPDX-License-Identifier: Apache-2.0
/**
 * Black box tests of an OCI runtime, one class for each subject of the specification. They see the container from inside, by the
 * payload, and hold for every runtime: {@link dev.jrunc.it.harness.Peer} says where another one is known to differ.
 */
@NullMarked
package dev.jrunc.it;

import org.jspecify.annotations.NullMarked;
