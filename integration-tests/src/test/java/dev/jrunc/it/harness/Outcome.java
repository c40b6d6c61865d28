// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

/** What a peer runtime is known to do with a test. */
public enum Outcome {
    /** It passes. */
    PASS,
    /** It fails, because it is older than the feature or leaves it out. */
    UNSUPPORTED,
    /** It fails, because it does something else than the specification says. */
    WRONG
}
