// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import dev.jrunc.cli.JruncCommandLine;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.Session;
import dev.jrunc.kernel.jnr.JnrLibraries;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.InstantSource;

/** The engine's process: serves the one call at the other end of fd 0. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
        if (!(System.inheritedChannel() instanceof SocketChannel channel)) {
            System.err.println("The engine is started by jrunc: standard input has to be its socket.");
            System.exit(1);
            return;
        }
        new Session(new FrameChannel(channel), new JruncCommandLine(InstantSource.system(), new JnrLibraries())).run();
    }
}
