// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.error;

/** An operation that the kernel refused, or a hook that failed: what was tried, where it comes from, and the errno. */
public final class OperationFailed extends JruncException {

    private static final long serialVersionUID = 1;

    private final String operation;
    private final String origin;
    private final String place;
    private final int errno;
    private final String detail;

    /**
     * @param operation its name in native/protocol.def
     * @param origin its place in config.json, or the rule's name
     * @param errno a number of errno(3); 0 for none
     * @param detail what was tried on what
     */
    public OperationFailed(String operation, String origin, int errno, String detail) {
        this(operation, origin, origin.startsWith("/") ? origin : "", errno, detail);
    }

    private OperationFailed(String operation, String origin, String place, int errno, String detail) {
        super(text(place, errno, detail));
        this.place = place;
        this.operation = operation;
        this.origin = origin;
        this.errno = errno;
        this.detail = detail;
    }

    /** The same with more about what was tried. */
    public OperationFailed saying(String more) {
        return other(place, detail + ": " + more);
    }

    /** The same where an option gave what is at its origin in config.json, and is named instead. */
    public OperationFailed by(String option) {
        return other(option, detail);
    }

    private OperationFailed other(String newPlace, String newDetail) {
        OperationFailed other = new OperationFailed(operation, origin, newPlace, errno, newDetail);
        for (Throwable suppressed : getSuppressed()) {
            other.addSuppressed(suppressed);
        }
        return other;
    }

    /** {@code /mounts/3: mount tmpfs on /data: EINVAL (invalid argument)}. */
    private static String text(String place, int errno, String detail) {
        StringBuilder text = new StringBuilder();
        if (!place.isEmpty()) {
            text.append(place).append(": ");
        }
        text.append(detail);
        // A program or hook that failed has said it all.
        if (errno != 0 && errno != Errno.ECANCELED.number()) {
            text.append(": ").append(Errno.describe(errno));
        }
        return text.toString();
    }

    /** What was tried on what, without its place and the errno. */
    public String detail() {
        return detail;
    }

    public String operation() {
        return operation;
    }

    public String origin() {
        return origin;
    }

    public int errno() {
        return errno;
    }
}
