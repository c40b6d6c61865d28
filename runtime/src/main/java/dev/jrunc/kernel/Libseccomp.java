// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.kernel;

import java.util.List;

/** libseccomp 2.4 or newer, seccomp_init(3). Numbers that stand for names are those of its header. */
public interface Libseccomp {

    /** {@code seccomp_attr_set} attribute: how the filter is laid out; 2 is a binary tree. */
    int ATTRIBUTE_OPTIMIZE = 8;

    /** What {@link #resolve} says of a name that libseccomp doesn't know. */
    int UNKNOWN = -1;

    /** Such as {@code 2.5.4}. */
    String version();

    /** The token of the architecture that this program was built for. */
    int nativeArchitecture();

    /** The token of an architecture, such as {@code x86_64}; 0 for one that this version doesn't know. */
    int architecture(String name);

    /** The number of a system call; less than {@link #UNKNOWN} where that architecture has no number for it. */
    int resolve(int architecture, String name);

    /** A filter for the native architecture alone. */
    Filter filter(int defaultAction);

    /** What an argument of a system call is compared with. operation: SCMP_CMP_*. */
    record Comparison(int argument, int operation, long first, long second) {}

    /** Methods that return int: 0, or a negative errno. */
    interface Filter extends AutoCloseable {

        int addArchitecture(int token);

        int setAttribute(int attribute, int value);

        /** All comparisons have to fit. syscall: as {@link #resolve} has it for the native architecture. */
        int addRule(int action, int syscall, List<Comparison> comparisons);

        /**
         * The array of struct sock_filter.
         *
         * @throws dev.jrunc.error.OperationFailed where libseccomp or the kernel can't
         */
        byte[] export();

        @Override
        void close();
    }
}
