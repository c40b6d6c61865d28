// SPDX-License-Identifier: Apache-2.0
package dev.jrunc;

import dev.jrunc.cli.JruncCommandLine;
import dev.jrunc.engine.FrameChannel;
import dev.jrunc.engine.ReplayedFront;
import dev.jrunc.engine.Session;
import dev.jrunc.kernel.jnr.JnrLibraries;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * The run that the JDK's AOT cache is made from: the calls that containers wait for, through real sockets and the real
 * session, with a front that answers from memory. It needs no root and makes no container.
 */
public final class Training {

    /** How often each call is served, so that the cache also learns what is worth compiling. */
    private static final int ROUNDS = 40;

    private static final List<List<String>> CALLS = List.of(
            List.of("create", "--bundle", "/bundle", "--pid-file", "/bundle/init.pid", "trained"),
            List.of("start", "trained"),
            List.of("state", "trained"),
            List.of("kill", "trained", "TERM"),
            List.of("list"),
            List.of("delete", "--force", "trained"),
            List.of("--log", "/bundle/log.json", "--log-format", "json", "run", "-b", "/bundle", "trained"));

    private Training() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("jrunc-training");
        Path path = folder.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            ReplayedFront front = new ReplayedFront();
            for (int round = 0; round < ROUNDS; round++) {
                for (List<String> call : CALLS) {
                    serve(server, path, front, call);
                }
            }
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }

    private static void serve(ServerSocketChannel server, Path path, ReplayedFront front, List<String> call)
            throws IOException, InterruptedException {
        try (SocketChannel caller = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel engine = server.accept()) {
            Thread played = Thread.ofPlatform().start(() -> front.play(new FrameChannel(caller), call));
            new Session(new FrameChannel(engine), new JruncCommandLine(InstantSource.system(), new JnrLibraries()))
                    .run();
            played.join();
        }
    }
}
