// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/**
 * An operation as it stands in a plan.
 *
 * @param mayFail its failure is reported, and what follows is executed all the same
 */
public record Step<T extends Operation>(T operation, boolean mayFail) {

    /** A step whose failure ends the plan. */
    public static <T extends Operation> Step<T> must(T operation) {
        return new Step<>(operation, false);
    }

    /** A step whose failure doesn't end the plan. */
    public static <T extends Operation> Step<T> mayFail(T operation) {
        return new Step<>(operation, true);
    }
}
