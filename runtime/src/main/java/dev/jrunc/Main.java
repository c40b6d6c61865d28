// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import dev.jrunc.cli.JruncCommandLine;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.ResidentEngine;
import dev.jrunc.engine.Session;
import dev.jrunc.kernel.jnr.JnrLibraries;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The engine's process. Cold, without arguments: serves the one call at the other end of fd 0. */
public final class Main {

    /** The JVM compiles what was called 200 times. */
    private static final int REHEARSALS = 60;

    private Main() {}

    /** @param args none; or {@code serve}, the engine's own uid, and after how many idle milliseconds it ends */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            serve(new JruncCommandLine(InstantSource.system(), new JnrLibraries()));
        } else {
            reside(args[1], Long.parseLong(args[2]));
        }
    }

    /** fd 0 is a connected socket, and is read and written as such: the channels of java.nio cost a cold engine 20 ms. */
    static void serve(Session.Handler handler) throws IOException {
        FrameChannel channel =
                new FrameChannel(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.in));
        new Session(channel, handler).run();
    }

    /** fd 0 is a listening socket. Served are root, and the engine's own user. */
    private static void reside(String uid, long idleMillis) throws IOException {
        if (!(System.inheritedChannel() instanceof ServerSocketChannel server)) {
            throw new IOException("fd 0 is no listening socket");
        }
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        Set<UserPrincipal> callers = new HashSet<>();
        for (String caller : List.of("0", uid)) {
            callers.add(users.lookupPrincipalByName(caller));
        }
        Thread.ofPlatform().daemon().name("rehearsal").start(Main::rehearse);
        JnrLibraries libraries = new JnrLibraries();
        new ResidentEngine(
                        server,
                        callers,
                        resident -> new JruncCommandLine(InstantSource.system(), libraries, resident),
                        failure -> failure.printStackTrace(System.err))
                .serve(idleMillis);
    }

    /** Until the JVM has compiled what calls need: the first callers would wait for that. */
    private static void rehearse() {
        try {
            Training.rehearse(REHEARSALS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
