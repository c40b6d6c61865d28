// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.HashMap;
import java.util.Map;

/** Lines of a schemata file, such as {@code L3:0=7f0;1=1f}: a resource, and a value for each of its domains. */
final class Schemata {

    private Schemata() {}

    /** Does the file have these values? It writes them in its own way, and has all domains; line may leave some out. */
    static boolean has(String file, String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            return false;
        }
        String resource = line.substring(0, colon).strip();
        for (String other : file.split("\n", -1)) {
            int end = other.indexOf(':');
            if (end >= 0 && other.substring(0, end).strip().equals(resource)) {
                Map<String, String> there = domains(other.substring(end + 1));
                Map<String, String> wanted = domains(line.substring(colon + 1));
                return !wanted.isEmpty() && there.entrySet().containsAll(wanted.entrySet());
            }
        }
        return false;
    }

    private static Map<String, String> domains(String text) {
        Map<String, String> domains = new HashMap<>();
        for (String part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals >= 0) {
                domains.put(plain(part.substring(0, equals)), plain(part.substring(equals + 1)));
            }
        }
        return domains;
    }

    /** Numbers, decimal or hexadecimal, without zeros in front. */
    private static String plain(String number) {
        String text = number.strip().toLowerCase(java.util.Locale.ROOT);
        int start = text.startsWith("0x") ? 2 : 0;
        while (start < text.length() - 1 && text.charAt(start) == '0') {
            start++;
        }
        return text.substring(start);
    }
}
