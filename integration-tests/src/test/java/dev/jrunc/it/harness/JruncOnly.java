// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test of something that only jrunc has; it doesn't run against peers. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface JruncOnly {
    /** Why the peers have nothing to say here. */
    String value();
}
