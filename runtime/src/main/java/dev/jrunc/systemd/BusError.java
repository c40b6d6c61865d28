// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

/** An answer of systemd, or of the bus, that is an error. */
final class BusError extends Exception {

    private static final long serialVersionUID = 1;

    private final String name;

    /** @param name such as {@code org.freedesktop.systemd1.NoSuchUnit} */
    BusError(String name, String text, String member) {
        super(member + ": " + (text.isEmpty() ? name : text + " (" + name + ")"));
        this.name = name;
    }

    String name() {
        return name;
    }
}
