// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

/** What the kernel takes as a network interface's name. */
final class InterfaceName {

    private static final int MAX_BYTES = 15;

    private InterfaceName() {}

    static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_BYTES || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c > '~' || c == '/' || c == ':') {
                return false;
            }
        }
        return true;
    }

    /** A name, or a template in which the kernel replaces {@code %d} by the first free number. */
    static boolean isTemplate(String name) {
        int percent = name.indexOf('%');
        return percent >= 0 && name.startsWith("%d", percent) && name.indexOf('%', percent + 1) < 0 && isValid(name);
    }
}
