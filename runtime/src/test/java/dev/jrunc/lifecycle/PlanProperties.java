// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import dev.jrunc.engine.Decoder;
import dev.jrunc.engine.Encoder;
import dev.jrunc.engine.ProtocolException;
import dev.jrunc.error.InvalidSpec;
import dev.jrunc.error.JruncException;
import dev.jrunc.error.Unsupported;
import dev.jrunc.plan.Bytes;
import dev.jrunc.plan.Operation;
import dev.jrunc.plan.PlanText;
import dev.jrunc.plan.Section;
import dev.jrunc.plan.Step;
import dev.jrunc.text.OneLine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What holds of every configuration, whatever is in it: it is refused in one line that says where, or planned; the same again
 * when it is planned again; and the plan, encoded, is decoded to itself.
 */
public final class PlanProperties {

    /** Of an error, in characters. */
    private static final int MAX_LINE = 8000;

    private PlanProperties() {}

    /** How a configuration ended: planned, or the error's line. */
    public record Outcome(boolean planned, String text) {}

    /** @throws AssertionError for what doesn't hold */
    public static Outcome check(byte[] config, String host) {
        Outcome first = plan(Bytes.of(config), host);
        Outcome second = plan(Bytes.of(config), host);
        require(first.planned == second.planned && first.text.equals(second.text), "planned twice, it differs");
        return first;
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static Outcome plan(Bytes config, String host) {
        Properties facts = new Properties();
        facts.setProperty("host", host);
        try {
            Context context = new Context(
                    new PlannedHost(facts, config),
                    "/run/jrunc",
                    false,
                    false,
                    InstantSource.fixed(Instant.EPOCH),
                    Optional::empty,
                    warning -> isOneLine(OneLine.of(warning)));
            CreateOptions options = new CreateOptions("", null, null, null, false, false, 0);
            List<Section> sections = new ExplainPlan(context).explain("ID", options);
            StringBuilder text = new StringBuilder();
            for (Section section : sections) {
                text.append(section.heading()).append('\n');
                for (Step<? extends Operation> step : section.steps()) {
                    text.append(PlanText.line(step)).append('\n');
                }
                decodesToItself(section);
            }
            return new Outcome(true, text.toString());
        } catch (InvalidSpec | Unsupported e) {
            isOneLine(e.getMessage());
            require(e.getMessage().startsWith("config.json: "), "no place: " + e.getMessage());
            return new Outcome(false, e.getMessage());
        }
    }

    /** Nothing in it moves a terminal's cursor, or makes it look like two. */
    public static void isOneLine(String message) {
        require(!message.isBlank() && message.length() < MAX_LINE, "a message of " + message.length() + " characters");
        for (int i = 0; i < message.length(); i++) {
            require(!Character.isISOControl(message.charAt(i)), "a control character in: " + message);
        }
    }

    private static void decodesToItself(Section section) {
        byte[] encoded = new Encoder().steps(section.steps()).toArray();
        require(Arrays.equals(encoded, new Encoder().steps(section.steps()).toArray()), "encoded twice, it differs");
        try {
            Decoder decoder = new Decoder(encoded);
            DecodedFields.compare(section.steps(), decoder);
            decoder.end();
        } catch (ProtocolException e) {
            throw new AssertionError("a plan that can't be decoded", e);
        }
    }

    /** One that jrunc may throw anywhere, and nothing else, in one line. */
    public static void refused(Runnable parser) {
        try {
            parser.run();
        } catch (JruncException e) {
            isOneLine(e.getMessage());
        }
    }
}
