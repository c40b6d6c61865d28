// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

/**
 * {@code linux.seccomp}, compiled.
 *
 * @param flags SECCOMP_FILTER_FLAG_* bits
 * @param program array of struct sock_filter, at most {@link #MAX_BYTES}
 */
public record SeccompFilter(long flags, Bytes program) {

    /** SECCOMP_FILTER_FLAG_*, linux/seccomp.h. TSYNC is none of them: init has no other threads. */
    public static final long LOG = 1 << 1;

    public static final long SPEC_ALLOW = 1 << 2;
    public static final long NEW_LISTENER = 1 << 3;
    public static final long WAIT_KILLABLE_RECV = 1 << 5;

    /** Of struct sock_filter. */
    public static final int INSTRUCTION_BYTES = 8;

    /** BPF_MAXINSNS instructions. */
    public static final int MAX_BYTES = 4096 * INSTRUCTION_BYTES;

    /** Some system calls wait for whoever listens at listenerPath. */
    public boolean notifies() {
        return (flags & NEW_LISTENER) != 0;
    }
}
