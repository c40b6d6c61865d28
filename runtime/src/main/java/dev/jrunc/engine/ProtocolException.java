// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.engine;

import java.io.IOException;

/** The other side sent what the protocol doesn't allow. */
public final class ProtocolException extends IOException {

    private static final long serialVersionUID = 1;

    public ProtocolException(String message) {
        super(message);
    }
}
