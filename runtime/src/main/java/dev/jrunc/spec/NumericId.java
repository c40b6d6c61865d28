// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.spec;

/** A uid or gid in decimal digits. CVE-2016-3697 and its kin: a number is written in this way alone, and is never a name. */
public final class NumericId {

    /** 4294967295 would be -1 to the kernel, which leaves root as it is. */
    public static final long MAX = 0xffff_fffeL;

    private static final int MAX_DIGITS = 10;

    private NumericId() {}

    /** @return what the digits say, which may be more than {@link #MAX}; -1 where it is something else, or more than ten of them */
    public static long parse(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return -1;
        }
        long id = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            id = id * 10 + (c - '0');
        }
        return id;
    }
}
