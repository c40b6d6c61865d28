// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static dev.jrunc.cli.ConsoleOptions.given;

import dev.jrunc.criu.DumpOptions;
import dev.jrunc.error.UsageError;
import dev.jrunc.lifecycle.CheckpointContainer;
import org.jspecify.annotations.Nullable;

/** {@code checkpoint}. */
final class CheckpointCommand implements Command {

    private static final int MAX_PORT = 65_535;
    private static final long MAX_FD = 1 << 20;

    @Override
    public String name() {
        return "checkpoint";
    }

    @Override
    public String summary() {
        return "keep a running container as images, with criu";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        CriuCommandOptions.declare(options);
        options.value("FOLDER", "images of the --pre-dump before, relative to these", "--parent-path");
        options.flag("the container goes on", "--leave-running");
        options.flag("without TCP connections that are being made", "--tcp-skip-in-flight");
        options.flag("with files that have no name any more: they get one", "--link-remap");
        options.value("FD", "gets a zero byte when lazy pages can be asked for", "--status-fd");
        options.value("ADDRESS:PORT", "where pages are sent to", "--page-server");
        options.flag("memory alone; the container goes on", "--pre-dump");
    }

    @Override
    public int run(Invocation invocation) {
        String id = invocation.onlyId();
        String parent = given(invocation.value("--parent-path"));
        if (parent != null && parent.startsWith("/")) {
            throw new UsageError("--parent-path must be relative to the images' folder");
        }
        DumpOptions options = new DumpOptions(
                CriuCommandOptions.of(invocation),
                parent,
                invocation.flag("--leave-running"),
                invocation.flag("--tcp-skip-in-flight"),
                invocation.flag("--link-remap"),
                "-1".equals(invocation.value("--status-fd")) ? -1 : invocation.number("--status-fd", -1, MAX_FD),
                pageServer(given(invocation.value("--page-server"))),
                invocation.flag("--pre-dump"));
        new CheckpointContainer(invocation.context(), options).checkpoint(id);
        return 0;
    }

    private static DumpOptions.@Nullable PageServer pageServer(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int colon = text.lastIndexOf(':');
        int port = 0;
        for (int i = colon + 1; i < text.length() && port <= MAX_PORT; i++) {
            char c = text.charAt(i);
            port = c >= '0' && c <= '9' ? port * 10 + (c - '0') : MAX_PORT + 1;
        }
        if (colon <= 0 || port == 0 || port > MAX_PORT) {
            throw new UsageError("invalid value \"" + text + "\" for --page-server: expected ADDRESS:PORT");
        }
        return new DumpOptions.PageServer(text.substring(0, colon), port);
    }
}
