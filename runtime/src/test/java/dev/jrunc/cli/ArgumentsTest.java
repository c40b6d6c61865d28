// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.UsageError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Arguments are read as picocli reads them, where both know the form, and as runc does where only runc knows it. */
class ArgumentsTest {

    private static final int LISTS_FOR_EACH = 400;
    private static final int LONGEST = 6;

    /** What may follow an option, or come for itself. */
    private static final List<String> WORDS =
            List.of("c1", "", "-", "--", "a=b", "=", "true", "7", "TERM", "--nope", "--nope=x", "-x", "@file", "\"q\"");

    /** What was given, and what came behind; null: refused. */
    private record Parsed(Map<String, String> given, List<String> rest) {

        static final Parsed REFUSED = new Parsed(Map.of(), List.of());
    }

    private static Parsed ours(Options options, List<String> args) {
        Arguments arguments = new Arguments(options, args);
        try {
            arguments.check();
        } catch (UsageError e) {
            return Parsed.REFUSED;
        }
        return new Parsed(new TreeMap<>(arguments.given()), arguments.rest());
    }

    private static Parsed picoclis(Options options, List<String> args) {
        CommandSpec spec = Help.spec(options);
        spec.addPositional(
                PositionalParamSpec.builder().type(List.class).arity("0..*").build());
        CommandLine.ParseResult parsed;
        try {
            parsed = new CommandLine(spec)
                    .setOverwrittenOptionsAllowed(true)
                    .setStopAtPositional(true)
                    .setAllowOptionsAsOptionParameters(true)
                    .setPosixClusteredShortOptionsAllowed(false)
                    .setExpandAtFiles(false)
                    .parseArgs(args.toArray(new String[0]));
        } catch (CommandLine.ParameterException e) {
            return Parsed.REFUSED;
        }
        Map<String, String> given = new TreeMap<>();
        for (OptionSpec option : parsed.matchedOptions()) {
            boolean takesValue = option.arity().max() > 0;
            given.put(option.names()[0], takesValue ? option.getValue().toString() : "");
        }
        List<String> rest = parsed.matchedPositionalValue(0, List.of());
        return new Parsed(given, rest);
    }

    private static List<String> words(Options options) {
        List<String> words = new ArrayList<>(WORDS);
        for (Options.Option option : options.all()) {
            words.addAll(option.names());
            if (option.takesValue()) {
                words.add(option.name() + "=");
                words.add(option.name() + "=v=w");
                words.add(option.names().getLast() + "=v");
            }
        }
        return words;
    }

    /** For picocli, -- is never a value; for runc it is one. */
    private static boolean expectsValue(Options options, List<String> args) {
        Options.Option last = args.isEmpty() ? null : options.find(args.getLast());
        return last != null && last.takesValue();
    }

    /** How many were refused, of lists made of the options of one command. */
    private static int compare(Options options, Random random) {
        List<String> words = words(options);
        int refused = 0;
        for (int i = 0; i < LISTS_FOR_EACH; i++) {
            List<String> args = new ArrayList<>();
            for (int length = random.nextInt(LONGEST + 1); length > 0; length--) {
                String word = words.get(random.nextInt(words.size()));
                if (!word.equals("--") || !expectsValue(options, args)) {
                    args.add(word);
                }
            }
            Parsed expected = picoclis(options, args);
            assertEquals(expected, ours(options, args), args::toString);
            refused += expected.equals(Parsed.REFUSED) ? 1 : 0;
        }
        return refused;
    }

    @Test
    void theyAreReadAsPicocliReadsThem() {
        List<Options> all = new ArrayList<>(List.of(JruncCommandLine.globalOptions()));
        for (Command command : JruncCommandLine.COMMANDS) {
            all.add(JruncCommandLine.options(command));
        }
        Random random = new Random(1);
        for (Options options : all) {
            int refused = compare(options, random);
            assertTrue(refused > LISTS_FOR_EACH / 10 && refused < LISTS_FOR_EACH * 9 / 10, () -> refused + " refused");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--force c1|true",
                "-force c1|true",
                "-f c1|true",
                "--f c1|true",
                "--force=true c1|true",
                "-force=1 c1|true",
                "--force=False c1|false",
                "-f=0 c1|false",
                "--force --force=false c1|false",
                "--force=false -f c1|true",
                "c1|false",
                "-- c1|false",
            })
    void aFlagInAllItsForms(String line, boolean expected) {
        Arguments arguments = of("delete", line);

        assertEquals(expected, arguments.flag("--force"));
        assertEquals(List.of("c1"), arguments.rest());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bundle /b c1|/b",
                "-bundle /b c1|/b",
                "-b /b c1|/b",
                "--b=/b c1|/b",
                "-bundle=/b c1|/b",
                "--bundle= c1|''",
                "--bundle --no-pivot c1|--no-pivot",
                "--bundle -- c1|--",
                "--bundle @/b c1|@/b",
                "-b /a --bundle=/b c1|/b",
            })
    void aValueInAllItsForms(String line, String expected) {
        Arguments arguments = of("create", line);

        assertEquals(expected, arguments.value("--bundle"));
        assertEquals(List.of("c1"), arguments.rest());
        assertFalse(arguments.flag("--no-pivot"));
    }

    /** What follows is not jrunc's. */
    @ParameterizedTest
    @ValueSource(strings = {"exec", "ps"})
    void optionsEndAtTheFirstArgument(String command) {
        Arguments arguments = of(command, "c1 -f --help");

        assertTrue(arguments.given().isEmpty());
        assertEquals(List.of("c1", "-f", "--help"), arguments.rest());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c1 --all|true|c1",
                "c1 -a KILL|true|c1 KILL",
                "-a c1 KILL --all=false|false|c1 KILL",
                "c1 -9|false|c1 -9",
                "c1 --no-such=x -a|true|c1 --no-such=x",
                "c1 -- -a|false|c1 -a",
                "-- -a -a|false|-a -a",
                "- -a|true|-",
            })
    void optionsMayComeBehind(String line, boolean all, String rest) {
        Arguments arguments = of("kill", line);

        assertEquals(all, arguments.flag("--all"));
        assertEquals(List.of(rest.split(" ")), arguments.rest());
    }

    @Test
    void aValueMayComeBehind() {
        Arguments arguments = of("update", "c1 --memory 1m -r -");

        assertEquals("1m", arguments.value("--memory"));
        assertEquals("-", arguments.value("--resources"));
        assertEquals(List.of("c1"), arguments.rest());
    }

    private static Arguments of(String name, String line) {
        Command command = JruncCommandLine.find(name);
        assertNotNull(command);
        Arguments arguments =
                new Arguments(JruncCommandLine.options(command), List.of(line.split(" ")), command.optionsBehind());
        arguments.check();
        return arguments;
    }
}
