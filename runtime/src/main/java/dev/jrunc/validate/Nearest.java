// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.validate;

import java.util.Collection;

/** The known name that somebody may have meant. */
public final class Nearest {

    /** What a suggestion asks. */
    public static final String QUESTION = "did you mean ";

    /** More differences than this are another word. */
    private static final int MAX_DIFFERENCES = 3;

    private Nearest() {}

    /** {@code ; did you mean "network"?}, or nothing where no known name is near. */
    public static String suggestion(String given, Collection<String> known) {
        String nearest = "";
        int least = MAX_DIFFERENCES + 1;
        for (String name : known) {
            int differences = isAbbreviation(given, name) ? 0 : differences(given, name);
            if (differences < least && differences < name.length() / 2 + 1) {
                least = differences;
                nearest = name;
            }
        }
        return nearest.isEmpty() ? "" : "; " + QUESTION + "\"" + nearest + "\"?";
    }

    /** {@code net} of network, {@code mnt} of mount, {@code NOFILE} of RLIMIT_NOFILE. */
    private static boolean isAbbreviation(String given, String name) {
        if (given.length() < 3) {
            return false;
        }
        int found = 0;
        for (int i = 0; i < name.length() && found < given.length(); i++) {
            if (Character.toLowerCase(name.charAt(i)) == Character.toLowerCase(given.charAt(found))) {
                found++;
            }
        }
        return found == given.length();
    }

    /** How many characters have to be inserted, removed or replaced (Levenshtein's distance). */
    static int differences(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
