// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

/** Codes and limits of native/protocol.def and native/protocol.h; a contract test compares them. */
public final class Protocol {

    /** Of the whole table: front and engine must be of the same build. */
    public static final long TABLE_HASH = 0x943d09240f069925L;

    public static final int HELLO = 0x01;
    public static final int CALL = 0x02;
    public static final int ACCEPT = 0x03;
    public static final int DECLINE = 0x04;
    public static final int BATCH = 0x05;
    public static final int RESULT = 0x06;
    public static final int BATCH_DONE = 0x07;

    /** Largest payload of a frame, in bytes. */
    public static final int MAX_FRAME_BYTES = 64 * 1024 * 1024;

    static final int FRAME_HEADER_BYTES = 8;
    static final int MAX_STRINGS = 1024 * 1024;
    static final int MAY_FAIL = 1;

    private Protocol() {}
}
