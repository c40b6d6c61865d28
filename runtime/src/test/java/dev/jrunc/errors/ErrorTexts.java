// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.errors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every text that an error is made of, from the sources of native/ and runtime/: {@value #HOLE} stands for what is put in. */
final class ErrorTexts {

    static final String HOLE = "…";

    private static final Path PROJECT = Path.of("..");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern CONVERSION =
            Pattern.compile("%(?:[-#0 .*]*[0-9]*(?:\\.[*0-9]+)?(?:hh|h|ll|l|z|j|t)?[diouxXcsp]|(?=[ ,]|$))");

    /** Functions of C that take a format, and which of their arguments it is. */
    private static final Map<String, Integer> FUNCTIONS =
            Map.of("fail", 0, "fail_with", 1, "result_fail", 2, "SAY", 1, "report_error", 1);

    /** Java's errors, and the two ways by which their words are made elsewhere; which argument has the words. */
    private static final Map<String, Integer> CONSTRUCTORS = Map.of(
            "new ContainerError", 0,
            "new UsageError", 0,
            "new InvalidSpec", 1,
            "new Unsupported", 1,
            "new Missing", 1,
            "new OperationFailed", 3,
            "throw failed", 0);

    private static final int SNPRINTF_FORMAT = 2;

    private ErrorTexts() {}

    /** @param file its name */
    record Text(String file, String words) {}

    static List<Text> all() throws IOException {
        List<Text> texts = new ArrayList<>();
        for (Path file : files("native", ".c")) {
            String source = Files.readString(file);
            if (!file.toString().contains("/tests/")) {
                scan(texts, file, source, FUNCTIONS, ErrorTexts::ofFormat);
                scanMessages(texts, file, source);
            }
        }
        for (Path file : files("runtime/src/main/java", ".java")) {
            scan(texts, file, Files.readString(file), CONSTRUCTORS, ErrorTexts::ofExpression);
        }
        return texts;
    }

    private static List<Path> files(String folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(PROJECT.resolve(folder))) {
            return all.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private interface Reading {

        String words(String argument);
    }

    private static void scan(List<Text> texts, Path file, String source, Map<String, Integer> calls, Reading reading) {
        for (Map.Entry<String, Integer> call : calls.entrySet()) {
            Matcher found = Pattern.compile("\\b" + call.getKey() + "\\(").matcher(source);
            while (found.find()) {
                List<String> arguments = arguments(source, found.end());
                String words = call.getValue() < arguments.size() ? reading.words(arguments.get(call.getValue())) : "";
                if (!words.isEmpty()) {
                    texts.add(new Text(file.getFileName().toString(), words));
                }
            }
        }
    }

    /** What is written into a buffer that becomes an error: its name has "message" or "error" in it. */
    private static void scanMessages(List<Text> texts, Path file, String source) {
        Matcher found = Pattern.compile("\\bsnprintf\\(").matcher(source);
        while (found.find()) {
            List<String> arguments = arguments(source, found.end());
            String target = arguments.getFirst();
            boolean error = target.contains("message") || target.contains("error");
            String words = error ? ofFormat(arguments.get(SNPRINTF_FORMAT)) : "";
            if (!words.isEmpty()) {
                texts.add(new Text(file.getFileName().toString(), words));
            }
        }
    }

    /** From behind the opening bracket to the closing one, at the commas between. */
    private static List<String> arguments(String source, int from) {
        List<String> arguments = new ArrayList<>();
        int depth = 1;
        int start = from;
        for (int i = from; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '"' || c == '\'') {
                i = end(source, i);
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if (c == ')' || c == ']' || c == '}') {
                depth--;
            }
            if (depth == 0 || (depth == 1 && c == ',')) {
                arguments.add(source.substring(start, i));
                start = i + 1;
            }
            if (depth == 0) {
                return arguments;
            }
        }
        throw new IllegalStateException("no end of " + source.substring(from, Math.min(source.length(), from + 80)));
    }

    /** The place of the quote that ends what this one begins. */
    private static int end(String source, int quote) {
        int i = quote + 1;
        while (source.charAt(i) != source.charAt(quote)) {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }

    /** Empty where it is no literal: a declaration, or what another function has made. */
    private static String ofFormat(String argument) {
        StringBuilder format = new StringBuilder();
        Matcher literal = LITERAL.matcher(argument);
        while (literal.find()) {
            format.append(literal.group(1));
        }
        return tidy(CONVERSION.matcher(format).replaceAll(HOLE));
    }

    private static String ofExpression(String argument) {
        StringBuilder words = new StringBuilder();
        Matcher literal = LITERAL.matcher(argument);
        int at = 0;
        while (literal.find()) {
            words.append(isHole(argument.substring(at, literal.start())) ? HOLE : "")
                    .append(literal.group(1));
            at = literal.end();
        }
        return tidy(words.append(isHole(argument.substring(at)) ? HOLE : "").toString());
    }

    private static boolean isHole(String between) {
        return !between.replace("+", "").isBlank();
    }

    private static String tidy(String words) {
        String tidied = words.replace("\\\"", "\"").replace("\\n", " ");
        while (tidied.contains(HOLE + HOLE)) {
            tidied = tidied.replace(HOLE + HOLE, HOLE);
        }
        return tidied;
    }
}
