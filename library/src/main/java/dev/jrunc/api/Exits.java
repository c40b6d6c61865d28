// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

import dev.jrunc.error.ContainerError;
import java.util.concurrent.ExecutionException;

/** Failures of waiting. */
final class Exits {

    private Exits() {}

    static RuntimeException failure(ExecutionException failure) {
        if (failure.getCause() instanceof RuntimeException e) {
            return e;
        }
        ContainerError error = new ContainerError(String.valueOf(failure.getMessage()));
        error.initCause(failure);
        return error;
    }
}
