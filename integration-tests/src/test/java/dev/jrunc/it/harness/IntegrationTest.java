// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of tests that get a {@link Lab} as a parameter; see {@link LabExtension}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Inherited
@ExtendWith(LabExtension.class)
@Timeout(120)
public @interface IntegrationTest {}
