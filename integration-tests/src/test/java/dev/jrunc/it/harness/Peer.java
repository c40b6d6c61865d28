// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What Debian 12's runc does with a test, or with all tests of a class that don't say otherwise. It is asserted: a test that is said to be
 * {@link Outcome#UNSUPPORTED} or {@link Outcome#WRONG} has to fail there, with the given words in its failure.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Peer {
    /** What Debian 12's runc does (1.1.5, specification 1.0.2). */
    Outcome runc();

    /** Why it fails: the section of the specification, or the newer feature. Required unless it passes. */
    String why() default "";

    /** Words in the message of the failure on runc, so that it fails for the reason that is given. Required unless it passes. */
    String failure() default "";
}
