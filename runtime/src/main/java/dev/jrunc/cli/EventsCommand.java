// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.UsageError;
import dev.jrunc.lifecycle.WatchContainer;
import java.util.List;

/** {@code events}. */
final class EventsCommand implements Command {

    private static final String DEFAULT_INTERVAL = "5s";

    @Override
    public String name() {
        return "events";
    }

    @Override
    public String summary() {
        return "print what a container uses, and when its memory has run out";
    }

    @Override
    public String arguments() {
        return "ID";
    }

    @Override
    public void declare(Options options) {
        interval(options);
        options.flag("print what it uses now, and nothing else", "--stats");
    }

    static void interval(Options options) {
        options.value("DURATION", "how often what it uses is printed; default: " + DEFAULT_INTERVAL, "--interval");
    }

    @Override
    public int run(Invocation invocation) {
        String id = invocation.onlyId();
        WatchContainer watch = watch(invocation, id);
        if (invocation.flag("--stats")) {
            watch.printOnce();
            return 0;
        }
        return watch.run();
    }

    static WatchContainer watch(Invocation invocation, String id) {
        String interval = invocation.value("--interval");
        String text = interval == null ? DEFAULT_INTERVAL : interval;
        long millis = GoDuration.millis("--interval", text);
        if (millis <= 0) {
            throw new UsageError("duration interval must be greater than 0");
        }
        List<String> continuation =
                invocation.global().toArguments(invocation.context().root());
        continuation.addAll(List.of(EventsWatchedCommand.NAME, "--interval", text, "--", id));
        return new WatchContainer(invocation.context(), id, millis, invocation.residency() != null, continuation);
    }
}
