// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.error.UsageError;

/** {@code events-watched}: events goes on, after the front has waited alone. */
final class EventsWatchedCommand implements Command {

    static final String NAME = "events-watched";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "what happened while the front watched";
    }

    @Override
    public String arguments() {
        return "ID WATCHED";
    }

    @Override
    public void declare(Options options) {
        EventsCommand.interval(options);
    }

    /** @throws UsageError for what the front doesn't say */
    @Override
    public int run(Invocation invocation) {
        invocation.require(2, 2);
        String watched = invocation.arguments().get(1);
        try {
            return EventsCommand.watch(invocation, invocation.arguments().getFirst())
                    .goOn(Long.parseLong(watched));
        } catch (NumberFormatException e) {
            throw new UsageError("expected WATCH_* bits, found \"" + watched + "\"");
        }
    }
}
