// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.api;

/**
 * How a process ended.
 *
 * @param code what it gave to exit(3), 0 to 255; 0 where a signal ended it
 * @param signal the number of that signal, signal(7); 0 for none
 */
public record ExitStatus(int code, int signal) {

    private static final int SIGNAL_BASE = 128;

    static ExitStatus of(long waitStatus) {
        int signal = (int) (waitStatus & 0x7f);
        return new ExitStatus(signal == 0 ? (int) (waitStatus >> 8 & 0xff) : 0, signal);
    }

    /** By itself, with 0. */
    public boolean isSuccess() {
        return code == 0 && signal == 0;
    }

    /** As a shell has it: the code, or 128 and the signal. */
    public int number() {
        return signal == 0 ? code : SIGNAL_BASE + signal;
    }
}
