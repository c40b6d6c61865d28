// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

/** A failure that a user is told about in one line. Failures of the cleaning up after it are suppressed exceptions. */
public abstract sealed class JruncException extends RuntimeException
        permits ContainerError, InvalidSpec, InvalidState, OperationFailed, Unsupported, UsageError {

    private static final long serialVersionUID = 1;

    private final String message;

    JruncException(String message) {
        super(message);
        this.message = message;
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return message;
    }
}
