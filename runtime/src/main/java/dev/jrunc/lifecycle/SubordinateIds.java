// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import java.util.ArrayList;
import java.util.List;

/** What subuid(5) or subgid(5) gives a user. Other sources than the file (nsswitch.conf) are not asked. */
final class SubordinateIds {

    private record Range(long first, long size) {}

    private final List<Range> ranges = new ArrayList<>();

    private SubordinateIds() {}

    /**
     * @param file the text of /etc/subuid or /etc/subgid
     * @param passwd the text of /etc/passwd, for the user's name
     */
    static SubordinateIds of(String file, String passwd, long uid) {
        String number = Long.toString(uid);
        String name = name(passwd, number);
        SubordinateIds ids = new SubordinateIds();
        for (String line : file.lines().toList()) {
            String[] fields = line.split(":", -1);
            if (fields.length == 3 && (fields[0].equals(number) || fields[0].equals(name))) {
                ids.add(fields[1], fields[2]);
            }
        }
        return ids;
    }

    private static String name(String passwd, String uid) {
        for (String line : passwd.lines().toList()) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[2].equals(uid)) {
                return fields[0];
            }
        }
        return uid;
    }

    private void add(String first, String size) {
        try {
            ranges.add(new Range(Long.parseLong(first), Long.parseLong(size)));
        } catch (NumberFormatException e) {
            // Whoever reads it passes over such a line, too.
        }
    }

    boolean contain(long first, long size) {
        for (Range range : ranges) {
            if (first >= range.first && first + size <= range.first + range.size) {
                return true;
            }
        }
        return false;
    }

    /** {@code 100000 to 165535}; {@code none}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Range range : ranges) {
            text.append(text.isEmpty() ? "" : ", ");
            text.append(range.first).append(" to ").append(range.first + range.size - 1);
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
