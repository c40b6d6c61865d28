// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists of CPUs and memory nodes as the kernel writes them, such as {@code 0-3,7}. */
public final class NumberList {

    /** More than any kernel is built for (CONFIG_NR_CPUS, MAX_NUMNODES). */
    private static final int MOST = 65_536;

    private NumberList() {}

    /** The numbers, ascending within each range; empty for a text that is no such list. */
    public static Optional<List<Long>> parse(String text) {
        List<Long> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String range = part.strip();
            int dash = range.indexOf('-');
            int first = number(dash < 0 ? range : range.substring(0, dash).strip());
            int last = dash < 0 ? first : number(range.substring(dash + 1).strip());
            if (first < 0 || last < first || numbers.size() + last - first > MOST) {
                return Optional.empty();
            }
            for (long number = first; number <= last; number++) {
                numbers.add(number);
            }
        }
        return Optional.of(numbers);
    }

    /** -1 for what is none. */
    private static int number(String text) {
        int number = text.isEmpty() ? -1 : 0;
        for (int i = 0; i < text.length() && number >= 0; i++) {
            int digit = text.charAt(i) - '0';
            number = digit < 0 || digit > 9 || number >= MOST ? -1 : number * 10 + digit;
        }
        return number < MOST ? number : -1;
    }
}
