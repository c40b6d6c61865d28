// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

/** A code and its payload, which is not copied. */
@SuppressWarnings("ArrayRecordComponent") // read once, where it is received
public record Frame(int code, byte[] payload) {}
