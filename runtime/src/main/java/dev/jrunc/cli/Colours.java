// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.engine.Call;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;

/** What a terminal shows in colours, and what it doesn't where nobody looks, or who looks wants none (NO_COLOR, no-color.org). */
final class Colours {

    private static final int STANDARD_OUTPUT = 1;

    private final boolean on;

    private Colours(boolean on) {
        this.on = on;
    }

    static Colours of(Call call) {
        String none = call.environment("NO_COLOR");
        boolean terminal = (call.terminals() >>> STANDARD_OUTPUT & 1) != 0;
        return new Colours(terminal && (none == null || none.isEmpty()) && !"dumb".equals(call.environment("TERM")));
    }

    String heading(String text) {
        return in(Style.bold, text);
    }

    String subject(String text) {
        return in(Style.fg_cyan, text);
    }

    String name(String text) {
        return in(Style.fg_yellow, text);
    }

    String origin(String text) {
        return in(Style.faint, text);
    }

    String bad(String text) {
        return in(Style.fg_red, text);
    }

    String good(String text) {
        return in(Style.fg_green, text);
    }

    /** Not by picocli's markup: the text may be anybody's. Its code for the end of bold is that of underlining on some terminals. */
    private String in(IStyle style, String text) {
        return on && !text.isEmpty() ? style.on() + text + Style.reset.on() : text;
    }
}
