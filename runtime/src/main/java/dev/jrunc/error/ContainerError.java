// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

/** A container that isn't there, is there already, or isn't in the state for what was asked. Callers look for these words. */
public final class ContainerError extends JruncException {

    private static final long serialVersionUID = 1;

    private final boolean missing;

    private ContainerError(String message, boolean missing) {
        super(message);
        this.missing = missing;
    }

    public ContainerError(String message) {
        this(message, false);
    }

    public static ContainerError doesNotExist() {
        return new ContainerError("container does not exist", true);
    }

    public static ContainerError exists() {
        return new ContainerError("container with given ID already exists");
    }

    public static ContainerError invalidId(String id) {
        if (id.isEmpty()) {
            return new ContainerError("container id cannot be empty: invalid container ID format");
        }
        return new ContainerError("invalid container ID format: \"" + id
                + "\": expected 1 to 255 of the characters A-Z a-z 0-9 _ + . - and neither \".\" nor \"..\"");
    }

    public static ContainerError notRunning() {
        return new ContainerError("container not running");
    }

    public static ContainerError notPaused() {
        return new ContainerError("container not paused");
    }

    /** Is it that the container doesn't exist? */
    public boolean isMissing() {
        return missing;
    }
}
