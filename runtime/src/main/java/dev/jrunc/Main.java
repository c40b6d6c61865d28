// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import dev.jrunc.cli.JruncCommandLine;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.Session;
import dev.jrunc.kernel.jnr.JnrLibraries;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.InstantSource;

/** The engine's process: serves the one call at the other end of fd 0. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
        serve(new JruncCommandLine(InstantSource.system(), new JnrLibraries()));
    }

    /** fd 0 is a connected socket, and is read and written as such: the channels of java.nio cost a cold engine 20 ms. */
    static void serve(Session.Handler handler) throws IOException {
        FrameChannel channel =
                new FrameChannel(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.in));
        new Session(channel, handler).run();
    }
}
